"""What a connector's pages become under the shipped mapping: answers in, canonical rows out."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from etl.landing import PAGES
from etl.mapping import map_feed
from etl.sources.config import MAPPINGS, Feed, read_book
from etl.sources.connector import Ask, Connector, Pull, Reply, Subject
from etl.sources.files import Export
from tests.mapping_case import TONIGHT, Result
from tests.sources.machine import UNTIL, played

USCC = "91110000600037341L"
SUBJECT = Subject("fxiaoke:1", "北京示例科技有限公司", "CN", {"uscc": USCC})


@cache
def shipped(name: str) -> Feed:
    """The feed of this name in the shipped mappings."""
    for mapping in sorted(MAPPINGS.glob("*.yaml")):
        if name.startswith(mapping.stem.replace("_", "-")):
            return read_book_of(mapping).feed(name)
    raise LookupError(name)


@cache
def read_book_of(mapping: Path):  # type: ignore[no-untyped-def]
    """A book that includes one mapping and nothing else."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.yaml"
        path.write_text(f"include: [{mapping.stem}]\n")
        return read_book(path)


def about(feed: Feed, subject: Subject = SUBJECT) -> Pull:
    """What the feed asks about one customer."""
    return Pull(feed.resource, (), None, UNTIL, feed.options, subject)


def mapped(
    folder: Path,
    feed: Feed,
    connector: Connector,
    serve: Callable[[Ask], Reply],
    subjects: Sequence[Subject] = (SUBJECT,),
) -> Result:
    """Pull about each subject, land every page as the runner does, map them all."""
    steps = [
        step for subject in subjects for step in played(connector, about(feed, subject), serve)
    ]
    pages = folder / "pages"
    pages.mkdir()
    lines = []
    for number, (ask, reply) in enumerate(steps, start=1):
        file = f"{number:06d}.json"
        (pages / file).write_bytes(reply.content)
        outcome = connector.judge(reply).meaning.value
        entry = {"n": number, "file": file, "lands": ask.lands, "about": dict(ask.about)}
        lines.append(json.dumps({**entry, "outcome": outcome}, ensure_ascii=False))
    (pages / PAGES).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    out = folder / "mapped"
    files = [Export(pages / PAGES, PAGES)]
    return Result(
        map_feed(feed, files, batch=f"000001-{feed.name}", arrived_on=TONIGHT, out=out), out
    )
