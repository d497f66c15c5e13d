"""A world's rows as the text that files hold, in sets: what is untidy stands in its place."""

from datetime import UTC, date, datetime, time

from sandbox.world.tables import TABLES


def held(table: str, column: str, alias: str = "t") -> str:
    """SQL for what the system holds in a column, as text: the untidy text, or the tidy value."""
    kinds = dict(TABLES[table].all_columns)
    tidy = f"CAST({alias}.{column} AS VARCHAR)"
    if kinds[column] == "text":
        tidy = f"{alias}.{column}"
    elif kinds[column] in ("rate", "share", "score", "quantity", "hours"):
        tidy = f"rtrim(rtrim({tidy}, '0'), '.')"
    if "untidy" not in kinds:
        return tidy
    return (
        f"CASE WHEN {alias}.untidy IS NULL OR NOT json_exists({alias}.untidy, '$.{column}') "
        f"THEN {tidy} ELSE {alias}.untidy ->> '$.{column}' END"
    )


def evening(day: date) -> datetime:
    """The moment up to which a file of the day knows: its end, UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC).replace(tzinfo=None)


def shown(table: str, day: date, alias: str = "t") -> str:
    """SQL: the version of a row that holds at the end of the day, and is not deleted by then."""
    moment = f"TIMESTAMP '{evening(day):%Y-%m-%d %H:%M:%S}'"
    if TABLES[table].by == "truth":
        return "true"
    return (
        f"{alias}.modified_at <= {moment} "
        f"AND ({alias}.superseded_at IS NULL OR {alias}.superseded_at > {moment}) "
        f"AND ({alias}.deleted_at IS NULL OR {alias}.deleted_at > {moment})"
    )
