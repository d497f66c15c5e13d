"""What waits for a person: match_review.csv, which comes back as the feed of `match_decision`.

match_review.csv    every link in review, the likeliest first; `decision`, `decided_by` and `decided_on`
                    are empty: fill them in, keep the rows you filled in, and send them as a feed
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from etl.matching.explain import difference
from etl.matching.mentions import mention_sql

FILE = "match_review.csv"
COLUMNS = (
    "record_kind", "record_key", "customer_id", "customer_name", "party_name", "difference", "role",
    "score", "method", "evidence", "decision", "decided_by", "decided_on", "note",
)  # fmt: skip

_WAITING = """
    CREATE OR REPLACE TABLE night.waiting AS
    SELECT
        link.record_kind, link.record_key, link.customer_id, customer.customer_name,
        said.party_name, link.role_of_customer AS role, link.score, link.method, link.evidence
    FROM match.record_link AS link
    LEFT JOIN current.customer AS customer USING (customer_id)
    LEFT JOIN (
        SELECT record_kind, record_key, MIN(party_name) AS party_name
        FROM ({mentions}) GROUP BY record_kind, record_key
    ) AS said
        ON said.record_kind = link.record_kind AND said.record_key = link.record_key
    WHERE link.state = 'review'
    UNION ALL
    SELECT
        'customer', link.party_id, link.customer_id, customer.customer_name, other.customer_name,
        'same party', link.score, link.method, link.evidence
    FROM match.customer_link AS link
    LEFT JOIN current.customer AS customer USING (customer_id)
    LEFT JOIN current.customer AS other ON other.customer_id = link.party_id
    WHERE link.state = 'review'
"""
_ORDER = "score DESC, record_kind, record_key, customer_id"
_STATES = """
    SELECT record_kind, state, COUNT(*) FROM match.record_link GROUP BY record_kind, state
    UNION ALL
    SELECT 'customer', state, COUNT(*) FROM match.customer_link
    WHERE state <> 'accepted' OR customer_id <> party_id GROUP BY state
    ORDER BY record_kind, state
"""


def find_waiting(connection: duckdb.DuckDBPyConnection) -> None:
    """Table night.waiting_list: what waits, with the names and where they differ."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS night")
    # Only the record types of which something waits are read for their names.
    waiting = {
        kind
        for (kind,) in connection.execute(
            "SELECT DISTINCT record_kind FROM match.record_link WHERE state = 'review'"
        ).fetchall()
    }
    nothing = "SELECT NULL AS record_kind, NULL AS record_key, NULL AS party_name WHERE FALSE"
    connection.execute(_WAITING.format(mentions=mention_sql(waiting) if waiting else nothing))
    names = connection.execute(
        "SELECT DISTINCT customer_name, party_name FROM night.waiting ORDER BY ALL"
    ).fetchall()
    told = pa.table(
        {
            "customer_name": pa.array([ours for ours, _ in names], pa.string()),
            "party_name": pa.array([theirs for _, theirs in names], pa.string()),
            "difference": pa.array([difference(*pair) for pair in names], pa.string()),
        }
    )
    connection.register("told_difference", told)
    empty = ", ".join(f"'' AS {name}" for name in ("decision", "decided_by", "decided_on", "note"))
    connection.execute(
        f"CREATE OR REPLACE TABLE night.waiting_list AS SELECT waiting.*, told.difference, {empty} "
        "FROM night.waiting LEFT JOIN told_difference AS told "
        "ON told.customer_name IS NOT DISTINCT FROM waiting.customer_name "
        "AND told.party_name IS NOT DISTINCT FROM waiting.party_name"
    )
    connection.unregister("told_difference")


def write_review(
    connection: duckdb.DuckDBPyConnection, out_dir: Path, shown: int
) -> dict[str, Any]:
    """Write match_review.csv; returns what the quality page says of matching: how many links there
    are by record type and state, and the first of those that wait."""
    from etl.publish.credit_files import copy_rows
    from etl.publish.quality import spreadsheet_safe

    find_waiting(connection)
    cells = ", ".join(
        name if name == "score" else f"{spreadsheet_safe(name)} AS {name}" for name in COLUMNS
    )
    copy_rows(
        connection,
        f"SELECT {cells} FROM (SELECT * FROM night.waiting_list ORDER BY {_ORDER})",
        out_dir / FILE,
        "FORMAT csv, HEADER",
    )
    listed = COLUMNS[: COLUMNS.index("decision")]
    rows = connection.execute(
        f"SELECT {', '.join(listed)}, COUNT(*) OVER () FROM night.waiting_list ORDER BY {_ORDER} LIMIT $shown",
        {"shown": shown},
    ).fetchall()
    return {
        "states": [
            {"record_kind": kind, "state": state, "count": count}
            for kind, state, count in connection.execute(_STATES).fetchall()
        ],
        "waiting": {
            "count": rows[0][-1] if rows else 0,
            "rows": [
                {
                    **dict(zip(listed, row[:-1], strict=True)),
                    "score": str(row[listed.index("score")]),
                }
                for row in rows
            ],
        },
    }
