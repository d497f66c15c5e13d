"""What is said, and where, when a night needs somebody."""

import logging
from typing import Any

log = logging.getLogger(__name__)


def night_is_late(context: dict[str, Any], **_: Any) -> None:
    """The deadline of a night has passed; called by Airflow's scheduler, outside any task."""
    run = context["dag_run"]
    log.error(
        "The night %s has not published its credit files in time; the files of the night before still stand.",
        run.get("partition_key") or run.get("dag_run_id"),
    )
