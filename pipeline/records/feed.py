"""A feed as the registry has it, and what the watch knows of it.

Belongs here: both shapes. Does not belong here: reading the registry (`registry`), polling (`watch`).
"""

from __future__ import annotations

from typing import Literal

from pipeline.records.base import Instant, Record


class Feed(Record):
    """One row of the registry: a feed that is watched, or why it is not."""

    id: str
    name: str
    feed_url: str
    site_url: str
    country: str
    """ISO 3166-1 alpha-2 of the outlet, or `EU` or `UN` for the institutions."""
    kind: str
    category: str
    language: str
    publisher: str
    """Id of the publisher: all feeds of one outlet share it."""
    family: str
    """Id of the group that owns the outlet: outlets of one family do not corroborate each other."""
    timezone: str = "Europe/Paris"
    """IANA zone of local times written without one."""
    confidence: str = "medium"
    terms: str = ""
    enabled: bool = True
    disabled_reason: str | None = None
    min_items_per_week: int = 0
    min_dated_share: float = 0.0
    """Share of items, 0..1, that are expected to carry a date."""
    notes: str = ""


class FeedState(Record):
    """What the watch knows of a feed between two polls; stored in the index `feeds` under the feed's id."""

    id: str
    name: str = ""
    country: str = ""
    kind: str = ""
    publisher: str = ""
    url: str
    """The URL to ask next: the registry's until a 301 or 308 rewrote it."""
    url_history: tuple[str, ...] = ()
    registry_url: str = ""
    """The registry's URL when this state was written: a changed registry row starts over from it."""
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    known_ids: tuple[str, ...] = ()
    """Entry ids of the last body, newest first: what the overlap of the next poll is measured against."""
    state: Literal["new", "healthy", "quiet", "failing", "resting", "gone", "disabled"] = "new"
    problems: tuple[str, ...] = ()
    """Broken expectations and oddities of the last poll, each a short code."""
    last_error: str | None = None
    failures: int = 0
    """Failures in a row."""
    last_status: int | None = None
    last_polled_at: Instant | None = None
    last_success_at: Instant | None = None
    last_new_at: Instant | None = None
    newest_item_at: Instant | None = None
    next_poll_at: Instant | None = None
    interval_seconds: float = 0.0
    items_last_poll: int = 0
    dated_share: float | None = None
    items_per_day: float | None = None
    polls: int = 0
    not_modified: int = 0
    bytes_fetched: int = 0
    entries_seen: int = 0
    hub: str | None = None
