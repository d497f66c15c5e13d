"""A credit file on a terminal: the same document as the page, in the order a person asks."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from etl.publish.show_decision import decision
from etl.publish.show_outside import outside
from etl.publish.wording import ROWS, UNKNOWN, Document, Words, measure, money, plain, refusal_says
from etl.terminal import printable

NAMES = 6
"""Measures named of those that are unknown for one reason."""
STYLES = {"A": "bold green", "B": "bold blue", "C": "bold yellow", "D": "bold red"}


def grade(letter: str | None) -> Text:
    """A grade in its colour; the letter says it without one."""
    return Text(letter or UNKNOWN, style=STYLES.get(letter or "", "dim"))


def render_text(
    document: Document,
    lang: str = "zh",
    alerts: Sequence[Document] = (),
    last_letters: Document | None = None,
) -> RenderableType:
    """The credit file, and what compares nights beside it, as something rich prints; nothing is read as
    markup."""
    say = Words(lang)
    document, alerts = printable(document), printable(list(alerts))
    active = next(one for one in document["assessments"] if one["is_active"])
    blocks = [
        _heading(say, document, active, last_letters),
        decision(say, document, alerts),
        _letters(say, document, active),
        _outlook(say, document),
        _policies(say, document),
        _items(say, document),
        _indicators(say, document),
        _aging(say, document),
        outside(say, document),
        _assurance(say, document),
    ]
    shown = [parts for block in blocks if (parts := list(block))]
    return Group(*(part for parts in shown for part in (*parts, Text(""))))


def _heading(
    say: Words, document: Document, active: Document, last_letters: Document | None
) -> Iterator[RenderableType]:
    customer, standing = document["customer"], document["standing"]
    title = Text(customer["customer_name"] or customer["customer_id"], style="bold")
    title.append("   ")
    title.append_text(grade(active["final_grade"]))
    yield title
    yield Text(
        f"{say('customer.id')} {customer['customer_id']} · "
        f"{say('as_of.long', date=document['as_of'])}",
        style="dim",
    )
    for line in sentences(say, active):
        yield Text(line)
    if last_letters:
        yield Text(last_letters_sentence(say, last_letters))
    if standing["early_payment_flag"]:
        yield Text(say("sentence.early"))
    base = standing["base_currency"]
    oldest = standing["oldest_overdue_days"]
    yield Text(
        f"{say('standing.open')} {money(standing['open_amount'], base)} · "
        f"{say('standing.overdue')} {money(standing['overdue_amount'], base)} · "
        f"{say('standing.worst_days')} {say.days(str(oldest)) if oldest else UNKNOWN}"
    )


def sentences(say: Words, active: Document) -> Iterator[str]:
    """Why this grade, in sentences: the same ones the page prints."""
    policy = say.code("policy", active["policy_id"])
    if active["final_grade"] == "NR":
        yield say("sentence.nr", policy=policy, reason=say.code("nr", active["nr_reason"]))
    else:
        yield say("sentence.grade", policy=policy, grade=active["final_grade"])
    for reason in active["veto_reasons"]:
        yield (
            say("sentence.veto", letter=say(f"letter.{reason}"))
            if say.knows(f"letter.{reason}")
            else say("sentence.veto_listed", reason=say.code("veto", reason))
        )
    if not active["veto_reasons"] and active["hard_combo"] and active["final_grade"] != "NR":
        yield say("sentence.combination", letters=active["hard_combo"], grade=active["hard_grade"])
        if active["combo_in_article"] is False:
            yield say("sentence.combo_extension")
    if active["is_provisional"]:
        yield say("sentence.provisional", best=active["grade_best"], worst=active["grade_worst"])


def last_letters_sentence(say: Words, last: Document) -> str:
    """What a customer without letters was last told, and how long ago."""
    return say(
        "sentence.last_letters",
        date=last["on"],
        age=say.days(str(last["age_days"])),
        collection=last["collection"] or say("sentence.no_letter"),
        overdue=last["overdue"] or say("sentence.no_letter"),
    )


def _table(title: str, *columns: tuple[str, bool]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name, is_number in columns:
        # A number is whole or it is wrong; a name may take a second line, and loses nothing.
        table.add_column(
            name,
            justify="right" if is_number else "left",
            header_style="dim",
            no_wrap=is_number,
            overflow="fold",
        )
    return table


def _letters(say: Words, document: Document, active: Document) -> Iterator[RenderableType]:
    base = document["standing"]["base_currency"]
    table = _table(
        say("section.why"),
        ("", False), (say("grade"), False), (say("measure.value"), True), (say("letter.basis"), False),
        (say("letter.items"), True), (say("letter.amount"), True),
    )  # fmt: skip
    for letter in active["letters"]:
        basis = say.code("basis", letter["basis"])
        why = f"{basis}: {say.code('reason', letter['reason'])}" if letter["reason"] else basis
        table.add_row(
            Text(say(f"letter.{letter['letter']}")),
            grade(letter["grade"]),
            Text(measure(say, letter["value"], letter["unit"], exact=True)),
            Text(why),
            Text(UNKNOWN if letter["item_count"] is None else f"{letter['item_count']:,}"),
            Text(money(letter["item_amount"], base)),
        )
    yield table
    for letter in active["letters"]:
        name = say(f"letter.{letter['letter']}")
        yield Text(f"{name}: {_limits(letter)}", style="dim")
    if active["veto_until"]:
        yield Text(f"{say('letter.veto_until')}: {active['veto_until']}")


def _limits(letter: Document) -> str:
    is_share = letter["unit"] == "share"
    return "  ".join(
        f"{limit['grade']} {limit['operator']} "
        + plain(Decimal(limit["value"]) * (100 if is_share else 1))
        + ("%" if is_share else "")
        for limit in letter["limits"]
    )


def _interval(say: Words, assessment: Document) -> str:
    best, worst = assessment["grade_best"], assessment["grade_worst"]
    return str(best) if best == worst else say("grade.interval_text", best=best, worst=worst)


def event_sentence(say: Words, event: Document) -> str:
    """One line of the outlook."""
    better = event["kind"] == "leaves" and not event["to_letter"]
    return say(
        f"outlook.{event['kind']}{'_better' if better else ''}",
        invoice=event["invoice_id"],
        amount=money(event["amount"], event["currency"]),
        date=event["date"],
        letter=say(f"letter.{event['letter']}"),
        **{"from": event["from_letter"] or say("letter.none"), "to": event["to_letter"]},
    )


def _outlook(say: Words, document: Document) -> Iterator[RenderableType]:
    yield Text(say("section.outlook"), style="bold")
    events = document["outlook"]["rows"]
    for event in events:
        yield Text(f"· {event_sentence(say, event)}")
    if not events:
        yield Text(say("outlook.none"), style="dim")


def _policies(say: Words, document: Document) -> Iterator[RenderableType]:
    table = _table(
        say("section.policies"),
        (say("policy"), False), (say("grade.final"), False),
        *((say(f"letter.{name}"), False) for name in ("collection", "overdue", "competitor")),
        (say("grade.interval"), False), (say("policy.version"), False),
    )  # fmt: skip
    for one in document["assessments"]:
        table.add_row(
            Text(say.code("policy", one["policy_id"])),
            grade(one["final_grade"]),
            *(grade(letter["grade"]) for letter in one["letters"]),
            Text(_interval(say, one)),
            Text(one["policy_version"]),
        )
    yield table


def _items(say: Words, document: Document) -> Iterator[RenderableType]:
    listed = document["evidence"]["judged_items"]
    if not listed["count"]:
        return
    shown = listed["rows"][:ROWS]
    currencies = {row["currency"] for row in shown}
    common = currencies.pop() if len(currencies) == 1 else None
    table = _table(
        f"{say('evidence.judged')} ({listed['count']:,})",
        (say("item.invoice"), False), (say("item.due_date"), True), (say("item.settled_date"), True),
        (f"{say('item.amount')} {common or ''}".rstrip(), True), (say("item.open_amount"), True),
        (say("item.days_overdue"), True), (say("item.letter"), False),
    )  # fmt: skip
    for row in shown:
        table.add_row(
            Text(row["invoice_id"]),
            Text(row["due_date"] or UNKNOWN),
            Text(row["settled_date"] or say("item.open")),
            Text(money(row["amount"], "" if common else row["currency"])),
            Text(money(row["open_amount"])),
            Text(UNKNOWN if row["days_overdue"] is None else str(row["days_overdue"])),
            grade(row["item_letter"]),
        )
    yield table
    if listed["count"] > ROWS:
        yield Text(say("more.rows", count=f"{listed['count']:,}", shown=len(shown)), style="dim")


def _indicators(say: Words, document: Document) -> Iterator[RenderableType]:
    base = document["standing"]["base_currency"]
    known = [row for row in document["indicators"] if row["value"] is not None]
    unknown: dict[str, list[str]] = {}
    for row in document["indicators"]:
        if row["value"] is None:
            reason = say.code("reason", row["reason"])
            unknown.setdefault(reason, []).append(say.indicator(row["indicator"]))
    if known:
        table = _table(
            say("section.payment"),
            (say("measure.name"), False), (say("measure.value"), True), (say("measure.n"), True),
        )  # fmt: skip
        for row in known:
            table.add_row(
                Text(say.indicator(row["indicator"])),
                Text(measure(say, row["value"], row["unit"], base)),
                Text("" if row["sample_size"] is None else f"{row['sample_size']:,}"),
            )
        yield table
    if unknown:
        yield Text(say("measure.unknown"), style="bold")
    for reason, names in unknown.items():
        rest = len(names) - NAMES
        more = [say("more.unfold", count=rest)] if rest > 0 else []
        yield Text(f"· {reason}: {' · '.join([*names[:NAMES], *more])}", style="dim")


def _aging(say: Words, document: Document) -> Iterator[RenderableType]:
    if not document["aging"]:
        yield Text(f"{say('section.aging')}: {say('aging.empty')}")
    for book in document["aging"]:
        table = _table(
            f"{say('section.aging')} {book['currency']}",
            (say("aging.bucket"), False), (say("aging.items"), True), (say("aging.amount"), True),
        )  # fmt: skip
        for row in book["buckets"]:
            items = UNKNOWN if row["items"] is None else f"{row['items']:,}"
            table.add_row(
                Text(say.code("bucket", row["bucket"])), Text(items), Text(money(row["amount"]))
            )
        table.add_row(
            Text(say("total"), style="bold"), Text(""), Text(money(book["total_amount"]), "bold")
        )
        yield table


def _assurance(say: Words, document: Document) -> Iterator[RenderableType]:
    yield Text(say("section.assurance"), style="bold")
    sound = []
    for source in document["assurance"]["sources"]:
        if source["status"] == "loaded" and source["known_on"]:
            sound.append(source["known_on"])
            continue
        came = source["known_on"] or source["status"] != "loaded"
        status = say.code("status", source["status"]) if came else say("status.nothing_yet")
        up_to = f"{say('assurance.known_on')} {source['known_on']}" if source["known_on"] else None
        age = say.days(str(source["age_days"])) if source["age_days"] is not None else None
        yield Text(f"{source['feed']}: {' · '.join(part for part in (status, up_to, age) if part)}")
    if sound:
        yield Text(say("assurance.sound", count=f"{len(sound):,}", date=min(sound)))
    refused = document["assurance"]["quarantined"]
    yield Text(
        f"{say('assurance.quarantined')}: {refused['count']:,}"
        if refused["count"]
        else say("assurance.no_quarantine")
    )
    for row in refused["rows"][:ROWS]:
        yield Text(
            f"· {say.code('entity', row['entity'])} {row['key'] or UNKNOWN}: {refusal_says(say, row)}"
        )
