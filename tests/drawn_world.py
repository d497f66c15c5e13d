"""A world drawn by hand for the stand-ins' tests: a few companies whose every record is known.

It reads as `sandbox.world.reader.World` does: `at(moment).rows(table, …)`, over the same tables.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from sandbox.server import registry
from sandbox.world.tables import TABLES, TYPES

LONG_AGO = datetime(2024, 1, 15)  # noqa: DTZ001 - moments of a world are UTC without saying so

ANHUA = "91310000MA1FL0000B"
"""USCC of 安华机电有限公司, party 1. Its homonym, party 2, has another."""
STRANGER = "91320000MA1FL1111C"
LEI = "549300ANHUAELECTR045"


class DrawnWorld:
    """Tables in memory, filled by `add`."""

    def __init__(self) -> None:
        self._db = duckdb.connect()
        self._count = 0
        for table in TABLES.values():
            columns = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in table.all_columns)
            self._db.execute(f'CREATE TABLE "{table.name}" ({columns})')

    def add(self, table: str, **row: Any) -> None:
        """One row; what is not given is NULL, the moments are long ago."""
        self._count += 1
        full = {
            "system": "outside",
            "row_id": f"r{self._count}",
            "created_at": LONG_AGO,
            "modified_at": LONG_AGO,
            **row,
        }
        names = ", ".join(f'"{name}"' for name in full)
        marks = ", ".join("?" * len(full))
        self._db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(full.values()))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of any query, all versions."""
        return self._db.execute(sql).fetchall()

    def at(self, now: datetime) -> "DrawnView":
        """What is so at this moment."""
        return DrawnView(self._db, now.astimezone(UTC).replace(tzinfo=None))


class DrawnView:
    """Rows valid at one moment."""

    def __init__(self, db: duckdb.DuckDBPyConnection, now: datetime) -> None:
        self._db = db
        self._now = now

    def _sql(self, table: str, where: str) -> str:
        return (
            f'FROM "{table}" WHERE modified_at <= ? '
            "AND (superseded_at IS NULL OR superseded_at > ?) "
            f"AND (deleted_at IS NULL OR deleted_at > ?) AND ({where or 'TRUE'})"
        )

    def rows(
        self,
        table: str,
        *,
        system: str | None = None,
        where: str = "",
        params: Any = (),
        order_by: str = "",
        limit: int | None = None,
        offset: int = 0,
        columns: Any = None,
    ) -> list[dict[str, Any]]:
        """Rows as dicts."""
        assert system is None
        picked = ", ".join(columns or ["*"])
        order = f" ORDER BY {order_by}" if order_by else ""
        end = f" LIMIT {limit} OFFSET {offset}" if limit is not None else ""
        found = self._db.execute(
            f"SELECT {picked} {self._sql(table, where)}{order}{end}", [self._now] * 3 + list(params)
        )
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def count(self, table: str, *, where: str = "", params: Any = ()) -> int:
        """How many."""
        found = self._db.execute(
            f"SELECT count(*) {self._sql(table, where)}", [self._now] * 3 + list(params)
        ).fetchone()
        assert found is not None
        return int(found[0])


def company(world: DrawnWorld, party_no: int, name: str, country: str, **more: Any) -> None:
    """A company that is alive and well unless told otherwise."""
    usual = {
        "region": "Shanghai" if country == "CN" else "NY",
        "city": "上海市" if country == "CN" else "Albany",
        "address": "1 Long Road",
        "postal_code": "200000",
        "status": "active",
        "founded": date(2010, 5, 6),
        "capital": Decimal(10_000_000),
        "capital_currency": "CNY" if country == "CN" else "USD",
        "industry_code": "C34",
        "industry": "通用设备制造业" if country == "CN" else "Machinery",
        "size": "small",
        "staff": 120,
        "staff_range": "100-499人",
        "legal_person": "王小明" if country == "CN" else None,
        "legal_form": "Ltd",
        "is_customer": True,
    }
    world.add(
        "company", **(usual | {"party_no": party_no, "name": name, "country": country} | more)
    )


def case(world: DrawnWorld, record_id: str, parties: list[tuple[Any, ...]], **more: Any) -> None:
    """A case with its parties: (party_no or None, name, role, outcome)."""
    usual = {
        "party_no": parties[-1][0],
        "country": "CN",
        "court": "上海市浦东新区人民法院",
        "court_id": "sh-pd",
        "case_no": f"(2025)沪0115民初{record_id}号",
        "title": "买卖合同纠纷",
        "cause": "买卖合同纠纷",
        "case_type": "civil",
        "doc_type": "判决书",
        "stage": "judgment",
        "status": "open",
        "filed_on": date(2025, 3, 3),
        "hearing_on": date(2025, 5, 5),
        "judged_on": date(2025, 6, 6),
        "amount": Decimal("120000.50"),
        "currency": "CNY",
    }
    world.add("court_record", **(usual | {"record_id": record_id} | more))
    for index, (party_no, name, role, *outcome) in enumerate(parties):
        world.add(
            "court_party",
            record_id=record_id,
            party_index=index,
            party_no=party_no,
            party_name=name,
            role=role,
            party_kind="company" if party_no else "person",
            outcome=outcome[0] if outcome else None,
        )


def listing(world: DrawnWorld, listing_id: str, party_no: int, kind: str, **more: Any) -> None:
    """An entry on a public list."""
    usual = {
        "party_name": "安华机电有限公司",
        "case_no": "(2025)沪0115执88号",
        "court": "上海市浦东新区人民法院",
        "amount": Decimal("88000.00"),
        "unperformed_amount": Decimal("88000.00"),
        "currency": "CNY",
        "listed_on": date(2025, 8, 8),
        "published_on": date(2025, 8, 10),
        "person_name": "王小明",
    }
    world.add(
        "listing", **(usual | {"listing_id": listing_id, "party_no": party_no, "kind": kind} | more)
    )


def drawn_world() -> DrawnWorld:
    """The companies and records that the tests name."""
    world = DrawnWorld()
    company(world, 1, "安华机电有限公司", "CN", name_en="Anhua Electric Co., Ltd.", uscc=ANHUA,
            registration_number="310000000012345", lei=LEI, parent_no=4)  # fmt: skip
    company(world, 2, "安华机电有限公司", "CN", uscc=STRANGER, is_customer=False)
    company(world, 3, "旧名（上海）贸易有限公司", "CN", uscc="91310000MA1FL2222D", status="revoked",
            status_since=date(2025, 1, 1))  # fmt: skip
    company(world, 4, "Northwind Traders LLC", "US", registration_number="0012345", cik="320999",
            lei="549300NORTHWINDTR012")  # fmt: skip
    company(world, 5, "Harbour Mills Limited", "GB", registration_number="03977902",
            vat="GB123456789", capital_currency="GBP")  # fmt: skip
    company(world, 6, "Bachmann Pumpen GmbH", "DE", registration_number="HRB 1234")
    company(world, 7, "Harbour Mills (Holdings) Limited", "GB", registration_number="09999999",
            status="deregistered", status_since=date(2025, 2, 2))  # fmt: skip
    world.add("former_name", party_no=1, name="安华电机厂", kind="former", until=date(2018, 1, 1))

    case(world, "c1", [(5, "Harbour Mills Limited", "plaintiff", "won"),
                       (1, "安华机电有限公司", "defendant", "lost")])  # fmt: skip
    case(world, "c2", [(1, "安华机电有限公司", "plaintiff"), (None, "李四", "defendant")])
    case(world, "c3", [(None, "张三", "plaintiff"), (2, "安华机电有限公司", "defendant")])
    case(world, "c4", [(None, "张三", "plaintiff"), (1, "安华机电有限公司", "defendant")],
         judged_on=None, hearing_on=None, stage="filing")  # fmt: skip
    for number in range(25):
        case(world, f"m{number:02d}", [(None, "赵六", "plaintiff"),
             (3, "旧名（上海）贸易有限公司", "defendant")])  # fmt: skip
    for kind in ("dishonest", "enforcement", "consumption_limit", "enforcement_ended", "bankruptcy",
                 "serious_illegal"):  # fmt: skip
        listing(world, f"l-{kind}", 1, kind, applicant="Harbour Mills Limited")
    listing(world, "l-over", 1, "abnormal_operation", ended_on=date(2025, 9, 9), reason="地址不实")
    listing(world, "l-old", 1, "enforcement", ended_on=date(2025, 9, 9))

    for number in range(47):
        case(world, f"us{number:02d}",
             [(None, "Jane Roe", "plaintiff"), (4, "Northwind Traders LLC", "defendant")],
             country="US", court="District Court, S.D. New York", court_id="nysd", title=None,
             case_no=f"1:25-cv-{number:05d}", currency="USD",
             modified_at=datetime(2025, 6, 1 + number % 28))  # fmt: skip  # noqa: DTZ001

    for year, value, band, limit in ((2026, 71, "B", 50_000), (2025, 55, "C", 20_000)):
        for party_no, provider in ((5, "creditsafe"), (6, "creditsafe"), (7, "creditsafe"),
                                   (1, "qcc")):  # fmt: skip
            world.add("bureau_score", party_no=party_no, provider=provider, score=Decimal(value),
                      band=band, band_meaning=None, recommended_limit=Decimal(limit),
                      currency="GBP", report_date=date(year, 3, 1),
                      rated_since=date(year, 2, 1))  # fmt: skip
    for year in (2023, 2024):
        world.add("tax_credit", party_no=1, year=year, level="A" if year == 2024 else "B",
                  authority="国家税务总局上海市税务局")  # fmt: skip
    for year in (2023, 2024, 2025):
        for party_no, currency in ((4, "USD"), (5, "GBP")):
            world.add("statement", party_no=party_no, period_end=date(year, 12, 31),
                      period_months=12, basis="consolidated", published_on=date(year + 1, 3, 15),
                      currency=currency, stated_unit=1, total_assets=Decimal(1000 + year),
                      current_assets=Decimal(600), current_liabilities=Decimal(400),
                      equity=Decimal(500), revenue=Decimal(2000), net_income=Decimal(100),
                      shares_outstanding=1_000_000)  # fmt: skip
    return world


@pytest.fixture
def all_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every provider has every record at once: the tests of a wire format need no luck."""
    for provider in registry.HABITS:
        monkeypatch.setitem(registry.HABITS, provider, registry.Habit(0.0, 0))
