"""Labelled stories and sentences as what is learned from: each pair that a sentence could mean, told or not, and how.

Belongs here: from labels to the sentences that tell them, what is seen of each pair. Does not belong here: fitting to
it (`learn`, `tune`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.tag import Tagger, lexicon
from pipeline.tag.groups import Sentence
from pipeline.tag.weigh import choose, materiel, model, wording
from pipeline.tag.weigh.features import Features
from pipeline.tag.weigh.marking import Marked, marked
from pipeline.tag.weigh.model import Pair
from pipeline.tag.weigh.reading import StoryReading
from pipeline.tag.weigh.sentences import LabelledSentence

Parties = tuple[str | None, str | None]
"""Supplier and recipient."""
Events = dict[Parties, list[Mapping[str, Any]]]
"""Labelled events by the parties that they name."""


@dataclass(frozen=True)
class Told:
    """A sentence that may tell of a supply."""

    story: int
    words: Features
    right: bool


@dataclass(frozen=True)
class Example:
    """A pair of a sentence with its label."""

    story: int
    """Index among the items."""
    sentence: int
    """Index among the sentences told."""
    pair: Pair
    seen: Features
    status: str | None
    """None where the pair is wrong."""
    words: Features
    """For the status; empty where the pair is wrong."""
    marked: Marked
    """As the encoder reads it."""


@dataclass(frozen=True)
class Supplied:
    """A pair that is told, with what could be supplied."""

    story: int
    seen: list[Features]
    """Of each category."""
    right: list[bool]


@dataclass(frozen=True)
class Status:
    """What tells the status of a pair, and the status."""

    words: Features
    status: str


@dataclass
class Labelled:
    """Stories with everything that is seen of them."""

    items: list[dict[str, Any]]
    sentences: list[Told]
    examples: list[Example]
    named: list[frozenset[str]]
    """Parties that each story names."""
    supplied: list[Supplied]


def stories(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The labelled stories of these files."""
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def look(items: Sequence[Mapping[str, Any]]) -> Labelled:
    """Everything that is seen of labelled stories."""
    found = Labelled([dict(item) for item in items], [], [], [], [])
    tagger = Tagger.load()
    for number, item in enumerate(items):
        reading = tagger.understand(item["title"], item["text"])
        if reading is None:
            found.named.append(frozenset())
            continue
        found.named.append(frozenset(party for there in reading.named.values() for party in there))
        for s in model.worth(reading):
            events = events_of(item, s)
            labels = _statuses(events)
            for parties, told in events.items():
                what = _supplied(reading, s, Pair(s.order, *parties), told, alone=len(events) == 1)
                found.supplied.append(Supplied(number, *what))
            found.sentences.append(Told(number, wording.sentence_words(wording.masked(s)), bool(labels)))
            for pair, seen in zip(*model.describe(reading, s), strict=True):
                status = labels.get((pair.supplier, pair.recipient))
                words: Features = {}
                if status is not None:
                    words = wording.status_words(reading, s, pair.supplier, pair.recipient)
                as_read = marked(reading, s, pair.supplier, pair.recipient)
                found.examples.append(Example(number, len(found.sentences) - 1, pair, seen, status, words, as_read))
    return found


def look_at(sentences: Iterable[LabelledSentence]) -> list[Status]:
    """What tells the status in labelled sentences; those with parties that the lexicons do not know are left out."""
    found = []
    tagger, words = Tagger.load(), lexicon.load()
    for one in sentences:
        item = one.item(words)
        if item is None:
            continue
        reading = tagger.understand_sentence(one.text)
        for s in model.worth(reading):
            for (supplier, recipient), status in labels_of(item, s).items():
                found.append(Status(wording.status_words(reading, s, supplier, recipient), status))
    return found


def _supplied(
    reading: StoryReading, s: Sentence, pair: Pair, events: Sequence[Mapping[str, Any]], *, alone: bool
) -> tuple[list[Features], list[bool]]:
    """What is seen of each category that the pair's supply may be of, and whether it is."""
    draft = choose.draft(reading, s, pair, str(events[-1]["status"]), alone=alone)
    categories, seen = materiel.describe(reading, s, draft)
    right = {category for event in events for category in event["materiel"]}
    return seen, [category in right for category in categories]


def labels_of(item: Mapping[str, Any], s: Sentence) -> dict[Parties, str]:
    """Supplier and recipient -> status, of the events whose evidence is this sentence."""
    return _statuses(events_of(item, s))


def _statuses(events: Events) -> dict[Parties, str]:
    return {parties: str(told[-1]["status"]) for parties, told in events.items()}


def events_of(item: Mapping[str, Any], s: Sentence) -> Events:
    """Supplier and recipient -> the events whose evidence is this sentence."""
    found: Events = {}
    for event in item["events"]:
        if _tells(item["text"], event["evidence"], s.start, s.end):
            found.setdefault((event["supplier"], event["recipient"]), []).append(event)
    return found


def _tells(text: str, evidence: str, start: int, end: int) -> bool:
    at = text.find(evidence)
    shared = min(at + len(evidence), end) - max(at, start)
    return at >= 0 and shared >= 0.5 * min(end - start, len(evidence))
