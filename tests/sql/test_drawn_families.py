"""Forms, findings, security and cover of 250 drawn customers, worked out a second time in plain Python.

One night for all of them; the draw is the same every time. Fractions here, decimals there.
"""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from tests.sql.night import NIGHT, build, policies
from tests.sql.test_outside import about

KEY = ("provider", "record_id", "kind", "customer_id")
PEOPLE = [f"C{n:03}" for n in range(250)]
RATES = {"CNY": Fraction(1), "USD": Fraction(7), "XAU": None}
KINDS = {"customer_review": "review_avg", "brand": "brand_score", "quality": "quality_score",
         "press": "press_score", "outlook": "outlook_score"}  # fmt: skip
AGES = (-1, 0, 5, 5, 200, 364, 365, 366, 900, 1095, 1096, 1097)
"""Days; a year before the night is 365, three years 1096."""
FORMS = {"management": "mgmt", "site_visit": "site_visit", "supply_chain": "scm"}


def draw(seed=20261120):
    """Rows of three record types, as dicts of text."""
    chance = Random(seed)

    def day(least, most):
        return (NIGHT + timedelta(days=chance.randint(least, most))).isoformat()

    def maybe(value, share=0.7):
        return value if chance.random() < share else None

    currencies = ["CNY"] * 6 + ["USD"] * 3 + ["XAU"]
    guarantee = [
        {
            "guarantee_id": f"G{n}",
            "customer_id": chance.choice(PEOPLE),
            "kind": chance.choice(["deposit", "mortgage", "pledge", "bank_guarantee", "other"]),
            "guarantor": maybe(chance.choice(["Bank", "Parent", "业主"])),
            "amount": f"{chance.randint(1, 10**7) / 100:.2f}",
            "appraised_amount": maybe(f"{chance.randint(1, 10**7) / 100:.2f}"),
            "currency": chance.choice(currencies),
            "start_date": maybe(day(-400, 2)),
            "expiry_date": maybe(day(-2, 400)),
            "released_on": maybe(day(-2, 2), 0.1),
            "is_verified": maybe(chance.choice(["true", "false"])),
        }
        for n in range(500)
    ]
    insurance = [
        {
            "cover_id": f"U{n}",
            "customer_id": chance.choice(PEOPLE),
            "insured_limit": f"{chance.randint(1, 10**7) / 100:.2f}",
            "covered_share": maybe(f"{chance.randint(500, 1000) / 1000:.3f}"),
            "deductible": maybe(f"{chance.randint(0, 10**6) / 100:.2f}", 0.4),
            "currency": chance.choice(currencies[:9]),
            "start_date": day(-400, 2),
            "expiry_date": maybe(day(-2, 400)),
            "cancelled_on": maybe(day(-2, 2), 0.1),
        }
        for n in range(400)
    ]
    answer = [
        {
            "response_id": f"F{n // 6}",
            "question_id": f"Q{n % 6}",
            "customer_id": PEOPLE[n // 6 * 7 % len(PEOPLE)],
            "form": chance.choice(list(FORMS)),
            "answered_on": (NIGHT - timedelta(days=n // 6 * 13 % 1300)).isoformat(),
            "score": maybe(str(chance.randint(1, 5))),
            "weight": maybe(str(chance.randint(0, 4)), 0.5),
        }
        for n in range(3000)
    ]
    scales = [("0", "100"), ("1", "5"), ("10", "0"), (None, "5"), ("3", "3")]
    reputation = []
    for n in range(3000):
        low, high = chance.choice(scales)
        reputation.append(
            {
                "provider": chance.choice(["forum", "shop", "survey"]),
                "record_id": f"R{n}",
                "kind": chance.choice(list(KINDS)),
                "customer_id": chance.choice(PEOPLE),
                "reported_on": (NIGHT - timedelta(days=chance.choice(AGES))).isoformat(),
                "score": maybe(str(chance.randint(0, 11)), 0.9),
                "score_min": low,
                "score_max": high,
                "answers": maybe(str(chance.randint(0, 50))),
            }
        )
    return {
        "guarantee": guarantee,
        "insurance": insurance,
        "questionnaire_answer": answer,
        "reputation": reputation,
    }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The rows, and the night they make."""
    rows = draw()
    found = build(
        tmp_path_factory.mktemp("drawn"),
        {
            **rows,
            "record_link": [
                about("reputation", "|".join(r[part] for part in KEY), r["customer_id"])
                for r in rows["reputation"]
            ],
            "customer": [{"customer_id": who} for who in PEOPLE],
            "invoice": [
                {"invoice_id": "I1", "customer_id": "C000", "due_date": "2026-11-01", "amount": "1"}
            ],
            "fx_rate": [
                {
                    "from_currency": "USD",
                    "to_currency": "CNY",
                    "rate_date": NIGHT.isoformat(),
                    "rate": "7",
                }
            ],
        },
        policies=policies(),
    )
    return rows, found


def before(text, other=NIGHT):
    """Whether there is a day and it is not after the night."""
    return text is not None and date.fromisoformat(text) <= other


def in_force(row, gone):
    """Begun, not ended, not given or taken back."""
    return (
        (row["start_date"] is None or before(row["start_date"]))
        and (row["expiry_date"] is None or date.fromisoformat(row["expiry_date"]) >= NIGHT)
        and not before(row[gone])
    )


def cents(value):
    """Half up to cents: every amount here is above 0."""
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)


def test_security_and_cover(drawn):
    rows, found = drawn
    for who in PEOPLE:
        row = found.row("indicator.mitigation", customer_id=who)
        held = [
            r for r in rows["guarantee"] if r["customer_id"] == who and in_force(r, "released_on")
        ]
        assert row["guarantee_cnt"] == len(held)
        if any(RATES[r["currency"]] is None for r in held):
            assert row["guarantee_value"] is None
            assert row["guarantee_reason"] == "no_fx"
            continue
        worth = verified = deposit = Fraction(0)
        on: dict[str, Fraction] = {}
        for r in held:
            amount, rate = Fraction(r["amount"]), RATES[r["currency"]]
            value = min(amount, Fraction(r["appraised_amount"] or amount)) * rate
            worth += value
            verified += (
                value if (r["is_verified"] or str(r["kind"] == "deposit").lower()) == "true" else 0
            )
            if r["kind"] == "deposit":
                deposit += amount * rate
            else:
                on[r["guarantor"] or ""] = on.get(r["guarantor"] or "", Fraction(0)) + amount * rate
        assert Fraction(row["guarantee_value"]) == worth
        assert Fraction(row["guarantee_verified_value"]) == verified
        assert Fraction(row["deposit_held"]) == deposit
        assert row["guarantor_cnt"] == len(on)
        if on:
            hhi = sum(v * v for v in on.values()) / sum(on.values()) ** 2
            assert abs(Fraction(row["guarantor_hhi"]) - hhi) < Fraction(1, 10**6)

        covers = [
            r for r in rows["insurance"] if r["customer_id"] == who and in_force(r, "cancelled_on")
        ]
        paid = limit = Fraction(0)
        for r in covers:
            rate = RATES[r["currency"]]
            beyond = max(Fraction(r["insured_limit"]) - Fraction(r["deductible"] or 0), Fraction(0))
            paid += cents(beyond * Fraction(r["covered_share"] or 1)) * rate
            limit += Fraction(r["insured_limit"]) * rate
        assert Fraction(row["insured_limit"]) == limit
        assert Fraction(row["insured_covered_amount"]) == paid
        assert Fraction(row["cover_amount"]) == verified + paid
        ends = [r["expiry_date"] for r in [*held, *covers] if r["expiry_date"]]
        days = (date.fromisoformat(min(ends)) - NIGHT).days if ends else None
        assert row["cover_days_to_expiry"] == days


def test_forms(drawn):
    rows, found = drawn
    oldest = date(2023, 11, 20)
    seen = set()
    for who in PEOPLE:
        row = found.row("indicator.management", customer_id=who)
        for form, name in FORMS.items():
            filled: dict[str, list[dict[str, str | None]]] = {}
            for r in rows["questionnaire_answer"]:
                if r["customer_id"] == who and r["form"] == form:
                    filled.setdefault(r["response_id"], []).append(r)
            usable = []
            for response, answers in filled.items():
                scored = [
                    (Fraction(int(r["score"]) - 1, 4) * 100, Fraction(r["weight"] or 1))
                    for r in answers
                    if r["score"] is not None
                ]
                weight = sum(w for _, w in scored)
                day = max(r["answered_on"] for r in answers)
                if weight:
                    points = sum(p * w for p, w in scored) / weight
                    usable.append((date.fromisoformat(day), response, points))
            newest = max((u[0] for u in usable), default=None)
            latest = min((u for u in usable if u[0] == newest), key=lambda u: u[1], default=None)
            score = row[f"{name}_score"]
            if latest is None:
                assert row[f"{name}_score_reason"] == ("only_words" if filled else "no_form")
            elif latest[0] <= oldest:
                assert row[f"{name}_score_reason"] == "only_old_forms"
            else:
                assert abs(Fraction(score) - latest[2]) < Fraction(1, 10**6)
            seen.add(row[f"{name}_score_reason"])
    assert seen == {None, "no_form", "only_words", "only_old_forms"}


def points_of(row):
    """0 to 100 by the row's own scale; None: it has no usable one."""
    score, low, high = (row[name] for name in ("score", "score_min", "score_max"))
    if score is None or low is None or high is None or low == high:
        return None
    score, low, high = Fraction(score), Fraction(low), Fraction(high)
    return (score - low) / (high - low) * 100 if min(low, high) <= score <= max(low, high) else None


def test_opinions(drawn):
    rows, found = drawn
    for who in PEOPLE:
        row = found.row("indicator.reputation", customer_id=who)
        means = {}
        for kind, name in KINDS.items():
            limit = 365 if kind == "press" else 1096
            mine = [
                r for r in rows["reputation"]
                if r["customer_id"] == who and r["kind"] == kind
                and 0 <= (NIGHT - date.fromisoformat(r["reported_on"])).days < limit
                and points_of(r) is not None
            ]  # fmt: skip
            if kind == "press":
                votes = [(points_of(r), 1) for r in mine]
            else:
                votes = []
                for provider in {r["provider"] for r in mine}:
                    own = [r for r in mine if r["provider"] == provider]
                    day = max(r["reported_on"] for r in own)
                    newest = min((r["record_id"], r) for r in own if r["reported_on"] == day)[1]
                    votes.append((points_of(newest), max(int(newest["answers"] or 1), 1)))
            if votes:
                means[kind] = sum(p * n for p, n in votes) / sum(n for _, n in votes)
                assert abs(Fraction(row[name]) - means[kind]) < Fraction(1, 10**6)
            else:
                assert row[name] is None
        means.pop("outlook", None)
        if means:
            mean = sum(means.values()) / len(means)
            assert abs(Fraction(row["reputation_score"]) - mean) < Fraction(1, 10**6)
        else:
            assert row["reputation_score"] is None
