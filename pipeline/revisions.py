"""What is new when a story is seen again: nothing that matters, or a revision.

Belongs here: comparing two versions of one story, and writing the history. Does not belong here: when an entry is read
again (`ledger`), how it is stored (`index`).

A change is a change of what the article says. Counters, adverts, headings, dates of publication, punctuation, quotes
and capitals are not: paragraphs are compared without them, and a paragraph that is no sentence does not count. An
article that was whole and is now behind a paywall, or comes from the feed alone, has not changed either: what was read
stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from pipeline.extract.furniture import fold
from pipeline.records import Clocks, Revision, Story, SupplyEvent

_SENTENCE = re.compile(r"""[.!?…][»"”')\]]*$""")
FEWEST_WORDS = 5
"""Words that make a sentence; `254 partages.` has two."""
MANY_WORDS = 4_000
"""From so many differing words on, difflib's shortcut for frequent words is taken: exact figures would take seconds."""


@dataclass(frozen=True, slots=True)
class EventChanges:
    """How the supply events of two versions differ, each as `KP→RU delivered ammunition`."""

    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    """Same supplier and recipient, something else: `KP→RU pledged ammunition => delivered ammunition`."""

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost or self.altered)


def revise(old: Story, new: Story, *, now: datetime) -> Story | None:
    """The new version with its place in the story's history, or None when nothing changed.

    Both are versions of one story, tagged. Kept from the old one: what it is (`kind`), its feeds, when it was first
    seen, indexed and published.
    """
    if not changed(old, new):
        return None
    # Another tagger would find other events in the same text: that is not the article's doing.
    events = compare_events(old.supply_events, new.supply_events) if old.tagger == new.tagger else EventChanges()
    entry = Revision(
        revision=old.revision + 1,
        at=now,
        title_before=old.title if old.title != new.title else None,
        text_ratio=text_ratio(old.text, new.text),
        events_gained=events.gained,
        events_lost=events.lost,
        events_altered=events.altered,
        archive=old.archive,
    )
    return new.model_copy(
        update={
            "id": old.id,
            "kind": old.kind,
            "feeds": tuple(dict.fromkeys((*old.feeds, *new.feeds))),
            "clocks": _clocks(old.clocks, new.clocks),
            "revision": entry.revision,
            "history": (*old.history, entry),
            # Until the new text is related: the group that the story may leave.
            "copies": old.copies,
        }
    )


def changed(old: Story, new: Story) -> bool:
    """Whether the article says something else now."""
    if _is_less_of_the_same(old, new):
        return False
    if fold(old.title) != fold(new.title):
        return True
    return _sentences(old.text) != _sentences(new.text)


def text_ratio(before: str, after: str) -> float:
    """Similarity of two texts, 0..1: twice the words in common, in order, over all words."""
    a, b = before.split(), after.split()
    total = len(a) + len(b)
    if not total:
        return 1.0
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    inner_a, inner_b = a[start : len(a) - end], b[start : len(b) - end]
    matcher = SequenceMatcher(None, inner_a, inner_b, autojunk=len(inner_a) + len(inner_b) > MANY_WORDS)
    common = start + end + sum(block.size for block in matcher.get_matching_blocks())
    return round(2 * common / total, 4)


def compare_events(before: Sequence[SupplyEvent], after: Sequence[SupplyEvent]) -> EventChanges:
    """Which events came, went, or are told otherwise."""
    gone = list(before)
    came: list[SupplyEvent] = []
    for event in after:
        same = next((other for other in gone if _facts(other) == _facts(event)), None)
        if same is None:
            came.append(event)
        else:
            gone.remove(same)
    altered: list[str] = []
    gained: list[str] = []
    for event in came:
        other = next((o for o in gone if o.dyad == event.dyad), None)
        if other is None:
            gained.append(f"{event.dyad} {_told(event)}")
        else:
            gone.remove(other)
            altered.append(f"{event.dyad} {_told(other)} => {_told(event)}")
    return EventChanges(tuple(gained), tuple(f"{e.dyad} {_told(e)}" for e in gone), tuple(altered))


def _facts(event: SupplyEvent) -> tuple[object, ...]:
    return (event.dyad, event.status, frozenset(event.materiel), event.alleged, event.quantity, event.value)


def _told(event: SupplyEvent) -> str:
    parts: list[str] = [event.status, *event.materiel]
    if event.quantity is not None:
        parts.append(f"{event.quantity.value:g} {event.quantity.unit}")
    if event.value is not None:
        parts.append(f"{event.value.amount:g} {event.value.currency}")
    return " ".join([*parts, "(alleged)"] if event.alleged else parts)


def _sentences(text: str) -> Counter[str]:
    """The paragraphs that say something, folded; their order does not matter, as boxes wander."""
    lines = (line.strip() for line in text.split("\n"))
    return Counter(fold(line) for line in lines if len(line.split()) >= FEWEST_WORDS and _SENTENCE.search(line))


def _is_less_of_the_same(old: Story, new: Story) -> bool:
    closed = old.access == "full" and new.access != "full"
    from_feed = old.extraction.method != "feed" and new.extraction.method == "feed"
    if new.access == "summary" and old.access != "summary":
        return True
    if not (closed or from_feed):
        return False
    kept = fold(old.text)
    return len(new.text) < len(old.text) and all(line in kept for line in _sentences(new.text))


def _clocks(old: Clocks, new: Clocks) -> Clocks:
    """The first sight and the first publication count; a later date on the page is that of the change."""
    published = {}
    redated = (
        old.published_precision == "instant"
        and old.published_at is not None
        and (new.published_at is None or new.published_precision != "instant" or new.published_at > old.published_at)
    )
    if redated:
        names = (
            "published_at",
            "published_precision",
            "published_provenance",
            "published_source",
            "published_conflict",
        )
        published = {name: getattr(old, name) for name in names}
    waits = ("indexed_at", "discovery_seconds", "indexing_seconds", "freshness_seconds")
    modified = new.modified_at or old.modified_at
    if redated and new.modified_at is None and new.published_precision == "instant":
        modified = new.published_at
    return new.model_copy(
        update=published
        | {name: getattr(old, name) for name in waits}
        | {"first_seen_at": min(old.first_seen_at, new.first_seen_at), "modified_at": modified}
    )
