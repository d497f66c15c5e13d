"""The canonical entities: what every source is mapped to and every SQL file starts from.

This is the contract that mappings, expectations and the data dictionary quote. Each entity becomes
`history/<entity>` (every version ever received) and `current/<entity>` (the last version known on
a night). Beside the columns listed here every history row carries `known_on`, `batch`, `seq` and
`is_deleted` (requirements A0.1, "Known").
"""

from dataclasses import dataclass

MONEY = "DECIMAL(18,2)"
RATE = "DECIMAL(18,8)"
KEY = "VARCHAR"
TEXT = "VARCHAR"
DATE = "DATE"
FLAG = "BOOLEAN"
COUNT = "INTEGER"

TERMS = ("0", "3650")
"""Days of credit that somebody may have meant: none to ten years."""


@dataclass(frozen=True)
class Column:
    """One typed column; `allowed` lists the only values a text column may hold, `between` the
    least and the greatest a number may be."""

    name: str
    type: str
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    default: str | None = None
    above_zero: bool = False
    between: tuple[str, str] | None = None


@dataclass(frozen=True)
class Entity:
    """A canonical record type. `event_date` is the day a historical import knew the row;
    an entity without one takes the day of the source row it came from."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    event_date: str | None = None
    amount: str | None = None
    one_version_per_batch: bool = True

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when the entity has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


HISTORY_COLUMNS = (
    Column("known_on", DATE, "The day this version became known", required=True),
    Column("batch", TEXT, "The batch it came in", required=True),
    Column("seq", "BIGINT", "Its place inside the batch", required=True),
    Column("is_deleted", FLAG, "True when the source deleted the record", required=True),
)

CUSTOMER = Entity(
    "customer",
    "A legal party we sell to on account.",
    key=("customer_id",),
    one_version_per_batch=False,
    columns=(
        Column("customer_id", KEY, "The customer's number in the source system", required=True),
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
        ),
    ),
)

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

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
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
}
