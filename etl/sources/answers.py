"""What connectors of the same kind read alike in an answer: the HTTP status, rows in a CSV, jobs."""

import re
from collections.abc import Iterable

from etl.errors import BadInput
from etl.sources.connector import Inconsistent, Meaning, Pull, Reply, Verdict

TOO_MANY = 429
TOO_EARLY = (408, 425)
SERVER = 500
SMALL = 1 << 20
"""Bytes of a CSV page that is counted at once."""
_SECONDS = re.compile(r"[0-9]{1,6}")


def by_status(reply: Reply, system: str) -> Verdict | None:
    """What the HTTP status says whatever the body does: slow down, or ask again later.

    None for every other status: there the system's own words count.
    """
    wait = reply.headers.get("retry-after", "")
    # Said otherwise (as a moment, as a very long wait) it is the client's to read: it knows the time.
    seconds = float(wait) if _SECONDS.fullmatch(wait) else None
    if reply.status == TOO_MANY:
        return Verdict(Meaning.SLOW, f"{system} asks us to slow down (HTTP 429)", seconds)
    if reply.status in TOO_EARLY or reply.status >= SERVER:
        return Verdict(Meaning.RETRY, f"{system} is out of order (HTTP {reply.status})", seconds)
    return None


def code_text(value: object, longest: int = 60) -> str:
    """A code or a few words from outside, fit for a sentence: letters, digits and plain signs."""
    return re.sub(r"[^\w .,:'()\[\]/-]+", " ", str(value))[:longest].strip()


def top_names(fields: Iterable[str]) -> tuple[str, ...]:
    """The row's own columns behind JSON paths: `Account_Name` for `Account_Name.id`, `invoices` for
    `invoices[].amount_applied`; each once, in their order."""
    return tuple(dict.fromkeys(re.split(r"[.\[]", field, maxsplit=1)[0] for field in fields))


def poll_pause(pull: Pull, looks: int, system: str) -> float:
    """Seconds until a job is looked at again: a tenth of a second, doubled from look to look.

    Options `poll_seconds`: the longest pause; `polls`: how often at most.

    Raises:
        BadInput: it has been looked at often enough.
    """
    if looks >= int(pull.options.get("polls", 500)):
        raise BadInput(f"{system}'s job for {pull.resource} is not done after {looks} looks.")
    return min(0.1 * 2.0 ** min(looks, 20), float(pull.options.get("poll_seconds", 30)))


def csv_rows(content: bytes) -> int:
    """How many rows a CSV with a header holds.

    Raises:
        Inconsistent: it is cut off, or no CSV.
    """
    if not content.strip():
        return 0
    if content.count(b'"') % 2:
        # The reader would take a field whose quote is never closed for a whole one.
        raise Inconsistent("a CSV page is cut off in the middle of a field")
    if len(content) <= SMALL and (rows := _even_rows(content)):
        return rows - 1
    import pyarrow as pa
    from pyarrow import csv

    try:
        # One column is enough to count; every line is still cut into all of its fields.
        table = csv.read_csv(
            pa.py_buffer(content),
            csv.ReadOptions(autogenerate_column_names=True, use_threads=False),
            csv.ParseOptions(newlines_in_values=True),
            csv.ConvertOptions(include_columns=["f0"], column_types={"f0": pa.string()}),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        raise Inconsistent("a CSV page is cut off or broken") from None
    return int(table.num_rows) - 1


def _even_rows(content: bytes) -> int:
    """How many lines a CSV has, its header with them; 0 when its lines do not all have as many fields,
    or one does not end: then somebody must look who reads quotes to the letter. For a small page the
    threads of such a reader take longer than its work."""
    import numpy as np

    marks = np.frombuffer(content, np.uint8)
    outside = ~np.logical_xor.accumulate(marks == ord('"'))
    ends = np.flatnonzero((marks == ord("\n")) & outside)
    if not len(ends) or ends[-1] != len(content) - 1:
        return 0
    commas = np.flatnonzero((marks == ord(",")) & outside)
    fields = np.diff(np.searchsorted(commas, ends), prepend=0)
    return len(ends) if commas.size and fields.min() == fields.max() else 0
