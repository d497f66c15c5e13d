"""Columns of a table while it is made: whole numbers in numpy, texts as codes, keys as numbers.

Nothing here loops over rows. A money column is int64 hundredths, a day is int64 days since 1970, a
moment int64 seconds since 1970; MISSING stands for NULL in all of them. Texts are `Coded` (a code
into a list), `Ref` (a key that becomes the system's own id when written), `Number` (a document
number made of such a key) or an Arrow array.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

MISSING = np.iinfo(np.int64).min
SCALES = {"money": 2, "rate": 8, "share": 6, "score": 6, "quantity": 3, "hours": 2}

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Coded:
    """Text as a code into `words`; a negative code is NULL."""

    codes: Ints
    words: Sequence[str] | pa.Array

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Ref:
    """The id of a row of `table` (its number, 1 to 99): account * 10_000 + place; negative: NULL."""

    table: int
    keys: Ints

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True)
class Number:
    """A document number: prefix, dash, the ten digits of a key; negative: NULL."""

    prefix: str
    keys: Ints

    def __len__(self) -> int:
        return len(self.keys)


Column = Any
Frame = dict[str, Column]


def take(column: Column, index: Ints) -> Column:
    """The column's values at `index`."""
    if isinstance(column, Coded):
        return Coded(column.codes[index], column.words)
    if isinstance(column, Ref):
        return Ref(column.table, column.keys[index])
    if isinstance(column, Number):
        return Number(column.prefix, column.keys[index])
    if isinstance(column, pa.Array):
        return column.take(pa.array(index))
    return column[index]


def rows(frame: Mapping[str, Column], index: Ints) -> Frame:
    """The frame's rows at `index` (a mask will do)."""
    if index.dtype == bool:
        index = np.flatnonzero(index)
    return {name: take(column, index) for name, column in frame.items()}


def height(frame: Mapping[str, Column]) -> int:
    """How many rows."""
    return len(next(iter(frame.values())))


def stack(frames: Sequence[Frame]) -> Frame:
    """Frames of the same columns under each other."""
    return {name: _stacked([frame[name] for frame in frames]) for name in frames[0]}


def _stacked(parts: list[Column]) -> Column:
    first = parts[0]
    if isinstance(first, Ref):
        return Ref(first.table, np.concatenate([part.keys for part in parts]))
    if isinstance(first, Number):
        return Number(first.prefix, np.concatenate([part.keys for part in parts]))
    if all(isinstance(part, Coded) and part.words is first.words for part in parts):
        return Coded(np.concatenate([part.codes for part in parts]), first.words)
    if any(isinstance(part, Coded | pa.Array) for part in parts):
        return pa.concat_arrays([words_of(part) for part in parts])
    return np.concatenate(parts)


def words_of(column: Coded | pa.Array) -> pa.Array:
    """The texts themselves."""
    if isinstance(column, pa.Array):
        return column
    codes = np.where(column.codes < 0, 0, column.codes)
    words = column.words
    array = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
    return array.take(pa.array(codes, mask=column.codes < 0))


def constant(word: str, length: int) -> Coded:
    """The same text in every row."""
    return Coded(np.zeros(length, np.int64), [word])


def nothing(length: int) -> Ints:
    """NULL in every row."""
    return np.full(length, MISSING, np.int64)


def no_text(length: int) -> Coded:
    """NULL in every row of a text column."""
    return Coded(np.full(length, -1, np.int64), [""])


def each(counts: Ints) -> Ints:
    """0 0 0 1 1 3 for counts 3 2 0 1: the owner of each of the rows that owners have."""
    return np.repeat(np.arange(len(counts)), counts)


def place(owners: Ints) -> Ints:
    """0 1 2 0 1 0 for owners 4 4 4 7 7 9 (sorted): a row's place among its owner's."""
    if not len(owners):
        return owners
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    lengths = np.diff(np.r_[starts, len(owners)])
    return np.arange(len(owners)) - np.repeat(starts, lengths)


def decimal(values: Ints, kind: str) -> pa.Array:
    """Whole numbers of the kind's smallest part → DECIMAL."""
    missing = values == MISSING
    clean = np.where(missing, 0, values)
    pairs = np.empty((len(values), 2), np.int64)
    pairs[:, 0], pairs[:, 1] = clean, clean >> 63
    precision = {"share": 9, "hours": 9}.get(kind, 18)
    bitmap = None
    if missing.any():
        bitmap = pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    return pa.Array.from_buffers(
        pa.decimal128(precision, SCALES[kind]), len(values), [bitmap, pa.py_buffer(pairs)]
    )


def plain(values: Ints, kind: str) -> pa.Array:
    """Days, moments, counts, numbers and flags → Arrow."""
    missing = values == MISSING
    clean = np.where(missing, 0, values)
    if kind == "day":
        return pa.array(clean.astype("int32"), pa.int32(), mask=missing).view(pa.date32())
    if kind == "moment":
        return pa.array(clean * 1_000_000, pa.int64(), mask=missing).view(pa.timestamp("us"))
    if kind == "flag":
        return pa.array(clean.astype(bool), mask=missing)
    return pa.array(clean, pa.int32() if kind == "count" else pa.int64(), mask=missing)


def digits(values: Ints, width: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Each number as `width` ASCII digits, one row a number."""
    tens = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (values[:, None] // tens % 10 + 48).astype(np.uint8)


def texts(matrix: np.ndarray[Any, np.dtype[np.uint8]], missing: Any = None) -> pa.Array:
    """One row of ASCII codes a text; a code 0 is left out (texts may differ in length)."""
    kept = matrix != 0
    ends = np.cumsum(kept.sum(axis=1), dtype=np.int64)
    offsets = np.r_[np.int64(0), ends].astype(np.int32)
    bitmap = None
    if missing is not None and missing.any():
        bitmap = pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    data = matrix.tobytes() if kept.all() else matrix[kept].tobytes()
    return pa.Array.from_buffers(
        pa.string(), len(matrix), [bitmap, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
