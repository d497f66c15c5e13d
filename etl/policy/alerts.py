"""The early-warning rules EW01 to EW20 and their thresholds (A8), and when data is too old (A9)."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from etl.policy.parts import Days, Name, Part, Title, Version
from etl.sources.problems import Misplaced, nearest

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
Line = Literal["amber", "red", "second"]

SHARE = ("0", "1")
LIMIT_SHARE = ("0", "5")
DAYS = ("0", "3650")
FALL = ("-1", "0")
LINES: dict[str, dict[Line, tuple[str, str]]] = {
    "EW01": {"amber": LIMIT_SHARE, "red": LIMIT_SHARE},
    "EW04": {"amber": DAYS, "red": DAYS},
    "EW05": {"red": LIMIT_SHARE, "second": DAYS},
    "EW06": {"amber": SHARE, "red": SHARE},
    "EW07": {"amber": FALL, "red": FALL, "second": ("0", "10000")},
    "EW08": {"amber": DAYS, "red": DAYS},
    "EW10": {"amber": ("1", "4"), "second": ("1", "2")},
    "EW11": {"amber": SHARE, "second": ("0", "100")},
    "EW12": {"amber": ("1", "10000")},
    "EW13": {"amber": SHARE, "second": SHARE},
    "EW14": {"amber": DAYS, "red": DAYS},
    "EW17": {"second": DAYS},
    "EW18": {"amber": ("1", "4"), "second": SHARE},
    "EW19": {"amber": SHARE},
    "EW20": {"amber": SHARE},
}
"""Which lines a rule has, and between what numbers: 80 for 0.80 would be a rule that never speaks."""

FALLING = ("EW07", "EW14")
"""Rules whose red line is below the amber one."""

ACTIONS = (
    "suspend_supply", "dunning_up", "limit_down", "contact", "contract_ctrl", "review", "diversify",
    "renew_cover", "refresh", "fix_feed",
)  # fmt: skip
"""What an alert may propose: pages have words for these."""


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
            text = f"there is no {unknown[0]}; there are EW01 to EW20"
            raise Misplaced(text, "rules", unknown[0])
        if missing := sorted(set(RULES) - set(self.rules)):
            text = f"{missing[0]} is missing; switch it off with is_on: false"
            raise Misplaced(text, "rules")
        if unknown := sorted(set(self.freshness_months) - set(SOURCES)):
            text = f"there is no such source{nearest(unknown[0], SOURCES)}"
            raise Misplaced(text, "freshness_months", unknown[0])
        if set(self.freshness_months) != set(SOURCES):
            text = f"all of {', '.join(SOURCES)} are needed"
            raise Misplaced(text, "freshness_months")
        if len(self.contact_days) < 5:
            raise Misplaced("all of A B C D NR are needed", "contact_days")
        return self

    @model_validator(mode="after")
    def _lines_that_can_be_met(self) -> "Alerts":
        for name, rule in self.rules.items():
            given: dict[Line, Decimal | None] = {
                "amber": rule.amber, "red": rule.red, "second": rule.second,
            }  # fmt: skip
            for line, value in given.items():
                if value is None:
                    continue
                between = LINES.get(name, {}).get(line)
                if not between:
                    raise Misplaced(f"{name} has no such line", "rules", name, line)
                least, most = between
                if not Decimal(least) <= value <= Decimal(most):
                    text = f"{value} is not allowed: {least} to {most}"
                    raise Misplaced(text, "rules", name, line)
            if rule.amber is not None and rule.red is not None:
                low, high = (rule.red, rule.amber) if name in FALLING else (rule.amber, rule.red)
                if low > high:
                    text = f"red {rule.red} is met before amber {rule.amber}"
                    raise Misplaced(text, "rules", name, "red")
            if rule.action and rule.action not in ACTIONS:
                text = f"there is no such action{nearest(rule.action, ACTIONS)}"
                raise Misplaced(text, "rules", name, "action")
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
