"""The DAG files: found by Airflow, cheap to parse, and wired as the design says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

PARSED = {"trigger", "errors", "records"}
"""All of the package that parsing a DAG may import: these modules, and what is in them."""


def parse(home: Path) -> dict[str, Any]:
    """What `parsing` finds in the DAG folder, with an Airflow home of its own."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.airflow.parsing", str(REPOSITORY / "dags")],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return parse(tmp_path_factory.mktemp("airflow"))


def test_every_dag_is_found_and_none_is_broken(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}
    assert set(parsed["dags"]) == {"veille_bootstrap", "veille_brief", "veille_ingest", "veille_sweep"}


def test_parsing_imports_nothing_heavy(parsed: dict[str, Any]) -> None:
    """This is what keeps it under a second; `python -m tests.bench.airflow` prints the time."""
    assert parsed["heavy"] == []
    assert {name.split(".")[1] for name in parsed["pipeline"]} <= PARSED


def test_every_dag_runs_without_a_person(parsed: dict[str, Any]) -> None:
    for id_, dag in parsed["dags"].items():
        assert dag["paused"] is False, id_
        assert dag["catchup"] is False, id_
        assert dag["doc"], id_


def test_ingest_runs_on_the_asset_or_on_time(parsed: dict[str, Any]) -> None:
    timetable = parsed["dags"]["veille_ingest"]["serialized"]

    assert timetable["__type"].endswith("AssetOrTimeSchedule")
    (asset,) = timetable["__var"]["asset_condition"]["objects"]
    assert asset["uri"] == "veille://ledger/entries"
    (watcher,) = asset["watchers"]
    assert watcher["trigger"]["classpath"] == "pipeline.trigger.FeedWatchTrigger"
    assert timetable["__var"]["timetable"]["__var"]["expression"] == "*/10 * * * *"


def test_a_backlog_is_one_task_per_batch_and_an_event_is_one_task(parsed: dict[str, Any]) -> None:
    ingest = parsed["dags"]["veille_ingest"]

    assert ingest["tasks"] == ["first_batch", "further_batch"]
    assert ingest["mapped"] == ["further_batch"]
    assert ingest["max_active_runs"] == 2


def test_the_trigger_is_the_only_module_of_the_package_that_imports_airflow() -> None:
    guilty = [
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "pipeline").rglob("*.py")
        if any(
            line.startswith(("import airflow", "from airflow"))
            for line in map(str.strip, path.read_text().splitlines())
        )
    ]

    assert guilty == ["pipeline/trigger.py"]
