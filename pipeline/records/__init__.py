"""What travels between the stages, and what is stored: frozen records, no behaviour beyond their own consistency.

Belongs here: the shape of feeds, entries, pages, stories, supply events, alerts. Does not belong here: how any of
them is made (the stage that gives it), stored (`index`) or shown (`cli`).

Records that are stored are pydantic models, so that JSON Schema and the mapping in `schemas/` can be held against
them; the ones that only travel are plain dataclasses. Instants are aware datetimes in UTC.

    feed    `Feed`, `FeedState`          supply  `SupplyEvent`, `Evidence`, `Tagging`
    entry   `Entry`, its states          story   `Story`, `Clocks`, `Copies`, `Revision`
    page    `Page`, `ArchivePointer`     alert   `Alert`
"""

from __future__ import annotations

from pipeline.records.alert import Alert
from pipeline.records.base import Instant, Record
from pipeline.records.entry import Entry, EntryState, Lease, SkipReason
from pipeline.records.feed import Feed, FeedState
from pipeline.records.page import ArchivePointer, Page
from pipeline.records.story import (
    Clocks,
    Copies,
    Extraction,
    Publisher,
    Revision,
    SeedNearness,
    Skipped,
    Story,
    Supply,
    TextStats,
)
from pipeline.records.supply import (
    Evidence,
    Materiel,
    Money,
    Plover,
    Quantity,
    Source,
    Status,
    SupplyEvent,
    TaggerVersion,
    Tagging,
)

__all__ = [
    "Alert",
    "ArchivePointer",
    "Clocks",
    "Copies",
    "Entry",
    "EntryState",
    "Evidence",
    "Extraction",
    "Feed",
    "FeedState",
    "Instant",
    "Lease",
    "Materiel",
    "Money",
    "Page",
    "Plover",
    "Publisher",
    "Quantity",
    "Record",
    "Revision",
    "SeedNearness",
    "SkipReason",
    "Skipped",
    "Source",
    "Status",
    "Story",
    "Supply",
    "SupplyEvent",
    "TaggerVersion",
    "Tagging",
    "TextStats",
]
