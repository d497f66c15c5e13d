"""Credit files, portfolio, quality page and changes: what they say, and that they can be trusted."""

import csv
import hashlib
import json
import re
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from etl.catalogue import catalogue
from etl.models import comparisons
from etl.publish.assets import PAGES, contents, copy_assets, indicators, inline_json, words
from etl.publish.changes import SCHEMA as CHANGES_SCHEMA
from etl.publish.changes import write_changes
from etl.publish.credit_files import SCHEMA
from etl.publish.names import PARTS, file_stem, file_stem_sql, part_of
from etl.publish.show import render_text
from etl.validation.tables import contracts
from tests.published_night import (
    AS_OF,
    BOOK,
    HOSTILE_CAUSE,
    HOSTILE_ID,
    HOSTILE_NAME,
    publish,
    without,
)  # fmt: skip
from tests.small_night import Rows, build_night

# What compares nights is beside the credit files, never in them.
COMPARING = {
    *(f"{name}.{kind}" for name in ("changes", "compare") for kind in ("js", "json")),
    "alerts.json",
    *(f"alerts/{part}.js" for part in PARTS),
    "changes.parquet",
    *(f"tables/{one.full_name}.parquet" for one in (*comparisons(), *contracts())),
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder of the small book."""
    root = tmp_path_factory.mktemp("night")
    return publish(build_night(root / "lake", BOOK, AS_OF), root / "published")[0]


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder of who has many bills, and of who paid one without saying which."""
    root = tmp_path_factory.mktemp("more")
    bill = {"customer_id": "C", "invoice_date": "2026-09-01", "amount": "1.00", "currency": "CNY"}
    rows = [
        {**bill, "invoice_id": f"I-{n:04d}", "due_date": "2026-10-01" if n else "2026-09-01"}
        for n in range(230)
    ]
    old = {"customer_id": "K", "invoice_date": "2024-05-01", "due_date": "2024-06-01"}
    paid = {"customer_id": "K", "payment_id": "P", "payment_date": "2024-06-02", "kind": "cash"}
    money = {"amount": "100.00", "currency": "CNY"}
    book: Rows = {
        "invoice": [*rows, {**old, **money, "invoice_id": "OLD"}],
        "payment": [{**paid, **money}],
    }
    return publish(build_night(root / "lake", book, AS_OF), root / "published")[0]


def credit_file(night: Path, customer_id: str) -> dict[str, Any]:
    """A customer's document, found the way a reader finds it."""
    index = json.loads((night / "customers/index.json").read_text(encoding="utf-8"))
    path = night / "customers" / f"{index[customer_id]}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def letter(document: dict[str, Any], name: str, policy: str = "article") -> dict[str, Any]:
    """One letter under one policy."""
    assessment = next(one for one in document["assessments"] if one["policy_id"] == policy)
    found: dict[str, Any] = next(one for one in assessment["letters"] if one["letter"] == name)
    return found


class TestDocument:
    def test_every_document_keeps_to_the_schema_and_nobody_is_missing(self, night: Path) -> None:
        schema = json.loads((night / SCHEMA.name).read_bytes())
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        index = json.loads((night / "customers/index.json").read_text(encoding="utf-8"))
        assert set(index) == {row["customer_id"] for row in BOOK["customer"]}
        for customer_id in index:
            validator.validate(credit_file(night, customer_id))

    def test_the_schema_allows_nothing_it_does_not_describe(self) -> None:
        schema = json.loads(SCHEMA.read_bytes())
        for part in (schema, *schema["$defs"].values()):
            if part.get("type") == "object":
                assert part["additionalProperties"] is False
                assert set(part["required"]) == set(part["properties"])

    def test_the_letters_say_what_they_judged(self, night: Path) -> None:
        document = credit_file(night, "C-1")
        overdue = letter(document, "overdue")
        assert (overdue["grade"], overdue["value"], overdue["basis"]) == ("D", "20.000000", "worst")
        assert [limit["operator"] for limit in overdue["limits"]] == ["≤", "<", "<", "≥"]
        active = document["assessments"][0]
        assert active["is_active"]
        assert active["policy_id"] == "article"
        assert active["final_grade"] == "D"
        assert "overdue" in active["veto_reasons"]
        assert letter(document, "competitor")["reason"] == "reseller_unknown"
        assert letter(credit_file(night, "c-1"), "competitor")["reason"] == "not_a_reseller"

    @pytest.mark.parametrize("name", ["overdue", "collection"])
    @pytest.mark.parametrize("customer", ["C-1", "c-1"])
    def test_the_rows_behind_a_letter_are_the_rows_it_counted(
        self, night: Path, customer: str, name: str
    ) -> None:
        document = credit_file(night, customer)
        rows = document["evidence"]["judged_items"]["rows"]
        judged = [row for row in rows if row[f"is_{name}_judged"]]
        assert len(judged) == letter(document, name)["item_count"] > 0

    def test_money_is_exact_to_the_cent_beyond_what_a_double_holds(self, night: Path) -> None:
        document = credit_file(night, "C-2")
        rows = document["evidence"]["open_items"]["rows"]
        assert "90071992547409.93" in {row["amount"] for row in rows}
        aging = {book["currency"]: book["ledger_amount"] for book in document["aging"]}
        assert aging == {"CNY": "85.00", "XXX": "90071992547409.93"}
        assert document["standing"]["no_fx_item_cnt"] == 1

    def test_buckets_add_up_to_the_ledger_in_every_currency(self, night: Path) -> None:
        for customer in ("C-1", "c-1", "C-2"):
            for book in credit_file(night, customer)["aging"]:
                amounts = [Decimal(bucket["amount"]) for bucket in book["buckets"]]
                assert f"{sum(amounts):.2f}" == book["total_amount"] == book["ledger_amount"]

    def test_unknown_is_null_with_a_reason_and_never_zero(self, night: Path) -> None:
        document = credit_file(night, "CON")
        assert document["assessments"][0]["final_grade"] == "NR"
        for row in document["indicators"]:
            assert row["value"] is not None or row["reason"]
        dso = next(row for row in document["indicators"] if row["indicator"] == "dso")
        assert (dso["value"], dso["reason"]) == (None, "never_billed")

    def test_the_other_evidence_is_there(self, night: Path) -> None:
        first, second = credit_file(night, "C-1"), credit_file(night, "c-1")
        assert first["evidence"]["disputes"]["rows"][0]["amount"] == "400.00"
        assert second["evidence"]["claims"]["rows"][0]["kind"] == "payout"
        unapplied = {row["kind"]: row["amount"] for row in second["evidence"]["unapplied"]["rows"]}
        assert unapplied == {"cash": "33.00", "credit": "7.00"}

    def test_what_would_change_it_is_said(self, night: Path) -> None:
        kinds = {event["kind"] for event in credit_file(night, "c-1")["outlook"]["rows"]}
        assert "pay_by" in kinds

    def test_refused_rows_about_a_customer_are_named_in_its_file(self, night: Path) -> None:
        by_key = credit_file(night, "C-2")["assurance"]["quarantined"]
        by_invoice = credit_file(night, "C-1")["assurance"]["quarantined"]
        assert (by_key["count"], by_invoice["count"]) == (1, 1)
        assert credit_file(night, "c-1")["assurance"]["quarantined"] == {"count": 0, "rows": []}
        assert [
            source["age_days"] for source in credit_file(night, "C-1")["assurance"]["sources"]
        ] == [3, 0]

    def test_what_others_say_is_there_and_what_waits_is_counted(self, night: Path) -> None:
        said = credit_file(night, "C-2")["outside"]
        assert (said["state"], said["asked_on"], said["answered_on"]) == (
            "answered", "2026-11-18", "2026-11-18",
        )  # fmt: skip
        (case,) = said["cases"]["rows"]
        assert (case["role"], case["is_claimed_from"], case["stage"]) == (
            "defendant", True, "judgment",
        )  # fmt: skip
        assert case["cause"] == HOSTILE_CAUSE
        assert (case["amount"], case["currency"]) == ("90071992547409.93", "CNY")
        assert (case["method"], case["link_score"]) == ("number", "1.000000")
        (score,) = said["scores"]["rows"]
        assert (score["score"], score["score_max"], score["recommended_limit"]) == (
            "812.500000", "1000.000000", "35000.00",
        )  # fmt: skip
        assert [row["level"] for row in said["tax_levels"]["rows"]] == ["B"]
        assert [row["status"] for row in said["registrations"]["rows"]] == ["revoked"]
        assert said["waiting"] == {
            "count": 1, "rows": [{"record_kind": "court_party", "count": 1}],
        }  # fmt: skip
        (listed,) = credit_file(night, "c-1")["outside"]["listings"]["rows"]
        assert (listed["kind"], listed["status"]) == ("dishonest", "open")

    def test_nobody_was_asked_is_not_nothing_was_found(self, night: Path) -> None:
        nobody = credit_file(night, "C-1")["outside"]
        assert (nobody["state"], nobody["asked_on"]) == ("not_asked", None)
        failed = credit_file(night, HOSTILE_ID)["outside"]
        assert (failed["state"], failed["cases"]["state"]) == ("unanswered", "unanswered")
        # The one who was asked about courts and lists was not asked about registrations.
        some = credit_file(night, "C-2")["outside"]
        assert (some["listings"]["state"], some["listings"]["count"]) == ("answered", 0)
        assert some["listings"]["answered_on"] == "2026-11-18"
        assert some["tax_levels"]["state"] == "not_asked"

    def test_a_long_list_shows_its_weightiest_rows_and_its_count(self, more: Path) -> None:
        listed = credit_file(more, "C")["evidence"]["judged_items"]
        assert (listed["count"], len(listed["rows"])) == (230, 200)
        assert listed["rows"][0]["invoice_id"] == "I-0000"

    def test_what_cash_on_account_covers_is_open_and_says_so(self, more: Path) -> None:
        """It was paid for the letters long ago; the ledger waits for somebody to apply the cash."""
        rows = credit_file(more, "K")["evidence"]["open_items"]["rows"]
        assert [(row["invoice_id"], row["excluded_reason"]) for row in rows] == [("OLD", "covered")]


class TestBytes:
    def test_the_same_night_gives_the_same_bytes(self, tmp_path: Path, night: Path) -> None:
        shuffled = {entity: list(reversed(rows)) for entity, rows in BOOK.items()}
        again, _ = publish(
            build_night(tmp_path / "lake", shuffled, AS_OF, threads=4), tmp_path / "published"
        )
        assert digests(again) == digests(night)

    def test_a_night_before_changes_no_credit_file(self, after: Path, night: Path) -> None:
        first = digests(night)
        moved = {name for name, sha in digests(after).items() if first[name] != sha}
        assert {"changes.js", "changes.json", "changes.parquet"} <= moved <= COMPARING

    def test_assets_are_copied_once_under_the_hash_of_their_content(self, tmp_path: Path) -> None:
        first = copy_assets(tmp_path)
        stamp = (tmp_path / first / "zixin.js").stat().st_mtime_ns
        assert copy_assets(tmp_path) == first
        assert (tmp_path / first / "zixin.js").stat().st_mtime_ns == stamp
        assert {path.name for path in (tmp_path / first).iterdir()} == set(contents())


def digests(folder: Path) -> dict[str, str]:
    """Relative path -> SHA-256 of every file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class TestNames:
    @pytest.mark.parametrize("customer_id", ["C-1", "0187-ERLSR", "A_B", "7"])
    def test_a_plain_number_is_its_own_file_name(self, customer_id: str) -> None:
        assert file_stem(customer_id) == customer_id

    @pytest.mark.parametrize(
        "customer_id",
        ["c-1", "CON", "..", "../../etc/passwd", "", "客户", "X" * 300, ".hidden", "A.html", "a b"],
    )
    def test_any_other_number_is_hashed_and_stays_inside_the_folder(self, customer_id: str) -> None:
        assert re.fullmatch(r"_[A-Za-z0-9_-]{0,40}\.[0-9a-f]{16}", file_stem(customer_id))

    @given(st.lists(st.text(max_size=90), min_size=2, max_size=8, unique=True))
    def test_no_two_customers_share_a_file_even_where_case_is_ignored(self, ids: list[str]) -> None:
        try:
            stems = [file_stem(one).lower() for one in (*ids, *(one.swapcase() for one in ids))]
        except UnicodeEncodeError:
            return  # a lone surrogate: no UTF-8 file and no database can hold it
        assert len(set(stems)) == len({*ids, *(one.swapcase() for one in ids)})

    def test_sql_and_python_name_the_same_file(self, night: Path) -> None:
        index = json.loads((night / "customers/index.json").read_text(encoding="utf-8"))
        assert index == {customer_id: file_stem(customer_id) for customer_id in index}
        assert (
            "'"
            not in file_stem_sql("customer_id").replace("''", "").split("THEN")[1].split("ELSE")[0]
        )

    def test_every_customer_has_a_page_and_a_file(self, night: Path) -> None:
        index = json.loads((night / "customers/index.json").read_text(encoding="utf-8"))
        expected = {f"{stem}.{kind}" for stem in index.values() for kind in ("json", "html")}
        assert {path.name for path in (night / "customers").iterdir()} == expected | {"index.json"}


class TestPages:
    def test_the_document_in_a_page_is_the_document(self, night: Path) -> None:
        stem = file_stem(HOSTILE_ID)
        page = (night / f"customers/{stem}.html").read_text(encoding="utf-8")
        inside = re.search(
            r'<script type="application/json" id="document">(.*?)</script>', page, re.DOTALL
        )
        assert inside
        assert json.loads(inside[1]) == credit_file(night, HOSTILE_ID)
        assert not re.search("[<>\u2028\u2029]", inside[1])
        assert HOSTILE_NAME not in page

    def test_inline_json_closes_nothing(self) -> None:
        text = json.dumps({"name": "</script><!--\u2028]]>"}, ensure_ascii=False)
        assert json.loads(inline_json(text)) == json.loads(text)
        assert "<" not in inline_json(text)

    def test_a_page_loads_its_own_part_of_the_alerts(self, night: Path) -> None:
        listed = json.loads((night / "alerts.json").read_bytes())["customers"]
        shown: dict[str, Any] = {}
        for name in PARTS:
            script = (night / f"alerts/{name}.js").read_text(encoding="utf-8")
            text = json.loads(script[script.index("JSON.parse(") + 11 : script.rindex(");")])
            assert all(part_of(customer) == name for customer in json.loads(text)["customers"])
            shown |= json.loads(text)["customers"]
            assert "<" not in script
        assert shown == listed
        for customer in ("C-1", HOSTILE_ID):
            page = (night / f"customers/{file_stem(customer)}.html").read_text(encoding="utf-8")
            assert f'<script src="../alerts/{part_of(customer)}.js"></script>' in page
            assert "@part@" not in page

    def test_our_scripts_ask_nothing_of_the_network_and_build_no_markup(self) -> None:
        forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "fetch(",
                     "XMLHttpRequest", "import(", "eval(", "new Function", "http:", "https:")  # fmt: skip
        for name in (
            "zixin.js",
            "credit_file.js",
            "outside.js",
            "portfolio.js",
            "quality.js",
            "zixin.css",
            "shell.html",
        ):
            text = (PAGES / name).read_text(encoding="utf-8")
            assert not [word for word in forbidden if word in text], name

    def test_every_page_forbids_itself_the_network(self, night: Path) -> None:
        pages = [night / "index.html", night / "quality.html", night / "customers/C-1.html"]
        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert "default-src 'none'" in text
            for link in re.findall(r'(?:src|href)="([^"]*)"', text):
                assert link == "data:," or not re.match(r"[a-z]+:|//", link)
                if link != "data:,":
                    assert (page.parent / link).resolve().is_file(), link

    def test_every_word_has_both_languages_and_every_word_used_exists(self) -> None:
        known = words()
        assert all(len(pair) == 2 and all(pair) for pair in known.values())
        used: set[str] = set()
        for path in sorted(PAGES.glob("*.js")):
            used |= set(re.findall(r'word\("([a-z0-9_.]+)"', path.read_text(encoding="utf-8")))
        assert used <= set(known)

    def test_every_reason_and_unit_the_catalogue_gives_has_words(self) -> None:
        rows = [asdict(line) for line in catalogue()]
        known = words()
        for row in rows:
            assert f"reason.{row['null_reason']}" in known, row["indicator"]
            assert row["unit"] in (
                "",
                "share",
                "days",
                "money",
                "percent",
                "flag",
                "count",
                "ratio",
            ) or (f"unit.{row['unit']}" in known)
            assert all(row[column] for column in ("name_zh", "name_en", "meaning_zh", "meaning_en"))
        assert set(indicators()) == {row["indicator"] for row in rows}


class TestPortfolio:
    def test_it_adds_up_and_lists_everybody(self, night: Path) -> None:
        book = json.loads((night / "portfolio.json").read_bytes())
        rows = [
            dict(zip(book["customers"]["columns"], row, strict=True))
            for row in book["customers"]["rows"]
        ]
        assert len(rows) == book["totals"]["customers"] == len(BOOK["customer"])
        total = sum(Decimal(row["open_amount"]) for row in rows)
        assert book["totals"]["open_amount"] == f"{total:.2f}"
        for policy in ("article", "balanced"):
            grades = [grade for grade in book["grades"] if grade["policy_id"] == policy]
            assert sum(grade["customers"] for grade in grades) == len(rows)
        assert {row["file"] for row in rows} == {file_stem(row["customer_id"]) for row in rows}

    def test_it_says_what_it_could_not_convert(self, night: Path) -> None:
        book = json.loads((night / "portfolio.json").read_bytes())
        assert book["totals"]["no_fx_customers"] == 1
        assert {one["currency"] for one in book["aging"]} == {"CNY", "XXX"}

    def test_a_book_without_customers_is_still_a_page(self, tmp_path: Path) -> None:
        folder, written = publish(build_night(tmp_path / "lake", {}, AS_OF), tmp_path / "published")
        assert written.count == 0
        assert json.loads((folder / "portfolio.json").read_bytes())["customers"]["rows"] == []
        assert json.loads((folder / "customers/index.json").read_bytes()) == {}


class TestQuality:
    def test_accounts_balance_and_rules_carry_their_reason(self, night: Path) -> None:
        report = json.loads((night / "quality.json").read_bytes())
        assert report["balance"][0]["is_balanced"]
        assert report["rules"][0]["why"] == "A bill of nothing is not a bill."
        assert [feed["status"] for feed in report["feeds"]] == ["held", "loaded"]
        assert report["quarantine"]["count"] == 3

    def test_no_cell_of_the_csv_is_a_formula(self, night: Path) -> None:
        with (night / "quarantine.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines))
        assert len(rows) == 4
        cells = [cell for row in rows for cell in row]
        assert "'=cmd|'/C calc'!A0" in cells
        assert "'  @SUM(A1)" in cells
        assert not [cell for cell in cells if re.match(r"[\s]*[=+\-@]", cell)]


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small book published after another night: yesterday C-1 had not paid INV-4, `CON` did not exist
    and somebody else did."""
    root = tmp_path_factory.mktemp("changes")
    yesterday = {
        **without(
            without(BOOK, "payment", "payment_id", ["P-4"]), "customer", "customer_id", ["CON"]
        )
    }
    yesterday["customer"] = [*yesterday["customer"], {"customer_id": "GONE"}]
    before, _ = publish(build_night(root / "one", yesterday, AS_OF), root / "before")
    night = build_night(root / "two", BOOK, AS_OF)
    return publish(night, root / "after", before=(date(2026, 11, 19), before))[0]


@pytest.fixture(scope="module")
def compared(after: Path) -> dict[str, Any]:
    """What moved since yesterday."""
    changes: dict[str, Any] = json.loads((after / "changes.json").read_bytes())
    return changes


class TestChanges:
    def test_it_names_what_moved_and_nothing_else(self, compared: dict[str, Any]) -> None:
        assert compared["compared_with"] == "2026-11-19"
        assert set(compared["customers"]) == {"C-1", "CON", "GONE"}
        moved = {change["what"]: change for change in compared["customers"]["C-1"]}
        assert moved["open_amount"]["from"] == "1247067.89"
        assert compared["customers"]["CON"][0]["what"] == "new_customer"
        assert compared["customers"]["GONE"][0]["what"] == "customer_gone"

    def test_the_first_night_has_nothing_to_compare_with(self, night: Path) -> None:
        assert json.loads((night / "changes.json").read_bytes()) == {
            "format": "zixin-changes/1",
            "as_of": "2026-11-20",
            "compared_with": None,
            "customers": {},
            "last_letters": {},
        }

    def test_it_keeps_to_its_schema(self, compared: dict[str, Any]) -> None:
        jsonschema.Draft202012Validator(json.loads(CHANGES_SCHEMA.read_bytes())).validate(compared)


@pytest.fixture(scope="module")
def slept(night: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A night's changes.json when somebody has no letters any more."""
    folder = tmp_path_factory.mktemp("letters")
    for name in ("portfolio.json", "credit_files.parquet"):
        (folder / name).write_bytes((night / name).read_bytes())
    (folder / "tables").mkdir()
    target = folder / "tables" / "mart.last_letter.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT * FROM (VALUES "
            "('AWAKE', 'A', 'B', 'B', DATE '2026-11-20', 0, NULL), "
            "('__proto__', 'C', NULL, 'NR', DATE '2026-11-19', 1, 'dormant'), "
            "('ASLEEP', 'C', 'B', 'C', DATE '2026-11-10', 10, 'dormant')) AS one (customer_id, "
            "letter_overdue, letter_collection, hard_grade, lettered_on, letter_age_days, nr_reason)) "
            f"TO '{target}' (FORMAT parquet)"
        )
        write_changes(connection, folder)
    found: dict[str, Any] = json.loads((folder / "changes.json").read_bytes())
    return found


class TestLastLetters:
    """Who has no letters tonight is shown the last ones, with their age (A0.1)."""

    def test_only_who_has_none_tonight_is_named(self, slept: dict[str, Any]) -> None:
        assert slept["last_letters"] == {
            "ASLEEP": {
                "overdue": "C", "collection": "B", "grade": "C", "on": "2026-11-10", "age_days": 10,
                "reason": "dormant",
            },
            "__proto__": {
                "overdue": "C", "collection": None, "grade": "NR", "on": "2026-11-19", "age_days": 1,
                "reason": "dormant",
            },
        }  # fmt: skip
        jsonschema.Draft202012Validator(json.loads(CHANGES_SCHEMA.read_bytes())).validate(slept)

    @pytest.mark.parametrize(
        ("lang", "customer", "said"),
        [
            ("en", "ASLEEP", "2026-11-10, 10 days ago: net collection B, days overdue C."),
            ("en", "__proto__", "2026-11-19, 1 day ago: net collection none, days overdue C."),
            ("zh", "ASLEEP", "2026-11-10（10 天前）：净回款率 B，付款时间 C；"),
        ],
    )
    def test_a_terminal_says_them(
        self, night: Path, slept: dict[str, Any], lang: str, customer: str, said: str
    ) -> None:
        console = Console(width=200, force_terminal=False)
        last = slept["last_letters"][customer]
        with console.capture() as capture:
            console.print(render_text(credit_file(night, "CON"), lang, last_letters=last))
        assert said in capture.get()


class TestTerminal:
    @pytest.mark.parametrize(("lang", "expected"), [("zh", "付款时间"), ("en", "Days overdue")])
    def test_it_prints_in_both_languages(self, night: Path, lang: str, expected: str) -> None:
        console = Console(width=140, record=True, file=None, force_terminal=False)
        with console.capture() as capture:
            console.print(render_text(credit_file(night, "C-1"), lang))
        printed = capture.get()
        assert expected in printed
        assert "1,246,967.89 CNY" in printed

    @pytest.mark.parametrize("width", [80, 200])
    @pytest.mark.parametrize("customer", ["C-1", "CON", HOSTILE_ID])
    def test_no_number_is_cut(self, night: Path, customer: str, width: int) -> None:
        for lang in ("zh", "en"):
            console = Console(width=width, force_terminal=False)
            with console.capture() as capture:
                console.print(render_text(credit_file(night, customer), lang))
            printed = capture.get()
            assert "…" not in printed
            assert "\n\n\n" not in printed
            assert max(len(line) for line in printed.splitlines()) <= width
        if customer == "C-1":
            assert "1,246,967.89 CNY" in printed

    def test_what_is_unknown_is_told_once_with_its_reason(self, night: Path) -> None:
        console = Console(width=80, force_terminal=False)
        with console.capture() as capture:
            console.print(render_text(credit_file(night, "CON"), "en"))
        printed = capture.get()
        assert printed.count("never billed:") == 1
        assert "Aging: Nothing is open." in printed

    def test_it_says_what_others_say_and_that_nobody_was_asked(self, night: Path) -> None:
        printed = {}
        for customer in ("C-1", "C-2", "c-1", HOSTILE_ID):
            console = Console(width=200, force_terminal=True)
            with console.capture() as capture:
                console.print(render_text(credit_file(night, customer), "en"))
            printed[customer] = capture.get()
        assert "That is not the same as nothing found." in printed["C-1"]
        assert "never answered: nothing is known." in printed[HOSTILE_ID]
        assert "Dishonest judgment debtors" in printed["c-1"]
        assert "Registration: Nothing is accepted; 1 wait(s) for a person." in printed["c-1"]
        assert "812.5 (0 to 1,000)" in re.sub(r"\x1b\[[0-9;]*m", "", printed["C-2"])
        assert "1 record(s) that may be about this customer wait" in printed["C-2"]
        assert "<script>alert(2)</script>" in printed["C-2"]
        assert "\x1b[31m 买卖" not in printed["C-2"]

    def test_a_name_cannot_drive_the_terminal(self, night: Path) -> None:
        document = credit_file(night, "C-1")
        document["customer"]["customer_name"] = "a\x1b[2Jb\x07 [red]c"
        console = Console(width=140, force_terminal=True)
        with console.capture() as capture:
            console.print(render_text(document, "en"))
        assert "\x1b[2J" not in capture.get()
        assert "[red]c" in capture.get()
