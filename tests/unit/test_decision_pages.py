"""What was decided, as published: credit file, portfolio, the alerts beside them, terminal."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from etl.publish.credit_files import SCHEMA
from etl.publish.show import render_text
from tests.published_night import AS_OF, BOOK, invoice, publish
from tests.small_night import SmallNight, build_night


def granted(number: str, customer: str, amount: str, currency: str = "CNY") -> dict[str, str]:
    """A credit limit that was approved."""
    return {
        "decision_id": number, "customer_id": customer, "kind": "approved", "limit_amount": amount,
        "currency": currency, "author": "Li", "approver": "Wang", "decided_on": "2026-02-01",
    }  # fmt: skip


DECIDED = {
    **BOOK,
    "group_member": [{"customer_id": "C-1", "parent_id": "C-2"}],
    "customer": [*BOOK["customer"], {"customer_id": "NO-RATE", "customer_name": "Unconverted"}],
    "invoice": [
        *BOOK["invoice"],
        invoice("INV-20", "NO-RATE", "2026-11-30", "80.00"),
        invoice("INV-21", "__proto__", "2026-10-25", "500.00"),
    ],
    "limit_decision": [
        granted("L-1", "C-1", "1000000"),
        # Nobody converts it: known to be there, not known how much.
        granted("L-2", "NO-RATE", "5000", "XXX"),
        granted("L-3", "__proto__", "100"),
    ],
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallNight, Path]:
    """The small book with three credit limits: its tables and its published folder."""
    root = tmp_path_factory.mktemp("decided")
    night = build_night(root / "lake", DECIDED, AS_OF)
    return night, publish(night, root / "published")[0]


def document(folder: Path, customer_id: str) -> dict[str, Any]:
    """A customer's credit file."""
    index = json.loads((folder / "customers/index.json").read_bytes())
    found: dict[str, Any] = json.loads(
        (folder / f"customers/{index[customer_id]}.json").read_bytes()
    )
    return found


def rows(night: SmallNight, query: str) -> list[tuple[Any, ...]]:
    """What a query says of the night's tables."""
    with night.connect() as connection:
        return connection.execute(query).fetchall()


class TestDecision:
    def test_it_keeps_to_the_schema(self, published: tuple[SmallNight, Path]) -> None:
        validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_bytes()))
        for customer in index(published):
            validator.validate(document(published[1], customer))

    def test_no_limit_is_not_a_limit_of_nothing(self, published: tuple[SmallNight, Path]) -> None:
        limits = {one: document(published[1], one)["decision"]["limit"] for one in index(published)}
        assert (limits["C-1"]["amount"], limits["C-1"]["source"]) == ("1000000.00", "approved")
        assert (limits["NO-RATE"]["amount"], limits["NO-RATE"]["reason"]) == (None, "no_fx")
        for limit in limits.values():
            assert (limit["amount"] is None) == (limit["reason"] is not None)
        assert "0.00" in {limit["amount"] for limit in limits.values()}

    def test_every_number_stands_in_a_table(self, published: tuple[SmallNight, Path]) -> None:
        night, folder = published
        wanted = rows(
            night,
            "SELECT customer_id, CAST(credit_limit AS VARCHAR), CAST(exposure_amount AS VARCHAR), gate, "
            "warning_state, CAST(scorecard_score AS VARCHAR), priority_rank FROM mart.customer_credit",
        )
        assert len(wanted) == len(DECIDED["customer"])
        for customer, limit, exposure, gate, state, score, rank in wanted:
            made = document(folder, customer)["decision"]
            assert (made["limit"]["amount"], made["exposure"]["amount"]) == (limit, exposure)
            assert (made["gate"]["gate"], made["warning"]["state"]) == (gate, state)
            assert (made["scorecard"]["score"], made["value"]["priority_rank"]) == (score, rank)

    def test_contributions_are_the_main_score(self, published: tuple[SmallNight, Path]) -> None:
        for customer in index(published):
            made = document(published[1], customer)["decision"]
            parts = [Decimal(one["contribution"]) for one in made["contributions"]]
            if made["scorecard"]["score"] is None:
                assert not parts
            else:
                assert abs(sum(parts) - Decimal(made["scores"][0]["score"])) < Decimal("0.0001")

    def test_money_is_text_and_steps_are_numbered(self, published: tuple[SmallNight, Path]) -> None:
        made = document(published[1], "C-1")["decision"]
        assert made["exposure"]["amount"] == "1246967.89"
        assert made["gate"]["gate"] == "hold"
        assert made["warning"]["colour"] == "red"
        assert [one["urgency"] for one in made["actions"]] == sorted(
            one["urgency"] for one in made["actions"]
        )
        steps = [one["step_no"] for one in made["rules"]]
        assert steps == sorted(steps)


def index(published: tuple[SmallNight, Path]) -> list[str]:
    """Every customer's number."""
    return list(json.loads((published[1] / "customers/index.json").read_bytes()))


class TestAlerts:
    def test_a_hostile_number_has_its_alerts_and_no_one_elses(
        self, published: tuple[SmallNight, Path]
    ) -> None:
        folder = published[1]
        alerts = json.loads((folder / "alerts.json").read_bytes())
        assert alerts["as_of"] == AS_OF.isoformat()
        assert {"C-1", "__proto__", ""} <= set(alerts["customers"])
        assert set(alerts["customers"]) <= {"", *index(published)}
        assert "EW01" in {one["rule_id"] for one in alerts["customers"]["C-1"]}
        for several in alerts["customers"].values():
            assert all(one["first_seen"] == AS_OF.isoformat() for one in several)
            assert all(isinstance(one["value"], str | None) for one in several)

    def test_the_script_holds_the_same_as_the_data(
        self, published: tuple[SmallNight, Path]
    ) -> None:
        for name in ("compare", "changes"):
            script = (published[1] / f"{name}.js").read_text(encoding="utf-8")
            text = json.loads(script[script.index("JSON.parse(") + 11 : script.rindex(");")])
            assert json.loads(text) == json.loads((published[1] / f"{name}.json").read_bytes())
            assert "<" not in script

    def test_the_book_counts_what_is_listed(self, published: tuple[SmallNight, Path]) -> None:
        counted = json.loads((published[1] / "compare.json").read_bytes())["alerts"]
        listed = json.loads((published[1] / "alerts.json").read_bytes())["customers"].values()
        live = [one for several in listed for one in several if one["state"] != "closed"]
        assert sum(one["alerts"] for one in counted) == len(live)
        assert len({one["rule_id"] for one in counted}) == len(counted)
        for rule in counted:
            assert rule["red"] + rule["amber"] == rule["alerts"] >= len(rule["shown"]) > 0
            severities = [one["severity"] for one in rule["shown"]]
            assert severities == sorted(severities, reverse=True)
        assert [one["red"] > 0 for one in counted] == sorted(
            (one["red"] > 0 for one in counted), reverse=True
        )


class TestPortfolio:
    def test_receivables_at_risk_add_up_to_the_ledger(
        self, published: tuple[SmallNight, Path]
    ) -> None:
        book = json.loads((published[1] / "portfolio.json").read_bytes())
        for aging in book["aging"]:
            mine = [
                one for one in book["marts"]["ar_at_risk"] if one["currency"] == aging["currency"]
            ]
            assert sum(Decimal(one["ledger_balance"]) for one in mine) == Decimal(
                aging["ledger_amount"]
            )

    def test_a_group_names_its_members(self, published: tuple[SmallNight, Path]) -> None:
        night, folder = published
        listed = json.loads((folder / "portfolio.json").read_bytes())["marts"]["customer_groups"]
        wanted = rows(
            night,
            "SELECT group_id, customer_cnt, CAST(exposure_amount AS VARCHAR), worst_grade "
            "FROM mart.group_exposure WHERE is_active ORDER BY exposure_amount DESC NULLS LAST, group_id",
        )
        assert wanted
        assert listed["count"] == len(wanted)
        assert wanted == [
            (one["group_id"], one["customers"], one["exposure_amount"], one["worst_grade"])
            for one in listed["rows"]
        ]
        for one in listed["rows"]:
            assert len(one["members"]) == one["customers"]
            assert {member["customer_id"] for member in one["members"]} <= set(index(published))

    def test_provision_buckets_add_up(self, published: tuple[SmallNight, Path]) -> None:
        marts = json.loads((published[1] / "portfolio.json").read_bytes())["marts"]
        assert [one["is_used"] for one in marts["provision"]] == [True, False, False]
        for one in marts["provision"]:
            total = sum(Decimal(bucket["provision_amount"]) for bucket in one["buckets"])
            assert total == Decimal(one["total_amount"])

    def test_expected_cash_is_everything_open(self, published: tuple[SmallNight, Path]) -> None:
        night, folder = published
        marts = json.loads((folder / "portfolio.json").read_bytes())["marts"]
        opened = rows(
            night,
            "SELECT currency, SUM(open_amount) FROM mart.evidence_item WHERE open_amount > 0 GROUP BY ALL",
        )
        for currency, amount in opened:
            mine = [one for one in marts["cash_forecast"] if one["currency"] == currency]
            assert sum(Decimal(one["amount"]) for one in mine) == amount

    def test_the_watch_list_names_each_customer_once(
        self, published: tuple[SmallNight, Path]
    ) -> None:
        night, folder = published
        watched = json.loads((folder / "portfolio.json").read_bytes())["marts"]["watch_list"]
        count = rows(night, "SELECT COUNT(DISTINCT customer_id) FROM mart.watch_list")[0][0]
        assert watched["count"] == count == len(watched["rows"])
        assert len({one["customer_id"] for one in watched["rows"]}) == count


class TestTerminal:
    @pytest.mark.parametrize(
        ("lang", "expected"),
        [
            ("zh", ("今天怎么做", "信用额度: 1,000,000.00 CNY", "订单闸门: 暂停接单", "! EW01")),
            (
                "en",
                (
                    "What to do today",
                    "Credit limit: 1,000,000.00 CNY",
                    "Order gate: hold",
                    "! EW01",
                ),
            ),
        ],
    )
    def test_the_first_screen_says_what_to_do(
        self, published: tuple[SmallNight, Path], lang: str, expected: tuple[str, ...]
    ) -> None:
        alerts = json.loads((published[1] / "alerts.json").read_bytes())["customers"]["C-1"]
        console = Console(width=140, force_terminal=False)
        with console.capture() as capture:
            console.print(render_text(document(published[1], "C-1"), lang, alerts))
        screen = "\n".join(capture.get().splitlines()[:40])
        for text in expected:
            assert text in screen

    def test_no_limit_is_said_and_not_shown_as_nothing(
        self, published: tuple[SmallNight, Path]
    ) -> None:
        console = Console(width=140, force_terminal=False)
        with console.capture() as capture:
            console.print(render_text(document(published[1], "NO-RATE"), "en"))
        assert "Credit limit: no exchange rate" in capture.get()
