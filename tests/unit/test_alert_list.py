"""What an alert says: every number with its unit and with what it is compared with, in both languages."""

import json
from datetime import date
from typing import Any

import pytest

from etl.publish.alert_list import write_alerts
from etl.publish.assets import words
from etl.publish.wording import Words, alert_says
from tests.alert_rows import KINDS, measures, night_with_all


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """`customers` of an alerts.json with one alert of every kind."""
    folder = tmp_path_factory.mktemp("alerts")
    write_alerts(night_with_all(folder), folder, date(2026, 11, 20))
    customers: dict[str, list[dict[str, Any]]] = json.loads((folder / "alerts.json").read_bytes())[
        "customers"
    ]
    return customers


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[0]}-{kind[2]}")
def test_every_number_has_its_unit(
    listed: dict[str, list[dict[str, Any]]], kind: tuple[str, ...]
) -> None:
    rule, _, subject, *_, english, chinese = kind
    alert = next(
        one
        for several in listed.values()
        for one in several
        if (one["rule_id"], one["subject_id"]) == (rule, subject)
    )

    assert alert_says(Words("en"), alert) == english
    assert alert_says(Words("zh"), alert) == chinese


def test_every_measure_is_tried_and_has_its_words(
    listed: dict[str, list[dict[str, Any]]],
) -> None:
    known = words()
    for measure, unit, previous_unit, threshold_unit in measures():
        for part, name, given in (
            ("now", "value", unit),
            ("before", "previous", previous_unit),
            ("line", "threshold", threshold_unit),
        ):
            key = f"alert_{part}.{measure}"
            assert (key in known) == (given is not None), key
            assert given is None or all(f"{{{name}}}" in text for text in known[key]), key
    tried = {one["measure"] for several in listed.values() for one in several}
    assert tried == {measure for measure, *_ in measures()}


def test_red_first_then_what_goes_highest(listed: dict[str, list[dict[str, Any]]]) -> None:
    mine = [(one["severity"], one["escalation_level"], one["rule_id"]) for one in listed["C1"]]

    assert mine[0] == ("red", 3, "EW05")
    assert mine == sorted(mine, key=lambda one: (one[0] == "amber", -one[1], one[2]))
