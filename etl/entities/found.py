"""What every record found at a provider carries: where it came from and who was asked about.

`customer_id` is the customer that the inquiry was about, not the one the record counts for: that is
decided in matching, by the names and numbers the record itself gives. It is part of the key, because
one record may be found again while asking about somebody else; it is empty when nobody was asked
about. So a table of such records holds a document as often as it was asked for: count documents by
(provider, record_id), cases by their number. A record that the last whole answer about the customer
did not bring again is gone, and history says so (etl/gone.py).
"""

from collections.abc import Iterable

from etl.entities.contract import KEY, TEXT, Column, identifier, required, text

PROVIDER = Column("provider", KEY, "Who published or sold it, such as qichacha", required=True)
PRODUCT = text("product", "The provider's product or interface that returned it")
SUBJECT = identifier(
    "customer_id",
    "The customer the inquiry was about; empty when it was about nobody. Matching decides "
    "whom the record counts for",
    "customer",
)
RECORD_ID = required(identifier("record_id", "The record's number at the provider"))
PARTY_NAME = Column("party_name", TEXT, "The party's name as the record writes it")
PARTY_ID = identifier("party_id", "The party's number at the provider")
PARTY_NUMBER = identifier(
    "party_number", "The party's official number as the record writes it, perhaps masked"
)

FOUND_KEY = ("provider", "record_id", "customer_id")


def found(*columns: Column, named: bool = True) -> tuple[Column, ...]:
    """The columns of a found record; `named`: it names one party that it is about."""
    names: Iterable[Column] = (PARTY_NAME, PARTY_ID, PARTY_NUMBER) if named else ()
    return (PROVIDER, RECORD_ID, SUBJECT, PRODUCT, *names, *columns)
