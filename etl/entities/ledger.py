"""The ledger: who buys on account, what was billed, and everything that settles it."""

from etl.entities.contract import (
    COUNT,
    DATE,
    FAULT,
    FLAG,
    KEY,
    MONEY,
    RATE,
    TERMS,
    TEXT,
    Column,
    Entity,
    choice,
    day,
    identifier,
    text,
)

CUSTOMER = Entity(
    "customer",
    "A legal party we sell to on account.",
    key=("customer_id",),
    one_version_per_batch=False,
    columns=(
        Column(
            "customer_id",
            KEY,
            "The customer's number in the source system; with a prefix given in the mapping "
            "where several systems number customers",
            required=True,
        ),
        Column("customer_name", TEXT, "Legal or trading name as the source writes it"),
        Column("country", TEXT, "Country as the source writes it"),
        Column("customer_since", DATE, "First day of the business relation, when stated"),
        Column("is_reseller", FLAG, "Resells our kind of goods; NULL when nobody said (Q13a)"),
        Column(
            "competitor_share",
            "DECIMAL(9,6)",
            "Competitors' share of the goods of our kind it sells, 0 to 1; resellers only (R4-G3)",
            between=("0", "1"),
        ),
        Column(
            "payment_terms_days",
            COUNT,
            "Agreed days from invoice date to due date",
            between=TERMS,
            unit="days",
        ),
        choice("party_type", "What it is (R4-34)", "company", "person", "public", "other"),
        choice(
            "relation",
            "Where we stand with it (A0.1, Admission)",
            "prospect", "customer", "former",
        ),
        text("address", "Address"),
        text("city", "City"),
        text("contact_name", "Whom to ask for"),
        text("phone", "Telephone"),
        text("email", "E-mail"),
        text("website", "Website"),
        text("industry_code", "Industry, in the book's classification (R0-60)"),
        text("industry", "Industry in words"),
        text("segment", "Our own classification of customers (R4-73)"),
        identifier("company_id", "Which of our companies looks after it"),
        text("owner", "Who of us looks after it"),
        identifier("referred_by", "The customer that brought it to us (R4-22)", "customer"),
        day("last_order_on", "The day of its last order, when the source says so"),
    ),
)  # fmt: skip

INVOICE = Entity(
    "invoice",
    "One bill: an amount that falls due on one day.",
    key=("invoice_id",),
    event_date="invoice_date",
    amount="amount",
    columns=(
        Column("invoice_id", KEY, "The invoice's number, unique in the book", required=True),
        Column("customer_id", KEY, "Who owes it (the payer)", required=True),
        Column("company_id", KEY, "Which of our companies billed it"),
        Column("invoice_date", DATE, "The day it was issued", required=True),
        Column("due_date", DATE, "The day it falls due; NULL: invoice date + terms, else unknown"),
        Column(
            "terms_days",
            COUNT,
            "Days from invoice date to due date, when the row says so",
            between=TERMS,
        ),
        Column(
            "amount",
            MONEY,
            "Amount billed, tax included; greater than 0",
            required=True,
            above_zero=True,
        ),
        Column("currency", TEXT, "ISO 4217 code", required=True),
    ),
)

PAYMENT = Entity(
    "payment",
    "Money (or a booking in its place) that arrived from a customer on one day.",
    key=("payment_id",),
    event_date="payment_date",
    amount="amount",
    columns=(
        Column("payment_id", KEY, "The payment's number", required=True),
        Column("customer_id", KEY, "Who paid; NULL: the customer of the invoice it settles"),
        Column("payment_date", DATE, "Value date", required=True),
        Column("amount", MONEY, "Amount; negative for a returned payment", required=True),
        Column("currency", TEXT, "ISO 4217 code", required=True),
        Column(
            "invoice_id",
            KEY,
            "The invoice the whole payment settles; NULL: see allocation, else on account",
        ),
        Column(
            "kind",
            TEXT,
            "cash pays; the others close the ledger item without paying it (A0.1, Paid)",
            required=True,
            allowed=("cash", "write_off", "set_off", "bad_debt_transfer"),
            default="cash",
        ),
    ),
)

ALLOCATION = Entity(
    "allocation",
    "The part of one payment that settles one invoice.",
    key=("payment_id", "invoice_id", "line"),
    amount="amount",
    columns=(
        Column("payment_id", KEY, "The payment", required=True),
        Column("invoice_id", KEY, "The invoice it settles", required=True),
        Column("line", KEY, "The line of the payment", required=True, default="1"),
        Column("amount", MONEY, "Amount applied, in the invoice's currency", required=True),
    ),
)

CREDIT_NOTE = Entity(
    "credit_note",
    "A credit we granted: it lowers what is owed from its date.",
    key=("credit_note_id",),
    event_date="credit_date",
    amount="amount",
    columns=(
        Column("credit_note_id", KEY, "The credit note's number", required=True),
        Column("customer_id", KEY, "Who was credited", required=True),
        Column("invoice_id", KEY, "The invoice it credits; NULL: an unapplied credit"),
        Column("credit_date", DATE, "The day it was issued", required=True),
        Column("amount", MONEY, "Amount credited; greater than 0", required=True, above_zero=True),
        Column("currency", TEXT, "ISO 4217 code", required=True),
        Column(
            "reason",
            TEXT,
            "quality_claim is a claim and lowers net collection; the others lower the amount due",
            required=True,
            allowed=("return", "billing_error", "rebate", "quality_claim"),
            default="billing_error",
        ),
        choice("caused_by", "Whose doing a quality claim was (Q15)", *FAULT),
    ),
)

CLAIM = Entity(
    "claim",
    "A quality claim we accepted and settled otherwise than by a credit note.",
    key=("claim_id",),
    event_date="claim_date",
    amount="amount",
    columns=(
        Column("claim_id", KEY, "The claim's number", required=True),
        Column("customer_id", KEY, "Who claimed", required=True),
        Column("invoice_id", KEY, "The invoice it is about, when known"),
        Column("claim_date", DATE, "The day it was settled", required=True),
        Column("amount", MONEY, "Amount settled; greater than 0", required=True, above_zero=True),
        Column("currency", TEXT, "ISO 4217 code", required=True),
        Column(
            "settled_by",
            TEXT,
            "payout: we paid it out; deduction: the customer paid the invoice less the claim",
            required=True,
            allowed=("payout", "deduction"),
            default="payout",
        ),
        choice("caused_by", "Whose doing the claim was (Q15)", *FAULT),
        text("cause", "What was wrong, in the source's words"),
    ),
)

DISPUTE = Entity(
    "dispute",
    "An invoice the customer contests.",
    key=("dispute_id",),
    event_date="opened_date",
    columns=(
        Column("dispute_id", KEY, "The dispute's number", required=True),
        Column("customer_id", KEY, "Who disputes"),
        Column("invoice_id", KEY, "The invoice in dispute", required=True),
        Column("opened_date", DATE, "NULL: a flag without a date, information only (Q10)"),
        Column("closed_date", DATE, "NULL while it is open"),
        Column("amount", MONEY, "The disputed part; NULL: all that is open"),
        Column(
            "outcome",
            TEXT,
            "In whose favour it was closed; NULL while it is open",
            allowed=("customer", "us"),
        ),
    ),
)

INVOICE_BALANCE = Entity(
    "invoice_balance",
    "What the source itself says is still open on an invoice.",
    key=("invoice_id", "stated_on"),
    event_date="stated_on",
    columns=(
        Column("invoice_id", KEY, "The invoice", required=True),
        Column("stated_on", DATE, "The day the balance is of; default: the night it arrived"),
        Column("balance_amount", MONEY, "Open amount in the invoice's currency", required=True),
    ),
)

FX_RATE = Entity(
    "fx_rate",
    "What one unit of a currency was worth in another on a day.",
    key=("from_currency", "to_currency", "rate_date"),
    event_date="rate_date",
    columns=(
        Column("from_currency", TEXT, "ISO 4217 code", required=True),
        Column("to_currency", TEXT, "ISO 4217 code", required=True),
        Column("rate_date", DATE, "The day the rate is of", required=True),
        Column(
            "rate",
            RATE,
            "Units of to_currency for one from_currency",
            required=True,
            above_zero=True,
        ),
    ),
)

LEDGER = (
    CUSTOMER,
    INVOICE,
    PAYMENT,
    ALLOCATION,
    CREDIT_NOTE,
    CLAIM,
    DISPUTE,
    INVOICE_BALANCE,
    FX_RATE,
)
