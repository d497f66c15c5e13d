"""A large ledger, the same every time: skewed as real ones are, most bills from few customers.

Made by arithmetic on the row number alone, without chance and without hashes.
"""

from pathlib import Path

import duckdb

from etl.entities import ENTITIES
from etl.history import snapshot_types

AS_OF = "2026-11-22"
CUSTOMERS = 100_000
INVOICES = 5_000_000

_HISTORY = (
    f"DATE '{AS_OF}' AS known_on, '000001-bench' AS batch, number AS seq, FALSE AS is_deleted"
)

# 0.96 of the bills are paid once; a payment is a week early to eight weeks late, most near the day.
_GIVEN = f"""
    CREATE TABLE given AS
    SELECT
        number,
        'INV-' || number AS invoice_id,
        'C-' || (1 + CAST(floor(place * place * {CUSTOMERS}) AS BIGINT) % {CUSTOMERS}) AS customer_id,
        DATE '{AS_OF}' - CAST(1 + (number * 7919) % 730 AS INTEGER) AS invoice_date,
        CAST([15, 30, 30, 45, 60][1 + number % 5] AS INTEGER) AS terms,
        CAST(50 + (number * 104729) % 2000000 / 100.0 AS DECIMAL(18,2)) AS amount,
        number % 25 > 0 AS is_paid,
        CAST((number * 31) % 100 AS INTEGER) AS luck
    FROM (
        SELECT number, ((number * 2654435761) % 4294967296) / 4294967296.0 AS place
        FROM range(1, {INVOICES} + 1) AS numbers (number)
    )
"""

_INVOICE = f"""
    SELECT
        invoice_id, customer_id, NULL::VARCHAR AS company_id, invoice_date,
        invoice_date + terms AS due_date, terms AS terms_days, amount, 'CNY' AS currency, {_HISTORY}
    FROM given ORDER BY number
"""

_PAYMENT = f"""
    SELECT
        'PAY-' || number AS payment_id, customer_id,
        invoice_date + terms + CASE
            WHEN luck < 25 THEN luck % 8 - 7
            WHEN luck < 75 THEN 0
            WHEN luck < 90 THEN luck % 5 + 1
            ELSE luck % 56 + 1
        END AS payment_date,
        amount, 'CNY' AS currency, invoice_id, 'cash' AS kind, {_HISTORY}
    FROM given WHERE is_paid ORDER BY number
"""


def files(folder: Path) -> dict[str, list[Path]]:
    """current.<entity> → its Parquet file, made when it is not there yet."""
    made = {f"current.{name}": [folder / f"current.{name}.parquet"] for name in ENTITIES}
    if all(paths[0].exists() for paths in made.values()):
        return made
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"memory_limit": "3GiB"}) as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(_GIVEN)
        for name, entity in ENTITIES.items():
            columns = ", ".join(
                f"CAST({column} AS {type_}) AS {column}"
                for column, type_ in snapshot_types(entity).items()
            )
            nothing = ", ".join(f"NULL AS {column}" for column in snapshot_types(entity))
            source = {"invoice": _INVOICE, "payment": _PAYMENT}.get(
                name, f"SELECT {nothing} WHERE FALSE"
            )
            target = made[f"current.{name}"][0]
            con.execute(
                f"COPY (SELECT {columns} FROM ({source})) TO '{target}' "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
    return made
