"""Creditsafe Connect: a token for an hour, search for nothing, a report for money (sources.md 4.1).

Documented and kept: `POST /v1/authenticate` with username and password gives a JWT for one hour,
sent as `Bearer` or bare; wrong credentials are 401 with a sentence as text, the same wrong ones five
times within two minutes 429 and then five minutes of silence; a body without both is 400. Search
wants `countries`, match one `country`; a report of a German company wants the reason code
`customData=de_reason_code::n`. Errors are `{correlationId, message, details}`. Only reports are
billed.

What public documents leave open is an option of the sandbox (`options={"creditsafe": {…}}`):
`per_minute` data calls (120; 429 beyond), `countries` the account may see (all; 403 for others),
`most` companies a page (100; more is 400), `negative` whether a report lists judgments (true).
"""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.server import creditsafe_rows as rows
from sandbox.server.drift import drifted
from sandbox.server.outside import Company, digest, plain_name
from sandbox.server.registry import Registry
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, json_body, reply, state_of, without_rows

NAME = "creditsafe"
LIFE = 3600.0
PER_MINUTE = 120
SAME_WRONG, WRONG_WINDOW, LOCKED = 5, timedelta(minutes=2), timedelta(minutes=5)
DENIED = (
    "Access denied - Please check that your username and password are correct. "
    "If the problem persists, contact support."
)
TOO_MANY = "Too many requests. Please wait and try again."
SHORTEST = 2
GOOD_NAME, POOR_NAME = 85.0, 55.0
"""How alike a name must be to come up in a search, and in a match without a threshold."""


def _problem(status: int, message: str, details: str = "", call: str = "") -> Response:
    body = {"correlationId": _correlation(call or message), "message": message, "details": details}
    return reply(body, status)


def _correlation(*parts: str) -> str:
    return str(UUID(digest("creditsafe", *parts)))


def _refused(state: State, status: int, message: str, details: str = "") -> Response:
    state.refusals[NAME, str(status)] += 1
    return _problem(status, message, details, str(sum(state.refusals.values())))


async def _authenticate(request: Request) -> Response:
    state, body = state_of(request), await json_body(request)
    now = state.now()
    if not isinstance(body, dict) or not all(
        isinstance(body.get(key), str) and body[key] for key in ("username", "password")
    ):
        state.refusals[NAME, "400"] += 1
        return Response(status_code=400)
    given = f"{body['username']}\n{body['password']}"
    wrong = state.memory[NAME].setdefault("wrong", {})
    locks = state.memory[NAME].setdefault("locks", {})
    if given in locks and now < locks[given]:
        state.refusals[NAME, "429"] += 1
        return PlainTextResponse(TOO_MANY, 429)
    login = state.credentials[NAME]
    if hmac.compare_digest(given.encode(), f"{login.login}\n{login.password}".encode()):
        return reply({"token": state.issue(NAME, LIFE, _jwt(state)).text})
    recent = [moment for moment in wrong.get(given, []) if moment > now - WRONG_WINDOW] + [now]
    wrong[given] = recent
    if len(recent) >= SAME_WRONG:
        locks[given] = now + LOCKED
        wrong[given] = []
        state.refusals[NAME, "429"] += 1
        return PlainTextResponse(TOO_MANY, 429)
    state.refusals[NAME, "401"] += 1
    return PlainTextResponse(DENIED, 401)


def _jwt(state: State) -> str:
    """Three parts that look like a JWT; nobody can read its signature."""
    claims = {"iat": int(state.now().timestamp()), "exp": int(state.now().timestamp() + LIFE)}
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    encoded = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, state.new_id(43, "abcdefghijklmnopqrstuvwxyz0123456789_-")])


def _gate(state: State, request: Request) -> Response | None:
    """The refusal of a data call that may not ask; None lets it in."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not token or state.live_token(NAME, token) is None:
        return _refused(state, 401, "Unauthorized", "The token is missing, invalid or expired.")
    per_minute = int(state.option(NAME, "per_minute", PER_MINUTE))
    if state.wait(NAME, "data", [(per_minute, 60.0)]):
        return _refused(state, 429, "Too Many Requests", TOO_MANY)
    return None


def _foreign(state: State, countries: Sequence[str]) -> Response | None:
    allowed = state.option(NAME, "countries", None)
    if allowed is not None and not set(countries) <= set(allowed):
        return _refused(state, 403, "Forbidden", "Your account has no access to this country.")
    return None


def _page(query: Mapping[str, str], most: int) -> tuple[int, int] | None:
    page, size = query.get("page", "1"), query.get("pageSize", "10")
    if not (page.isascii() and page.isdigit() and size.isascii() and size.isdigit()):
        return None
    found = int(page), int(size)
    return found if found[0] >= 1 and 1 <= found[1] <= most else None


CRITERIA = ("id", "safeNo", "regNo", "vatNo", "name")


async def _search(request: Request) -> Response:
    """`/companies`: by number exactly, by name as closely as possible, best first."""
    return _companies(request, request.query_params.get("countries", ""), is_match=False)


async def _match(request: Request) -> Response:
    """`/companies/match`: one country, and how sure each hit is (0 to 100)."""
    return _companies(request, request.query_params.get("country", ""), is_match=True)


def _companies(request: Request, listed: str, is_match: bool) -> Response:
    state, query = state_of(request), request.query_params
    if refusal := _gate(state, request):
        return refusal
    countries = [code.strip().upper() for code in listed.split(",") if code.strip()]
    asked = {name: query[name].strip() for name in CRITERIA if query.get(name, "").strip()}
    page = _page(query, int(state.option(NAME, "most", 100)))
    if not asked and "id" not in query:
        return _refused(state, 400, "Bad Request", "At least one search criterion is required.")
    if (not countries and "id" not in asked) or (is_match and len(countries) != 1):
        return _refused(state, 400, "Bad Request", "countries is required.")
    if page is None or len(asked.get("name", "xx")) < SHORTEST:
        return _refused(state, 400, "Bad Request", "page, pageSize or name is out of range.")
    if refusal := _foreign(state, countries):
        return refusal
    registry = Registry(state, NAME)
    hits = _found(registry, asked, countries, _threshold(query, is_match))
    if query.get("status"):
        wanted = query["status"].casefold() == "active"
        hits = [hit for hit in hits if hit[0].is_alive == wanted]
    number, size = page
    shown = hits[(number - 1) * size : number * size]
    state.rows[NAME, "companies"] += len(shown)
    found = [_hit(registry, company, score, is_match) for company, score in shown]
    return reply(
        {
            "correlationId": _correlation(str(request.url)),
            "page": number,
            "pageSize": size,
            "totalSize": len(hits),
            "companies": drifted(state, NAME, found),
        }
    )


def _threshold(query: Mapping[str, str], is_match: bool) -> float:
    given = query.get("matchThreshold", "")
    if is_match and given.replace(".", "", 1).isdigit():
        return float(given)
    return POOR_NAME if is_match else GOOD_NAME


def _hit(registry: Registry, company: Company, score: float, is_match: bool) -> rows.Row:
    statements = registry.statements(company.party_no)
    latest = statements[0].period_end if statements else None
    row = rows.hit(company, latest, _changed(registry, company))
    return row | ({"confidenceMatchScore": round(score)} if is_match else {})


def _changed(registry: Registry, company: Company) -> Any:
    """The last day anything in a report on the company became another."""
    scores = registry.scores(company.party_no, NAME)[:1]
    statements = registry.statements(company.party_no)[:1]
    cases = registry.cases([company.party_no], "judgment")
    return rows.latest_change(
        company.modified_at,
        *(score.reported_on for score in scores),
        *(statement.filed_on for statement in statements),
        *(case.judged_on for case in cases),
    )


def _found(
    registry: Registry, asked: Mapping[str, str], countries: Sequence[str], threshold: float
) -> list[tuple[Company, float]]:
    """Companies that fit every criterion, the most alike first."""
    if numbers := {key: value for key, value in asked.items() if key != "name"}:
        key, value = next(iter(numbers.items()))
        hits = [(company, 100.0) for company in _numbered(registry, key, value)]
    else:
        hits = _alike(registry, asked["name"], countries, threshold)
    return [
        (company, score)
        for company, score in hits
        if (not countries or company.country in countries)
        and all(_fits(company, key, value) for key, value in numbers.items())
    ]


def _numbered(registry: Registry, key: str, value: str) -> list[Company]:
    if key == "id":
        return _by_id(registry, value)
    if key == "vatNo":
        return registry.numbered("vat", value)
    if key == "regNo":
        return registry.numbered("registration_number", value) or registry.numbered("uscc", value)
    return registry.search("country = ?", [value[:2]], order="party_no", limit=1_000_000)


def _fits(company: Company, key: str, value: str) -> bool:
    own = {
        "id": rows.connect_id(company),
        "safeNo": rows.safe_no(company),
        "vatNo": company.vat,
        "regNo": company.registration_number,
    }[key]
    borne = [plain_name(one) for one in (own, company.uscc if key == "regNo" else None) if one]
    return plain_name(value) in borne


def _by_id(registry: Registry, connect_id: str) -> list[Company]:
    """The company of a Creditsafe id such as GB001-0-03977902."""
    country, _, local = connect_id.partition("001-0-")
    found = registry.numbered("registration_number", local) or registry.numbered("uscc", local)
    if not found and local.isascii() and local.isdigit():
        found = registry.companies([int(local)])
    if not found:
        return []
    return [one for one in found if one.country == country and rows.connect_id(one) == connect_id]


def _alike(
    registry: Registry, name: str, countries: Sequence[str], threshold: float
) -> list[tuple[Company, float]]:
    """Names that share the first word, by how alike they are to the whole."""
    marks = ", ".join("?" * len(countries))
    first = (name.split() or [name])[0][:12]
    candidates = registry.search(
        f"country IN ({marks}) AND (contains(lower(name), lower(?)) "
        "OR contains(lower(coalesce(name_en, '')), lower(?)))",
        [*countries, first, first],
        order="party_no",
        limit=2000,
    )
    wanted = plain_name(name)
    scored = [
        (
            company,
            max(
                fuzz.ratio(wanted, plain_name(one))
                for one in (company.name, company.name_en or company.name)
            ),
        )
        for company in candidates
    ]
    kept = [pair for pair in scored if pair[1] >= threshold]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0].party_no))


async def _report(request: Request) -> Response:
    """One report, billed."""
    state, connect_id = state_of(request), request.path_params["connect_id"]
    if refusal := _gate(state, request) or _foreign(state, [connect_id[:2]]):
        return refusal
    reason = request.query_params.get("customData", "")
    if connect_id.startswith("DE") and not reason.startswith("de_reason_code::"):
        return _refused(state, 400, "Bad Request", "customData de_reason_code is required for DE.")
    registry = Registry(state, NAME)
    found = _by_id(registry, connect_id)
    if not found:
        return _refused(state, 404, "Report unavailable", f"No report for {connect_id}.")
    company = found[0]
    state.bill(NAME, "report", connect_id)
    state.rows[NAME, "report"] += 1
    lists_judgments = bool(state.option(NAME, "negative", True))
    report = rows.report(
        company,
        registry.scores(company.party_no, NAME),
        registry.statements(company.party_no),
        _against(registry, company) if lists_judgments else [],
        registry.cases([company.party_no], "filing", only=("bankruptcy",)),
    )
    order = digest("order", connect_id, state.now().isoformat())
    return reply(
        {
            "correlationId": _correlation(order),
            "companyId": connect_id,
            "dateOfOrder": state.now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "language": request.query_params.get("language", "en"),
            "userId": "101000000",
            "report": drifted(state, NAME, [report])[0],
        }
    )


def _against(registry: Registry, company: Company) -> list[Any]:
    return [
        case
        for case in registry.cases([company.party_no], "judgment", without=("bankruptcy",))
        if any(p.party_no == company.party_no for p in case.of("defendant", "respondent"))
    ]


async def _unknown(request: Request) -> Response:
    return _refused(state_of(request), 404, "Not Found")


def routes(prefix: str) -> Sequence[BaseRoute]:
    """Everything under /v1."""
    del prefix
    return [
        Route("/v1/authenticate", _authenticate, methods=["POST"]),
        Route("/v1/companies", _search, methods=["GET"]),
        Route("/v1/companies/match", _match, methods=["GET"]),
        Route("/v1/companies/{connect_id}", _report, methods=["GET"]),
        Route("/{rest:path}", _unknown),
    ]


class CreditsafeWords(Words):
    """JSON problems; the token may die early."""

    def too_many(self, path: str) -> Response | None:
        if path.endswith("/authenticate"):
            return None
        return _problem(429, "Too Many Requests", TOO_MANY)

    def quota_used(self, path: str) -> Response | None:
        """The account's reports are used up; searches go on."""
        is_report = path.startswith("/v1/companies/") and not path.endswith("/match")
        return _problem(403, "Forbidden", "Your report limit is used up.") if is_report else None

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        del body
        if path not in ("/v1/companies", "/v1/companies/match"):
            return None
        asked = "&".join(f"{name}={query[name]}" for name in sorted(query) if name != "page")
        return f"{path}?{asked}", query.get("page", "1") == "1"

    def shorten(self, page: Page) -> Page | None:
        body = json.loads(page.body)
        if not body.get("companies"):
            return None
        body["companies"] = without_rows(body["companies"])
        return Page(page.status, page.headers, json.dumps(body, ensure_ascii=False).encode())


SYSTEM = System(NAME, [NAME], routes, CreditsafeWords(), [(PER_MINUTE, 60.0)])
