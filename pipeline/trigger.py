"""The watch inside Airflow: a trigger that polls the feeds and wakes the ingest DAG when there is work.

Belongs here: Airflow's triggerer and asset state, and nothing else of Airflow; this is the only module of the package
that imports it. Does not belong here: polling (`watch`), the state of an entry (`ledger`), what a run does (`dags/`).

The event is a hint: it carries a number and an instant, and losing or doubling one loses nothing, because the run it
wakes drains the ledger and a time schedule stands beside it. What is announced is read from the ledger, not from the
poll: free entries of the queue that changed after the last announcement. So an entry that was recorded before a crash,
that the sweep or a person sent back to the queue, or that another process recorded, is announced as well.

The instant of the last announcement is kept in Airflow's asset state store (3.3), which outlives the triggerer. It is
written one tick after the event, when Airflow has stored it: a crash in between announces once more, never once less.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from pipeline.errors import Fail

if TYPE_CHECKING:
    from pipeline.fetch import Fetcher
    from pipeline.index import Store
    from pipeline.ledger import Ledger
    from pipeline.settings import Settings

log = structlog.get_logger()

TICK_SECONDS = 5.0
"""How often it is asked which feeds are due and what waits in the ledger: two small queries. How often a feed is
polled is the watch's decision, five minutes apart at the least."""

LONGEST_PAUSE_SECONDS = 60.0
"""Between two attempts while the engine is away."""

ANNOUNCED = "announced_until"
"""Key in the asset state store."""

LOOK_SIZE = 500
"""Entries read per look, newest first. More than two runs can hold under lease at once, which are passed over."""


class FeedWatchTrigger(BaseEventTrigger):
    """Polls the due feeds; fires when the ledger has free entries that were not announced yet.

    Settings come from the triggerer's environment, so the tick is all that tells two watchers apart.
    """

    def __init__(self, tick: float = TICK_SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow's
        self.tick = float(tick)
        self._announced: datetime | None = None
        self._down_since: float | None = None
        self._pause = self.tick

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return "pipeline.trigger.FeedWatchTrigger", {"tick": self.tick}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        self._announced = await self._recall()
        while True:
            try:
                async with aclosing(self._watch()) as events:
                    async for event in events:
                        yield event
            except Fail as error:
                # An engine that is away, a key that was revoked, a registry with a wrong line: all of them end by
                # somebody's doing, and the watch must go on by itself then. Anything else is a defect and may end the
                # trigger: Airflow shows the traceback and starts it again.
                self._note_outage(error)
                await asyncio.sleep(self._pause)
                self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    async def _watch(self) -> AsyncGenerator[TriggerEvent, None]:
        """Poll and announce until something fails.

        Raises:
            Fail: the engine, its credentials, the settings or the registry.
        """
        from pipeline import settings as environment
        from pipeline.fetch import Fetcher
        from pipeline.index import Store
        from pipeline.ledger import Ledger

        # The client's own lines, one per request and three per attempt while the engine is away, would drown ours.
        logging.getLogger("elastic_transport").setLevel(logging.ERROR)
        settings = environment.load()
        store = await asyncio.to_thread(Store.open, settings)
        try:
            # A poll must not be the first to write: an index made by a write has guessed mappings.
            await asyncio.to_thread(store.bootstrap, plant_seeds=False)
            ledger = Ledger(store, settings, _utc_now)
            async with Fetcher(settings) as fetcher:
                heard = asyncio.Event()
                polling = asyncio.create_task(self._poll(settings, store, fetcher, heard))
                try:
                    while True:
                        heard.clear()
                        event = await asyncio.to_thread(self._look, ledger)
                        self._note_recovery()
                        if event:
                            yield event
                            # A burst of feeds with news is one event and a second one, not one each.
                            await _first_of(polling, within=self.tick)
                            await self._remember()
                        else:
                            await _first_of(polling, heard=heard, within=self.tick)
                        if polling.done():
                            polling.result()
                finally:
                    polling.cancel()
                    await asyncio.gather(polling, return_exceptions=True)
        finally:
            await asyncio.to_thread(store.close)

    async def _poll(self, settings: Settings, store: Store, fetcher: Fetcher, heard: asyncio.Event) -> None:
        """Poll the due feeds, tick after tick; `heard` is set as soon as one feed had something new.

        The registry is read anew each time, so that an edited row counts without a restart.
        """
        from pipeline import registry as registries
        from pipeline.watch.poll import FeedOutcome, poll_due

        def on_feed(outcome: FeedOutcome) -> None:
            if outcome.new or outcome.changed:
                heard.set()

        while True:
            registry = await asyncio.to_thread(registries.load, settings.feeds)
            await poll_due(registry, store, fetcher, settings=settings, now=_utc_now, on_feed=on_feed)
            await asyncio.sleep(self.tick)

    def _look(self, ledger: Ledger) -> TriggerEvent | None:
        """The event for the free entries that changed after the last announcement; None when there are none."""
        from pipeline.records import EntryState

        since = self._announced
        queued = ledger.entries(states=(EntryState.QUEUED,), since=since, size=LOOK_SIZE)
        changed = [entry.updated_at for entry in queued if entry.lease is None]
        # Elasticsearch compares milliseconds; the records keep microseconds.
        fresh = [instant for instant in changed if since is None or instant > since]
        if not fresh:
            return None
        self._announced = max(fresh)
        payload = {"entries": len(fresh), "until": self._announced.isoformat()}
        return TriggerEvent(payload)  # type: ignore[no-untyped-call]  # Airflow's

    async def _recall(self) -> datetime | None:
        if self.asset_state_store is None:
            return None
        value = await self.asset_state_store.aget(ANNOUNCED)
        return datetime.fromisoformat(value) if isinstance(value, str) else None

    async def _remember(self) -> None:
        if self.asset_state_store is not None and self._announced is not None:
            await self.asset_state_store.aset(ANNOUNCED, self._announced.isoformat())

    def _note_outage(self, error: Fail) -> None:
        """One line when it begins, not one for every attempt."""
        if self._down_since is None:
            self._down_since = time.monotonic()
            log.warning("watch paused", error=error.named)

    def _note_recovery(self) -> None:
        if self._down_since is not None:
            log.warning("watch resumed", seconds=round(time.monotonic() - self._down_since))
        self._down_since, self._pause = None, self.tick


async def _first_of(polling: asyncio.Task[None], *, heard: asyncio.Event | None = None, within: float) -> None:
    """Return when the polling ended, when something was heard, or after `within` seconds."""
    waits: set[asyncio.Task[Any]] = {polling}
    listening = asyncio.create_task(heard.wait()) if heard else None
    if listening:
        waits.add(listening)
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if listening:
            listening.cancel()


def _utc_now() -> datetime:
    return datetime.now(UTC)
