"""What the CRM and Books share: who may come in, how errors and values are written."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.server.state import State
from sandbox.server.system import reply

NAME = "zoho"
TOKEN_SECONDS = 3600
ORG_ZONE = timezone(timedelta(hours=1))
"""The organisation's time zone: moments are written in it."""

USER = {"name": "Sandbox Admin", "id": "5725767000000411001", "email": "admin@example.com"}


class Refused(Exception):
    """An answer that refuses."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def crm_error(
    status: int, code: str, message: str, details: Mapping[str, Any] | None = None
) -> Response:
    """As the CRM refuses."""
    return reply(
        {"code": code, "details": dict(details or {}), "message": message, "status": "error"},
        status,
    )


def books_error(status: int, code: int, message: str) -> Response:
    """As Books refuses."""
    return reply({"code": code, "message": message}, status)


def has_token(state: State, request: Request) -> bool:
    """Whether the call carries a live token behind Zoho's own word."""
    word, _, text = request.headers.get("authorization", "").partition(" ")
    return word == "Zoho-oauthtoken" and state.live_token(NAME, text) is not None


def zoned(moment: datetime) -> str:
    """A moment of the world (plain UTC) as Zoho writes it."""
    return moment.replace(tzinfo=UTC).astimezone(ORG_ZONE).isoformat(timespec="seconds")


def wire(value: Any) -> Any:
    """A value as JSON of Zoho's: money is a number, a day a string; untidy text goes out as it is."""
    if isinstance(value, datetime):
        return zoned(value)
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def parsed(text: str) -> datetime | None:
    """A moment in a header, filter or criterion, as plain UTC; None when it is none."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        return None
    zone = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zone.astimezone(UTC).replace(tzinfo=None)
