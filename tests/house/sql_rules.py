"""What holds for every file of `sql/`. A rule takes a query and says, in sentences, what to change.

`sql/README.md` gives the reasons. tests/house/test_sql.py runs the rules over the files and plants
one violation of each.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from etl import models
from etl.entities import ENTITIES
from etl.history import snapshot_types
from etl.matching.tables import MATCH_TABLES, types
from etl.models import Model
from etl.night_tables import FEED_TYPES
from etl.policy import POLICY_TABLES

INPUTS = ("current", "match", "policy", "night", "reference")
"""Left of every layer: snapshots, links (etl/matching), the policy and the feeds as tables."""

Schema = dict[str, dict[str, dict[str, str]]]


@cache
def known_tables() -> Schema:
    """schema → table → column → type, of everything a SQL file may read."""
    schema: Schema = {
        "current": {entity.name: snapshot_types(entity) for entity in ENTITIES.values()},
        "match": {name: types(table) for name, table in MATCH_TABLES.items()},
        "night": {"feed": FEED_TYPES},
        "policy": {name.split(".")[1]: types for name, types in POLICY_TABLES.items()},
    }
    for model in models.models():
        schema.setdefault(model.schema, {})[model.name] = model.types
    # An earlier night has every table that may be published, under its bare name.
    for night in models.EARLIER:
        schema[night] = {name: model.types for name, model in models.published().items()}
    return schema


@cache
def _readable() -> MappingSchema:
    """The known tables as sqlglot takes them: to be told of ten thousand columns takes it a while."""
    return MappingSchema(known_tables(), dialect="duckdb")


@dataclass(frozen=True)
class Query:
    """A SQL file with everything the rules look at."""

    model: Model
    layers: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file as messages call it."""
        return f"sql/{self.model.layer}/{self.model.name}.sql"

    @cached_property
    def bare(self) -> str:
        """The text without comments and without what stands between single quotes."""
        without_texts = re.sub(r"'(?:[^']|'')*'", "''", self.model.sql)
        return re.sub(r"--[^\n]*", "", without_texts)

    @cached_property
    def tree(self) -> exp.Query:
        """As DuckDB reads it."""
        tree = sqlglot.parse_one(self.model.sql, dialect="duckdb")
        assert isinstance(tree, exp.Query), f"{self.name} is not a SELECT"
        return tree

    @cached_property
    def typed(self) -> exp.Expression:
        """The tree with every column resolved to its table and every expression typed."""
        qualified = qualify(
            self.tree.copy(),
            schema=_readable(),
            dialect="duckdb",
            expand_alias_refs=False,
        )
        return annotate_types(qualified, schema=_readable(), dialect="duckdb")


def query(path: Path) -> Query:
    """The query in `path`."""
    return Query(models.read_model(path), models.layers())


Rule = Callable[[Query], Iterator[str]]


# --- what a file is ------------------------------------------------------------------------------


def parses_for_both_engines(query: Query) -> Iterator[str]:
    """One SELECT, which DuckDB and Spark both read."""
    for dialect in ("duckdb", "spark"):
        try:
            statements = sqlglot.parse(query.model.sql, dialect=dialect)
        except SqlglotError as error:
            yield f"{query.name}: {dialect} cannot parse it: {str(error).splitlines()[0]}"
            continue
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            yield (
                f"{query.name}: a file is one SELECT; no CREATE, no second statement. "
                "The runner writes the result as a table called like the file"
            )


def reads_only_to_its_left(query: Query) -> Iterator[str]:
    """The layer rule: nothing reads from its right, nor from its own folder."""
    is_last = query.model.layer == models.COMPARISON
    place = len(query.layers) if is_last else query.layers.index(query.model.layer)
    left = {layer.split("_", 1)[1] for layer in query.layers[:place]}
    left |= set(models.EARLIER) if is_last else set()
    for name in query.model.reads:
        schema, table = name.split(".")
        if schema not in left and schema not in INPUTS:
            yield (
                f"{query.name} reads {name}, which is not to its left: a file of {query.model.layer} "
                f"reads {', '.join((*INPUTS, *sorted(left)))}. Move what both need one folder to the "
                "left, or this file one to the right"
            )
        elif schema != "reference" and table not in known_tables().get(schema, {}):
            yield f"{query.name} reads {name}, which nothing makes: is the name right?"


def reads_are_found(query: Query) -> Iterator[str]:
    """etl/models.py finds a file's inputs with a regular expression: it must find them all."""
    tables = {f"{table.db}.{table.name}" for table in query.tree.find_all(exp.Table) if table.db}
    if missed := sorted(tables ^ set(query.model.reads)):
        yield (
            f"{query.name}: etl/models.py does not see {', '.join(missed)} as the parser does; "
            "write FROM or JOIN and schema.table on one line, in lower case"
        )


def header_matches_result(query: Query) -> Iterator[str]:
    """The header's columns are the result's, in order: the header is the table's contract."""
    declared = [column.name for column in query.model.columns]
    selected = query.tree.named_selects
    if declared != selected:
        first = next(
            (
                f"column {place + 1} is {found or 'missing'}, the header says {said or 'nothing'}"
                for place, (said, found) in enumerate(_side_by_side(declared, selected))
                if said != found
            ),
            "",
        )
        yield (
            f"{query.name}: the header's columns must be the SELECT's, in the same order: {first}. "
            "A header line is `--   name  TYPE  unit and meaning; NULL: why [requirement id]`"
        )


def _side_by_side(left: list[str], right: list[str]) -> Iterator[tuple[str, str]]:
    for place in range(max(len(left), len(right))):
        yield left[place] if place < len(left) else "", right[place] if place < len(right) else ""


def header_speaks(query: Query) -> Iterator[str]:
    """Every column says something, the question is one, and the key exists."""
    if not query.model.question.rstrip().endswith("?"):
        yield f"{query.name}: the first line is the question the table answers, with its ?"
    if unknown := [name for name in query.model.key if name not in query.model.types]:
        yield f"{query.name}: the key names {', '.join(unknown)}, which is no column of the table"


def ordered_by_its_key(query: Query) -> Iterator[str]:
    """ORDER BY the key at the very end: that makes bytes stable, not the order of insertion."""
    order = query.tree.args.get("order")
    terms = order.expressions if order else []
    names = tuple(term.this.name for term in terms if isinstance(term.this, exp.Column))
    if names != query.model.key or any(term.args.get("desc") for term in terms):
        yield f"{query.name}: end the file with ORDER BY {', '.join(query.model.key)}, its key"


# --- the portable subset ---------------------------------------------------------------------------

REFUSED = (
    (r"\bQUALIFY\b", "QUALIFY", "ROW_NUMBER() in a CTE, then filter"),
    (r"\b(ARG_MAX|ARG_MIN|MAX_BY|MIN_BY)\s*\(", "arg_max", "ROW_NUMBER() in a CTE, then filter"),
    (r"\bMODE\s*\(", "mode()", "COUNT(*) in a CTE, then ROW_NUMBER() with the key last"),
    (
        r"\b(STRING_AGG|LISTAGG|GROUP_CONCAT|ARRAY_AGG|LIST)\s*\(",
        "STRING_AGG and other lists",
        "one row a value, or CASE expressions joined with ||",
    ),
    (
        r"\b(ANY_VALUE|FIRST|LAST|FIRST_VALUE|LAST_VALUE)\s*\(",
        "ANY_VALUE, FIRST, LAST",
        "MIN, MAX, or ROW_NUMBER() ordered to the key",
    ),
    (
        r"\b(PERCENTILE_\w+|QUANTILE\w*|MEDIAN|APPROX_\w+)\s*\(",
        "PERCENTILE_CONT and its like",
        "the sorted items read off with whole numbers (docs/adr/0004-percentiles.md)",
    ),
    (
        r"\b(AVG|MEAN|STDDEV\w*|VAR_\w+|VARIANCE|CORR|COVAR\w*)\s*\(",
        "AVG, STDDEV, CORR",
        "SUM over COUNT in the two-cast form; deviations from whole-number sums",
    ),
    (r"\bGROUP\s+BY\s+ALL\b|\bORDER\s+BY\s+ALL\b", "GROUP BY ALL", "the columns by name"),
    (r"\bGROUP\s+BY\s+\d|\bORDER\s+BY\s+\d", "GROUP BY 1", "the columns by name"),
    (r'"|`', "quoted identifiers", "plain lower-case names"),
    (
        r"\b(TEXT|STRING|NUMERIC|NUMBER|DOUBLE|FLOAT\d?|REAL|HUGEINT|INT\d?|TINYINT|SMALLINT)\b",
        "TEXT, NUMERIC, DOUBLE, INT",
        "VARCHAR, DECIMAL(p, s), INTEGER, BIGINT, DATE, TIMESTAMP, BOOLEAN",
    ),
    (r"\bDECIMAL\b(?!\s*\()", "DECIMAL without digits", "DECIMAL(18, 2)"),
    (r"::", "a cast with ::", "CAST(x AS TYPE)"),
    (r"//", "//", "a ratio in the two-cast form, or MOD and subtraction"),
    (r"\b(ANTI|SEMI|ASOF|NATURAL|POSITIONAL)\s+JOIN\b", "ANTI JOIN", "NOT EXISTS or LEFT JOIN"),
    (
        r"\b(DATEDIFF|DATE_DIFF|AGE|DATE_ADD|DATE_SUB|DATESUB)\s*\(",
        "DATEDIFF and its like",
        "EXTRACT(DAY FROM (CAST(x AS TIMESTAMP) - CAST(y AS TIMESTAMP)))",
    ),
    (
        r"\b(CURRENT_DATE|CURRENT_TIMESTAMP|CURRENT_TIME|LOCALTIMESTAMP)\b|\b(NOW|TODAY|GETDATE)\s*\(",
        "a clock",
        "CAST(:as_of AS DATE)",
    ),
    (r"\b(RANDOM|RAND|UUID|GEN_RANDOM_UUID|HASH)\s*\(", "chance and hashes", "the key"),
    (r"\bCONCAT\w*\s*\(", "CONCAT", "a || b, with COALESCE where a part may be NULL"),
    (r"\*\s*(EXCLUDE|REPLACE)\s*\(", "* EXCLUDE", "the columns by name"),
    (r"\bINTERVAL\s+\d", "INTERVAL 3 DAY", "INTERVAL '3' DAY"),
    (r",\s*(\bFROM\b|\))", "a trailing comma", "none"),
    (r"\bLIMIT\b|\bFETCH\s+FIRST\b|\bSAMPLE\b", "LIMIT", "ROW_NUMBER() in a CTE, then filter"),
)


def in_the_portable_subset(query: Query) -> Iterator[str]:
    """Constructs that an engine lacks, or that two engines read differently."""
    for pattern, what, instead in REFUSED:
        if found := re.search(pattern, query.bare, re.IGNORECASE):
            line = query.bare[: found.start()].count("\n") + 1
            text = " ".join(found[0].split())
            yield f"{query.name}, line {line}: {text!r} ({what} is not portable); write {instead}"


def only_as_of_is_bound(query: Query) -> Iterator[str]:
    """`:as_of` is the only parameter, and always a date."""
    without = re.sub(r"CAST\(:as_of AS DATE\)", "", query.bare)
    if found := re.search(r":[a-z]\w*|\$\w+|\?|\bgetvariable\b", without):
        yield (
            f"{query.name}: {found[0]} stands outside CAST(:as_of AS DATE); that is the only "
            "parameter and its only form, because engines give a bare parameter other types"
        )


def days_between_in_one_form(query: Query) -> Iterator[str]:
    """A date less a date is days on one engine and an interval on the next."""
    try:
        typed = query.typed
    except SqlglotError as error:
        # An alias used in its own SELECT lands here too: only some engines know it there.
        yield f"{query.name}: {' '.join(str(error).split())}; name a CTE's column, not an alias"
        return
    for subtraction in typed.find_all(exp.Sub):
        if subtraction.left.is_type("date") and subtraction.right.is_type("date"):
            yield (
                f"{query.name}: {_short(subtraction)} takes a date from a date; write "
                "EXTRACT(DAY FROM (CAST(x AS TIMESTAMP) - CAST(y AS TIMESTAMP)))"
            )


def dates_are_cast_back(query: Query) -> Iterator[str]:
    """A date moved by an interval, or cut to its month, is a timestamp until it is cast."""
    through = (exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.Interval)
    moved = [node.parent for node in query.tree.find_all(exp.Interval)]
    cut = list(query.tree.find_all(exp.DateTrunc, exp.TimestampTrunc))
    for node in (*moved, *cut):
        outer = node if node in moved else node.parent
        while isinstance(outer, through):
            outer = outer.parent
        if not (isinstance(outer, exp.Cast) and outer.to.is_type("date", "timestamp")):
            yield f"{query.name}: wrap {_short(node)} in CAST(… AS DATE)"


INNER_CASTS = ("DECIMAL(28, 10)", "DECIMAL(18, 10)", "DECIMAL(28, 15)")
TWO_CASTS = "CAST(CAST(a / NULLIF(b, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))"


def ratios_in_two_casts(query: Query) -> Iterator[str]:
    """DuckDB divides decimals as doubles; cast to ten digits first, engines round alike. Fifteen are all a double
    has: for what is multiplied and added up before it is rounded to fewer."""
    final = query.tree
    for division in query.tree.find_all(exp.Div, exp.IntDiv):
        inner = _cast_around(division)
        if inner is None or inner.to.sql() not in INNER_CASTS:
            yield (
                f"{query.name}: {_short(division)} is a bare ratio; write {TWO_CASTS}, and in a "
                "column that is summed further on at least the inner cast"
            )
        elif inner.find_ancestor(exp.Query) is final and not (
            isinstance(inner.parent, exp.Cast) and inner.parent.to.is_type("decimal")
        ):
            yield f"{query.name}: publish {_short(division)} as {TWO_CASTS}"


def ratios_are_never_compared(query: Query) -> Iterator[str]:
    """9,499,999.99 of 10,000,000 rounds to 0.950000: compare money with money."""
    stops = (exp.Case, exp.Query, exp.Subquery)
    for division in query.tree.find_all(exp.Div, exp.IntDiv):
        node = division.parent
        while node is not None and not isinstance(node, stops):
            if isinstance(
                node, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.EQ | exp.NEQ | exp.Between
            ):
                yield (
                    f"{query.name}: {_short(node)} compares a ratio; compare the money: "
                    "a >= CAST(0.95 AS DECIMAL(9, 6)) * CAST(b AS DECIMAL(28, 2))"
                )
                break
            node = node.parent


def windows_are_settled(query: Query) -> Iterator[str]:
    """A window that picks a row says in which order; a running sum says over which rows."""
    picking = (exp.RowNumber, exp.Lag, exp.Lead)
    for window in query.tree.find_all(exp.Window):
        order = window.args.get("order")
        if isinstance(window.this, picking):
            if not order:
                yield f"{query.name}: {_short(window)} picks a row; ORDER BY something, the key last"
        elif order and not window.args.get("spec"):
            yield f"{query.name}: {_short(window)} runs over ties; add ROWS BETWEEN …"


def _cast_around(node: exp.Expression) -> exp.Cast | None:
    """The nearest cast a value goes through inside its own SELECT."""
    outer = node.parent
    while outer is not None and not isinstance(outer, exp.Cast | exp.Query):
        outer = outer.parent
    return outer if isinstance(outer, exp.Cast) else None


def _short(node: exp.Expression | None) -> str:
    text = node.sql(dialect="duckdb") if node is not None else ""
    return repr(text if len(text) <= 70 else text[:67] + "…")


RULES: tuple[Rule, ...] = (
    parses_for_both_engines,
    reads_only_to_its_left,
    reads_are_found,
    header_matches_result,
    header_speaks,
    ordered_by_its_key,
    in_the_portable_subset,
    only_as_of_is_bound,
    days_between_in_one_form,
    dates_are_cast_back,
    ratios_in_two_casts,
    ratios_are_never_compared,
    windows_are_settled,
)
