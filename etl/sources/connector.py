"""What a connector is: the knowledge of one system's API, with no network in it.

A connector answers five questions, each without doing anything: how does one log in, how is a request
signed, what is the first request of a pull, what comes after this page, and what does this answer
mean. `etl/sources/pull.py` does the rest, the same for every system: HTTP, retries, rate windows,
landing a page before anybody parses it, and going on after a crash where the last page was landed.
That works because a request is plain data: it is written beside the page it brought.
"""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from etl.errors import BadInput
from etl.sources.connections import Connection

Json = Any
log = logging.getLogger(__name__)


class Inconsistent(Exception):
    """A page that contradicts what the system said before: not its number, rows missing, a cursor
    that stands still. It is asked for again; with `restart` the whole pull is, once. Then the feed is
    held with this sentence."""

    def __init__(self, sentence: str, *, restart: bool = False) -> None:
        super().__init__(sentence)
        self.restart = restart


@contextmanager
def understood() -> Iterator[None]:
    """An answer whose parts are not where a connector looks for them contradicts its documents: it is
    asked for again, and in the end the feed is held; the night goes on."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What the error says may quote the answer; its place is enough to find it.
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        log.warning(
            "an answer was not understood: %s at %s:%s",
            type(error).__name__,
            place.tb_frame.f_code.co_filename if place else "",
            place.tb_lineno if place else "",
        )
        raise Inconsistent("the answer does not look as documented") from None


@dataclass(frozen=True)
class Limit:
    """At most `calls` in any `seconds`; per `limit_key` of the connector."""

    calls: int
    seconds: int


@dataclass(frozen=True)
class Subject:
    """One customer as a system that is asked company by company needs it.

    `customer_id` is ours. `name` as the CRM writes it; `identifiers`: scheme (`uscc`, `lei`, `vat`,
    `registration_number`, `cik`, …) → value, only those that passed their check digits. `answered_on`:
    the ISO day this feed last had an answer about it, "" for never: what has not changed since need
    not be bought again.
    """

    customer_id: str
    name: str | None = None
    country: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    answered_on: str = ""


@dataclass(frozen=True)
class Pull:
    """What one feed wants tonight.

    `resource`: the object, module or product as the system calls it. `fields`: the columns that the
    mapping reads of a row (JSON paths; nested lists as `items[].id`), without the `@` ones.
    `since`: rows changed at or after this moment (None: all there are). `until`: the end of the
    night's day; a system that can bound a query stops there. `options`: the feed's own, from the
    mapping. `subject`: whom to ask about, for systems that are asked company by company.
    """

    resource: str
    fields: tuple[str, ...]
    since: datetime | None
    until: datetime
    options: Mapping[str, Any] = field(default_factory=dict)
    subject: Subject | None = None


@dataclass(frozen=True)
class Ask:
    """One request, without credentials. Plain JSON all through.

    `path` is relative to the connection's host. `about` says what the page is about and becomes the
    page's `@` columns (`{"kind": "deleted"}` is `@kind`). `state` is what `after` needs to know
    besides the page. `lands`: how the page is kept and read: `json`, `csv`, `zip` (one CSV inside),
    or `no` for answers that are no data (a job that was started, a poll). `pause`: seconds to wait
    before asking. `is_paid`: the call takes one from the feed's budget.
    """

    path: str
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json = None
    about: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    lands: Literal["json", "csv", "zip", "no"] = "json"
    pause: float = 0.0
    is_paid: bool = False

    def but(self, **changes: Any) -> "Ask":
        """The same request with other parts."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Reply:
    """What came back. Header names are in small letters. `content` is the body as it came."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def json(self) -> Json:
        """The body as JSON. Inconsistent when it is none (cut off on the way, a proxy's page)."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise Inconsistent("the answer is not whole JSON") from None

    @cached_property
    def json_or_none(self) -> Json:
        """The body as JSON, None when it is none."""
        try:
            return self.json
        except Inconsistent:
            return None


class Meaning(StrEnum):
    """What an answer means for the pull."""

    PAGE = "page"  # land it and go on
    NOTHING = "nothing"  # an answer that says: there is nothing; it lands too
    SKIP = "skip"  # this subject cannot be answered; land that fact and go on with the next
    RETRY = "retry"  # the system calls it temporary: ask again, waiting longer each time
    SLOW = "slow"  # too fast: wait `wait` seconds (None: the connector's own pause), ask again
    LOGIN = "login"  # the credentials of the session ran out: log in again, once
    STOP = "stop"  # a quota is used up: keep what landed, leave the rest for another night
    REFUSED = "refused"  # asking again would bring the same: the feed is held


@dataclass(frozen=True)
class Verdict:
    """A meaning, with the sentence a person needs (without secrets) and how long to wait."""

    meaning: Meaning
    sentence: str = ""
    wait: float | None = None


PAGE = Verdict(Meaning.PAGE)
NOTHING = Verdict(Meaning.NOTHING)


@dataclass(frozen=True)
class Token:
    """What a login brought: `values` go into `sign`; it is renewed after `seconds`."""

    values: Mapping[str, str] = field(default_factory=dict)
    seconds: float = float("inf")


class Connector(ABC):
    """One system. Subclasses are stateless; one instance serves every pull."""

    name: str
    """As the book file says `source:`; also the default name of the Airflow connection."""

    rows_at: str = "$[*]"
    """JSON path to the rows of a page, for DuckDB's json_extract: `$.data[*]`."""

    public_host: str = ""
    """Its address for everybody; empty where each company has its own."""

    limits: Sequence[Limit] = ()
    """The system's windows; a connection's extra may say others (`{"limits": "5/60,50/3600"}`)."""

    slow_pause: float = 5.0
    """Seconds to wait when the system says too fast and not for how long."""

    connection_name: str = ""
    """The Airflow connection when it is not called like the system."""

    selects_fields: bool = True
    """False when a page holds whole rows, whatever the mapping reads: then a mapping that reads more
    needs no new pull."""

    by_subject: bool = False
    """True for systems that are asked company by company; `first` then gets `pull.subject`."""

    def rows_of(self, pull: Pull) -> str:
        """JSON path to the rows of this pull's pages."""
        del pull
        return self.rows_at

    def rows_sql(self, pull: Pull) -> str | None:
        """A SELECT of number, position, entry (JSON) over `page` (number, about JSON, outcome, body
        JSON), for answers whose rows are not simply a list: facts to turn on their side. None: the
        rows are where `rows_of` says.
        """
        del pull
        return None

    def labels(self, described: Json) -> Mapping[str, str]:
        """Label → field name, from a page with about `{"kind": "describe"}`: a mapping may then say
        `label:统一社会信用代码` for a field that every company names differently."""
        del described
        return {}

    def csv_header(self, column: str) -> str:
        """How a CSV page calls a column of the mapping, where that is another name than in JSON; ""
        for one that it does not have."""
        return column

    def host(self, connection: Connection) -> str:
        """Where it answers: where the connection says, else at its public address."""
        host = connection.host or self.public_host
        if not host:
            raise BadInput(
                f"connection {connection.name} names no host; add the address of your {self.name} system."
            )
        return host

    def login_host(self, connection: Connection) -> str:
        """Where one logs in, for systems that have another host for it; else "" ."""
        del connection
        return ""

    def login(self, connection: Connection, now: datetime) -> Ask | None:
        """The request that brings a token; None when requests are signed without one.

        Its body or params may hold credentials: it is never stored or shown.
        """
        del connection, now
        return None

    def token(self, reply: Reply) -> Token:
        """The token in the login's answer. BadInput with a sentence when it was refused."""
        del reply
        return Token()

    def judge_login(self, reply: Reply) -> Verdict:
        """What the login's answer means; PAGE when `token` can be read from it."""
        return self.judge(reply)

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        """The request with its credentials; what it returns is sent and forgotten.

        `now` is the system's own time as far as its Date headers told it.
        """
        del token, connection, now
        return ask

    def limit_key(self, ask: Ask) -> str:
        """Requests with the same key share the windows of `limits`."""
        del ask
        return self.name

    def can_answer(self, pull: Pull) -> str:
        """Why the subject cannot be asked about (no identifier, not its country); empty if it can."""
        del pull
        return ""

    @abstractmethod
    def first(self, pull: Pull) -> Ask | None:
        """The first request of a pull; None when there is nothing to ask."""

    @abstractmethod
    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        """The request after this answer; None at the end. Called for PAGE, NOTHING and for answers that
        do not land; must depend on its arguments alone.

        Raises:
            Inconsistent: the page contradicts what was said before.
        """

    @abstractmethod
    def judge(self, reply: Reply) -> Verdict:
        """What the answer means. Sentences carry the system's code and no secret, no URL."""
