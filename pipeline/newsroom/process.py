"""A newsroom in a process of its own, for tests that kill processes, for Airflow, and for measurements.

Belongs here: starting it and driving it over its control port. Does not belong here: the process itself (`__main__`).
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline.newsroom.control import PREFIX

_START_SECONDS = 30.0


class NewsroomProcess:
    """`Newsroom` (or `SyntheticNewsroom`) behind a control port: the same methods, with JSON for records.

    Args:
        state: the process's state file. Started again with the same file it has the same URLs; what was published
            while it ran is gone.
        now: fixed opening instant; None: the real clock.
        synthetic: serve this many light feeds instead of the outlets.
    """

    def __init__(
        self,
        state: Path,
        *,
        now: datetime | None = None,
        crawl_delay: float | None = None,
        feed_size: int | None = None,
        synthetic: int | None = None,
    ) -> None:
        self.state = state
        options = {
            "--now": now.isoformat() if now else None,
            "--crawl-delay": crawl_delay,
            "--feed-size": feed_size,
            "--synthetic": synthetic,
        }
        self._command = [sys.executable, "-m", "pipeline.newsroom", "--state", str(state)]
        for name, value in options.items():
            if value is not None:
                self._command += [name, str(value)]
        self._process: subprocess.Popen[bytes] | None = None
        self._control = 0
        self.allow_hosts = ""
        """For `VEILLE_ALLOW_PRIVATE_HOSTS`."""

    def start(self) -> Self:
        """Start it and wait until it serves.

        Raises:
            RuntimeError: it did not.
        """
        self._process = subprocess.Popen(self._command)
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            written = json.loads(self.state.read_text("utf-8")) if self.state.exists() else {}
            if written.get("pid") == self._process.pid:
                self._control, self.allow_hosts = written["control"], written["allow_hosts"]
                return self
            time.sleep(0.05)
        self.kill()
        raise RuntimeError("the newsroom did not start")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """Ask it to end, and wait for it."""
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=10)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process:
            self._process.kill()
            self._process.wait(timeout=10)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def call(self, verb: str, **arguments: Any) -> Any:
        """Call a verb of `control.verbs`: its result as JSON.

        Raises:
            RuntimeError: the newsroom refused; the message says why.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._control, timeout=30)
        try:
            connection.request("POST", PREFIX + verb, json.dumps(arguments))
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def feeds_csv(self) -> str:
        return str(self.call("feeds_csv"))

    def write_registry(self, path: Path) -> Path:
        path.write_text(self.feeds_csv(), "utf-8")
        return path

    @property
    def published(self) -> list[dict[str, Any]]:
        """Each with id, outlet, url, title, published_at, revision, page, outcome, reasons, supply."""
        return list(self.call("published"))

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Each with at, method, outlet, path, status, headers, bytes."""
        return list(self.call("requests"))

    def publish(self, article: str, **more: Any) -> dict[str, Any]:
        return dict(self.call("publish", article=article, **more))

    def write(self, outlet: str, title: str, paragraphs: list[str], *, id: str | None = None) -> dict[str, Any]:
        return dict(self.call("write", outlet=outlet, title=title, paragraphs=paragraphs, id=id))

    def invent(self, count: int = 1, *, first: int = 1, outlet: str | None = None) -> list[dict[str, Any]]:
        return list(self.call("invent", count=count, first=first, outlet=outlet))

    def revise(self, article: str) -> dict[str, Any]:
        return dict(self.call("revise", article=article))

    def withdraw(self, article: str) -> dict[str, Any]:
        return dict(self.call("withdraw", article=article))

    def break_(self, target: str, how: str, times: int | None = None, **options: Any) -> None:
        self.call("break_", target=target, how=how, times=times, **options)

    def mend(self, target: str | None = None) -> None:
        self.call("mend", target=target)
