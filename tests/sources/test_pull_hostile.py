"""Answers that nobody would send on purpose: headers, clocks, bodies and addresses."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.errors import BadInput
from etl.sources.connections import connection
from etl.sources.connector import Ask, Pull, Reply, Verdict
from tests.sources.scripted import (
    NOW,
    MovingTicker,
    Scripted,
    Server,
    nobody,
    puller,
    rows,
    serving,
)

PAGES = [[{"id": f"{page}-{row}", "name": "n"} for row in range(3)] for page in range(2)]
EVERYBODY = [row for page in PAGES for row in page]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(MovingTicker()) as server:
        server.pages(PAGES)
        yield server


def _once(server: Server, status: int, body: Any = None, **headers: str) -> None:
    """The first answer is this one, and has these headers; the others are as ever."""
    good, first = server.answers, iter([True])
    server.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(*given: Any) -> tuple[int, Any]:
        if next(first, False):
            return status, body if body is not None else {}
        server.headers = {}
        return good(*given)

    server.answers = answer


class Hurried(Scripted):
    """Reads Retry-After of a server that is out of order, as most connectors do."""

    def judge(self, reply: Reply) -> Verdict:
        from etl.sources.answers import by_status

        return by_status(reply, "scripted") or super().judge(reply)


@pytest.mark.parametrize("said", ["²", "-5", "1e9", "soon", "٣", "", "Fri, 99 Foo 2026"])
def test_a_wait_that_cannot_be_read_is_our_own(tmp_path: Path, server: Server, said: str) -> None:
    _once(server, 429, Retry_After=said.encode().decode("latin-1"))

    pulled = puller(tmp_path, server, Scripted()).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY
    assert sum(server.ticker.slept) < 60


@pytest.mark.parametrize("connector", [Scripted, Hurried])
def test_a_wait_may_be_said_as_a_moment(
    tmp_path: Path, server: Server, connector: type[Scripted]
) -> None:
    _once(server, 429, Retry_After="Sat, 21 Nov 2026 18:02:00 GMT")

    puller(tmp_path, server, connector()).run(nobody)

    assert server.ticker.slept[0] == pytest.approx(120, abs=1)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("said", ["999999", "9" * 400, "Sat, 21 Nov 2099 18:02:00 GMT"])
def test_a_wait_of_days_is_left_for_another_night(
    tmp_path: Path, server: Server, status: int, said: str
) -> None:
    _once(server, status, Retry_After=said)

    with pytest.raises(BadInput, match=r"stopped before the feed was whole: .*asks to wait"):
        puller(tmp_path, server, Hurried()).run(nobody)

    assert server.ticker.slept == []


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 01 Jan 2100 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "Sat, 21 Nov 2026 18:00:00 +9999",
        "Sat, 21 Nov 2026 18:00:00 +99999999999999999999",
        "Sat, 99999999999999999999 Nov 2026 18:00:00 GMT",
        "yesterday",
    ],
)
def test_an_absurd_date_moves_nothing(tmp_path: Path, server: Server, date: str) -> None:
    server.date = date

    first = puller(tmp_path, server, Scripted()).run(nobody).batch
    second = puller(tmp_path, server, Scripted()).run(nobody).batch

    assert first is not None
    assert second is not None
    assert first.mark == second.mark == NOW.isoformat()


@pytest.mark.parametrize("hours", [1, 12])
def test_a_clock_ahead_of_ours_does_not_move_the_watermark_into_the_future(
    tmp_path: Path, server: Server, hours: int
) -> None:
    """A connector that measured the skew before: the pull of another feed began with it."""
    server.skew = timedelta(hours=hours)
    run = puller(tmp_path, server, Scripted())
    run.run(nobody)
    server.ticker.moment += timedelta(minutes=1)
    again = puller(tmp_path, server, Scripted())
    again.make_client = run.make_client

    batch = again.run(nobody).batch

    assert batch is not None
    assert batch.mark == (NOW + timedelta(minutes=1)).isoformat()


def test_a_clock_behind_ours_is_seen_even_when_the_first_answer_came_late(
    tmp_path: Path, server: Server
) -> None:
    server.skew = timedelta(minutes=-20)
    good, late = server.answers, iter([True])

    def answer(*given: Any) -> tuple[int, Any]:
        if next(late, False):
            server.ticker.moment += timedelta(minutes=40)
        return good(*given)

    server.answers = answer

    batch = puller(tmp_path, server, Scripted()).run(nobody).batch

    assert batch is not None
    assert batch.mark <= (NOW - timedelta(minutes=19)).isoformat()


@pytest.mark.parametrize(
    "body",
    [
        b'{"page": 1, "data": [], "last": true, "total": 0, "x": "\xff\xfe"}',
        b"[" * 100_000,
        b"[1, 2]",
        b'"text"',
        b"null",
        b'{"page": 1, "data": 5, "last": false}',
        b'{"data": []}',
        b"",
    ],
)
def test_a_page_of_another_shape_is_asked_for_again_and_then_holds_the_feed(
    tmp_path: Path, server: Server, body: bytes
) -> None:
    good = server.answers
    _once(server, 200, body)
    assert rows(tmp_path, puller(tmp_path, server, Scripted()).run(nobody).batch) == EVERYBODY

    server.answers = lambda *_: (200, body)
    with pytest.raises(BadInput, match="scripted"):
        puller(tmp_path / "always", server, Scripted()).run(nobody)
    server.answers = good


def test_a_broken_compression_is_asked_for_again(tmp_path: Path, server: Server) -> None:
    _once(server, 200, b"no gzip at all", Content_Encoding="gzip")

    pulled = puller(tmp_path, server, Scripted()).run(nobody)

    assert rows(tmp_path, pulled.batch) == EVERYBODY


def test_a_login_of_another_shape_holds_the_feed(tmp_path: Path, server: Server) -> None:
    server.answers = lambda *_: (200, [])

    with pytest.raises(BadInput, match="scripted"):
        puller(tmp_path, server, Scripted(has_login=True)).run(nobody)


class Led(Scripted):
    """Goes where the page says."""

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        del pull, ask
        following = reply.json.get("next")
        return Ask(following) if following else None


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.2/rows",
        "https://{host}/rows",
        "//evil.example/rows",
        "@evil.example/rows",
        ".evil.example/rows",
        "http://{host}@evil.example/rows",
        "http://evil.example\\@{host}/rows",
        "http://{host}:80:80/rows",
        "http://[::1/rows",
        "file:///etc/passwd",
    ],
)
def test_credentials_go_nowhere_else(tmp_path: Path, server: Server, where: str) -> None:
    host = server.address.removeprefix("http://")
    server.answers = lambda path, *_: (
        (200, {"next": where.replace("{host}", host)}) if path == "/rows" else (200, {})
    )

    class First(Led):
        def first(self, pull: Pull) -> Ask | None:
            del pull
            return Ask("/rows")

    if where.startswith("//"):  # a path of our own host, however it looks
        puller(tmp_path, server, First()).run(nobody)
        return
    with pytest.raises(BadInput):
        puller(tmp_path, server, First()).run(nobody)
    assert list(server.calls) == ["/rows"]


@pytest.mark.parametrize("password", ["密码密码", "line\r\nbreak: yes", "\ud800"])
def test_a_password_that_no_header_can_carry_is_refused_without_being_shown(
    tmp_path: Path, server: Server, password: str
) -> None:
    class Header(Scripted):
        def sign(self, ask: Ask, token: Any, connection: Any, now: Any) -> Ask:
            del token, now
            return ask.but(headers={"authorization": connection.password})

    with pytest.raises(BadInput, match="cannot be asked") as refused:
        puller(tmp_path, server, Header(), password=password).run(nobody)

    assert password not in str(refused.value)
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("extra", ['"[1]"', "[1]", "5", '"text"'])
def test_a_connection_whose_extra_is_no_object_is_refused(
    monkeypatch: pytest.MonkeyPatch, extra: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SCRIPTED", f'{{"password": "hush-hush", "extra": {extra}}}')

    with pytest.raises(BadInput, match="connection scripted cannot be read") as refused:
        connection("scripted")

    assert "hush-hush" not in str(refused.value)


def test_a_timeout_that_is_no_number_is_refused(tmp_path: Path, server: Server) -> None:
    run = puller(tmp_path, server, Scripted())
    client = run.make_client()
    for wrong in ("soon", "nan", "-1", "0"):
        client.connection = type(client.connection)(
            "scripted", server.address, extra={"timeout": wrong}
        )
        with pytest.raises(BadInput, match="connection scripted: timeout"):
            client.ask(Ask("/rows", params={"page": "1"}))


@pytest.mark.parametrize("wrong", ["soon", -600, None, [5]])
def test_an_overlap_that_would_leave_a_gap_is_refused(
    tmp_path: Path, server: Server, wrong: object
) -> None:
    from tests.sources.scripted import scripted_feed

    feed = scripted_feed(options={"overlap": wrong})
    with pytest.raises(BadInput, match="overlap"):
        puller(tmp_path, server, Scripted(), feed=feed).run(nobody)
