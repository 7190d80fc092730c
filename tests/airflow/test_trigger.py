"""The trigger by itself, without Airflow around it: on a real engine and a real newsroom."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from airflow.triggers.base import BaseEventTrigger, TriggerEvent
from structlog.testing import capture_logs

from pipeline.index import Store
from pipeline.ledger import Ledger
from pipeline.newsroom import Newsroom
from pipeline.records import EntryState
from pipeline.settings import Settings
from pipeline.trigger import ANNOUNCED, FeedWatchTrigger

TICK = 0.05
WINDOW = 0.6
"""Seconds: some ten rounds, each of them long enough for an announcement."""
PATIENCE = 30.0


def utc_now() -> datetime:
    return datetime.now(UTC)


class Memory:
    """Airflow's asset state store as the trigger uses it."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    async def aget(self, key: str) -> Any:
        return self.values.get(key)

    async def aset(self, key: str, value: Any) -> None:
        self.values[key] = value


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as room:
        yield room


@pytest.fixture
def watched(
    settings: Settings, store: Store, newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """The settings as the triggerer's environment gives them: this newsroom, every feed due at every tick."""
    variables = {
        "HOME": settings.home,
        "ELASTICSEARCH_URL": settings.elasticsearch_url,
        "INDEX_PREFIX": settings.index_prefix,
        "FEEDS": newsroom.write_registry(tmp_path / "feeds.csv"),
        "ALLOW_PRIVATE_HOSTS": newsroom.allow_hosts,
        "HOST_DELAY": 0,
        "POLL_MIN_SECONDS": TICK,
        "POLL_MAX_SECONDS": TICK,
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"VEILLE_{name}", str(value))
    return settings


@asynccontextmanager
async def running(memory: Memory) -> AsyncIterator[asyncio.Queue[TriggerEvent]]:
    """A trigger at work, as the triggerer runs it: one task over its generator; its events."""
    trigger = FeedWatchTrigger(TICK)
    trigger.asset_state_store = memory  # type: ignore[assignment]
    events: asyncio.Queue[TriggerEvent] = asyncio.Queue()

    async def drive() -> None:
        async for event in trigger.run():
            events.put_nowait(event)

    task = asyncio.create_task(drive())
    try:
        yield events
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def first(events: asyncio.Queue[TriggerEvent]) -> Any:
    async with asyncio.timeout(PATIENCE):
        return (await events.get()).payload


async def quiet(events: asyncio.Queue[TriggerEvent], memory: Memory) -> None:
    """Return when all is announced and remembered; what came meanwhile is thrown away."""
    async with asyncio.timeout(PATIENCE):
        while True:
            before = memory.values.get(ANNOUNCED)
            while not events.empty():
                events.get_nowait()
            await asyncio.sleep(WINDOW)
            if events.empty() and before and memory.values[ANNOUNCED] == before:
                return


def work_off(settings: Settings, store: Store) -> int:
    """Give everything that waits an outcome."""
    ledger, done = Ledger(store, settings, utc_now), 0
    while batch := ledger.claim("a-test", 200):
        for claimed in batch:
            ledger.finish(claimed, state=EntryState.SKIPPED, reason="no-text")
            done += 1
    return done


def test_two_watchers_of_the_same_tick_are_one_trigger() -> None:
    serialized = [FeedWatchTrigger(5).serialize(), FeedWatchTrigger(5.0).serialize()]

    assert serialized[0] == serialized[1] == ("pipeline.trigger.FeedWatchTrigger", {"tick": 5.0})
    assert len({BaseEventTrigger.hash(*one) for one in serialized}) == 1
    assert BaseEventTrigger.hash(*FeedWatchTrigger(6).serialize()) != BaseEventTrigger.hash(*serialized[0])


def test_a_trigger_can_be_made_again_from_what_it_serializes() -> None:
    _, arguments = FeedWatchTrigger(7).serialize()

    assert FeedWatchTrigger(**arguments).tick == 7.0


async def test_it_polls_announces_with_a_number_and_an_instant_and_then_is_silent(watched: Settings) -> None:
    memory = Memory()
    async with running(memory) as events:
        payload = await first(events)
        await quiet(events, memory)

    assert set(payload) == {"entries", "until"}
    assert payload["entries"] > 0
    assert memory.values[ANNOUNCED] >= payload["until"]


async def test_a_new_article_is_announced_once(watched: Settings, newsroom: Newsroom, store: Store) -> None:
    memory = Memory()
    async with running(memory) as events:
        await first(events)
        await quiet(events, memory)
        newsroom.invent(1)

        assert (await first(events))["entries"] == 1
        await asyncio.sleep(WINDOW)
        assert events.empty()


async def test_a_restart_does_not_announce_what_is_known(watched: Settings, newsroom: Newsroom) -> None:
    memory = Memory()
    async with running(memory) as events:
        await first(events)
        await quiet(events, memory)

    asked = len(newsroom.requests)
    async with running(memory) as events:
        await asyncio.sleep(2 * WINDOW)
        assert events.empty()
    assert len(newsroom.requests) > asked, "it did not poll at all"


async def test_what_was_recorded_and_not_announced_before_a_crash_is_announced(
    watched: Settings, newsroom: Newsroom, store: Store
) -> None:
    """The crash comes between the ledger's write and the event: the next trigger finds an entry it did not record."""
    memory = Memory()
    async with running(memory) as events:
        await first(events)
        await quiet(events, memory)
    await asyncio.to_thread(work_off, watched, store)
    ledger = Ledger(store, watched, utc_now)
    known = (await asyncio.to_thread(ledger.entries, size=1))[0]
    lost = known.model_copy(
        update={"id": "0" * 32, "state": EntryState.QUEUED, "first_seen_at": utc_now(), "updated_at": utc_now()}
    )
    await asyncio.to_thread(ledger.record, [lost])

    async with running(memory) as events:
        assert (await first(events))["entries"] == 1


async def test_what_a_person_sends_back_to_the_queue_is_announced(watched: Settings, store: Store) -> None:
    memory = Memory()
    ledger = Ledger(store, watched, utc_now)
    async with running(memory) as events:
        await first(events)
        await quiet(events, memory)
        await asyncio.to_thread(work_off, watched, store)
        one = (await asyncio.to_thread(ledger.entries, size=1))[0]
        while not events.empty():
            events.get_nowait()

        assert await asyncio.to_thread(ledger.retry, one.id) == 1
        assert (await first(events))["entries"] == 1


async def test_what_a_run_holds_is_not_announced(watched: Settings, store: Store, newsroom: Newsroom) -> None:
    """A claim changes an entry, and is no news."""
    memory = Memory()
    async with running(memory) as events:
        await first(events)
        await quiet(events, memory)
        ledger = Ledger(store, watched, utc_now)
        assert await asyncio.to_thread(ledger.claim, "a-run", 5)
        await asyncio.sleep(WINDOW)
        assert events.empty()


class Road:
    """The way to the engine, which can be closed and opened: a port that forwards, or refuses."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listening: socket.socket | None = None
        self._carrying: set[socket.socket] = set()
        self.port = 0

    def open(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def close(self) -> None:
        assert self._listening is not None
        # Closing alone does not wake a thread that waits in accept.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in list(self._carrying):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(self._target)
                self._carrying |= {near, far}
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pour, args=(source, sink), daemon=True).start()

    def _pour(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        self._carrying.discard(source)
        source.close()


async def test_an_engine_that_is_away_pauses_the_watch_and_is_told_once(
    watched: Settings,
    newsroom: Newsroom,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert watched.elasticsearch_url is not None
    road, memory = Road(watched.elasticsearch_url), Memory()
    road.open()
    monkeypatch.setenv("VEILLE_ELASTICSEARCH_URL", f"http://127.0.0.1:{road.port}")
    monkeypatch.setattr("pipeline.trigger.LONGEST_PAUSE_SECONDS", 2 * TICK)
    with capture_logs() as lines:
        async with running(memory) as events:
            await first(events)
            await quiet(events, memory)

            road.close()
            await asyncio.sleep(2 * WINDOW)
            newsroom.invent(1)
            road.open()

            assert (await first(events))["entries"] == 1
        road.close()

    told = [line["event"] for line in lines if line["event"].startswith("watch ")]
    assert told == ["watch paused", "watch resumed"]
