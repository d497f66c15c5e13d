"""A policy is data with a schema: refused with file, line, field and what is allowed, or small tables."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from etl.errors import ZixinError
from etl.policy import (
    BOOK_TYPES,
    POLICY_FOLDER,
    RULE_TYPES,
    find_policy,
    load_policies,
    policy_tables,
    read_policy,
)

NIGHT = date(2026, 11, 20)
ARTICLE = (POLICY_FOLDER / "article.yaml").read_text(encoding="utf-8")


def own(folder: Path, text: str, name: str = "ours.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def changed(good: str, bad: str) -> str:
    """The article's policy with one thing changed."""
    assert ARTICLE.count(good) >= 1, good
    return ARTICLE.replace(good, bad, 1)


def test_the_shipped_policies_are_the_articles_and_the_milder_one() -> None:
    policies = load_policies("article", beside=POLICY_FOLDER)

    assert policies.active.policy_id == "article"
    assert [policy.policy_id for policy in policies.others] == ["balanced"]


def test_the_article_is_followed_to_the_letter() -> None:
    """R4-G1, R4-G2, R4-G3 and the defaults of A0.1."""
    policy = read_policy(POLICY_FOLDER / "article.yaml")
    late, paid, rival = policy.overdue_letter, policy.collection_letter, policy.competitor_letter

    assert (late.basis, late.look_back_months) == ("worst", 12)
    assert (late.a_up_to_days, late.b_below_days, late.c_below_days) == (0, 5, 10)
    assert (late.veto.min_items, late.veto.min_share) == (1, 0)
    assert (paid.basis, paid.maturity_days) == ("cash", 10)
    assert [paid.a_from_share, paid.b_from_share, paid.c_from_share] == [
        Decimal(text) for text in ("1.00", "0.95", "0.90")
    ]
    assert (rival.mode, rival.b_below_share, rival.c_up_to_share) == (
        "veto", Decimal("0.45"), Decimal("0.55"),
    )  # fmt: skip
    assert (policy.combination.extension, policy.final_grade.source) == ("worst_c", "hard")
    assert policy.book.residual_tolerance == Decimal("0.01")


def test_the_milder_policy_differs_where_it_says() -> None:
    policy = read_policy(POLICY_FOLDER / "balanced.yaml")

    assert (policy.overdue_letter.basis, policy.overdue_letter.look_back_months) == ("p90", 6)
    assert (policy.overdue_letter.veto.min_items, policy.overdue_letter.veto.min_share) == (
        2, Decimal("0.05"),
    )  # fmt: skip
    assert policy.competitor_letter.mode == "no_veto"
    assert policy.final_grade.source == "worse_of"


@pytest.mark.parametrize(
    ("good", "bad", "telling"),
    [
        ("b_below_days: 5 ", "b_below_days: five ", "b_below_days"),
        ("b_below_days: 5 ", "b_below_days: -5 ", "b_below_days"),
        ("b_below_days: 5 ", "b_below_days: 0 ", "must grow"),
        ("c_below_days: 10", "c_below_days: 5", "must grow"),
        ("b_from_share: 0.95", "b_from_share: 1.00", "must fall"),
        ("a_from_share: 1.00", "a_from_share: 100", "a_from_share"),
        ("a_from_share: 1.00", "a_from_share: NaN", "a_from_share"),
        ("b_below_share: 0.45", "b_below_share: 0.60", "must grow"),
        ("basis: worst ", "basis: average ", "basis"),
        ("mode: veto ", "mode: soft ", "mode"),
        ("extension: worst_c", "extension: best", "extension"),
        ("time_zone: Asia/Shanghai", "time_zone: Shanghai", "time_zone"),
        ("base_currency: auto", "base_currency: yuan", "base_currency"),
        ("residual_tolerance: 0.01", "residual_tolerance: 0.001", "residual_tolerance"),
        ("residual_tolerance: 0.01", "residual_tolerance: -1", "residual_tolerance"),
        ("due_date_roll: none ", "due_date_roll: friday ", "due_date_roll"),
        ("policy_id: article", "policy_id: The Article", "policy_id"),
        ("listed_vetoes: [", "final: hard\nlisted_vetoes: [", "final"),
        ("scorecard: standard", "", "scorecard"),
        ("look_back_months: 12 ", "look_back_months: 0 ", "look_back_months"),
    ],
)
def test_a_bad_policy_is_refused_with_its_place(
    tmp_path: Path, good: str, bad: str, telling: str
) -> None:
    path = own(tmp_path, changed(good, bad))

    with pytest.raises(ZixinError) as refused:
        read_policy(path)

    sentence = str(refused.value)
    assert telling in sentence
    assert f"{path}, line " in sentence
    assert "\n" not in sentence


def test_the_line_is_the_line_of_the_field(tmp_path: Path) -> None:
    text = changed("c_up_to_share: 0.55", "c_up_to_share: lots")
    line = text[: text.index("c_up_to_share: lots")].count("\n") + 1

    with pytest.raises(ZixinError, match=rf"line {line}\b"):
        read_policy(own(tmp_path, text))


def test_a_policy_is_found_by_name_or_as_a_file(tmp_path: Path) -> None:
    path = own(tmp_path, ARTICLE)

    assert find_policy("balanced", beside=tmp_path) == POLICY_FOLDER / "balanced.yaml"
    assert find_policy("ours.yaml", beside=tmp_path) == path
    assert find_policy(str(path), beside=POLICY_FOLDER) == path
    with pytest.raises(
        ZixinError, match=r"neither a file nor a shipped policy \(article, balanced\)"
    ):
        find_policy("strict", beside=tmp_path)


def test_a_policy_of_ones_own_is_shown_beside_the_shipped_ones(tmp_path: Path) -> None:
    own(tmp_path, changed("policy_id: article", "policy_id: ours"))

    policies = load_policies("ours.yaml", beside=tmp_path)

    assert [policy.policy_id for policy in policies.all] == ["article", "balanced", "ours"]
    assert policies.active.policy_id == "ours"


def test_the_book_may_name_the_challengers(tmp_path: Path) -> None:
    own(tmp_path, changed("policy_id: article", "policy_id: ours"))

    def beside(*challengers: str) -> list[str]:
        named = load_policies("article", beside=tmp_path, challengers=challengers)
        assert named.active.policy_id == "article"
        return [policy.policy_id for policy in named.all]

    assert beside() == ["article"]
    assert beside("ours.yaml") == ["article", "ours"]
    assert beside("article", "balanced") == ["article", "balanced"]
    with pytest.raises(ZixinError, match="another challenger is called ours too"):
        beside("ours.yaml", "ours.yaml")
    with pytest.raises(ZixinError, match="policy 'theirs' is neither a file nor a shipped policy"):
        beside("theirs")


def test_a_policy_that_keeps_a_shipped_name_stands_in_its_place(tmp_path: Path) -> None:
    own(tmp_path, changed("c_below_days: 10", "c_below_days: 15"))

    policies = load_policies("ours.yaml", beside=tmp_path)

    assert [policy.policy_id for policy in policies.all] == ["article", "balanced"]
    assert policies.active.overdue_letter.c_below_days == 15


def test_the_book_file_names_the_base_currency() -> None:
    of_its_own = load_policies("article", beside=POLICY_FOLDER)
    named = load_policies("article", beside=POLICY_FOLDER, base_currency="EUR")

    assert book(of_its_own)["base_currency"] is None  # the book's own, ADR 5
    assert book(named)["base_currency"] == "EUR"
    assert of_its_own.sha256 != named.sha256


def test_the_hash_names_the_rules(tmp_path: Path) -> None:
    first = load_policies("article", beside=POLICY_FOLDER)
    again = load_policies("article", beside=tmp_path)
    own(tmp_path, ARTICLE.replace("  # 0 days: A", "  # a comment").replace("\n\n", "\n\n\n"))
    spaced = load_policies("ours.yaml", beside=tmp_path)
    other = load_policies("balanced", beside=POLICY_FOLDER)

    assert first.sha256 == again.sha256 == spaced.sha256  # comments and blank lines are no rules
    assert first.sha256 != other.sha256  # the same two policies, another one active


def book(policies, night: date = NIGHT) -> dict:
    types, (row,) = policy_tables(policies, night)["policy.book"]
    assert row.keys() == types.keys() == BOOK_TYPES.keys()
    return row


def rules(policies, night: date = NIGHT) -> dict:
    types, rows = policy_tables(policies, night)["policy.rule"]
    assert all(row.keys() == types.keys() == RULE_TYPES.keys() for row in rows)
    return {row["policy_id"]: row for row in rows}


def test_the_tables_the_sql_joins_to() -> None:
    policies = load_policies("article", beside=POLICY_FOLDER)
    found = rules(policies)

    assert list(found) == ["article", "balanced"]
    assert [row["is_active"] for row in found.values()] == [True, False]
    assert book(policies)["window_start"] == date(2025, 11, 20)
    assert book(policies)["half_year_start"] == date(2026, 5, 20)
    assert book(policies)["quarter_start"] == date(2026, 8, 20)
    assert found["article"]["overdue_from"] == date(2025, 11, 20)
    assert found["balanced"]["overdue_from"] == date(2026, 5, 20)  # six months
    assert found["article"]["collection_until"] == date(2026, 11, 10)  # matures in ten days


@pytest.mark.parametrize(
    ("night", "newest"),
    [
        (date(2026, 11, 29), date(2026, 10, 31)),
        (date(2026, 11, 30), date(2026, 11, 30)),  # over with this night
        (date(2024, 3, 1), date(2024, 2, 29)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 1, 30), date(2026, 12, 31)),
    ],
)
def test_the_last_whole_months(night: date, newest: date) -> None:
    _, rows = policy_tables(load_policies("article", beside=POLICY_FOLDER), night)["policy.month"]

    assert rows[0]["month_end"] == newest
    assert [row["months_ago"] for row in rows] == list(range(13))
    for later, earlier in pairwise(rows):
        assert earlier["month_no"] == later["month_no"] - 1
        assert earlier["month_end"] == later["month_start"] - timedelta(days=1)
    assert all(row["month_no"] % 12 == row["month_start"].month % 12 for row in rows)


def test_windows_of_a_leap_day() -> None:
    policies = load_policies("article", beside=POLICY_FOLDER)

    assert book(policies, date(2028, 2, 29))["window_start"] == date(2027, 2, 28)
