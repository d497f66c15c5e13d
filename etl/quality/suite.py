"""Expectation suites as people write them, `expectations/<schema>.<table>.yaml`, behind what the
contract of an entity says already.

The file keeps Great Expectations' own suite shape: name, meta, expectations of type, kwargs,
severity, notes, meta. An entity about which there is nothing more to say needs no file. A rule of the
file takes the place of the contract's rule of the same rule_id.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from etl.entities import ENTITIES
from etl.errors import ZixinError
from etl.quality.contract import SCHEMAS, contract_rules
from etl.quality.rule import Rule, Strict, Suite
from etl.settings import PROJECT
from etl.sources.marked_yaml import FAST

__all__ = ["EXPECTATIONS", "Rule", "Suite", "read_suite", "read_suites", "suite_of"]

EXPECTATIONS = PROJECT / "expectations"


class _SuiteFile(Strict):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    meta: dict[str, Any] = Field(default_factory=dict)
    expectations: tuple[Rule, ...] = Field(min_length=1)


def read_suite(path: Path) -> Suite:
    """The suite in `path`.

    Raises:
        ZixinError: the file cannot be read, is not YAML, or breaks the shape above; the sentence
            names the file, the rule and the field.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=FAST)  # noqa: S506 the safe one, in C
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
    return Suite(name=parsed.name, rules=parsed.expectations, source=_shown(path))


def suite_of(schema: str, table: str) -> Suite | None:
    """The rules of one relation: the contract's, when it is an entity, and those of its file. None
    when it has neither."""
    path = EXPECTATIONS / f"{schema}.{table}.yaml"
    is_entity = schema in SCHEMAS and table in ENTITIES
    if not path.is_file():
        if not is_entity:
            return None
        said: tuple[Rule, ...] = ()
    else:
        said = _read_once(path, path.stat().st_mtime_ns).rules
    by_contract = contract_rules(schema, ENTITIES[table]) if is_entity else ()
    own = {rule.rule_id for rule in said}
    return Suite(
        name=f"{schema}.{table}",
        rules=(*(rule for rule in by_contract if rule.rule_id not in own), *said),
        source=_shown(path) if said else f"the contract of {table}",
    )


def read_suites(schema: str) -> dict[str, Suite]:
    """Table name → suite, by name: every entity, for a schema that holds entities, and every
    `<schema>.<table>.yaml`."""
    tables = {path.stem.split(".", 1)[1] for path in EXPECTATIONS.glob(f"{schema}.*.yaml")}
    if schema in SCHEMAS:
        tables |= set(ENTITIES)
    suites = {table: suite_of(schema, table) for table in sorted(tables)}
    return {table: suite for table, suite in suites.items() if suite is not None}


@lru_cache(maxsize=256)
def _read_once(path: Path, changed: int) -> Suite:
    """Reading YAML takes longer than the checks of a small batch; `changed` tells versions apart."""
    del changed
    return read_suite(path)


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
