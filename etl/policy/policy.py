"""One policy, and the policies of a night."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from etl.errors import ZixinError
from etl.policy.alerts import Alerts
from etl.policy.final import (
    Admission,
    Benefits,
    Experts,
    FinalGrade,
    ListedVeto,
    Segment,
    ValueGrid,
)
from etl.policy.letters import (
    Book,
    CollectionLetter,
    Combination,
    CompetitorLetter,
    Inquiry,
    Matching,
    OverdueLetter,
)
from etl.policy.parts import Name, Part, Title, Version, known_zone
from etl.policy.portfolio import Portfolio
from etl.policy.scorecard import Scorecard
from etl.policy.terms import Terms
from etl.sources.problems import Misplaced


class Policy(Part):
    """One policy file."""

    policy_id: Name
    version: Version
    title: Title
    time_zone: Annotated[str, AfterValidator(known_zone)]
    book: Book
    overdue_letter: OverdueLetter
    collection_letter: CollectionLetter
    competitor_letter: CompetitorLetter
    combination: Combination
    final_grade: FinalGrade
    experts: Experts
    listed_vetoes: tuple[ListedVeto, ...]
    admission: Admission
    value_grid: ValueGrid
    benefits: Benefits
    scorecard: Scorecard
    terms: Terms
    alerts: Alerts
    portfolio: Portfolio
    segments: tuple[Segment, ...] = ()
    matching: Matching
    inquiries: Annotated[dict[str, Inquiry], Field(min_length=1)]

    @model_validator(mode="after")
    def _default_inquiry(self) -> "Policy":
        if "default" not in self.inquiries:
            text = "a default is needed here, for needs that are not named"
            raise Misplaced(text, "inquiries")
        return self

    @model_validator(mode="after")
    def _segments_once(self) -> "Policy":
        names = ["default"]
        for place, segment in enumerate(self.segments):
            if segment.name in names:
                text = f"{segment.name!r} is another segment's name; default is everybody else's"
                raise Misplaced(text, "segments", place, "name")
            names.append(segment.name)
        return self

    @property
    def scorecards(self) -> tuple[Scorecard, ...]:
        """The policy's own scorecard and those of its segments, each once."""
        several = [self.scorecard]
        several += [one.scorecard for one in self.segments if one.scorecard]
        return tuple({one.scorecard_id: one for one in several}.values())

    def inquiry(self, need: str) -> Inquiry:
        """The rule for a need such as `litigation`; the default for one it does not name."""
        return self.inquiries.get(need) or self.inquiries["default"]


@dataclass(frozen=True)
class Policies:
    """The policy the book is run under, and the others shown beside it."""

    active: Policy
    others: tuple[Policy, ...]

    @cached_property
    def all(self) -> tuple[Policy, ...]:
        """Every policy, by id."""
        return tuple(sorted((self.active, *self.others), key=lambda policy: policy.policy_id))

    @cached_property
    def scorecards(self) -> tuple[Scorecard, ...]:
        """Every scorecard that a policy uses, by id; ZixinError when two of one id say different
        things: whose points a grade shows would be anybody's guess."""
        several: dict[str, Scorecard] = {}
        # The book's own policy last: it is the one that somebody wrote and can put right.
        for policy in (*self.others, self.active):
            for one in policy.scorecards:
                if several.setdefault(one.scorecard_id, one) != one:
                    raise ZixinError(
                        f"policy {policy.policy_id}: its scorecard is called {one.scorecard_id}, and so is "
                        "another one that says other things; give yours a scorecard_id of its own"
                    )
        return tuple(several[name] for name in sorted(several))

    @cached_property
    def sha256(self) -> str:
        """Names exactly these rules."""
        text = "\n".join([self.active.policy_id, *(p.model_dump_json() for p in self.all)])
        return hashlib.sha256(text.encode()).hexdigest()
