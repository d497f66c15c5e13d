"""Every table of a world, column by column: what the stand-ins serve and the tests compare with.

Names are those of `etl/entities` wherever an entity has the column. Each table is a folder of
Parquet parts, `<world>/<table>/part-*.parquet`, and every row of it also has the COMMON columns.

A table is kept `by`:

account  one row a record of a CRM account; `system` is the CRM the account lives in, `customer_id`
         the account's own `row_id` there
party    what registries, courts, bureaus and agencies know; `party_no` is the company's number in
         the world. A stand-in finds the company first (`company`: name, uscc, lei …), then its rows
world    about no company: rates, industries
truth    what really is: for tests and benchmarks, never served

Time: for each (system, row_id) a reader at T sees the row with modified_at <= T < superseded_at
(NULL: never), unless deleted_at <= T. `untidy` is JSON: column → the text (or null) that the system
really holds in that field in place of the tidy value; `World.rows` has put it in already.
"""

from sandbox.world.accounts_tables import ACCOUNT_TABLES
from sandbox.world.parties_tables import PARTY_TABLES
from sandbox.world.table import COMMON, TYPES, Table

__all__ = ["COMMON", "SYSTEMS", "TABLES", "TYPES", "UNTIDY", "Table"]

TABLES: dict[str, Table] = {table.name: table for table in (*ACCOUNT_TABLES, *PARTY_TABLES)}

SYSTEMS = ("fxiaoke", "salesforce", "zoho")
CURRENCIES = ("CNY", "EUR", "GBP", "JPY", "USD")
UNTIDY = (
    "bad_date",
    "negative_amount",
    "zero_amount",
    "missing_key",
    "missing_date",
    "duplicate",
    "contradicting_duplicate",
    "wrong_currency",
    "control_characters",
    "formula",
    "amount_as_text",
    "too_many_decimals",
    "orphan",
    "reversed_dates",
    "out_of_range",
    "does_not_balance",
)
"""Kinds of `truth_untidy`. A duplicate is a second row_id with the number and content of another."""

PLACES = {name: place for place, name in enumerate(TABLES, 1)}
"""Each table's number: part of the ids of its rows."""
