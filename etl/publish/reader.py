"""Read what is published, the way a reader should: the pointer once, then only what it names."""

import json
from pathlib import Path
from typing import Any

from etl.clock import parse_day
from etl.errors import ZixinError
from etl.publish.site import read_pointer
from etl.settings import settings


def read_credit_file(customer_id: str, as_of: str | None = None) -> dict[str, Any]:
    """The credit file of a customer on a published night, by default the newest.

    Raises:
        ZixinError: nothing is published, the night is not, or nobody has that number.
    """
    day, folder = _night(as_of)
    index = json.loads((folder / "customers/index.json").read_text(encoding="utf-8"))
    if customer_id not in index:
        raise ZixinError(
            f"no customer has the number {customer_id!r} on {day}: "
            f"{folder / 'customers/index.json'} lists them"
        )
    document: dict[str, Any] = json.loads(
        (folder / f"customers/{index[customer_id]}.json").read_text(encoding="utf-8")
    )
    return document


def read_alerts(customer_id: str, as_of: str | None = None) -> list[dict[str, Any]]:
    """A customer's alerts of a published night that nobody has closed, red ones first.

    A night that was published before there were alerts has none.

    Raises:
        ZixinError: nothing is published, or the night is not.
    """
    _, folder = _night(as_of)
    try:
        listed = json.loads((folder / "alerts.json").read_text(encoding="utf-8"))["customers"]
    except FileNotFoundError:
        return []
    return [alert for alert in listed.get(customer_id, ()) if alert["state"] != "closed"]


def read_last_letters(customer_id: str, as_of: str | None = None) -> dict[str, Any] | None:
    """What a customer without letters on a published night was last told; None: it has letters, or
    never had any, or the night was published before this was kept.

    Raises:
        ZixinError: nothing is published, or the night is not.
    """
    _, folder = _night(as_of)
    changes = json.loads((folder / "changes.json").read_text(encoding="utf-8"))
    found: dict[str, Any] | None = changes.get("last_letters", {}).get(customer_id)
    return found


def _night(as_of: str | None) -> tuple[str, Path]:
    """A published night's day and folder."""
    root = settings().home / "published"
    pointer = read_pointer(root)
    if pointer is None:
        raise ZixinError(f"nothing is published in {root} yet: run `zixin night` or `make run`")
    day = parse_day(as_of).isoformat() if as_of else pointer.as_of
    if day not in pointer.nights:
        raise ZixinError(
            f"the night of {day} is not published; published are {', '.join(sorted(pointer.nights)[-5:])}"
        )
    return day, root / pointer.nights[day]
