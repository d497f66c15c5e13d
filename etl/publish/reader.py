"""Read what is published, the way a reader should: the pointer once, then only what it names."""

import json
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
    root = settings().home / "published"
    pointer = read_pointer(root)
    if pointer is None:
        raise ZixinError(f"nothing is published in {root} yet: run `zixin night` or `make run`")
    day = parse_day(as_of).isoformat() if as_of else pointer.as_of
    if day not in pointer.nights:
        raise ZixinError(
            f"the night of {day} is not published; published are {', '.join(sorted(pointer.nights)[-5:])}"
        )
    folder = root / pointer.nights[day]
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
