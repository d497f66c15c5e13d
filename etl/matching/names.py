"""Names of companies, brought to the parts in which they are compared.

What people write differently and mean alike goes: width, case, accents, spaces, brackets, dots, the
spelling of a legal form. What tells two companies apart stays, in parts of its own: legal form,
place, numbers. The rules are `sql/names.sql`; the words they know are `data/*.csv`.
"""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from etl.engine.duckdb import literal

FOLDER = Path(__file__).resolve().parent
NORMAL = "NFKC"


def statements(name: str) -> list[str]:
    """The statements of one file of `sql/`."""
    text = (FOLDER / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    bare = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return [statement for part in bare.split(";\n") if (statement := part.strip())]


def known_words(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables `word`, `place` and `country_name`, from `data/`."""
    for table, file in (("word", "words"), ("place", "places"), ("country_name", "countries")):
        path = literal(str(FOLDER / "data" / f"{file}.csv"))
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS "
            f"SELECT * FROM read_csv({path}, header = true, all_varchar = true)"
        )


def parse_names(connection: duckdb.DuckDBPyConnection, ignored: tuple[str, ...] = ()) -> None:
    """Table `name_part`: one row for each distinct `name` of the table `name_given`.

    `ignored`: words that this book adds to names and that mean nothing.
    """
    given = connection.execute("SELECT DISTINCT name FROM name_given WHERE name IS NOT NULL")
    names = given.to_arrow_table().column("name").combine_chunks()
    normal = pa.table({"name": names, "normal": pc.utf8_normalize(names, form=NORMAL)})
    connection.register("name_normal", normal)
    connection.execute("CREATE OR REPLACE TABLE ignored_word (word VARCHAR)")
    if ignored:
        connection.execute(
            "INSERT INTO ignored_word SELECT lower(unnest($words))", {"words": list(ignored)}
        )
    (han_places,) = connection.execute(
        "SELECT string_agg(place, '|' ORDER BY length(place) DESC, place) "
        "FROM place WHERE level <> 'latin'"
    ).fetchone() or ("",)
    for statement in statements("names"):
        connection.execute(statement.replace("{han_places}", han_places))
    connection.unregister("name_normal")
