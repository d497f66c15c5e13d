"""What becomes of a pull's batch when quality refuses it, or the mapping changes."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from etl import feeds, landing
from etl.errors import ZixinError
from etl.sources.config import Feed
from tests.sources.scripted import NOW, scripted_feed

TONIGHT = NOW.date()


def _landed(home: Path, feed: Feed, answered: dict[str, str], **facts: Any) -> landing.Batch:
    opened = home / "opened"
    opened.mkdir(parents=True)
    (opened / landing.PAGES).write_text("")
    return landing.land_pull(
        home,
        feed,
        TONIGHT,
        opened,
        facts={
            "known": "arrival",
            "mark": "",
            "request": "r",
            "answered": answered,
            "spent": 1,
            **facts,
        },
    )


def _mapped_otherwise(name: str) -> Feed:
    return scripted_feed(records={"customer": {"customer_id": "id", "customer_name": name}})


def test_answers_that_were_refused_come_back_with_a_mapping_that_fits(tmp_path: Path) -> None:
    bought = _landed(tmp_path, scripted_feed(), {"C-1": "answered"})
    landing.refuse(tmp_path, bought.name, "the field name is gone")
    assert landing.remap(tmp_path, scripted_feed(), TONIGHT) == []

    later = TONIGHT + timedelta(days=3)
    (again,) = landing.remap(tmp_path, _mapped_otherwise("full_name"), later)

    assert again.supersedes == (bought.name,)
    assert again.arrived_on == TONIGHT.isoformat()
    assert landing.live_batches(tmp_path, TONIGHT) == [again]
    assert landing.remap(tmp_path, _mapped_otherwise("full_name"), later) == []


def test_refused_once_more_they_come_back_once_more(tmp_path: Path) -> None:
    bought = _landed(tmp_path, scripted_feed(), {"C-1": "answered"})
    landing.refuse(tmp_path, bought.name, "no")
    (second,) = landing.remap(tmp_path, _mapped_otherwise("b"), TONIGHT)
    landing.refuse(tmp_path, second.name, "no")

    (third,) = landing.remap(tmp_path, _mapped_otherwise("c"), TONIGHT)

    assert third.supersedes == (second.name,)
    assert landing.live_batches(tmp_path, TONIGHT) == [third]


def test_what_costs_nothing_is_asked_for_again_instead(tmp_path: Path) -> None:
    refused = _landed(tmp_path, scripted_feed(), {})
    landing.refuse(tmp_path, refused.name, "no")

    assert landing.remap(tmp_path, _mapped_otherwise("b"), TONIGHT) == []


@pytest.mark.parametrize(
    ("essential", "since", "may_be_empty"),
    [(True, None, False), (True, NOW.isoformat(), True), (False, None, True)],
)
def test_an_essential_feed_may_have_no_changes_but_must_have_rows(
    tmp_path: Path, essential: bool, since: str | None, may_be_empty: bool
) -> None:
    """A Sunday on which nobody changed a customer does not stop the night."""
    feed = scripted_feed(essential=essential)
    batch = _landed(tmp_path, feed, {}, since=since)
    ctx = SimpleNamespace(
        settings=SimpleNamespace(home=tmp_path), book=SimpleNamespace(feed=lambda _: feed)
    )

    assert feeds._may_be_empty(ctx, batch) is may_be_empty  # type: ignore[arg-type]


def _opens(folder: Path, barrier: Any) -> None:
    from etl.clock import Ticker
    from etl.sources.connector import Limit
    from etl.sources.windows import Windows

    barrier.wait()
    windows = Windows(folder, "s", (Limit(3, 3600),), Ticker())
    with (folder.parent / "taken").open("a") as taken:
        for _ in range(3):
            taken.write("" if windows.take("s") else "1")


def test_processes_that_begin_at_once_share_their_windows(tmp_path: Path) -> None:
    from multiprocessing import get_context

    several = get_context("fork")
    barrier = several.Barrier(4)
    children = [
        several.Process(target=_opens, args=(tmp_path / "limits", barrier)) for _ in range(4)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0] * 4
    assert (tmp_path / "taken").read_text() == "111"


def test_a_mapping_that_was_refused_is_not_tried_every_night(tmp_path: Path) -> None:
    """Else every night would land all its batches once more, to refuse them once more."""
    old, other = scripted_feed(), _mapped_otherwise("b")
    standing = _landed(tmp_path, old, {"C-1": "answered"})
    (again,) = landing.remap(tmp_path, other, TONIGHT)
    landing.refuse(tmp_path, again.name, "nobody has a name")

    assert landing.remap(tmp_path, other, TONIGHT) == []
    assert landing.live_batches(tmp_path, TONIGHT) == [standing]
    assert landing.refused_as_mapped(tmp_path, other, TONIGHT) == "nobody has a name"
    assert landing.refused_as_mapped(tmp_path, old, TONIGHT) == ""

    (third,) = landing.remap(tmp_path, _mapped_otherwise("c"), TONIGHT)
    assert third.supersedes == (standing.name,)
    assert landing.remap(tmp_path, _mapped_otherwise("c"), TONIGHT) == []


def test_a_full_disk_stops_the_night_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("etl.sources.systems.system", lambda _: SimpleNamespace(selects_fields=0))
    monkeypatch.setattr("etl.sources.pull.Puller.run", full)
    ctx = SimpleNamespace(
        settings=SimpleNamespace(home=tmp_path),
        policies=SimpleNamespace(active=SimpleNamespace(time_zone="Asia/Shanghai")),
    )

    with pytest.raises(ZixinError, match="landing cannot be written: No space left on device"):
        feeds._pull(ctx, TONIGHT, scripted_feed())  # type: ignore[arg-type]
