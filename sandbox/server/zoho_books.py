"""Zoho Books v3: contacts, invoices, customer payments with what they pay, credit notes.

Everything is [L] where sources disagree or are silent: the list's key is its name, `last_modified_time`
bounds an increment, 100 calls a minute (code 44) and `books_day` a day (code 45). A voided invoice or
credit note stays with status `void`; a deleted contact or payment is gone from its list.
"""

from collections import defaultdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server.objects import Thing
from sandbox.server.records import (
    CHANGED,
    Query,
    Row,
    children,
    is_deleted,
    names,
    select,
    touched,
)
from sandbox.server.state import State
from sandbox.server.system import reply, state_of
from sandbox.server.zoho_common import NAME, books_error, has_token, parsed, wire, zoned
from sandbox.server.zoho_objects import BOOKS

PER_PAGE = 200
IDS = {
    "contacts": "contact_id",
    "invoices": "invoice_id",
    "customerpayments": "payment_id",
    "creditnotes": "creditnote_id",
}
VOIDABLE = ("invoices", "creditnotes")


def _route(api: str) -> Route:
    async def serve(request: Request) -> Response:
        state = state_of(request)
        answer = _refusal(state, request) or _list(state, request, BOOKS[api])
        if answer.status_code >= 400:
            state.refusals[NAME, f"books {answer.status_code}"] += 1
        return answer

    return Route(f"/books/v3/{api}", serve, methods=["GET"])


def _refusal(state: State, request: Request) -> Response | None:
    if not has_token(state, request):
        return books_error(401, 14, "Invalid value passed for authtoken.")
    organisation = request.query_params.get("organization_id")
    if not organisation:
        return books_error(400, 6, "The parameter organization_id is missing")
    if organisation != state.credentials[NAME].extra["organization_id"]:
        return books_error(401, 6041, "This user is not associated with the organization")
    minute = state.option(NAME, "books_minute", 100)
    if state.wait(NAME, "books minute", [(minute, 60.0)]) > 0:
        return books_error(429, 44, "For security reasons you have been blocked for some time")
    if not state.spend(NAME, "books day", state.option(NAME, "books_day", 10_000), utc_hours=0):
        return books_error(429, 45, "The API call limit for today has been exceeded")
    return None


def _list(state: State, request: Request, thing: Thing) -> Response:
    given = request.query_params
    page, per_page = given.get("page", "1"), given.get("per_page", str(PER_PAGE))
    if not page.isdigit() or not per_page.isdigit() or not 0 < int(per_page) <= PER_PAGE:
        return books_error(400, 4, "Invalid value passed for page or per_page")
    query = Query(limit=int(per_page) + 1, with_names=True)
    query.deleted = "with" if thing.api in VOIDABLE else "without"
    query.offset = (max(int(page), 1) - 1) * int(per_page)
    if since := given.get("last_modified_time"):
        moment = parsed(since)
        if moment is None:
            return books_error(400, 4, "Invalid value passed for last_modified_time")
        query.add(f"{CHANGED} >= ?", moment)
    found = select(state, NAME, thing.table, query)
    rows = found[: int(per_page)]
    state.rows[NAME, f"books {thing.api}"] += len(rows)
    context = {
        "page": int(page),
        "per_page": int(per_page),
        "has_more_page": len(found) > len(rows),
        "report_name": thing.api,
        "sort_column": "created_time",
        "sort_order": "A",
    }
    answer = {"code": 0, "message": "success", thing.api: _rendered(state, thing, rows)}
    return reply(answer | {"page_context": context})


def _rendered(state: State, thing: Thing, rows: list[Row]) -> list[dict[str, Any]]:
    accounts: dict[str, str] = {}
    if "customer_id" in thing.by_api:
        accounts = names(state, NAME, "customer", (str(row["customer_id"] or "") for row in rows))
    pays = _paid(state, rows) if thing.table == "payment" else {}
    now = state.now()
    found = []
    for row in rows:
        record = {IDS[thing.api]: row["row_id"]}
        record |= {one.api: wire(row[one.column]) for one in thing.fields}
        if accounts:
            record["customer_name"] = accounts.get(row["customer_id"], "")
        if thing.api in VOIDABLE and is_deleted(row, now):
            record["status"] = "void"
        if thing.table == "payment":
            record |= {"amount_refunded": 0, "bank_charges": 0, "status": "success"}
            record["invoices"] = pays.get(row["row_id"], [])
        if thing.api == "contacts":
            record |= {"contact_type": "customer", "status": "active"}
            record["zcrm_account_id"] = row["row_id"]
        record["created_time"] = zoned(row["created_at"])
        record["last_modified_time"] = zoned(touched(row, now))
        found.append(record)
    if state.faults.is_on("schema_drift", NAME):
        state.faults.hits[NAME, "schema_drift"] += 1
        found = [record | {"branch_id": "1"} for record in found]
    return found


def _paid(state: State, rows: list[Row]) -> dict[str, list[dict[str, Any]]]:
    """payment_id → the invoices it pays, with the amount for each."""
    by_payment = children(state, NAME, "allocation", "payment_id", rows)
    settled = [one for row in rows for one in by_payment.get(row["row_id"], ())]
    whole = [one for several in by_payment.values() for one in several]
    invoices = _invoices(state, {str(one["invoice_id"]) for one in settled}, whole)
    pays: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in settled:
        invoice = invoices.get(str(one["invoice_id"]), {})
        pays[one["payment_id"]].append(
            {
                "invoice_payment_id": one["row_id"],
                "invoice_id": one["invoice_id"],
                "invoice_number": invoice.get("number"),
                "date": wire(invoice.get("invoice_date")),
                "invoice_amount": wire(invoice.get("amount")),
                "amount_applied": wire(one["amount"]),
            }
        )
    return pays


def _invoices(state: State, ids: set[str], settled: list[Row]) -> dict[str, Row]:
    """The invoices with these numbers; those of the whole block are read at once."""
    known: dict[str, Row] = state.memory["books invoices"]
    if not known.keys() >= ids:
        wanted = sorted({str(one["invoice_id"]) for one in settled} | ids)
        query = Query()
        query.add("row_id IN (SELECT unnest(?::VARCHAR[]))", wanted)
        known.clear()
        known.update({key: {} for key in wanted})
        known.update({row["row_id"]: row for row in select(state, NAME, "invoice", query)})
    return known


ROUTES = [_route(api) for api in BOOKS]
