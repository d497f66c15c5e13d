"""Rows with a past: the versions of a record, each with the moment a system changed it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sandbox.world.columns import (
    MISSING,
    Coded,
    Column,
    Frame,
    Ints,
    Ref,
    height,
    nothing,
    rows,
    stack,
    take,
)
from sandbox.world.lexicon import COUNTRIES

DAY = 86_400
_OPENS_AT = np.array([{"CN": 1, "JP": 0, "US": 14}.get(country, 7) for country in COUNTRIES])
"""UTC hour at which an office of the country opens."""


def moment(chance: np.random.Generator, day: Ints, country: Ints, most_days_late: int = 0) -> Ints:
    """When a system recorded what happened on `day`: in office hours, some days later at most."""
    late = np.floor(chance.random(len(day)) ** 4 * (most_days_late + 1)).astype(np.int64)
    seconds = _OPENS_AT[country] * 3600 + chance.integers(0, 9 * 3600, len(day))
    return (day + late) * DAY + seconds


@dataclass(frozen=True)
class Change:
    """What became other in the rows at `index` of the record's first versions, and when."""

    index: Ints
    at: Ints
    columns: Frame = field(default_factory=dict)
    deletes: bool = False


def history(base: Frame, created: Ints, changes: Sequence[Change] = ()) -> Frame:
    """All versions, in the order of the base rows and then of time. Changes come in time order."""
    length = height(base)
    state: Frame = {
        **{name: _own(column) for name, column in base.items()},
        "created_at": created,
        "modified_at": created.copy(),
        "deleted_at": nothing(length),
        "_row": np.arange(length),
    }
    found = [rows(state, np.arange(length))] if changes else [state]
    for change in changes:
        for name, column in change.columns.items():
            _put(state[name], change.index, column)
        before = state["modified_at"][change.index]
        state["modified_at"][change.index] = np.maximum(change.at, before + 61)
        if change.deletes:
            state["deleted_at"][change.index] = state["modified_at"][change.index]
        found.append(rows(state, change.index))
    if not changes:
        state["superseded_at"] = nothing(length)
        del state["_row"]
        return state
    frame = stack(found)
    order = np.lexsort((frame["modified_at"], frame["_row"]))
    frame = rows(frame, order)
    row = frame.pop("_row")
    follows = np.r_[row[1:] == row[:-1], False]
    frame["superseded_at"] = np.where(follows, np.roll(frame["modified_at"], -1), MISSING)
    return frame


def _own(column: Column) -> Column:
    if isinstance(column, Coded | Ref | np.ndarray):
        return take(column, np.arange(len(column)))
    return column


def _put(column: Column, index: Ints, values: Column) -> None:
    if isinstance(column, Coded):
        if isinstance(values, Coded) and values.words is not column.words:
            raise ValueError("a change must use the words of the column it changes")
        column.codes[index] = values.codes if isinstance(values, Coded) else values
    elif isinstance(column, Ref):
        column.keys[index] = values.keys
    else:
        column[index] = values
