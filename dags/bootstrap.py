"""Bootstrap: indices, aliases and the seed article, once per installation; doing it again changes nothing.

Trigger it by hand after an upgrade. Nothing else waits for it: the trigger and the ingest run put in place what they
need, and the set-up service of docker-compose.yml has done all of it before Airflow starts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, dag, task


@dag(
    dag_id="veille_bootstrap",
    schedule="@once",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    is_paused_upon_creation=False,
    default_args={
        # The engine may start later than Airflow; ten minutes later at the most.
        "retries": 20,
        "retry_delay": timedelta(seconds=30),
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
def veille_bootstrap() -> None:
    @task
    def put_in_place() -> None:
        from pipeline import flow, settings

        flow.bootstrap(settings.load())

    put_in_place()


veille_bootstrap()
