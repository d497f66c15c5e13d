"""One rule, and the rules of one relation, in Great Expectations' own shape.

It asks for a little more than Great Expectations does, so that a broken rule can be explained to the
person who has to mend the data: `meta.rule_id`, `meta.kind` and `meta.reason`.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

ROWS_QUERY = "unexpected_rows_expectation"
BATCH = "{batch}"

Severity = Literal["critical", "warning", "info"]
Kind = Literal["row", "table"]


class Strict(BaseModel):
    """Unknown words are refused, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleMeta(Strict):
    """What Great Expectations carries for us: who the rule is and what to tell people."""

    rule_id: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
    kind: Kind
    reason: str = Field(min_length=10)
    reason_zh: str | None = Field(default=None, min_length=5)
    """The same on the Chinese page, without the numbers: for every rule that a page may show as not met."""


class Rule(Strict):
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


@dataclass(frozen=True)
class Suite:
    """The rules of one relation: those of the contract, then those of its file. `name` is the
    relation's name, `source` where people change its rules."""

    name: str
    rules: tuple[Rule, ...]
    source: str
