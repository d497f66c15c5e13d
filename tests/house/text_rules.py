"""What no file may say, whatever its language: the repository speaks of the product alone.

The patterns are written so that this file does not match itself.
"""

import re
from collections.abc import Iterator

REFUSED: tuple[tuple[str, str], ...] = (
    (
        r"(?<![\w.])/(?:work|root|home/[a-z]\w*|Users/\w+)/|[A-Z]:\\\\?Users",
        "a path of one machine; write it relative to the project, or to ZIXIN_HOME",
    ),
    (
        r"\b(?:py[p]i|files\.python[h]osted|registry\.np[m]js|repo\d?\.ma[v]en)\.org\b|--(?:extra-)?index-[u]rl",
        "a package registry; which one is used is a setting of the machine",
    ),
    (
        r"(?i)\bco-authored-[b]y\b|@auth[o]r\b|__auth[o]r__|\bgenerat[e]d (?:by|with) (?!`|make|python|zixin)",
        "who or what wrote something; git knows",
    ),
    (
        r"\b[\w.+-]+@(?!example\.(?:com|org)\b)[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|cn|ai)\b",
        "a person's address; use example.com",
    ),
)

URL_WITH_USER = re.compile(r"://[^\s/@]*@")


def speaks_of_the_product(name: str, text: str) -> Iterator[str]:
    """Machine paths, registries, authors."""
    for number, line in enumerate(text.splitlines(), 1):
        plain = URL_WITH_USER.sub("://", line)
        for pattern, why in REFUSED:
            if found := re.search(pattern, plain):
                yield f"{name}, line {number}: {found[0]!r} is {why}"


def whole_lines(name: str, text: str) -> Iterator[str]:
    """What makes a change look larger than it is."""
    if "\r\n" in text:
        yield f"{name} has Windows line ends; write it with \\n"
    for number, line in enumerate(text.splitlines(), 1):
        if line != line.rstrip():
            yield f"{name}, line {number}: spaces at its end"
            break
    if text and not text.endswith("\n"):
        yield f"{name} does not end with a line end"
