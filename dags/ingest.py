"""Ingest: drain the ledger whenever something waits in it.

Woken by the asset that the trigger updates when the watch found something, or every ten minutes: events may be merged,
delayed or lost, and nothing depends on any single one, because a run takes whatever waits in the ledger.

The first task takes the first batch, and that is all there is to do for an ordinary event. Only behind a backlog do
further tasks follow, one per batch, two at a time. A batch is many entries: the tagger is loaded once for all of them.
Between tasks travel batch numbers; the entries stay in the ledger.
"""

from __future__ import annotations

import logging
import sys
import types
from datetime import UTC, datetime, timedelta

from airflow.sdk import (
    Asset,
    AssetOrTimeSchedule,
    AssetWatcher,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    dag,
    task,
)

from pipeline.trigger import FeedWatchTrigger

BATCH_ENTRIES = 500
"""Entries per task: some minutes of work at one request a second and outlet, so that loading the tagger (seconds) does
not count and a killed task loses little."""

MAX_BATCHES = 100
"""Per run; the next run takes what is left of a longer backlog."""

ENTRIES = Asset(
    name="veille_entries",
    uri="veille://ledger/entries",
    watchers=[AssetWatcher(name="veille_feeds", trigger=FeedWatchTrigger())],
)


def drain() -> int:
    """Work off one batch; how many entries still wait."""
    import structlog

    from pipeline import flow, settings
    from pipeline.index import Store
    from pipeline.ledger import Ledger

    logging.getLogger("elastic_transport").setLevel(logging.WARNING)
    # Worker processes (extraction's) import the main module of their parent first, and here that is Airflow itself:
    # three seconds of work for nothing. The task needs its main module no more.
    sys.modules["__main__"] = types.ModuleType("__main__")
    environment = settings.load()
    report = flow.ingest(environment, max_entries=BATCH_ENTRIES)
    structlog.get_logger().info("ingested", **report.outcomes, new=report.new, tagged=report.tagged)
    if report.outcomes.total() < BATCH_ENTRIES:
        return 0
    with Store.open(environment) as store:
        return Ledger(store, environment, flow.utc_now).pending()


@dag(
    dag_id="veille_ingest",
    schedule=AssetOrTimeSchedule(assets=[ENTRIES], timetable=CronTriggerTimetable("*/10 * * * *", timezone="UTC")),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    # Two: while one run waits for a slow outlet, the other takes what is new; leases keep them apart. More would wait
    # for the same outlets' delays, each with a tagger in memory.
    max_active_runs=2,
    is_paused_upon_creation=False,
    default_args={
        "execution_timeout": timedelta(hours=1),
        "retries": 3,
        "retry_delay": timedelta(seconds=15),
        "retry_exponential_backoff": 3.0,
        # An entry's own troubles are the ledger's. What ends a run is an engine that is away, which may be back soon,
        # or something that a person must set right.
        "retry_policy": ExceptionRetryPolicy(
            rules=[
                RetryRule("pipeline.errors.EngineUnavailable", RetryAction.RETRY),
                RetryRule("pipeline.errors.Fail", RetryAction.FAIL, reason="trying again would not help"),
            ]
        ),
    },
    doc_md=__doc__,
    tags=["veille"],
)
def veille_ingest() -> None:
    @task
    def first_batch() -> list[int]:
        waiting = drain()
        return list(range(1, min(-(-waiting // BATCH_ENTRIES), MAX_BATCHES) + 1))

    @task(max_active_tis_per_dagrun=2)
    def further_batch(number: int) -> None:
        drain()

    further_batch.expand(number=first_batch())


veille_ingest()
