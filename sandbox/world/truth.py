"""What really is, kept apart from what any system shows: for tests and benchmarks."""

import numpy as np

from sandbox.world.columns import MISSING, Coded, Frame
from sandbox.world.population import Population


def of_parties(people: Population) -> dict[str, Frame]:
    """The tables truth_health, truth_default and truth_homonym."""
    months = people.era.months()
    total = len(people)
    struck = np.flatnonzero(people.health.default != MISSING)
    same = np.flatnonzero(people.homonym_of != MISSING)
    return {
        "truth_health": {
            "party_no": np.repeat(people.party_no, len(months)),
            "month": np.tile(months, total),
            "health": np.rint(people.health.by_month * 1e6).astype(np.int64).ravel(),
        },
        "truth_default": {
            "party_no": people.party_no[struck],
            "default_date": people.health.default[struck],
            "insolvency_date": people.health.insolvency[struck],
        },
        "truth_homonym": {
            "party_no": people.party_no[people.homonym_of[same]],
            "stranger_no": people.party_no[same],
            "kind": Coded(people.homonym_kind[same], ["same", "other_form", "other_city"]),
        },
    }
