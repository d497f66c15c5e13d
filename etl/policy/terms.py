"""Limits, terms, warning lines, the order gate, dunning and provisions (C10, C11; R3-20..R3-22)."""

from etl.policy.parts import Name, Part, Title, Version


class Terms(Part):
    """One terms file."""

    terms_id: Name
    version: Version
    title: Title
