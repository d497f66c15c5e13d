"""Which rows a mapping takes and which say that something is gone: `when` and `is_deleted`."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from etl.sources.strict import Strict, one_or_many

STATES = ("present", "absent", "positive", "negative", "zero", "nonzero")


class Check(Strict):
    """One column compared: a state, or one of some values; `negate` turns it round."""

    column: str
    states: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    negate: bool = False


Condition = tuple[tuple[Check, ...], ...]
"""Alternatives, one of which must hold; each a list of tests that all must hold."""


def _condition(value: Any) -> Any:
    """`{Column: present}`, `{Column: [A, B]}`, `{Column: {not: …}}`, or a list of such maps.

    A list of lists is what model_dump made of a condition, and is taken as it is.
    """
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        return value
    alternatives = value if isinstance(value, list) else [value]
    return tuple(tuple(_tests(alternative)) for alternative in alternatives)


def _tests(alternative: Any) -> list[dict[str, Any]]:
    if not isinstance(alternative, dict) or not alternative:
        raise ValueError(
            "a condition names columns and what they hold, like {Type: [INV, DR]} "
            f"or {{Paid: present}}; states are {', '.join(STATES)}"
        )
    tests = []
    for column, wanted in alternative.items():
        negate = isinstance(wanted, dict)
        if negate and set(wanted) != {"not"}:
            raise ValueError(f"under {column} only `not` may stand, like {{not: [A, B]}}")
        value = wanted["not"] if negate else wanted
        if isinstance(value, str) and value in STATES:
            tests.append({"column": column, "states": (value,), "negate": negate})
        else:
            tests.append({"column": column, "values": one_or_many(value), "negate": negate})
    return tests


When = Annotated[Condition, BeforeValidator(_condition)]
