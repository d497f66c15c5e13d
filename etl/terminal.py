"""Texts from outside on somebody's terminal: a name must not be able to drive it."""

import unicodedata
from typing import Any


def printable(value: Any) -> Any:
    """The same text, list or dict with every control character as �."""
    if isinstance(value, str):
        return "".join(one if unicodedata.category(one)[0] != "C" else "\ufffd" for one in value)
    if isinstance(value, list):
        return [printable(one) for one in value]
    if isinstance(value, dict):
        return {key: printable(one) for key, one in value.items()}
    return value
