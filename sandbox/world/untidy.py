"""What is wrong on purpose: a few rows of every table and kind, and the list of them.

A row keeps its tidy values; `untidy` says what the system really holds instead (JSON, column →
text or null). Duplicates are rows of their own, with another id and the number of the first.
"""

import json
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from sandbox.world.accounts import KEYS_PER_ACCOUNT, Accounts
from sandbox.world.columns import (
    MISSING,
    Coded,
    Column,
    Frame,
    Ints,
    Number,
    Ref,
    constant,
    height,
    rows,
    stack,
    words_of,
)
from sandbox.world.era import EPOCH, Era
from sandbox.world.identifiers import row_ids
from sandbox.world.tables import PLACES, SYSTEMS, TABLES

PER_KIND = 0.00015
"""Part of a table's records that has one kind of fault; one record at least, in all but tiny tables."""
BAD_DATES = ("2026-02-30", "31.11.2025", "0000-00-00", "20259-01-01", "昨天")
CURRENCY_WORDS = ("RMB", "US$", "XXX", "cny ", "人民币")
FORMULAS = (
    '=HYPERLINK("http://example.test","点我付款")',
    "+1+1",
    "@SUM(A1:A9)",
    "-2+3",
    "=cmd|'/c calc'!A1",
)

# table → kind and column of each fault it has. A duplicate has no column.
_MONEY = "negative_amount:amount amount_as_text:amount wrong_currency:currency "
PLAN = {
    "customer": "control_characters:customer_name formula:customer_name missing_key:customer_name "
    "bad_date:customer_since",
    "sales_order": _MONEY + "bad_date:order_date missing_key:customer_id orphan:customer_id "
    "control_characters:number too_many_decimals:amount duplicate:",
    "delivery": "bad_date:promised_date missing_date:promised_date orphan:order_id duplicate:",
    "invoice": _MONEY + "zero_amount:amount bad_date:invoice_date missing_date:invoice_date "
    "missing_key:customer_id orphan:customer_id control_characters:number formula:number "
    "too_many_decimals:amount reversed_dates:due_date duplicate: contradicting_duplicate:",
    "payment": _MONEY.replace("negative_amount:amount ", "")
    + "bad_date:payment_date missing_key:customer_id orphan:invoice_id formula:reference "
    "too_many_decimals:amount duplicate: contradicting_duplicate:",
    "allocation": "orphan:invoice_id amount_as_text:amount",
    "instalment": "bad_date:due_date negative_amount:amount",
    "credit_note": _MONEY + "bad_date:credit_date orphan:invoice_id",
    "claim": "negative_amount:amount bad_date:claim_date",
    "sales_return": "amount_as_text:amount bad_date:return_date",
    "refund": "negative_amount:amount wrong_currency:currency",
    "dispute": "bad_date:opened_date orphan:invoice_id reversed_dates:closed_date",
    "contract": "negative_amount:amount reversed_dates:end_date missing_key:customer_id",
    "contract_milestone": "bad_date:planned_date orphan:contract_id",
    "service_case": "bad_date:opened_on formula:subject missing_key:customer_id",
    "feedback": "out_of_range:rating missing_date:given_on",
    "contact_activity": "bad_date:contact_date control_characters:subject",
    "dunning_step": "bad_date:sent_on orphan:invoice_id",
    "promise": "negative_amount:amount bad_date:due_date",
    "guarantee": "bad_date:expiry_date amount_as_text:amount negative_amount:amount",
    "insurance": "wrong_currency:currency amount_as_text:insured_limit",
    "questionnaire_answer": "out_of_range:score bad_date:answered_on",
    "expert_vote": "out_of_range:score missing_key:customer_id",
    "trade_reference": "amount_as_text:high_credit bad_date:given_on formula:comment",
    "competitor_share": "out_of_range:share missing_key:customer_id",
    "limit_decision": "amount_as_text:limit_amount bad_date:decided_on wrong_currency:currency",
    "statement": "amount_as_text:revenue bad_date:period_end wrong_currency:currency "
    "does_not_balance:total_assets",
    "esg_score": "out_of_range:total",
    "reputation": "out_of_range:review_average bad_date:surveyed_on",
}
OUT_OF_RANGE = {
    "rating": "7",
    "score": "9",
    "share": "1.20",
    "total": "140",
    "review_average": "-1",
}
DUPLICATES = {"duplicate": "row_id", "contradicting_duplicate": "amount"}
BEFORE = {"due_date": "invoice_date", "closed_date": "opened_date", "end_date": "start_date"}


def spoilt(era: Era, chunk: int, accounts: Accounts, frames: dict[str, Frame]) -> Frame:
    """Spoil some rows of `frames` in place; the table truth_untidy."""
    found = []
    for name, plan in PLAN.items():
        if name in frames and height(frames[name]) >= 20:
            frames[name], truth = _spoil(era, chunk, accounts, name, frames[name], plan.split())
            found.append(truth)
    return stack(found) if found else {}


def _spoil(
    era: Era, chunk: int, accounts: Accounts, name: str, frame: Frame, plan: list[str]
) -> tuple[Frame, Frame]:
    chance = era.chance(chunk, f"untidy {name}")
    ref = frame["row_id"]
    keys = ref.keys if isinstance(ref, Ref) else np.arange(height(frame))
    every = np.unique(keys)
    each = max(1, round(PER_KIND * len(every)))
    picked = chance.permutation(every)[: each * len(plan)]
    texts: dict[int, str] = {}
    extra: list[Frame] = []
    wrong_keys: list[Ints] = []
    kinds: list[str] = []
    columns: list[str] = []
    for nth, (kind, _, column) in enumerate(word.partition(":") for word in plan):
        chosen = picked[nth * each : (nth + 1) * each]
        at = np.flatnonzero(np.isin(keys, chosen))
        if not column:
            copies, new = _copies(chance, name, frame, at, kind)
            extra.append(copies)
            chosen = new
        else:
            values = _values(accounts, frame, at, kind, column)
            for row, value in zip(at.tolist(), values, strict=True):
                texts[row] = json.dumps({column: value}, ensure_ascii=False)
        wrong_keys.append(chosen)
        kinds += [kind] * len(chosen)
        columns += [column or DUPLICATES[kind]] * len(chosen)
    codes = np.full(height(frame), -1)
    codes[list(texts)] = np.arange(len(texts))
    frame["untidy"] = Coded(codes, pa.array(list(texts.values()), pa.string()))
    if extra:
        frame = stack([frame, *extra])
        frame = rows(frame, np.argsort(frame["row_id"].keys, kind="stable"))
    return frame, _truth(accounts, name, frame, np.concatenate(wrong_keys), kinds, columns)


def _truth(
    accounts: Accounts, name: str, frame: Frame, keys: Ints, kinds: list[str], columns: list[str]
) -> Frame:
    ref = frame["row_id"]
    if isinstance(ref, Ref):
        system = accounts.system[keys // KEYS_PER_ACCOUNT - accounts.number[0]]
        row_id = row_ids(Ref(ref.table, keys), system)
        systems = words_of(Coded(system, SYSTEMS))
    else:
        row_id = ref.take(pa.array(keys))
        systems = words_of(constant(TABLES[name].by, len(keys)))
    return {
        "table_name": words_of(constant(name, len(keys))),
        "system": systems,
        "row_id": row_id,
        "kind": pa.array(kinds, pa.string()),
        "column_name": pa.array(columns, pa.string()),
    }


def _copies(
    chance: np.random.Generator, name: str, frame: Frame, at: Ints, kind: str
) -> tuple[Frame, Ints]:
    """The last version of each chosen record once more, under another id."""
    last = at[(frame["superseded_at"][at] == MISSING) & (frame["deleted_at"][at] == MISSING)]
    copies = rows({k: v for k, v in frame.items() if k != "untidy"}, last)
    old = copies["row_id"].keys
    start = 9000 if kind == "duplicate" else 9500
    new = old // KEYS_PER_ACCOUNT * KEYS_PER_ACCOUNT + start + _place(old // KEYS_PER_ACCOUNT)
    own = TABLES[name].columns[0][0]
    copies["row_id"] = copies[own] = Ref(PLACES[name], new)
    copies["created_at"] = copies["modified_at"] + chance.integers(40, 400_000, len(last))
    copies["modified_at"] = copies["created_at"].copy()
    if kind == "contradicting_duplicate":
        copies["amount"] = copies["amount"] * 11 // 10 + 100
    copies["untidy"] = Coded(np.full(len(last), -1), pa.array([""], pa.string()))
    return copies, new


def _place(owners: Ints) -> Ints:
    """Place among equal neighbours; the keys are sorted."""
    starts = np.r_[True, owners[1:] != owners[:-1]] if len(owners) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(owners)), 0))
    return np.arange(len(owners)) - first


def _values(accounts: Accounts, frame: Frame, at: Ints, kind: str, column: str) -> list[str | None]:
    """What stands in `column` of the rows at `at` instead of the truth."""
    if kind in ("missing_key", "missing_date"):
        return [None] * len(at)
    if kind == "orphan":
        number = frame["row_id"].keys[at] // KEYS_PER_ACCOUNT
        nobody = Ref(frame[column].table, number * KEYS_PER_ACCOUNT + 9999)
        return list(row_ids(nobody, accounts.system[number - accounts.number[0]]).to_pylist())
    if kind == "reversed_dates":
        return [_day(value - 9) for value in frame[BEFORE[column]][at].tolist()]
    if kind in _OF_AMOUNT:
        return [_OF_AMOUNT[kind](cents) for cents in frame[column][at].tolist()]
    if kind == "control_characters":
        return [f"{text[:3]}\x07{text[3:]}\n" for text in _words(frame[column], at)]
    choices = {"bad_date": BAD_DATES, "wrong_currency": CURRENCY_WORDS, "formula": FORMULAS}
    words = choices.get(kind) or (OUT_OF_RANGE[column],)
    return [words[row % len(words)] for row in at.tolist()]


def _words(column: Column, at: Ints) -> list[str]:
    if isinstance(column, Number):
        return [f"{column.prefix}-{key:010d}" for key in column.keys[at].tolist()]
    return [text or "" for text in words_of(column).take(pa.array(at)).to_pylist()]


def _day(number: int) -> str:
    return str(np.datetime64(EPOCH) + np.timedelta64(number, "D"))


def _money(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02d}"


_OF_AMOUNT: dict[str, Callable[[int], str]] = {
    "negative_amount": lambda cents: f"-{_money(cents)}",
    "zero_amount": lambda _: "0.00",
    "amount_as_text": lambda cents: f"{abs(cents) // 100:,}.{abs(cents) % 100:02d}",
    "too_many_decimals": lambda cents: f"{_money(cents)}7",
    "does_not_balance": lambda cents: _money(cents + 123_400),
}
