"""SEC EDGAR's data API: company facts and submissions by CIK, for whoever says who asks
(sources.md 6).

Documented and kept: CIK with ten digits in the path; a User-Agent with a contact, or 403; ten
requests a second for one address, or 429 and ten minutes of 403 (`options={"sec": {"block": 600}}`,
seconds); what is not there is 404 with a storage service's XML. No key, no paging, no lookup by name
here. Facts come from the world's statements of listed companies.
"""

from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.server import sec_rows as rows
from sandbox.server.drift import drifted
from sandbox.server.outside import Company
from sandbox.server.registry import Registry
from sandbox.server.state import State
from sandbox.server.system import System, Words, reply, state_of

NAME = "sec"
PER_SECOND = 10
DIGITS = 10

UNDECLARED = (
    "<html><head><title>SEC.gov | Your Request Originates from an Undeclared Automated Tool</title>"
    "</head><body>Please declare your traffic by updating your user agent to include company "
    "specific information.</body></html>"
)
TOO_FAST = (
    "<html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head>"
    "<body>Your request rate has exceeded the SEC's maximum allowable requests per second."
    "</body></html>"
)
NOT_THERE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>'
    "<Message>The specified key does not exist.</Message></Error>"
)


def _gate(state: State, request: Request) -> Response | None:
    agent = request.headers.get("User-Agent", "")
    if "@" not in agent:
        return _refused(state, 403, UNDECLARED)
    blocked = state.memory[NAME].get("blocked")
    if blocked is not None and state.now() < blocked:
        return _refused(state, 403, TOO_FAST)
    if state.wait(NAME, "calls", [(PER_SECOND, 1.0)]):
        pause = float(state.option(NAME, "block", 600))
        state.memory[NAME]["blocked"] = state.now() + timedelta(seconds=pause)
        return _refused(state, 429, TOO_FAST)
    return None


def _refused(state: State, status: int, page: str) -> Response:
    state.refusals[NAME, str(status)] += 1
    return HTMLResponse(page, status)


def _missing(state: State) -> Response:
    state.refusals[NAME, "404"] += 1
    return Response(NOT_THERE, 404, media_type="application/xml")


def _listed(state: State, name: str) -> tuple[Company, list[rows.Filing]] | None:
    """The company of a file name such as CIK0000320193.json and what it filed; None: not there."""
    digits = name.removeprefix("CIK").removesuffix(".json")
    shape = name.startswith("CIK") and len(digits) == DIGITS and digits.isascii()
    if not (shape and digits.isdigit()):
        return None
    registry = Registry(state, NAME)
    plain = str(int(digits))
    found = registry.numbered("cik", digits) or registry.numbered("cik", plain)
    if not found:
        return None
    statements = registry.statements(found[0].party_no)
    filed = rows.filings(found[0], statements, registry.now.date())
    return (found[0], filed) if filed else None


async def _facts(request: Request) -> Response:
    """`/api/xbrl/companyfacts/CIK##########.json`."""
    state = state_of(request)
    if refusal := _gate(state, request):
        return refusal
    found = _listed(state, request.path_params["name"])
    if found is None:
        return _missing(state)
    state.rows[NAME, "companyfacts"] += 1
    return reply(drifted(state, NAME, [rows.company_facts(*found)])[0])


async def _concept(request: Request) -> Response:
    """`/api/xbrl/companyconcept/CIK##########/us-gaap/Assets.json`."""
    state = state_of(request)
    if refusal := _gate(state, request):
        return refusal
    found = _listed(state, request.path_params["cik"] + ".json")
    tag = request.path_params["name"].removesuffix(".json")
    facts = rows.company_facts(*found) if found else None
    concept = rows.company_concept(facts, request.path_params["taxonomy"], tag) if facts else None
    return reply(concept) if concept else _missing(state)


async def _submissions(request: Request) -> Response:
    """`/submissions/CIK##########.json`."""
    state = state_of(request)
    if refusal := _gate(state, request):
        return refusal
    found = _listed(state, request.path_params["name"])
    return reply(rows.submissions(*found)) if found else _missing(state)


async def _unknown(request: Request) -> Response:
    return _missing(state_of(request))


def routes(prefix: str) -> Sequence[BaseRoute]:
    """data.sec.gov's paths."""
    del prefix
    return [
        Route("/api/xbrl/companyfacts/{name}", _facts, methods=["GET"]),
        Route("/api/xbrl/companyconcept/{cik}/{taxonomy}/{name}", _concept, methods=["GET"]),
        Route("/submissions/{name}", _submissions, methods=["GET"]),
        Route("/{rest:path}", _unknown),
    ]


class SecWords(Words):
    """Web pages for people, whoever asks."""

    has_tokens = False

    def too_many(self, path: str) -> Response | None:
        del path
        return HTMLResponse(TOO_FAST, 429)


SYSTEM = System(NAME, [NAME], routes, SecWords(), [(PER_SECOND, 1.0)])
