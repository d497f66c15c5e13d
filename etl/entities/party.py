"""Who the customer is: its numbers, its names, its group, and what was said between us."""

from etl.entities.contract import (
    CUSTOMER_ID,
    FAULT,
    KEY,
    TEXT,
    Column,
    Entity,
    choice,
    day,
    flag,
    hours,
    identifier,
    money,
    required,
    score,
    share,
    text,
)

SCHEMES = (
    "uscc", "lei", "vat", "registration_number", "duns", "tax_number", "organisation_code",
    "cik", "provider_id",
)  # fmt: skip

PARTY_IDENTIFIER = Entity(
    "party_identifier",
    "A number that an authority or a provider knows a customer by (R1-71, R4-97).",
    key=("customer_id", "scheme", "value"),
    columns=(
        CUSTOMER_ID,
        Column(
            "scheme",
            TEXT,
            "Whose number it is. uscc: 统一社会信用代码; provider_id: the provider's own",
            required=True,
            allowed=SCHEMES,
        ),
        Column("value", KEY, "The number as the source writes it; checked in matching", True),
        text("country", "ISO 3166 code of the country that gave it, where the scheme needs one"),
        text("provider", "Who told us; NULL: our own books"),
        identifier(
            "record_id",
            "The provider's registration it came with: it holds once that is matched",
        ),
    ),
)

FORMER_NAME = Entity(
    "former_name",
    "Another name of a customer: before it was renamed, in another script, or on its signs.",
    key=("customer_id", "name"),
    columns=(
        CUSTOMER_ID,
        Column("name", KEY, "The name as the source writes it", required=True),
        choice("kind", "What kind of name", "former", "trading", "translated", default="former"),
        day("until", "The last day it was in use, when stated"),
        text("provider", "Who told us; NULL: our own books"),
        identifier(
            "record_id",
            "The provider's registration it came with: it holds once that is matched",
        ),
    ),
)

GROUP_MEMBER = Entity(
    "group_member",
    "A customer belongs to a parent (A0.1, Words: group).",
    key=("customer_id", "parent_id"),
    event_date="valid_from",
    in_order=(("valid_from", "valid_until"),),
    columns=(
        CUSTOMER_ID,
        Column("parent_id", KEY, "The parent: a customer's number, or the source's own", True),
        text("parent_name", "The parent's name as the source writes it"),
        share("share", "The part of the customer that the parent holds"),
        flag("is_ultimate", "True when nobody stands above this parent"),
        day("valid_from", "First day, when stated"),
        day("valid_until", "Last day; NULL while it lasts"),
        text("provider", "Who told us; NULL: our own books"),
    ),
)

CONTACT_ACTIVITY = Entity(
    "contact_activity",
    "We were in touch with a customer, or tried (R0-95, R3-30, R4-71, EW16).",
    key=("activity_id",),
    event_date="contact_date",
    columns=(
        required(identifier("activity_id", "The activity's number")),
        CUSTOMER_ID,
        required(day("contact_date", "The day of the call, mail, visit or message")),
        choice(
            "channel", "How", "phone", "mail", "visit", "meeting", "message", "social", "other"
        ),
        choice("direction", "in: the customer came to us; out: we went to it", "in", "out"),
        choice(
            "purpose",
            "What about. care: birthday, gift, thanks (R4-23)",
            "operations", "finance", "collection", "sales", "complaint", "care", "other",
        ),
        flag("has_reply", "The other side answered; NULL: no answer was called for"),
        hours("reply_hours", "Time until the answer came"),
    ),
)  # fmt: skip

SERVICE_CASE = Entity(
    "service_case",
    "A complaint or a request, by the customer or about it (Q18, Q27, R3-31, R4-04, R4-72).",
    key=("case_id",),
    event_date="opened_on",
    in_order=(("opened_on", "closed_on"),),
    columns=(
        required(identifier("case_id", "The case's number")),
        CUSTOMER_ID,
        choice(
            "kind",
            "complaint counts in the complaint rate; the others only in service times",
            "complaint", "service", "question",
            default="complaint",
        ),
        choice(
            "direction",
            "by_customer: it complains of us (feedback); about_customer: of it (performance)",
            "by_customer", "about_customer",
            default="by_customer",
        ),
        text("category", "What it is about, in the source's words"),
        choice("severity", "How bad", "low", "medium", "high", "critical"),
        required(day("opened_on", "The day it was opened")),
        day("closed_on", "NULL while it is open"),
        hours("first_response_hours", "Opening to our first answer (R4-72)"),
        hours("close_hours", "Opening to solution (R4-23); NULL: from the dates"),
        hours("sla_hours", "Time allowed to solve it (R3-31)"),
        flag("is_solved", "Closed with a solution, not only closed"),
        choice("at_fault", "Whose doing it was; unknown raises no alert (Q27)", *FAULT),
        identifier("order_id", "The order it is about", "sales_order"),
        identifier("invoice_id", "The invoice it is about", "invoice"),
        money("refund_amount", "What was given back because of it"),
        Column("currency", TEXT, "ISO 4217 code of refund_amount"),
    ),
)  # fmt: skip

FEEDBACK = Entity(
    "feedback",
    "A rating or a survey's answer, by the customer or about it (R0-40, R4-01, R4-06, R4-74).",
    key=("feedback_id",),
    event_date="given_on",
    columns=(
        required(identifier("feedback_id", "The answer's number")),
        CUSTOMER_ID,
        required(day("given_on", "The day it was given")),
        choice(
            "role",
            "by_customer: it rates us; about_customer: we rate it (R4-06)",
            "by_customer", "about_customer",
            default="by_customer",
        ),
        choice("aspect", "What was rated", "overall", "service", "goods", "payment", "cooperation"),
        score("rating", "5 is best", ("1", "5")),
        score("nps", "Would recommend us; 9 and 10 promote, 0 to 6 detract", ("0", "10")),
        flag("would_continue", "Willing to go on working together (R0-40)"),
        choice("surveyed_by", "Who asked (R4-74, csat_source)", "us", "third_party", default="us"),
        identifier("order_id", "The order it is about", "sales_order"),
        text("comment", "In the rater's own words"),
    ),
)  # fmt: skip

RELATION_COST = Entity(
    "relation_cost",
    "What winning, keeping or growing a customer cost us (R4-22, R4-80).",
    key=("cost_id",),
    event_date="cost_date",
    amount="amount",
    columns=(
        required(identifier("cost_id", "The booking's number")),
        CUSTOMER_ID,
        required(day("cost_date", "The day it was spent")),
        choice("kind", "What for", "acquire", "keep", "grow", default="keep"),
        required(money("amount", "What was spent")),
        required(Column("currency", TEXT, "ISO 4217 code")),
    ),
)

MATCH_DECISION = Entity(
    "match_decision",
    "What a person decided about one record and one customer; it outranks every score.",
    key=("record_kind", "record_key", "customer_id"),
    event_date="decided_on",
    columns=(
        required(identifier("record_kind", "The record type, such as court_record")),
        required(
            identifier("record_key", "Its key, parts joined by |, as the review queue has it")
        ),
        CUSTOMER_ID,
        Column(
            "decision",
            TEXT,
            "link: the record is about this customer; no_link: it is not",
            required=True,
            allowed=("link", "no_link"),
        ),
        required(text("decided_by", "Who decided")),
        required(day("decided_on", "The day of the decision")),
        text("note", "Why"),
    ),
)

PARTY = (
    PARTY_IDENTIFIER,
    FORMER_NAME,
    GROUP_MEMBER,
    CONTACT_ACTIVITY,
    SERVICE_CASE,
    FEEDBACK,
    RELATION_COST,
    MATCH_DECISION,
)
