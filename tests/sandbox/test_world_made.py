"""A world is the same world each time, has the shape that was asked for, and is coherent."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
import stdnum.cn.uscc
import stdnum.de.vat
import stdnum.fr.tva
import stdnum.gb.vat
import stdnum.it.iva
import stdnum.lei

from etl.errors import ZixinError
from sandbox.world import accounts, chunk, era
from sandbox.world.build import MANIFEST, make_world
from sandbox.world.era import Era
from sandbox.world.reader import World
from sandbox.world.tables import TABLES, UNTIDY
from tests.sandbox.made_world import CUSTOMERS, UNTIL, one, world

__all__ = ["world"]


def _bytes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_parameters_give_the_same_bytes(tmp_path: Path) -> None:
    make_world(tmp_path / "a", 40, 3, date(2026, 11, 22))
    make_world(tmp_path / "b", 40, 3, date(2026, 2, 1))
    make_world(tmp_path / "c", 40, 4, date(2026, 11, 22))

    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b"), "any day of the year is the same world"
    assert _bytes(tmp_path / "a") != _bytes(tmp_path / "c")


def test_the_order_of_the_parts_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (era, accounts):
        monkeypatch.setattr(module, "ACCOUNTS_PER_CHUNK", 30)
    times = Era(5, 80, 2026)
    for nth in (0, 1, 2):
        chunk.written(tmp_path / "a", times, nth)
    for nth in (2, 0, 1):
        chunk.written(tmp_path / "b", times, nth)

    assert times.chunks == 3
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")


def test_a_world_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    make_world(tmp_path / "w", 20, 1, UNTIL)
    before = (tmp_path / "w" / MANIFEST).stat().st_mtime_ns

    make_world(tmp_path / "w", 20, 1, UNTIL)
    kept = (tmp_path / "w" / MANIFEST).stat().st_mtime_ns
    other = make_world(tmp_path / "w", 21, 1, UNTIL)

    assert kept == before
    assert other["customers"] == 21


def test_what_is_no_world_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(ZixinError, match="is not a world"):
        make_world(tmp_path, 20, 1, UNTIL)
    with pytest.raises(ZixinError, match="takes 1 to"):
        make_world(tmp_path / "w", 0, 1, UNTIL)


@pytest.mark.parametrize(
    ("mean", "tables", "by"),
    [
        (50, ["invoice"], "account"),
        (48, ["payment"], "account"),
        (50, ["sales_order"], "account"),
        (50, ["delivery"], "account"),
        (2, ["contract"], "account"),
        (5, ["service_case", "feedback"], "account"),
        (3, ["dunning_step"], "account"),
        (2, ["statement"], "party"),
        (4, ["bureau_score"], "party"),
        (0.2, ["court_record"], "party"),
    ],
)
def test_a_customer_has_so_many_on_average(
    world: World, mean: float, tables: list[str], by: str
) -> None:
    count = 0
    for table in tables:
        of_customers = (
            "WHERE party_no IN (SELECT party_no FROM company WHERE is_customer)"
            if by == "party"
            else ""
        )
        count += one(world, f"SELECT count(DISTINCT row_id) FROM {table} {of_customers}")

    spread = 0.15 if mean >= 2 else 0.6
    assert count / CUSTOMERS == pytest.approx(mean, rel=spread)


def test_volume_is_heavily_skewed(world: World) -> None:
    share = one(
        world,
        """
        WITH n AS (SELECT customer_id, count(DISTINCT row_id) AS c FROM invoice GROUP BY 1),
             r AS (SELECT c, row_number() OVER (ORDER BY c DESC) AS k FROM n)
        SELECT sum(c) FILTER (WHERE k <= 60) / sum(c) FROM r
        """,
    )

    assert share > 0.5, "a fifth of the customers has more than half of the invoices"


def test_every_table_has_the_declared_columns(world: World) -> None:
    for table in TABLES.values():
        shown = world.query(f"SELECT column_name FROM (DESCRIBE {table.name})")
        assert [name for (name,) in shown] == [name for name, _ in table.all_columns]
        assert one(world, f"SELECT count(*) FROM {table.name}") > 0, table.name


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("sales_order", "customer_id", "customer"),
        ("sales_order", "contract_id", "contract"),
        ("delivery", "order_id", "sales_order"),
        ("invoice", "order_id", "sales_order"),
        ("instalment", "invoice_id", "invoice"),
        ("allocation", "invoice_id", "invoice"),
        ("allocation", "payment_id", "payment"),
        ("credit_note", "invoice_id", "invoice"),
        ("dispute", "invoice_id", "invoice"),
        ("contract_milestone", "contract_id", "contract"),
        ("contract_breach", "contract_id", "contract"),
        ("refund", "return_id", "sales_return"),
        ("court_party", "record_id", "court_record"),
    ],
)
def test_tidy_rows_refer_to_rows(world: World, table: str, column: str, other: str) -> None:
    lost = one(
        world,
        f"SELECT count(*) FROM {table} t WHERE {column} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {other} o WHERE o.row_id = t.{column} AND o.system = t.system)",
    )

    assert lost == 0


def test_instalments_add_up_to_their_invoice(world: World) -> None:
    wrong = one(
        world,
        """
        SELECT count(*) FROM (
            SELECT i.invoice_id, sum(i.amount) AS parts, any_value(v.amount) AS whole
            FROM instalment i JOIN invoice v USING (invoice_id) WHERE v.superseded_at IS NULL
            GROUP BY 1) WHERE parts <> whole
        """,
    )

    assert wrong == 0


def test_what_is_applied_never_exceeds_the_bill_or_the_payment(world: World) -> None:
    over = one(
        world,
        """
        SELECT count(*) FROM (
            SELECT v.invoice_id, any_value(v.amount) AS whole, sum(a.amount) AS applied
            FROM allocation a JOIN invoice v USING (invoice_id) WHERE v.superseded_at IS NULL
            GROUP BY 1) WHERE applied > whole
        """,
    )
    unlike = one(
        world,
        """
        SELECT count(*) FROM (
            SELECT p.payment_id, any_value(p.amount) AS paid, sum(a.amount) AS applied
            FROM allocation a JOIN payment p USING (payment_id) WHERE p.superseded_at IS NULL
            GROUP BY 1) WHERE abs(applied) > abs(paid)
        """,
    )

    assert (over, unlike) == (0, 0)


def test_official_numbers_have_their_check_digits(world: World) -> None:
    check = {
        "uscc": stdnum.cn.uscc.is_valid,
        "lei": lambda number: len(number) == 20 and stdnum.lei.is_valid(number),
    }
    for column, is_valid in check.items():
        numbers = [
            n for (n,) in world.query(f"SELECT {column} FROM company WHERE {column} IS NOT NULL")
        ]
        assert numbers
        assert all(is_valid(number) for number in numbers)
    vat = {
        "GB": stdnum.gb.vat.is_valid,
        "DE": stdnum.de.vat.is_valid,
        "FR": stdnum.fr.tva.is_valid,
        "IT": stdnum.it.iva.is_valid,
    }
    for country, number in world.query("SELECT country, vat FROM company WHERE vat IS NOT NULL"):
        assert vat[country](number), number


def test_what_the_crm_says_goes_wrong_as_the_truth_lists_it(world: World) -> None:
    rows = world.query(
        """
        SELECT t.uscc_error, c.uscc, k.uscc FROM truth_customer t
        JOIN customer c USING (system, customer_id)
        JOIN company k ON k.party_no = t.party_no
        WHERE c.superseded_at IS NULL AND k.superseded_at IS NULL AND k.country = 'CN'
        """
    )
    kinds = [kind for kind, _, _ in rows]
    for kind, said, true in rows:
        match kind:
            case None:
                assert said == true
            case "missing":
                assert said is None
            case "mistyped":
                assert not stdnum.cn.uscc.is_valid(said)
            case _:
                assert said != true
                assert stdnum.cn.uscc.is_valid(said)
    assert 0.03 < kinds.count("missing") / len(kinds) < 0.14
    assert kinds.count("mistyped") > 0
    assert one(world, "SELECT count(DISTINCT name_error) FROM truth_customer") >= 8


def test_some_parties_are_in_two_systems_and_strangers_bear_customers_names(world: World) -> None:
    twice = one(
        world,
        "SELECT count(*) FROM (SELECT party_no FROM truth_customer GROUP BY 1 "
        "HAVING count(DISTINCT system) = 2)",
    )
    same = one(
        world,
        """
        SELECT count(*) FROM truth_homonym h JOIN company a ON a.party_no = h.party_no
        JOIN company b ON b.party_no = h.stranger_no
        WHERE h.kind = 'same' AND a.name = b.name
          AND a.registration_number <> b.registration_number
        """,
    )
    sued = one(
        world, "SELECT count(*) FROM truth_court_record WHERE is_homonym AND NOT is_customer"
    )

    assert twice == round(CUSTOMERS * 0.03)
    assert same > 0
    assert sued > 0


def test_statements_balance_and_follow_each_other(world: World) -> None:
    wrong = one(
        world,
        """
        SELECT count(*) FROM statement WHERE total_assets <> total_liabilities + equity
           OR equity <> paid_in_capital + capital_reserve + retained_earnings
           OR total_assets <> current_assets + fixed_assets
           OR net_income <> pretax_profit - income_tax
        """,
    )
    unlike = one(
        world,
        """
        WITH s AS (SELECT *, lag(cash) OVER w AS cash0, lag(retained_earnings) OVER w AS kept0
                   FROM statement WINDOW w AS (PARTITION BY party_no ORDER BY period_end))
        SELECT count(*) FROM s WHERE cash0 IS NOT NULL AND (
            cash - cash0 <> operating_cash_flow + investing_cash_flow + financing_cash_flow
            OR retained_earnings - kept0 <> net_income - dividends_paid)
        """,
    )

    assert (wrong, unlike) == (0, 0)


def test_health_drives_lateness_scores_and_default(world: World) -> None:
    health = """
        WITH h AS (SELECT party_no, avg(health) AS health FROM truth_health GROUP BY 1),
        d AS (SELECT t.party_no, avg(greatest(date_diff('day', i.due_date, p.payment_date), 0)) AS late
              FROM payment p JOIN invoice i USING (invoice_id, system)
              JOIN truth_customer t ON t.system = p.system AND t.customer_id = p.customer_id
              WHERE i.due_date IS NOT NULL AND p.kind = 'cash'
              GROUP BY 1 HAVING count(*) >= 5),
        s AS (SELECT party_no, avg(score) AS score FROM bureau_score GROUP BY 1)
    """
    late = one(
        world, health + "SELECT corr(h.health, ln(1 + d.late)) FROM h JOIN d USING (party_no)"
    )
    score = one(world, health + "SELECT corr(h.health, s.score) FROM h JOIN s USING (party_no)")
    start = """
        SELECT avg(h.health) FROM truth_health h JOIN company c USING (party_no)
        WHERE h.month = (SELECT min(month) FROM truth_health) AND c.superseded_at IS NULL AND
    """
    struck = one(world, start + "party_no IN (SELECT party_no FROM truth_default)")
    spared = one(world, start + "party_no NOT IN (SELECT party_no FROM truth_default)")
    rate = one(world, "SELECT count(*) FROM truth_default") / one(
        world, "SELECT count(DISTINCT party_no) FROM company"
    )

    assert late < -0.3
    assert score > 0.6
    assert struck < spared - 0.4
    assert 0.03 < rate < 0.16


def test_nobody_pays_in_cash_long_after_default(world: World) -> None:
    ratio = one(
        world,
        """
        SELECT count(*) FILTER (WHERE p.payment_date > d.default_date AND p.kind = 'cash') * 1.0
               / count(*)
        FROM payment p JOIN truth_customer t USING (system, customer_id)
        JOIN truth_default d USING (party_no)
        """,
    )

    assert ratio < 0.06


def test_every_kind_of_untidy_row_is_there_and_listed(world: World) -> None:
    kinds = {kind for (kind,) in world.query("SELECT DISTINCT kind FROM truth_untidy")}
    assert kinds == set(UNTIDY)

    for (table,) in world.query("SELECT DISTINCT table_name FROM truth_untidy"):
        spoilt = set(
            world.query(f"SELECT DISTINCT system, row_id FROM {table} WHERE untidy IS NOT NULL")
        )
        listed = set(
            world.query(
                "SELECT system, row_id FROM truth_untidy WHERE kind NOT LIKE '%duplicate' "
                f"AND table_name = '{table}'"
            )
        )
        assert spoilt == listed, table


def test_a_duplicate_bears_the_number_of_another_row(world: World) -> None:
    rows = world.query(
        """
        SELECT u.kind, i.amount = o.amount FROM truth_untidy u
        JOIN invoice i ON i.row_id = u.row_id AND i.system = u.system
        JOIN invoice o ON o.number = i.number AND o.system = i.system AND o.row_id <> i.row_id
        WHERE u.table_name = 'invoice' AND u.kind LIKE '%duplicate' AND o.superseded_at IS NULL
        """
    )

    assert {kind for kind, _ in rows} == {"duplicate", "contradicting_duplicate"}
    assert all(is_same == (kind == "duplicate") for kind, is_same in rows)
