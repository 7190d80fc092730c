"""Published in the newsroom to searchable, with Airflow running: `python -m tests.bench.airflow [ROUNDS]`.

Starts a whole Airflow (api-server, scheduler, dag-processor, triggerer) and polls every five seconds. The engine is
that of VEILLE_TEST_ELASTICSEARCH_URL, or an embedded one. Beside the median it prints where the seconds go.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from pipeline import engine
from pipeline.index import Store
from pipeline.newsroom import NewsroomProcess
from tests.airflow import test_dags
from tests.airflow.instance import AirflowInstance, Watch, until, watch_settings

ROUNDS = 7
TARGET_SECONDS = 15


def main(arguments: list[str] | None = None) -> None:
    rounds = int((arguments or [str(ROUNDS)])[0])
    parsed = test_dags.parse(Path(tempfile.mkdtemp()))
    print(f"DAGs parsed: {parsed['seconds']:.2f} s (under 1)")
    url = os.environ.get("VEILLE_TEST_ELASTICSEARCH_URL")
    with tempfile.TemporaryDirectory(prefix="veille-bench-") as folder:
        home = Path(folder)
        try:
            _measure(home, url or engine.start(home / "engine").url, rounds)
        finally:
            if not url:
                engine.stop(home / "engine")


def _measure(home: Path, url: str, rounds: int) -> None:
    with NewsroomProcess(home / "newsroom.json") as newsroom:
        settings = watch_settings(home, url, f"bench-{uuid.uuid4().hex[:8]}", newsroom)
        with Store.open(settings) as store:
            store.bootstrap(plant_seeds=False)
            began = time.monotonic()
            try:
                with AirflowInstance(home / "airflow", settings) as airflow:
                    watch = Watch(airflow, newsroom, settings, store)
                    print(f"Airflow up, every DAG known: {time.monotonic() - began:.1f} s")
                    watch.settle(300)
                    print(f"the sample newsroom's backlog done: {time.monotonic() - began:.1f} s")
                    _report([_round(watch, number) for number in range(rounds)])
            finally:
                for name in store.client.indices.get(index=f"{settings.index_prefix}-*"):
                    store.client.indices.delete(index=name)


def _round(watch: Watch, number: int) -> dict[str, float]:
    """Seconds from publication to each station of one article."""
    # Not in step with the polls: each round begins at another point of the five seconds.
    time.sleep(number * 5 / ROUNDS % 5)
    began = datetime.now(UTC)
    (published,) = watch.newsroom.invent(1, first=7000 + number)
    until(lambda: watch.searchable(published["url"]), 180, "a search that finds the article")
    searchable = datetime.now(UTC)
    watch.settle()
    entry = watch.entry(published["url"])
    assert entry is not None
    assert entry.finished_at is not None
    run = watch.airflow.runs("veille_ingest")[0]
    (task,) = [
        one
        for one in watch.airflow.get(f"dags/veille_ingest/dagRuns/{run['dag_run_id']}/taskInstances")["task_instances"]
        if one["task_id"] == "first_batch"
    ]
    stations = {
        "in the ledger": entry.first_seen_at,
        "run queued": datetime.fromisoformat(run["queued_at"]),
        "task started": datetime.fromisoformat(task["start_date"]),
        "entry finished": entry.finished_at,
        "searchable": searchable,
    }
    return {name: (instant - began).total_seconds() for name, instant in stations.items()}


def _report(rounds: list[dict[str, float]]) -> None:
    for name in rounds[0]:
        values = sorted(one[name] for one in rounds)
        median = statistics.median(values)
        if name == "searchable":
            print(f"published to searchable, median of {len(values)}: {median:.1f} s (under {TARGET_SECONDS})")
            print(f"published to searchable, slowest: {values[-1]:.1f} s")
        else:
            print(f"published to {name}: {median:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
