"""Orders, contracts, deliveries, cases, answers and contacts of 200 drawn customers, worked out a second time in
plain Python on a 29 February: most days drawn are the first or the last of some window, or next to it."""

from datetime import date, timedelta
from fractions import Fraction
from math import sqrt

import pytest

from tests.sql.conduct_case import NIGHT, PEOPLE, RATES, draw, text
from tests.sql.night import build, policies


def months(count):
    """`count` months before the night: there is a 29th in every month here but in a February."""
    month = NIGHT.year * 12 + NIGHT.month - 1 - count
    year, month = divmod(month, 12)
    return date(year, month + 1, 28 if month == 1 and year % 4 else 29)


def within(day, start, end=NIGHT):
    return day is not None and start < day <= end


def digits(value, count):
    """Half away from zero, at so many digits."""
    if value is None:
        return None
    scaled = abs(value) * 10**count
    whole = int(scaled) + (scaled - int(scaled) >= Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**count)


def six(value):
    return digits(value, 6)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The rows by customer, those that are not deleted; and the night they make."""
    rows = draw()
    rate = {"from_currency": "USD", "to_currency": "CNY", "rate_date": "2028-02-29", "rate": "7.1"}
    tables = {
        name: [{key: text(value) for key, value in row.items()} for row in given]
        for name, given in rows.items()
    }
    night = build(
        tmp_path_factory.mktemp("conduct"),
        {
            **tables,
            "customer": [{"customer_id": one} for one in PEOPLE],
            "fx_rate": [rate],
        },
        as_of=NIGHT,
        policies=policies("article", {"book.base_currency": "CNY"}),
    )
    of = {name: {one: [] for one in PEOPLE} for name in rows}
    for name, given in rows.items():
        for row in given:
            if not row["is_deleted"]:
                of[name][row["customer_id"]].append(row)
    return of, night


def compare(drawn, table, expected):
    """Every customer's row of the table against expected(its rows by record type)."""
    of, night = drawn
    wrong = []
    for found in night.rows(table):
        who = found["customer_id"]
        mine = {name: rows[who] for name, rows in of.items()}
        for column, wanted in expected(mine).items():
            value = found[column]
            if isinstance(value, (date, bool)) or value is None or wanted is None:
                same = value == wanted
            else:
                same = Fraction(value) == wanted
            if not same:
                wrong.append(f"{who} {column}: {value}, not {wanted and float(wanted)}")
    assert wrong == [], f"{len(wrong)}: " + "; ".join(wrong[:5])


def share(part, whole):
    return six(Fraction(part, whole)) if whole else None


def over(later, earlier):
    """Growth over what there was, where there was something."""
    return six(Fraction(later) / earlier - 1) if earlier else None


def money(rows, name="amount"):
    """In base currency; None where one has no rate."""
    rates = [RATES[row["currency"]] for row in rows if row[name] is not None]
    if None in rates:
        return None
    return sum(
        (row[name] * RATES[row["currency"]] for row in rows if row[name] is not None), Fraction(0)
    )


def test_trade(drawn):
    quarters = [months(3 * n) for n in range(9)]

    def expected(mine):
        known = [row for row in mine["sales_order"] if row["order_date"] <= NIGHT]
        year = [row for row in known if within(row["order_date"], months(12))]
        orders = [row for row in known if row["status"] != "cancelled"]
        of_year = [row for row in year if row["status"] != "cancelled"]

        def since(start, end=NIGHT):
            return [row for row in orders if within(row["order_date"], start, end)]

        quarter, last_year = since(months(3)), since(months(15), months(12))
        days = sorted(row["order_date"] for row in orders)
        found = {
            "order_cnt": len(orders),
            "order_cnt_12m": len(of_year),
            "order_cnt_3m": len(quarter),
            "order_cnt_3m_last_year": len(last_year),
            "order_cnt_change_yoy": over(len(quarter), len(last_year))
            if len(last_year) >= 4
            else None,
            "order_cnt_90d": len(since(NIGHT - timedelta(90))),
            "order_cnt_90d_before": len(since(NIGHT - timedelta(180), NIGHT - timedelta(90))),
            "order_cancel_rate": share(len(year) - len(of_year), len(year)),
            "recency_days": (NIGHT - days[-1]).days if days else None,
            "churn_flag": not of_year if days else None,
        }
        # One currency without a rate leaves all sums of the customer unknown.
        if None not in {RATES[row["currency"]] for row in orders}:
            half, before = money(since(months(6))), money(since(months(12), months(6)))
            costed = [row for row in of_year if row["cost_amount"] is not None]
            is_stated = bool(costed) or (bool(days) and not of_year)
            margin = money(costed) - money(costed, "cost_amount") if is_stated else None
            found |= {
                "order_amount_12m": digits(money(of_year), 2),
                "order_trend": over(half, before),
                "margin_amount_12m": digits(margin, 2),
            }
        did = [bool(since(quarters[n + 1], quarters[n])) for n in range(8)]
        if days:
            whole = [n for n in range(4) if days[0] <= quarters[n]]
            found["repeat_rate"] = share(sum(did[n] for n in whole), len(whole)) if whole else None
        followed = [did[n - 1] for n in range(1, 8) if did[n]]
        found["retention_rate"] = share(sum(followed), len(followed))
        return found

    compare(drawn, "indicator.trade", expected)


def test_contracts_and_deliveries(drawn):
    def expected(mine):
        broken = [row for row in mine["contract_breach"] if within(row["breach_date"], months(24))]
        by_customer = [row for row in broken if row["breached_by"] == "customer"]
        cost = money(by_customer)
        offered = [row for row in mine["contract"] if within(row["offered_on"], months(24))]

        def is_signed(row):
            return row["signed_on"] is not None and row["signed_on"] <= NIGHT

        counted = [
            row
            for row in offered
            if is_signed(row)
            or row["status"] == "declined"
            or row["offered_on"] <= NIGHT - timedelta(90)
        ]
        signing = [
            (row["signed_on"] - row["offered_on"]).days
            for row in mine["contract"]
            if within(row["signed_on"], months(24))
        ]
        due = [row for row in mine["delivery"] if within(row["promised_date"], months(12))]

        def late(row):
            came = row["actual_date"]
            until = came if came is not None and came <= NIGHT else NIGHT
            return max((until - row["promised_date"]).days, 0)

        def longest(*faults):
            return max((late(row) for row in due if row["late_by"] in faults), default=0)

        on_time = [row for row in due if late(row) == 0]
        theirs = [row for row in due if late(row) and row["late_by"] == "customer"]
        ours = [row for row in due if late(row) and row["late_by"] in ("us", "carrier")]
        measured = [
            row
            for row in due
            if row["actual_date"] is not None
            and row["actual_date"] <= NIGHT
            and row["quantity_ordered"]
            and row["quantity_delivered"] is not None
        ]
        whole = [row for row in measured if row["quantity_delivered"] >= row["quantity_ordered"]]
        return {
            "contract_breach_cnt_24m": len(by_customer),
            "contract_breach_amt_24m": digits(cost, 2),
            "contract_breach_cnt_ours": sum(
                row["breached_by"] in ("us", "carrier") for row in broken
            ),
            "contract_breach_cnt_unknown": sum(row["breached_by"] == "unknown" for row in broken),
            "contract_signed_rate": share(sum(map(is_signed, counted)), len(counted)),
            "contract_sign_days_mean": share(sum(signing), len(signing)),
            "delivery_cnt_12m": len(due),
            "delivery_delay_days": longest("customer") if due else None,
            "delivery_delay_days_ours": longest("us", "carrier") if due else None,
            "delivery_delay_days_unknown": longest("unknown", None) if due else None,
            "delivery_delay_days_mean": share(sum(map(late, theirs)), len(due)),
            "delivery_on_time_share": share(len(on_time), len(on_time) + len(theirs)),
            "delivery_on_time_share_ours": share(len(on_time), len(on_time) + len(ours)),
            "delivery_in_full_share": share(len(whole), len(measured)),
        }

    compare(drawn, "indicator.contract", expected)


def wilson(part, whole):
    z = 1.959963984540054
    rate, span = part / whole, 1 + z * z / whole
    half = z * sqrt(rate * (1 - rate) / whole + z * z / 4 / whole / whole)
    return (rate + z * z / 2 / whole - half) / span, (rate + z * z / 2 / whole + half) / span


def test_feedback(drawn):
    def expected(mine):
        cases = [row for row in mine["service_case"] if row["opened_on"] <= NIGHT]
        by = [row for row in cases if row["direction"] == "by_customer"]
        year = [row for row in by if within(row["opened_on"], months(12))]
        complaints = [row for row in year if row["kind"] == "complaint"]
        about = [
            row
            for row in cases
            if row["direction"] == "about_customer"
            and row["kind"] == "complaint"
            and within(row["opened_on"], months(12))
        ]
        orders = [
            row
            for row in mine["sales_order"]
            if within(row["order_date"], months(12)) and row["status"] != "cancelled"
        ]
        closed = [row for row in by if within(row["closed_on"], months(12))]
        hours = [
            row["close_hours"]
            if row["close_hours"] is not None
            else 24 * (row["closed_on"] - row["opened_on"]).days
            for row in closed
            if row["kind"] == "complaint"
        ]
        said = [row["is_solved"] for row in closed if row["is_solved"] is not None]
        first = [
            row["first_response_hours"] for row in year if row["first_response_hours"] is not None
        ]
        answers = [row for row in mine["feedback"] if within(row["given_on"], months(12))]
        ours = [row for row in answers if row["role"] == "by_customer"]
        ratings = [row["rating"] for row in ours if row["rating"] is not None]
        nps = [row["nps"] for row in ours if row["nps"] is not None]
        bad = [
            row["rating"] <= 2 if row["rating"] is not None else row["nps"] <= 6
            for row in ours
            if row["rating"] is not None or row["nps"] is not None
        ]
        overall = [r["rating"] for r in ours if r["rating"] and r["aspect"] in ("overall", None)]
        return {
            "complaint_count": len(complaints),
            "complaint_rate": share(len(complaints), len(orders)),
            "complaint_about_count": len(about),
            "complaint_about_fault": sum(row["at_fault"] == "customer" for row in about),
            "complaint_about_unknown": sum(row["at_fault"] in ("unknown", None) for row in about),
            "case_open_cnt": sum(
                row["closed_on"] is None or row["closed_on"] > NIGHT for row in by
            ),
            "complaint_close_hours": share(sum(hours), len(hours)),
            "resolution_rate": share(sum(said), len(said)),
            "response_hours": share(sum(first), len(first)),
            "rating_n": len(ratings),
            "rating_avg": share(sum(ratings), len(ratings)),
            "rating_bayes": share(sum(ratings) + 42, len(ratings) + 10) if ratings else None,
            "csat_avg": share(sum(overall), len(overall)),
            "nps": share(100 * (sum(n >= 9 for n in nps) - sum(n <= 6 for n in nps)), len(nps)),
            "feedback_neg_rate": share(sum(bad), len(bad)),
        }

    compare(drawn, "indicator.feedback", expected)
    _, night = drawn
    for row in night.rows("indicator.feedback"):
        if row["complaint_rate"] is not None and row["complaint_rate"] <= 1:
            low, high = wilson(row["complaint_count"], row["feedback_order_cnt"])
            assert float(row["complaint_rate_low"]) == pytest.approx(low, abs=1e-6)
            assert float(row["complaint_rate_high"]) == pytest.approx(high, abs=1e-6)


def test_communication(drawn):
    def expected(mine):
        tried = [row for row in mine["contact_activity"] if row["contact_date"] <= NIGHT]
        reached = [r for r in tried if r["direction"] == "in" or r["has_reply"] is not False]
        year = [row for row in tried if within(row["contact_date"], months(12))]
        called = [r for r in year if r["direction"] == "out" and r["has_reply"] is not None]
        hours = sorted(
            Fraction(row["reply_hours"])
            for row in called
            if row["has_reply"] and row["reply_hours"] is not None
        )
        last = max((row["contact_date"] for row in reached), default=None)
        due = [row for row in mine["promise"] if within(row["due_date"], months(12))]
        dunned = [row for row in mine["dunning_step"] if within(row["sent_on"], months(12))]
        answered = [r for r in dunned if r["answered_on"] is not None and r["answered_on"] <= NIGHT]
        middle = len(hours) // 2
        return {
            "last_contact_date": last,
            "contact_gap_days": (NIGHT - last).days if last else None,
            "contact_cnt_12m": sum(within(row["contact_date"], months(12)) for row in reached),
            "reply_share": share(sum(row["has_reply"] for row in called), len(called)),
            "reply_hours_med": six((hours[middle] + hours[-middle - 1]) / 2) if hours else None,
            "promise_cnt_12m": len(due),
            "promise_kept_rate": share(sum(row["is_kept"] for row in due), len(due)),
            "dunning_cnt_12m": len(dunned),
            "dunning_level_max_12m": max((r["level"] for r in dunned if r["level"]), default=None),
            "dunning_answered_share": share(len(answered), len(dunned)),
        }

    compare(drawn, "indicator.communication", expected)
