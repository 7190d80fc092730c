"""The embedded engine: one process of `noida-db`, which speaks the Elasticsearch REST API on loopback.

Belongs here: starting, finding and stopping that process; its data, log and URL live in `HOME/engine`. Does not
belong here: anything said to the engine over HTTP (`index`). It is for trying out and for tests; with
`VEILLE_ELASTICSEARCH_URL` set, nothing here runs.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from pipeline.errors import EngineUnavailable

START_SECONDS = 15.0
"""How long a started engine may take until it answers; it takes about 0.1 s."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running embedded engine."""

    url: str
    pid: int


def start(home: Path) -> Engine:
    """The embedded engine of this home, started if it does not run; it outlives this process.

    Raises:
        EngineUnavailable: it is not installed, or does not come up; the message says where its log is.
    """
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        running = status(home)
        if running:
            return running
        last = _recorded(folder)
        for _ in range(5):
            # The port of last time, so that a URL somebody noted still works; else any free one. Another process
            # may take it between the look and the start, hence the attempts.
            port = _free_port(int(last.url.rsplit(":", 1)[1]) if last else 0)
            last = None
            _run(folder, "up", "--only", "elasticsearch", "--elasticsearch-port", str(port))
            url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + START_SECONDS
            while (pid := _pid(folder)) is not None and time.monotonic() < deadline:
                if _answers(url):
                    engine = Engine(url, pid)
                    (folder / "engine.json").write_text(json.dumps(asdict(engine)))
                    return engine
                time.sleep(0.05)
            _run(folder, "down")
    raise EngineUnavailable(f"the embedded engine did not start; its log is {folder / 'data' / 'noida.log'}")


def stop(home: Path) -> bool:
    """Stop the embedded engine of this home; its data stay. False when none ran."""
    folder = _folder(home)
    if not folder.exists():
        return False
    with _lock(folder):
        running = status(home)
        if running is None:
            return False
        _run(folder, "down")
        deadline = time.monotonic() + START_SECONDS
        while _alive(running.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
    return True


def status(home: Path) -> Engine | None:
    """The embedded engine of this home, if it runs and answers."""
    folder = _folder(home)
    recorded = _recorded(folder)
    if recorded is None or recorded.pid != _pid(folder) or not _answers(recorded.url):
        return None
    return recorded


def _folder(home: Path) -> Path:
    return home.resolve() / "engine"


def _recorded(folder: Path) -> Engine | None:
    try:
        return Engine(**json.loads((folder / "engine.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the engine of a home."""
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _pid(folder: Path) -> int | None:
    """The pid that the engine itself wrote, if that process lives."""
    try:
        pid = int(json.loads((folder / "data" / "noida.control.json").read_text())["pid"])
    except (FileNotFoundError, ValueError, KeyError):
        return None
    return pid if _alive(pid) else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # A zombie answers to signals although it serves nobody.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, IndexError):
        return True


def _answers(url: str) -> bool:
    # No proxy: the environment's would be asked for a loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _run(folder: Path, command: str, *options: str) -> None:
    """Run the engine's own command line; what it prints is kept out of the terminal.

    On an older libc its loader warns about a weak symbol version on every call; the binary works all the same.
    """
    try:
        binary = resources.files("noida_db") / "noida-db"
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "no VEILLE_ELASTICSEARCH_URL is set, and the embedded engine is not installed "
            "(pip install 'veille[embedded]')"
        ) from None
    data = folder / "data"
    try:
        subprocess.run(
            [str(binary), command, *options, "--data-dir", str(data)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            timeout=START_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineUnavailable(f"the embedded engine cannot be run: {error}") from None
