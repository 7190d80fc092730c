"""A week of the press, simulated: when the feeds of the registry publish, and what two ways of polling them fetch.

Belongs here: a rhythm of publication per feed, and the two ways. Does not belong here: the decisions, which are those
of `pipeline.watch.schedule`, unchanged.

Nothing of this was recorded: rates are estimates by kind and section, from what such feeds hold and how far back they
reach, spread log-normally from feed to feed; the hours are those of a French newsroom. Arrivals are Poisson within the
hour, which is harder than the bursts of real desks, since bursts share a poll.
"""

from __future__ import annotations

import bisect
import math
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline import registry
from pipeline.records import Entry, Feed, Page
from pipeline.watch import schedule
from pipeline.watch.parse import ParsedFeed

START = datetime(2026, 11, 8, 23, 0, tzinfo=UTC)
"""Midnight in Paris, the beginning of a Monday. A week of warm-up, then the measured week."""
WEEK = 7
WEEKDAYS = (1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.55)
"""Weight of each day from Monday on, against the rates below."""
HOURS = (
    0.25, 0.15, 0.10, 0.10, 0.15, 0.40, 1.00, 1.40, 1.50, 1.40, 1.40, 1.40,
    1.20, 1.20, 1.30, 1.30, 1.40, 1.60, 1.60, 1.30, 1.00, 0.80, 0.60, 0.40,
)  # fmt: skip
"""Weight of each hour of Paris."""
ITEMS_PER_WEEKDAY = {
    ("national", "a-la-une"): 50, ("national", "international"): 18, ("national", "economy"): 20,
    ("national", "africa"): 15, ("national", "europe"): 5, ("national", "defence"): 0.5,
    ("broadcaster", "a-la-une"): 70, ("broadcaster", "international"): 22, ("broadcaster", "europe"): 14,
    ("broadcaster", "africa"): 18, ("broadcaster", "asia"): 6, ("broadcaster", "middle-east"): 10,
    ("regional", "a-la-une"): 70, ("regional", "international"): 20, ("regional", "local"): 25,
    ("international", "international"): 8, ("international", "europe"): 6, ("international", "africa"): 15,
    ("agency", "a-la-une"): 8, ("agency", "asia"): 15,
    ("state-media", "international"): 25, ("state-media", "africa"): 12, ("state-media", "asia"): 15,
    ("state-media", "middle-east"): 20, ("state-media", "defence"): 8,
    ("defence", "defence"): 1.5, ("defence", "international"): 1,
    ("government", "international"): 2, ("government", "politics"): 1, ("government", "defence"): 0.5,
}  # fmt: skip
CLUMPED = 0.25
"""Share of the items that come right after another one: a desk empties its tray, agency copy comes through in sets."""
CLUMP_SECONDS = 120.0
SPREAD = 0.4
"""Sigma of the logarithm, from feed to feed."""
WINDOWS = (10, 15, 20, 20, 25, 30, 30, 40, 50, 60, 100)
"""Items that a body holds."""
ITEM_BYTES = 1_200
CHANNEL_BYTES = 1_500
HEADER_BYTES = 500
NOT_MODIFIED_BYTES = 300
TICK = 5.0
"""Seconds between two looks at what is due."""
FIXED = 600.0
"""Seconds between two polls of the other way."""


@dataclass(slots=True)
class Source:
    """A feed and all that it publishes in the time simulated."""

    feed: Feed
    a_day: float
    window: int
    validators: bool
    times: list[datetime] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def body(self) -> int:
        return HEADER_BYTES + CHANNEL_BYTES + ITEM_BYTES * self.window

    def out(self, at: datetime) -> int:
        """How many items were published until then."""
        return bisect.bisect_right(self.times, at)


@dataclass(slots=True)
class Week:
    """What the product's polling came to in the measured week."""

    bytes: int = 0
    polls: int = 0
    bodies: int = 0
    missed: int = 0
    delays: dict[str, list[float]] = field(default_factory=dict)
    """Seconds from publication to discovery, by feed."""


def sources(
    seed: int, *, scale: float = 1.0, without_validators: float = 0.0, clumped: float = CLUMPED
) -> list[Source]:
    """The feeds of the registry, all of them, with their publications."""
    made = []
    for feed in registry.load().feeds:
        chance = random.Random(f"{seed} {feed.id}")
        mean = ITEMS_PER_WEEKDAY[feed.kind, feed.category] * scale
        a_day = mean * math.exp(chance.gauss(-SPREAD * SPREAD / 2, SPREAD))
        source = Source(feed, a_day, chance.choice(WINDOWS), chance.random() >= without_validators)
        # A body must reach back some hours, as every editor's does: a busy feed has a long one.
        source.window = max(source.window, math.ceil(a_day / 4))
        for day in range(-max(30, math.ceil(source.window / a_day)), 2 * WEEK):
            weight = WEEKDAYS[day % WEEK]
            source.times += sorted(_day(chance, a_day * weight, clumped, START + timedelta(days=day)))
        source.times.sort()
        source.entries = [_entry(feed, number, at) for number, at in enumerate(source.times)]
        made.append(source)
    return made


def _day(chance: random.Random, a_day: float, clumped: float, midnight: datetime) -> Iterator[datetime]:
    for hour, weight in enumerate(HOURS):
        rate = a_day * weight / sum(HOURS) * (1 - clumped)
        at = chance.expovariate(rate)
        while at < 1:
            yield midnight + timedelta(hours=hour + at)
            while chance.random() < clumped:
                yield midnight + timedelta(hours=hour + at, seconds=chance.random() * CLUMP_SECONDS)
            at += chance.expovariate(rate)


def _entry(feed: Feed, number: int, at: datetime) -> Entry:
    return Entry.model_construct(id=f"{feed.id} {number}", published_at=at)


def fixed(all_sources: list[Source]) -> int:
    """Bytes of a week of asking every ten minutes without validators: a whole body each time."""
    return sum(source.body for source in all_sources) * int(WEEK * schedule.DAY / FIXED)


def adaptive(all_sources: list[Source], seed: int, limits: schedule.Limits) -> Week:
    """The measured week by the product's decisions."""
    week = Week()
    for source in all_sources:
        _watch(source, random.Random(f"{seed} poll {source.feed.id}"), limits, week)
    return week


def _watch(source: Source, chance: random.Random, limits: schedule.Limits, week: Week) -> None:
    begins = START + timedelta(days=WEEK)
    ends = begins + timedelta(days=WEEK)
    state, now, seen, last = schedule.current(source.feed, None), START + timedelta(minutes=chance.random() * 10), 0, -1
    while now < ends:
        count = source.out(now)
        measured = now >= begins
        unchanged = source.validators and count == last and schedule.ask(state, now).etag is not None
        size = NOT_MODIFIED_BYTES if unchanged else source.body
        if measured:
            week.polls += 1
            week.bytes += size
            week.bodies += not unchanged
        first = max(0, count - source.window)
        if last >= 0:
            week.missed += max(0, first - seen)
            for number in range(max(first, seen), count):
                if source.times[number] >= begins:
                    found = (now - source.times[number]).total_seconds()
                    week.delays.setdefault(source.feed.id, []).append(found)
        seen, last = count, count
        answer = _answer(source, first, count, now, unchanged, size)
        state = schedule.answered(source.feed, state, answer, limits=limits, now=now, jitter=chance.random())
        assert state.next_poll_at is not None
        now = state.next_poll_at + timedelta(seconds=chance.random() * TICK)


def _answer(source: Source, first: int, count: int, now: datetime, unchanged: bool, size: int) -> schedule.Answer:
    page = Page(
        url=source.feed.feed_url,
        final_url=source.feed.feed_url,
        status=304 if unchanged else 200,
        headers=(("ETag", str(count)),) if source.validators else (),
        body=b"",
        fetched_at=now,
        wire_bytes=size,
    )
    if unchanged:
        return schedule.Answer(page)
    entries = tuple(reversed(source.entries[first:count]))
    parsed = ParsedFeed(entries=entries, format="rss20", counts={"items": len(entries), "dated": len(entries)})
    return schedule.Answer(page, str(count), parsed, tuple(entry.id for entry in entries))


def median_delay(week: Week, more_than: float) -> tuple[float, float, int]:
    """Of the feeds that published more than so many items a day: the median delay of all their items in seconds, that
    of the worst such feed, and how many such feeds there are."""
    busy = [delays for delays in week.delays.values() if len(delays) > more_than * WEEK]
    medians = [statistics.median(delays) for delays in busy]
    return statistics.median([delay for delays in busy for delay in delays]), max(medians), len(busy)
