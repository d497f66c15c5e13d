"""Zoho CRM's bulk read: a job for each 200,000 rows, looked at until it is done, a zip with one CSV.

States are ADDED, QUEUED, IN PROGRESS, COMPLETED and FAILURE [H]; 200,000 rows a page [M].
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from etl.sources.answers import csv_rows, poll_pause
from etl.sources.connector import Ask, Inconsistent, Pull, Reply

BULK = "/crm/bulk/v8/read"
FIRST_PAGE: Mapping[str, Any] = {"page": 1}
KEPT = ("page", "count", "more_records", "next_page_token")
"""What is remembered of a job's result until its file is here."""


def start_job(pull: Pull, fields: Sequence[str], page: Mapping[str, Any] = FIRST_PAGE) -> Ask:
    """The request that starts the job of one page."""
    query: dict[str, Any] = {"module": {"api_name": pull.resource}, "fields": list(fields)}
    return Ask(BULK, "POST", body={"query": {**query, **page}, "file_type": "csv"}, lands="no")


def after_bulk(pull: Pull, ask: Ask, reply: Reply, fields: Sequence[str]) -> Ask | None:
    """A job is started, looked at until it is done, and fetched; then the next page's job."""
    step = ask.state.get("step", "start")
    if step == "fetch":
        return _after_fetch(pull, ask, reply, fields)
    answer = reply.json
    if not isinstance(answer, dict) or not answer.get("data"):
        raise Inconsistent("the answer about a bulk job is empty")
    said = answer["data"][0]
    if step == "start":
        job = str((said.get("details") or {}).get("id") or "")
        if not job.isalnum():
            raise Inconsistent("a bulk job was started without an id")
        return Ask(
            f"{BULK}/{job}",
            state={"step": "look", "looks": 1},
            lands="no",
            pause=poll_pause(pull, 0, "Zoho CRM"),
        )
    state = str(said.get("state", ""))
    if state == "COMPLETED":
        return Ask(
            f"{ask.path}/result",
            state={"step": "fetch", **{k: v for k, v in said["result"].items() if k in KEPT}},
            lands="zip",
        )
    if state in ("FAILURE", "FAILED"):
        raise Inconsistent("the bulk job failed", restart=True)
    looks = int(ask.state["looks"])
    pause = poll_pause(pull, looks, "Zoho CRM")
    return ask.but(state={**ask.state, "looks": looks + 1}, pause=pause)


def _after_fetch(pull: Pull, ask: Ask, reply: Reply, fields: Sequence[str]) -> Ask | None:
    try:
        with ZipFile(BytesIO(reply.content)) as archive:
            rows = csv_rows(archive.read(archive.namelist()[0]))
    except (BadZipFile, IndexError, OSError, EOFError):
        raise Inconsistent("a bulk result is no whole zip") from None
    if rows != ask.state.get("count", rows):
        raise Inconsistent(f"{rows} rows came where the bulk job says {ask.state['count']}")
    if not ask.state.get("more_records"):
        return None
    token = ask.state.get("next_page_token")
    page = int(ask.state.get("page") or 1) + 1
    return start_job(pull, fields, {"page_token": token} if token else {"page": page})
