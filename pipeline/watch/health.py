"""Is a feed well? Broken expectations and oddities as short codes, and the state that follows from them.

Belongs here: judging what a poll brought against what the registry expects. Does not belong here: faults of single
items (`parse` names them) and failures to get an answer (`schedule`).

Codes beside those of `parse`:

    too-few-items    fewer items a week than the registry expects (`min_items_per_week`)
    undated          a smaller share of dated items than the registry expects (`min_dated_share`)
    stale            the newest item is old: 14 days where items are expected every week, half a year elsewhere
    overlap-lost     nothing of the body was known from the one before: items may have come and gone unseen
    no-validators    neither ETag nor Last-Modified: every poll costs a whole body
    moved            a permanent redirect: the registry's URL is out of date
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from pipeline.records import Entry, Feed
from pipeline.watch.parse import ParsedFeed

WEEK = timedelta(days=7)
STALE_AFTER = timedelta(days=14)
"""Two editions of a weekly page: longer than any holiday gap of a feed that is expected to bring items each week."""
STALE_SLOW_AFTER = timedelta(days=182)
"""For feeds without an expected rhythm: think tanks and blogs rest for a summer, not for half a year."""
QUIET = frozenset(("stale", "empty-channel"))


def body_problems(feed: Feed, parsed: ParsedFeed, now: datetime) -> tuple[str, ...]:
    """What is wrong with the items of one body."""
    problems = list(parsed.problems)
    weekly = items_per_week(parsed.entries, now)
    if weekly is not None and weekly < feed.min_items_per_week:
        problems.append("too-few-items")
    if parsed.entries and parsed.dated_share < feed.min_dated_share:
        problems.append("undated")
    return tuple(problems)


def items_per_week(entries: Iterable[Entry], now: datetime) -> float | None:
    """Items a week by their own dates: those of the last week, or, when the body does not reach back that far, the
    rhythm of what it holds; None without dates."""
    ages = [now - entry.published_at for entry in entries if entry.published_at]
    if not ages:
        return None
    oldest = max(ages)
    if oldest >= WEEK:
        return float(sum(age <= WEEK for age in ages))
    return len(ages) * (WEEK / max(oldest, timedelta(hours=1)))


def is_stale(feed: Feed, newest: datetime | None, now: datetime) -> bool:
    """True when the newest item is older than this feed's rhythm allows. Unknown without dates."""
    return newest is not None and now - newest > (STALE_AFTER if feed.min_items_per_week else STALE_SLOW_AFTER)


def state_of(problems: Iterable[str]) -> Literal["healthy", "quiet"]:
    """The state of a feed that answered."""
    return "quiet" if QUIET.intersection(problems) else "healthy"
