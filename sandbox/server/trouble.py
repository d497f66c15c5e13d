"""The layer around every stand-in: the Date of the virtual clock, counts, and the faults."""

import asyncio
import json
import re
import traceback
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.server.state import State
from sandbox.server.system import Page, System

_NOISE = re.compile(
    r'"(?:corpAccessToken|thirdTraceId)"\s*:\s*"[^"]*"|(?:thirdTraceId|access_token)=[^&]*'
)


class CutOff(Exception):
    """Raised on purpose in mid-answer: the server then closes the connection."""


class Trouble:
    """ASGI middleware over all stand-ins; the control endpoints pass untouched."""

    def __init__(self, app: ASGIApp, *, systems: Mapping[str, System], state: State) -> None:
        self.app = app
        self.systems = systems
        self.state = state
        self._pages: dict[tuple[str, str], Page] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        system = self.systems.get(scope["path"].split("/")[1]) if scope["type"] == "http" else None
        if system is None:
            await self.app(scope, receive, send)
            return
        path = scope["path"].split("/", 2)[2] if scope["path"].count("/") > 1 else ""
        path = f"/{path}"
        send = self._dated(system, scope, path, send)
        try:
            if self.state.faults.is_quiet:
                await self.app(scope, receive, send)
            else:
                await self._troubled(system, path, scope, receive, send)
        except CutOff:
            raise
        except Exception as error:
            # A mistake of ours must not pass for a fault: a patient client would never notice.
            self.state.broken[system.name, f"{path}: {type(error).__name__}"] += 1
            traceback.print_exc()
            raise

    def _dated(self, system: System, scope: Scope, path: str, send: Send) -> Send:
        """`send` that puts the server's time into the headers and counts the call."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = self.state.server_time(system.name)
                MutableHeaders(scope=message)["date"] = now.strftime("%a, %d %b %Y %H:%M:%S GMT")
                template = _template(path, scope.get("path_params") or {})
                self.state.calls[system.name, f"{scope['method']} {template}"] += 1
            await send(message)

        return dated

    async def _troubled(
        self, system: System, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        request = Request(scope, receive)
        body = await request.body()
        query = dict(request.query_params)
        words, faults, now = system.words, self.state.faults, self.state.now()
        page_of = words.page_of(path, query, _json(body))
        who = _NOISE.sub("", f"{scope['method']} {path}?{scope['query_string'].decode()} ")
        who += _NOISE.sub("", body.decode(errors="replace"))

        if faults.quota_used(system.name, now) and (refusal := words.quota_used(path)):
            await refusal(scope, receive, send)
            return
        fault = faults.strike(system.name, who, self._possible(system, path, page_of), now)
        if refusal := self._refusal(system, path, fault):
            await refusal(scope, receive, send)
            return
        if fault == "token_expiry":
            self.state.revoke(system.name)

        page = await self._answer(scope, body)
        page = self._spoilt(system, page_of, fault, page)
        if fault == "timeout":
            # Held back here and not above: a call counts and is billed when it comes in, however
            # late its answer. Else it would count in a window that opened long after it was sent.
            await asyncio.sleep(faults.delay)
        await _deliver(page, fault, send)

    def _possible(self, system: System, path: str, page_of: tuple[str, bool] | None) -> list[str]:
        """Transient faults that can befall this call."""
        words = system.words
        possible = ["timeout", "cut", "truncated"]
        if words.too_many(path):
            possible.append("429")
        if words.down(path, 0):
            possible.append("5xx")
        if words.wrong_signature(path):
            possible.append("wrong_signature")
        if page_of:
            possible.append("missing_page")
            if words.has_tokens:
                possible.append("token_expiry")
            if not page_of[1] and (system.name, page_of[0]) in self._pages:
                possible.append("duplicate_page")
        return possible

    def _refusal(self, system: System, path: str, fault: str | None) -> Response | None:
        """The answer of a server that does not serve this call at all."""
        if fault == "429":
            return system.words.too_many(path)
        if fault == "5xx":
            return system.words.down(path, sum(self.state.faults.hits.values()))
        if fault == "wrong_signature":
            return system.words.wrong_signature(path)
        return None

    async def _answer(self, scope: Scope, body: bytes) -> Page:
        """The stand-in's honest answer, held back whole."""
        start: Message = {}
        parts: list[bytes] = []

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self.app(scope, again, keep)
        return Page(start["status"], Headers(raw=start["headers"]), b"".join(parts))

    def _spoilt(
        self, system: System, page_of: tuple[str, bool] | None, fault: str | None, page: Page
    ) -> Page:
        """The page before once more, or with rows missing; otherwise as it is."""
        if page_of is None:
            return page
        key = (system.name, page_of[0])
        if fault == "duplicate_page" and page.status == 200:
            return self._pages.get(key, page)
        if fault == "missing_page":
            shorter = system.words.shorten(page)
            if shorter is None:
                self.state.faults.hits[system.name, fault] -= 1
            return shorter or page
        if page.status == 200:
            self._pages[key] = page
        return page


async def _deliver(page: Page, fault: str | None, send: Send) -> None:
    """Send a page, whole, cut off in mid-body, or as less than whole JSON."""
    body = page.body
    if fault == "truncated" and body:
        body = body[: max(1, len(body) * 2 // 3)]
    headers = MutableHeaders(dict(page.headers))
    if page.status not in (204, 304):
        headers["content-length"] = str(len(body))
    await send({"type": "http.response.start", "status": page.status, "headers": headers.raw})
    if fault == "cut" and body:
        await send(
            {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        )
        raise CutOff
    await send({"type": "http.response.body", "body": body})


def _template(path: str, path_params: Mapping[str, Any]) -> str:
    """The path with its parameters' names in place of their values."""
    for name, value in path_params.items():
        if value and name != "rest":
            path = path.replace(f"/{value}", f"/{{{name}}}", 1)
    return path


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
