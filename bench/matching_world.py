"""Records of a synthetic world against its truth: courts, registers and bureaus asked about every customer.

A stand-in for the night's inquiries: who has a 统一社会信用代码, a VAT or a register number in the CRM is asked
about by that number, wrong ones included, and gets what belongs to the number; everybody else is asked
about by name, and gets whatever is called so. A second run throws every court record of the world at the
book, asked about nobody.
"""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from bench.matching_night import count, fill, share, shipped_rules, snapshots
from etl.engine.duckdb import literal
from etl.matching.link import link

UNTIL = date(2026, 11, 20)
CUSTOMERS = 3_000
PRECISION = 0.99
TABLES = (
    "customer", "company", "former_name", "court_record", "court_party", "listing", "bureau_score",
    "truth_customer",
)  # fmt: skip
Say = Callable[[str], object]


def in_a_world(folder: Path, say: Say = sys.stdout.write) -> bool:
    """Print both runs; True when the links that a night accepts keep the precision that is promised. Of the
    second run nothing is promised: it shows how far a name alone goes where one company in 28 has a namesake."""
    from sandbox.world.build import make_world

    make_world(folder, customers=CUSTOMERS, seed=1, until=UNTIL)
    asked = _measured(folder, say, is_asked=True)
    _measured(folder, say, is_asked=False)
    return asked


def _measured(folder: Path, say: Say, *, is_asked: bool) -> bool:
    with snapshots() as connection:
        _world(connection, folder)
        _customers(connection)
        _answers(connection, is_asked=is_asked)
        link(connection, UNTIL, shipped_rules())
        how = (
            "inquiries by number or name" if is_asked else "every court record, asked about nobody"
        )
        say(f"world of {CUSTOMERS:,} customers and its strangers, {how}\n")
        kept = True
        for kind in ("court_party", "listing", "registration", "bureau_score"):
            kept = _report(connection, kind, say) and kept
        _parties(connection, say)
    return kept


def _world(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The last version of every row on the night, as views `w_<table>`."""
    night = f"TIMESTAMP '{UNTIL} 16:00:00'"
    for table in TABLES:
        files = literal(str(folder / table / "*.parquet"))
        seen = (
            f" WHERE modified_at <= {night} AND (superseded_at IS NULL OR superseded_at > {night}) "
            f"AND (deleted_at IS NULL OR deleted_at > {night})"
        )
        connection.execute(
            f"CREATE TABLE w_{table} AS SELECT * FROM read_parquet({files})"
            f"{'' if table.startswith('truth_') else seen}"
        )


def _customers(connection: duckdb.DuckDBPyConnection) -> None:
    """The book as the CRMs have it, and the truth beside it."""
    fill(
        connection,
        "customer",
        "SELECT system || ':' || customer_id AS customer_id, customer_name, country, "
        "'000001-' || system AS batch FROM w_customer",
    )
    fill(
        connection,
        "former_name",
        "SELECT system || ':' || customer_id AS customer_id, former_name AS name FROM w_customer "
        "WHERE former_name <> ''",
    )
    schemes = ("uscc", "lei", "vat", "registration_number", "duns", "cik")
    for scheme in schemes:
        fill(
            connection,
            "party_identifier",
            f"SELECT system || ':' || customer_id AS customer_id, '{scheme}' AS scheme, "
            f"{scheme} AS value, country FROM w_customer WHERE {scheme} <> ''",
        )
    connection.execute(
        "CREATE TABLE truth AS SELECT system || ':' || customer_id AS customer_id, party_no "
        "FROM w_truth_customer"
    )


def _answers(connection: duckdb.DuckDBPyConnection, *, is_asked: bool) -> None:
    """What the providers know, found by number, else by name, or not asked for at all."""
    connection.execute(
        """
        CREATE TABLE found AS
        WITH asked AS (
            SELECT customer_id, system || ':' || customer_id AS customer, trim(customer_name) AS name,
                COALESCE(uscc, vat, registration_number) AS number FROM w_customer
        ),
        by_number AS (
            SELECT asked.customer, asked.number AS keyword, company.party_no
            FROM asked JOIN w_company AS company
                ON asked.number IN (company.uscc, company.vat, company.registration_number)
        ),
        by_name AS (
            SELECT asked.customer, asked.name, company.party_no
            FROM asked JOIN w_company AS company
                ON lower(asked.name) IN (lower(company.name), lower(company.name_zh), lower(company.name_en))
            WHERE asked.number IS NULL
        )
        SELECT * FROM by_number UNION SELECT * FROM by_name
        """
    )
    if not is_asked:
        connection.execute("DELETE FROM found")
    for provider in ("registry", "court", "bureau"):
        fill(
            connection,
            "inquiry",
            f"SELECT DISTINCT '{provider}' AS provider, 'p' AS product, customer AS customer_id, keyword, "
            f"DATE '{UNTIL}' AS asked_on, 'hits' AS outcome FROM found",
        )
    every = "SELECT DISTINCT party_no, CAST(NULL AS VARCHAR) AS customer FROM w_company"
    subjects = "SELECT DISTINCT party_no, customer FROM found" if is_asked else every
    if is_asked:
        fill(
            connection,
            "registration",
            "SELECT 'registry' AS provider, 'K' || party_no AS record_id, customer AS customer_id, "
            "name AS party_name, uscc, lei, registration_number, country "
            f"FROM w_company JOIN ({subjects}) AS subject USING (party_no)",
        )
        fill(
            connection,
            "former_name",
            "SELECT 'registry' AS provider, 'K' || party_no AS record_id, customer AS customer_id, name, kind "
            f"FROM w_former_name JOIN ({subjects}) AS subject USING (party_no)",
        )
        fill(
            connection,
            "bureau_score",
            "SELECT DISTINCT 'bureau' AS provider, score.row_id AS record_id, customer AS customer_id, scale_id, "
            "report_date, company.name AS party_name FROM w_bureau_score AS score "
            f"JOIN ({subjects}) AS subject USING (party_no) "
            "JOIN w_company AS company USING (party_no)",
        )
    fill(
        connection,
        "court_record",
        "SELECT DISTINCT 'court' AS provider, record_id, customer AS customer_id, case_no, case_type, filed_on "
        f"FROM w_court_party JOIN ({subjects}) AS subject USING (party_no) "
        "JOIN (SELECT record_id, case_no, case_type, filed_on FROM w_court_record) USING (record_id)",
    )
    fill(
        connection,
        "court_party",
        "SELECT 'court' AS provider, record_id, role, party_name, MIN(party_kind) AS party_kind "
        "FROM w_court_party WHERE record_id IN (SELECT record_id FROM current.court_record) "
        "GROUP BY record_id, role, party_name",
    )
    fill(
        connection,
        "listing",
        "SELECT DISTINCT 'court' AS provider, listing_id AS record_id, customer AS customer_id, "
        "CASE WHEN kind = 'enforcement_ended' THEN 'other' ELSE kind END AS kind, party_name, "
        "'company' AS party_kind, listed_on "
        f"FROM w_listing JOIN ({subjects}) AS subject USING (party_no)",
    )
    connection.execute(
        """
        CREATE TABLE record_truth AS
        SELECT 'court_party' AS kind, 'court|' || record_id || '|' || role || '|' || party_name AS record_key,
            party_no
        FROM w_court_party WHERE party_no IS NOT NULL
        UNION
        SELECT 'listing', 'court|' || current.listing.kind || '|' || listing_id || '|'
            || COALESCE(current.listing.customer_id, ''), w_listing.party_no
        FROM w_listing JOIN current.listing ON current.listing.record_id = listing_id
        UNION
        SELECT 'registration', provider || '|' || record_id || '|' || COALESCE(customer_id, ''),
            CAST(substr(record_id, 2) AS BIGINT)
        FROM current.registration
        UNION
        SELECT 'bureau_score', s.provider || '|' || s.record_id || '|' || s.scale_id || '|' || s.report_date
            || '|' || COALESCE(s.customer_id, ''), w.party_no
        FROM current.bureau_score AS s JOIN w_bureau_score AS w ON w.row_id = s.record_id
        """
    )


def _report(connection: duckdb.DuckDBPyConnection, kind: str, say: Say) -> bool:
    linked = (
        "FROM record_link AS link JOIN truth USING (customer_id) LEFT JOIN record_truth AS really "
        "ON really.kind = link.record_kind AND really.record_key = link.record_key "
        f"WHERE link.record_kind = '{kind}' AND link.state = '{{state}}'"
    )
    accepted, waiting = linked.format(state="accepted"), linked.format(state="review")
    is_right = " AND really.party_no = truth.party_no"
    found = count(connection, f"SELECT COUNT(*) {accepted}")
    if not count(connection, f"SELECT COUNT(*) FROM current.{kind}"):
        return True
    right = count(connection, f"SELECT COUNT(*) {accepted}{is_right}")
    true = count(
        connection,
        "SELECT COUNT(*) FROM record_truth AS really JOIN truth USING (party_no) "
        f"JOIN (SELECT DISTINCT record_kind, record_key FROM mention_all) AS here "
        "ON here.record_kind = really.kind AND here.record_key = really.record_key "
        f"WHERE really.kind = '{kind}'",
    )
    waits = count(connection, f"SELECT COUNT(*) {waiting}")
    waits_right = count(connection, f"SELECT COUNT(*) {waiting}{is_right}")
    say(f"  {kind:<13} accepted: precision {share(right, found)}, recall {share(right, true)}; ")
    say(f"in review {share(waits_right, true)} of the true ones, {waits:,} rows in all\n")
    return not found or right / found >= PRECISION


def _parties(connection: duckdb.DuckDBPyConnection, say: Say) -> None:
    """Customers that are one legal party, in two systems or twice."""
    pairs = (
        "FROM legal_party AS one JOIN legal_party AS two "
        "ON one.party_id = two.party_id AND one.customer_id < two.customer_id "
        "JOIN truth AS a ON a.customer_id = one.customer_id "
        "JOIN truth AS b ON b.customer_id = two.customer_id"
    )
    found = count(connection, f"SELECT COUNT(*) {pairs}")
    right = count(connection, f"SELECT COUNT(*) {pairs} WHERE a.party_no = b.party_no")
    true = count(
        connection,
        "SELECT COUNT(*) FROM truth AS one JOIN truth AS two "
        "ON one.party_no = two.party_no AND one.customer_id < two.customer_id",
    )
    say(
        f"  {'customers':<13} one legal party: precision {share(right, found)}, recall {share(right, true)}\n"
    )
