"""What was agreed, ordered, delivered and sent back; and how we asked for our money."""

from etl.entities.contract import (
    CURRENCY,
    CUSTOMER_ID,
    FAULT,
    Entity,
    choice,
    count,
    day,
    flag,
    identifier,
    money,
    quantity,
    required,
    share,
    text,
)

ORDER_ID = identifier("order_id", "The order", "sales_order")
INVOICE_ID = identifier("invoice_id", "The invoice", "invoice")

SALES_ORDER = Entity(
    "sales_order",
    "Goods or services that a customer ordered on one day (R0-20, R3-04, R4-02).",
    key=("order_id",),
    event_date="order_date",
    amount="amount",
    in_order=(("order_date", "closed_on"),),
    columns=(
        required(identifier("order_id", "The order's number")),
        CUSTOMER_ID,
        identifier("company_id", "Which of our companies sells"),
        required(day("order_date", "The day it was placed")),
        required(money("amount", "What was ordered, tax included")),
        required(CURRENCY),
        money("cost_amount", "What the goods cost us; amount less this is gross margin (Q20)"),
        choice(
            "status",
            "Where it stands; cancelled orders count in no rate",
            "open", "delivered", "closed", "cancelled",
            default="open",
        ),
        day("closed_on", "The day it was closed last"),
        day("reopened_on", "The day it was opened again after it was closed (EW12)"),
        count("reopened_count", "How often it was opened again", "times"),
        identifier("contract_id", "The contract it was placed under", "contract"),
        text("product_group", "Kind of goods (R4-73)"),
        text("channel", "Where it was placed"),
    ),
)  # fmt: skip

DELIVERY = Entity(
    "delivery",
    "One consignment of an order: when it was promised and when it came (R0-34, R4-92).",
    key=("delivery_id",),
    event_date="promised_date",
    columns=(
        required(identifier("delivery_id", "The delivery's number")),
        CUSTOMER_ID,
        ORDER_ID,
        identifier("contract_id", "The contract it fulfils", "contract"),
        required(day("promised_date", "The day it was due")),
        day("actual_date", "The day it came; NULL: not yet"),
        quantity("quantity_ordered", "How much was to come"),
        quantity("quantity_delivered", "How much came"),
        choice("late_by", "Whose doing a delay was; unknown raises no alert (Q27)", *FAULT),
    ),
)

INSTALMENT = Entity(
    "instalment",
    "A part of an invoice with a due date of its own; all parts together are the invoice. Kept for whoever "
    "queries the lake: letters, aging and limits go by the invoice's own due date.",
    key=("invoice_id", "instalment_no"),
    event_date="known_from",
    amount="amount",
    columns=(
        required(INVOICE_ID),
        required(identifier("instalment_no", "Its place in the invoice's plan")),
        required(day("due_date", "The day this part falls due")),
        required(money("amount", "This part, in the invoice's currency", above_zero=True)),
        day("known_from", "The day the plan was agreed; NULL: the day of the row"),
    ),
)

SALES_RETURN = Entity(
    "sales_return",
    "Goods that a customer sent back (Q19, R4-03).",
    key=("return_id",),
    event_date="return_date",
    amount="amount",
    columns=(
        required(identifier("return_id", "The return's number")),
        CUSTOMER_ID,
        ORDER_ID,
        INVOICE_ID,
        required(day("return_date", "The day they came back")),
        required(money("amount", "Their value as sold")),
        required(CURRENCY),
        quantity("quantity_returned", "How much came back"),
        text("reason", "Why, in the source's words"),
        choice("caused_by", "Whose doing it was (Q15)", *FAULT),
    ),
)

REFUND = Entity(
    "refund",
    "Money that we gave back (Q19, R4-03).",
    key=("refund_id",),
    event_date="refund_date",
    amount="amount",
    columns=(
        required(identifier("refund_id", "The refund's number")),
        CUSTOMER_ID,
        ORDER_ID,
        identifier("return_id", "The return it pays for", "sales_return"),
        required(day("refund_date", "The day it was paid")),
        required(money("amount", "What was paid back")),
        required(CURRENCY),
        text("reason", "Why, in the source's words"),
    ),
)

CONTRACT = Entity(
    "contract",
    "An agreement with a customer, from the offer on (R0-30, R0-31, R3-52).",
    key=("contract_id",),
    event_date="offered_on",
    amount="amount",
    in_order=(("offered_on", "signed_on"), ("start_date", "end_date")),
    columns=(
        required(identifier("contract_id", "The contract's number")),
        CUSTOMER_ID,
        day("offered_on", "The day it was offered"),
        day("signed_on", "The day both had signed; NULL: not yet, or never"),
        day("start_date", "First day it runs"),
        day("end_date", "Last day it runs"),
        money("amount", "Its whole value"),
        CURRENCY,
        choice(
            "status",
            "Where it stands",
            "offered", "signed", "active", "completed", "terminated", "declined",
            default="signed",
        ),
        flag("has_breach_clause", "Says who answers for a breach, and how (R3-52)"),
        flag("has_compensation_clause", "Says what a breach costs (R3-52)"),
    ),
)  # fmt: skip

CONTRACT_MILESTONE = Entity(
    "contract_milestone",
    "What a contract plans for one day: a delivery, a payment, an acceptance (R0-32).",
    key=("contract_id", "milestone_id"),
    event_date="planned_date",
    amount="planned_amount",
    columns=(
        required(identifier("contract_id", "The contract", "contract")),
        required(identifier("milestone_id", "Its number in the contract")),
        identifier("customer_id", "The customer; NULL: the contract's", "customer"),
        choice("kind", "What is planned", "delivery", "payment", "acceptance", default="delivery"),
        choice("owed_by", "Who has to do it", "customer", "us", default="us"),
        required(day("planned_date", "The day it is planned for")),
        day("actual_date", "The day it was done; NULL: not yet"),
        money("planned_amount", "Its value by plan, in the contract's currency"),
        money("actual_amount", "What was done of it"),
    ),
)

CONTRACT_BREACH = Entity(
    "contract_breach",
    "A term of a contract that was not kept (R0-33, EW08).",
    key=("breach_id",),
    event_date="breach_date",
    amount="amount",
    columns=(
        required(identifier("breach_id", "The breach's number")),
        identifier("contract_id", "The contract", "contract"),
        CUSTOMER_ID,
        required(day("breach_date", "The day of the breach")),
        choice("breached_by", "Who broke it; only the customer's count", *FAULT, default="unknown"),
        choice(
            "kind",
            "What was not kept",
            "payment", "delivery", "quantity", "quality", "secrecy", "other",
        ),
        money("amount", "What it cost, or what was claimed for it"),
        CURRENCY,
        day("cured_on", "The day it was made good"),
        text("description", "What happened"),
    ),
)  # fmt: skip

DUNNING_STEP = Entity(
    "dunning_step",
    "We asked for money that is due (R3-71, R4-E1: number of dunnings).",
    key=("dunning_id",),
    event_date="sent_on",
    amount="amount",
    columns=(
        required(identifier("dunning_id", "The step's number")),
        CUSTOMER_ID,
        identifier("invoice_id", "The invoice asked for; NULL: the whole account", "invoice"),
        count("level", "1 reminds; higher is sharper", "step", least=1),
        required(day("sent_on", "The day we asked")),
        choice("channel", "How", "phone", "mail", "letter", "visit", "lawyer", "agency", "other"),
        money("amount", "What was asked for"),
        CURRENCY,
        day("answered_on", "The day the customer answered"),
    ),
)

PROMISE = Entity(
    "promise",
    "The customer promised to pay an amount by a day (R0-95, R4-104: willingness).",
    key=("promise_id",),
    event_date="promised_on",
    amount="amount",
    in_order=(("promised_on", "due_date"),),
    columns=(
        required(identifier("promise_id", "The promise's number")),
        CUSTOMER_ID,
        identifier("invoice_id", "The invoice; NULL: the account", "invoice"),
        required(day("promised_on", "The day it was given")),
        required(day("due_date", "The day the money was to come")),
        required(money("amount", "What was promised", above_zero=True)),
        required(CURRENCY),
        flag("is_kept", "As the collector noted; NULL: told from the payments"),
    ),
)

LOSS_CASE = Entity(
    "loss_case",
    "A bad debt looked at afterwards: what it cost and what would have shown it (R4-50).",
    key=("loss_id",),
    event_date="lost_on",
    amount="amount",
    columns=(
        required(identifier("loss_id", "The case's number")),
        CUSTOMER_ID,
        required(day("lost_on", "The day it was given up")),
        required(money("amount", "What was lost")),
        required(CURRENCY),
        share("recovered_share", "The part that came back later"),
        text("cause", "Why it was lost"),
        text("lesson", "What to watch for"),
    ),
)

GUARANTEE = Entity(
    "guarantee",
    "What stands in if the customer does not pay (R3-50, R4-44, R4-93, R4-101, EW14).",
    key=("guarantee_id",),
    event_date="start_date",
    amount="amount",
    in_order=(("start_date", "expiry_date"),),
    columns=(
        required(identifier("guarantee_id", "The guarantee's number")),
        CUSTOMER_ID,
        choice(
            "kind",
            "What it is. deposit: 保证金, money we hold",
            "deposit", "bank_guarantee", "letter_of_credit", "mortgage", "pledge",
            "company_guarantee", "personal_guarantee", "retention_of_title", "other",
            default="other",
        ),
        text("guarantor", "Who answers for it"),
        identifier("guarantor_id", "The guarantor, when it is a customer itself", "customer"),
        required(money("amount", "What it covers at most")),
        required(CURRENCY),
        money("appraised_amount", "What it would fetch, as last appraised"),
        day("start_date", "First day of cover"),
        day("expiry_date", "Last day of cover; NULL: open-ended"),
        day("released_on", "The day it was given back"),
        flag("is_verified", "Somebody checked that it holds (R4-43, collateral_ok)"),
    ),
)  # fmt: skip

INSURANCE = Entity(
    "insurance",
    "Credit insurance on one customer (R3-51, EW14).",
    key=("cover_id",),
    event_date="start_date",
    amount="insured_limit",
    in_order=(("start_date", "expiry_date"),),
    columns=(
        required(identifier("cover_id", "The cover's number at the insurer")),
        CUSTOMER_ID,
        text("insurer", "Who insures"),
        required(money("insured_limit", "The most that is covered")),
        required(CURRENCY),
        share("covered_share", "The part of a loss the insurer bears; NULL: all"),
        money("deductible", "What of a loss we bear ourselves first"),
        required(day("start_date", "First day of cover")),
        day("expiry_date", "Last day of cover"),
        day("cancelled_on", "The day the insurer took it back"),
    ),
)

TRADE = (
    SALES_ORDER,
    DELIVERY,
    INSTALMENT,
    SALES_RETURN,
    REFUND,
    CONTRACT,
    CONTRACT_MILESTONE,
    CONTRACT_BREACH,
    DUNNING_STEP,
    PROMISE,
    LOSS_CASE,
    GUARANTEE,
    INSURANCE,
)
