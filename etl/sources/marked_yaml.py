"""YAML in which every scalar stays the text the author wrote, and every place knows its line.

YAML 1.1 turns `NO` into false, `2012-01-31` into a date and `0117` into 79. In a file that lists
country codes, formats and document types each of these is a wrong value without an error. Here
nothing is guessed: whoever reads the data (pydantic) knows which type a field has.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from etl.errors import ZixinError

Place = tuple[str | int, ...]
MOST_NODES = 100_000
MOST_DEPTH = 50
FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, eight times as fast: a night reads its book in every task."""


@dataclass(frozen=True)
class MarkedYaml:
    """What a file says (`data`: dicts, lists and text) and on which line each part stands."""

    path: Path
    data: Any
    lines: dict[Place, int]

    def line_of(self, place: Sequence[Hashable]) -> int:
        """The line (from 1) of the deepest part of `place` that the file really has.

        Steps that only a model knows, such as the name of a variant, are skipped.
        """
        found: Place = ()
        for step in place:
            if isinstance(step, str | int) and (*found, step) in self.lines:
                found = (*found, step)
        return self.lines.get(found, 1)


def read_marked_yaml(path: Path) -> MarkedYaml:
    """Read one YAML document. ZixinError when it is missing, not UTF-8, not YAML, or says a key
    twice (PyYAML itself would silently keep the last)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ZixinError(f"{path} does not exist; name a file that does.") from None
    except OSError as error:
        raise ZixinError(f"{path} cannot be read: {error}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ZixinError(
            f"{path}, line {line}: this is not UTF-8 text; save it as UTF-8."
        ) from None
    try:
        node = _composed(text, path)
    except (yaml.YAMLError, ValueError) as error:
        raise ZixinError(_not_yaml(error, text, path)) from None
    if node is None:
        raise ZixinError(f"{path} is empty; docs/your-own-ledger.md shows a complete one.")
    lines: dict[Place, int] = {}
    return MarkedYaml(path, _value(node, (), lines, path, ()), lines)


FOREIGN = {
    "：": "a ： of full width stands for :",
    "，": "a ， of full width stands for ,",
    "“": '“ stands for "',
    "”": '” stands for "',
    "\u00a0": "a no-break space stands for a space",
    "\u3000": "a wide space stands for a space",
}
"""What a Chinese keyboard or a word processor writes → in words."""


def _not_yaml(error: Exception, text: str, path: Path) -> str:
    """One sentence with the line; a sign that looks like YAML's own and is another one is named."""
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        found = ord(text[error.position])
        return f"{path}, line {line}: this is not YAML: it holds the sign U+{found:04X}."
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    if not mark:
        return f"{path}: this is not YAML: {problem}."
    lines = text.splitlines()
    for number in (mark.line, mark.line - 1):
        written = lines[number].split("#")[0] if 0 <= number < len(lines) else ""
        for sign, words in FOREIGN.items():
            if sign in written:
                return f"{path}, line {number + 1}: this is not YAML: {words}."
    return f"{path}, line {mark.line + 1}: this is not YAML: {problem}."


def _composed(text: str, path: Path) -> yaml.Node | None:
    try:
        return _by(FAST, text, path)
    except yaml.YAMLError:
        # What is wrong is said in the other one's words.
        return _by(yaml.SafeLoader, text, path)


def _by(loader: type[yaml.SafeLoader], text: str, path: Path) -> yaml.Node | None:
    """The document; its depth is looked at first, for composing it would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise ZixinError(f"{path}: it is more than {MOST_DEPTH} levels deep.")
    node: yaml.Node | None = yaml.compose(text, Loader=loader)
    return node


def _value(
    node: yaml.Node, place: Place, lines: dict[Place, int], path: Path, open_nodes: tuple[int, ...]
) -> Any:
    """The node as plain data; notes the line of everything under `place`."""
    line = node.start_mark.line + 1
    if id(node) in open_nodes:
        raise ZixinError(f"{path}, line {line}: an alias contains itself; write the part out.")
    if len(lines) > MOST_NODES:
        raise ZixinError(f"{path}, line {line}: the file has more than {MOST_NODES:,} parts.")
    lines.setdefault(place, line)
    inside = (*open_nodes, id(node))
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Any] = {}
        for key, child in _pairs(node, path):
            name = key.value
            if name in data:
                raise ZixinError(
                    f"{path}, line {key.start_mark.line + 1}: {name!r} is said twice here; "
                    "keep one of the two."
                )
            lines[(*place, name)] = key.start_mark.line + 1
            data[name] = _value(child, (*place, name), lines, path, inside)
        return data
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(child, (*place, index), lines, path, inside)
            for index, child in enumerate(node.value)
        ]
    return node.value


def _pairs(node: yaml.MappingNode, path: Path) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Key and value nodes; a key must be a plain scalar."""
    for key, child in node.value:
        if not isinstance(key, yaml.ScalarNode):
            line = key.start_mark.line + 1
            raise ZixinError(f"{path}, line {line}: a key must be a word, not a list or a map.")
        yield key, child
