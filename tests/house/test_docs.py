"""Documents are kept by tests: what they name exists, and what exists is named."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

from etl import dictionary
from tests.house import docs_rules
from tests.house.repository import ROOT, files, listed, shown

DOCUMENTS = {shown(path): path.read_text(encoding="utf-8") for path in files(".md")}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = docs_rules.make_targets(MAKEFILE)
GUIDES = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/operations.md")


def zixin_options() -> dict[str, frozenset[str]]:
    """Command → its options, from the command line itself; "" for zixin without a command."""
    from etl.cli import app

    group = typer.main.get_command(app)
    found = {"": frozenset({"--help", "-h", *_options(group)})}
    for name, command in group.commands.items():
        found[name] = frozenset({"--help", "-h", *_options(command)})
    return found


def _options(command) -> list[str]:
    return [name for parameter in command.params for name in parameter.opts if name[0] == "-"]


OPTIONS = zixin_options()


def test_make_commands_exist() -> None:
    problems = [
        problem
        for name, text in DOCUMENTS.items()
        for problem in docs_rules.make_commands_exist(name, text, TARGETS)
    ]

    assert not problems, listed(problems)


def test_zixin_commands_exist() -> None:
    problems = [
        problem
        for name, text in DOCUMENTS.items()
        for problem in docs_rules.zixin_commands_exist(name, text, OPTIONS)
    ]

    assert not problems, listed(problems)


def test_links_lead_somewhere() -> None:
    problems = [
        problem
        for name, text in DOCUMENTS.items()
        for problem in docs_rules.links_lead_somewhere(name, text, ROOT)
    ]

    assert not problems, listed(problems)


def test_every_command_is_documented() -> None:
    told = [
        command
        for name in GUIDES
        for command in docs_rules.commands(DOCUMENTS[name])
    ]  # fmt: skip
    typed = {(program, argument) for program, arguments in told for argument in arguments}

    missing = [f"make {target}" for target in TARGETS if ("make", target) not in typed]
    missing += [f"zixin {name}" for name in filter(None, OPTIONS) if ("zixin", name) not in typed]

    assert not missing, f"{', '.join(GUIDES)} do not mention {', '.join(missing)}"


def test_every_option_is_documented() -> None:
    told = {
        (word, option.split("=")[0])
        for name in GUIDES
        for program, arguments in docs_rules.commands(DOCUMENTS[name])
        if program == "zixin"
        for word in (*(a for a in arguments if a in OPTIONS), "")
        for option in arguments
    }
    missing = [
        f"zixin {name} {option}".replace("  ", " ")
        for name, options in OPTIONS.items()
        for option in sorted(
            options - {"--help", "-h", "--install-completion", "--show-completion"}
        )
        if (name, option) not in told
    ]

    assert not missing, f"docs/operations.md, Commands: say what {', '.join(missing)} does"


def test_every_document_is_in_the_index() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        guides = [doc for doc in DOCUMENTS if re.fullmatch(r"docs/[^/]+\.md", doc)]
        if name == "README.md":
            guides += [doc for doc in DOCUMENTS if doc.startswith("docs/adr/")]
        missing = [doc for doc in guides if f"]({doc})" not in DOCUMENTS[name]]

        assert not missing, f"{name}: link {', '.join(missing)} in its last table"


def test_every_target_is_in_the_help() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))

    assert targets - set(TARGETS) <= {"setup"}, "give the target a `## what it does`"


def test_the_readme_opens_with_a_sentence_and_two_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        screen = DOCUMENTS[name].splitlines()[:50]
        typed = list(docs_rules.commands("\n".join(screen)))

        assert screen[0].startswith("# "), f"{name}: the first line is the name"
        assert len(screen[2]) > 20, f"{name}: the third line says what it is, in a sentence"
        assert typed[:2] == [("make", ["run"]), ("make", ["test"])], (
            f"{name}: the first screen has the two commands"
        )


def test_both_readmes_tell_the_same_commands() -> None:
    english, chinese = (
        {program + " ".join(word for word in arguments if word[0] != "-") for program, arguments in
         docs_rules.commands(DOCUMENTS[name])}
        for name in ("README.md", "README.zh-CN.md")
    )  # fmt: skip

    assert english == chinese


def test_what_ci_runs_is_what_the_readme_says() -> None:
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_settings_are_documented() -> None:
    python = (ROOT / "etl/settings.py").read_text(encoding="utf-8")
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    problems = docs_rules.settings_are_documented(
        set(re.findall(r'"(ZIXIN_[A-Z_]+)"', python)),
        set(re.findall(r"\$\{((?:ZIXIN|POSTGRES)_[A-Z_]+)", compose)),
        {"docs/operations.md": DOCUMENTS["docs/operations.md"], ".env.example": example},
    )

    assert not (found := list(problems)), listed(found)


def test_decisions_fit_on_a_page() -> None:
    pages = {name: text for name, text in DOCUMENTS.items() if name.startswith("docs/adr/")}
    problems = [
        problem for name, text in pages.items() for problem in docs_rules.is_a_decision(name, text)
    ]
    problems += docs_rules.decisions_are_numbered(list(pages))

    assert not problems, listed(problems)


def test_the_changelog_is_kept() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    problems = list(docs_rules.changelog_is_kept(DOCUMENTS["CHANGELOG.md"], project["version"]))

    assert not problems, listed(problems)


def test_the_data_dictionary_is_fresh() -> None:
    assert DOCUMENTS["docs/data-dictionary.md"] == dictionary.render(), (
        "docs/data-dictionary.md is stale: run `.venv/bin/python -m etl.dictionary` and commit it"
    )


def test_the_sql_guide_names_what_is_refused() -> None:
    from tests.house.sql_rules import REFUSED

    guide = DOCUMENTS["sql/README.md"].replace("`", "")
    constructs = [
        what.split(" and ")[0] for _, constructs, _ in REFUSED for what in constructs.split(", ")
    ]
    missing = [construct for construct in constructs if construct not in guide]

    assert not missing, f"sql/README.md does not say what to write instead of {missing}"


def test_every_folder_of_tests_is_explained() -> None:
    folders = {path.relative_to(ROOT).parts[1] for path in files(".py", under=("tests",))}
    folders = {name for name in folders if "." not in name}
    explained = set(re.findall(r"^\| `(\w+)/` \|", DOCUMENTS["tests/README.md"], re.MULTILINE))

    assert folders <= explained, (
        "tests/README.md: say what the folder holds and when to write there"
    )


# --- the rules can fail ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "run `make everything`",
        "```sh\nmake everything   # at once\n```",
        "```sh\n$ make everything\n```",
        "run `make everything AS_OF=2026-11-20`",
    ],
)
def test_a_target_that_is_not_there_is_found(text: str) -> None:
    assert len(list(docs_rules.make_commands_exist("x.md", text, TARGETS))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "run `zixin dance`",
        "run `zixin show C-1 --language zh`",
        "```sh\n.venv/bin/zixin night --when 2026-11-20\n```",
        "```sh\ndocker compose exec scheduler zixin dance\n```",
        "run `zixin --loud`",
    ],
)
def test_a_command_that_is_not_there_is_found(text: str) -> None:
    assert len(list(docs_rules.zixin_commands_exist("x.md", text, OPTIONS))) == 1


def test_what_is_there_is_not_found() -> None:
    text = (
        '`zixin` alone, `zixin show C-1 --lang zh`, `make test ARGS="-k dso"`, `makes` no sense\n'
        "```text\nzixin is not typed here\n```\n```sh\nls && .venv/bin/zixin night --json\n```\n"
    )

    assert list(docs_rules.zixin_commands_exist("x.md", text, OPTIONS)) == []
    assert list(docs_rules.make_commands_exist("x.md", text, TARGETS)) == []


def test_a_link_to_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A heading, here\n", encoding="utf-8")
    text = (
        "[a](there.md) [b](there.md#a-heading-here) [c](https://example.com/x) "
        "[d](gone.md) [e](there.md#gone) [f](#gone)"
    )
    (tmp_path / "x.md").write_text(text, encoding="utf-8")

    assert len(list(docs_rules.links_lead_somewhere("x.md", text, tmp_path))) == 3


GOOD_DECISION = (
    "# 7. We do\n\nStatus: accepted, November 2026\n\n## The question\n\n## The decision\n\n"
    "## What follows\n"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docs/adr/seven.md", GOOD_DECISION),
        ("docs/adr/0008-we-do.md", GOOD_DECISION),
        ("docs/adr/0007-we-do.md", GOOD_DECISION.replace("Status: accepted", "Status: maybe")),
        ("docs/adr/0007-we-do.md", GOOD_DECISION.replace("## What follows\n", "")),
        ("docs/adr/0007-we-do.md", GOOD_DECISION + "## Appendix\n"),
        ("docs/adr/0007-we-do.md", GOOD_DECISION + "and on\n" * 60),
    ],
)
def test_a_decision_out_of_form_is_found(name: str, text: str) -> None:
    assert len(list(docs_rules.is_a_decision(name, text))) == 1


def test_a_decision_in_form_is_not_found() -> None:
    assert list(docs_rules.is_a_decision("docs/adr/0007-we-do.md", GOOD_DECISION)) == []


def test_a_number_given_twice_is_found() -> None:
    assert len(list(docs_rules.decisions_are_numbered(["0001-a.md", "0001-b.md"]))) == 1
    assert len(list(docs_rules.decisions_are_numbered(["0001-a.md", "0003-b.md"]))) == 1


def test_an_undocumented_setting_is_found() -> None:
    problems = list(
        docs_rules.settings_are_documented(
            {"ZIXIN_HOME"}, {"ZIXIN_PORT"}, {"x.md": "ZIXIN_HOME and ZIXIN_HOUSE"}
        )
    )

    assert len(problems) == 2, listed(problems)


@pytest.mark.parametrize(
    "text",
    [
        "# Changelog\n\n## 0.0.9\n\n- Something.\n",
        "# Changelog\n\n## 0.1.0\n\nNothing.\n",
        "# Changelog\n\n## 0.1.0\n\n- Two. Sentences.\n",
        "# Changelog\n\n## 0.1.0\n\n- no end\n",
    ],
)
def test_a_neglected_changelog_is_found(text: str) -> None:
    assert len(list(docs_rules.changelog_is_kept(text, "0.1.0"))) == 1


def test_the_book_files_of_the_guide_are_book_files(tmp_path: Path) -> None:
    from etl.sources.config import read_book

    guide = DOCUMENTS["docs/your-own-ledger.md"]
    books = [
        block
        for block in re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
        if "feeds:" in block
    ]
    assert books, "docs/your-own-ledger.md shows no whole book file"

    for number, text in enumerate(books):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        assert read_book(path).feeds


def test_every_key_of_a_book_file_is_described() -> None:
    from etl.sources import config

    parts = (config.Book, config.Feed, config.Read, config.Number, config.FieldMapping)
    keys = {name for part in parts for name in part.model_fields}
    keys |= set(config.RecordMapping.model_fields) - {"fields"}
    described = set(re.findall(r"`(\w+)`|\b(\w+):", DOCUMENTS["docs/your-own-ledger.md"]))
    described = {word for pair in described for word in pair}

    missing = sorted(keys - described - {"path"})
    assert not missing, f"docs/your-own-ledger.md does not say what {', '.join(missing)} means"


def test_every_system_is_described() -> None:
    from etl.sources.config import MAPPINGS
    from etl.sources.systems import SYSTEMS

    guide = DOCUMENTS["docs/systems.md"]
    shipped = [mapping.stem for mapping in sorted(MAPPINGS.glob("*.yaml"))]

    missing = [name for name in {*SYSTEMS, *shipped} if f"`{name}`" not in guide]
    assert not missing, f"docs/systems.md does not say what {', '.join(sorted(missing))} is"


def test_the_connections_of_the_guide_have_what_their_systems_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from datetime import UTC, datetime

    from etl.sources.connections import connection
    from etl.sources.connector import Ask, Token
    from etl.sources.systems import SYSTEMS, system

    shown = re.findall(
        r"^export (AIRFLOW_CONN_[A-Z_]+)='(.*?)'$",
        DOCUMENTS["docs/systems.md"],
        re.MULTILINE | re.DOTALL,
    )
    for name, text in shown:
        monkeypatch.setenv(name, text)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    token = Token(dict.fromkeys(("access_token", "accessToken", "token"), "made-up"))

    for name in SYSTEMS:
        connector = system(name)
        # A connection that lacks something, or is not shown, is a BadInput.
        who = connection(connector.connection_name or connector.name)
        connector.login(who, now)
        connector.sign(Ask("/", body={}), token, who, now)
        assert connector.host(who)
