"""The two tables that matching writes each night, between the snapshots and the first SQL layer."""

from etl.entities.contract import FLAG, KEY, SHARE, TEXT, Column, Entity

STATES = ("accepted", "review", "rejected")
METHODS = (
    "decision", "number", "inquiry", "number_unchecked", "name", "former_name", "probable",
    "stated", "same_party", "alone",
)  # fmt: skip

_METHOD = Column(
    "method",
    TEXT,
    "The strongest thing that speaks for it. decision: a person; number: a checked identifier; "
    "inquiry: the provider was asked by our number, and the name fits; stated: our own file says so; "
    "same_party: found for another number of the same legal party",
    required=True,
    allowed=METHODS,
)
_SCORE = Column(
    "score",
    SHARE,
    "Probability that it is so, all candidates considered (etl/matching/data/model.yaml)",
    required=True,
    between=("0", "1"),
    unit="fraction, 0 to 1",
)
_EVIDENCE = Column(
    "evidence",
    TEXT,
    "What agrees, what differs, and why it was held back, in codes separated by `; `",
    required=True,
)
_STATE = Column(
    "state",
    TEXT,
    "accepted: it counts; review: a person must look, it counts for nobody; rejected: it does not",
    required=True,
    allowed=STATES,
)

RECORD_LINK = Entity(
    "record_link",
    "An outside record and a customer it may be about (issue I30; R4-G6). What is not linked is never "
    "scored against anybody.",
    key=("record_kind", "record_key", "customer_id"),
    columns=(
        Column("record_kind", KEY, "The record type, such as court_party or listing", True),
        Column("record_key", KEY, "Its key, parts joined by |, an empty part left empty", True),
        Column("customer_id", KEY, "The customer", required=True, refers_to="customer"),
        Column("provider", TEXT, "Who published the record"),
        Column("record_id", TEXT, "The record's number at the provider; NULL: it has none"),
        Column(
            "role_of_customer",
            TEXT,
            "What the customer is in the record: a role of court_party, or subject",
            required=True,
        ),
        _METHOD,
        _SCORE,
        _EVIDENCE,
        _STATE,
        Column(
            "is_certain",
            FLAG,
            "By a checked number, by our own file or by a person: enough for a listed veto (R4-G6)",
            required=True,
        ),
    ),
)

CUSTOMER_LINK = Entity(
    "customer_link",
    "Which customers are one legal party: each customer has one accepted row; the others wait for a "
    "person, or were judged to be two.",
    key=("customer_id", "party_id"),
    columns=(
        Column("customer_id", KEY, "The customer", required=True, refers_to="customer"),
        Column(
            "party_id",
            KEY,
            "accepted: the customer number that stands for the legal party, the first in order; "
            "else the other customer",
            required=True,
        ),
        _METHOD,
        _SCORE,
        _EVIDENCE,
        _STATE,
    ),
)

MATCH_TABLES: dict[str, Entity] = {table.name: table for table in (RECORD_LINK, CUSTOMER_LINK)}


def types(table: Entity) -> dict[str, str]:
    """Column → type, in published order."""
    return {column.name: column.type for column in table.columns}
