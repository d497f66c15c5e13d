"""One pair of names, letter by letter: for the person who has to decide."""

from rapidfuzz.distance import Levenshtein

SHOWN = 60
"""Characters; beyond them the names are simply different."""


def difference(ours: str | None, theirs: str | None) -> str:
    """What `theirs` has in place of what `ours` has: `[械→器]`, `[+(中国)]`, `[-Ltd]`; empty when they
    are the same, when one is missing, and when they have too little in common to say."""
    if not ours or not theirs:
        return ""
    found = []
    for code in Levenshtein.opcodes(ours, theirs):
        before = ours[code.src_start : code.src_end]
        after = theirs[code.dest_start : code.dest_end]
        if code.tag == "replace":
            found.append(f"[{before}→{after}]")
        elif code.tag == "insert":
            found.append(f"[+{after}]")
        elif code.tag == "delete":
            found.append(f"[-{before}]")
    text = " ".join(found)
    return text if len(text) <= SHOWN else ""
