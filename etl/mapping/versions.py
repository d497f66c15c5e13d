"""The same key twice in one batch: a copy, a new version, or two rows that contradict each other."""

import duckdb

from etl.entities import Entity


def find_repeats(
    connection: duckdb.DuckDBPyConnection, entity: Entity, *, are_versions: bool = False
) -> bool:
    """Make `repeat` (seq, reason) from `judged`: the good rows that are not kept. True when there
    are any.

    `reason` is NULL for a copy and a sentence for a contradiction. A deletion does not contradict
    the row it deletes. Of entities that may have many versions in a batch (customers) every row that
    changes nothing is a copy. `are_versions`: the rows come oldest version first, and all but the
    last of a key are copies of the past: what a system changed while it was being read.
    """
    keys = ", ".join((*entity.key, "is_deleted"))
    connection.execute(
        f"CREATE OR REPLACE TABLE again AS SELECT {keys} FROM judged WHERE rule IS NULL "
        f"GROUP BY {keys} HAVING COUNT(*) > 1"
    )
    found = connection.execute("SELECT COUNT(*) FROM again").fetchone()
    if not found or not found[0]:
        connection.execute(
            "CREATE OR REPLACE TABLE repeat AS "
            "SELECT CAST(NULL AS BIGINT) AS seq, CAST(NULL AS VARCHAR) AS reason WHERE FALSE"
        )
        return False
    if are_versions:
        _overtaken(connection, entity)
    elif entity.one_version_per_batch:
        _contradictions(connection, entity)
    else:
        _unchanged(connection, entity)
    return True


def _overtaken(connection: duckdb.DuckDBPyConnection, entity: Entity) -> None:
    keys = ", ".join((*entity.key, "is_deleted"))
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE repeat AS
        SELECT seq, CAST(NULL AS VARCHAR) AS reason
        FROM (
            SELECT seq, ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY seq DESC) AS place
            FROM judged
            WHERE rule IS NULL
        ) AS version
        WHERE place > 1
        """
    )


def _unchanged(connection: duckdb.DuckDBPyConnection, entity: Entity) -> None:
    columns = [column.name for column in entity.columns if column.name not in entity.key]
    content = ", ".join((*columns, "is_deleted"))
    keys = ", ".join(entity.key)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE repeat AS
        SELECT seq, CAST(NULL AS VARCHAR) AS reason
        FROM (
            SELECT seq, content IS NOT DISTINCT FROM LAG(content) OVER (
                PARTITION BY {keys} ORDER BY known_on, seq
            ) AS is_unchanged
            FROM (
                SELECT seq, {keys}, known_on, ROW({content}) AS content
                FROM judged
                WHERE rule IS NULL
            ) AS versions
        ) AS compared
        WHERE is_unchanged
        """
    )


def _contradictions(connection: duckdb.DuckDBPyConnection, entity: Entity) -> None:
    columns = [column.name for column in entity.columns if column.name not in entity.key]
    keys = (*entity.key, "is_deleted")
    same = " AND ".join(f"again.{key} IS NOT DISTINCT FROM judged.{key}" for key in keys)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE version AS
        SELECT judged.* EXCLUDE (raw, rule), ROW_NUMBER() OVER (
            PARTITION BY {", ".join(f"judged.{key}" for key in keys)} ORDER BY judged.seq
        ) AS place
        FROM judged
        JOIN again ON {same}
        WHERE judged.rule IS NULL
        """
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE repeat AS
        SELECT later.seq, CASE {" ".join(_difference(entity, name) for name in columns)}
            ELSE NULL END AS reason
        FROM version AS later
        JOIN version AS first ON first.place = 1
            AND {" AND ".join(f"first.{key} IS NOT DISTINCT FROM later.{key}" for key in keys)}
        WHERE later.place > 1
        """
    )


def _difference(entity: Entity, name: str) -> str:
    """WHEN this column differs THEN the sentence that names both rows and both values."""
    key = " and ".join(entity.key)
    return f"""
        WHEN later.{name} IS DISTINCT FROM first.{name} THEN
            'row ' || later.source_row || ' has the {key} of row ' || first.source_row
            || CASE WHEN first.source_file = later.source_file THEN ''
                ELSE ' of ' || first.source_file END
            || ' but another {name}: ' || COALESCE(CAST(later.{name} AS VARCHAR), 'nothing')
            || ' instead of ' || COALESCE(CAST(first.{name} AS VARCHAR), 'nothing')
            || '; the first row is kept'
        """
