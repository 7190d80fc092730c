"""Brief: every morning the briefing of the last seven days, as HTML and Markdown in VEILLE_HOME/briefs.

Beside the dated pages stands `latest.html`. Running a day again writes the same files.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task


@dag(
    dag_id="veille_brief",
    schedule=CronTriggerTimetable("0 6 * * *", timezone="Europe/Paris"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
    doc_md=__doc__,
    tags=["veille"],
)
def veille_brief() -> None:
    @task
    def write_brief(logical_date: datetime | None = None) -> str:
        """Write the pages; the path of the HTML one."""
        from pipeline import brief, settings
        from pipeline.index import Store

        environment = settings.load()
        until = logical_date or datetime.now(UTC)
        folder = environment.home / "briefs"
        named = f"{until.astimezone(brief.ZONE):%Y-%m-%d}"
        with Store.open(environment) as store:
            facts = brief.collect(store, since=until - timedelta(days=7), until=until, zone=brief.ZONE)
        page = brief.html(facts, brief.ZONE)
        brief.write(page, folder / f"{named}.html")
        brief.write(brief.markdown(facts, brief.ZONE), folder / f"{named}.md")
        brief.write(page, folder / "latest.html")
        return str(folder / f"{named}.html")

    write_brief()


veille_brief()
