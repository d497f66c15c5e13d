"""Which version of a key a night sees, and that both roads to a snapshot give the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.engine.duckdb import DuckDBEngine
from etl.entities import CUSTOMER, ENTITIES
from etl.errors import BrokenCheck
from etl.history import (
    Batch,
    HistoryFile,
    commit_batch,
    find_batch,
    snapshot,
    snapshot_types,
)
from etl.lake import Lake, Partition, file_sha256
from etl.parquet import write_rows
from etl.settings import read_settings

TYPES = snapshot_types(CUSTOMER)
Version = tuple[str, str, str]  # customer, name, known_on; a name of "-" deletes


class Book:
    """A lake with batches of customers."""

    def __init__(self, root: Path) -> None:
        self.lake = Lake(root)
        self.engine = DuckDBEngine(read_settings({"ZIXIN_HOME": str(root), "ZIXIN_THREADS": "2"}))
        self.batches: list[Batch] = []

    def arrive(self, versions: Sequence[Version], *, seq: Sequence[int] | None = None) -> Batch:
        """Another batch with these versions, in this order."""
        name = f"{len(self.batches) + 1:06d}-crm"
        target = self.lake.root / "history" / CUSTOMER.name / name / "part-0.parquet"
        target.parent.mkdir(parents=True)
        rows = write_rows(
            types=TYPES, rows=[row(name, *v) for v in numbered(versions, seq)], target=target
        )
        known = sorted(version[2] for version in versions)
        file = HistoryFile(
            path=target.relative_to(self.lake.root).as_posix(),
            sha256=file_sha256(target),
            rows=rows,
            first_known=known[0] if known else None,
            last_known=known[-1] if known else None,
        )
        batch = Batch(name, "crm", "historical", "2026-11-20", "loaded", {CUSTOMER.name: file})
        commit_batch(self.lake.root, batch)
        self.batches.append(batch)
        return batch

    def night(
        self,
        as_of: str,
        batches: Sequence[Batch] | None = None,
        before: tuple[str, Sequence[Batch]] | None = None,
    ) -> Partition:
        """The snapshot of a night, from an earlier one when `before` names it."""
        earlier = None
        if before:
            names = frozenset(batch.batch for batch in before[1])
            earlier = (date.fromisoformat(before[0]), names)
        chosen = self.batches if batches is None else batches
        return snapshot(
            self.lake, self.engine, CUSTOMER, date.fromisoformat(as_of), chosen, earlier
        )

    def names(self, partition: Partition) -> dict[str, str]:
        """Customer → name as the night sees it; "-" when it is deleted."""
        with duckdb.connect() as connection:
            found = connection.execute(
                "SELECT customer_id, CASE WHEN is_deleted THEN '-' ELSE customer_name END "
                "FROM read_parquet(?) ORDER BY ALL",
                [str(self.lake.file(partition))],
            ).fetchall()
        return dict(found)

    def bytes(self, partition: Partition) -> bytes:
        return self.lake.file(partition).read_bytes()


def numbered(versions: Sequence[Version], seq: Sequence[int] | None) -> list[tuple[int, Version]]:
    return list(zip(seq or range(len(versions)), versions, strict=True))


def row(batch: str, seq: int, version: Version) -> Mapping[str, Any]:
    customer, name, known_on = version
    return {
        **dict.fromkeys(TYPES),
        "customer_id": customer,
        "customer_name": None if name == "-" else name,
        "known_on": date.fromisoformat(known_on),
        "batch": batch,
        "seq": seq,
        "is_deleted": name == "-",
    }


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_a_night_sees_what_was_known_on_its_day(book: Book) -> None:
    book.arrive([("C1", "Old", "2026-01-01"), ("C1", "New", "2026-06-01")])

    assert book.names(book.night("2025-12-31")) == {}
    assert book.names(book.night("2026-05-31")) == {"C1": "Old"}
    assert book.names(book.night("2026-06-01")) == {"C1": "New"}  # on the very day


def test_of_several_versions_the_last_known_counts_then_the_last_batch_then_the_last_row(
    book: Book,
) -> None:
    book.arrive([("C1", "later day", "2026-03-02"), ("C2", "first batch", "2026-03-01")])
    book.arrive([("C1", "earlier day", "2026-03-01"), ("C2", "second batch", "2026-03-01")])
    book.arrive([("C3", "tenth row", "2026-03-01"), ("C3", "ninth row", "2026-03-01")], seq=[10, 9])

    assert book.names(book.night("2026-03-31")) == {
        "C1": "later day",
        "C2": "second batch",
        "C3": "tenth row",  # by its number, not by its place in the file
    }


def test_a_deletion_is_a_version(book: Book) -> None:
    book.arrive([("C1", "Here", "2026-01-01")])
    book.arrive([("C1", "-", "2026-02-01")])
    book.arrive([("C1", "Back", "2026-03-01")])

    assert book.names(book.night("2026-01-31")) == {"C1": "Here"}
    assert book.names(book.night("2026-02-28")) == {"C1": "-"}
    assert book.names(book.night("2026-03-31")) == {"C1": "Back"}


def test_only_the_batches_of_the_night_count(book: Book) -> None:
    first = book.arrive([("C1", "First", "2026-01-01")])
    book.arrive([("C1", "Second", "2026-01-01")])

    assert book.names(book.night("2026-01-31", batches=[first])) == {"C1": "First"}


def test_a_night_without_a_batch_is_empty_and_typed(book: Book) -> None:
    night = book.night("2026-01-31")

    assert night.rows == 0
    assert night.columns == TYPES


def test_both_roads_give_the_same_bytes(book: Book, tmp_path: Path) -> None:
    versions = [
        [("C1", "A", "2026-01-10"), ("C2", "B", "2026-02-20")],  # C2 becomes known in between
        [("C1", "A2", "2026-02-10"), ("C3", "C", "2026-01-05")],  # arrives later, known earlier
    ]
    first = book.arrive(versions[0])
    book.night("2026-01-31")
    book.arrive(versions[1])
    folded = book.night("2026-02-28", before=("2026-01-31", [first]))

    other = Book(tmp_path / "other")
    for batch in versions:
        other.arrive(batch)
    whole = other.night("2026-02-28")

    assert book.names(folded) == {"C1": "A2", "C2": "B", "C3": "C"}
    assert book.bytes(folded) == other.bytes(whole)
    assert folded.build == whole.build


def test_a_snapshot_of_other_batches_is_no_starting_point(book: Book) -> None:
    """The night before named its inputs anew and died before it folded them."""
    first = book.arrive([("C1", "A", "2026-01-10")])
    book.night("2026-01-31")  # of the first batch alone
    second = book.arrive([("C2", "B", "2026-01-20")])

    tonight = book.night("2026-02-28", before=("2026-01-31", [first, second]))

    assert book.names(tonight) == {"C1": "A", "C2": "B"}


def test_a_batch_that_no_longer_counts_starts_from_history(book: Book) -> None:
    gone = book.arrive([("C1", "Replaced", "2026-01-10"), ("C2", "Gone", "2026-01-10")])
    book.night("2026-01-31")
    instead = book.arrive([("C1", "Instead", "2026-01-10")])

    tonight = book.night("2026-02-28", batches=[instead], before=("2026-01-31", [gone]))

    assert book.names(tonight) == {"C1": "Instead"}


@pytest.mark.parametrize("lost", ["part-0.parquet", "manifest.json"])
def test_a_snapshot_that_was_cleaned_up_is_no_starting_point(book: Book, lost: str) -> None:
    first = book.arrive([("C1", "A", "2026-01-10")])
    before = book.night("2026-01-31")
    next(book.lake.file(before).parents[1].rglob(lost)).unlink()

    tonight = book.night("2026-02-28", before=("2026-01-31", [first]))

    assert book.names(tonight) == {"C1": "A"}


def test_a_key_that_is_missing_stops_the_night(book: Book) -> None:
    book.arrive([(None, "Nobody", "2026-01-10")])  # type: ignore[list-item]

    with pytest.raises(BrokenCheck, match="customer_id"):
        book.night("2026-01-31")


def test_a_batch_is_in_history_once_it_is_committed(tmp_path: Path) -> None:
    book = Book(tmp_path)
    batch = book.arrive([("C1", "A", "2026-01-10")])

    assert find_batch(tmp_path, batch.batch) == batch
    assert find_batch(tmp_path, "000099-crm") is None


START = date(2026, 1, 1)
A_VERSION = st.tuples(
    st.sampled_from(["C1", "C2", "C3"]),
    st.sampled_from(["A", "B", "-"]),
    st.integers(0, 9).map(lambda days: (START + timedelta(days=days)).isoformat()),
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    arrivals=st.lists(st.lists(A_VERSION, max_size=4), min_size=1, max_size=4),
    days=st.lists(st.integers(0, 9), min_size=2, max_size=4, unique=True).map(sorted),
)
def test_any_chain_of_nights_is_history_looked_at_once(
    tmp_path_factory: pytest.TempPathFactory,
    arrivals: list[list[Version]],
    days: list[int],
) -> None:
    """Batches keep arriving between nights; folding from night to night loses and adds nothing."""
    chain = Book(tmp_path_factory.mktemp("chain"))
    nights = [(START + timedelta(days=day)).isoformat() for day in days]
    folded: Partition | None = None
    seen: dict[str, list[Batch]] = {}
    for place, night in enumerate(nights):
        for versions in arrivals[place : place + 1 if place < len(nights) - 1 else None]:
            chain.arrive(versions)
        earlier = nights[place - 1] if place else None
        folded = chain.night(night, before=(earlier, seen[earlier]) if earlier else None)
        seen[night] = list(chain.batches)

    whole = Book(tmp_path_factory.mktemp("whole"))
    for batch in chain.batches:
        whole.arrive(arrivals[chain.batches.index(batch)])
    at_once = whole.night(nights[-1])

    assert folded is not None
    assert chain.bytes(folded) == whole.bytes(at_once)
    expected: dict[str, tuple[str, str]] = {}
    for versions in arrivals[: len(chain.batches)]:
        for customer, name, known_on in versions:
            if known_on <= nights[-1] and known_on >= expected.get(customer, ("", ""))[0]:
                expected[customer] = (known_on, name)
    assert whole.names(at_once) == {key: name for key, (_, name) in expected.items()}


def test_a_file_of_before_a_column_was_added_says_null_in_it(tmp_path: Path) -> None:
    book = Book(tmp_path)
    old = book.arrive([("C1", "Old", "2026-01-01")])
    file = tmp_path / old.files[CUSTOMER.name].path
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE kept AS SELECT * EXCLUDE (email) FROM '{file}'")
        connection.execute(f"COPY kept TO '{file}' (FORMAT parquet)")
    book.arrive([("C2", "New", "2026-01-02")])

    found = snapshot(book.lake, book.engine, CUSTOMER, date(2026, 1, 3), book.batches)

    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT customer_id, email FROM '{book.lake.file(found)}' ORDER BY customer_id"
        ).fetchall()
    assert rows == [("C1", None), ("C2", None)]


def test_what_nobody_sends_is_an_empty_table_with_its_columns(tmp_path: Path) -> None:
    book = Book(tmp_path)

    for entity in ENTITIES.values():
        found = snapshot(book.lake, book.engine, entity, date(2026, 1, 3), book.batches)
        with duckdb.connect() as connection:
            described = connection.execute(
                f"DESCRIBE FROM read_parquet('{book.lake.file(found)}', hive_partitioning = false)"
            ).fetchall()
        assert {name: type_ for name, type_, *_ in described} == snapshot_types(entity)
        assert found.rows == 0


def test_a_part_of_a_key_may_be_empty_where_the_contract_says_so(tmp_path: Path) -> None:
    """A court record found while asking about nobody, twice, and once about a customer."""
    book = Book(tmp_path)
    entity = ENTITIES["court_record"]
    assert not entity.column("customer_id").required
    types = snapshot_types(entity)
    batches = []
    for place, subject in enumerate([None, None, "C1"]):
        target = tmp_path / "history" / f"{place}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        told = {
            "provider": "qichacha",
            "record_id": "R1",
            "customer_id": subject,
            "result": f"version {place}",
            "known_on": f"2026-01-0{place + 1}",
            "batch": f"00000{place}-qcc",
            "seq": 1,
            "is_deleted": False,
        }
        write_rows(types=types, rows=[dict.fromkeys(types) | told], target=target)
        day = str(told["known_on"])
        file = HistoryFile(f"history/{place}.parquet", file_sha256(target), 1, day, day)
        batches.append(
            Batch(str(told["batch"]), "qcc", "arrival", day, "loaded", {entity.name: file})
        )

    found = snapshot(book.lake, book.engine, entity, date(2026, 1, 9), batches)

    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT customer_id, result FROM '{book.lake.file(found)}' ORDER BY result"
        ).fetchall()
    assert rows == [(None, "version 1"), ("C1", "version 2")]


def test_a_night_without_news_copies_and_gives_the_same_bytes(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.arrive([("C2", "Two", "2026-01-01"), ("C1", "One", "2026-01-01")])
    known = frozenset(batch.batch for batch in book.batches)
    first, second = date(2026, 1, 1), date(2026, 1, 2)
    snapshot(book.lake, book.engine, CUSTOMER, first, book.batches)
    long_road = snapshot(book.lake, book.engine, CUSTOMER, second, book.batches)
    book.lake.file(long_road).unlink()
    monkeypatch.setattr(DuckDBEngine, "write", None)

    short = snapshot(book.lake, book.engine, CUSTOMER, second, book.batches, (first, known))

    assert (short.sha256, short.rows) == (long_road.sha256, 2)


def test_a_file_of_another_version_of_the_engine_is_not_copied(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.arrive([("C1", "One", "2026-01-01")])
    known = frozenset(batch.batch for batch in book.batches)
    snapshot(book.lake, book.engine, CUSTOMER, date(2026, 1, 1), book.batches)
    monkeypatch.setattr(DuckDBEngine, "version", "99.0")
    monkeypatch.setattr(DuckDBEngine, "write", None)

    with pytest.raises(TypeError):
        snapshot(
            book.lake,
            book.engine,
            CUSTOMER,
            date(2026, 1, 2),
            book.batches,
            (date(2026, 1, 1), known),
        )
