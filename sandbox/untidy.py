"""What is untidy in the sample ledger on purpose; ledger/README.md has a line for each."""

from datetime import datetime


def untidy_documents(documents: list[list[str]], customer: str, other: str) -> list[list[str]]:
    """Bills with something wrong, each of its own kind."""
    good = next(row for row in documents if row[1] == "发票" and row[5])
    nothing = ["", "", "", "", ""]
    day, due = "2026/09/01", "2026/10/01"

    def bill(number: str, who: str, when: str, amount: str, currency: str = "CNY") -> list[str]:
        return [number, "发票", who, "SH", when, due, "", amount, currency, *nothing[:4]]

    return [
        bill("BAD-01", customer, "2026/02/30", "1,000.00"),
        bill("BAD-02", customer, day, "1.234,56"),
        bill("BAD-03", customer, day, "-880.00"),
        bill("BAD-04", customer, day, "99.999"),
        bill("BAD-05", customer, day, "1,500.00", "RMB"),
        bill("BAD-06", "", day, "2,000.00"),
        bill("", customer, day, "2,100.00"),
        bill("BAD\x0008", customer, day, "2,200.00"),
        bill("BAD-09", customer, "1026/09/01", "2,300.00"),
        bill("BAD-10", customer, day, "#REF!"),
        bill("BAD-11", customer, day, "0.00"),
        list(good),
        bill("INV-DOUBLE", other, "2026/09/02", "3,100.00"),
        bill("INV-DOUBLE", other, "2026/09/02", "3,150.00"),
        ["BAD-15", "发票", customer, "SH", day, due],
        [
            "INV-NODUE",
            "发票",
            other,
            "SH",
            "2026/08/03",
            "",
            "",
            "4,400.00",
            "CNY",
            *nothing[:4],
        ],
        ["合计", "", "", "", "", "", "", "98,765,432.10", "", *nothing[:4]],
    ]


def untidy_payments(one: str, two: str, three: str) -> list[list[object]]:
    """Cash without a bill, with a bill nobody knows, sent back, and of a kind nobody knows."""
    at = [datetime(2026, 10, 5 + place) for place in range(6)]  # noqa: DTZ001
    return [
        ["RC900001", 1, one, at[0], 6000.0, "CNY", "电汇", None, 6000.0],
        ["RC900002", 1, two, at[1], 2500.0, "CNY", "电汇", "INV-99999", 2500.0],
        ["RC900003", 1, three, at[2], 1800.0, "CNY", "现金券", None, 1800.0],
        ["RC900004", 1, two, at[3], 1200.5, "CNY", "电汇", None, 1200.5],
        ["RC900005", 1, two, at[4], -1200.5, "CNY", "退票", None, -1200.5],
        ["RC900006", 1, one, "15.11.2026", 700.0, "CNY", "电汇", None, 700.0],
    ]


def untidy_customers() -> list[list[str]]:
    """Customers with something odd in a field."""
    return [
        [
            "C2001",
            '=HYPERLINK("http://example.test","点我付款")',
            "CN",
            "2026-10-20",
            "否",
            "",
            "30",
        ],
        ["C2002", "苏州\x07同济\n仪器有限公司", "CN", "2026-10-21", "否", "", "30"],
        ["C2003", "+86 Trading", "CN", "2026-10-22", "是", "120%", "30"],
        ["C2004", "  Ünïcode\u3000Handels AB ", "SE", "2026-10-23", "否", "", "45"],
        ["C2005", "宁波安泰照明有限公司", "CN", "2026-10-24", "也许", "", "30"],
    ]
