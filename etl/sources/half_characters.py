"""Pages with half a character in them: JSON to most readers, but not to the database.

A system that cuts texts by UTF-16 units leaves the first half of an emoji at the end of a field, written
as a lone escape. One such name must not hold a feed, so the half becomes U+FFFD, the mark for a character
that could not be read. The landed page stays as it came; what is read instead is a copy.
"""

import re
from pathlib import Path

UNREADABLE = "\ufffd"
_ESCAPE = re.compile(
    r"(?P<whole>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\.",
    re.DOTALL,
)
_HALF = re.compile("[\ud800-\udfff]")


def mended(page: Path, out: Path) -> Path:
    """`page`, or a copy in the folder `out` without half characters and without a byte order mark."""
    content = page.read_bytes()
    try:
        text = content.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError:
        return page
    text = _ESCAPE.sub(lambda found: UNREADABLE if found["half"] else found[0], text)
    better = _HALF.sub(UNREADABLE, text).encode()
    if better == content:
        return page
    copy = out / f"mended-{page.name}"
    copy.write_bytes(better)
    return copy
