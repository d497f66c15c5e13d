"""Why percentiles are read off with whole numbers (docs/adr/0004-percentiles.md).

When this fails, the engine's PERCENTILE_CONT may have become exact: the decision can be looked at anew.
"""

import duckdb

ONE_BOOK = """
SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY CAST(days AS DECIMAL(18, 6)))
FROM (VALUES (1), (1), (1), (1), (1), (1), (1), (31)) AS item (days)
"""

# Every book of 2 to 59 items: nine tenths of them `low` days late, the rest `high`.
EVERY_BOOK = """
WITH item AS (
  SELECT
    (size, low, high) AS book,
    CASE WHEN place < FLOOR((size - 1) * 9 / 10.0) + 1 THEN low ELSE high END AS days
  FROM range(2, 60) AS size (size), range(0, 31) AS low (low), range(0, 61) AS high (high),
    range(60) AS place (place)
  WHERE place < size AND low < high
),

ranked AS (
  SELECT
    book, days,
    10 * (ROW_NUMBER() OVER (PARTITION BY book ORDER BY days) - 1) AS tenth,
    9 * (COUNT(*) OVER (PARTITION BY book) - 1) AS p90_tenth
  FROM item
),

both_ways AS (
  SELECT
    CAST(0.1 AS DECIMAL(2, 1)) * SUM(CASE
      WHEN tenth = p90_tenth - MOD(p90_tenth, 10) THEN days * (10 - MOD(p90_tenth, 10))
      WHEN tenth = p90_tenth - MOD(p90_tenth, 10) + 10 THEN days * MOD(p90_tenth, 10)
      ELSE 0
    END) AS exact,
    PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY CAST(days AS DECIMAL(18, 6))) AS doubles
  FROM ranked
  GROUP BY book
)

SELECT
  COUNT(*),
  COUNT(*) FILTER (WHERE exact <> doubles),
  COUNT(*) FILTER (WHERE (exact >= 10) <> (doubles >= 10)),
  COUNT(*) FILTER (WHERE (exact >= 5) <> (doubles >= 5))
FROM both_ways
"""


def test_percentile_cont_says_less_than_ten_days() -> None:
    with duckdb.connect() as connection:
        (found,) = connection.execute(ONE_BOOK).fetchone()

    assert str(found) == "9.999999"  # 1 + 0.3 * 30 is 10: a D, not a C


def test_how_often_it_is_another_letter() -> None:
    with duckdb.connect() as connection:
        books, differ, other_side_of_ten, other_side_of_five = connection.execute(
            EVERY_BOOK
        ).fetchone()

    assert (books, differ, other_side_of_ten, other_side_of_five) == (80_910, 16_740, 50, 23)
