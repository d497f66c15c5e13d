"""How the sample ledger's files are written down: text, workbook, rates."""

import csv
import io
import random
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal

import openpyxl


def rates(until: date) -> list[list[str]]:
    """Friday's rates into CNY, wandering a little."""
    walk = random.Random(8)  # noqa: S311
    usd, eur = Decimal("7.2400"), Decimal("7.6100")
    rows, day = [], date(2024, 11, 22)
    while day <= until:
        for currency, rate in (("USD", usd), ("EUR", eur)):
            rows.append([day.isoformat(), currency, "CNY", f"{rate:.4f}"])
        usd += Decimal(walk.randint(-90, 85)) / 10_000
        eur += Decimal(walk.randint(-110, 115)) / 10_000
        day += timedelta(days=7)
    return rows


def as_csv(header: list[str], rows: list[list[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([header, *rows])
    return text.getvalue()


def as_workbook(header: list[str], rows: list[list[object]]) -> bytes:
    """A sheet under two title rows, with nothing in the file that changes from run to run."""
    book = openpyxl.Workbook()
    made = datetime(2026, 11, 20)  # noqa: DTZ001
    book.properties.created = book.properties.modified = made
    sheet = book.active
    sheet.title = "收款明细"
    sheet.append(["收款核销明细表"])
    sheet.append(["截至 2026-11-20"])
    for row in [header, *rows]:
        sheet.append(row)
    for cell in sheet["D"]:
        cell.number_format = "yyyy-mm-dd"
    raw = io.BytesIO()
    book.save(raw)
    fixed = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "docProps/core.xml":  # openpyxl writes the present moment here
                before, _, rest = content.partition(b"<dcterms:modified")
                _, _, after = rest.partition(b"</dcterms:modified>")
                content = before + after
            entry = zipfile.ZipInfo(item.filename, (2026, 11, 20, 0, 0, 0))
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
