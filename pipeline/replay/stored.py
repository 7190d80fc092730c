"""Tagging again what is stored, as it is stored: after a change of the lexicons or the grammar.

Belongs here: the pass over the index of stories. Does not belong here: reading pages again (`archive`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar

from pipeline.index import Store
from pipeline.records import Story
from pipeline.relate.nearness import Seeds
from pipeline.replay.changes import ReplayReport
from pipeline.tag import Tagger, identity

BATCH = 200
"""Stories tagged and written at a time."""

TAGGED = ("military_supply", "supply_score", "supply_events", "supply", "supply_against", "tags", "tagger")
"""The fields of a story that are the tagger's (`Story.tagged`)."""

T = TypeVar("T")
OnProgress = Callable[[ReplayReport], None]


def replay_index(
    store: Store, *, since: datetime | None = None, diff: bool = False, on_progress: OnProgress | None = None
) -> ReplayReport:
    """Tag every story again, those first seen since an instant or all, and measure it against the seeds.

    In place, each over the version that was read: a story that a run writes meanwhile keeps what that run found, which
    is as fresh. With `diff` nothing is written.

    Raises:
        EngineUnavailable: what was written stays; doing it again finishes it.
    """
    started = time.monotonic()
    report = ReplayReport()
    store.refresh("stories")
    # The seeds first: the stories are measured against their events.
    fresh_seeds = tag_again(store.scan_stories(kind="seed"))
    if not diff:
        store.put_stories(fresh_seeds)
    seeds = Seeds(fresh_seeds)
    for ids in batches((story.id for story in store.scan_stories(kind="article", since=since)), BATCH):
        standing = store.versioned_stories(ids)
        tagged = tag_again(story for story, _ in standing.values())
        stories = [story.model_copy(update={"seed": seeds.near(story)}) for story in tagged]
        for story in stories:
            report.compare(standing[story.id][0], story)
        if not diff:
            # Also those that look the same: each says which tagger it is from.
            written = store.update_stories((story, standing[story.id][1]) for story in stories)
            report.failed |= written.failed
        if on_progress:
            on_progress(report)
    if not diff:
        store.refresh("stories")
    report.seconds = time.monotonic() - started
    return report


def tag_again(stories: Iterable[Story], known: Mapping[str, Story] | None = None) -> list[Story]:
    """The stories with what the tagger says of them now.

    Args:
        known: stories by id whose tags are taken over where this very tagger (version and lexicons) made them of the
            same words; tagging costs more than all the rest of a replay.
    """
    mine = identity()
    kept = list(stories)
    fresh: list[Story] = []
    for story in kept:
        old = (known or {}).get(story.id)
        same = old is not None and (old.tagger, old.title, old.text) == (mine, story.title, story.text)
        fresh.append(story.model_copy(update={name: getattr(old, name) for name in TAGGED}) if same else story)
    wanted = [index for index, story in enumerate(fresh) if story.tagger is None or story.tagger != mine or not known]
    taggings = Tagger.load().tag_many([(fresh[index].title, fresh[index].text) for index in wanted])
    for index, tagging in zip(wanted, taggings, strict=True):
        fresh[index] = fresh[index].tagged(tagging)
    return fresh


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
