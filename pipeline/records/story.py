"""An article as indexed (design, section 3), with all that the stages add to it.

Belongs here: the story and its parts. Does not belong here: making them (`extract`, `relate`, `revisions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.records.base import Instant, Record
from pipeline.records.entry import SkipReason
from pipeline.records.page import ArchivePointer
from pipeline.records.supply import SupplyEvent, TaggerVersion, Tagging


class Publisher(Record):
    id: str
    name: str
    country: str
    kind: str
    family: str


class Clocks(Record):
    """The four clocks of a story, and where the publication instant comes from."""

    published_at: Instant | None = None
    published_precision: Literal["instant", "day", "unknown"] = "unknown"
    published_provenance: Literal["page", "feed", "url"] | None = None
    published_source: str | None = None
    """The very field that was believed: `json-ld`, `meta`, `microdata`, `time`, `feed`, `url`."""
    published_conflict: str | None = None
    """What the other source said, when feed and page differ: `feed 2024-05-01T08:00:00+02:00`."""
    modified_at: Instant | None = None
    first_seen_at: Instant
    indexed_at: Instant | None = None
    discovery_seconds: float | None = None
    """From publication to the first sight in a feed; None unless the publication is known to the instant."""
    indexing_seconds: float | None = None
    """From the first sight to the index."""
    freshness_seconds: float | None = None
    """From publication to the index: what a reader waits. Numbers, because Kibana cannot subtract two dates."""

    def indexed(self, at: datetime) -> Clocks:
        """These clocks when the story enters the index: the first time counts, a new revision keeps it."""
        if self.indexed_at is not None:
            return self
        seen = max(0.0, (at - self.first_seen_at).total_seconds())
        waits: dict[str, object] = {"indexed_at": at, "indexing_seconds": seen}
        if self.published_at is not None and self.published_precision == "instant":
            found = max(0.0, (self.first_seen_at - self.published_at).total_seconds())
            waits |= {"discovery_seconds": found, "freshness_seconds": found + seen}
        return self.model_copy(update=waits)


class TextStats(Record):
    characters: int
    words: int
    paragraphs: int


class Extraction(Record):
    version: str
    """Of Veille's extraction and trafilatura: `1 trafilatura/2.3.1`."""
    method: Literal["page", "feed", "selector", "text"] = "page"


class SeedNearness(Record):
    """How near a story is to the seed articles, 0..1, and why."""

    similarity: float = 0.0
    """The documented score: text and events together, to the nearest seed."""
    text: float = 0.0
    events: float = 0.0
    nearest: str | None = None
    """Story id of the nearest seed."""
    same_dyad: bool = False
    related: tuple[str, ...] = ()
    """Event relations found: `same-dyad`, `reversed-dyad`, `same-supplier`, `same-recipient`, `same-materiel`."""


class Copies(Record):
    """The group of copies a story belongs to."""

    group: str
    """Id of the group: the id of its first known story."""
    of: str | None = None
    """Story id of the original, None for the original itself and for a story without copies."""
    share: float = 0.0
    """Share of this story's words that stand in passages of the original, 0..1."""
    agency: str | None = None
    """`AFP`, `Reuters`, ... where the text or its authors say so."""
    size: int = 1
    independent_sources: int = 1
    """Outlets of different families in the group whose text is not copied from another member."""
    bands: tuple[str, ...] = ()
    """Lookup keys of the text, for finding candidates."""


class Revision(Record):
    """What changed when a story was seen again."""

    revision: int
    at: Instant
    title_before: str | None = None
    text_ratio: float = 1.0
    """Similarity of the two texts, 0..1 (difflib ratio on words)."""
    events_gained: tuple[str, ...] = ()
    events_lost: tuple[str, ...] = ()
    events_altered: tuple[str, ...] = ()
    archive: ArchivePointer | None = None
    """The page before the change."""


class Supply(Record):
    """Flat copies of the events' fields, for Kibana, which cannot chart nested documents."""

    dyads: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    materiel: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """The evidence sentences, first of each event."""
    dyad_status: tuple[str, ...] = ()
    """`KP→RU delivered`."""
    alleged: bool = False
    """All events are hearsay."""

    @classmethod
    def of(cls, events: tuple[SupplyEvent, ...]) -> Supply:
        """The flat fields of these events, each value once, in the events' order."""

        def once(values: list[str]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(values))

        return cls(
            dyads=once([e.dyad for e in events]),
            suppliers=once([e.supplier for e in events if e.supplier]),
            recipients=once([e.recipient for e in events if e.recipient]),
            materiel=once([m for e in events for m in e.materiel]),
            status=once([e.status for e in events]),
            systems=once([s for e in events for s in e.systems]),
            sources=once([e.source.text for e in events if e.source]),
            evidence=once([e.evidence[0].sentence for e in events if e.evidence]),
            dyad_status=once([f"{e.dyad} {e.status}" for e in events]),
            alleged=bool(events) and all(e.alleged for e in events),
        )


class Story(Record):
    """An article as indexed (design, section 3); stored in the index `stories`."""

    id: str
    kind: Literal["article", "seed"] = "article"
    url: str
    canonical_url: str
    title: str
    summary: str = ""
    text: str
    language: str = "fr"
    authors: tuple[str, ...] = ()
    """Persons only; agencies are in `agencies`."""
    agencies: tuple[str, ...] = ()
    publisher: Publisher
    feeds: tuple[str, ...] = ()
    section: str | None = None
    keywords: tuple[str, ...] = ()
    image: str | None = None
    clocks: Clocks
    access: Literal["full", "summary", "paywalled"] = "full"
    text_stats: TextStats
    archive: ArchivePointer | None = None
    extraction: Extraction
    revision: int = 1
    history: tuple[Revision, ...] = ()
    military_supply: bool = False
    supply_score: float = 0.0
    supply_events: tuple[SupplyEvent, ...] = ()
    supply: Supply = Supply()
    supply_against: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    tagger: TaggerVersion | None = None
    seed: SeedNearness = SeedNearness()
    copies: Copies | None = None

    def tagged(self, tagging: Tagging) -> Story:
        """This story with the tagger's answer in it."""
        return self.model_copy(
            update={
                "military_supply": tagging.military_supply,
                "supply_score": tagging.score,
                "supply_events": tagging.events,
                "supply": Supply.of(tagging.events),
                "supply_against": tagging.against,
                "tags": tagging.tags,
                "tagger": tagging.tagger,
            }
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """A page that gives no story, and why."""

    reason: SkipReason
    detail: str = ""
