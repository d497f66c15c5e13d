"""A conversation over HTTP: requests' connections, without what its sessions look for at every request.

No cookie is kept or sent, no .netrc read, no redirect followed: who we are stands in the headers and
addresses that a connector writes, and goes where we sent it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

AGENT = "zixin (nightly credit files)"


class Http:
    """The open connections of one system."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.headers = {**self.session.headers, "User-Agent": AGENT}
        self.ways: dict[str, dict[str, Any]] = {}

    def send(
        self,
        method: str,
        address: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        body: Any,
        timeout: tuple[float, float],
    ) -> requests.Response:
        """The answer, read to its end. `body`: JSON, None for none; `timeout`: seconds to connect, and
        between two pieces of the answer.

        Raises:
            requests.RequestException, UnicodeError: as requests does.
        """
        request = requests.PreparedRequest()
        request.method = method
        request.url = _with_query(_quoted(address), params)
        # A connector's own headers last: of two with one name the later stands.
        request.prepare_headers({**self.headers, **headers})
        request.prepare_body(None, None, json=body)
        adapter = self.session.get_adapter(request.url)
        response = adapter.send(request, timeout=timeout, **self._way(address))
        _ = response.content
        return response

    def _way(self, address: str) -> dict[str, Any]:
        """Proxy and certificates for an address, as the environment says. Asked once a host: requests
        would go through the whole environment at every request."""
        parts = urlsplit(address)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self.ways:
            found = self.session.merge_environment_settings(host, {}, None, None, None)
            self.ways[host] = {name: found[name] for name in ("proxies", "verify")}
        return self.ways[host]

    def close(self) -> None:
        """Let the connections go."""
        self.session.close()


@lru_cache(maxsize=1024)
def _quoted(address: str) -> str:
    """The address as it goes over the wire; requests.RequestException for none."""
    request = requests.PreparedRequest()
    request.prepare_url(address, None)
    return str(request.url)


def _with_query(address: str, params: Mapping[str, str]) -> str:
    if not params:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(params)}"
