"""Making the stories again from the archived pages, without the network.

Belongs here: which pages make which story, in which order, and filling the new index. Does not belong here: the
extraction itself (`extract`), the new index as an index (`index.rebuild`), alerts: what is replayed is not news.

A story is made from all pages of its entries in the order of their fetching, so that its revisions come out again. What
no page can give is taken from the story that serves now: when it was indexed, and whole stories whose text came from a
feed, or whose page is lost or no longer readable. What another tagger made of a text, or this one of another text, is
tagged anew.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline import revisions, urls
from pipeline.archive import Archive
from pipeline.errors import ArchiveDamaged, BadUrl, ExtractionFailed
from pipeline.extract.single import origin_of
from pipeline.index import Store
from pipeline.index.rebuild import Rebuild, rebuilding
from pipeline.records import ArchivePointer, Entry, Feed, Page, Publisher, Skipped, Story
from pipeline.registry import Registry
from pipeline.relate.nearness import Seeds
from pipeline.replay.changes import ReplayReport
from pipeline.replay.kinship import Kinship
from pipeline.replay.stored import OnProgress, batches, tag_again
from pipeline.settings import Settings
from pipeline.workers import Workers

BATCH = 40
"""Entries whose pages are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One page in the archive."""

    entry_id: str
    fetched_at: datetime
    pointer: ArchivePointer


@dataclass(frozen=True, slots=True)
class Draft:
    """A story as one page gives it."""

    story: Story
    fetched_at: datetime


@dataclass(slots=True)
class _Replay:
    """What a replay holds while it runs."""

    registry: Registry
    archive: Archive
    workers: Workers
    live: Store
    now: Callable[[], datetime]
    report: ReplayReport
    on_progress: OnProgress | None
    seeds: Seeds = field(default_factory=lambda: Seeds(()))
    kin: Kinship | None = None
    """None when nothing is written."""
    made: set[str] = field(default_factory=set)
    """Ids of the stories written so far."""
    read: set[ArchivePointer] = field(default_factory=set)
    """Pages that were read and extracted, whatever came of it."""
    refused: dict[str, str] = field(default_factory=dict)
    """Story id -> why none of its pages gives a story any more."""


def replay_archive(
    settings: Settings,
    registry: Registry,
    live: Store,
    *,
    now: Callable[[], datetime],
    since: datetime | None = None,
    diff: bool = False,
    delete_old: bool = True,
    on_progress: OnProgress | None = None,
) -> ReplayReport:
    """Rebuild the index of stories from the archive and move the alias to it; with `diff`, only say what would change.

    Args:
        since: only entries with a page fetched at this instant or later are made again; the other stories are kept.

    Raises:
        EngineUnavailable, EngineRefused: the old index serves on, as if nothing had been done.
    """
    started, began = now(), time.monotonic()
    report = ReplayReport()
    # What was written last is to be kept as well: `finish` takes over only what is written from now on.
    live.refresh("stories")
    with Archive(settings.home / "archive") as archive, Workers(settings, tagger=False) as workers:
        replay = _Replay(registry, archive, workers, live, now, report, on_progress)
        visits = _visits(archive, since)
        if diff:
            asyncio.run(_replay(replay, visits, None))
        else:
            with rebuilding(live) as rebuild:
                kin = replay.kin = Kinship(rebuild.store)
                asyncio.run(_replay(replay, visits, rebuild))
                rebuild.finish(lambda late: _write_again(kin, rebuild.store, late), started, delete_old=delete_old)
                report.index = rebuild.target
    report.seconds = time.monotonic() - began
    return report


def _visits(archive: Archive, since: datetime | None) -> list[list[Visit]]:
    """The archived pages, those of one entry together and in order; entries in the order of their first page."""
    by_entry: defaultdict[str, list[Visit]] = defaultdict(list)
    for pointer, entry_id, page in archive.scan():
        by_entry[entry_id].append(Visit(entry_id, page.fetched_at, pointer))
    # Each process writes a file of its own: the order of the files is not that of the pages.
    grouped = [sorted(found, key=lambda visit: visit.fetched_at) for found in by_entry.values()]
    wanted = [found for found in grouped if since is None or found[-1].fetched_at >= since]
    return sorted(wanted, key=lambda found: found[0].fetched_at)


async def _replay(replay: _Replay, visits: Sequence[list[Visit]], rebuild: Rebuild | None) -> None:
    seeds = await asyncio.to_thread(lambda: tag_again(replay.live.scan_stories(kind="seed")))
    replay.seeds = Seeds(seeds)
    if rebuild:
        await asyncio.to_thread(rebuild.store.put_stories, seeds)
    settling: asyncio.Task[None] | None = None
    # While the workers read one batch of pages, the batch before it is tagged and written.
    for batch in batches(visits, BATCH):
        drafts = await _read(replay, batch)
        if settling:
            await settling
        settling = asyncio.create_task(asyncio.to_thread(_settle, replay, drafts, rebuild))
    if settling:
        await settling
    await asyncio.to_thread(_keep, replay)


async def _read(replay: _Replay, batch: Sequence[list[Visit]]) -> list[Draft]:
    """The drafts of a batch, in the order of their entries and pages."""
    known = await asyncio.to_thread(replay.live.entries.get, [visits[0].entry_id for visits in batch])

    async def one(visit: Visit) -> Draft | Skipped | None:
        try:
            page = await asyncio.to_thread(replay.archive.read, visit.pointer)
            entry = known.get(visit.entry_id) or _entry_of(page, visit)
            feed, publisher = _origin(entry, replay.registry)
            made = await replay.workers.extract(page, entry, feed, publisher, now=page.fetched_at)
        except (ArchiveDamaged, ExtractionFailed) as error:
            replay.report.failed[visit.entry_id] = error.named
            return None
        replay.read.add(visit.pointer)
        if isinstance(made, Skipped):
            replay.report.skipped[str(made.reason)] += 1
            return made
        return Draft(made.model_copy(update={"archive": visit.pointer}), visit.fetched_at)

    drafts: list[Draft] = []
    made = await asyncio.gather(*(asyncio.gather(*(one(visit) for visit in visits)) for visits in batch))
    for visits, outcomes in zip(batch, made, strict=True):
        replay.report.pages += len(visits)
        drafts += [outcome for outcome in outcomes if isinstance(outcome, Draft)]
        last = outcomes[-1]
        if isinstance(last, Skipped) and all(isinstance(outcome, Skipped) for outcome in outcomes):
            entry = known.get(visits[0].entry_id)
            replay.refused[(entry.story_id if entry else None) or visits[0].entry_id] = str(last.reason)
    return drafts


def _origin(entry: Entry, registry: Registry) -> tuple[Feed | None, Publisher]:
    if entry.feeds:
        return registry.by_id(entry.feeds[0]), registry.publisher(entry.feeds[0])
    return origin_of(entry.url, None, registry)


def _entry_of(page: Page, visit: Visit) -> Entry:
    """The entry of a page that the ledger does not know (any more)."""
    try:
        canonical = urls.canonical_url(page.url)
    except BadUrl:
        canonical = page.url
    at = page.fetched_at
    return Entry(
        id=visit.entry_id,
        url=page.url,
        canonical_url=canonical,
        feeds=(),
        first_seen_at=at,
        last_seen_at=at,
        updated_at=at,
    )


def _settle(replay: _Replay, drafts: Sequence[Draft], rebuild: Rebuild | None) -> None:
    """Tag the drafts of a batch, lay the versions of each story over each other, relate and write them."""
    ids = list(dict.fromkeys(draft.story.id for draft in drafts))
    before = replay.live.stories(ids)
    # Another entry may have given the same story in an earlier batch.
    again = [id_ for id_ in ids if id_ in replay.made]
    stories = rebuild.store.stories(again) if rebuild and again else {}
    for story, draft in zip(tag_again((draft.story for draft in drafts), before), drafts, strict=True):
        standing = stories.get(story.id)
        if standing is None:
            stories[story.id] = _first(story, before.get(story.id), replay.now())
        else:
            revised = revisions.revise(standing, story, now=draft.fetched_at)
            stories[story.id] = revised or _with_feeds(standing, story.feeds)
    for id_, old in before.items():
        # The page of the last version is lost: what it said is kept, rather than what an earlier page says.
        if id_ not in replay.made and old.archive is not None and old.archive not in replay.read:
            stories.pop(id_, None)
    for id_, story in stories.items():
        if id_ not in replay.made:
            replay.report.compare(before.get(id_), story)
    replay.made.update(stories)
    _write(replay, stories.values())


def _first(story: Story, before: Story | None, now: datetime) -> Story:
    """A story's first version: when it was first seen and indexed, and by which feeds, is known from before."""
    if before is None:
        return story.model_copy(update={"clocks": story.clocks.indexed(now)})
    seen = min(story.clocks.first_seen_at, before.clocks.first_seen_at)
    clocks = story.clocks.model_copy(update={"first_seen_at": seen}).indexed(before.clocks.indexed_at or now)
    return _with_feeds(before, story.feeds, story.model_copy(update={"kind": before.kind, "clocks": clocks}))


def _with_feeds(first: Story, feeds: Sequence[str], story: Story | None = None) -> Story:
    return (story or first).model_copy(update={"feeds": tuple(dict.fromkeys((*first.feeds, *feeds)))})


def _keep(replay: _Replay) -> None:
    """Take over, tagged anew, the stories that no page gave and none took away."""
    rest = (story for story in replay.live.scan_stories(kind="article") if story.id not in replay.made)
    for stories in batches(rest, BATCH):
        kept: list[Story] = []
        for story, fresh in zip(stories, tag_again(stories, {story.id: story for story in stories}), strict=True):
            reason = replay.refused.get(story.id)
            if reason is not None and story.extraction.method != "feed":
                replay.report.compare(story, None, reason=reason)
                continue
            kept.append(fresh.model_copy(update={"copies": None}))
            replay.report.compare(story, fresh)
            replay.report.stories["kept"] += 1
        _write(replay, kept)


def _write(replay: _Replay, stories: Iterable[Story]) -> None:
    measured = [story.model_copy(update={"seed": replay.seeds.near(story)}) for story in stories]
    if replay.kin:
        replay.report.failed |= replay.kin.write(measured)
    if replay.on_progress:
        replay.on_progress(replay.report)


def _write_again(kin: Kinship, store: Store, stories: Iterator[Story]) -> None:
    """What a run wrote into the old index meanwhile: it is as fresh as what was made here, and newer."""
    for batch in batches(stories, BATCH):
        store.put_stories([story for story in batch if story.kind == "seed"])
        kin.write([story.model_copy(update={"copies": None}) for story in batch if story.kind != "seed"])
