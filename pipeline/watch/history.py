"""The archive behind a feed: what the first poll of it does not take on.

Belongs here: which entries of a first body are news. Does not belong here: later polls, where every new entry counts.

Some feeds carry months or years in one document (Bruxelles2). Fetching all of that at the first sight would keep the
outlet busy for hours with pages that are not news. So of a first body the newest 100 entries are queued, and any other
of the last 30 days; the rest enters the ledger as skipped, reason `history`: seen, counted, and replayable.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.records import Entry, EntryState, SkipReason

FIRST_ITEMS = 100
"""More than the whole body of an ordinary feed (20 to 60 items)."""
FIRST_AGE = timedelta(days=30)


def rest(entries: Sequence[Entry], now: datetime) -> tuple[Entry, ...]:
    """The entries of a first body, in the same order, those of the archive at their end already."""
    if len(entries) <= FIRST_ITEMS:
        return tuple(entries)
    # Without a date an entry is as new as its place in the feed says: behind every dated one that stands before it.
    oldest = now
    ages: dict[str, datetime] = {}
    for entry in entries:
        oldest = min(oldest, entry.published_at or oldest)
        ages[entry.id] = entry.published_at or oldest
    newest = {entry_id for entry_id, _ in sorted(ages.items(), key=lambda item: item[1], reverse=True)[:FIRST_ITEMS]}
    return tuple(
        entry
        if entry.id in newest or (now - ages[entry.id] <= FIRST_AGE and entry.published_at)
        else _skipped(entry, now)
        for entry in entries
    )


def _skipped(entry: Entry, now: datetime) -> Entry:
    return entry.model_copy(
        update={"state": EntryState.SKIPPED, "reason": SkipReason.HISTORY, "finished_at": now},
    )
