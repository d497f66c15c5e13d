"""Find and read policy files; a bad one is refused in one sentence with file, line and field."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from etl.errors import ZixinError
from etl.policy.alerts import Alerts
from etl.policy.policy import Policies, Policy
from etl.policy.portfolio import Portfolio
from etl.policy.scorecard import Scorecard
from etl.policy.terms import Terms
from etl.settings import PROJECT
from etl.sources.marked_yaml import MarkedYaml, read_marked_yaml
from etl.sources.problems import sentence

POLICY_FOLDER = PROJECT / "policy"
FOLDERS = {
    "scorecard": "scorecards",
    "terms": "terms",
    "alerts": "alerts",
    "portfolio": "portfolio",
}
"""The parts that policies share, a file each: the key that names one → the folder of the shipped ones."""

PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("scorecard", Scorecard),
    ("terms", Terms),
    ("alerts", Alerts),
    ("portfolio", Portfolio),
)

Model = TypeVar("Model", bound=BaseModel)


def _checked(marked: MarkedYaml, data: Any, model: type[Model]) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ZixinError(sentence(marked, error, model)) from None


def read_policy(path: Path) -> Policy:
    """One policy file and the parts it names; ZixinError names file, line, field and what is
    allowed."""
    marked = read_marked_yaml(path)
    data = marked.data
    if isinstance(data, dict):
        data = {**data}
        for key, model in PARTS:
            if isinstance(data.get(key), str):
                data[key] = read_part(key, data[key], model, path, marked.line_of((key,)))
        if isinstance(data.get("segments"), list):
            data["segments"] = [
                _with_scorecard(one, path, marked.line_of(("segments", place, "scorecard")))
                for place, one in enumerate(data["segments"])
            ]
    return _checked(marked, data, Policy)


def _with_scorecard(segment: Any, path: Path, line: int) -> Any:
    if isinstance(segment, dict) and isinstance(segment.get("scorecard"), str):
        part = read_part("scorecard", segment["scorecard"], Scorecard, path, line)
        return {**segment, "scorecard": part}
    return segment


def read_part(key: str, name: str, model: type[Model], policy: Path, line: int) -> Model:
    """The part that the policy calls `name` on `line`: a file relative to its own, else a shipped one."""
    folder = POLICY_FOLDER / FOLDERS[key]
    for candidate in (policy.parent / name, folder / f"{name}.yaml"):
        if candidate.is_file():
            marked = read_marked_yaml(candidate)
            return _checked(marked, marked.data, model)
    known = ", ".join(path.stem for path in sorted(folder.glob("*.yaml")))
    raise ZixinError(
        f"{policy}, line {line}: {key} {name!r} is neither a file nor one of {FOLDERS[key]}/ ({known})"
    )


def find_policy(name: str, beside: Path) -> Path:
    """A shipped policy by name, or a file: as given, or relative to the folder `beside`."""
    shipped = POLICY_FOLDER / f"{name}.yaml"
    for candidate in (shipped, beside / name, Path(name)):
        if candidate.is_file():
            return candidate
    known = ", ".join(path.stem for path in sorted(POLICY_FOLDER.glob("*.yaml")))
    raise ZixinError(f"policy {name!r} is neither a file nor a shipped policy ({known})")


def load_policies(
    name: str,
    *,
    beside: Path,
    base_currency: str | None = None,
    challengers: Sequence[str] | None = None,
) -> Policies:
    """The policy called `name`, and its challengers: those named, else the shipped ones. A challenger that
    has the policy_id of the active one is left out."""
    path = find_policy(name, beside)
    active = read_policy(path)
    if base_currency:
        book = active.book.model_copy(update={"base_currency": base_currency})
        active = active.model_copy(update={"book": book})
    found = (
        sorted(POLICY_FOLDER.glob("*.yaml"))
        if challengers is None
        else [find_policy(one, beside) for one in challengers]
    )
    others: dict[str, Policy] = {}
    for file in found:
        policy = active if file == path else read_policy(file)
        if policy.policy_id in others:
            raise ZixinError(
                f"{file}: another challenger is called {policy.policy_id} too; give it a policy_id of its own"
            )
        others[policy.policy_id] = policy
    others.pop(active.policy_id, None)
    return Policies(active, tuple(others.values()))
