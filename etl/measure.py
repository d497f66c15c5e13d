"""`sql/3_measure/indicator.sql`, written from the catalogue: `python -m etl.measure`.

The wide tables of `sql/2_indicator` are for people and BI; scoring wants one row a customer and
indicator. The file is a SELECT like any other, read and run like the others; only nobody types it.
A house test fails when it is stale.
"""

import sys
from collections.abc import Sequence

from etl import models
from etl.catalogue import Indicator, catalogue
from etl.lake import write_bytes
from etl.models import Model

TARGET = models.SQL_FOLDER / "3_measure" / "indicator.sql"

_HEADER = """\
-- indicator: what is every scored indicator of each customer tonight, and what does it rest on?
--
-- Written by `python -m etl.measure` from sql/reference/indicator; edits here are lost. Every customer has a
-- row for every indicator: what is not known is a row with a reason. Indicators the catalogue does not
-- call scored stand in the wide tables of the indicator layer only.
--
-- Grain: one row per customer and scored indicator. Key: customer_id, indicator.
-- Requirements: R0-01, R0-04, R4-64, R4-103; A9.
--
-- Columns
--   customer_id      VARCHAR        the customer
--   indicator        VARCHAR        its name in the catalogue
--   value            DECIMAL(28,6)  in unit; flag: 1 yes, 0 no; NULL: see null_reason
--   unit             VARCHAR        share, days, count, money (base currency) and so on; NULL: a bare number
--   sample_size      BIGINT         items it rests on; NULL: not a count of items
--   source_date      DATE           the day of the data it rests on; NULL: the night's own books, or nothing
--   source_age_days  INTEGER        days from source_date to the night; NULL: as source_date
--   null_reason      VARCHAR        why value is NULL; NULL: there is a value
"""

_ONE = """\
SELECT
  customer_id,
  '{indicator}' AS indicator,
  CAST({value} AS DECIMAL(28, 6)) AS value,
  {unit} AS unit,
  CAST({sample} AS BIGINT) AS sample_size,
  CAST({dated} AS DATE) AS source_date,
  {reason} AS null_reason
FROM {source}"""


def _value(line: Indicator, types: dict[str, str]) -> str:
    if types[line.indicator] == "BOOLEAN":
        return f"CASE WHEN {line.indicator} THEN 1 WHEN NOT {line.indicator} THEN 0 END"
    return line.indicator


def _reason(line: Indicator, types: dict[str, str]) -> str:
    """Its own column's word, the customer's, a missing rate, else the catalogue's."""
    words = [column for column in (f"{line.indicator}_reason", "null_reason") if column in types]
    if "no_fx_item_cnt" in types:
        words.append("CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END")
    word = f"'{line.null_reason}'"
    if words:
        word = f"COALESCE({', '.join([*words, word])})"
    return f"CASE WHEN {line.indicator} IS NULL THEN {word} END"


def measure_sql(lines: Sequence[Indicator], tables: dict[str, Model]) -> str:
    """The file's text: one SELECT a scored line of the catalogue, all of them together, dated."""
    parts = []
    for line in lines:
        if line.is_scored != "yes":
            continue
        types = tables[line.source].types
        parts.append(
            _ONE.format(
                indicator=line.indicator,
                value=_value(line, types),
                unit=f"'{line.unit}'" if line.unit else "CAST(NULL AS VARCHAR)",
                sample=line.sample or "NULL",
                dated=line.dated or "NULL",
                reason=_reason(line, types),
                source=line.source,
            )
        )
    together = "\nUNION ALL\n".join(parts).replace("\n", "\n  ")
    return (
        f"{_HEADER}\nWITH\n\nmeasured AS (\n  {together}\n)\n\n"
        "SELECT\n"
        "  customer_id,\n"
        "  indicator,\n"
        "  value,\n"
        "  unit,\n"
        "  sample_size,\n"
        "  CASE WHEN value IS NOT NULL THEN source_date END AS source_date,\n"
        "  CASE\n"
        "    WHEN value IS NOT NULL THEN EXTRACT(DAY FROM (\n"
        "      CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(source_date AS TIMESTAMP)\n"
        "    ))\n"
        "  END AS source_age_days,\n"
        "  null_reason\n"
        "FROM measured\n"
        "ORDER BY customer_id, indicator\n"
    )


def text() -> str:
    """What the file should hold."""
    tables = {model.full_name: model for model in models.models("2_indicator")}
    return measure_sql(catalogue(), tables)


def main() -> int:
    """Write the file."""
    TARGET.parent.mkdir(exist_ok=True)
    write_bytes(TARGET, text().encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
