"""The made-up credentials of the sandbox, in one place, and the connections that use them.

They open nothing but a sandbox. A test that looks for leaked secrets plants its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Login:
    """Who may call one system. `extra` are further secrets and settings of its connection."""

    path: str
    login: str = ""
    password: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


Credentials = Mapping[str, Login]
"""System → its login."""

SANDBOX: Credentials = {
    "fxiaoke": Login(
        "/fxiaoke",
        "FSAID_sandbox0001",
        "sandbox-app-secret",
        {
            "permanent_code": "sandbox-permanent-code",
            "token_form": "oauth",
            "user_id": "1000",
        },
    ),
    "zoho": Login(
        "/zoho-api",
        "1000.SANDBOXCLIENT",
        "sandbox-client-secret",
        {
            "refresh_token": "1000.sandbox.refresh",
            "accounts_host": "/zoho-accounts",
            "organization_id": "10234695",
        },
    ),
    "salesforce": Login(
        "/salesforce",
        "3MVG9sandboxconsumerkey",
        "sandbox-consumer-secret",
        {"api_version": "v62.0"},
    ),
    "qcc": Login("/qcc", "sandboxappkey0000000000000000001", "SANDBOXSECRETKEY0000000000000001"),
    "tianyancha": Login("/tianyancha", "", "sandbox-tianyancha-token"),
    "creditsafe": Login("/creditsafe", "sandbox@example.com", "sandbox-password"),
    "courtlistener": Login("/courtlistener", "", "sandboxcourtlistenertoken"),
    "gleif": Login("/gleif"),
    "sec": Login("/sec", extra={"contact": "Zixin sandbox credit@example.com"}),
}


def planted(canary: str) -> Credentials:
    """The same logins with every secret replaced by one that contains `canary`."""
    secret_keys = ("permanent_code", "refresh_token")
    return {
        name: replace(
            login,
            password=login.password and f"{canary}-{name}-password",
            extra={
                key: f"{canary}-{name}-{key}" if key in secret_keys else value
                for key, value in login.extra.items()
            },
        )
        for name, login in SANDBOX.items()
    }


def connections(
    base_url: str,
    credentials: Credentials = SANDBOX,
    extra: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, str]:
    """System → its Airflow connection as JSON, for `AIRFLOW_CONN_<NAME>`.

    `extra` adds to a connection's own (`{"fxiaoke": {"token_form": "legacy"}}`).
    """
    base = base_url.rstrip("/")
    found = {}
    for name, login in credentials.items():
        own = {**login.extra, **(extra or {}).get(name, {})}
        if "accounts_host" in own:
            own["accounts_host"] = base + str(own["accounts_host"])
        found[name] = json.dumps(
            {
                "conn_type": "http",
                "host": base + login.path,
                "login": login.login,
                "password": login.password,
                "extra": own,
            }
        )
    return found


def environment(base_url: str, credentials: Credentials = SANDBOX, **more: Any) -> dict[str, str]:
    """`AIRFLOW_CONN_<NAME>` → JSON, ready to be put into an environment."""
    return {
        f"AIRFLOW_CONN_{name.upper()}": text
        for name, text in connections(base_url, credentials, **more).items()
    }
