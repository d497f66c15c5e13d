"""Where a system is and who we are to it: Airflow's connections, under a shell and under Airflow.

Secrets live in Airflow connections (its secrets backends included) or in the same `AIRFLOW_CONN_<NAME>`
variables, as JSON or URI; never in a file of the project. Every text that leaves this process passes
`hide`, which knows all secrets that were ever read here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from etl.errors import BadInput, ZixinError
from etl.settings import connection_text

HIDDEN = "***"
SHORTEST_SECRET = 4
_secrets: set[str] = set()


@dataclass(frozen=True)
class Connection:
    """One system's address and credentials. `repr` shows no secret.

    `extra` holds what the system's module documents; values of keys that name a secret are hidden
    like the password.
    """

    name: str
    host: str = ""
    login: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def get(self, key: str, default: str = "") -> str:
        """An entry of `extra` as text."""
        value = self.extra.get(key, default)
        return default if value is None else str(value)

    def need(self, key: str) -> str:
        """An entry that must be there: `login`, `password`, or a key of `extra`.

        Raises:
            BadInput: it is missing; the sentence names the connection and the key.
        """
        value = {"login": self.login, "password": self.password}.get(key) or self.get(key)
        if not value:
            where = key if key in ("login", "password") else f"{key} (in its extra)"
            raise BadInput(f"connection {self.name} has no {where}; add it to the connection.")
        return value


def connection(name: str) -> Connection:
    """The connection called `name`.

    Raises:
        BadInput: there is none, or it cannot be read.
    """
    text = connection_text(name)
    found = _parse(name, text) if text else _from_airflow(name)
    if found is None:
        raise BadInput(
            f"there is no connection {name}: add it in Airflow (Admin › Connections) "
            f"or set AIRFLOW_CONN_{name.upper()}."
        )
    for secret in (found.password, *_secret_values(found.extra)):
        remember_secret(secret)
    return found


def remember_secret(value: str) -> None:
    """From here on `hide` takes this text out (tokens that a login brought, passwords)."""
    if len(value) >= SHORTEST_SECRET:
        _secrets.add(value)


def hide(text: str) -> str:
    """The text without any secret that was read in this process."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _secret_values(extra: Mapping[str, Any]) -> list[str]:
    """Entries of `extra` that must not be seen: everything that is called like a credential."""
    words = ("secret", "password", "token", "key", "code", "private")
    return [
        str(value)
        for key, value in extra.items()
        if isinstance(value, str) and any(word in key.lower() for word in words)
    ]


def _parse(name: str, text: str) -> Connection:
    try:
        return _from_json(name, text) if text.lstrip().startswith("{") else _from_uri(name, text)
    except (AttributeError, ValueError, TypeError):
        # Neither the text nor the parser's complaint may be shown: both carry the secret.
        raise BadInput(
            f"connection {name} cannot be read: AIRFLOW_CONN_{name.upper()} must be a URI or JSON "
            "as Airflow writes them."
        ) from None


def _from_json(name: str, text: str) -> Connection:
    data = json.loads(text)
    extra = data.get("extra") or {}
    if isinstance(extra, str):
        extra = json.loads(extra)
    extra = dict(extra.items())
    host = str(data.get("host") or "")
    if host and data.get("port"):
        host = f"{host}:{data['port']}"
    return Connection(
        name,
        _address(host, str(data.get("schema") or "")),
        str(data.get("login") or ""),
        str(data.get("password") or ""),
        extra,
    )


def _from_uri(name: str, text: str) -> Connection:
    parts = urlsplit(text)
    extra: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "__extra__" in extra:
        extra = dict(json.loads(extra["__extra__"]).items())
    host = parts.hostname or ""
    if parts.port:
        host = f"{host}:{parts.port}"
    schema = parts.path.strip("/") or (parts.scheme if parts.scheme in ("http", "https") else "")
    return Connection(
        name,
        _address(unquote(host), schema),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        extra,
    )


def _address(host: str, schema: str) -> str:
    """`https://host` from what a connection says; empty when it says no host."""
    if not host or "://" in host:
        return host.rstrip("/")
    return f"{schema or 'https'}://{host}".rstrip("/")


def _from_airflow(name: str) -> Connection | None:
    """Airflow's own store, inside an Airflow task; elsewhere there is none to ask."""
    import sys

    if "airflow.sdk.execution_time.task_runner" not in sys.modules:
        return None
    from airflow.sdk import Connection as AirflowConnection
    from airflow.sdk.exceptions import AirflowRuntimeError

    try:
        found = AirflowConnection.get(name)
    except (AirflowRuntimeError, ZixinError):
        return None
    except Exception as error:
        if type(error).__name__ == "AirflowNotFoundException":
            return None
        raise
    host = found.host or ""
    if host and found.port:
        host = f"{host}:{found.port}"
    return Connection(
        name,
        _address(host, found.schema or ""),
        found.login or "",
        found.password or "",
        found.extra_dejson,
    )
