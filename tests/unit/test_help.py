"""`zixin --help` reads well on a terminal of any width."""

import os
import subprocess
import sys

import pytest

VERBS = ("night", "show", "doctor", "train", "world", "sandbox")


def printed(width: int, *words: str) -> str:
    """What `zixin WORDS --help` prints on a terminal so wide."""
    environment = {**os.environ, "COLUMNS": str(width), "TERMINAL_WIDTH": str(width)}
    return subprocess.run(
        [sys.executable, "-c", "from etl.cli import app; app()", *words, "--help"],
        env=environment, capture_output=True, text=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize("width", [80, 200])
def test_a_paragraph_is_as_wide_as_the_terminal(width: int) -> None:
    text = printed(width, "night")

    # In the source this sentence is broken after "data".
    assert "its last good data stands." in " ".join(text.split())
    assert "good data\n" not in text
    assert max(len(line) for line in text.splitlines()) <= width


def test_every_verb_is_listed_and_says_how_it_is_called() -> None:
    listed = printed(80)

    for verb in VERBS:
        assert f"│ {verb} " in listed
        assert f"Example: zixin {verb}" in printed(80, verb)
