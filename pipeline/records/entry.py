"""An entry of the ledger: an article as feeds announced it, and what became of it.

Belongs here: its shape, its states, the reasons for leaving it out. Does not belong here: the transitions (`ledger`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pipeline.records.base import Instant, Record


class EntryState(StrEnum):
    """Where an entry stands; `indexed`, `skipped` and `dead` are ends, `queued` and `failed` are not."""

    QUEUED = "queued"
    INDEXED = "indexed"
    SKIPPED = "skipped"
    FAILED = "failed"
    DEAD = "dead"


class Lease(Record):
    """Who works on a queued entry, and until when nobody else may."""

    owner: str
    until: Instant


class Entry(Record):
    """One article as announced by one or more feeds, and what became of it; stored in the index `entries`.

    The id is that of the story it may become: `urls.entry_id(canonical_url)`.
    """

    id: str
    url: str
    """The link to fetch, as the feed gave it, resolved."""
    canonical_url: str
    title: str = ""
    summary: str = ""
    content: str | None = None
    """The article's own HTML, where the feed carries the full text (content:encoded, atom:content)."""
    author: str | None = None
    feeds: tuple[str, ...]
    """Ids of all feeds that carried it, in the order in which they did."""
    guid: str | None = None
    media: Literal["article", "audio", "video", "live"] = "article"
    categories: tuple[str, ...] = ()
    published_at: Instant | None = None
    published_precision: Literal["instant", "day", "unknown"] = "unknown"
    date_problem: str | None = None
    """`future` (clamped), `unparsable`, or none."""
    first_seen_at: Instant
    last_seen_at: Instant
    fingerprint: str = ""
    """Digest of the feed's title, summary and content: a change asks for a refetch."""
    state: EntryState = EntryState.QUEUED
    reason: str | None = None
    """Why it was skipped: a `SkipReason`."""
    error: str | None = None
    """`Name: message` of the error of the last attempt, and None after a success."""
    attempts: int = 0
    next_attempt_at: Instant | None = None
    lease: Lease | None = None
    lost_leases: int = 0
    """How many times whoever worked on it was gone before it ended: not its fault, so no attempt, but bounded too."""
    updated_at: Instant
    finished_at: Instant | None = None
    """When it reached its present end."""
    story_id: str | None = None
    """The story it became: its own id, or that of the page's own canonical URL where they differ."""
    refetches: int = 0
    """How many times a change in the feed sent it back to the queue."""


class SkipReason(StrEnum):
    """Why an entry was not indexed. Every skipped entry has one; they are counted."""

    TOO_SHORT = "too-short"
    BOILERPLATE = "boilerplate"
    CONSENT_WALL = "consent-wall"
    NO_TEXT = "no-text"
    NOT_HTML = "not-html"
    LIVE = "live-page"
    VIDEO = "video-page"
    AUDIO = "audio-page"
    OTHER_LANGUAGE = "other-language"
    GONE = "gone"
    ROBOTS = "robots"
    ADDRESS = "address-refused"
    TOO_LARGE = "too-large"
    BAD_URL = "bad-url"
    UNCHANGED = "unchanged"
    HISTORY = "history"
    """Older than what the first poll of a feed takes on; `veille ledger --retry` does."""
    SAME_STORY = "same-story"
    """The page's own canonical URL is that of another entry, which has the story."""
