"""A world as a ledger export: CSV files of canonical columns and the book file that reads them.

For benchmarks of volume: everything of the world at once, through the file source. What a registry,
a bureau or a court knows is attached to the accounts it is truly about, as if asked by number.
"""

from datetime import date
from pathlib import Path

from etl.entities import ENTITIES
from sandbox.world.as_text import held, shown
from sandbox.world.reader import World
from sandbox.world.tables import TABLES

BOOK = "ledger.yaml"
PREFIXED = {name for name in TABLES if TABLES[name].by == "account"}
"""Ids of an account's rows are unique within their CRM: the CRM's name comes in front."""
PROVIDERS = {"court_record": "sandbox_courts", "court_party": "sandbox_courts",
             "listing": "sandbox_courts", "penalty": "sandbox_registry",
             "registration_change": "sandbox_registry", "tax_credit": "sandbox_registry",
             "statement": "sandbox_files"}  # fmt: skip
OWN_ID = {"listing": "listing_id", "penalty": "penalty_id", "registration_change": "change_id"}
LEFT_OUT = {"company", "group_member", "esg_score", "reputation", "former_name"}
"""Their files are among the exports, or their columns are not the entity's."""


def write_ledger(world: Path, folder: Path, day: date) -> dict[str, int]:
    """Write `folder`/*.csv as of the end of `day` and the book file; rows per file."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = World(world)
    rows: dict[str, int] = {}
    feeds = []
    try:
        for name, table in TABLES.items():
            if name in ENTITIES and name not in LEFT_OUT and table.by != "truth":
                columns = _columns(name)
                rows[f"{name}.csv"] = _write(opened, name, columns, folder, day)
                feeds.append(_feed(name, [head for head, _ in columns]))
    finally:
        opened.close()
    head = "# A synthetic ledger: every column is called as its field.\npolicy: article\n"
    text = head + "base_currency: CNY\n\nfeeds:\n" + "\n".join(feeds)
    (folder / BOOK).write_text(text, encoding="utf-8")
    return rows


def _columns(name: str) -> list[tuple[str, str]]:
    """Field of the entity → SQL."""
    table, entity = TABLES[name], ENTITIES[name]
    have = {column for column, _ in table.columns}
    found = []
    for column in entity.columns:
        field = column.name
        if field == "customer_id" and table.by == "party" and name != "court_party":
            found.append((field, "c.system || ':' || c.customer_id"))
        elif field == "provider":
            own = held(name, "provider") if "provider" in have else f"'{_provider(name)}'"
            found.append((field, own))
        elif field == "record_id" and "record_id" not in have:
            found.append((field, "t.row_id"))
        elif field == "party_id" and "party_no" in have:
            found.append((field, "CAST(t.party_no AS VARCHAR)"))
        elif field in have:
            text = held(name, field)
            if name in PREFIXED and field.endswith("_id") and _is_ref(field):
                text = f"t.system || ':' || ({text})"
            found.append((field, text))
    return found


def _is_ref(field: str) -> bool:
    return field not in ("question_id", "milestone_id", "expert_id", "company_id", "owner_id")


def _provider(name: str) -> str:
    return PROVIDERS.get(name, "sandbox_files")


def _write(world: World, name: str, columns: list[tuple[str, str]], folder: Path, day: date) -> int:
    source = f"{name} t"
    if TABLES[name].by == "party" and name != "court_party":
        source += " JOIN truth_customer c ON c.party_no = t.party_no"
    picked = ", ".join(f"{sql} AS {field}" for field, sql in columns)
    sql = f"SELECT {picked} FROM {source} WHERE {shown(name, day)} ORDER BY t.row_id"
    if not world.in_memory:
        sql = sql.removesuffix(" ORDER BY t.row_id")  # the files are in that order already
    path = str(folder / f"{name}.csv").replace("'", "''")
    found = world.cursor().execute(f"COPY ({sql}) TO '{path}' (FORMAT csv, HEADER)").fetchone()
    return int(found[0]) if found else 0


def _feed(name: str, fields: list[str]) -> str:
    lines = [
        f"  - name: {name}",
        f"    file: {name}.csv",
        "    known: historical",
        f"    records:\n      {name}:",
        *(f"        {field}: {field}" for field in fields),
    ]
    return "\n".join(lines) + "\n"
