"""What courts, lists, bureaus and registers say of a customer, on a terminal."""

from collections.abc import Iterator
from decimal import Decimal

from rich.console import RenderableType
from rich.text import Text

from etl.publish.wording import ROWS, UNKNOWN, Document, Words, measure, money, plain

WAITS_AS = {
    "cases": "court_party", "listings": "listing", "scores": "bureau_score",
    "tax_levels": "tax_credit", "registrations": "registration",
}  # fmt: skip
"""Part of what others say -> the record type that waits for it."""


def outside(say: Words, document: Document) -> Iterator[RenderableType]:
    """What courts, lists, bureaus and registers say; that nobody was asked is said too."""
    said = document["outside"]
    yield Text(say("section.outside"), style="bold")
    yield Text(
        say(f"outside.{said['state']}", asked=said["asked_on"], answered=said["answered_on"]),
        style="" if said["state"] == "answered" else "yellow",
    )
    if said["waiting"]["count"]:
        count = f"{said['waiting']['count']:,}"
        yield Text(f"{say('outside.waiting', count=count)} (quality.html)", style="yellow")
    lines = {
        "cases": _case, "listings": _listing, "scores": _score, "tax_levels": _tax_level,
        "registrations": _registration,
    }  # fmt: skip
    if said["state"] == "not_asked" and not any(said[part]["count"] for part in lines):
        return
    waiting = {row["record_kind"]: row["count"] for row in said["waiting"]["rows"]}
    for part, line in lines.items():
        listed = said[part]
        if not listed["count"]:
            held = waiting.get(WAITS_AS[part])
            empty = (
                say("topic.waits", count=f"{held:,}")
                if held
                else say(f"topic.{listed['state']}", answered=listed["answered_on"])
            )
            yield Text(f"{say(f'outside.{part}')}: {empty}", style="dim")
            continue
        yield Text(f"{say(f'outside.{part}')} ({listed['count']:,})")
        for row in listed["rows"][:ROWS]:
            link = f"{say.code('method', row['method'])} {measure(say, row['link_score'], 'share')}"
            yield Text(f"· {_joined(*line(say, row))} [{link}]")
        if listed["count"] > ROWS:
            shown = min(ROWS, len(listed["rows"]))
            yield Text(say("more.rows", count=f"{listed['count']:,}", shown=shown), style="dim")


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _case(say: Words, row: Document) -> Iterator[str | None]:
    yield row["case_no"]
    yield row["court"]
    for role in (row["role"], row["other_role"]):
        yield say.code("role", role) if role else None
    yield row["cause"] or say.code("case", row["kind"])
    yield f"{say('outside.filed_on')} {row['filed_on'] or UNKNOWN}"
    yield f"{say.code('stage', row['stage'])}, {say.code('proceeding', row['status'])}"
    yield from _stake(say, row)


def _listing(say: Words, row: Document) -> Iterator[str | None]:
    yield say.code("list", row["kind"])
    yield row["cause"]
    still = say("unknown" if row["status"] == "closed" else "outside.still")
    yield f"{row['filed_on'] or UNKNOWN} – {row['ended_on'] or still}"
    yield from _stake(say, row)


def _stake(say: Words, row: Document) -> Iterator[str | None]:
    yield money(row["amount"], row["currency"]) if row["amount"] else None
    if row["unperformed_amount"]:
        unpaid = money(row["unperformed_amount"], row["currency"])
        yield say("outside.unperformed", amount=unpaid)
    yield ", ".join(say.code("provider", provider) for provider in row["providers"])


def _score(say: Words, row: Document) -> Iterator[str | None]:
    worst, best = row["score_min"], row["score_max"]
    score = plain(Decimal(row["score"])) if row["score"] else UNKNOWN
    yield say.code("provider", row["provider"])
    yield (
        say("outside.out_of", score=score, worst=plain(Decimal(worst)), best=plain(Decimal(best)))
        if worst and best
        else score
    )
    yield _joined(row["band"], row["band_meaning"])
    limit = money(row["recommended_limit"], row["currency"])
    yield f"{say('outside.limit')} {limit}" if row["recommended_limit"] else None
    yield row["report_date"]


def _tax_level(say: Words, row: Document) -> Iterator[str | None]:
    yield f"{row['year']}: {row['level']}"
    yield say.code("provider", row["provider"])


def _registration(say: Words, row: Document) -> Iterator[str | None]:
    yield say.code("provider", row["provider"])
    yield say.code("registration", row["status"])
    yield row["status_text"]
    yield row["stated_on"]
