"""A pull brings everything once, whatever happens in between."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.errors import BadInput
from etl.landing import live_batches
from etl.sources.connector import Limit, Subject
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

PAGES = [[{"id": f"{page}-{row}", "name": "n"} for row in range(3)] for page in range(4)]
EVERYBODY = [row for page in PAGES for row in page]
TWO = (Subject("C-1"), Subject("C-2"))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(MovingTicker()) as server:
        server.pages(PAGES)
        yield server


def test_every_page_lands_once(tmp_path: Path, server: Server) -> None:
    pulled = puller(tmp_path, server, Scripted()).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY
    assert set(server.calls.values()) == {1}
    assert not (tmp_path / "landing/open/scripted").exists()


def test_the_next_night_asks_for_what_is_new_with_an_overlap(
    tmp_path: Path, server: Server
) -> None:
    puller(tmp_path, server, Scripted()).run(nobody)
    server.calls.clear()

    tomorrow = NOW + timedelta(days=1)
    server.ticker.moment = tomorrow
    puller(tmp_path, server, Scripted(), as_of=tomorrow).run(nobody)

    (first, *_) = server.calls
    assert "since=2026-11-21T17%3A50%3A00" in first  # ten minutes before the last pull began


def test_the_watermark_stays_where_it_is_when_the_batch_is_refused(
    tmp_path: Path, server: Server
) -> None:
    from etl.landing import refuse

    batch = puller(tmp_path, server, Scripted()).run(nobody).batch
    assert batch is not None
    refuse(tmp_path, batch.name, "quality said no")
    server.calls.clear()

    puller(tmp_path, server, Scripted()).run(nobody)

    assert all("since" not in call for call in server.calls)


def test_a_mapping_that_reads_another_field_pulls_everything_again(
    tmp_path: Path, server: Server
) -> None:
    first = puller(tmp_path, server, Scripted()).run(nobody).batch
    more = scripted_feed(
        records={"customer": {"customer_id": "id", "customer_name": "name", "country": "land"}}
    )

    second = puller(tmp_path, server, Scripted(), feed=more).run(nobody).batch

    assert second is not None
    assert first is not None
    assert second.supersedes == (first.name,)
    assert [b.name for b in live_batches(tmp_path, NOW.date())] == [second.name]


@pytest.mark.parametrize("moment", ["keep", "settle", "seal"])
@pytest.mark.parametrize("at", [1, 3])
def test_killed_and_started_again_no_page_is_asked_for_twice(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, moment: str, at: int
) -> None:
    """Killed before the answer is noted, or before the batch is made."""
    real = getattr(OpenPull, moment)
    times = {"n": 0}

    def dies(self: OpenPull, *args: Any) -> Any:
        times["n"] += 1
        if moment == "keep":
            real(self, *args)  # kept, and dead before anybody looked into it
        if times["n"] == at or moment == "seal":
            raise KeyboardInterrupt
        return None if moment == "keep" else real(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(OpenPull, moment, dies)
        with pytest.raises(KeyboardInterrupt):
            puller(tmp_path, server, Scripted()).run(nobody)

    pulled = puller(tmp_path, server, Scripted()).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY
    assert set(server.calls.values()) == {1}


def test_killed_after_landing_it_does_not_land_again(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    real = shutil.rmtree

    def dies(folder: Path, *args: Any, **named: Any) -> None:
        if (tmp_path / "landing/index.json").exists():
            raise KeyboardInterrupt
        real(folder, *args, **named)

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", dies)
        with pytest.raises(KeyboardInterrupt):
            puller(tmp_path, server, Scripted()).run(nobody)
    before = live_batches(tmp_path, NOW.date())

    server.ticker.moment = NOW + timedelta(days=1)
    tomorrow = puller(tmp_path, server, Scripted(), as_of=NOW + timedelta(days=1))
    tomorrow.run(nobody)

    assert [b.name for b in before] == ["000001-scripted"]
    assert len(live_batches(tmp_path, (NOW + timedelta(days=1)).date())) == 2
    assert any("since=" in call for call in server.calls)


def test_a_cut_off_line_is_as_if_it_were_not_there(tmp_path: Path, server: Server) -> None:
    broken = OpenPull(tmp_path / "open")
    broken.start({"request": "r"})
    with (tmp_path / "open/pages.jsonl").open("w") as lines:
        lines.write(json.dumps({"n": 1, "subject": 0, "next": None, "file": None}) + "\n")
        lines.write('{"n": 2, "subj')

    again = OpenPull(tmp_path / "open")

    assert (again.lines, again.finished) == (1, {0})
    assert (tmp_path / "open/pages.jsonl").read_text().endswith("}\n")


def test_what_is_temporary_is_asked_again_and_what_is_not_is_not(
    tmp_path: Path, server: Server
) -> None:
    good = server.answers
    bad = iter([(503, {}), (429, {}), (200, b'{"page": 1, "da')])
    server.answers = lambda *given: next(bad, None) or good(*given)

    pulled = puller(tmp_path, server, Scripted()).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY
    server.answers = lambda *_: (403, {})
    server.calls.clear()
    with pytest.raises(BadInput, match="scripted refuses: no right to this"):
        puller(tmp_path / "other", server, Scripted()).run(nobody)
    assert sum(server.calls.values()) == 1


def test_it_gives_up_in_a_sentence(tmp_path: Path, server: Server) -> None:
    server.answers = lambda *_: (500, {})

    with pytest.raises(BadInput, match="was asked 8 times and still: status 500"):
        puller(tmp_path, server, Scripted()).run(nobody)


def test_pages_that_contradict_themselves_are_asked_again(tmp_path: Path, server: Server) -> None:
    good = server.answers
    swapped = iter([True])

    def skips_a_page(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        if given["page"] == "2" and next(swapped, False):
            given = {**given, "page": "3"}
        return good(path, given, headers)

    server.answers = skips_a_page

    pulled = puller(tmp_path, server, Scripted()).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY


def test_a_sum_that_does_not_add_up_starts_the_pull_once_more(
    tmp_path: Path, server: Server
) -> None:
    good = server.answers
    lost = iter([True])

    def loses(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        status, body = good(path, given, headers)
        if given["page"] == "2" and next(lost, False):
            body = {**body, "data": []}
        return status, body

    server.answers = loses

    pulled = puller(tmp_path, server, Scripted()).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY
    assert set(server.calls.values()) == {2}


def test_a_feed_that_never_adds_up_is_held_and_ends(tmp_path: Path, server: Server) -> None:
    good = server.answers

    def loses(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        status, body = good(path, given, headers)
        return status, {**body, "total": 99}

    server.answers = loses

    with pytest.raises(BadInput, match="contradicts itself: 12 of 99 rows came"):
        puller(tmp_path, server, Scripted()).run(nobody)


def test_one_login_more_when_the_session_ran_out(tmp_path: Path, server: Server) -> None:
    tokens = iter(["one", "two", "three"])
    alive = {"token": ""}
    good = server.answers

    def answer(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        if path == "/login":
            alive["token"] = next(tokens)
            return 200, {"token": alive["token"]}
        if given["page"] == "3" and alive["token"] == "one":
            alive["token"] = "gone"
        if headers.get("authorization") != alive["token"]:
            return 401, {}
        return good(path, given, headers)

    server.answers = answer

    pulled = puller(tmp_path, server, Scripted(has_login=True)).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY
    assert server.calls["/login"] == 2


def test_its_windows_are_kept_without_ever_being_told_so(tmp_path: Path, server: Server) -> None:
    limits = (Limit(2, 10),)
    puller(tmp_path, server, Scripted(), limits=limits).run(nobody)

    assert sum(server.ticker.slept) >= 10  # four pages at two in ten seconds


def test_a_request_nobody_answered_may_come_in_as_late_as_the_next_one(
    tmp_path: Path, server: Server
) -> None:
    good, came = server.answers, []

    def answer(*asked: Any) -> tuple[int, Any]:
        came.append(server.ticker.moment)
        if len(came) == 1:
            raise ConnectionError("it breaks off, and the system reads the request later")
        return good(*asked)

    server.answers = answer
    puller(tmp_path, server, Scripted(), limits=(Limit(3, 1),)).run(nobody)

    assert len(came) == 1 + len(PAGES)
    came[0] = came[1]
    seconds = [[at for at in came if start <= at < start + timedelta(seconds=1)] for start in came]
    assert max(map(len, seconds)) <= 3


def test_windows_outlive_the_process(tmp_path: Path, server: Server) -> None:
    limits = (Limit(4, 10),)
    puller(tmp_path, server, Scripted(), limits=limits).run(nobody)
    assert server.ticker.slept == []

    server.ticker.moment += timedelta(seconds=1)
    tomorrow = puller(tmp_path, server, Scripted(), limits=limits, as_of=NOW + timedelta(days=1))
    tomorrow.run(nobody)

    assert server.ticker.slept


def test_a_window_of_hours_is_left_for_another_night(tmp_path: Path, server: Server) -> None:
    with pytest.raises(BadInput, match="stopped before the feed was whole: the call limit"):
        puller(tmp_path, server, Scripted(), limits=(Limit(2, 86_400),)).run(nobody)

    server.ticker.moment += timedelta(days=1, minutes=40)
    pulled = puller(tmp_path, server, Scripted(), limits=(Limit(2, 86_400),)).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY
    assert set(server.calls.values()) == {1}  # it went on where it had stopped


def _answers(known: dict[str, int]) -> Any:
    def answer(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        del path, headers
        status = known[given["who"]]
        return status, {"data": [{"id": given["who"], "name": "n"}]}

    return answer


def test_a_budget_is_kept_and_says_what_it_left(tmp_path: Path, server: Server) -> None:
    server.answers = _answers({"C-1": 200, "C-2": 200})

    pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(TWO, 1))

    assert sum(server.calls.values()) == 1
    assert pulled.remark == (
        "the budget of 1 paid calls is used up: 1 customers were asked about, "
        "1 wait for another night."
    )
    assert [row["id"] for row in rows(tmp_path, pulled.batch)] == ["C-1"]


def test_a_budget_of_nothing_buys_nothing(tmp_path: Path, server: Server) -> None:
    pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(TWO, 0))

    assert pulled.batch is None
    assert not server.calls


def test_a_quota_of_theirs_keeps_what_was_bought(tmp_path: Path, server: Server) -> None:
    server.answers = _answers({"C-1": 200, "C-2": 402})

    pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(TWO, 9))

    assert [row["id"] for row in rows(tmp_path, pulled.batch)] == ["C-1"]
    assert pulled.remark.startswith("the quota is used up")


def test_a_company_that_cannot_be_answered_for_is_noted_and_passed_over(
    tmp_path: Path, server: Server
) -> None:
    from etl.landing import manifest_of

    server.answers = _answers({"C-1": 404, "C-2": 200})

    pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(TWO, 9))

    assert pulled.batch is not None
    facts = manifest_of(tmp_path, pulled.batch)["pull"]
    assert facts["answered"] == {"C-1": "failed", "C-2": "answered"}
    assert facts["spent"] == 2


def test_paid_pages_survive_a_kill(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = _answers({"C-1": 200, "C-2": 200})
    real = OpenPull.settle
    times = iter([False, True])

    def dies(self: OpenPull, *args: Any) -> None:
        if next(times):
            raise KeyboardInterrupt
        real(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(OpenPull, "settle", dies)
        with pytest.raises(KeyboardInterrupt):
            puller(tmp_path, server, Scripted(by_subject=True)).run(lambda: Order(TWO, 9))

    def nobody_is_planned_anew() -> Order:
        raise AssertionError

    pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(nobody_is_planned_anew)

    assert set(server.calls.values()) == {1}
    assert [row["id"] for row in rows(tmp_path, pulled.batch)] == ["C-1", "C-2"]


def test_no_secret_is_in_what_it_says(tmp_path: Path, server: Server) -> None:
    from etl.sources.connections import hide, remember_secret

    remember_secret("hush-hush")
    server.answers = lambda *_: (403, {})

    with pytest.raises(BadInput) as refused:
        puller(tmp_path, server, Scripted(has_login=True)).run(nobody)

    assert "hush-hush" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert hide("password hush-hush!") == "password ***!"


def test_a_redirect_is_not_followed(tmp_path: Path, server: Server) -> None:
    server.answers = lambda *_: (302, {})
    server.headers = {"Location": "http://127.0.0.1:9/elsewhere"}

    with pytest.raises(BadInput, match="answers with a redirect"):
        puller(tmp_path, server, Scripted()).run(nobody)


def test_our_clock_ahead_of_theirs_loses_nothing(tmp_path: Path, server: Server) -> None:
    server.skew = timedelta(minutes=-30)

    batch = puller(tmp_path, server, Scripted()).run(nobody).batch

    assert batch is not None
    assert batch.mark <= (NOW - timedelta(minutes=29)).isoformat()
