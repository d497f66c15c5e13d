"""Orders, contracts, deliveries, cases, answers and contacts of 200 drawn customers: most days drawn are the first
or the last of some window, or next to it, and the night is a 29 February."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from random import Random

NIGHT = date(2028, 2, 29)
PEOPLE = [f"C{n:03}" for n in range(200)]
RATES = {"CNY": Fraction(1), "USD": Fraction(71, 10), "XAU": None}
EDGES = [date(2027, 2, 28), date(2026, 2, 28), date(2027, 8, 29), date(2027, 11, 29), date(2026, 11, 29),
         date(2027, 5, 29), date(2026, 8, 29), NIGHT - timedelta(90), NIGHT - timedelta(180),
         NIGHT - timedelta(7), NIGHT]  # fmt: skip


def draw(seed=20280229):
    """Rows of ten record types, values as Python has them."""
    chance = Random(seed)

    def day():
        if chance.random() < 0.75:
            return chance.choice(EDGES) + timedelta(chance.randint(-1, 1))
        return NIGHT - timedelta(chance.randint(-40, 900))

    def maybe(value, share=0.6):
        return value if chance.random() < share else None

    def who():
        return chance.choice(PEOPLE[:190])

    fault = ["customer", "us", "carrier", "unknown", None]
    rows = defaultdict(list)
    for n in range(1500):
        amount = chance.randint(1, 10**6)
        rows["sales_order"].append(
            {
                "order_id": f"O{n}",
                "customer_id": who(),
                "order_date": day(),
                "amount": Fraction(amount, 100),
                "cost_amount": maybe(Fraction(chance.randint(0, amount), 100)),
                "currency": chance.choices(list(RATES), [30, 10, 1])[0],
                "status": chance.choice(["open", "delivered", "closed", "cancelled"]),
                "is_deleted": chance.random() < 0.05,
            }
        )
        rows["delivery"].append(
            {
                "delivery_id": f"D{n}",
                "customer_id": who(),
                "promised_date": (promised := day()),
                "actual_date": maybe(
                    promised + timedelta(chance.choice([-9, -1, 0, 1, 2, 10, 40]))
                ),
                "quantity_ordered": maybe(chance.randint(0, 3)),
                "quantity_delivered": maybe(chance.randint(0, 3)),
                "late_by": chance.choice(fault),
                "is_deleted": chance.random() < 0.05,
            }
        )
        rows["service_case"].append(
            {
                "case_id": f"S{n}",
                "customer_id": who(),
                "kind": chance.choice(["complaint", "complaint", "service", "question"]),
                "direction": chance.choice(["by_customer", "by_customer", "about_customer"]),
                "opened_on": (opened := day()),
                "closed_on": maybe(opened + timedelta(chance.choice([0, 1, 5, 400]))),
                "close_hours": maybe(chance.randint(0, 200), 0.3),
                "first_response_hours": maybe(chance.randint(0, 50)),
                "is_solved": maybe(chance.random() < 0.5),
                "at_fault": chance.choice(fault),
                "is_deleted": chance.random() < 0.05,
            }
        )
        rows["feedback"].append(
            {
                "feedback_id": f"F{n}",
                "customer_id": who(),
                "given_on": day(),
                "role": chance.choice(["by_customer", "by_customer", "about_customer"]),
                "aspect": chance.choice(["overall", "service", None]),
                "rating": maybe(chance.randint(1, 5)),
                "nps": maybe(chance.randint(0, 10)),
                "is_deleted": chance.random() < 0.05,
            }
        )
        rows["contact_activity"].append(
            {
                "activity_id": f"A{n}",
                "customer_id": who(),
                "contact_date": day(),
                "direction": chance.choice(["in", "out"]),
                "has_reply": maybe(replied := chance.random() < 0.5),
                "reply_hours": chance.randint(0, 400) / 4 if replied else None,
                "is_deleted": chance.random() < 0.05,
            }
        )
        rows["dunning_step"].append(
            {
                "dunning_id": f"N{n}",
                "customer_id": who(),
                "level": maybe(chance.randint(1, 4)),
                "sent_on": (sent := day()),
                "answered_on": maybe(sent + timedelta(chance.choice([0, 1, 30]))),
                "is_deleted": chance.random() < 0.05,
            }
        )
        rows["promise"].append(
            {
                "promise_id": f"P{n}",
                "customer_id": who(),
                "due_date": (due := day()),
                "promised_on": due - timedelta(chance.randint(0, 20)),
                "amount": Fraction(chance.randint(1, 999)),
                "is_kept": chance.random() < 0.5,
                "is_deleted": chance.random() < 0.05,
            }
        )
        rows["contract_breach"].append(
            {
                "breach_id": f"B{n}",
                "customer_id": who(),
                "breach_date": day(),
                "breached_by": chance.choice(fault[:4]),
                "amount": maybe(Fraction(chance.randint(1, 10**6), 100)),
                "currency": chance.choices(list(RATES), [30, 10, 1])[0],
                "is_deleted": chance.random() < 0.05,
            }
        )
        rows["contract"].append(
            {
                "contract_id": f"K{n}",
                "customer_id": who(),
                "offered_on": (offered := day()),
                "signed_on": maybe(offered + timedelta(chance.choice([0, 1, 30, 91]))),
                "is_deleted": chance.random() < 0.05,
            }
        )
    for row in rows["contract"]:
        row["status"] = "signed" if row["signed_on"] else chance.choice(["offered", "declined"])
    return dict(rows)


def text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(float(value)) if isinstance(value, Fraction) else str(value)
