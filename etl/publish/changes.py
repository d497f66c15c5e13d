"""What changed since the last published night: the one part of a night that knows another night.

    changes.js         what the pages load; `changes.json` the same as data
    changes.parquet    customer_id, what, from_value, to_value
    changes.schema.json

Beside what changed it carries what a customer without letters tonight was last told (mart.last_letter):
a dormant customer's page shows its last letters with their age (A0.1).

It compares two files of documents on what people act on, so it can be made again at any time, and
nothing of it is in a credit file: those are the same whatever was published before.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from etl.publish.assets import inline_json
from etl.publish.credit_files import copy_rows
from etl.publish.night_context import Written

DOCUMENTS = "credit_files.parquet"
SCHEMA = Path(__file__).resolve().parent / "schema" / "changes.schema.json"

_LAST_LETTERS = """
SELECT customer_id, CAST(to_json(struct_pack(
  overdue := letter_overdue, collection := letter_collection, grade := hard_grade,
  "on" := lettered_on, age_days := letter_age_days, reason := nr_reason
)) AS VARCHAR)
FROM read_parquet($file)
WHERE letter_age_days > 0
ORDER BY customer_id
"""

_FACTS = """
WITH document AS (
  SELECT customer_id, CAST(document AS JSON) AS document FROM read_parquet($file)
),
assessment AS (
  SELECT customer_id, unnest(from_json(document->'assessments', '[{
    "policy_id": "VARCHAR", "final_grade": "VARCHAR", "hard_grade": "VARCHAR",
    "letters": [{"letter": "VARCHAR", "grade": "VARCHAR"}]
  }]')) AS one
  FROM document
)
SELECT customer_id, one.policy_id || '.final_grade' AS what, one.final_grade AS fact FROM assessment
UNION ALL
SELECT customer_id, one.policy_id || '.hard_grade', one.hard_grade FROM assessment
UNION ALL
SELECT customer_id, policy_id || '.letter_' || letter.letter, letter.grade
FROM (SELECT customer_id, one.policy_id AS policy_id, unnest(one.letters) AS letter FROM assessment)
UNION ALL
SELECT customer_id, 'open_amount', document->'standing'->>'open_amount' FROM document
UNION ALL
SELECT customer_id, 'overdue_amount', document->'standing'->>'overdue_amount' FROM document
UNION ALL
-- A night published before there were decisions has nothing to compare them with.
SELECT customer_id, unnest(['scorecard_grade', 'credit_limit', 'gate']), unnest([
  document->'decision'->'scorecard'->>'grade',
  document->'decision'->'limit'->>'amount',
  document->'decision'->'gate'->>'gate'
])
FROM document
WHERE (document->'decision') IS NOT NULL
"""

_DIFFERENCE = """
WITH gone_or_new AS (
  SELECT customer_id, 'customer_gone' AS what FROM (
    SELECT customer_id FROM facts_before EXCEPT SELECT customer_id FROM facts_after)
  UNION ALL
  SELECT customer_id, 'new_customer' FROM (
    SELECT customer_id FROM facts_after EXCEPT SELECT customer_id FROM facts_before)
)
SELECT customer_id, what, CAST(NULL AS VARCHAR) AS from_value, CAST(NULL AS VARCHAR) AS to_value
FROM gone_or_new
UNION ALL
SELECT
  facts_after.customer_id, facts_after.what, facts_before.fact, facts_after.fact
FROM facts_after
JOIN facts_before
  ON facts_before.customer_id = facts_after.customer_id AND facts_before.what = facts_after.what
WHERE facts_before.fact IS DISTINCT FROM facts_after.fact
ORDER BY customer_id, what
"""


def write_changes(
    connection: duckdb.DuckDBPyConnection, out_dir: Path, before: tuple[date, Path] | None = None
) -> Written:
    """Compare the documents in `out_dir` with those of the night `before`: its day and its folder.

    Without a night before, the files say so and name nobody. Credit files, portfolio and comparisons
    must have been written.
    """
    as_of = json.loads((out_dir / "portfolio.json").read_bytes())["as_of"]
    _facts(connection, "facts_after", out_dir / DOCUMENTS)
    _facts(connection, "facts_before", (before[1] if before else out_dir) / DOCUMENTS)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE change AS {_DIFFERENCE}")
    copy_rows(
        connection, "SELECT * FROM change ORDER BY customer_id, what", out_dir / "changes.parquet"
    )
    customers = connection.sql(
        'SELECT customer_id, CAST(to_json(list(struct_pack(what := what, "from" := from_value, '
        '"to" := to_value) ORDER BY what)) AS VARCHAR) FROM change GROUP BY customer_id '
        "ORDER BY customer_id"
    ).fetchall()
    last = connection.execute(
        _LAST_LETTERS, {"file": str(out_dir / "tables" / "mart.last_letter.parquet")}
    ).fetchall()
    compared_with = f'"{before[0].isoformat()}"' if before else "null"
    content = (
        f'{{"format":"zixin-changes/1","as_of":"{as_of}",'
        f'"compared_with":{compared_with},"customers":{_members(customers)},'
        f'"last_letters":{_members(last)}}}'
    )
    (out_dir / SCHEMA.name).write_bytes(SCHEMA.read_bytes())
    (out_dir / "changes.json").write_text(content + "\n", encoding="utf-8")
    (out_dir / "changes.js").write_text(
        # JSON.parse, not a literal: in a literal a customer called __proto__ would mean something.
        f"window.ZIXIN_CHANGES = JSON.parse({inline_json(json.dumps(content, ensure_ascii=False))});\n",
        encoding="utf-8",
    )
    return Written(
        count=len(customers), sha256=hashlib.sha256(content.encode()).hexdigest(), files=4
    )


def _facts(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_FACTS}", {"file": str(file)})


def _members(pairs: Sequence[tuple[str, str]]) -> str:
    """A JSON object of (name, JSON text) pairs, in their order."""
    several = (f"{json.dumps(name, ensure_ascii=False)}:{text}" for name, text in pairs)
    return "{" + ",".join(several) + "}"
