"""A whole Airflow on this machine: api-server, scheduler, dag-processor and triggerer over SQLite, in a folder of its
own. Not a test; used by the tests and by `tests/bench/airflow.py`."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from pipeline import urls
from pipeline.index import Store
from pipeline.ledger import Ledger
from pipeline.newsroom import NewsroomProcess
from pipeline.records import Entry, EntryState
from pipeline.settings import Settings

_Answer = TypeVar("_Answer")

# Beside the interpreter, as it is installed; not `python -m airflow`, which no deployment runs.
AIRFLOW = Path(sys.executable).with_name("airflow")
DAGS = Path(__file__).resolve().parents[2] / "dags"
COMPONENTS = ("api-server", "dag-processor", "triggerer", "scheduler")
START_SECONDS = 180.0
"""Airflow starts in 15 s on an idle machine with two cores, and in a minute on a busy one."""
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.2


def until(look: Callable[[], _Answer], seconds: float, what: str) -> _Answer:
    """The first answer that is not empty.

    Raises:
        AssertionError: there was none within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not (answer := look()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(LOOK_SECONDS)
    return answer


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def watch_settings(folder: Path, engine_url: str, prefix: str, newsroom: NewsroomProcess) -> Settings:
    """Settings of a watch over this newsroom that asks every feed every five seconds."""
    return Settings(
        home=folder / "home",
        elasticsearch_url=engine_url,
        index_prefix=prefix,
        feeds=newsroom.write_registry(folder / "feeds.csv"),
        allow_private_hosts=newsroom.allow_hosts,  # type: ignore[arg-type]  # as in the environment
        host_delay=0.0,
        poll_min_seconds=5.0,
        poll_max_seconds=5.0,
    )


def as_environment(settings: Settings) -> dict[str, str]:
    """These settings as `VEILLE_*` variables."""
    hosts = ",".join(sorted(settings.allow_private_hosts))
    values = settings.model_dump(exclude_unset=True) | {"allow_private_hosts": hosts}
    return {f"VEILLE_{name.upper()}": str(value) for name, value in values.items() if value is not None}


class AirflowInstance:
    """A context manager: started, and every DAG known to it, when it is entered."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self.home = home
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._token = ""
        port, worker_logs, trigger_logs = free_ports(3)
        self.url = f"http://127.0.0.1:{port}"
        own = {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__DAGS_FOLDER": DAGS,
            "AIRFLOW__CORE__LOAD_EXAMPLES": False,
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": 2,
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": True,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": port,
            "AIRFLOW__API__WORKERS": 1,
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(64),
            "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": 1,
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": worker_logs,
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": trigger_logs,
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": False,
            # After a SIGKILL, how long until another triggerer takes over.
            "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": 10,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "VEILLE_"))}
        self._environment = inherited | {name: str(value) for name, value in own.items()} | as_environment(settings)

    # --- processes

    def __enter__(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            with (self.home / "migrate.log").open("wb") as log:
                subprocess.run(
                    [AIRFLOW, "db", "migrate"],
                    env=self._environment,
                    stdout=log,
                    stderr=log,
                    timeout=START_SECONDS,
                    check=True,
                )
            for component in COMPONENTS:
                self.start(component)
            until(self._answers, START_SECONDS, "Airflow's API")
            until(lambda: len(self.get("dags")["dags"]) == len(list(DAGS.glob("*.py"))), START_SECONDS, "all DAGs")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for component in reversed(list(self._processes)):
            self.signal(component, signal.SIGTERM)
        for component in list(self._processes):
            self.stop(component)

    def start(self, component: str) -> None:
        """Start one component; what it says goes to `COMPONENT.log`."""
        arguments = ["--workers", "1"] if component == "api-server" else []
        with (self.home / f"{component}.log").open("ab") as log:
            self._processes[component] = subprocess.Popen(
                [AIRFLOW, component, *arguments],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def signal(self, component: str, number: signal.Signals) -> None:
        self._processes[component].send_signal(number)

    def stop(self, component: str) -> None:
        """End one component and every process it started."""
        process = self._processes.pop(component)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def log(self, component: str) -> str:
        return (self.home / f"{component}.log").read_text(encoding="utf-8", errors="replace")

    def ingested(self, run: str) -> int:
        """How many entries this run of `veille_ingest` indexed, by its own account."""
        folder = self.home / "logs" / "dag_id=veille_ingest" / f"run_id={run}"
        lines = [json.loads(line) for log in folder.rglob("*.log") for line in log.read_text().splitlines()]
        return sum(int(line.get("indexed", 0)) for line in lines if line.get("event") == "ingested")

    # --- the REST API

    def get(self, path: str) -> Any:
        return self._ask("GET", f"/api/v2/{path}")

    def trigger(self, dag: str) -> str:
        """Start a run by hand; its id."""
        return str(self._ask("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None})["dag_run_id"])

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """The last hundred runs, newest first."""
        return list(self.get(f"dags/{dag}/dagRuns?limit=100&order_by=-run_after")["dag_runs"])

    def idle(self, dag: str) -> bool:
        return all(run["state"] in ("success", "failed") for run in self.runs(dag))

    def events(self) -> int:
        """How many asset events there were so far."""
        return int(self.get("assets/events?limit=1")["total_entries"])

    def _answers(self) -> bool:
        try:
            self._token = self._ask("GET", "/auth/token")["access_token"]
        except OSError:
            return False
        return True

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch that runs under Airflow, and what a test may look at."""

    airflow: AirflowInstance
    newsroom: NewsroomProcess
    settings: Settings
    store: Store

    def entry(self, url: str) -> Entry | None:
        return self._ledger.entry(urls.entry_id(urls.canonical_url(url)))

    def searchable(self, url: str) -> bool:
        """Whether a search finds the story, with no refresh but the index's own."""
        entry = self.entry(url)
        return bool(entry and entry.story_id and self.store.count_stories({"term": {"id": entry.story_id}}))

    def held(self, urls_: list[str]) -> bool:
        """Whether a run is at work on one of these. The newsroom cannot tell: it counts a request when it is answered,
        and a slow page is answered late."""
        return any((entry := self.entry(url)) is not None and entry.lease is not None for url in urls_)

    def finished(self, urls_: list[str]) -> bool:
        """Whether every one of these has its outcome."""
        ends = (EntryState.INDEXED, EntryState.SKIPPED)
        return all((entry := self.entry(url)) is not None and entry.state in ends for url in urls_)

    def settle(self, seconds: float = 90.0) -> None:
        """Return when nothing waits, nothing is worked on, and no run is queued."""
        try:
            until(lambda: not self.unfinished() and self.airflow.idle("veille_ingest"), seconds, "an empty ledger")
        except AssertionError as error:
            left = [f"{e.state} {e.error or ''} {e.url}" for e in self.unfinished()]
            runs = [f"{run['state']} {run['dag_run_id']}" for run in self.airflow.runs("veille_ingest")[:5]]
            raise AssertionError("\n".join([str(error), *left[:10], f"({len(left)} in all)", *runs])) from None

    def unfinished(self) -> list[Entry]:
        return self._ledger.entries(states=(EntryState.QUEUED, EntryState.FAILED), size=1000)

    def fetches(self, url: str) -> int:
        """How often the page was asked for."""
        parts = urlsplit(url)
        outlet = next(one["outlet"] for one in self.newsroom.published if one["url"] == url)
        wanted = f"{parts.path}?{parts.query}" if parts.query else parts.path
        asked = [one["path"] for one in self.newsroom.requests if one["outlet"] == outlet and one["method"] == "GET"]
        # The links of the feeds carry marks of their own: ?utm_source=...
        return sum(1 for path in asked if path == wanted or path.startswith((f"{wanted}?", f"{wanted}&")))

    @property
    def _ledger(self) -> Ledger:
        return Ledger(self.store, self.settings, lambda: datetime.now(UTC))
