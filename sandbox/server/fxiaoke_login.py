"""Fxiaoke's way in: both forms of token, the user whose rights count, and the limits of an interface.

A token lives 7200 s. In its first 6600 s a login brings the same one, after that a new one, and the
old stays good to its end. `expiresIn` is what is left of it.
"""

# ruff: noqa: ARG001 - a handler takes what every handler takes

from typing import Any

from starlette.requests import Request

from sandbox.server.fxiaoke_rows import ADMIN, ADMIN_FSUID, Refused
from sandbox.server.records import Query, select
from sandbox.server.state import State, Token

NAME = "fxiaoke"
EA, CORP = "sandbox_ea", "FSCID_SANDBOX0000000000000001"
MOBILE = "13800000000"
TOKEN_SECONDS, SAME_TOKEN_SECONDS = 7200, 6600
LOGINS = [(10, 60.0)]
CALLS = [(100, 20.0)]


def _login(state: State, body: dict[str, Any], token_key: str) -> Token:
    if state.wait(NAME, "logins", LOGINS) > 0:
        raise Refused(14001, "the frequency of calls exceeds the limit")
    ours = state.credentials[NAME]
    for key in ("appId", "appSecret", "permanentCode"):
        if not body.get(key):
            raise Refused(10006, f"parameter {key} is missing")
    if body["appId"] != ours.login or body["appSecret"] != ours.password:
        raise Refused(state.option(NAME, "wrong_secret", 20006), "appId or appSecret is wrong")
    if body["permanentCode"] != ours.extra["permanent_code"]:
        raise Refused(20015, "permanentCode is wrong")
    for token in reversed(state.tokens[NAME].values()):
        age = (state.now() - token.issued).total_seconds()
        if token.facts["kind"] == token_key and 0 <= age < SAME_TOKEN_SECONDS:
            return token
    return state.issue(NAME, TOKEN_SECONDS, kind=token_key)


def _left(state: State, token: Token) -> int:
    return int((token.expires - state.now()).total_seconds())


def legacy_token(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/cgi/corpAccessToken/get/V2."""
    token = _login(state, body, "corpAccessToken")
    return {"corpAccessToken": token.text, "corpId": CORP, "expiresIn": _left(state, token)}


def oauth_token(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/oauth2.0/token."""
    if body.get("grantType") != "app_secret":
        raise Refused(10006, "grantType is missing or illegal")
    token = _login(state, body, "accessToken")
    return {
        "accessToken": token.text,
        "expiresIn": _left(state, token),
        "openUserId": ADMIN_FSUID,
        "appId": body["appId"],
        "ea": EA,
    }


def let_in(state: State, request: Request, body: dict[str, Any]) -> None:
    """Token, tenant and user; then the limits of the interface."""
    bearer = request.headers.get("authorization", "")
    if bearer:
        token = state.live_token(NAME, bearer.removeprefix("Bearer "))
        if not token or token.facts["kind"] != "accessToken" or not bearer.startswith("Bearer "):
            raise Refused(20005, "accessToken has expired or is invalid")
        if request.headers.get("x-fs-ea") != EA:
            raise Refused(20021, "x-fs-ea is missing or not the tenant of this token")
        user = request.headers.get("x-fs-userid", "")
    else:
        if not body.get("corpAccessToken"):
            raise Refused(10013, "parameter corpAccessToken is missing")
        if not body.get("corpId"):
            raise Refused(10014, "parameter corpId is missing")
        if body["corpId"] != CORP:
            raise Refused(11015, "corpId is not valid")
        token = state.live_token(NAME, str(body["corpAccessToken"]))
        if not token or token.facts["kind"] != "corpAccessToken":
            raise Refused(20016, "corpAccessToken does not exist or has expired")
        user = str(body.get("currentOpenUserId", ""))
    path = request.url.path
    if state.wait(NAME, "calls", CALLS, path) > 0:
        raise Refused(30004, "the frequency of calls of this interface exceeds the limit")
    if not state.spend(NAME, "calls", state.option(NAME, "daily_calls", 100_000)):
        raise Refused(30002, "the calls of today are used up")
    if "/crm/" in path:
        body["_seen"] = _seen_by(state, user)


def _seen_by(state: State, user: str) -> list[str] | None:
    """The accounts a user may see; None: all."""
    if user in (ADMIN, ADMIN_FSUID):
        return None
    if not user:
        raise Refused(20012, "the user is missing")
    query = Query(deleted="with")
    query.add("owner_id = ?", user)
    owned = [row["row_id"] for row in select(state, NAME, "customer", query)]
    if not owned:
        raise Refused(20014, "the user does not exist or the app may not see it")
    return owned


def user_by_mobile(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/cgi/user/getByMobile."""
    if body.get("mobile") != MOBILE:
        return {"empList": []}
    return {"empList": [{"openUserId": ADMIN_FSUID, "name": "管理员", "mobile": MOBILE}]}
