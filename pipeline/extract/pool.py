"""Extraction in worker processes that can be killed: a page that hangs or eats memory costs one entry, not the run.

Belongs here: the workers, their limits, and what their death means. Does not belong here: the extraction (`story`).

Workers come from a fork server (https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods):
it has imported trafilatura once, so that a fresh worker after a kill costs milliseconds, and it is a clean process, so
that neither threads nor the tagger's memory of the ingest process are inherited. When the ingest process goes, however
it goes, the server sees its pipe close and ends, and the kernel then kills the workers.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import datetime
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from pipeline.errors import ExtractionFailed, VeilleError
from pipeline.extract.story import extract
from pipeline.records import Entry, Feed, Page, Publisher, Skipped, Story
from pipeline.settings import Settings

TASKS_PER_WORKER = 500
"""After as many pages a worker is replaced, and what libraries leaked goes with it."""

Extract = Callable[..., Story | Skipped]

_PR_SET_PDEATHSIG = 1


class ExtractionPool:
    """A pool of extraction workers; a context manager that leaves no process behind.

    Args:
        settings: `extraction_workers`, `extraction_timeout` (seconds a page), `extraction_memory` (bytes of address
            space a worker; importing trafilatura takes 0.3 GB of it).
        function: what the workers run, importable by name; takes the arguments of `extract`.
    """

    def __init__(self, settings: Settings, function: Extract = extract) -> None:
        self._timeout = settings.extraction_timeout
        self._function = function
        context = multiprocessing.get_context("forkserver")
        # `__main__` too: each worker would import it by itself otherwise, which under Airflow means Airflow.
        context.set_forkserver_preload(["__main__", "pipeline.extract.worker"])
        self._pool = ProcessPool(
            max_workers=settings.extraction_workers,
            max_tasks=TASKS_PER_WORKER,
            initializer=limit_worker,
            initargs=(settings.extraction_memory,),
            context=context,
        )

    def __enter__(self) -> Self:
        # Starts the fork server and the workers while the first pages are still on their way.
        self._pool.schedule(_ready)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill what runs and wait until it is gone."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    async def extract(
        self, page: Page, entry: Entry, feed: Feed | None, publisher: Publisher, *, now: datetime
    ) -> Story | Skipped:
        """`pipeline.extract.extract` in a worker.

        Raises:
            ExtractionFailed: the page took too long or too much memory, or its extraction crashed.
        """
        future = self._pool.schedule(
            self._function, args=(page, entry, feed, publisher), kwargs={"now": now}, timeout=self._timeout
        )
        url = page.final_url
        try:
            made: Story | Skipped = await asyncio.wrap_future(future)
        except (TimeoutError, FutureTimeout):
            raise ExtractionFailed(f"killed after {self._timeout:g} s", url=url) from None
        except ProcessExpired as error:
            raise ExtractionFailed(f"worker died: {error}", url=url) from None
        except MemoryError:
            raise ExtractionFailed("out of memory", url=url) from None
        except (asyncio.CancelledError, CancelledError, VeilleError):
            raise
        except Exception as error:
            # Whatever a page makes the parsers raise: counted as this entry's failure, with its name.
            raise ExtractionFailed(f"{type(error).__name__}: {error}", url=url) from error
        return made


def limit_worker(memory: int) -> None:
    """What a worker does first: cap its address space, leave signals to its owner, die with its parent."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C goes to the whole group: the ingest process decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _ready() -> None:
    """Nothing: running it means that a worker is there."""
