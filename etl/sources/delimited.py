"""Read a delimited text file into a table of text, keeping the line every row stands on.

The parser is Arrow's: fast, streaming, and it hands over each line that does not fit. Python looks
at those lines only.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from etl.errors import BadInput
from etl.sources.config import Read
from etl.sources.encoding import as_utf8
from etl.sources.table import ROW, Ragged, Table, clean_name, require_columns, unique_names

DELIMITERS = (",", ";", "\t", "|")
HEAD = 1 << 18
BLOCK = 8 << 20
MOST_RAGGED = 100_000
MOST_BROKEN_QUOTES = 200
FIELD_LIMIT = 64 << 20


def read_delimited(path: Path, name: str, read: Read, needed: Sequence[str], out: Path) -> Table:
    """The file as a table whose rows are written to `out` (Parquet).

    `needed` are the columns the mapping reads. Where no delimiter is declared they decide it: the
    right one is the one under which they are there.

    Raises:
        BadInput: empty, not in its encoding, no such column, or a quote that never closes.
    """
    text, encoding, skip = as_utf8(path, name, read.encoding, out.with_suffix(".utf8"))
    csv.field_size_limit(FIELD_LIMIT)
    lines = _head_lines(text, skip)
    if len(lines) < read.header_row:
        raise BadInput(
            f"{name} has {len(lines)} lines, and header_row says {read.header_row}; correct it."
        )
    delimiter = _delimiter(lines, read, needed, path.suffix)
    records, taken = _head_records(lines, read, delimiter)
    header = unique_names(_fitted(records[0], records[1:]))
    require_columns(name, header, read.header_row, needed, records[1:50])

    offset = skip + sum(len(line.encode()) for line in lines[:taken])
    reader = _Reader(name, delimiter, read.quote, len(header))
    with (
        text.open("rb") as stream,
        pq.ParquetWriter(out, _schema(len(header)), compression="lz4") as writer,
    ):
        stream.seek(offset)
        rows = 0
        for batch in reader.batches(stream, taken + 1):
            writer.write_batch(batch)
            rows += batch.num_rows
    if reader.ragged and not rows:
        raise BadInput(
            f"{name}: line {reader.ragged[0].line} has {reader.ragged[0].fields} fields where the "
            f"header has {len(header)}, and so has every other; correct read: {{delimiter: …}}."
        )
    text.unlink() if text != path else None
    shown = "tab" if delimiter == "\t" else delimiter
    return Table(
        name=name,
        rows=out,
        header=header,
        row_count=rows,
        ragged=tuple(sorted(reader.ragged, key=lambda line: line.line)),
        written_as=f"{encoding}, delimiter {shown}",
        in_order=not reader.has_saved,
    )


def _head_lines(text: Path, skip: int) -> list[str]:
    """The first lines of the file, whole, with their line ends."""
    with text.open("rb") as stream:
        stream.seek(skip)
        head = stream.read(HEAD)
        is_all = not stream.read(1)
    lines = list(io.StringIO(head.decode("utf-8", errors="ignore"), newline=""))
    return lines if is_all or len(lines) < 2 else lines[:-1]


def _delimiter(lines: Sequence[str], read: Read, needed: Sequence[str], suffix: str) -> str:
    if read.delimiter != "auto":
        return "\t" if read.delimiter == "tab" else read.delimiter
    candidates = sorted(DELIMITERS, key=lambda sign: (sign != "\t") if suffix == ".tsv" else 0)
    found = {
        sign: sum(
            clean_name(column) in unique_names(_head_records(lines, read, sign)[0][0])
            for column in needed
        )
        for sign in candidates
    }
    best = max(candidates, key=lambda sign: found[sign])
    if found[best]:
        return best
    for sign in candidates:  # perhaps the header stands lower: require_columns will say so
        below = csv.reader(iter(lines[read.header_row : read.header_row + 50]), delimiter=sign)
        if any({clean_name(column) for column in needed} <= set(unique_names(r)) for r in below):
            return sign
    try:
        sample = "".join(lines[read.header_row - 1 :])
        return csv.Sniffer().sniff(sample, delimiters="".join(DELIMITERS)).delimiter
    except csv.Error:
        return best


def _head_records(
    lines: Sequence[str], read: Read, delimiter: str, most: int = 100
) -> tuple[list[list[str]], int]:
    """The header and up to `most` records after it, and how many lines the header ends at."""
    reader = csv.reader(iter(lines[read.header_row - 1 :]), **_dialect(delimiter, read.quote))
    records = [next(reader, [])]
    taken = read.header_row - 1 + reader.line_num
    try:
        for _, record in zip(range(most), reader, strict=False):
            records.append(record)
    except csv.Error:
        pass  # the whole file will tell
    return records, taken


def _dialect(delimiter: str, quote: str) -> dict[str, Any]:
    if not quote:
        return {"delimiter": delimiter, "quoting": csv.QUOTE_NONE, "quotechar": None}
    return {"delimiter": delimiter, "quotechar": quote}


def _fitted(header: list[str], records: Sequence[list[str]]) -> list[str]:
    """The header with or without the empty name that a delimiter at the end of lines makes."""
    widths = {len(record) for record in records if record}
    if not widths:
        return header
    while len(header) > max(widths) and not header[-1].strip():
        header = header[:-1]
    extra = min(widths) - len(header)
    if extra > 0 and not any("".join(record[len(header) :]).strip() for record in records):
        header = header + [""] * extra
    return header


def _schema(width: int) -> pa.Schema:
    texts = [(f"c{place}", pa.string()) for place in range(width)]
    return pa.schema([*texts, (ROW, pa.int64())])


class _Reader:
    """Good rows as batches; lines that do not fit in `ragged`."""

    def __init__(self, name: str, delimiter: str, quote: str, width: int) -> None:
        self.name = name
        self.delimiter = delimiter
        self.quote = quote
        self.width = width
        self.ragged: list[Ragged] = []
        self.has_saved = False
        self._broken_quotes = 0

    def batches(self, stream: Any, first_line: int) -> Iterator[pa.RecordBatch]:
        """Every good row of `stream`, whose first line is line `first_line` of the file."""
        rest = _Pass(self, stream, first_line)
        yield from rest.batches()
        for line, fields, text in rest.misfits():
            for batch in self._second_look(line, fields, text):
                self.has_saved = True
                yield batch

    def _second_look(self, line: int, fields: int, text: str) -> Iterator[pa.RecordBatch]:
        """Rows saved from a misfit: surplus that is empty, or lines behind a stray quote."""
        if "\n" in text and not self._is_well_quoted(text):
            self._broken_quotes += 1
            first, _, others = text.partition("\n")
            self._note(line, fields, first if self._broken_quotes < MOST_BROKEN_QUOTES else text)
            if self._broken_quotes < MOST_BROKEN_QUOTES:
                yield from self.batches(io.BytesIO(others.encode()), line + 1)
            return
        cells = next(csv.reader([text], **_dialect(self.delimiter, self.quote)), [])
        if len(cells) > self.width and not "".join(cells[self.width :]).strip():
            columns = [pa.array([cell], pa.string()) for cell in cells[: self.width]]
            yield pa.record_batch(
                [*columns, pa.array([line], pa.int64())], schema=_schema(self.width)
            )
        else:
            self._note(line, fields, text)

    def _is_well_quoted(self, text: str) -> bool:
        try:
            rows = csv.reader(
                io.StringIO(text, newline=""), strict=True, **_dialect(self.delimiter, self.quote)
            )
            return len(list(rows)) == 1
        except csv.Error:
            return False

    def _note(self, line: int, fields: int, text: str) -> None:
        self.ragged.append(Ragged(line, fields, text.rstrip("\r\n")))


class _Pass:
    """One run of the parser over a stream, with the line number of every row worked out in bulk."""

    def __init__(self, reader: _Reader, stream: Any, first_line: int) -> None:
        self.reader = reader
        self.stream = stream
        self.first_line = first_line
        self._misfits: list[tuple[int, int, str]] = []  # record number from 1, fields, text
        self._tall: list[tuple[int, int]] = []  # good rows over several lines: place, line ends
        self._good = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Good rows, blank lines left out. BadInput when the parser cannot go on."""
        width = self.reader.width
        names = [f"c{place}" for place in range(width)]
        try:
            stream = pa_csv.open_csv(
                self.stream,
                read_options=pa_csv.ReadOptions(
                    use_threads=False, column_names=names, block_size=BLOCK
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self.reader.delimiter,
                    quote_char=self.reader.quote or False,
                    newlines_in_values=bool(self.reader.quote),
                    ignore_empty_lines=False,
                    invalid_row_handler=self._keep_misfit,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                    check_utf8=False,
                ),
            )
            for batch in stream:
                yield self._numbered(batch)
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            if len(self._misfits) >= MOST_RAGGED:
                raise BadInput(
                    f"{self.reader.name} has more than {MOST_RAGGED:,} lines with another number "
                    f"of fields than its header ({width}); correct read: {{delimiter: …}}."
                ) from None
            raise BadInput(
                f"{self.reader.name}: after line {self.first_line + self._good} a quote opens and "
                "does not close again; correct that line or say read: {quote: ''}."
            ) from None

    def _keep_misfit(self, row: Any) -> str:
        self._misfits.append((row.number, row.actual_columns, row.text))
        return "skip" if len(self._misfits) < MOST_RAGGED else "error"

    def _numbered(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with each row's line, without the blank ones.

        Record k of the stream is the k-th line, plus the line ends inside earlier records, plus
        the misfits before it, which the parser has taken out.
        """
        places = np.arange(self._good, self._good + batch.num_rows)
        ends = _line_ends(batch)
        lines = self.first_line + places + self._misfits_before(places)
        lines += sum(count for _, count in self._tall)
        if ends is not None:
            lines += np.cumsum(ends) - ends
            tall = np.flatnonzero(ends)
            self._tall += zip((places[tall]).tolist(), ends[tall].tolist(), strict=True)
        self._good += batch.num_rows
        numbered = pa.record_batch(
            [*batch.columns, pa.array(lines, pa.int64())], schema=_schema(batch.num_columns)
        )
        return _without_blank(numbered)

    def _misfits_before(self, places: np.ndarray) -> np.ndarray:
        """Lines taken by the misfits that stand before each good row."""
        if not self._misfits:
            return np.zeros(len(places), dtype=np.int64)
        numbers = np.array([number for number, _, _ in self._misfits])
        heights = np.array([1 + text.rstrip("\r\n").count("\n") for _, _, text in self._misfits])
        good_before = numbers - 1 - np.arange(len(numbers))
        until = np.searchsorted(good_before, places, side="right")
        return np.concatenate([[0], np.cumsum(heights)])[until]

    def misfits(self) -> Iterator[tuple[int, int, str]]:
        """(line, fields, text) of each line that did not fit, when all batches have been read."""
        height = 0
        for nth, (number, fields, text) in enumerate(self._misfits):
            good = number - 1 - nth
            inside = sum(count for place, count in self._tall if place < good)
            yield self.first_line + good + inside + height, fields, text
            height += 1 + text.rstrip("\r\n").count("\n")


def _line_ends(batch: pa.RecordBatch) -> np.ndarray | None:
    """Line ends inside the fields of each row; None when there are none at all."""
    ends = None
    for column in batch.columns:
        data = column.buffers()[2]
        if data is not None and b"\n" in data.to_pybytes():
            found = pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
            ends = found if ends is None else ends + found
    return None if ends is None else ends.astype(np.int64)


def _without_blank(batch: pa.RecordBatch) -> pa.RecordBatch:
    blank = None
    for column in batch.columns[:-1]:
        empty = pc.equal(pc.utf8_trim_whitespace(column) if blank is not None else column, "")
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return batch
    return batch.filter(pc.invert(blank))
