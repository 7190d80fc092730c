"""From claimed entries to indexed stories: one batch through fetch, archive, extract, tag, relate and index.

Belongs here: the order of the stages, what is held open between batches, and which outcome each entry ends in. Does
not belong here: how a stage does its work (its own module), which entries are due (`ledger`) or when to run (`flow`).

The order keeps what a crash must not lose: the page is durable in the archive before its story is indexed, and the
story is indexed before its entry is finished. A batch that dies in between is claimed again when its leases run out;
story ids come from the URL, so doing it twice writes the same document.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from pipeline import alerts, revisions
from pipeline.archive import Archive
from pipeline.errors import Refused, Retry, Skip, VeilleError
from pipeline.extract import from_feed
from pipeline.extract.pool import ExtractionPool
from pipeline.fetch import Fetcher
from pipeline.index import Store
from pipeline.ledger import Claimed, Ledger
from pipeline.records import Alert, EntryState, Page, Skipped, SkipReason, Story
from pipeline.registry import Registry
from pipeline.relate import copies
from pipeline.relate.nearness import Seeds
from pipeline.settings import Settings
from pipeline.tag import Tagger

log = structlog.get_logger()

MEDIA_SKIPS = {"audio": SkipReason.AUDIO, "video": SkipReason.VIDEO, "live": SkipReason.LIVE}

LEASE_SHARE = 0.5
"""Share of a lease that a batch may spend on reading pages; entries not reached by then go back to the queue."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claimed entry: a story, a reason, an error, or back to the queue."""

    claimed: Claimed
    state: EntryState
    story: Story | None = None
    reason: SkipReason | None = None
    error: VeilleError | None = None
    note: str = ""
    """What else a person would want to know: `revised`, `unchanged`, the detail of a skip."""

    @property
    def label(self) -> str:
        """How it is counted: `indexed`, `skipped: too-short`, `failed: TimedOut`."""
        if self.reason:
            return f"skipped: {self.reason}"
        if self.error:
            return f"failed: {type(self.error).__name__}"
        return str(self.state)


@dataclass(slots=True)
class IngestReport:
    """What a run did, counted. Reports add up over batches."""

    outcomes: Counter[str] = field(default_factory=Counter)
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    tagged: int = 0
    events: int = 0
    lost: int = 0
    """Entries whose lease ran out while they were worked on: another run has them."""
    alerts: list[Alert] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    """Ids of the stories written, new and revised."""

    def add(self, other: IngestReport) -> None:
        self.outcomes += other.outcomes
        self.new += other.new
        self.revised += other.revised
        self.unchanged += other.unchanged
        self.tagged += other.tagged
        self.events += other.events
        self.lost += other.lost
        self.alerts += other.alerts
        self.stories += other.stories


@dataclass(frozen=True, slots=True)
class Desk:
    """What an ingest process holds open between batches."""

    settings: Settings
    registry: Registry
    store: Store
    ledger: Ledger
    fetcher: Fetcher
    archive: Archive
    pool: ExtractionPool
    seeds: Seeds
    rules: tuple[alerts.Rule, ...]
    now: Callable[[], datetime]


@asynccontextmanager
async def open_desk(
    settings: Settings, registry: Registry, store: Store, now: Callable[[], datetime]
) -> AsyncIterator[Desk]:
    """Open what a run of batches needs, and close it after.

    Raises:
        EngineUnavailable: the seeds cannot be read.
    """
    seeds = await asyncio.to_thread(Seeds.load, store)
    with ExtractionPool(settings) as pool, Archive(settings.home / "archive") as archive:
        async with Fetcher(settings) as fetcher:
            yield Desk(
                settings=settings,
                registry=registry,
                store=store,
                ledger=Ledger(store, settings, now),
                fetcher=fetcher,
                archive=archive,
                pool=pool,
                seeds=seeds,
                rules=alerts.load_rules(),
                now=now,
            )


async def read_batch(desk: Desk, batch: Sequence[Claimed]) -> list[Outcome]:
    """Fetch, archive and extract the entries of a batch, hosts side by side; one outcome for each, in order."""
    deadline = asyncio.get_running_loop().time() + desk.settings.lease_seconds * LEASE_SHARE
    return list(await asyncio.gather(*(_read(desk, claimed, deadline) for claimed in batch)))


async def _read(desk: Desk, claimed: Claimed, deadline: float) -> Outcome:
    entry = claimed.entry
    if entry.media in MEDIA_SKIPS:
        return Outcome(claimed, EntryState.SKIPPED, reason=MEDIA_SKIPS[entry.media])
    feed = desk.registry.by_id(entry.feeds[0])
    publisher = desk.registry.publisher(entry.feeds[0])
    try:
        async with asyncio.timeout_at(deadline):
            page = await desk.fetcher.page(entry.url)
    except TimeoutError:
        return Outcome(claimed, EntryState.QUEUED, note="not reached in this batch")
    except Refused as error:
        story = from_feed(entry, feed, publisher, now=desk.now())
        if isinstance(story, Skipped):
            return Outcome(claimed, EntryState.FAILED, error=error)
        return Outcome(claimed, EntryState.INDEXED, story=story, note="from the feed")
    except Skip as error:
        return Outcome(claimed, EntryState.SKIPPED, reason=error.reason, note=str(error))
    except Retry as error:
        return Outcome(claimed, EntryState.FAILED, error=error)
    pointer = await asyncio.to_thread(desk.archive.write, page, entry.id)
    try:
        made = await desk.pool.extract(page, entry, feed, publisher, now=desk.now())
    except Retry as error:
        return Outcome(claimed, EntryState.FAILED, error=error)
    if isinstance(made, Skipped):
        return Outcome(claimed, EntryState.SKIPPED, reason=made.reason, note=made.detail)
    return Outcome(claimed, EntryState.INDEXED, story=made.model_copy(update={"archive": pointer}))


def index_batch(desk: Desk, outcomes: Sequence[Outcome]) -> IngestReport:
    """Tag, relate and index the stories of a batch, finish its entries and raise its alerts.

    Raises:
        EngineUnavailable: nothing of the batch is finished; its leases run out and it is claimed again.
    """
    report = IngestReport()
    drafts = {o.story.id: o.story for o in outcomes if o.story}
    before = desk.store.stories(list(drafts))
    finished = _tag_and_relate(desk, drafts, before)
    kept = {**finished.stories, **finished.members}
    refused = desk.store.put_stories(kept.values()).failed if kept else {}

    settled = [_settle(outcome, finished, refused) for outcome in outcomes]
    report.lost = desk.ledger.finish_many([_finish(outcome) for outcome in settled])
    for outcome in settled:
        report.outcomes[outcome.label] += 1
        if outcome.state is not EntryState.INDEXED:
            log.info("entry", id=outcome.claimed.entry.id, outcome=outcome.label, note=outcome.note or None)
    report.unchanged = len(finished.unchanged)
    for story in finished.stories.values():
        if story.id in refused:
            continue
        report.stories.append(story.id)
        report.revised += story.id in before
        report.new += story.id not in before
        report.tagged += story.military_supply
        report.events += len(story.supply_events)
    report.alerts = _alert(desk, before, [s for s in finished.stories.values() if s.id not in refused])
    return report
