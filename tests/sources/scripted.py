"""A system that does as a test tells it: a real HTTP server, and a connector that speaks with it."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from etl.clock import Ticker
from etl.landing import Batch
from etl.sources.client import Client
from etl.sources.config import Feed
from etl.sources.connections import Connection
from etl.sources.connector import (
    NOTHING,
    PAGE,
    Ask,
    Connector,
    Inconsistent,
    Meaning,
    Pull,
    Reply,
    Token,
    Verdict,
)
from etl.sources.order import Order
from etl.sources.pull import Puller
from etl.sources.windows import Windows

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


class Scripted(Connector):
    """`GET /rows?page=n` until `last`; `/ask?who=c` for one customer. Meanings come from the status."""

    name = "scripted"
    rows_at = "$.data[*]"

    def __init__(self, *, by_subject: bool = False, has_login: bool = False) -> None:
        self.by_subject = by_subject
        self.has_login = has_login

    def login(self, connection: Connection, now: datetime) -> Ask | None:
        del now
        if not self.has_login:
            return None
        return Ask("/login", "POST", body={"secret": connection.password})

    def token(self, reply: Reply) -> Token:
        return Token({"token": reply.json["token"]}, 3600)

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        del connection, now
        return ask.but(headers={"authorization": token.values.get("token", "")})

    def first(self, pull: Pull) -> Ask | None:
        if pull.subject:
            who = pull.subject.customer_id
            return Ask("/ask", params={"who": who}, about={"subject": who}, is_paid=True)
        since = {"since": pull.since.isoformat()} if pull.since else {}
        return Ask("/rows", params={"page": "1", **since})

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        if pull.subject:
            return None
        page = int(ask.params["page"])
        said = reply.json
        if said["page"] != page:
            raise Inconsistent(f"page {said['page']} came for page {page}")
        seen = int(ask.state.get("seen", 0)) + len(said["data"])
        if not said["last"]:
            return ask.but(params={**ask.params, "page": str(page + 1)}, state={"seen": seen})
        if seen != said["total"]:
            raise Inconsistent(f"{seen} of {said['total']} rows came", restart=True)
        return None

    def judge(self, reply: Reply) -> Verdict:
        meanings = {
            204: NOTHING,
            401: Verdict(Meaning.LOGIN, "token expired"),
            402: Verdict(Meaning.STOP, "the quota is used up"),
            404: Verdict(Meaning.SKIP, "no such company"),
            429: Verdict(Meaning.SLOW, "too fast"),
            403: Verdict(Meaning.REFUSED, "no right to this"),
        }
        if reply.status >= 500:
            return Verdict(Meaning.RETRY, f"status {reply.status}")
        return meanings.get(reply.status, PAGE)


class MovingTicker(Ticker):
    """A clock that a test moves; sleeping moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.moment = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


class Server:
    """What the test says, and what was asked. `answers`: called with path and parameters, returns
    status and body (bytes, or JSON); `calls` counts `path?parameters`."""

    def __init__(self, ticker: MovingTicker) -> None:
        self.ticker = ticker
        self.calls: Counter[str] = Counter()
        self.answers: Callable[[str, dict[str, str], dict[str, str]], tuple[int, Any]] = lambda *_: (
            500,
            {},
        )
        self.headers: dict[str, str] = {}
        self.skew = timedelta(0)
        self.date = ""
        self.address = ""

    def pages(self, pages: list[list[dict[str, Any]]]) -> None:
        """Answer `/rows` with these pages."""
        total = sum(map(len, pages))

        def answer(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
            del path, headers
            page = int(given["page"])
            last = page == len(pages)
            return 200, {"page": page, "data": pages[page - 1], "last": last, "total": total}

        self.answers = answer


@contextmanager
def serving(ticker: MovingTicker) -> Iterator[Server]:
    """The server, on a free port, until the block ends."""
    server = Server(ticker)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            given = dict(parse_qsl(parts.query))
            server.calls[self.path] += 1
            length = int(self.headers.get("content-length") or 0)
            if length:
                given["body"] = self.rfile.read(length).decode()
            status, body = server.answers(parts.path, given, dict(self.headers))
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response_only(status)
            now = server.date or format_datetime(ticker.now() + server.skew, usegmt=True)
            self.send_header("Date", now)
            self.send_header("Content-Length", str(len(content)))
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def scripted_feed(**more: Any) -> Feed:
    """A feed of the scripted system: customers."""
    return Feed.model_validate(
        {
            "name": "scripted",
            "source": "scripted",
            "resource": "rows",
            "records": {"customer": {"customer_id": "id", "customer_name": "name"}},
            **more,
        }
    )


def puller(
    home: Path,
    server: Server,
    connector: Scripted,
    *,
    feed: Feed | None = None,
    as_of: datetime = NOW,
    limits: tuple[Any, ...] = (),
    password: str = "hush-hush",
) -> Puller:
    """A pull of the scripted system, not yet run."""
    connection = Connection("scripted", server.address, password=password)
    windows = Windows(home / "limits", "scripted", limits, server.ticker)
    client = Client(connector, connection, windows, server.ticker)
    day = as_of.date()
    until = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    return Puller(home, feed or scripted_feed(), connector, lambda: client, day, until)


def nobody() -> Order:
    """The order of a system that is asked as a whole."""
    return Order()


def rows(home: Path, batch: Batch | None) -> list[dict[str, Any]]:
    """The rows of a landed batch, straight from its pages."""
    assert batch is not None
    folder = home / "landing" / batch.name
    found = []
    for line in (folder / "pages.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["file"] and entry["size"]:
            found += json.loads((folder / entry["file"]).read_text())["data"]
    return found
