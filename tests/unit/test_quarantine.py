"""The life of a quarantine entry: refused, refused again, healed, refused once more."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.entities import ENTITIES, HISTORY_COLUMNS
from etl.quarantine import COLUMNS, REGISTER, BatchFiles, key_text, quarantine_register

MON, TUE, WED, THU = (date(2026, 11, day) for day in (16, 17, 18, 19))


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


class Feed:
    """Writes the files of one batch after another."""

    def __init__(self, folder: Path, name: str = "erp") -> None:
        self.folder = folder
        self.name = name
        self.batches: list[BatchFiles] = []

    def batch(
        self,
        day: date | None,
        refused: tuple[tuple[str | None, str, str], ...] = (),
        healthy: tuple[str, ...] = (),
        known_on: date | None = None,
    ) -> None:
        """`refused`: (key, rule, raw) of invoices; `healthy`: invoice numbers."""
        name = f"{len(self.batches):06d}-{self.name}"
        known_on = known_on or day
        quarantine = [
            {
                "feed": self.name,
                "entity": "invoice",
                "key": key,
                "rule": rule,
                "reason": f"It broke {rule}.",
                "raw": raw,
                "known_on": known_on,
                "batch": name,
                "nth_rule": 1,
            }
            for key, rule, raw in refused
        ]
        history = [
            {"invoice_id": key, "known_on": known_on, "batch": name, "seq": place}
            for place, key in enumerate(healthy)
        ]
        types = {c.name: c.type for c in (*ENTITIES["invoice"].columns, *HISTORY_COLUMNS)}
        self.batches.append(
            BatchFiles(
                batch=name,
                feed=self.name,
                day=day,
                quarantine=self._write(f"{name}-q", {c.name: c.type for c in COLUMNS}, quarantine),
                history={"invoice": self._write(f"{name}-h", types, history)},
            )
        )

    def _write(self, name: str, types: dict[str, str], rows: list[dict[str, object]]) -> Path:
        path = self.folder / f"{name}.parquet"
        connection = duckdb.connect(":memory:")
        connection.execute(f"CREATE TABLE t ({', '.join(f'{n} {t}' for n, t in types.items())})")
        for row in rows:
            values = [row.get(name) for name in types]
            connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(types))})", values)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        return path


def entries(
    connection: duckdb.DuckDBPyConnection, feed: Feed, as_of: date, columns: str
) -> list[tuple[object, ...]]:
    """The register of `feed` on one night, some columns of it."""
    register = quarantine_register(connection, feed.batches, as_of)
    assert register.columns == [column.name for column in REGISTER]
    return register.project(columns).fetchall()


def test_an_entry_opens_closes_and_opens_again(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    feed = Feed(tmp_path)
    feed.batch(MON, refused=(("I1", "date", "bad"),))
    feed.batch(TUE, refused=(("I1", "date", "still bad"),))
    feed.batch(WED, healthy=("I1",))
    feed.batch(THU, refused=(("I1", "date", "bad again"),))

    shown = "first_seen, last_seen, closed_on, is_open, occurrences, raw"

    assert entries(connection, feed, MON, shown) == [(MON, MON, None, True, 1, "bad")]
    assert entries(connection, feed, TUE, shown) == [(MON, TUE, None, True, 2, "still bad")]
    assert entries(connection, feed, WED, shown) == [(MON, TUE, WED, False, 2, "still bad")]
    assert entries(connection, feed, THU, shown) == [(MON, THU, None, True, 3, "bad again")]


def test_a_night_before_the_first_batch_has_no_entries(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    feed = Feed(tmp_path)
    assert entries(connection, feed, MON, "key") == []
    feed.batch(TUE, refused=(("I1", "date", "bad"),))
    assert entries(connection, feed, MON, "key") == []


def test_each_rule_is_an_entry_and_another_key_heals_nothing(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    feed = Feed(tmp_path)
    feed.batch(MON, refused=(("I1", "date", "x"), ("I1", "currency", "x"), ("I2", "date", "y")))
    feed.batch(TUE, healthy=("I1", "I3"))

    assert entries(connection, feed, TUE, "key, rule, is_open") == [
        ("I1", "currency", False),
        ("I1", "date", False),
        ("I2", "date", True),
    ]


def test_a_healthy_row_of_the_same_batch_or_an_earlier_one_heals_nothing(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    feed = Feed(tmp_path)
    feed.batch(MON, healthy=("I1",))
    feed.batch(TUE, refused=(("I1", "duplicate", "second line"),), healthy=("I1",))

    assert entries(connection, feed, TUE, "key, is_open") == [("I1", True)]


def test_another_feed_heals_nothing(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    feed, other = Feed(tmp_path), Feed(tmp_path, "zcrm")
    feed.batch(MON, refused=(("I1", "date", "x"), (None, "key", "y")))
    other.batch(MON)
    other.batch(TUE, healthy=("I1",))
    feed.batches += other.batches

    assert entries(connection, feed, TUE, "key, is_open") == [(None, True), ("I1", True)]


def test_a_row_without_a_key_closes_when_the_feed_comes_without_it(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    feed = Feed(tmp_path)
    feed.batch(MON, refused=((None, "key", ";100;"), (None, "key", ";200;")))
    feed.batch(TUE, refused=((None, "key", ";200;"),))

    assert entries(connection, feed, TUE, "raw, closed_on, is_open, occurrences") == [
        (";100;", TUE, False, 1),
        (";200;", None, True, 2),
    ]


def test_a_historical_row_has_its_own_day_or_none(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    feed = Feed(tmp_path)
    feed.batch(None, refused=(("I1", "date", "no day at all"),))
    feed.batch(None, refused=(("I2", "negative", "x"),), known_on=WED)
    feed.batch(None, healthy=("I1",), known_on=THU)

    shown = "key, first_seen, closed_on, is_open"
    assert entries(connection, feed, TUE, shown) == [("I1", None, None, True)]
    assert entries(connection, feed, THU, shown) == [
        ("I1", None, THU, False),
        ("I2", WED, None, True),
    ]


def test_the_order_of_the_batches_does_not_matter(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    feed = Feed(tmp_path)
    for day in (MON, TUE, WED):
        feed.batch(day, refused=tuple((f"I{n}", "date", f"{day}-{n}") for n in range(3)))
    there = entries(connection, feed, WED, "*")
    feed.batches.reverse()

    assert entries(connection, feed, WED, "*") == there


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ("'P1', 'I1', '2'", "P1|I1|2"),
        ("' P1 ', 'I1', NULL", "P1|I1|"),
        ("NULL, '', ' '", None),
    ],
)
def test_a_key_of_several_parts_is_one_text(
    connection: duckdb.DuckDBPyConnection, values: str, key: str | None
) -> None:
    sql = f"SELECT {key_text(ENTITIES['allocation'])} FROM (VALUES ({values})) AS t(payment_id, invoice_id, line)"
    assert connection.execute(sql).fetchone() == (key,)
