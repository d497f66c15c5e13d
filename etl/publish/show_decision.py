"""What was decided about a customer, on a terminal: limit, gate, actions, alerts, scores."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.text import Text

from etl.publish.wording import UNKNOWN, Document, Words, alert_says, measure, money, plain

FACETS = ("facet_pay", "facet_perform", "facet_record", "facet_compliance", "facet_comm")
ACTIONS = 3
ALERTS = 5
"""Rows that a terminal shows: the first ones are the most urgent, and the page has the others."""
STYLES = {"red": "bold red", "hold": "bold red", "amber": "yellow", "allow_prepaid": "yellow"}


def decision(
    say: Words, document: Document, alerts: Sequence[Document] = ()
) -> Iterator[RenderableType]:
    """Limit, gate, warning line, the first actions and alerts, the main score and its five facets."""
    made, base = document["decision"], document["standing"]["base_currency"]
    yield Text(say("section.today"), style="bold")
    yield from _limit(say, made, base)
    yield from _today(say, made)
    yield from _alerts(say, alerts)
    yield from _scores(say, made)


def _line(title: str, *parts: str | None, style: str = "") -> Text:
    return Text(f"{title}: {' · '.join(part for part in parts if part)}", style=style)


def _limit(say: Words, made: Document, base: str) -> Iterator[RenderableType]:
    limit, exposure = made["limit"], made["exposure"]
    # No limit set is not a limit of 0.
    yield (
        _line(say("limit"), say.code("reason", limit["reason"]))
        if limit["amount"] is None
        else _line(
            say("limit"), money(limit["amount"], base), say.code("limit_source", limit["source"])
        )
    )
    share = exposure["utilisation"]
    used = measure(say, share, "share") if share is not None else None
    yield _line(say("limit.exposure"), money(exposure["amount"], base), used)
    prepaid = measure(say, limit["prepay_share"], "share")
    yield _line(
        say("terms"),
        say.code("terms_code", limit["terms_code"]),
        say.days(str(limit["terms_days"])) if limit["terms_days"] else None,
        prepaid if limit["terms_code"] == "PART_PREPAY" else None,
    )


def _today(say: Words, made: Document) -> Iterator[RenderableType]:
    gate, warning = made["gate"], made["warning"]
    yield _line(
        say("gate"),
        say.code("gate", gate["gate"]),
        *(say.code("gate_reason", reason) for reason in gate["reasons"]),
        style=STYLES.get(gate["gate"], ""),
    )
    if warning["colour"] in ("amber", "red"):
        yield _line(
            say("warning"),
            say.code("warning", warning["state"]),
            say.code("warning_line", warning["line"]),
            style=STYLES[warning["colour"]],
        )
    if made["override"]:
        live = say("override.live", grade=made["override"]["grade"], date=made["override"]["until"])
        yield Text(f"{live}: {say('override.computed', grade=made['computed_grade'])}")
    for action in made["actions"][:ACTIONS]:
        amount = money(action["amount"], action["currency"]) if action["amount"] else None
        if amount and action["code"] == "LIMIT_DOWN":
            amount = say("action_amount.LIMIT_DOWN", amount=amount)
        when = say.code("urgency", str(action["urgency"]))
        yield _line(
            f"→ {say.code('action', action['code'])}",
            say.code("action_reason", action["reason"]), amount, when,
        )  # fmt: skip
    more = len(made["actions"]) - ACTIONS
    if more > 0:
        yield Text(say("show.more_actions", count=more), style="dim")


def _alerts(say: Words, alerts: Sequence[Document]) -> Iterator[RenderableType]:
    """Those nobody has closed; they compare nights, so they stand beside the credit file."""
    for alert in alerts[:ALERTS]:
        title = alert["title_zh" if say.lang == "zh" else "title_en"]
        severity = say.code("alert", alert["severity"])
        yield _line(
            f"! {alert['rule_id']} {title} ({severity})",
            alert_says(say, alert),
            f"{say('alert.since').lower()} {alert['first_seen']}",
            say.code("alert_state", alert["state"]),
            style=STYLES.get(alert["severity"], ""),
        )
    if len(alerts) > ALERTS:
        yield Text(say("show.more_alerts", count=len(alerts) - ALERTS), style="dim")


def _scores(say: Words, made: Document) -> Iterator[RenderableType]:
    if not made["scores"]:
        return
    main, *others = made["scores"]
    known = {one["node"]: one for one in others}
    title = main["title"][0 if say.lang == "zh" else 1]
    yield Text("")
    yield Text(say("section.scores"), style="bold")
    coverage = measure(say, main["coverage"], "share")
    yield Text(
        say("score.main", title=title, score=_points(main["score"]), coverage=coverage)
        + f" ({say('score.interval')} {_points(main['score_worst'])}–{_points(main['score_best'])})"
    )
    facets = [known[name] for name in FACETS if name in known]
    yield Text(
        " · ".join(
            f"{one['title'][0 if say.lang == 'zh' else 1]} {_points(one['score'])}"
            f" {one['grade'] or UNKNOWN}"
            for one in facets
        )
    )


def _points(value: str | None) -> str:
    return UNKNOWN if value is None else plain(Decimal(value).quantize(Decimal("0.1")))
