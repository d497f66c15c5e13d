"""What Zoho CRM and Zoho Books share: one login for both, one header, one host that the login names.

Connection `zoho`: login client_id, password client_secret; extra `refresh_token`, `accounts_host`
(https://accounts.zoho.com unless the tenant is in another data centre: .eu, .in, .com.cn, …) and, for
Books, `organization_id`. The host may stay empty: the token's `api_domain` says where the API is [H].

A token lives 3600 s; ten may be asked for in ten minutes [H]. What a refused login looks like
(`{"error": "invalid_code"}`, "Access Denied" when asked too often) is recalled, not documented [L].
"""

from datetime import datetime
from urllib.parse import urlsplit

from etl.errors import BadInput
from etl.sources.answers import by_status, code_text
from etl.sources.connections import Connection
from etl.sources.connector import PAGE, Ask, Connector, Meaning, Reply, Token, Verdict

ACCOUNTS = "https://accounts.zoho.com"
API = "https://www.zohoapis.com"
PER_PAGE = 200
RENEW_BEFORE_END = 120
LOGIN_WINDOW = 600.0
"""Ten logins in ten minutes; who had too many waits for the next ten."""


class Zoho(Connector):
    """The session of both products."""

    connection_name = "zoho"
    public_host = API
    """The American data centre, until the token names the tenant's own."""

    def login_host(self, connection: Connection) -> str:
        """The accounts server of the tenant's data centre."""
        return connection.get("accounts_host", ACCOUNTS).rstrip("/")

    def login(self, connection: Connection, now: datetime) -> Ask:
        """A new access token for the refresh token; Zoho takes the parameters in the address."""
        del now
        params = {
            "refresh_token": connection.need("refresh_token"),
            "client_id": connection.need("login"),
            "client_secret": connection.need("password"),
            "grant_type": "refresh_token",
        }
        return Ask(f"{self.login_host(connection)}/oauth/v2/token", "POST", params)

    def judge_login(self, reply: Reply) -> Verdict:
        """A token, or one of the errors of OAuth."""
        answer = reply.json_or_none
        answer = answer if isinstance(answer, dict) else {}
        if answer.get("access_token"):
            return PAGE
        error = code_text(answer.get("error", ""))
        if "denied" in error.lower() or "too many" in str(answer.get("error_description")).lower():
            return Verdict(Meaning.SLOW, "Zoho gives no more tokens for some minutes", LOGIN_WINDOW)
        verdict = by_status(reply, "Zoho's login")
        if verdict:
            return verdict
        if not answer:
            return Verdict(Meaning.RETRY, "Zoho's login answers no JSON")
        return Verdict(
            Meaning.REFUSED,
            f"Zoho's login says {error or 'nothing'}; check login, password and refresh_token of the "
            "connection, and that accounts_host is the tenant's data centre",
        )

    def token(self, reply: Reply) -> Token:
        """The token and where it is good."""
        answer = reply.json
        values = {"access_token": str(answer["access_token"])}
        if answer.get("api_domain"):
            values["api_domain"] = str(answer["api_domain"]).rstrip("/")
        lives = float(answer.get("expires_in") or 3600)
        return Token(values, max(lives - RENEW_BEFORE_END, 30.0))

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        """Zoho's own word in place of Bearer; the connection's host, else the token's."""
        del now
        secret = token.values["access_token"]
        headers = {**ask.headers, "Authorization": f"Zoho-oauthtoken {secret}"}
        if connection.host:
            return ask.but(headers=headers)
        domain = token.values.get("api_domain", API)
        if urlsplit(domain).scheme != urlsplit(self.login_host(connection)).scheme:
            raise BadInput("Zoho's login names an API address that is not as safe as its own.")
        return ask.but(headers=headers, path=f"{domain}{ask.path}")
