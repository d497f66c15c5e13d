"""Which encoding a text file is in, and the same text as UTF-8 on disk. Files are read in blocks."""

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from etl.errors import BadInput

BLOCK = 1 << 20
SAMPLE = 1 << 18
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NOT_TEXT = (
    (b"PK\x03\x04", "an XLSX workbook or a ZIP archive: give it its own ending"),
    (b"\xd0\xcf\x11\xe0", "an old XLS workbook: save it as XLSX"),
    (b"%PDF", "a PDF: export the table as CSV or XLSX"),
    (b"\x1f\x8b", "a gzip archive: unpack it"),
    (b"PAR1", "a Parquet file: export the table as CSV or XLSX"),
)
# In this order where several read the sample alike: then the choice changes nothing.
CANDIDATES = (
    "gb18030",
    "cp1252",
    "big5",
    "shift_jis",
    "euc_kr",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1257",
)


def as_utf8(path: Path, name: str, declared: str, scratch: Path) -> tuple[Path, str, int]:
    """The file as UTF-8 with `\\n`, `\\r\\n` or both as line ends.

    Returns the file to read (`path` itself when it is UTF-8 already, else `scratch`), the encoding
    it was in, and how many bytes of byte-order mark to skip.

    Raises:
        BadInput: the file cannot be opened, is empty, is no text, or is not in `declared`.
    """
    head = _head(path, name)
    mark, marked = next(((mark, code) for mark, code in BOMS if head.startswith(mark)), (b"", ""))
    if declared == "auto":
        encoding = marked or _detected(path, name, head)
    else:
        encoding = codecs.lookup(declared).name
        # `utf-16` and `utf-8-sig` say that a mark may stand there: the mark then decides.
        encoding = (
            marked if marked and marked.startswith(encoding.removesuffix("-sig")) else encoding
        )
        mark = mark if encoding == marked else b""
    old_line_ends = b"\r" in head and b"\n" not in head
    if encoding in ("utf-8", "ascii", "utf-8-sig") and not old_line_ends:
        _decode(path, name, encoding.removesuffix("-sig"), len(mark), None, swap=False)
        return path, "utf-8", len(mark)
    _decode(path, name, encoding, len(mark), scratch, swap=_swaps(head, encoding, len(mark)))
    return scratch, encoding, 0


def _head(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(SAMPLE)
    except OSError as error:
        raise BadInput(f"{name} cannot be opened: {error.strerror}.") from None
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise BadInput(f"{name} is empty; export it again.")
    for magic, what in NOT_TEXT:
        if head.startswith(magic):
            raise BadInput(f"{name} is not text but {what}.")
    return head


def _swaps(head: bytes, encoding: str, skip: int) -> bool:
    """True when lines end in a lone carriage return, as old Macintosh exports do."""
    text = head[skip:].decode(encoding, errors="ignore")
    return "\r" in text and "\n" not in text


def _decode(
    path: Path, name: str, encoding: str, skip: int, target: Path | None, *, swap: bool
) -> None:
    """Read the whole file in `encoding`, strictly; write it as UTF-8 where there is a `target`."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    line = 1
    sink = target.open("w", encoding="utf-8", newline="") if target else None
    try:
        with path.open("rb") as stream:
            stream.seek(skip)
            while True:
                block = stream.read(BLOCK)
                text = decoder.decode(block, final=not block)
                line += text.count("\n")
                if sink:
                    sink.write(text.replace("\r", "\n") if swap else text)
                if not block:
                    return
    except UnicodeDecodeError as error:
        line += error.object[: error.start].count(b"\n")
        raise BadInput(
            f"{name} is not in {encoding}: line {line} makes no sense in it; "
            "name its encoding under read: {encoding: …}."
        ) from None
    finally:
        if sink:
            sink.close()


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _detected(path: Path, name: str, head: bytes) -> str:
    """UTF-8 when the whole file is; else what the lines with other bytes look most like."""
    for place, code in ((1, "utf-16-le"), (0, "utf-16-be")):
        # Latin text in UTF-16 without a mark: every second byte is zero.
        if head[place::2].count(0) > len(head) // 4:
            return code
    if _is_utf8(path):
        return "utf-8"
    best = from_bytes(_telling(path), cp_isolation=list(CANDIDATES)).best()
    if best is None:
        raise BadInput(
            f"{name} is not text in any encoding we know; "
            "if it is, name the encoding under read: {encoding: …}."
        )
    alike = best.could_be_from_charset
    return next((code for code in CANDIDATES if code in alike), best.encoding)


def _telling(path: Path) -> bytes:
    """The lines that are not plain ASCII, up to a sample's size: only they tell encodings apart."""
    found = bytearray()
    with path.open("rb") as stream:
        while len(found) < SAMPLE and (line := stream.readline(BLOCK)):
            if not line.isascii():
                found += line
    return bytes(found)
