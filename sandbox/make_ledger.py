"""Make the sample ledger again: `python -m sandbox.make_ledger` writes sandbox/ledger/*.

Everything in it is invented. The same seed gives the same bytes, so a change here shows as a change
of the files. What is untidy on purpose, and what must become of it, is in ledger/README.md.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sandbox.names import CITIES, LATIN, TRADES, TRAITS, words
from sandbox.untidy import untidy_customers, untidy_documents, untidy_payments
from sandbox.write_ledger import as_csv, as_workbook, rates

FOLDER = Path(__file__).parent / "ledger"
FIRST, LAST = date(2024, 11, 25), date(2026, 11, 20)
CENT = Decimal("0.01")


SLIP = date(2025, 12, 20)
LIKE_PROMPT = ("dormant", "new", "one_slip")

# How a customer pays: days after the due date, as (least, most), early in the two years and late.
HABITS = {
    "prompt": ((-2, 0), (-2, 0)),
    "exact": ((0, 0), (0, 0)),
    "early": ((-14, -7), (-14, -7)),
    "slightly_late": ((0, 3), (1, 4)),
    "late": ((2, 6), (5, 9)),
    "bad": ((5, 30), (12, 70)),
    "sliding": ((-1, 0), (4, 26)),
    "recovered": ((8, 35), (-2, 0)),
}
CROWD = {
    "prompt": 22,
    "one_slip": 8,
    "exact": 12,
    "early": 8,
    "slightly_late": 24,
    "late": 14,
    "bad": 12,
    "sliding": 6,
    "recovered": 4,
    "dormant": 4,
    "new": 4,
    "prospect": 2,
}


@dataclass
class Customer:
    number: str
    name: str
    country: str
    habit: str
    currency: str
    terms: int
    since: date
    reseller: str = "否"
    share: str = ""
    slipped: bool = False


@dataclass
class Invoice:
    number: str
    customer: Customer
    issued: date
    due: date
    amount: Decimal
    shown_due: str = ""
    shown_terms: str = ""
    open: Decimal = field(default=Decimal(0))


class Ledger:
    """The rows of all four files, grown customer by customer."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  a sample, not a secret
        self.customers: list[Customer] = []
        self.documents: list[list[str]] = []  # rows of the invoice file
        self.lines: list[list[object]] = []  # rows of the payment sheet
        self.next_payment = 700_001
        self.next_note = 1

    def days(self, bounds: tuple[int, int]) -> timedelta:
        return timedelta(days=self.random.randint(*bounds))

    def make_customers(self) -> None:
        """About 120, one in six with a Latin name."""
        habits = [habit for habit, count in CROWD.items() for _ in range(count)]
        self.random.shuffle(habits)
        latin = list(LATIN)
        used: set[str] = set()
        for place, habit in enumerate(habits):
            abroad = place % 6 == 2 and latin
            if abroad:
                name, country = latin.pop(0).split("|")
                currency = "EUR" if country in {"DE", "FR", "NL", "IT", "ES", "PT", "IE"} else "USD"
            else:
                country, currency = "CN", "CNY"
                name = self._chinese_name(used)
            since = date(2017, 3, 1) + timedelta(days=self.random.randint(0, 2400))
            if habit in ("new", "prospect"):
                since = date(2026, 10, 12) + timedelta(days=place % 30)
            self.customers.append(
                Customer(
                    number=f"C{1001 + place}",
                    name=name,
                    country=country,
                    habit=habit,
                    currency=currency,
                    terms=self.random.choice((30, 30, 45, 60, 60, 90)),
                    since=since,
                )
            )
        self._mark_resellers()

    def _chinese_name(self, used: set[str]) -> str:
        while True:
            choose = self.random.choice
            name = f"{choose(CITIES)}{choose(TRAITS)}{choose(TRADES)}有限公司"
            if name not in used:
                used.add(name)
                return name

    def _mark_resellers(self) -> None:
        """Nine of ten questions are answered; of the resellers most said what else they sell."""
        shares = ["0%", "0%", "10%", "30%", "30%", "44.99%", "50%", "55%", "70%", "20%", "", "15%"]
        some = [customer for customer in self.customers if customer.habit != "prospect"]
        for customer, share in zip(self.random.sample(some, len(shares)), shares, strict=True):
            customer.reseller, customer.share = "是", share
        for customer in self.random.sample([c for c in some if c.reseller == "否"], 8):
            customer.reseller = ""

    def trade(self) -> None:
        """Two years of bills, each with what became of it."""
        number = 20_001
        for customer in self.customers:
            if customer.habit == "prospect":
                continue
            bills = []
            for issued in self._billing_days(customer):
                amount = self._amount(customer)
                due = issued + timedelta(days=customer.terms)
                bills.append(Invoice(f"INV-{number}", customer, issued, due, amount, open=amount))
                number += 1
            self._hide_due_dates(bills)
            self._settle(customer, bills)

    def _billing_days(self, customer: Customer) -> list[date]:
        first, last = FIRST, LAST
        if customer.habit == "new":
            first = customer.since
        if customer.habit == "dormant":
            last = date(2025, 4, 30)
        gap = self.random.choice((30, 45, 60, 75, 90))
        day = first + timedelta(days=self.random.randint(0, 12 if customer.habit == "new" else 40))
        days = []
        while day <= last:
            days.append(day)
            day += timedelta(days=gap + self.random.randint(-8, 8))
        return days

    def _amount(self, customer: Customer) -> Decimal:
        size = self.random.lognormvariate(10.6 if customer.currency == "CNY" else 9.0, 0.8)
        return Decimal(str(round(size, 2))).quantize(CENT)

    def _hide_due_dates(self, bills: list[Invoice]) -> None:
        """Some bills say terms and no date, a very few say neither."""
        for bill in bills:
            chance = self.random.random()
            bill.shown_due = bill.due.strftime("%Y/%m/%d")
            if chance < 0.04:
                bill.shown_due, bill.shown_terms = "", str(bill.customer.terms)
            elif chance < 0.045:
                bill.shown_due = ""

    def _settle(self, customer: Customer, bills: list[Invoice]) -> None:
        waiting: list[tuple[date, Invoice]] = []
        for bill in bills:
            self._document(bill, "发票", bill.number, bill.issued, bill.amount)
            self._correct(bill)
            paid_on = max(bill.issued, bill.due + self._delay(customer, bill))
            if paid_on <= LAST and bill.open > 0:
                waiting.append((paid_on, bill))
        while waiting:
            paid_on, bill = waiting.pop(0)
            together = [bill]
            if waiting and (waiting[0][0] - paid_on).days <= 1 and waiting[0][0] <= LAST:
                together.append(waiting.pop(0)[1])
            self._pay(customer, paid_on, together)

    def _delay(self, customer: Customer, bill: Invoice) -> timedelta:
        if customer.habit == "one_slip" and not customer.slipped and bill.due >= SLIP:
            customer.slipped = True
            return self.days((12, 18))
        habit = "prompt" if customer.habit in LIKE_PROMPT else customer.habit
        before, after = HABITS[habit]
        if habit == "sliding":
            progress = max(0, (bill.due - date(2025, 9, 1)).days)
            return timedelta(days=min(progress // 16, 26) + self.random.randint(-1, 0))
        turned = bill.due >= (date(2025, 10, 15) if habit == "recovered" else date(2026, 1, 1))
        return self.days(after if turned else before)

    def _correct(self, bill: Invoice) -> None:
        """Credit notes, claims and disputes: a few bills have one."""
        customer, chance = bill.customer, self.random.random()
        day = bill.issued + timedelta(days=self.random.randint(3, 20))
        if day > LAST or customer.habit == "new":
            return
        if chance < 0.025:
            credit = (bill.amount * Decimal("0.08")).quantize(CENT)
            self._note("红字-退货" if chance < 0.015 else "红字-开票错误", bill, day, credit)
        elif customer.habit == "slightly_late" and chance < 0.22:
            claim = (bill.amount * Decimal("0.04")).quantize(CENT)
            self._note("质量索赔-扣款", bill, day, claim)
        elif chance < 0.035:
            claim = (bill.amount * Decimal("0.06")).quantize(CENT)
            self._note("质量索赔-赔付", bill, day, claim, lowers=False)

    def _note(
        self, kind: str, bill: Invoice, day: date, amount: Decimal, *, lowers: bool = True
    ) -> None:
        prefix = "CN" if kind.startswith("红字") else "CL"
        self._document(bill, kind, f"{prefix}-{self.next_note:05d}", day, -amount)
        self.next_note += 1
        if lowers:
            bill.open -= amount

    def _document(self, bill: Invoice, kind: str, number: str, day: date, amount: Decimal) -> None:
        is_bill = kind == "发票"
        self.documents.append(
            [
                number,
                kind,
                bill.customer.number,
                "SH" if int(bill.customer.number[1:]) % 3 else "SZ",
                day.strftime("%Y/%m/%d"),
                bill.shown_due if is_bill else "",
                bill.shown_terms if is_bill else "",
                f"{amount:,.2f}",
                bill.customer.currency,
                "" if is_bill else bill.number,
                "",
                "",
                "",
            ]
        )

    def _pay(self, customer: Customer, day: date, bills: list[Invoice]) -> None:
        """One payment for some bills; now and then it comes in two parts or is a little more."""
        chance = self.random.random()
        if len(bills) == 1 and chance < 0.08 and day + timedelta(days=2) <= LAST:
            bill = bills[0]
            part = (bill.open * Decimal("0.6")).quantize(CENT)
            early = max(bill.issued, day - timedelta(days=6))
            self._payment(customer, early, "电汇", [(bill, part)])
            bills = [bill]
        extra = Decimal("500.00") if chance > 0.985 else Decimal(0)
        self._payment(customer, day, "电汇", [(bill, bill.open) for bill in bills], extra)

    def _payment(
        self,
        customer: Customer,
        day: date,
        kind: str,
        parts: list[tuple[Invoice, Decimal]],
        extra: Decimal = Decimal(0),
    ) -> None:
        number = f"RC{self.next_payment}"
        self.next_payment += 1
        total = sum((amount for _, amount in parts), extra)
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a workbook knows no zones
        for line, (bill, amount) in enumerate(parts, start=1):
            self.lines.append(
                [
                    number,
                    line,
                    customer.number,
                    moment,
                    float(total),
                    customer.currency,
                    kind,
                    bill.number,
                    float(amount),
                ]
            )
            bill.open -= amount
        if extra:
            self.lines.append(
                [
                    number,
                    len(parts) + 1,
                    customer.number,
                    moment,
                    float(total),
                    customer.currency,
                    kind,
                    None,
                    float(extra),
                ]
            )

    def dispute(self) -> None:
        """Open and closed disputes, with dates, on bills of the last months."""
        recent = [row for row in self.documents if row[1] == "发票" and row[4] >= "2026/06/01"]
        for nth, row in enumerate(self.random.sample(recent, 12)):
            opened = datetime.strptime(row[4], "%Y/%m/%d") + timedelta(days=10)  # noqa: DTZ007
            if opened.date() > LAST:
                continue
            row[10] = opened.strftime("%Y/%m/%d")
            if nth % 3 == 0:
                closed = min(opened + timedelta(days=25), datetime(2026, 11, 18))  # noqa: DTZ001
                row[11] = max(opened, closed).strftime("%Y/%m/%d")
                row[12] = "客户" if nth % 2 else "我方"

    def close_without_cash(self) -> None:
        """Write-offs and set-offs: the item is closed, and nobody paid."""
        bad = [customer for customer in self.customers if customer.habit == "bad"]
        for nth, customer in enumerate(bad[:5]):
            row = next(r for r in self.documents if r[2] == customer.number and r[1] == "发票")
            paid = [line for line in self.lines if line[7] == row[0]]
            for line in paid:
                self.lines.remove(line)
            amount = float(row[7].replace(",", ""))
            kind = ("坏账核销", "坏账核销", "抵账", "坏账核销", "转让")[nth]
            moment = datetime(2026, 3 + nth, 15)  # noqa: DTZ001
            self.lines.append(
                [
                    f"WO{nth + 1:04d}",
                    1,
                    customer.number,
                    moment,
                    amount,
                    row[8],
                    kind,
                    row[0],
                    amount,
                ]
            )


def make() -> dict[str, bytes]:
    """File name → bytes of the sample ledger."""
    ledger = Ledger(seed=20261120)
    ledger.make_customers()
    ledger.trade()
    ledger.dispute()
    ledger.close_without_cash()
    numbers = [customer.number for customer in ledger.customers]
    ledger.lines += untidy_payments(numbers[9], numbers[12], numbers[15])
    documents = sorted(ledger.documents, key=lambda row: (row[4], row[0]))
    documents += untidy_documents(ledger.documents, numbers[4], numbers[6])
    lines = sorted(ledger.lines, key=lambda row: (str(row[0]), row[1]))
    customers = [
        [c.number, c.name, c.country, c.since.isoformat(), c.reseller, c.share, str(c.terms)]
        for c in ledger.customers
    ]
    customers += untidy_customers()
    return {
        "customers.csv": as_csv(
            ["Customer No", "Name", "Country", "Since", "Reseller", "Competitor share", "Terms"],
            customers,
            ",",
        ).encode("utf-8-sig"),
        "invoices.csv": as_csv(
            words(
                "单据号 类型 客户编号 公司 日期 到期日 账期 金额 币种 原发票号 争议开始 争议结束 争议结果"
            ),
            documents,
            ";",
        ).encode("gb18030"),
        "payments.xlsx": as_workbook(
            words("收款单号 行号 客户编号 收款日期 收款金额 币种 方式 发票号 核销金额"),
            lines,
        ),
        "fx.csv": as_csv(["Date", "From", "To", "Rate"], rates(LAST), ",").encode(),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file_name, content in make().items():
        (FOLDER / file_name).write_bytes(content)
