"""Expectation suites as people write them: `expectations/<schema>.<table>.yaml`.

The file keeps Great Expectations' own suite shape (name, meta, expectations of type, kwargs,
severity, notes, meta) and asks for a little more, so that a broken rule can be explained to the
person who has to mend the data: `meta.rule_id`, `meta.kind` and `meta.reason`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from etl.errors import ZixinError
from etl.settings import PROJECT

EXPECTATIONS = PROJECT / "expectations"
ROWS_QUERY = "unexpected_rows_expectation"
BATCH = "{batch}"

Severity = Literal["critical", "warning", "info"]
Kind = Literal["row", "table"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleMeta(_Strict):
    """What Great Expectations carries for us: who the rule is and what to tell people."""

    rule_id: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
    kind: Kind
    reason: str = Field(min_length=10)


class Rule(_Strict):
    """One expectation. `notes` says why the limit is what it is."""

    type: str
    kwargs: dict[str, Any] = Field(default_factory=dict)
    severity: Severity
    notes: str = Field(min_length=10)
    meta: RuleMeta

    @property
    def rule_id(self) -> str:
        """The rule's name in reports, in quarantine and in alerts."""
        return self.meta.rule_id

    @property
    def query(self) -> str | None:
        """The query that returns the offending rows, when the rule is written as one."""
        return self.kwargs.get("unexpected_rows_query") if self.type == ROWS_QUERY else None

    @model_validator(mode="after")
    def _row_rules_return_rows(self) -> "Rule":
        query = self.query
        if self.type == ROWS_QUERY and (not query or BATCH not in query):
            raise ValueError("unexpected_rows_query must select FROM {batch}")
        if self.meta.kind == "row" and query is None:
            raise ValueError(f"a row rule is an {ROWS_QUERY}: its query says which rows")
        return self


class _SuiteFile(_Strict):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    meta: dict[str, Any] = Field(default_factory=dict)
    expectations: tuple[Rule, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Suite:
    """The rules of one relation, in the order of the file. `name` is the relation's name."""

    name: str
    rules: tuple[Rule, ...]
    path: Path


def read_suite(path: Path) -> Suite:
    """The suite in `path`.

    Raises:
        ZixinError: the file cannot be read, is not YAML, or breaks the shape above; the sentence
            names the file, the rule and the field.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ZixinError(f"{_shown(path)} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ZixinError(f"{_shown(path)} is not YAML: {_one_line(error)}.") from error
    try:
        parsed = _SuiteFile.model_validate(content)
    except ValidationError as error:
        raise ZixinError(f"{_shown(path)}: {_first_problem(error, content)}.") from error
    if parsed.name != path.stem:
        raise ZixinError(f"{_shown(path)}: name is {parsed.name}, but the file says {path.stem}.")
    seen: set[str] = set()
    for rule in parsed.expectations:
        if rule.rule_id in seen:
            raise ZixinError(f"{_shown(path)}: rule_id {rule.rule_id} is used twice.")
        seen.add(rule.rule_id)
    return Suite(name=parsed.name, rules=parsed.expectations, path=path)


def read_suites(schema: str, folder: Path = EXPECTATIONS) -> dict[str, Suite]:
    """Table name → suite, for every `<schema>.<table>.yaml` in `folder`, by name."""
    paths = sorted(folder.glob(f"{schema}.*.yaml"))
    return {path.stem.split(".", 1)[1]: read_suite(path) for path in paths}


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _first_problem(error: ValidationError, content: object) -> str:
    """Where the first problem is, in the file's own words."""
    # A word that does not exist explains the one that is missing.
    first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    place = [str(part) for part in first["loc"]]
    if len(first["loc"]) > 1 and first["loc"][0] == "expectations":
        place = place[2:]
        rule_id = _rule_id(content, first["loc"][1])
        place.insert(0, f"rule {rule_id}" if rule_id else f"expectation {first['loc'][1]}")
    return f"{', '.join(place) or 'the file'}: {first['msg']}"


def _rule_id(content: object, index: object) -> str | None:
    try:
        return str(content["expectations"][index]["meta"]["rule_id"])  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        return None
