"""The early-warning rules EW01 to EW20 and their thresholds (A8), and when data is too old (A9)."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from etl.policy.parts import Days, Name, Part, Title, Version

RULES = tuple(f"EW{number:02d}" for number in range(1, 21))
FAMILIES = (
    "credit", "legal", "performance", "fraud", "portfolio", "mitigation", "data", "crm", "market",
    "operations",
)  # fmt: skip
SOURCES = ("statement", "bureau", "legal", "industry", "esg", "reputation")

Family = Literal[
    "credit", "legal", "performance", "fraud", "portfolio", "mitigation", "data", "crm", "market",
    "operations",
]  # fmt: skip
Threshold = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]


class AlertRule(Part):
    """One rule. What `amber`, `red` and `second` are compared with stands beside each rule in the
    file; None: the rule has no such line."""

    title: Title
    family: Family
    is_on: bool = True
    amber: Threshold | None = None
    red: Threshold | None = None
    second: Threshold | None = None
    action: Name | None = None
    escalation: Annotated[int, Field(ge=1, le=5)] = 1


class Alerts(Part):
    """One alerts file."""

    alerts_id: Name
    version: Version
    title: Title
    rules: dict[str, AlertRule]
    freshness_months: dict[str, Annotated[int, Field(ge=1, le=120)]]
    contact_days: dict[Literal["A", "B", "C", "D", "NR"], Days]
    closed_for_days: Days

    @model_validator(mode="after")
    def _every_rule(self) -> "Alerts":
        if unknown := sorted(set(self.rules) - set(RULES)):
            raise ValueError(f"rules: there is no {unknown[0]}; there are EW01 to EW20")
        if missing := sorted(set(RULES) - set(self.rules)):
            raise ValueError(f"rules: {missing[0]} is missing; switch it off with is_on: false")
        if set(self.freshness_months) != set(SOURCES):
            raise ValueError(f"freshness_months needs exactly {', '.join(SOURCES)}")
        if len(self.contact_days) < 5:
            raise ValueError("contact_days needs all of A B C D NR")
        return self


ALERT_TABLES = {
    "policy.alert_rule": {
        "rule_id": "VARCHAR",
        "rule_version": "VARCHAR",
        "family": "VARCHAR",
        "title_zh": "VARCHAR",
        "title_en": "VARCHAR",
        "is_on": "BOOLEAN",
        "amber": "DECIMAL(18,6)",
        "red": "DECIMAL(18,6)",
        "second": "DECIMAL(18,6)",
        "action_code": "VARCHAR",
        "escalation_level": "INTEGER",
    },
    "policy.freshness": {"source": "VARCHAR", "months": "INTEGER", "oldest": "DATE"},
    "policy.contact": {"final_grade": "VARCHAR", "days": "INTEGER"},
    "policy.alert_book": {"closed_for_days": "INTEGER"},
}

ALERT_GRAINS = {
    "policy.alert_rule": "one row an early-warning rule of the active policy (A8)",
    "policy.freshness": "one row a kind of outside data; what is of a day before oldest is stale (A9)",
    "policy.contact": "one row a grade: days that we may be silent (EW16)",
    "policy.alert_book": "one row: how long a closed alert stays on the list",
}


def alert_rows(alerts: Alerts, oldest: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Table → rows; `oldest`: source → the first day that is not stale tonight."""
    return {
        "policy.alert_rule": [
            {
                "rule_id": name,
                "rule_version": alerts.version,
                "family": rule.family,
                "title_zh": rule.title.zh,
                "title_en": rule.title.en,
                "is_on": rule.is_on,
                "amber": rule.amber,
                "red": rule.red,
                "second": rule.second,
                "action_code": rule.action.upper() if rule.action else None,
                "escalation_level": rule.escalation,
            }
            for name, rule in sorted(alerts.rules.items())
        ],
        "policy.freshness": [
            {"source": source, "months": months, "oldest": oldest[source]}
            for source, months in sorted(alerts.freshness_months.items())
        ],
        "policy.contact": [
            {"final_grade": grade, "days": days}
            for grade, days in sorted(alerts.contact_days.items())
        ],
        "policy.alert_book": [{"closed_for_days": alerts.closed_for_days}],
    }
