"""The read-only role of PostgreSQL: it sees the views of the marts and nothing else.

Not the tables: they hold builds that are not published. Views run with their owner's rights, so
the role needs none on what they read.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from etl.publish.warehouse.tables import READER_SCHEMA, VIEWS, WarehouseTable

READER = "zixin_reader"


def grant_reader(connection: sa.Connection, tables: Sequence[WarehouseTable]) -> list[str]:
    """Have the group role and let it read; a sentence when the connected user may not."""
    try:
        with connection.begin_nested():
            exists = connection.scalar(
                sa.text("SELECT COUNT(*) FROM pg_roles WHERE rolname = :role"), {"role": READER}
            )
            if not exists:
                connection.exec_driver_sql(f"CREATE ROLE {READER} NOLOGIN")
    except DBAPIError:
        missing = f"The read-only role {READER} is missing and this user may not create it"
        return [f"{missing}: have an administrator run CREATE ROLE {READER} NOLOGIN."]
    preparer = connection.dialect.identifier_preparer
    views = [
        preparer.format_table(sa.Table(f"{table.name}_{view}", sa.MetaData(), schema=table.schema))
        for table in tables
        if table.schema == READER_SCHEMA
        for view in VIEWS
    ]
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {READER_SCHEMA} TO {READER}")
    if views:
        connection.exec_driver_sql(f"GRANT SELECT ON {', '.join(views)} TO {READER}")
    return []
