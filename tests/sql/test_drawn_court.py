"""Court records of 150 drawn customers in every role, worked out a second time in plain Python on a 29 February: two
documents of one case under numbers typed differently, ends before and after the night, records taken back."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.sql.night import build, policies

NIGHT = date(2028, 2, 29)
MONTHS_24, MONTHS_36 = date(2026, 2, 28), date(2025, 2, 28)
PEOPLE = [f"C{n:03}" for n in range(150)]
AGAINST = {"defendant", "enforced", "respondent", "appellee"}
BESIDE = ("plaintiff", "third", "applicant", "appellant", "other")


@dataclass(frozen=True)
class Document:
    """One drawn court record and the side on which its customer stands."""

    record_id: str
    customer_id: str
    role: str
    number: str | None
    case_type: str
    stage: str
    status: str
    filed_on: date | None
    closed_on: date | None
    amount: int | None
    is_deleted: bool
    state: str

    @property
    def case(self) -> str:
        """The case it belongs to: its number up to 号, typed one way, else itself."""
        if self.number is None:
            return self.record_id
        return self.number.translate(str.maketrans("（）", "()", " ")).split("号")[0]

    @property
    def counts(self) -> bool:
        is_seen = self.filed_on is None or self.filed_on <= NIGHT
        return is_seen and not self.is_deleted and self.state == "accepted"

    @property
    def stands(self) -> bool:
        if self.closed_on is not None:
            return self.closed_on > NIGHT
        return "closed" not in (self.status, self.stage)


def draw(seed: int = 20280229) -> list[Document]:
    chance = Random(seed)
    edges = [MONTHS_24, MONTHS_36, NIGHT, date(2027, 6, 1)]

    def number() -> str | None:
        which = chance.randint(1, 3)
        return chance.choice(
            [None, f"(2026)沪01民初{which}号", f"（2026）沪01民初{which}号", f"(2026) 沪 01 民初 {which} 号之一"]
        )  # fmt: skip

    return [
        Document(
            record_id=f"R{n}",
            customer_id=chance.choice(PEOPLE),
            role=chance.choice([*sorted(AGAINST), *BESIDE]),
            number=number(),
            case_type=chance.choice(["civil", "civil", "enforcement"]),
            stage=chance.choice(["filing", "hearing", "judgment", "enforcement", "closed"]),
            status=chance.choice(["open", "closed", "unknown", "unknown"]),
            filed_on=chance.choice([*edges, *edges, None]),
            closed_on=chance.choice([None] * 4 + [NIGHT, NIGHT + timedelta(1), date(2028, 1, 1)]),
            amount=chance.choice([None, 100, 250]),
            is_deleted=chance.random() < 0.05,
            state=chance.choice(["accepted"] * 9 + ["review"]),
        )
        for n in range(1500)
    ]


def moved(documents: list[Document], seed: int = 1) -> list[Document]:
    """The days of filing up to a day off, so that both sides of every window are met."""
    chance = Random(seed)
    return [
        replace(one, filed_on=one.filed_on and one.filed_on + timedelta(chance.randint(-1, 1)))
        for one in documents
    ]


def expected(documents: list[Document]) -> Counter[str]:
    """What one customer's documents come to."""
    cases: dict[str, list[Document]] = defaultdict(list)
    for one in documents:
        cases[one.case].append(one)
    found: Counter[str] = Counter()
    for told in cases.values():
        filed = [one.filed_on for one in told if one.filed_on]
        # Where no document says the day, the year in the number does: its last day is the latest it can be.
        numbered = date(2026, 12, 31) if any(one.number for one in told) else None
        day = min(filed) if filed else numbered
        if any(one.role in AGAINST for one in told):
            found["lit_undated_cnt"] += day is None
            found["lit_cnt_defendant_24m"] += day is not None and day > MONTHS_24
            found["lit_cnt_defendant_36m"] += day is not None and day > MONTHS_36
            found["lit_cnt_open"] += all(one.stands for one in told)
        elif any(one.role in ("plaintiff", "applicant", "appellant") for one in told):
            found["lit_cnt_plaintiff_36m"] += day is not None and day > MONTHS_36
        enforced = [o for o in told if o.case_type == "enforcement" and o.role in AGAINST]
        found["enforcement_cnt"] += bool(enforced) and all(one.stands for one in enforced)
    return found


def test_lawsuits_and_enforcements(tmp_path):
    documents = moved(draw())
    night = build(
        tmp_path,
        {
            "customer": [{"customer_id": who} for who in PEOPLE],
            "court_record": [
                {
                    "provider": "qcc", "record_id": one.record_id, "product": "judgment",
                    "case_no": one.number, "case_type": one.case_type, "stage": one.stage,
                    "status": one.status, "filed_on": one.filed_on and one.filed_on.isoformat(),
                    "closed_on": one.closed_on and one.closed_on.isoformat(),
                    "amount": one.amount and str(one.amount), "is_deleted": str(one.is_deleted).lower(),
                }
                for one in documents
            ],
            "court_party": [
                {"provider": "qcc", "record_id": one.record_id, "role": one.role, "party_name": "Ours"}
                for one in documents
            ],
            "record_link": [
                {
                    "record_kind": "court_party", "provider": "qcc", "record_id": one.record_id,
                    "record_key": f"qcc|{one.record_id}|{one.role}|Ours",
                    "customer_id": one.customer_id, "role_of_customer": one.role, "state": one.state,
                }
                for one in documents
            ],
        },
        as_of=NIGHT,
        policies=policies("article", {"book.base_currency": "CNY"}),
    )  # fmt: skip
    columns = ("lit_cnt_defendant_24m", "lit_cnt_defendant_36m", "lit_cnt_open", "lit_undated_cnt",
               "lit_cnt_plaintiff_36m", "enforcement_cnt")  # fmt: skip
    wrong = []
    for row in night.rows("indicator.legal"):
        mine = [one for one in documents if one.customer_id == row["customer_id"] and one.counts]
        wanted = expected(mine)
        wrong += [
            f"{row['customer_id']} {column}: {row[column]}, not {wanted[column]}"
            for column in columns
            if (row[column] or 0) != wanted[column]
        ]
    assert wrong == [], f"{len(wrong)}: " + "; ".join(wrong[:5])
