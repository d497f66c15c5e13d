"""Which file a customer's credit file is in.

Customer numbers are other people's text: slashes, dots, 300 characters, two that differ by case alone.
A number that is plain capitals, digits, `_` and `-` is its own file name; every other one keeps what
is readable of it and adds a dot and 16 hexadecimal digits of its SHA-256. A plain name holds no dot,
so the two kinds cannot meet, and neither kind depends on upper and lower case being told apart.
"""

import hashlib
import re

_PLAIN = r"^[A-Z0-9][A-Z0-9_-]{0,79}$"
_DEVICE = r"^(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])$"
_UNSAFE = r"[^A-Za-z0-9_-]"
_KEPT = 40

PARTS = tuple(f"{number:02x}" for number in range(256))
"""The parts of a list of every customer: a page loads its own, so that opening one file reads no book."""


def file_stem(customer_id: str) -> str:
    """The file name of `customer_id`, without `.json` or `.html`."""
    if re.fullmatch(_PLAIN, customer_id, re.ASCII) and not re.fullmatch(_DEVICE, customer_id):
        return customer_id
    readable = re.sub(_UNSAFE, "_", customer_id)[:_KEPT]
    return f"_{readable}.{hashlib.sha256(customer_id.encode()).hexdigest()[:16]}"


def part_of(customer_id: str) -> str:
    """Which of PARTS a customer's entries stand in."""
    return hashlib.sha256(customer_id.encode()).hexdigest()[:2]


def file_stem_sql(column: str) -> str:
    """The same as a DuckDB expression over `column` (a test holds the two together)."""
    return (
        f"CASE WHEN regexp_matches({column}, '{_PLAIN}') "
        f"AND NOT regexp_matches({column}, '{_DEVICE}') THEN {column} "
        f"ELSE '_' || substr(regexp_replace({column}, '{_UNSAFE}', '_', 'g'), 1, {_KEPT}) "
        f"|| '.' || substr(sha256({column}), 1, 16) END"
    )
