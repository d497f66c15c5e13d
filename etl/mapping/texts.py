"""Which text of a row a field is made of, before anybody asks what type it has."""

from dataclasses import dataclass

from etl.mapping.numbers import plain_number
from etl.mapping.sql import literal, literals
from etl.sources.config import Check, Condition, Feed, FieldMapping
from etl.sources.table import Table

# What people cannot see at the ends of a cell: spaces of all kinds, and the mark some exports add.
SPACES = " \t\r\n\u00a0\u1680\u2002\u2003\u2007\u2009\u200b\u202f\u205f\u3000\ufeff"


@dataclass(frozen=True)
class Texts:
    """Expressions over the rows of one file, for one feed."""

    feed: Feed
    table: Table

    def cell(self, column: str, nulls: tuple[str, ...] | None = None) -> str:
        """The text in a column, without the space around it; NULL when it says nothing."""
        cell = f"c{self.table.position(column)}"
        nothing = literals(("", *(self.feed.null_values if nulls is None else nulls)))
        return f"(CASE WHEN {cell} IN {nothing} THEN NULL ELSE {cell} END)"

    def trimmed(self, columns: tuple[str, ...]) -> str:
        """The columns, and what kind of cells they are, as the other expressions expect them."""
        places = sorted({self.table.position(column) for column in columns})
        # Trimming a set of characters is slow, looking whether there is anything to trim is not.
        edge = literal(f"^[{SPACES}]|[{SPACES}]$")
        cells = [
            f"CASE WHEN regexp_matches(c{place}, {edge}) THEN trim(c{place}, {literal(SPACES)}) "
            f"ELSE c{place} END AS c{place}"
            for place in places
        ]
        kinds = [f"k{place}" for place in places if place in self.table.typed]
        return ", ".join(["source_row", "raw", *cells, *kinds])

    def kind(self, field: FieldMapping) -> str:
        """`n` or `d` where the field is a workbook's number or date as it stands, else NULL."""
        reshaped = field.values or field.pattern or field.remove_prefix or field.remove_suffix
        if reshaped or field.prefix or field.suffix or len(field.sources) != 1:
            return "CAST(NULL AS VARCHAR)"
        return self._kind(field.sources[0])

    def _kind(self, column: str) -> str:
        place = self.table.position(column)
        return f"k{place}" if place in self.table.typed else "CAST(NULL AS VARCHAR)"

    def text(self, field: FieldMapping, *, is_key: bool) -> str:
        """The field's text after all that the mapping says is done to it; NULL when it is empty."""
        if field.value is not None:
            return literal(field.value)
        text = self._reshaped(self._origin(field, is_key=is_key), field)
        return text if field.default is None else f"COALESCE({text}, {literal(field.default)})"

    def _origin(self, field: FieldMapping, *, is_key: bool) -> str:
        cells = [self.cell(column, field.null_values) for column in field.sources]
        if len(cells) == 1:
            return cells[0]
        if field.first_of is not None:
            return f"COALESCE({', '.join(cells)})"
        if not is_key:
            return f"NULLIF(concat_ws({literal(field.separator)}, {', '.join(cells)}), '')"
        # Half a key would be somebody else's key.
        return "(" + f" || {literal(field.separator)} || ".join(cells) + ")"

    def _reshaped(self, text: str, field: FieldMapping) -> str:
        if field.remove_prefix:
            length = len(field.remove_prefix) + 1
            text = (
                f"(CASE WHEN starts_with({text}, {literal(field.remove_prefix)}) "
                f"THEN substr({text}, {length}) ELSE {text} END)"
            )
        if field.remove_suffix:
            length = len(field.remove_suffix)
            text = (
                f"(CASE WHEN ends_with({text}, {literal(field.remove_suffix)}) "
                f"THEN left({text}, length({text}) - {length}) ELSE {text} END)"
            )
        if field.pattern:
            text = f"NULLIF(regexp_extract({text}, {literal(field.pattern)}, 1), '')"
        if field.strip_zeros:
            text = f"regexp_replace({text}, '^0+(.)', '\\1')"
        if field.zero_pad:
            width = f"CAST(greatest(length({text}), {field.zero_pad}) AS INTEGER)"
            text = f"lpad({text}, {width}, '0')"
        if field.values:
            whens = " ".join(
                f"WHEN {literal(old)} THEN {literal(new)}" for old, new in field.values.items()
            )
            text = f"(CASE {text} {whens} ELSE {text} END)"
        if field.prefix or field.suffix:
            text = f"({literal(field.prefix)} || {text} || {literal(field.suffix)})"
        return text

    def holds(self, condition: Condition | None) -> str:
        """True for the rows that a condition describes; all of them when there is none."""
        if condition is None:
            return "TRUE"
        alternatives = [
            "(" + " AND ".join(self._check(check) for check in alternative) + ")"
            for alternative in condition
        ]
        return "(" + " OR ".join(alternatives) + ")"

    def _check(self, check: Check) -> str:
        cell = self.cell(check.column)
        tests = [self._state(state, cell, check.column) for state in check.states]
        if check.values:
            tests.append(f"COALESCE({cell} IN {literals(check.values)}, FALSE)")
            if "" in check.values:
                tests.append(f"{cell} IS NULL")
        either = "(" + " OR ".join(tests) + ")"
        return f"NOT {either}" if check.negate else either

    def _state(self, state: str, cell: str, column: str) -> str:
        """A cell that is there but is no number must not fall between two records: it counts by
        its sign as nonzero, and is refused by name where its number is wanted."""
        plain = plain_number(cell, self._kind(column), self.feed.number)
        number = f"TRY_CAST({plain} AS DECIMAL(38, 8))"
        negative = (
            f"COALESCE({number} < 0, COALESCE(regexp_matches({cell}, '^[-−(]|[-−]$'), FALSE))"
        )
        zero = f"COALESCE({number} = 0, FALSE)"
        return {
            "present": f"{cell} IS NOT NULL",
            "absent": f"{cell} IS NULL",
            "negative": negative,
            "zero": zero,
            "nonzero": f"({cell} IS NOT NULL AND NOT {zero})",
            "positive": f"({cell} IS NOT NULL AND NOT {zero} AND NOT {negative})",
        }[state]
