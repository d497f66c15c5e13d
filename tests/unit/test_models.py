"""A SQL file is read with its header: question, grain, key, columns, and what it reads."""

from pathlib import Path

import pytest

from etl import models
from etl.errors import ZixinError
from etl.models import read_model

TEXT = """\
-- habit: how regularly does each customer pay?
--
-- Two lines that say
-- why.
--
-- Grain: one row per customer and currency. Key: customer_id, currency.
-- Requirements: R0-12; Q28.
--
-- Columns
--   customer_id  VARCHAR        the customer
--   currency     VARCHAR        ISO 4217 code
--   gap_days     DECIMAL(18, 6) days; NULL: fewer than two [R0-12]

WITH

-- A comment that looks like a column is none:
--   not_a_column  INTEGER  of the table
cash AS (
  SELECT customer_id FROM event.settlement -- FROM core.not_read
  JOIN policy.book ON TRUE
)

SELECT customer_id FROM cash
LEFT JOIN core.customer USING (customer_id)
ORDER BY customer_id, currency
"""

COLUMNS = TEXT[TEXT.index("--   customer_id") : TEXT.index("\nWITH")]


def written(folder: Path, text: str, name: str = "habit") -> Path:
    path = folder / "2_indicator" / f"{name}.sql"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_a_key_says_which_of_its_columns_may_be_null(tmp_path: Path) -> None:
    model = read_model(
        written(tmp_path, TEXT.replace("currency.\n", "currency (may be NULL: currency).\n", 1))
    )

    assert model.key == ("customer_id", "currency")
    assert model.key_may_be_null == ("currency",)


def test_a_header_is_read(tmp_path: Path) -> None:
    model = read_model(written(tmp_path, TEXT))

    assert model.full_name == "indicator.habit"
    assert model.question == "how regularly does each customer pay?"
    assert model.explanation == "Two lines that say\nwhy."
    assert model.grain == "one row per customer and currency."
    assert model.key == ("customer_id", "currency")
    assert model.key_may_be_null == ()
    assert model.requirements == "R0-12; Q28"
    assert model.types == {
        "customer_id": "VARCHAR",
        "currency": "VARCHAR",
        "gap_days": "DECIMAL(18,6)",
    }
    assert model.columns[2].description == "days; NULL: fewer than two [R0-12]"


def test_what_it_reads_is_found_outside_comments(tmp_path: Path) -> None:
    assert read_model(written(tmp_path, TEXT)).reads == (
        "core.customer",
        "event.settlement",
        "policy.book",
    )


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ("-- habit: how regularly does each customer pay?\n", "", "must open with '-- habit:"),
        ("-- habit:", "-- custom:", "is about 'custom', not 'habit'"),
        (" Key: customer_id, currency.", "", "lacks its '-- Grain"),
        ("-- Requirements: R0-12; Q28.\n", "", "lacks its '-- Requirements"),
        (COLUMNS, "", "lists no columns"),
    ],
)  # fmt: skip
def test_a_header_with_a_gap_is_refused(tmp_path: Path, good: str, bad: str, sentence: str) -> None:
    assert good in TEXT

    with pytest.raises(ZixinError, match=r"habit\.sql: ") as refused:
        read_model(written(tmp_path, TEXT.replace(good, bad, 1)))

    assert sentence in str(refused.value)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ZixinError, match="must open with"):
        read_model(written(tmp_path, ""))


def test_layers_stand_left_to_right() -> None:
    assert models.layers() == (
        "0_event",
        "1_core",
        "2_indicator",
        "3_measure",
        "4_point",
        "5_score",
        "6_grade",
        "7_terms",
        "8_action",
        "9_mart",
    )


def test_a_table_is_made_before_it_is_read() -> None:
    made: set[str] = set()
    for model in models.models():
        own = {
            name
            for name in model.reads
            if not name.startswith(("current.", "match.", "policy.", "night."))
        }
        assert own <= made, f"{model.full_name} reads {sorted(own - made)} too early"
        made.add(model.full_name)


def test_one_layer_alone() -> None:
    assert {model.layer for model in models.models("6_grade")} == {"6_grade"}
    assert "grade.credit_grade" in {model.full_name for model in models.models("6_grade")}
