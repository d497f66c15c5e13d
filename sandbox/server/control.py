"""`/_sandbox/…`: how a test steers the sandbox and reads what it counted. Loopback only."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from etl.errors import ZixinError
from sandbox.server import faults
from sandbox.server.clock import moment
from sandbox.server.system import json_body, reply, state_of

LOOPBACK = ("127.0.0.1", "::1", "testclient")


async def health(request: Request) -> Response:
    """Ready, and what time it is here."""
    state = state_of(request)
    return reply({"ok": True, "now": state.now().isoformat(), "frozen": state.clock.is_frozen})


async def counts(request: Request) -> Response:
    """Calls, rows, violations, refusals, billed calls, faults, and what broke in the sandbox itself."""
    return reply(state_of(request).as_counts())


async def issued(request: Request) -> Response:
    """System → every token it ever handed out: what a test of leaks looks for."""
    return reply(state_of(request).issued)


async def clock(request: Request) -> Response:
    """`{"set": iso}`, `{"advance": seconds}`, `{"freeze": bool}`; several at once in this order."""
    state, wish = state_of(request), await json_body(request)
    if not isinstance(wish, dict):
        return _refused("send an object with set, advance or freeze")
    try:
        if "set" in wish:
            state.clock.set(moment(str(wish["set"])))
        if "advance" in wish:
            state.clock.advance(float(wish["advance"]))
    except (ZixinError, ValueError, TypeError) as error:
        return _refused(str(error))
    if "freeze" in wish:
        state.clock.freeze(bool(wish["freeze"]))
    return await health(request)


async def trouble(request: Request) -> Response:
    """`{"on": ["429"], "systems": ["zoho"], "rate": 0.1, "seed": 1, "delay": 5, "quota_after": 20}`;
    replaces what was on, `{"on": []}` switches all off."""
    state, wish = state_of(request), await json_body(request)
    if not isinstance(wish, dict):
        return _refused("send an object with on")
    try:
        on = faults.parse(",".join(wish.get("on", [])))
        settings: dict[str, Any] = {
            key: kind(wish[key])
            for key, kind in (
                ("rate", float),
                ("seed", int),
                ("delay", float),
                ("quota_after", int),
            )
            if key in wish
        }
    except (ZixinError, ValueError, TypeError) as error:
        return _refused(str(error))
    state.faults = faults.Faults(on, systems=wish.get("systems", ()), **settings)
    return reply({"on": sorted(state.faults.on), "systems": sorted(state.faults.systems)})


async def reset(request: Request) -> Response:
    """Forget calls, tokens, windows, quotas, jobs; faults off."""
    state_of(request).reset()
    return await health(request)


def _refused(sentence: str) -> Response:
    return reply({"error": sentence}, 400)


async def guarded(request: Request, endpoint: Any) -> Response:
    """Only from this machine."""
    if request.client is not None and request.client.host not in LOOPBACK:
        return reply({"error": "loopback only"}, 403)
    answer: Response = await endpoint(request)
    return answer


def _route(path: str, endpoint: Any, method: str) -> Route:
    async def serve(request: Request) -> Response:
        return await guarded(request, endpoint)

    return Route(path, serve, methods=[method])


ROUTES = [
    _route("/health", health, "GET"),
    _route("/counts", counts, "GET"),
    _route("/issued", issued, "GET"),
    _route("/clock", clock, "POST"),
    _route("/faults", trouble, "POST"),
    _route("/reset", reset, "POST"),
]
