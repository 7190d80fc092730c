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
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from pipeline import revisions
from pipeline.alerts import Rule, load_rules, raise_alerts
from pipeline.archive import Archive
from pipeline.errors import IndexRefused, Refused, Retry, Skip, VeilleError
from pipeline.extract import from_feed
from pipeline.fetch import Fetcher
from pipeline.index import Store
from pipeline.ledger import Claimed, Finish, Ledger
from pipeline.records import Alert, Copies, EntryState, Skipped, SkipReason, Story
from pipeline.registry import Registry
from pipeline.relate import copies
from pipeline.relate.nearness import Seeds
from pipeline.settings import Settings
from pipeline.workers import Workers

log = structlog.get_logger()

CONFLICT_ROUNDS = 5
"""How often the group of a story is written anew after somebody else wrote the story first."""

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

    def count(self, story: Story, *, new: bool) -> None:
        """Count a story that was written."""
        self.stories.append(story.id)
        self.new += new
        self.revised += not new
        self.tagged += story.military_supply
        self.events += len(story.supply_events)


@dataclass(frozen=True, slots=True)
class Desk:
    """What an ingest process holds open between batches."""

    settings: Settings
    registry: Registry
    store: Store
    ledger: Ledger
    fetcher: Fetcher
    archive: Archive
    workers: Workers
    seeds: Seeds
    rules: tuple[Rule, ...]
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
    with Archive(settings.home / "archive") as archive:
        async with Workers(settings) as workers, Fetcher(settings) as fetcher:
            yield Desk(
                settings=settings,
                registry=registry,
                store=store,
                ledger=Ledger(store, settings, now),
                fetcher=fetcher,
                archive=archive,
                workers=workers,
                seeds=seeds,
                rules=load_rules(settings.alert_rules),
                now=now,
            )


async def read_batch(desk: Desk, batch: Sequence[Claimed]) -> list[Outcome]:
    """Fetch, archive, extract and tag the entries of a batch, hosts side by side; one outcome for each, in order."""
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
        return await _tag(desk, claimed, story, "from the feed")
    except Skip as error:
        return Outcome(claimed, EntryState.SKIPPED, reason=error.reason, note=str(error))
    except Retry as error:
        return Outcome(claimed, EntryState.FAILED, error=error)
    pointer = await asyncio.to_thread(desk.archive.write, page, entry.id)
    try:
        made = await desk.workers.extract(page, entry, feed, publisher, now=desk.now())
    except Retry as error:
        return Outcome(claimed, EntryState.FAILED, error=error)
    if isinstance(made, Skipped):
        return Outcome(claimed, EntryState.SKIPPED, reason=made.reason, note=made.detail)
    return await _tag(desk, claimed, made.model_copy(update={"archive": pointer}))


async def _tag(desk: Desk, claimed: Claimed, story: Story, note: str = "") -> Outcome:
    """The story tagged, or the error that the tagger ended with."""
    try:
        return Outcome(claimed, EntryState.INDEXED, story=await desk.workers.tag(story), note=note)
    except Retry as error:
        return Outcome(claimed, EntryState.FAILED, error=error)


def index_batch(desk: Desk, outcomes: Sequence[Outcome]) -> IngestReport:
    """Relate and index the stories of a batch, raise its alerts and finish its entries.

    Raises:
        EngineUnavailable: nothing of the batch is finished; its leases run out and it is claimed again.
    """
    drafts = _drafts(outcomes)
    before = desk.store.stories(list(drafts))
    stories, unchanged = _revise(desk, drafts, before)
    related = _relate(desk, stories)
    stories = {id_: story.model_copy(update={"copies": related.copies.get(id_)}) for id_, story in stories.items()}
    # Before the stories are stored: after a crash in between they raise the same alerts, under the same ids, again.
    raised = raise_alerts(desk.store, desk.settings, desk.rules, before, stories.values(), desk.now())
    refused = _store(desk, stories, related.updates)

    report = IngestReport(alerts=list(raised.new), unchanged=len(unchanged))
    settled = [_settle(outcome, before, drafts, refused) for outcome in outcomes]
    report.lost = desk.ledger.finish_many([_finish(outcome) for outcome in settled])
    for outcome in settled:
        report.outcomes[outcome.label] += 1
        entry = outcome.claimed.entry
        log.info("entry", id=entry.id, url=entry.url, outcome=outcome.label, note=outcome.note or None)
    for id_, story in stories.items():
        if id_ not in refused:
            report.count(story, new=id_ not in before)
    return report


def _drafts(outcomes: Sequence[Outcome]) -> dict[str, Story]:
    """The stories of a batch by id; two entries of one story give it once, with the feeds of both."""
    drafts: dict[str, Story] = {}
    for outcome in outcomes:
        if outcome.story is None:
            continue
        first = drafts.get(outcome.story.id)
        drafts[outcome.story.id] = _with_feeds(first, outcome.story.feeds) if first else outcome.story
    return drafts


def _with_feeds(story: Story, feeds: Sequence[str]) -> Story:
    return story.model_copy(update={"feeds": tuple(dict.fromkeys((*story.feeds, *feeds)))})


def _revise(
    desk: Desk, drafts: Mapping[str, Story], before: Mapping[str, Story]
) -> tuple[dict[str, Story], dict[str, Story]]:
    """The stories to write, measured against the seeds and laid over what stands, and those that stand unchanged."""
    stories: dict[str, Story] = {}
    unchanged: dict[str, Story] = {}
    for id_, draft in drafts.items():
        story = draft.model_copy(update={"seed": desk.seeds.near(draft)})
        old = before.get(id_)
        if old is None:
            stories[id_] = story.model_copy(update={"clocks": story.clocks.indexed(desk.now())})
            continue
        revised = revisions.revise(old, story, now=desk.now())
        if revised is not None:
            stories[id_] = revised
        elif set(draft.feeds) - set(old.feeds):
            stories[id_] = _with_feeds(old, draft.feeds)
        else:
            unchanged[id_] = old
    return stories, unchanged


def _relate(desk: Desk, stories: Mapping[str, Story]) -> copies.Related:
    """The copy groups of these stories, with what stands in the index and with each other."""
    if not stories:
        return copies.Related({}, {})
    desk.store.refresh("stories")
    return copies.relate_many(stories.values(), desk.store.stories_by_bands, desk.store.stories_of_groups)


def _store(desk: Desk, stories: Mapping[str, Story], members: Mapping[str, Story]) -> dict[str, str]:
    """Write the stories and their groups' other members; the ids that the index refused, with its reasons."""
    refused = dict(desk.store.put_stories(stories.values()).failed) if stories else {}
    write_groups(desk.store, {id_: story.copies for id_, story in members.items()}, rounds=CONFLICT_ROUNDS)
    return refused


def write_groups(store: Store, groups: Mapping[str, Copies | None], *, rounds: int) -> None:
    """Give stored stories their new copy groups and leave the rest of them as it stands: another run may have revised
    them meanwhile. After a conflict the story is read anew, so often as `rounds` says."""
    waiting = dict(groups)
    for _ in range(rounds):
        if not waiting:
            return
        fresh = store.versioned_stories(list(waiting))
        changes = [
            (story.model_copy(update={"copies": waiting[id_]}), version) for id_, (story, version) in fresh.items()
        ]
        conflicts = store.update_stories(changes).conflicts
        waiting = {id_: group for id_, group in waiting.items() if id_ in conflicts}


def _settle(
    outcome: Outcome, before: Mapping[str, Story], drafts: Mapping[str, Story], refused: Mapping[str, str]
) -> Outcome:
    """The outcome after the story was written, or was found to be another entry's."""
    story, entry = outcome.story, outcome.claimed.entry
    if story is None:
        return outcome
    if story.id in refused:
        error = IndexRefused(refused[story.id], url=entry.url)
        return replace(outcome, state=EntryState.FAILED, story=None, error=error)
    if story.id in (entry.id, entry.story_id):
        return outcome
    # The page says that its address is another one. The first entry to say so has the story, the others are the same.
    if story.id in before or drafts[story.id].url != story.url:
        return replace(outcome, state=EntryState.SKIPPED, reason=SkipReason.SAME_STORY)
    return outcome


def _finish(outcome: Outcome) -> Finish:
    story_id = outcome.story.id if outcome.story else None
    return Finish(outcome.claimed, outcome.state, outcome.reason, outcome.error, story_id)
