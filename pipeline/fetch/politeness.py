"""One request at a time for each host, and a pause between two, across tasks and processes of one machine.

Belongs here: what counts as one host, and waiting for its turn. Does not belong here: how long the pause is (`robots`
and the settings).

A host's turn is an exclusive `flock` on its file, which holds the instant of the host's last request. The kernel gives
the lock back when a process dies, however it dies. Waiting never blocks the event loop.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from pipeline.urls import registrable_domain

_FIRST_LOOK, _LAST_LOOK = 0.02, 0.25
"""Seconds between two looks at a lock that another process holds, growing from the first to the last."""


class Politeness:
    """Turns at hosts.

    Args:
        folder: where the hosts' files are; made when it is not there. All processes that share it are polite together.
        scope: `domain` (the registrable domain, as `feeds.example.fr` and `www.example.fr` are often one machine) or
            `host`. A host that is no domain, such as an IP address, counts with its port.
    """

    def __init__(self, folder: Path, scope: str = "domain") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._scope = scope
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def scope(self, url: str) -> str:
        """What this URL's host is counted under."""
        parts = urlsplit(url)
        if self._scope == "domain":
            return registrable_domain(url) or parts.netloc
        port = {"http": 80, "https": 443}.get(parts.scheme) if parts.port is None else parts.port
        return f"{parts.hostname}:{port}"

    @asynccontextmanager
    async def turn(self, url: str, delay: float) -> AsyncIterator[None]:
        """Hold the host of this URL, from `delay` seconds after its last request ended until this one has.

        Never ask for a second turn inside one: two tasks could wait for each other.
        """
        scope = self.scope(url)
        async with self._locks[scope]:
            file = os.open(self._folder / quote(scope, safe=""), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                await _lock(file)
                try:
                    if (wait := _wait(file, delay)) > 0:
                        await asyncio.sleep(wait)
                    _stamp(file)  # now too: a process that is killed in its request has made one
                    try:
                        yield
                    finally:
                        _stamp(file)
                finally:
                    # Closing would not do: a process forked meanwhile holds the same lock through its copy.
                    fcntl.flock(file, fcntl.LOCK_UN)
            finally:
                os.close(file)


async def _lock(file: int) -> None:
    pause = _FIRST_LOOK
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LAST_LOOK)


def _wait(file: int, delay: float) -> float:
    """Seconds until `delay` has passed since the last request; at most `delay`, whatever the clock did meanwhile."""
    try:
        last = float(os.pread(file, 32, 0))
    except ValueError:
        return 0.0
    return min(last + delay - time.time(), delay)


def _stamp(file: int) -> None:
    # Of constant length, so that no older digit stays behind it.
    os.pwrite(file, b"%020.6f\n" % time.time(), 0)
