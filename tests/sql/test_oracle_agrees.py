"""The SQL against the oracle (tests/oracle), written from the requirements alone, on random ledgers.

What is compared: letters, grades and intervals under two policies, counts, days, amounts, buckets, DSO
and its relatives, payments. What the two read differently on purpose is not drawn, or is left out of
the comparison below with its reason.
"""

import tempfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import formulas
from tests.oracle.letters import ARTICLE, BALANCED, Policy
from tests.oracle.receivables import customer_night, is_known_customer
from tests.sql.agreement import (
    differences,
    facts,
    facts_of,
    letters,
    letters_of,
    turnover,
    turnover_of,
)
from tests.sql.night import Night, build, policies
from tests.sql.worlds import A_FEW, Customer, rows, worlds

NIGHTS = [date(2026, 11, 20), date(2024, 2, 29), date(2026, 3, 15)]


def night_of(world: list[Customer], as_of: date, changes: dict[str, Any], folder: Path) -> Night:
    return build(folder, rows(world), as_of=as_of, policies=policies("article", changes))


def competitor(customer: Customer, mode: str) -> str:
    """What the oracle is told: A to D, n/a or unknown."""
    if mode == "off" or customer.is_reseller is False:
        return "n/a"
    if customer.share is None:
        return "unknown"
    return formulas.competitor_letter(Decimal(customer.share))


WEIGHED = ("weighted", "signed", "on_time_amt", "early_amt", "exact_amt", "flag")
"""What weighs amounts: where a claim settled part of an item, the product weighs the part too (what
was due), the oracle what was left to pay."""


def compare(found: Night, customer: Customer, as_of: date, changes: dict[str, Any]) -> None:
    """One customer, all figures."""
    who = customer.ledger.customer_id
    book = {"unapplied_cash": changes["book.unapplied_cash"]}
    article = replace(
        ARTICLE,
        **book,
        competitor_letter=changes["competitor_letter.mode"],
        combo_extension=changes["combination.extension"],
    )
    for policy_id, policy in (("article", article), ("balanced", replace(BALANCED, **book))):
        compare_letters(found, customer, as_of, policy_id, policy)
    if not is_known_customer(customer.ledger, as_of):
        return
    wanted = customer_night(customer.ledger, as_of, article)
    got, expected = facts(found, who), facts_of(wanted)
    if customer.has_item_claims:
        for name in WEIGHED:
            got.pop(name), expected.pop(name)
    expected["unapplied"] -= sum(  # a deduction from no known invoice is in nobody's ledger there
        claim.amount
        for claim in customer.ledger.loose_claims
        if claim.settled_by == "deduction" and claim.dated_on <= as_of
    )
    assert not differences(got, expected), who
    if wanted.turnover is not None:
        got, expected = turnover(found, who), turnover_of(wanted)
        if wanted.turnover.dso is None:  # without sales: NULL there, what was collected here
            got.pop("cei"), expected.pop("cei")
        if (as_of.month, as_of.day) == (2, 29):  # a year from 28 February: thirteen months there
            for name in ("cei", "per_month"):
                got.pop(name, None), expected.pop(name, None)
        assert not differences(got, expected), who


def compare_letters(
    found: Night, customer: Customer, as_of: date, policy_id: str, policy: Policy
) -> None:
    who = customer.ledger.customer_id
    third = competitor(customer, policy.competitor_letter)
    got = letters(found, policy_id, who)
    expected = letters_of(customer_night(customer.ledger, as_of, policy, third))
    if customer.has_item_claims:
        got.pop("weight"), expected.pop("weight")
        if policy.veto_min_percent and got["offending"] == 1:  # their weight decides the veto
            for name in ("overdue", "hard", "best", "worst", "combo"):
                got.pop(name), expected.pop(name)
    if (policy.competitor_letter, third) == ("no_veto", "D"):  # a C in the combination, a D there
        got.pop("combo", None), expected.pop("combo", None)
    if customer.has_won:  # excluded from both letters here, from the days alone there
        for name in (
            "due",
            "cash",
            "rate",
            "literal",
            "collection",
            "hard",
            "best",
            "worst",
            "combo",
        ):
            got.pop(name, None), expected.pop(name, None)
    assert not differences(got, expected), (who, policy_id)


@settings(A_FEW, max_examples=12)
@given(data=st.data())
@pytest.mark.parametrize("as_of", NIGHTS)
def test_random_ledgers(as_of, data):
    changes = {
        "book.unapplied_cash": data.draw(
            st.sampled_from(["oldest_first", "oldest_first", "ignore"])
        ),
        "competitor_letter.mode": data.draw(st.sampled_from(["veto", "no_veto", "off"])),
        "combination.extension": data.draw(st.sampled_from(["worst_c", "points"])),
    }
    world = data.draw(worlds(as_of))
    with tempfile.TemporaryDirectory() as folder:
        found = night_of(world, as_of, changes, Path(folder))
        for customer in world:
            compare(found, customer, as_of, changes)
