"""What the command line and the DAGs call: put things in place, poll, drain the ledger, sweep.

Belongs here: opening and closing what a run needs, and the order of the runs' parts. Does not belong here: what happens
to one batch (`ingest`), how a result is shown (`cli`), when Airflow calls it (`dags/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline import registry as registries
from pipeline.fetch import Fetcher
from pipeline.index import Store
from pipeline.ingest import Desk, IngestReport, index_batch, open_desk, read_batch, write_groups
from pipeline.ledger import Ledger, owners
from pipeline.relate import copies
from pipeline.settings import Settings
from pipeline.watch.poll import FeedOutcome, PollReport, poll_due

SIDE_BY_SIDE = timedelta(minutes=15)
"""How far back copies are looked for again: some sweeps long, so that a late one misses nothing."""
ALONE = {"term": {"copies.size": 1}}

OnFeed = Callable[[FeedOutcome], None]
OnBatch = Callable[[IngestReport], None]


def utc_now() -> datetime:
    return datetime.now(UTC)


def bootstrap(settings: Settings) -> dict[str, Any]:
    """Put indices, aliases and the seed article in place. Doing it again changes nothing.

    Raises:
        EngineUnavailable, EngineRefused
    """
    with Store.open(settings) as store:
        return store.bootstrap()


async def poll(
    settings: Settings, *, force: bool = False, on_feed: OnFeed | None = None, now: Callable[[], datetime] = utc_now
) -> PollReport:
    """Poll the feeds that are due, or all of them, and record what is new in the ledger.

    Raises:
        RegistryInvalid, EngineUnavailable: before or between polls; what was recorded stays recorded.
    """
    registry = registries.load(settings.feeds)
    store = await asyncio.to_thread(Store.open, settings)
    try:
        async with Fetcher(settings) as fetcher:
            return await poll_due(registry, store, fetcher, settings=settings, now=now, force=force, on_feed=on_feed)
    finally:
        await asyncio.to_thread(store.close)


def ingest(
    settings: Settings,
    *,
    owner: str | None = None,
    max_entries: int | None = None,
    on_batch: OnBatch | None = None,
    now: Callable[[], datetime] = utc_now,
) -> IngestReport:
    """Drain the ledger: claim, read, index and finish batches until nothing is left, or `max_entries` are done.

    Raises:
        EngineUnavailable, RegistryInvalid: what was finished stays finished; the rest comes back with its leases.
    """
    return asyncio.run(_drain(settings, owner or owners.name("ingest"), max_entries, on_batch, now))


async def _drain(
    settings: Settings,
    owner: str,
    max_entries: int | None,
    on_batch: OnBatch | None,
    now: Callable[[], datetime],
) -> IngestReport:
    registry = registries.load(settings.feeds)
    store = await asyncio.to_thread(Store.open, settings)
    report = IngestReport()
    try:
        ledger = Ledger(store, settings, now)
        await asyncio.to_thread(ledger.take_back, owner)
        if not await asyncio.to_thread(ledger.pending):
            return report
        async with open_desk(settings, registry, store, now) as desk:
            await _drain_desk(desk, owner, max_entries, on_batch, report)
        return report
    finally:
        await asyncio.to_thread(store.close)


async def _drain_desk(
    desk: Desk, owner: str, max_entries: int | None, on_batch: OnBatch | None, report: IngestReport
) -> None:
    """While one batch is indexed in a thread, the next one is read from the network."""

    def settle(done: IngestReport) -> None:
        report.add(done)
        if on_batch:
            on_batch(done)

    claimed = 0
    indexing: asyncio.Task[IngestReport] | None = None
    try:
        while max_entries is None or claimed < max_entries:
            size = (
                desk.settings.batch_size
                if max_entries is None
                else min(desk.settings.batch_size, max_entries - claimed)
            )
            batch = await asyncio.to_thread(desk.ledger.claim, owner, size)
            if not batch and indexing is None:
                break
            claimed += len(batch)
            outcomes = await read_batch(desk, batch) if batch else []
            if indexing is not None:
                done, indexing = indexing, None
                settle(await done)
            if outcomes:
                indexing = asyncio.create_task(asyncio.to_thread(index_batch, desk, outcomes))
    finally:
        if indexing is not None:
            settle(await indexing)


def sweep(settings: Settings, *, now: Callable[[], datetime] = utc_now) -> dict[str, int]:
    """Send due failures and run-out leases back to the queue, and group copies that two runs indexed side by side.

    How many: `requeued`, `released`, `dead`, `regrouped`.

    Raises:
        EngineUnavailable
    """
    with Store.open(settings) as store:
        counts = Ledger(store, settings, now).sweep()
        return counts | {"regrouped": _regroup(store, now() - SIDE_BY_SIDE)}


def _regroup(store: Store, since: datetime) -> int:
    """Two runs that index two copies at the same moment do not see each other's: look again at the latest stories."""
    store.refresh("stories")
    latest = {"bool": {"filter": [{"range": {"clocks.indexed_at": {"gte": since.isoformat()}}}, ALONE]}}
    stories = list(store.scan_stories(kind="article", query=latest))
    related = copies.relate_many(stories, store.stories_by_bands, store.stories_of_groups)
    before = {story.id: story.copies for story in stories}
    changed = {id_: group for id_, group in related.copies.items() if group != before[id_]}
    changed |= {id_: story.copies for id_, story in related.updates.items() if story.copies}
    # One round: a conflict means that another run has just written the story, and its group with it.
    write_groups(store, changed, rounds=1)
    return len(changed)
