"""What a stand-in is: routes under its own prefixes, and its own words for what goes wrong."""

# ruff: noqa: ARG002 - a base class names what it does not use

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from sandbox.server.limits import Window
from sandbox.server.state import State


@dataclass(frozen=True)
class Page:
    """An answer on its way out, as the fault layer sees it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Words:
    """How one system words its troubles. The base class has none of its own: override what it has.

    `path` is without the system's prefix. Returning None says: this cannot happen here.
    """

    has_tokens = True
    """Tokens may be revoked before their time (the fault `token_expiry`)."""

    def too_many(self, path: str) -> Response | None:
        """Refused for being too fast."""
        return Response("Too Many Requests", 429)

    def down(self, path: str, number: int) -> Response | None:
        """Out of order for a moment; `number` picks one of several ways."""
        status = (500, 502, 503, 504)[number % 4]
        return Response(
            f"<html><head><title>{status}</title></head><body>gateway</body></html>",
            status,
            media_type="text/html",
        )

    def wrong_signature(self, path: str) -> Response | None:
        """A correct signature, refused."""
        return None

    def quota_used(self, path: str) -> Response | None:
        """Today's calls are used up."""
        return None

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        """(which list a request pages through, whether this is its first page); None: no list.

        `body` is the request's JSON or None. A duplicate of the page before is served only from the
        same list, so it betrays itself by its number, its cursor or its keys.
        """
        return None

    def shorten(self, page: Page) -> Page | None:
        """The page with rows left out but its own totals standing; None when it is no such page."""
        return None


@dataclass(frozen=True)
class System:
    """One stand-in. `prefixes`: first path segments it answers under; `routes(prefix)` are relative
    to it and must answer unknown paths as the system does. `windows`: what its clients must keep to
    (calls, seconds), as they are told when the sandbox widens them."""

    name: str
    prefixes: Sequence[str]
    routes: Callable[[str], Sequence[BaseRoute]]
    words: Words
    windows: Sequence[Window] = ()


def state_of(request: Request) -> State:
    """The sandbox that answers this request."""
    state: State = request.app.state.sandbox
    return state


def reply(
    content: Any, status: int = 200, headers: Mapping[str, str] | None = None, **kwargs: Any
) -> Response:
    """A JSON answer, compact, with Chinese as it is."""
    return Response(
        json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        status,
        headers=dict(headers or {}),
        media_type=kwargs.get("media_type", "application/json"),
    )


async def json_body(request: Request) -> Any:
    """The request's JSON, None when it has none."""
    try:
        return json.loads(await request.body())
    except ValueError:
        return None


def without_rows(rows: list[Any]) -> list[Any]:
    """A page's rows with a third of them lost, at least one, from its middle."""
    lost = max(1, len(rows) // 3)
    start = (len(rows) - lost) // 2
    return rows[:start] + rows[start + lost :]
