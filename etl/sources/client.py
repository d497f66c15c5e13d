"""Talking to one system: signing in, keeping to its windows, and what to do about each answer.

Everything that could show a credential (addresses with keys in them, bodies of a login, what an HTTP
library says of a request) ends here: errors leave as sentences of ours, without their causes.
"""

import logging
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from etl.clock import Ticker
from etl.errors import BadInput
from etl.sources.connections import Connection, hide, remember_secret
from etl.sources.connector import (
    Ask,
    Connector,
    Inconsistent,
    Meaning,
    Reply,
    Token,
    Verdict,
    understood,
)
from etl.sources.http import Http
from etl.sources.windows import Windows

TRIES = 8
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
LONGEST_WAIT = 900.0
"""A window that opens later than this is left for another night: others are waiting."""
TIMEOUT = (10.0, 60.0)
SKEW = timedelta(seconds=30)
MOST_SKEW = timedelta(days=1)
"""A clock that is further off is none; so is what an old cache says."""
LONGEST_SENTENCE = 300
UNREADABLE = (ValueError, TypeError, IndexError, OverflowError)
_DIGITS = re.compile(r"[0-9]+")
_SECONDS = re.compile(r"[0-9]{1,5}(\.[0-9]+)?")


class Temporary(Exception):
    """An answer that may be another one next time. `wait`: seconds, when the system said so."""

    def __init__(self, sentence: str, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.wait = wait


class Stopped(Exception):
    """The system will not answer more tonight: a quota or a window is used up."""


class Client:
    """One system, one session. `before_paid` is called before every request that costs money."""

    def __init__(
        self,
        connector: Connector,
        connection: Connection,
        windows: Windows,
        ticker: Ticker,
    ) -> None:
        self.connector = connector
        self.connection = connection
        self.windows = windows
        self.ticker = ticker
        self.host = connector.host(connection)
        self.token: Token | None = None
        self.token_until = datetime.max.replace(tzinfo=UTC)
        self.skew = timedelta(0)
        self.first_date: datetime | None = None
        self.http = Http()
        self.retrying = Retrying(
            stop=stop_after_attempt(TRIES),
            wait=_pause,
            retry=retry_if_exception_type((Temporary, Inconsistent)),
            sleep=ticker.sleep,
            reraise=True,
        )
        self.known: tuple[Token, frozenset[tuple[str, str]]] | None = None
        # At level DEBUG it writes whole addresses, and some systems want their key in the address.
        logging.getLogger("urllib3").setLevel(logging.INFO)

    def close(self) -> None:
        """Let the connections go."""
        self.http.close()
        self.windows.close()

    def system_time(self) -> datetime:
        """The system's own time, as far as its answers told it."""
        return self.ticker.now() + self.skew

    def ask(self, ask: Ask, before_paid: Any = None) -> tuple[Reply, Verdict]:
        """The answer to `ask`: a page, nothing, or a subject that cannot be answered.

        Raises:
            Stopped: not tonight any more.
            BadInput: refused, or still failing after several tries; one sentence.
        """
        if ask.pause:
            self.ticker.sleep(ask.pause)
        try:
            answer: tuple[Reply, Verdict] = self.retrying(self._once, ask, before_paid)
            return answer
        except (Temporary, Inconsistent) as error:
            raise BadInput(
                f"{self.connector.name} was asked {TRIES} times and still: {_clean(str(error))}."
            ) from None

    def _once(self, ask: Ask, before_paid: Any) -> tuple[Reply, Verdict]:
        """Ask once; a session that ran out, or a clock that was off, costs one more request."""
        again = True
        while True:
            self._log_in()
            skew = self.skew
            if ask.is_paid and before_paid is not None:
                before_paid()
            reply = self._send(ask, self.token or Token())
            with understood():
                verdict = self.connector.judge(reply)
            is_skewed = abs(self.skew - skew) > SKEW
            if verdict.meaning is Meaning.REFUSED and is_skewed and again:
                again = False
                continue
            if verdict.meaning is Meaning.LOGIN and again:
                again = False
                self.token = None
                continue
            return reply, self._settled(verdict, reply)

    def _settled(self, verdict: Verdict, reply: Reply) -> Verdict:
        if verdict.meaning in (Meaning.PAGE, Meaning.NOTHING, Meaning.SKIP):
            return verdict
        sentence = _clean(verdict.sentence)
        match verdict.meaning:
            case Meaning.RETRY | Meaning.SLOW:
                wait = verdict.wait or self._retry_after(reply)
                if verdict.meaning is Meaning.SLOW:
                    wait = wait or self.connector.slow_pause
                if wait is not None and wait > LONGEST_WAIT:
                    raise Stopped(f"{sentence}; it asks to wait {wait / 60:.0f} minutes")
                raise Temporary(sentence, wait)
            case Meaning.STOP:
                raise Stopped(sentence)
            case Meaning.LOGIN:
                raise BadInput(
                    f"{self.connector.name} refuses a session it has just opened: {sentence}."
                )
        raise BadInput(f"{self.connector.name} refuses: {sentence.rstrip('.')}.")

    def sign_in(self) -> None:
        """Try the credentials, and nothing else.

        Raises:
            BadInput: they are refused, or nobody answers.
        """
        try:
            self._log_in()
        except (Temporary, Inconsistent, Stopped) as error:
            raise BadInput(f"{self.connector.name}: {_clean(str(error))}.") from None

    def _log_in(self) -> None:
        if self.token is not None and self.ticker.now() < self.token_until:
            return
        ask = self.connector.login(self.connection, self.system_time())
        if ask is None:
            self.token = Token()
            return
        reply = self._send(ask, Token(), is_login=True)
        with understood():
            verdict = self.connector.judge_login(reply)
        if verdict.meaning is Meaning.LOGIN:
            verdict = Verdict(Meaning.REFUSED, verdict.sentence)
        self._settled(verdict, reply)
        with understood():
            token = self.connector.token(reply)
        for value in token.values.values():
            remember_secret(value)
        self.token = token
        self.token_until = (
            self.ticker.now() + timedelta(seconds=token.seconds)
            if token.seconds < 10**8
            else datetime.max.replace(tzinfo=UTC)
        )

    def _send(self, ask: Ask, token: Token, *, is_login: bool = False) -> Reply:
        self._wait_for_window(ask)
        signed = (
            ask
            if is_login
            else self.connector.sign(ask, token, self.connection, self.system_time())
        )
        address = signed.path
        if not address.startswith(("http://", "https://")):
            address = f"{self.host}{address}"
        self._require_known(address, token)
        try:
            response = self.http.send(
                signed.method,
                address,
                signed.params,
                signed.headers,
                signed.body,
                self._timeout(),
            )
        except requests.Timeout:
            self.windows.lose(self.connector.limit_key(ask))
            raise Temporary("it did not answer in time") from None
        except (
            requests.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ):
            self.windows.lose(self.connector.limit_key(ask))
            raise Temporary("the connection failed or broke off") from None
        except (requests.RequestException, UnicodeError) as error:
            raise BadInput(
                f"{self.connector.name} cannot be asked: {type(error).__name__}; "
                f"correct the host or the credentials of connection {self.connection.name}."
            ) from None
        reply = Reply(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
        )
        self._note_time(reply)
        is_redirect = reply.status in (301, 302, 303, 307, 308)
        if is_redirect:
            raise BadInput(
                f"{self.connector.name} answers with a redirect, which is not followed; "
                f"correct the host of connection {self.connection.name}."
            )
        return reply

    def _wait_for_window(self, ask: Ask) -> None:
        while wait := self.windows.take(self.connector.limit_key(ask)):
            if wait > LONGEST_WAIT:
                raise Stopped(
                    f"the call limit of {self.connector.name} is used up for "
                    f"{wait / 3600:.1f} hours"
                )
            self.ticker.sleep(wait)

    def _require_known(self, address: str, token: Token) -> None:
        """Credentials go to hosts that the connection or the login named, to no other."""
        if self.known is None or self.known[0] is not token:
            named = [
                self.host,
                self.connector.login_host(self.connection),
                *map(str, self.connection.extra.values()),
                *token.values.values(),
            ]
            origins = frozenset(_origin(name) for name in named if "://" in name)
            self.known = (token, origins)
        # With its scheme: what was agreed to be encrypted does not go out in the clear.
        if _origin(address) not in self.known[1]:
            host = _origin(address)[1] or "that is none"
            raise BadInput(
                f"{self.connector.name} points to another host, {_clean(host)}; it is not followed."
            )

    def _timeout(self) -> tuple[float, float]:
        text = self.connection.get("timeout")
        if not text:
            return TIMEOUT
        seconds = float(text) if _SECONDS.fullmatch(text) else 0.0
        if not seconds:
            raise BadInput(
                f"connection {self.connection.name}: timeout is not a number of seconds; "
                "write it like 60."
            )
        return (TIMEOUT[0], seconds)

    def _note_time(self, reply: Reply) -> None:
        try:
            date = parsedate_to_datetime(reply.headers["date"])
        except (KeyError, *UNREADABLE):
            return
        if date.tzinfo is None:
            return
        try:
            skew = date - self.ticker.now()
        except OverflowError:
            return
        if abs(skew) > MOST_SKEW:
            return
        self.first_date = self.first_date or date
        # Date has whole seconds and the answer took a while: less than that is no skew.
        self.skew = skew if abs(skew) > SKEW else timedelta(0)

    def _retry_after(self, reply: Reply) -> float | None:
        """Seconds that the answer asks to wait, said as a number or as a moment of its own clock."""
        text = reply.headers.get("retry-after", "")
        if _DIGITS.fullmatch(text):
            return float(text)
        try:
            return max((parsedate_to_datetime(text) - self.system_time()).total_seconds(), 0.0)
        except UNREADABLE:
            return None


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    said = error.wait if isinstance(error, Temporary) else None
    pause = min(FIRST_PAUSE * 2.0 ** (state.attempt_number - 1), LONGEST_PAUSE)
    return pause if said is None else max(said, 0.05)


def _origin(address: str) -> tuple[str, str]:
    """Scheme and host; empty ones for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


def _clean(sentence: str) -> str:
    """Without secrets, control characters and end; not longer than a person reads."""
    plain = "".join(mark if mark.isprintable() else " " for mark in hide(sentence))
    return plain[:LONGEST_SENTENCE].strip().rstrip(".")
