"""Requests go out as the library would send them, with nothing of the machine's own."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from etl.sources.http import Http, _quoted, _with_query
from tests.sources.scripted import MovingTicker, Server, serving

TIMEOUT = (5.0, 5.0)
TEXT = st.text(alphabet="aé客 ~/%?&=+#\"'<>{}[]|\\^`:@", max_size=8)


@given(path=TEXT, params=st.dictionaries(TEXT, TEXT, max_size=3))
def test_addresses_are_written_as_requests_writes_them(path: str, params: dict[str, str]) -> None:
    # What stands behind a # is not sent, by either.
    address = f"https://api.example.com/v1/{path.replace('#', '')}"
    theirs = requests.Request("GET", address, params=params).prepare().url

    assert _with_query(_quoted(address), params) == theirs


def _kept(server: Server) -> list[dict[str, str]]:
    seen: list[dict[str, str]] = []

    def answers(path: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        del path, given
        seen.append({name.lower(): value for name, value in headers.items()})
        return 200, {}

    server.answers = answers
    return seen


def test_nothing_goes_along_that_nobody_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cookie of an earlier answer, no password of a .netrc, none of the address."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password s3cret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(MovingTicker()) as server:
        seen, http = _kept(server), Http()
        server.headers = {"Set-Cookie": "session=theirs"}
        for _ in range(2):
            http.send("GET", f"{server.address}/rows", {}, {"X-Ours": "yes"}, None, TIMEOUT)
        http.close()

    for headers in seen:
        assert headers["x-ours"] == "yes"
        assert headers["user-agent"].startswith("zixin")
        assert not {"cookie", "authorization", "content-type"} & headers.keys()


def test_our_own_headers_stand_and_bodies_are_json() -> None:
    with serving(MovingTicker()) as server:
        seen, http = _kept(server), Http()
        http.send(
            "POST", f"{server.address}/rows", {}, {"user-agent": "Example"}, {"a": "客"}, TIMEOUT
        )
        http.send("POST", f"{server.address}/rows", {}, {}, None, TIMEOUT)
        http.close()

    assert seen[0]["user-agent"] == "Example"
    assert seen[0]["content-type"] == "application/json"
    assert int(seen[0]["content-length"]) == len(json.dumps({"a": "客"}))
    assert seen[1]["content-length"] == "0"
