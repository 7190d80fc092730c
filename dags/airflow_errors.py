"""What Airflow does about the pipeline's errors. Not a DAG; the one place where the two meet.

An entry's own troubles never get here: the ledger has them. What does get here ends the run:

    EngineUnavailable       raised as it is: Airflow tries the task again, later and later
    every other `Fail`      AirflowFailException: credentials, settings, registry: trying again would not help
    anything else           a defect: raised as it is, with its traceback
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from pipeline.errors import EngineUnavailable, Fail

PATIENCE: dict[str, Any] = {
    "retries": 5,
    "retry_delay": timedelta(seconds=15),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
}
"""Default arguments of every task: an engine that restarts is back within the first two attempts."""


@contextmanager
def as_airflow_errors() -> Iterator[None]:
    """Around the work of a task."""
    try:
        yield
    except EngineUnavailable:
        raise
    except Fail as error:
        raise AirflowFailException(error.named) from error
