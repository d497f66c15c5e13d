"""A small book that has one of everything a credit file shows, and its published folder."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from etl.context import Context
from etl.lake import write_json
from etl.models import models
from etl.policy import load_policies
from etl.publish.alert_list import write_alerts
from etl.publish.assets import copy_assets
from etl.publish.changes import write_changes
from etl.publish.compare_list import write_compare
from etl.publish.comparisons import comparison_tables, write_comparisons
from etl.publish.credit_files import write_credit_files
from etl.publish.night_context import NightContext, Source, Written
from etl.publish.portfolio import write_portfolio
from etl.publish.publication import write_tables
from etl.publish.quality import write_quality
from etl.publish.site import POINTER
from etl.publish.warehouse.tables import SCHEMAS, night_table
from etl.settings import PROJECT
from tests.small_night import Rows, SmallNight

AS_OF = date(2026, 11, 20)
HOSTILE_NAME = "</script><!-- <img src=x onerror=alert(1)> \u2028 =1+1 客户"
HOSTILE_CAUSE = "<script>alert(2)</script> \u202e\x1b[31m 买卖合同纠纷"
HOSTILE_ID = 'a/b\\..Ünï "<x>"'


def invoice(number: str, customer: str, due: str, amount: str, **more: Any) -> dict[str, Any]:
    """An invoice of thirty days' terms."""
    return {
        "invoice_id": number,
        "customer_id": customer,
        "invoice_date": "2026-10-01",
        "due_date": due,
        "amount": amount,
        "currency": "CNY",
        **more,
    }


def payment(number: str, settles: str, day: str, amount: str, **more: Any) -> dict[str, Any]:
    """Cash for one invoice."""
    return {
        "payment_id": number,
        "invoice_id": settles,
        "payment_date": day,
        "amount": amount,
        "currency": "CNY",
        **more,
    }


BOOK: Rows = {
    "customer": [
        {"customer_id": "C-1", "customer_name": "宁波海曙精密机械有限公司", "country": "CN"},
        {"customer_id": "c-1", "customer_name": "Differs by case alone", "is_reseller": False},
        {"customer_id": "C-2", "customer_name": "=HYPERLINK(1)", "payment_terms_days": 30},
        {"customer_id": HOSTILE_ID, "customer_name": HOSTILE_NAME},
        {"customer_id": "CON"},
        {"customer_id": "__proto__", "customer_name": "Nobody's prototype"},
        {"customer_id": "X" * 300},
    ],
    "invoice": [
        # Twelve days late and settled: the overdue letter is D until it leaves the look-back.
        invoice("INV-1", "C-1", "2026-10-20", "10000.00"),
        # Open, 20 days past due: judged in both letters.
        invoice("INV-2", "C-1", "2026-10-31", "12400.00"),
        # Not due yet: judged in neither.
        invoice("INV-3", "C-1", "2026-12-01", "1234567.89"),
        invoice("INV-4", "C-1", "2026-11-01", "100.00"),
        # On the day: A. Four days late: B.
        invoice("INV-5", "c-1", "2026-11-01", "500.00"),
        invoice("INV-6", "c-1", "2026-11-02", "500.00"),
        # Falls to a worse letter unless it is paid.
        invoice("INV-7", "c-1", "2026-11-18", "250.00"),
        invoice("INV-8", "C-2", "2026-11-30", "75.00"),
        # No rate for its currency: in its own bucket, in no sum. More cents than a double can hold.
        invoice("INV-9", "C-2", "2026-10-01", "90071992547409.93", currency="XXX"),
        invoice("INV-10", "C-2", None, "10.00", invoice_date="2026-11-19"),
    ],
    "payment": [
        payment("P-1", "INV-1", "2026-11-01", "10000.00"),
        payment("P-4", "INV-4", "2026-11-01", "100.00"),
        payment("P-5", "INV-5", "2026-11-01", "500.00"),
        payment("P-6", "INV-6", "2026-11-06", "500.00"),
        # For an invoice nobody knows: on account.
        payment("P-9", "INV-UNKNOWN", "2026-11-10", "33.00", customer_id="c-1"),
    ],
    "dispute": [
        {
            "dispute_id": "D-1",
            "customer_id": "C-1",
            "invoice_id": "INV-2",
            "opened_date": "2026-08-01",
            "amount": "400.00",
        }
    ],
    "claim": [
        {
            "claim_id": "CL-1",
            "customer_id": "c-1",
            "claim_date": "2026-11-11",
            "amount": "5.00",
            "currency": "CNY",
        }
    ],
    "credit_note": [
        {
            "credit_note_id": "CN-1",
            "customer_id": "c-1",
            "credit_date": "2026-11-12",
            "amount": "7.00",
            "currency": "CNY",
        }
    ],
}


def link(kind: str, key: str, customer: str, **more: Any) -> dict[str, Any]:
    """Matching found, by number, that the record is about the customer."""
    provider, record = key.split("|")[:2]
    return {
        "record_kind": kind, "record_key": key, "customer_id": customer, "provider": provider,
        "record_id": record, "role_of_customer": "subject", "method": "number", "score": "1",
        "evidence": "", "state": "accepted", "is_certain": True, **more,
    }  # fmt: skip


def asked(product: str, customer: str, outcome: str, batch: str) -> dict[str, Any]:
    """One question to a provider."""
    return {
        "provider": "qcc", "product": product, "customer_id": customer, "keyword": "9133",
        "asked_on": "2026-11-18", "outcome": outcome, "batch": batch,
    }  # fmt: skip


OUTSIDE: Rows = {
    # C-2 was asked about and answered; HOSTILE_ID was asked without an answer; nobody asked about C-1.
    "inquiry": [
        asked("judgment", "C-2", "hits", "000003-court"),
        asked("dishonest", "C-2", "none", "000004-list"),
        asked("judgment", HOSTILE_ID, "failed", "000003-court"),
    ],
    "court_record": [
        {
            "provider": "qcc", "record_id": "R-1", "customer_id": "C-2", "case_no": "（2026）浙0106民初9号",
            "court": "<img src=x onerror=alert(3)>", "cause": HOSTILE_CAUSE, "case_type": "civil",
            "stage": "judgment", "filed_on": "2026-03-01", "judged_on": "2026-05-01",
            "amount": "90071992547409.93", "currency": "CNY",
        }
    ],
    "court_party": [
        {"provider": "qcc", "record_id": "R-1", "role": "defendant", "party_name": "Second"},
        {"provider": "qcc", "record_id": "R-1", "role": "third", "party_name": "Other"},
    ],
    "bureau_score": [
        {
            "provider": "qcc", "record_id": "U-1", "customer_id": "C-2", "scale_id": "qcc_1000",
            "report_date": "2026-11-18", "score": "812.5", "score_min": "0", "score_max": "1000",
            "band": "A", "recommended_limit": "35000", "currency": "CNY",
        }
    ],
    "tax_credit": [
        {"provider": "qcc", "record_id": "U-1", "customer_id": "C-2", "year": 2025, "level": "B"}
    ],
    "registration": [
        {"provider": "gleif", "record_id": "L-1", "customer_id": "C-2", "status": "revoked"}
    ],
    "listing": [
        {
            "provider": "qcc", "record_id": "L-1", "customer_id": "c-1", "kind": "dishonest",
            "listed_on": "2026-01-05", "reason": "javascript:alert(4)",
        }
    ],
    "record_link": [
        link("court_party", "qcc|R-1|defendant|Second", "C-2", role_of_customer="defendant"),
        link("court_party", "qcc|R-1|third|Other", "C-2", role_of_customer="third", state="review"),
        link("bureau_score", "qcc|U-1|qcc_1000|2026-11-18|C-2", "C-2"),
        link("tax_credit", "qcc|U-1|2025|C-2", "C-2"),
        link("registration", "gleif|L-1|C-2", "C-2"),
        link("listing", "qcc|dishonest|L-1|c-1", "c-1", record_id="L-1"),
        link("registration", "gleif|L-9|c-1", "c-1", state="review", method="name"),
    ],
}  # fmt: skip

BOOK = {**BOOK, **OUTSIDE}

TALLY = {"rows": 10, "amount": "1.00"}
NONE = {"rows": 0, "amount": "0.00"}
ARRIVAL: dict[str, Any] = {
    "batch": "000001-ledger",
    "feed": "ledger",
    "state": "loaded",
    "sentence": "",
    "held_by": [],
    "conservation": [
        {
            "feed": "ledger",
            "batch": "000001-ledger",
            "entity": "invoice",
            "received": TALLY,
            "loaded": TALLY,
            "duplicate": NONE,
            "quarantined": NONE,
            "held": NONE,
        }
    ],
    "suites": [
        {
            "suite": "batch.invoice",
            "failed": 1,
            "rules": [
                {
                    "rule": "invoice_amount_positive",
                    "kind": "row",
                    "severity": "critical",
                    "state": "failed",
                    "count": 1,
                    "sentence": "The amount is not greater than 0.",
                    "why": "A bill of nothing is not a bill.",
                }
            ],
        }
    ],
}


def brought(batch: str, *entities: str) -> dict[str, Any]:
    """What a delivery of these record types says of itself."""
    feed = batch.split("-")[1]
    accounts = [
        {**ARRIVAL["conservation"][0], "feed": feed, "batch": batch, "entity": entity}
        for entity in entities
    ]
    return {**ARRIVAL, "batch": batch, "feed": feed, "conservation": accounts, "suites": []}


CONTEXT = NightContext(
    as_of=AS_OF,
    code_version="0.1.0",
    assets="../assets/none",
    batches=("000001-ledger", "000002-crm"),
    sources=(
        Source("ledger", "000001-ledger", AS_OF, "loaded"),
        Source("crm", "000002-crm", date(2026, 11, 17), "held", "Row count fell by 45 %."),
    ),
    arrivals=(
        ARRIVAL,
        brought("000003-court", "inquiry", "court_record", "court_party"),
        brought("000004-list", "inquiry", "listing"),
    ),
)

REGISTER = """
CREATE OR REPLACE TABLE register AS
SELECT * FROM (VALUES
  ('ledger', 'customer', 'C-2', 'name_is_text', '=1+1 is not a name', '=cmd|''/C calc''!A0', DATE '2026-11-19'),
  ('ledger', 'invoice', 'INV-2', 'amount_is_number', 'not a number', '  @SUM(A1)', DATE '2026-11-20'),
  ('ledger', 'invoice', NULL, 'has_key', 'no key', '-1', NULL)
) AS one (feed, entity, key, rule, reason, raw, first_seen)
"""


def publish(
    night: SmallNight, published: Path, *, before: tuple[date, Path] | None = None
) -> tuple[Path, Written]:
    """The night's folder below `published`, written whole, and what was said of the credit files."""
    out_dir = published / night.as_of.isoformat()
    context = replace(
        CONTEXT, as_of=night.as_of, assets=f"../{copy_assets(published)}", quarantine="register"
    )
    _compare(night, out_dir, before)
    with night.connect() as connection:
        connection.execute(
            f"{REGISTER}".replace(
                "SELECT *",
                "SELECT *, first_seen AS last_seen, CAST(NULL AS DATE) AS closed_on, TRUE AS is_open, "
                "'000001-ledger' AS last_batch",
                1,
            )
        )
        written = write_credit_files(connection, context, out_dir)
        write_portfolio(connection, context, out_dir)
        write_quality(connection, context, out_dir)
        described = [
            *(
                night_table(one, night.tables[one.full_name])
                for one in models()
                if one.schema in SCHEMAS
            ),
            *comparison_tables(out_dir),
        ]
        write_tables(connection, described, out_dir)
        write_alerts(connection, out_dir, night.as_of)
        write_compare(connection, out_dir, night.as_of)
        write_changes(connection, out_dir, before)
    return out_dir, written


def _compare(night: SmallNight, out_dir: Path, before: tuple[date, Path] | None) -> None:
    """The night beside the one before it, as the last step of a real night does."""
    published = out_dir.parent
    if before:
        day, folder = before[0].isoformat(), str(before[1].resolve())
        nights = {day: folder}
        write_json(
            published / POINTER, {"as_of": day, "path": folder, "build": "", "nights": nights}
        )
    policies = load_policies("article", beside=PROJECT / "policy")
    ctx = SimpleNamespace(engine=night.engine, policies=policies, published=published)
    write_comparisons(cast("Context", ctx), night.as_of, night.tables, out_dir)


def without(rows: Rows, entity: str, key: str, values: Sequence[str]) -> Rows:
    """The same rows less some of one entity."""
    return {**rows, entity: [row for row in rows[entity] if row[key] not in values]}
