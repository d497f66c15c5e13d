"""How well, and how fast, records find their customers: precision and recall with the counts behind them.

Three sets: an open-item ledger whose 526 customers hide behind 664 numbers and 1,772 names; court dockets with
parties in several spellings, judged by eye (labels/us_dockets.csv); a synthetic world with its truth. The first
two stay where they are (../shared/data); without them their part says so.
"""

import sys
import tempfile
from datetime import date
from pathlib import Path

import duckdb

from bench.matching_night import DATA, count, fill, share, shipped_rules, snapshots
from bench.matching_volume import at_volume
from bench.matching_world import in_a_world
from etl.engine.duckdb import literal
from etl.matching.link import link

NIGHT = date(2026, 11, 20)
LABELS = Path(__file__).parent / "labels" / "us_dockets.csv"
SUFFIXES = ("co", "corp", "in", "us", "associates", "systems", "foundation", "trust", "llc")
say = sys.stdout.write


def main() -> bool:
    """True when accepted links are as right as the policy promises, and volume stays in its bounds."""
    kept = []
    if DATA.is_dir():
        open_items_by_number()
        open_items_by_name()
        dockets()
    else:
        say(f"matching: {DATA} is absent, so the open-item ledger and the dockets are left out\n")
    with tempfile.TemporaryDirectory() as folder:
        kept.append(in_a_world(Path(folder), say))
    kept.append(at_volume(say))
    return all(kept)


def _ledger(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `item`: raw number, the number with its zeros restored (the truth), name."""
    path = literal(str(DATA / "open_items" / "open_items.csv"))
    connection.execute(
        f"""
        CREATE TABLE item AS
        SELECT DISTINCT cust_number AS raw, lpad(ltrim(cust_number, '0'), 10, '0') AS truth,
            trim(name_customer) AS name, COUNT(*) AS items
        FROM read_csv({path}, all_varchar = true)
        GROUP BY cust_number, name_customer
        """
    )


def open_items_by_number() -> None:
    """664 customer numbers, each with its names; the number is given as an unchecked identifier."""
    with snapshots() as connection:
        _ledger(connection)
        fill(
            connection,
            "customer",
            "SELECT raw AS customer_id, arg_max(name, (items, name)) AS customer_name "
            "FROM item GROUP BY raw",
        )
        fill(
            connection,
            "former_name",
            "SELECT DISTINCT raw AS customer_id, name, 'trading' AS kind FROM item",
        )
        fill(
            connection,
            "party_identifier",
            "SELECT DISTINCT raw AS customer_id, 'registration_number' AS scheme, raw AS value FROM item",
        )
        link(connection, NIGHT, shipped_rules())
        say("open items, 664 numbers of 526 customers; names and the number as it stands\n")
        _pairs(connection, "SELECT DISTINCT raw AS id, truth FROM item")


def open_items_by_name() -> None:
    """Every name of every customer is a record of its own; nothing but the name is known."""
    for title, ignored in (
        ("names alone", ()),
        ("names alone, the ledger's suffixes named in matching.ignored_words", SUFFIXES),
    ):
        with snapshots() as connection:
            _ledger(connection)
            connection.execute(
                "CREATE TABLE named AS SELECT truth || '/' || name AS id, truth, name "
                "FROM (SELECT DISTINCT truth, name FROM item)"
            )
            fill(
                connection, "customer", "SELECT id AS customer_id, name AS customer_name FROM named"
            )
            link(connection, NIGHT, shipped_rules(*ignored))
            say(f"open items, {title}\n")
            _pairs(connection, "SELECT id, truth FROM named")
            same = """
                SELECT one.id, two.id, one.truth = two.truth AS is_right
                FROM named AS one JOIN named AS two ON one.id < two.id
                JOIN name_part AS a ON a.name = one.name JOIN name_part AS b ON b.name = two.name
                WHERE a.core = b.core
            """
            right = count(connection, f"SELECT COUNT(*) FROM ({same}) WHERE is_right")
            found = count(connection, f"SELECT COUNT(*) FROM ({same})")
            true = count(connection, TRUE_PAIRS.format(truth="SELECT id, truth FROM named"))
            say(
                f"  same letters before the suffix, were that enough: precision {share(right, found)}, "
            )
            say(f"recall {share(right, true)}\n")


TRUE_PAIRS = """
    SELECT COUNT(*) FROM ({truth}) AS one JOIN ({truth}) AS two
    ON one.truth = two.truth AND one.id < two.id
"""


def _pairs(connection: duckdb.DuckDBPyConnection, truth: str) -> None:
    """Pairs of customers that were linked, against pairs that are one; and the clusters they make."""
    connection.execute(f"CREATE OR REPLACE TABLE truth AS {truth}")
    true = count(connection, TRUE_PAIRS.format(truth="SELECT id, truth FROM truth"))
    joined = (
        "FROM legal_party AS one JOIN legal_party AS two "
        "ON one.party_id = two.party_id AND one.customer_id < two.customer_id "
        "JOIN truth AS a ON a.id = one.customer_id JOIN truth AS b ON b.id = two.customer_id"
    )
    found = count(connection, f"SELECT COUNT(*) {joined}")
    right = count(connection, f"SELECT COUNT(*) {joined} WHERE a.truth = b.truth")
    waiting = (
        "FROM customer_edge AS edge JOIN truth AS a ON a.id = edge.one "
        "JOIN truth AS b ON b.id = edge.two WHERE edge.state = 'review'"
    )
    waits = count(connection, f"SELECT COUNT(*) {waiting}")
    waits_right = count(connection, f"SELECT COUNT(*) {waiting} AND a.truth = b.truth")
    clusters = count(connection, "SELECT COUNT(DISTINCT party_id) FROM legal_party")
    real = count(connection, "SELECT COUNT(DISTINCT truth) FROM truth")
    say(f"  accepted pairs: precision {share(right, found)}, recall {share(right, true)}\n")
    say(f"  waiting pairs: {waits:,}, of them right {share(waits_right, waits)}\n")
    say(f"  legal parties found {clusters:,}, real {real:,}\n")


def dockets() -> None:
    """Organisations of the dockets, each spelling a record of its own; pairs judged by eye."""
    with snapshots() as connection:
        path = literal(str(DATA / "us_dockets" / "parties_orgs.csv"))
        connection.execute(
            "CREATE TABLE named AS SELECT DISTINCT trim(replace(party_name, chr(160), ' ')) AS id "
            f"FROM read_csv({path}, all_varchar = true) WHERE is_org = '1'"
        )
        fill(
            connection,
            "customer",
            "SELECT id AS customer_id, id AS customer_name, 'US' AS country, '1-' || id AS batch FROM named",
        )
        link(connection, NIGHT, shipped_rules())
        labels = literal(str(LABELS))
        connection.execute(
            f"CREATE TABLE by_eye AS SELECT * FROM read_csv({labels}, all_varchar = true)"
        )
        joined = (
            "FROM customer_edge AS edge LEFT JOIN by_eye "
            "ON by_eye.one IN (edge.one, edge.two) AND by_eye.two IN (edge.one, edge.two) "
            "WHERE edge.state = '{state}'"
        )
        accepted, waiting = joined.format(state="accepted"), joined.format(state="review")
        right = count(connection, f"SELECT COUNT(*) {accepted} AND is_same = 'yes'")
        same = count(connection, "SELECT COUNT(*) FROM by_eye WHERE is_same = 'yes'")
        say(
            "us_dockets, 713 spellings of organisations; truth: 75 look-alike pairs judged by eye\n"
        )
        say(
            f"  accepted pairs: precision {share(right, count(connection, f'SELECT COUNT(*) {accepted}'))}, "
        )
        say(f"recall {share(right, same)} of the look-alikes that are one\n")
        waits = count(connection, f"SELECT COUNT(*) {waiting}")
        waits_right = count(connection, f"SELECT COUNT(*) {waiting} AND is_same = 'yes'")
        say(f"  waiting pairs: {waits}, of them right {share(waits_right, waits)}\n")
