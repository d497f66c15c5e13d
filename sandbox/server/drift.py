"""The fault `schema_drift`: fields renamed, one new, one of another type, until it is switched off."""

from collections.abc import Iterable
from typing import Any

from sandbox.server.state import State

DRIFT: dict[str, dict[str, str]] = {
    "qcc": {"CaseNo": "CaseNumber", "Anno": "AnnoNo", "Score": "TotalScore"},
    "tianyancha": {"caseNo": "caseNumber", "caseno": "caseNumber", "execMoney": "execAmount"},
    "creditsafe": {"providerValue": "providerScore", "dateOfLatestChange": "latestChangeDate"},
    "courtlistener": {"docketNumber": "docket_no", "docket_number": "docket_no"},
    "gleif": {"registeredAs": "registeredNumber"},
    "sec": {"accn": "accessionNumber"},
}
"""Provider → field → the name it bears all of a sudden."""


def drifted(state: State, system: str, rows: Iterable[Any]) -> list[Any]:
    """The rows as they are; or with other names, at any depth, and a field nobody announced."""
    found = list(rows)
    if not state.faults.is_on("schema_drift", system):
        return found
    if found:
        state.faults.hits[system, "schema_drift"] += 1
    return [
        {**_renamed(row, DRIFT[system]), "dataVersion": 2} if isinstance(row, dict) else row
        for row in found
    ]


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(name, name): _renamed(part, names) for name, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    return value
