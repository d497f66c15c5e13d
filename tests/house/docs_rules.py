"""What holds for every document: the commands, files, settings and decisions it names exist.

A rule takes a document's name and text and says in sentences what to change.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_SHELL = ("sh", "bash", "console")
_COMMAND = re.compile(r"^(?:\$ )?(?:\.venv/bin/|docker compose exec \w[\w-]* )?(zixin|make)\b(.*)$")

_STATUS = re.compile(r"Status: (accepted|replaced by ADR \d+), [A-Z][a-z]+ \d{4}")

MOST_ADR_LINES = 60
ADR_PARTS = ("The question", "The decision", "What follows")
ADR_MAY = ("What was considered", "Measured")


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """The `zixin …` and `make …` commands a document tells people to type: (program, arguments)."""
    lines = list(_SPAN.findall(_FENCE.sub("", text)))
    for language, block in _FENCE.findall(text):
        if language in _SHELL:
            lines += block.replace("\\\n", " ").splitlines()
    for line in lines:
        for part in re.split(r"&&|;", line.split("  #")[0]):
            if match := _COMMAND.match(part.strip()):
                yield match[1], match[2].split()


def make_targets(makefile: str) -> dict[str, str]:
    """Targets people may call → what `make help` says of them."""
    return dict(re.findall(r"^([a-z]+):[^=\n]*## (.+)$", makefile, re.MULTILINE))


def make_commands_exist(name: str, text: str, targets: Mapping[str, str]) -> Iterator[str]:
    """A document may tell people to type a make target only when there is one."""
    for program, arguments in commands(text):
        target = next((word for word in arguments if "=" not in word), "")
        if program == "make" and target and target not in targets:
            yield f"{name}: the Makefile has no target {target}; it has {', '.join(targets)}"


def zixin_commands_exist(
    name: str, text: str, options: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    """… and a zixin command only with options it takes. `options[""]` are those of zixin itself."""
    for program, arguments in commands(text):
        if program != "zixin":
            continue
        command = next((word for word in arguments if not word.startswith("-")), "")
        if command and command not in options:
            yield f"{name}: there is no `zixin {command}`; there is {', '.join(filter(None, options))}"
            continue
        for word in arguments:
            option = word.split("=")[0]
            if option.startswith("-") and option not in options[command]:
                yield f"{name}: `zixin {command}` takes no {option}"


@cache
def anchors(text: str) -> set[str]:
    """The anchors that Markdown makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in plain}


def links_lead_somewhere(name: str, text: str, root: Path) -> Iterator[str]:
    """A link inside the repository leads to a file that is there, and to a heading in it."""
    here = root / name
    for link in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (here.parent / path) if path else here
        if not target.exists():
            yield f"{name}: the link to {link} leads nowhere"
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{name}: {path or name} has no heading #{anchor}"


def is_a_decision(name: str, text: str) -> Iterator[str]:
    """One page: number, status, the question, the decision, what follows."""
    number, _, words = Path(name).stem.partition("-")
    if not re.fullmatch(r"\d{4}", number) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", words):
        yield f"{name}: call it like 0007-what-it-decides.md"
        return
    lines = text.splitlines()
    if not lines or not re.fullmatch(rf"# {int(number)}\. \S.*", lines[0]):
        yield f"{name}: the first line is `# {int(number)}. What it decides`"
    if not any(_STATUS.fullmatch(line) for line in lines):
        yield f"{name}: say `Status: accepted, November 2026`, or what replaced it"
    parts = re.findall(r"^## (.+)$", _FENCE.sub("", text), re.MULTILINE)
    if [part for part in parts if part in ADR_PARTS] != list(ADR_PARTS):
        yield f"{name}: it has the parts {', '.join(ADR_PARTS)}, in this order"
    if unknown := sorted(set(parts) - {*ADR_PARTS, *ADR_MAY}):
        yield f"{name}: {', '.join(unknown)}: other parts are {', '.join(ADR_MAY)}"
    if len(lines) > MOST_ADR_LINES:
        yield f"{name}: {len(lines)} lines; a decision fits on a page ({MOST_ADR_LINES} lines)"


def decisions_are_numbered(names: Sequence[str]) -> Iterator[str]:
    """0001, 0002, …: no number twice, none left out."""
    numbers = [int(Path(name).stem[:4]) for name in sorted(names)]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"docs/adr: the numbers are {numbers}; the next free one is {max(numbers) + 1}"


def settings_are_documented(
    settings: set[str], compose: set[str], documents: Mapping[str, str]
) -> Iterator[str]:
    """Every variable is in every document about settings, and no document names another."""
    for name, text in documents.items():
        named = set(re.findall(r"\b(?:ZIXIN|POSTGRES)_[A-Z_]+", text))
        for variable in sorted((settings | compose) - named):
            yield f"{name} does not say what {variable} is; give it a line with its default"
        for variable in sorted(named - settings - compose - {"POSTGRES_DB", "POSTGRES_USER"}):
            yield f"{name} speaks of {variable}, which nothing reads"


def changelog_is_kept(text: str, version: str) -> Iterator[str]:
    """The version being built has an entry, and an entry is one sentence."""
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    entry = next((part for part in sections[1:] if part.split()[0] == version), None)
    if entry is None:
        yield f"CHANGELOG.md has no `## {version}`: say what a reader of a credit file would notice"
        return
    items = re.findall(r"^- (.+(?:\n  .+)*)", entry, re.MULTILINE)
    if not items:
        yield f"CHANGELOG.md, {version}: no entry; one sentence each, `- …`"
    for item in items:
        sentence = " ".join(item.split())
        if not sentence.endswith(".") or re.search(r"[.!?] [A-Z]", sentence):
            yield f"CHANGELOG.md, {version}: {sentence[:50]!r} … is not one sentence"
