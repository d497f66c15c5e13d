"""Nights out of order, nights cut short and nights run twice: nothing is lost, nothing known too early."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.errors import BadInput
from etl.landing import batches, live_batches, manifest_of, refuse
from etl.sources.connector import Subject
from etl.sources.open_pull import OpenPull
from etl.sources.order import Order
from tests.sources.scripted import (
    NOW,
    MovingTicker,
    Scripted,
    Server,
    nobody,
    puller,
    rows,
    scripted_feed,
    serving,
)

DAY = timedelta(days=1)
TONIGHT = NOW.replace(hour=0) + DAY
"""Until when the night of NOW looks."""
TOMORROW = NOW + DAY
PAGES = [[{"id": f"{page}-{row}", "name": "n"} for row in range(3)] for page in range(4)]
THREE = (Subject("C-1"), Subject("C-2"), Subject("C-3"))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(MovingTicker()) as server:
        server.pages(PAGES)
        yield server


def _cut_short(home: Path, server: Server, as_of: datetime, pages: int) -> None:
    """A night that breaks off after some pages."""
    good = server.answers
    came = iter([None] * pages)

    def answer(*given: Any) -> tuple[int, Any]:
        return good(*given) if next(came, "end") is None else (402, {})

    server.answers = answer
    with pytest.raises(BadInput, match="stopped before the feed was whole"):
        puller(home, server, Scripted(), as_of=as_of).run(nobody)
    server.answers = good


def _sinces(server: Server) -> list[str]:
    """The moments from which rows were asked for, in the order of the requests, each once."""
    said = [call.partition("since=")[2].replace("%3A", ":") for call in server.calls]
    return list(dict.fromkeys(text.replace("%2B", "+") for text in said))


def test_what_a_night_cut_short_did_not_ask_for_the_next_one_does(
    tmp_path: Path, server: Server
) -> None:
    """The night of the 21st runs at 02:00 on the 22nd and breaks off. Its requests end at midnight."""
    server.ticker.moment = TONIGHT + timedelta(hours=2)
    _cut_short(tmp_path, server, NOW, 2)
    server.calls.clear()
    server.ticker.moment += DAY

    pulled = puller(tmp_path, server, Scripted(), as_of=TOMORROW).run(nobody)

    first, second = live_batches(tmp_path, TOMORROW.date())
    assert first.mark == TONIGHT.isoformat()
    assert second.mark == (TONIGHT + DAY).isoformat()
    assert pulled.batch == second
    assert pulled.earlier == (first,)
    assert _sinces(server) == ["", (TONIGHT - timedelta(minutes=10)).isoformat()]
    assert len(rows(tmp_path, first)) == 12  # two of its four pages had come the night before


def test_an_earlier_night_does_not_go_on_with_the_pull_of_a_later_one(
    tmp_path: Path, server: Server
) -> None:
    puller(tmp_path, server, Scripted(), as_of=NOW - DAY).run(nobody)
    server.ticker.moment = TOMORROW
    _cut_short(tmp_path, server, TOMORROW, 2)

    batch = puller(tmp_path, server, Scripted(), as_of=NOW).run(nobody).batch

    assert batch is not None
    assert manifest_of(tmp_path, batch)["pull"]["until"] == TONIGHT.isoformat()
    assert batch.mark == TONIGHT.isoformat()


def test_a_full_export_cut_short_is_asked_for_anew_the_next_night(
    tmp_path: Path, server: Server
) -> None:
    feed = scripted_feed(export="full")
    good = server.answers
    came = iter([None])
    server.answers = lambda *given: good(*given) if next(came, 1) is None else (402, {})
    with pytest.raises(BadInput):
        puller(tmp_path, server, Scripted(), feed=feed).run(nobody)
    server.answers = good
    server.calls.clear()
    server.ticker.moment = TOMORROW

    puller(tmp_path, server, Scripted(), feed=feed, as_of=TOMORROW).run(nobody)

    assert set(server.calls.values()) == {1}
    assert len(server.calls) == len(PAGES)
    assert len(batches(tmp_path)) == 1


def test_a_batch_refused_after_the_next_one_landed_is_asked_for_again(
    tmp_path: Path, server: Server
) -> None:
    """Landed on Friday, refused on Saturday when Saturday's had landed on top of it."""
    for days in (0, 1, 2):
        server.ticker.moment = NOW + days * DAY
        puller(tmp_path, server, Scripted(), as_of=NOW + days * DAY).run(nobody)
    _, friday, _ = batches(tmp_path)
    refuse(tmp_path, friday.name, "quality said no")
    server.calls.clear()

    server.ticker.moment = NOW + 3 * DAY
    puller(tmp_path, server, Scripted(), as_of=NOW + 3 * DAY).run(nobody)

    assert _sinces(server) == [(NOW - timedelta(minutes=10)).isoformat()]


def test_without_the_first_batch_everything_is_asked_for_again(
    tmp_path: Path, server: Server
) -> None:
    for days in (0, 1):
        server.ticker.moment = NOW + days * DAY
        puller(tmp_path, server, Scripted(), as_of=NOW + days * DAY).run(nobody)
    first, second = batches(tmp_path)
    refuse(tmp_path, first.name, "quality said no")
    server.calls.clear()

    batch = puller(tmp_path, server, Scripted(), as_of=NOW + 2 * DAY).run(nobody).batch

    assert _sinces(server) == [""]
    assert batch is not None
    assert batch.supersedes == (second.name,)


def test_nights_out_of_order_go_on_from_what_each_of_them_knows(
    tmp_path: Path, server: Server
) -> None:
    asked = []
    for days in (0, 2, 1, 3):
        server.calls.clear()
        server.ticker.moment = NOW + timedelta(days=max(days, 2))
        puller(tmp_path, server, Scripted(), as_of=NOW + days * DAY).run(nobody)
        asked += _sinces(server)

    ago = timedelta(minutes=10)
    assert asked == [
        "",
        (TONIGHT - ago).isoformat(),
        (TONIGHT - ago).isoformat(),
        (NOW + 2 * DAY - ago).isoformat(),
    ]


def test_an_earlier_night_asks_nothing_of_a_system_that_told_its_history_later(
    tmp_path: Path, server: Server
) -> None:
    feed = scripted_feed(known="historical")
    server.ticker.moment = TOMORROW
    puller(tmp_path, server, Scripted(), feed=feed, as_of=TOMORROW).run(nobody)
    server.calls.clear()

    pulled = puller(tmp_path, server, Scripted(), feed=feed, as_of=NOW).run(nobody)

    assert pulled.batch is None
    assert not server.calls


def test_a_night_run_twice_in_the_afternoon_leaves_nothing_out(
    tmp_path: Path, server: Server
) -> None:
    puller(tmp_path, server, Scripted()).run(nobody)
    server.calls.clear()
    server.ticker.moment += timedelta(hours=3)

    again = puller(tmp_path, server, Scripted()).run(nobody).batch

    assert _sinces(server) == [(NOW - timedelta(minutes=10)).isoformat()]
    assert again is not None
    assert again.mark == (NOW + timedelta(hours=3)).isoformat()


def test_another_connection_is_another_system(tmp_path: Path, server: Server) -> None:
    """Its rows have nothing to do with those of the first, nor has the moment of the last pull."""
    first = puller(tmp_path, server, Scripted()).run(nobody).batch
    elsewhere = scripted_feed(connection="production")

    second = puller(tmp_path, server, Scripted(), feed=elsewhere).run(nobody).batch

    assert first is not None
    assert second is not None
    assert second.supersedes == (first.name,)
    assert all("since" not in call for call in server.calls)


@pytest.mark.parametrize("moment", ["keep", "settle"])
def test_what_was_bought_last_night_lands_and_the_rest_is_planned_anew(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    server.answers = lambda path, given, _: (200, {"data": [{"id": given["who"], "name": path}]})
    real = getattr(OpenPull, moment)
    times = iter([False, True])

    def dies(self: OpenPull, *args: Any) -> None:
        is_last = next(times)
        if moment == "keep" or not is_last:
            real(self, *args)
        if is_last:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(OpenPull, moment, dies)
        with pytest.raises(KeyboardInterrupt):
            puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(THREE, 9))
    server.ticker.moment = TOMORROW

    pulled = puller(tmp_path, server, Scripted(by_subject=True), as_of=TOMORROW).run(
        lambda: Order((Subject("C-9"),), 9)
    )

    assert list(server.calls) == ["/ask?who=C-1", "/ask?who=C-2", "/ask?who=C-9"]
    assert set(server.calls.values()) == {1}
    (earlier,) = pulled.earlier
    assert [row["id"] for row in rows(tmp_path, earlier)] == ["C-1", "C-2"]
    assert [row["id"] for row in rows(tmp_path, pulled.batch)] == ["C-9"]


def test_nothing_was_bought_last_night_and_nobody_is_asked_of_its_list(
    tmp_path: Path, server: Server
) -> None:
    server.answers = lambda *_: (403, {})
    with pytest.raises(BadInput):
        puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(THREE, 9))
    server.calls.clear()
    server.ticker.moment = TOMORROW

    pulled = puller(tmp_path, server, Scripted(by_subject=True), as_of=TOMORROW).run(nobody)

    assert pulled.batch is None
    assert not server.calls


def test_a_customer_whose_answer_never_comes_does_not_stop_the_others(
    tmp_path: Path, server: Server
) -> None:
    def answer(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        del path, headers
        return (500 if given["who"] == "C-1" else 200), {"data": [{"id": given["who"]}]}

    server.answers = answer

    pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(THREE, 99))

    assert pulled.batch is not None
    facts = manifest_of(tmp_path, pulled.batch)["pull"]
    assert facts["answered"] == {"C-2": "answered", "C-3": "answered"}
    assert "status 500" in pulled.remark
    assert "2 customers were asked about, 1 wait for another night" in pulled.remark


def test_who_is_due_beyond_the_budget_is_said(tmp_path: Path, server: Server) -> None:
    server.answers = lambda path, given, _: (200, {"data": [{"id": given["who"], "name": path}]})

    pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(THREE, 3, 40))
    nothing = puller(tmp_path / "n", server, Scripted(by_subject=True)).run(lambda: Order((), 0, 7))

    assert pulled.remark == (
        "the budget of 3 paid calls leaves no more: 3 customers were asked about, "
        "40 wait for another night."
    )
    assert nothing.batch is None
    assert nothing.remark == (
        "the budget of 0 paid calls leaves no more: 0 customers were asked about, "
        "7 wait for another night."
    )


def test_a_subject_nothing_was_asked_about_was_not_answered(tmp_path: Path) -> None:
    """Else its records of old would be taken for gone."""
    opened = OpenPull(tmp_path / "open")
    opened.start({"subjects": [{"customer_id": "C-1"}]})
    opened.finish(1)

    assert opened.answered() == {"C-1": "failed"}


def test_a_quota_smaller_than_the_feed_is_reached_in_several_nights(
    tmp_path: Path, server: Server
) -> None:
    """Each one goes on: a pull that began anew every night would never come to its end."""
    for days in range(3):
        server.ticker.moment = NOW + days * DAY
        _cut_short(tmp_path, server, NOW + days * DAY, 1)
    server.calls.clear()

    server.ticker.moment = NOW + 3 * DAY
    pulled = puller(tmp_path, server, Scripted(), as_of=NOW + 3 * DAY).run(nobody)

    (first,) = pulled.earlier
    assert len(rows(tmp_path, first)) == 12
    assert not [call for call in server.calls if "since" not in call and "page=4" not in call]


def test_an_answer_kept_before_a_crash_is_nobody_elses(tmp_path: Path, server: Server) -> None:
    """C-1 failed, C-2's answer was kept, and then the process died: C-1 is asked about first again."""
    from etl.sources.connector import Ask, Reply

    def answer(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        del path, headers
        return 200, {"data": [{"id": given["who"]}]}

    server.answers = answer
    run = puller(tmp_path, server, Scripted(by_subject=True))
    run.open.start(
        {
            "request": run.request,
            "until": run.until.isoformat(),
            "began": NOW.isoformat(),
            "since": None,
            "known": "arrival",
            "budget": 9,
            "subjects": [{"customer_id": "C-1"}, {"customer_id": "C-2"}],
        }
    )
    asked = Ask("/ask", params={"who": "C-2"}, about={"subject": "C-2"}, is_paid=True)
    run.open.keep(asked, Reply(200, {}, b'{"data": [{"id": "C-2"}]}'), 2)

    pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(nobody)

    assert [row["id"] for row in rows(tmp_path, pulled.batch)] == ["C-1", "C-2"]


@pytest.mark.parametrize("mark", ["\u2028", "\u0085", "\ud800", "\u2029\n"])
def test_a_name_with_marks_that_end_a_line_is_a_name(
    tmp_path: Path, server: Server, mark: str
) -> None:
    server.answers = lambda *_: (200, {"data": [{"id": "x"}]})
    opened = OpenPull(tmp_path / "open")
    opened.start({"subjects": [{"customer_id": "C-1"}, {"customer_id": "C-2"}]})
    from etl.sources.connector import Ask, Reply

    ask = Ask("/ask", about={"keyword": f"北京{mark}科技"})
    opened.settle(ask, Reply(200, {}, b"{}"), "page", ask, 1)
    opened.settle(ask, Reply(200, {}, b"{}"), "page", None, 1)

    again = OpenPull(tmp_path / "open")

    assert again.answered() == {"C-1": "answered"}
    again.drop_unfinished()
    assert again.lines == 2
