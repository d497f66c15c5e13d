"""What one provider knows of the world at this moment: companies by name or number, their records.

Providers are not the world: a record reaches each of them some days after it came into being, each
misses a few, and a name is all that a question by name says. So a question by name is answered for
every company that bears or bore it; only a number is sure. Which record is late or missing follows
from the provider's and the record's name alone, so it is the same in every run.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from sandbox.server.company_index import Index, index_of
from sandbox.server.from_world import (
    Rows,
    case_of,
    company_of,
    listing_of,
    score_of,
    statement_of,
)
from sandbox.server.outside import Case, Company, Listing, Score, Statement, TaxGrade, share
from sandbox.server.rows_by_key import rows_by_key
from sandbox.server.state import State


@dataclass(frozen=True)
class Habit:
    """How well a provider is informed. `misses`: the share of records it never gets; `late`: it has
    a record at most so many days after it came into being."""

    misses: float
    late: int


HABITS: Mapping[str, Habit] = {
    "qcc": Habit(0.03, 5),
    "tianyancha": Habit(0.05, 8),
    "creditsafe": Habit(0.02, 4),
    "courtlistener": Habit(0.06, 3),
    "gleif": Habit(0.0, 2),
    "sec": Habit(0.0, 1),
}

STAGE_DATE = {"filing": "filed_on", "hearing": "hearing_on", "judgment": "judged_on"}
"""The date that a case must have to be known at a stage."""


@dataclass(frozen=True)
class Known:
    """A case with when the provider first had it and when it last heard something new of it."""

    case: Case
    since: datetime
    changed: datetime


class Registry:
    """One provider's knowledge at the sandbox's present moment."""

    def __init__(self, state: State, provider: str) -> None:
        self._state = state
        self._provider = provider
        self._habit = HABITS[provider]
        self.now: datetime = state.now().astimezone(UTC)

    @cached_property
    def _view(self) -> Any:
        return self._state.view()

    @property
    def _index(self) -> Index:
        return index_of(self._state.world, self.now)

    # Companies

    def named(self, keyword: str, country: str | None = None) -> list[Company]:
        """Companies with this number (USCC or registry number) or, if there is none, this name.

        A name may be borne by several; their order is the provider's own, so that two providers
        may not mean the same company first.
        """
        index = self._index
        numbers = (
            index.numbered("uscc", keyword)
            or index.numbered("registration_number", keyword)
            or index.named(keyword)
        )
        return self.companies(numbers, country)

    def numbered(self, scheme: str, value: str) -> list[Company]:
        """Companies with this number."""
        return self.companies(self._index.numbered(scheme, value))

    def party_numbers(self) -> tuple[int, ...]:
        """Every company's number in the world."""
        return self._index.parties

    def companies(self, numbers: Iterable[int], country: str | None = None) -> list[Company]:
        """These companies as the registry has them now, in the provider's own order."""
        wanted = sorted(set(numbers))
        if not wanted:
            return []
        rows = self._rows("company", "party_no", wanted)
        former = self._by_party("former_name", wanted)
        found = [
            company_of(row, former.get(row["party_no"], []))
            for row in rows
            if country in (None, row["country"])
        ]
        return sorted(found, key=lambda company: share(self._provider, str(company.party_no)))

    def search(
        self, where: str, params: Sequence[Any], *, order: str, limit: int, offset: int = 0
    ) -> list[Company]:
        """Companies by a condition over the table `company`, a page of them."""
        rows = self._view.rows(
            "company", where=where, params=list(params), order_by=order, limit=limit, offset=offset
        )
        former = self._by_party("former_name", [row["party_no"] for row in rows])
        return [company_of(row, former.get(row["party_no"], [])) for row in rows]

    def count(self, where: str, params: Sequence[Any]) -> int:
        """How many companies a condition over the table `company` finds."""
        found: int = self._view.count("company", where=where, params=list(params))
        return found

    # Records

    def cases(
        self,
        companies: Iterable[int],
        stage: str,
        *,
        only: Collection[str] = (),
        without: Collection[str] = (),
    ) -> list[Case]:
        """Their cases that have come to `stage`, newest first, as far as the provider knows.

        `only` and `without`: types of case that are wanted (none: every type), and that are not.
        """
        mine = self._rows("court_party", "party_no", sorted(set(companies)))
        return [
            case
            for case in self.cases_by_id(sorted({row["record_id"] for row in mine}), stage)
            if (not only or case.case_type in only) and case.case_type not in without
        ]

    def cases_by_id(self, ids: Sequence[str], stage: str) -> list[Case]:
        """These cases with all their parties, if they have come to `stage`."""
        if not ids:
            return []
        parties: dict[str, Rows] = {}
        for row in self._rows("court_party", "record_id", ids):
            parties.setdefault(row["record_id"], []).append(row)
        column = STAGE_DATE[stage]
        today = self.now.date()
        found = [
            case_of(row, parties.get(row["record_id"], []))
            for row in self._rows("court_record", "record_id", ids)
            if row[column] and row[column] <= today and self._knows(row, row["record_id"])
        ]
        newest = [case for case in found if self._knows_stage(case, stage)]
        return sorted(newest, key=lambda case: (case.filed_on, case.case_id), reverse=True)

    def known_cases(self, where: str, params: Sequence[Any] = ()) -> list[Known]:
        """Every case that fits the condition over `court_record` and that the provider has."""
        found = []
        rows = self._view.rows("court_record", where=where, params=list(params))
        parties: dict[str, Rows] = {}
        inside = f"record_id IN (SELECT record_id FROM court_record WHERE {where})"
        for row in self._view.rows("court_party", where=inside, params=list(params)):
            parties.setdefault(row["record_id"], []).append(row)
        for row in rows:
            if self._knows(row, row["record_id"]):
                case = case_of(row, parties.get(row["record_id"], []))
                since = row["created_at"].replace(tzinfo=UTC) + self._delay(case.case_id)
                changed = max(since, row["modified_at"].replace(tzinfo=UTC))
                found.append(Known(case, since, changed))
        return sorted(found, key=lambda known: known.case.case_id)

    def listings(self, companies: Iterable[int], kind: str) -> list[Listing]:
        """Their entries on one list, newest first, those that ended too."""
        rows = self._rows("listing", "party_no", sorted(set(companies)))
        found = [
            listing_of(row)
            for row in rows
            if row["kind"] == kind and self._knows(row, row["listing_id"])
        ]
        return sorted(
            found,
            key=lambda listing: (listing.started_on or date.min, listing.listing_id),
            reverse=True,
        )

    def scores(self, company: int, provider: str) -> list[Score]:
        """A bureau's verdicts on a company, newest first."""
        rows = self._rows("bureau_score", "party_no", [company])
        found = [score_of(row) for row in rows if row["provider"] == provider]
        return sorted(found, key=lambda score: score.reported_on, reverse=True)

    def tax_grades(self, company: int) -> list[TaxGrade]:
        """The tax office's levels, newest first."""
        rows = self._rows("tax_credit", "party_no", [company])
        grades = [TaxGrade(row["year"], row["level"], row["authority"]) for row in rows]
        return sorted(grades, key=lambda grade: grade.year, reverse=True)

    def statements(self, company: int) -> list[Statement]:
        """Its published accounts, newest first. Untidy ones are the files' own: what a register or
        a bureau has, it typed in itself."""
        rows = self._rows("statement", "party_no", [company], tidy=True)
        today = self.now.date()
        found = [statement_of(row) for row in rows if row["published_on"] <= today]
        return sorted(found, key=lambda one: (one.period_end, one.filed_on), reverse=True)

    # What the provider has heard of

    def _knows(self, row: Mapping[str, Any], record_id: str) -> bool:
        """Whether this provider has the record by now."""
        if share("missed", self._provider, record_id) < self._habit.misses:
            return False
        created = row["created_at"].replace(tzinfo=UTC)
        return bool(created + self._delay(record_id) <= self.now)

    def _knows_stage(self, case: Case, stage: str) -> bool:
        """A judgment is published some days after it was given, here later than there."""
        reached = getattr(case, STAGE_DATE[stage])
        day = datetime.combine(reached, datetime.min.time(), UTC)
        return bool(day + self._delay(case.case_id + stage) <= self.now)

    def _delay(self, record_id: str) -> timedelta:
        return timedelta(days=share("late", self._provider, record_id) * self._habit.late)

    # Reading the world

    def _rows(self, table: str, column: str, values: Sequence[Any], *, tidy: bool = False) -> Rows:
        """Rows of a table whose `column` is one of `values`, as they are now."""
        return rows_by_key(self._state.world, self.now, table, column, values, tidy=tidy)

    def _by_party(self, table: str, numbers: Sequence[int]) -> dict[int, Rows]:
        found: dict[int, Rows] = {}
        for row in self._rows(table, "party_no", sorted(set(numbers))):
            found.setdefault(row["party_no"], []).append(row)
        return found
