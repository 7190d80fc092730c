"""Extraction in worker processes that can be killed: a page that hangs or eats memory costs one entry, not the run.

Belongs here: the workers, their limits, and what their death means. Does not belong here: the extraction (`story`).

Workers come from a fork server (https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods):
it has imported trafilatura once, so that a fresh worker after a kill costs milliseconds, and it is a clean process, so
that neither threads nor the tagger's memory of the ingest process are inherited. When the ingest process goes, however
it goes, the kernel ends its workers and the server sees its pipe close.

Each worker has a pipe of its own and shares no lock with another, so the death of one can harm no other. (pebble's
ProcessPool shares both: when a worker died before its acknowledgement was read, or with the lock in its hands, the
whole pool failed. concurrent.futures gives up the pool for any death, and cannot end a task.)
"""

from __future__ import annotations

import asyncio
import fcntl
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Self

from pipeline.errors import ExtractionFailed
from pipeline.extract.story import extract
from pipeline.records import Entry, Feed, Page, Publisher, Skipped, Story
from pipeline.settings import Settings

PAGES_PER_WORKER = 500
"""After as many pages a worker is replaced, and what libraries leaked goes with it."""
START_SECONDS = 120.0
"""How long a worker may take to be there; the fork server's first one imports trafilatura, on a busy machine too."""

Extract = Callable[..., Story | Skipped]
Task = tuple[Page, Entry, Feed | None, Publisher, datetime]


class ExtractionPool:
    """A pool of extraction workers; a context manager that leaves no worker behind.

    Args:
        settings: `extraction_workers`, `extraction_timeout` (seconds a page), `extraction_memory` (bytes of address
            space a worker, of which the imports take 0.2 GB).
        function: what the workers run, importable by name; takes the arguments of `extract`.
    """

    def __init__(self, settings: Settings, function: Extract = extract) -> None:
        self._settings = settings
        self._function = function
        self._context = multiprocessing.get_context("forkserver")
        # `__main__` too: each worker would import it by itself otherwise, which under Airflow means Airflow.
        self._context.set_forkserver_preload(["__main__", "pipeline.extract.worker"])
        # As many threads as workers: a thread that has a page finds an idle worker or may start one.
        self._threads = ThreadPoolExecutor(settings.extraction_workers, thread_name_prefix="extraction")
        self._lock = threading.Lock()
        self._workers: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._closed = False

    def __enter__(self) -> Self:
        # The workers come up while the first pages are still on their way.
        for _ in range(self._settings.extraction_workers):
            self._threads.submit(self._warm_up)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the workers, busy ones too, and wait until they are gone."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        for worker in workers:
            worker.kill()
        self._threads.shutdown(cancel_futures=True)
        with self._lock:
            self._workers.clear()
            self._idle.clear()

    async def extract(
        self, page: Page, entry: Entry, feed: Feed | None, publisher: Publisher, *, now: datetime
    ) -> Story | Skipped:
        """`pipeline.extract.extract` in a worker.

        Raises:
            ExtractionFailed: the page took too long or too much memory, or its extraction crashed.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._run, (page, entry, feed, publisher, now))

    def _run(self, task: Task) -> Story | Skipped:
        url = task[0].final_url
        worker = self._take()
        try:
            answer = worker.ask(task, self._settings.extraction_timeout)
        except TimeoutError as error:
            raise ExtractionFailed(str(error), url=url) from None
        except (EOFError, OSError):
            raise ExtractionFailed(f"worker died: {worker.fate()}", url=url) from None
        finally:
            self._put_back(worker)
        if isinstance(answer, str):
            raise ExtractionFailed(answer, url=url)
        return answer

    def _warm_up(self) -> None:
        """Start one worker more. If that fails, the first page will say so."""
        try:
            worker = self._start()
        except (ExtractionFailed, OSError, EOFError):
            return
        with self._lock:
            self._idle.append(worker)

    def _take(self) -> _Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _start(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise ExtractionFailed("the pool is closed")
            worker = _Worker(self._context, self._function, self._settings.extraction_memory)
            self._workers.add(worker)
        return worker

    def _put_back(self, worker: _Worker) -> None:
        with self._lock:
            if worker.usable and not self._closed:
                self._idle.append(worker)
                return
            self._workers.discard(worker)
        worker.kill()


class _Worker:
    """One worker process and this end of its pipe. Used by one thread at a time; `kill` by any."""

    def __init__(self, context: ForkServerContext, function: Extract, memory: int) -> None:
        self._pipe, its_end = context.Pipe()
        self._process = context.Process(
            target=serve, args=(its_end, function, memory), name="veille-extraction", daemon=True
        )
        self._process.start()
        its_end.close()
        self._pages = 0
        self._ready = False
        self.usable = True

    def ask(self, task: Task, timeout: float) -> Story | Skipped | str:
        """What the worker makes of a page; a string is an error's.

        Raises:
            TimeoutError: killed after so many seconds.
            EOFError, OSError: it is dead.
        """
        self.usable = False
        if not self._ready:
            self._wait(START_SECONDS, "did not start")
            self._pipe.recv()
            self._ready = True
        self._pipe.send(task)
        self._wait(timeout, "killed")
        answer: Story | Skipped | str = self._pipe.recv()
        self._pages += 1
        self.usable = self._pages < PAGES_PER_WORKER
        return answer

    def _wait(self, seconds: float, what: str) -> None:
        if not self._pipe.poll(seconds):
            self.kill()
            raise TimeoutError(f"{what} after {seconds:g} s")

    def fate(self) -> str:
        """How it ended: `exit code 3`, `SIGSEGV`."""
        self._process.join(1.0)
        code = self._process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def serve(pipe: Connection, function: Extract, memory: int) -> None:
    """The life of a worker: say that it is there, then a page in, a story out, until the pipe closes."""
    _limit(memory)
    pipe.send("ready")
    while True:
        try:
            page, entry, feed, publisher, now = pipe.recv()
        except EOFError:
            return
        pipe.send(_answer(function, page, entry, feed, publisher, now))


def _answer(
    function: Extract, page: Page, entry: Entry, feed: Feed | None, publisher: Publisher, now: datetime
) -> Story | Skipped | str:
    try:
        return function(page, entry, feed, publisher, now=now)
    except MemoryError:
        return "out of memory"
    except Exception as error:  # noqa: BLE001 - whatever a page makes the parsers raise is that entry's failure, by name
        return f"{type(error).__name__}: {error}"


def _limit(memory: int) -> None:
    """Cap the address space, leave Ctrl-C to the owner, die with the owner."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C goes to the whole group: the ingest process decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_owner()


def _die_with_owner() -> None:
    """Have the kernel end this worker when its owner's end of their pipe closes, whatever the worker is doing.

    A worker that waits for work sees the pipe close. One that hangs in a C loop sees nothing, and would keep the fork
    server alive with it; nor does PR_SET_PDEATHSIG help, since a worker's parent is the fork server. SIGIO ends a
    process that has no handler for it (signal(7), fcntl(2): F_SETOWN, O_ASYNC on pipes is Linux's).
    """
    owner = multiprocessing.parent_process()
    if owner is None or sys.platform != "linux":
        return
    pipe = int(owner.sentinel)
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if not owner.is_alive():
        raise SystemExit(1)
