"""The files that no system gives, as the world writes them, through the shipped mapping."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from etl.mapping import map_feed
from etl.sources.config import Book, Feed, read_book
from etl.sources.files import Export
from tests.mapping_case import TONIGHT, Result
from tests.sandbox_server import make_world

UNTIDY_SHARE = 0.05
"""Lines a world spoils on purpose; a mapping that does not fit refuses whole files."""


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a book that includes the mapping, and the files it reads."""
    from sandbox.world.exports import write_exports

    folder = tmp_path_factory.mktemp("papers")
    write_exports(make_world(folder, 200), folder / "exports", date(2026, 11, 20))
    (folder / "book.yaml").write_text("include: [papers]\n")
    return folder


def feeds() -> list[str]:
    """Every feed of the mapping, by name."""
    from tests.sources.landed import MAPPINGS, read_book_of

    book: Book = read_book_of(MAPPINGS / "papers.yaml")
    return [feed.name for feed in book.feeds]


def mapped(drops: Path, feed: Feed, out: Path) -> Result:
    files = [
        Export(path, path.name) for pattern in feed.file for path in sorted(drops.glob(pattern))
    ]
    assert files, feed.file
    return Result(map_feed(feed, files, batch="000001-p", arrived_on=TONIGHT, out=out), out)


@pytest.mark.parametrize("name", feeds())
def test_a_file_becomes_records_and_its_untidy_lines_rejects(
    drops: Path, tmp_path: Path, name: str
) -> None:
    feed = read_book(drops / "book.yaml").feed(name)
    result = mapped(drops, feed, tmp_path / "mapped")

    loaded = sum(len(result.rows(entity)) for entity in feed.records)
    refused = [rule for rule in result.rules if rule != "conflicting_duplicate"]
    assert loaded > 0
    assert len(refused) <= max(3, UNTIDY_SHARE * loaded), Counter(result.reasons).most_common(3)


def test_a_survey_line_is_several_findings(drops: Path, tmp_path: Path) -> None:
    feed = read_book(drops / "book.yaml").feed("papers-market-survey")
    result = mapped(drops, feed, tmp_path / "mapped")

    kinds = Counter(result.column("kind", "reputation"))
    assert set(kinds) == {
        "award", "customer_review", "partner_review", "brand", "quality", "market_share",
        "customer_satisfaction",
    }  # fmt: skip
    assert max(kinds.values()) - min(kinds.values()) <= 0.05 * max(kinds.values())


def test_every_file_that_is_written_is_read() -> None:
    from sandbox.world.exports import EXPORTS

    read = {name.removeprefix("papers-").replace("-", "_") for name in feeds()}
    assert {Path(export.file).stem for export in EXPORTS} == read
