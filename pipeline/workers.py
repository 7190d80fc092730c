"""Extraction and tagging in worker processes that can be killed: a page that hangs or eats memory costs one entry, not
the run, and as many cores as there are workers do the two stages that cost most.

Belongs here: the workers, their limits, and what their death means. Does not belong here: what they do (`extract`,
`tag`).

Workers come from a fork server (https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods):
it has loaded trafilatura and the tagger once, so that a fresh worker after a kill costs milliseconds and all share the
memory of the models, and it is a clean process, so that no threads are inherited. When the ingest process
goes, however it goes, the kernel ends its workers and the server sees its pipe close.

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
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from pipeline.errors import ExtractionFailed, Fail, TaggingFailed, WorkersUnavailable
from pipeline.extract import extract
from pipeline.records import Entry, Feed, Page, Publisher, Skipped, Story
from pipeline.settings import Settings
from pipeline.tag import tagged

TASKS_PER_WORKER = 1_000
"""After as many tasks a worker is replaced, and what libraries leaked goes with it."""
START_SECONDS = 120.0
"""How long a worker may take to be there once it was forked. The first fork waits for the server's imports."""

Made = TypeVar("Made")
Extract = Callable[..., Story | Skipped]
Tag = Callable[[Story], Story]
Failed = type[ExtractionFailed] | type[TaggingFailed]


class Workers:
    """A pool of workers; a context manager that leaves none of them behind.

    Args:
        settings: `extraction_workers`, `extraction_timeout` (seconds a task), `extraction_memory` (bytes of address
            space a worker, of which what is loaded takes 0.6 GB with the tagger, 0.2 GB without).
        extraction, tagging: what makes a story of a page, and what tags it; importable by name, and like
            `pipeline.extract.extract` and `pipeline.tag.tagged`.
        tagger: whether the fork server loads the tagger, in some four seconds, for all workers to share; without it
            the first `tag` of each worker does. A process has one fork server, which loads what its first `Workers`
            asked for and stays when they are closed.
    """

    def __init__(
        self, settings: Settings, *, extraction: Extract = extract, tagging: Tag = tagged, tagger: bool = True
    ) -> None:
        self._settings = settings
        self._extraction = extraction
        self._tagging = tagging
        self._context = multiprocessing.get_context("forkserver")
        # `__main__` too, where Python knows how: each worker imports it by itself otherwise.
        loaded = ["__main__", "pipeline.extract.worker", *(["pipeline.tag.worker"] if tagger else [])]
        self._context.set_forkserver_preload(loaded)
        # As many threads as workers: a thread that has a task finds an idle worker or may start one.
        self._threads = ThreadPoolExecutor(settings.extraction_workers, thread_name_prefix="worker")
        self._lock = threading.Lock()
        self._starting = threading.Lock()
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

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A thread may be waiting for the fork server: the loop does not.
        await asyncio.to_thread(self.close)

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
            WorkersUnavailable: no worker can be started.
        """
        task = partial(self._extraction, page, entry, feed, publisher, now=now)
        return await self._do(task, ExtractionFailed, page.final_url)

    async def tag(self, story: Story) -> Story:
        """`pipeline.tag.tagged` in a worker.

        Raises:
            TaggingFailed: the story took too long or too much memory, or the tagger crashed over it.
            WorkersUnavailable: no worker can be started, or what the tagger needs is not installed.
            LexiconInvalid: a lexicon file cannot be understood.
        """
        return await self._do(partial(self._tagging, story), TaggingFailed, story.url)

    async def _do(self, task: Callable[[], Made], failed: Failed, url: str) -> Made:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, task, failed, url)

    def _run(self, task: Callable[[], Made], failed: Failed, url: str) -> Made:
        try:
            worker = self._take()
        except _Lost as error:
            raise failed(str(error), url=url) from None
        except (EOFError, OSError) as error:
            raise WorkersUnavailable(f"no worker can be started: {type(error).__name__} {error}".rstrip()) from None
        try:
            return cast(Made, worker.ask(task, self._settings.extraction_timeout))
        except _Lost as error:
            raise failed(str(error), url=url) from None
        except (EOFError, OSError):
            raise failed(f"worker died: {worker.fate()}", url=url) from None
        finally:
            self._put_back(worker)

    def _warm_up(self) -> None:
        """Start one worker more. If that fails, the first page will say so."""
        try:
            worker = self._start()
        except (_Lost, OSError, EOFError):
            return
        with self._lock:
            self._idle.append(worker)

    def _take(self) -> _Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _start(self) -> _Worker:
        # The first start waits for the fork server's imports; nobody else has to wait for that.
        with self._starting:
            worker = None if self._closed else _Worker(self._context, self._settings.extraction_memory)
        with self._lock:
            if worker is not None and not self._closed:
                self._workers.add(worker)
                return worker
        if worker is not None:
            worker.kill()
        raise _Lost("the workers are gone")

    def _put_back(self, worker: _Worker) -> None:
        with self._lock:
            if worker.usable and not self._closed:
                self._idle.append(worker)
                return
            self._workers.discard(worker)
        worker.kill()


class _Lost(Exception):
    """A task that a worker did not finish, and why."""


class _Worker:
    """One worker process and this end of its pipe. Used by one thread at a time; `kill` by any."""

    def __init__(self, context: ForkServerContext, memory: int) -> None:
        self._pipe, its_end = context.Pipe()
        self._process = context.Process(target=serve, args=(its_end, memory), name="veille-worker", daemon=True)
        self._process.start()
        its_end.close()
        self._tasks = 0
        self._ready = False
        self.usable = True

    def ask(self, task: Callable[[], Any], timeout: float) -> Any:
        """What the worker's answer to a task is.

        Raises:
            _Lost: killed after so many seconds, or the task raised.
            Fail: the task found that this run cannot go on.
            EOFError, OSError: it is dead.
        """
        self.usable = False
        if not self._ready:
            self._wait(START_SECONDS, "did not start")
            self._pipe.recv()
            self._ready = True
        self._pipe.send(task)
        self._wait(timeout, "killed")
        made, error = self._pipe.recv()
        self._tasks += 1
        self.usable = self._tasks < TASKS_PER_WORKER
        if isinstance(error, Fail):
            raise error
        if error:
            raise _Lost(error)
        return made

    def _wait(self, seconds: float, what: str) -> None:
        if not self._pipe.poll(seconds):
            self.kill()
            raise _Lost(f"{what} after {seconds:g} s")

    def fate(self) -> str:
        """How it ended: `exit code 3`, `SIGSEGV`."""
        self._process.join(1.0)
        code = self._process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def serve(pipe: Connection, memory: int) -> None:
    """The life of a worker: say that it is there, then a task in, what it made and its error out, until the pipe
    closes."""
    _limit(memory)
    pipe.send("ready")
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(_answer(task))


def _answer(task: Callable[[], Any]) -> tuple[Any, str | Fail]:
    try:
        return task(), ""
    except Fail as error:
        return None, error
    except ImportError as error:
        return None, WorkersUnavailable(f"not installed: {error}")
    except MemoryError:
        return None, "out of memory"
    except Exception as error:  # noqa: BLE001 - whatever a page makes the libraries raise is that entry's failure, by name
        return None, f"{type(error).__name__}: {error}"


def _limit(memory: int) -> None:
    """Cap the address space, leave Ctrl-C to the owner, die with the owner."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    memory = memory if most == resource.RLIM_INFINITY else min(memory, most)
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
