"""The early-warning rules EW01 to EW20 and their thresholds (A8)."""

from etl.policy.parts import Name, Part, Title, Version


class Alerts(Part):
    """One alerts file."""

    alerts_id: Name
    version: Version
    title: Title
