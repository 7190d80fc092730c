"""Sweep: what failed and is due again, and what a killed run left behind, goes back to the queue.

The trigger sees it there and wakes the ingest DAG. A sweep that fails is not tried again: the next one comes in five
minutes and does the work of both.
"""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import CronTriggerTimetable, dag, task


@dag(
    dag_id="veille_sweep",
    schedule=CronTriggerTimetable("2-59/5 * * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    doc_md=__doc__,
    tags=["veille"],
)
def veille_sweep() -> None:
    @task
    def sweep() -> dict[str, int]:
        from pipeline import flow, settings

        return flow.sweep(settings.load())

    sweep()


veille_sweep()
