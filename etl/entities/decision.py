"""What people decided: grades overridden, limits set, alerts acknowledged.

A decision that breaks its own rules (no approver, no expiry) is loaded all the same: it has no
effect, and the grade or limit it was about says why.
"""

from etl.entities.contract import (
    CURRENCY,
    CUSTOMER_ID,
    Entity,
    choice,
    day,
    flag,
    identifier,
    money,
    required,
    text,
)

GRADE_OVERRIDE = Entity(
    "grade_override",
    "One decision that a customer's final grade is another one (A0.1 Order of precedence, Q14). It "
    "counts from its first to its last day, if it has a reason, an expiry and an approver who is "
    "not its author; of several the one decided last.",
    key=("override_id",),
    event_date="decided_on",
    in_order=(("valid_from", "expires_on"),),
    columns=(
        required(identifier("override_id", "The decision's number")),
        CUSTOMER_ID,
        required(choice("grade", "The grade it gives", "A", "B", "C", "D")),
        text("reason", "Why; without one it has no effect"),
        text("author", "Who asked for it; without one it has no effect"),
        text("approver", "Who approved it; has no effect if missing or the author"),
        required(day("decided_on", "The day it was approved")),
        day("valid_from", "Its first day; NULL: the day it was approved"),
        day("expires_on", "Its last day; without one it has no effect"),
        text(
            "lifts_veto",
            "The listed vetoes it lifts, by name, comma-separated: dishonest, bankruptcy, revoked, "
            "deregistered (R4-G6); one it does not name stands",
        ),
    ),
)

LIMIT_DECISION = Entity(
    "limit_decision",
    "One credit limit that was asked for, approved, or granted for a time (C10, R3-20).",
    key=("decision_id",),
    event_date="decided_on",
    amount="limit_amount",
    in_order=(("valid_from", "valid_until"),),
    columns=(
        required(identifier("decision_id", "The decision's number")),
        CUSTOMER_ID,
        required(choice("kind", "What was decided", "approved", "temporary", "requested")),
        required(money("limit_amount", "The limit; 0: none is granted")),
        required(CURRENCY),
        text("reason", "Why"),
        text("author", "Who asked for it"),
        text("approver", "Who approved it; has no effect if missing or the author"),
        required(day("decided_on", "The day it was decided or asked for")),
        day("valid_from", "Its first day; NULL: the day it was decided"),
        day("valid_until", "Its last day; NULL: until another takes its place"),
        flag("is_secured", "A guarantee or a deposit stands behind it"),
    ),
)

ALERT_ACK = Entity(
    "alert_ack",
    "One word of a person on an alert (EW01 to EW20): seen, dealt with, or let pass for a time.",
    key=("ack_id",),
    event_date="decided_on",
    columns=(
        required(identifier("ack_id", "Its number")),
        identifier("customer_id", "The customer; NULL: an alert about the whole book", "customer"),
        required(identifier("rule_id", "The rule that fired: EW01 to EW20")),
        required(
            choice(
                "state",
                "ack: seen, somebody is at it; closed: dealt with; waived: let pass",
                "ack", "closed", "waived",
            )
        ),
        text("decided_by", "Who says so"),
        text("note", "What was done, or why it is let pass"),
        required(day("decided_on", "The day it was said")),
        day("until", "The last day it holds; NULL: as long as the alert stands"),
    ),
)  # fmt: skip

DECISION = (GRADE_OVERRIDE, LIMIT_DECISION, ALERT_ACK)
