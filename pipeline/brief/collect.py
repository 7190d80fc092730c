"""The facts of a period, from the store.

Belongs here: what is picked and how it is grouped. Does not belong here: words and looks (`render`, `figures`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from pipeline.alerts.known import told_at
from pipeline.records import Alert, FeedState, Story, SupplyEvent

if TYPE_CHECKING:
    from pipeline.index import Store

DARK = ("gone", "failing", "resting", "quiet")
"""States of a feed that gives nothing, the worst first."""
REPORTS_PER_DYAD = 4
NEAREST = 5
NEAR_ENOUGH = 0.3
"""Nearness to the seed below which a story is not worth naming as its neighbour."""
ALERTS = 500


@dataclass(frozen=True, slots=True)
class Report:
    """One event of one dyad as one story tells it."""

    event: SupplyEvent
    story: Story
    at: datetime


@dataclass(frozen=True, slots=True)
class Dyad:
    """What was reported of one pair in the period."""

    code: str
    new: bool
    """Never reported before the period."""
    reports: tuple[Report, ...]
    """One for each status and story that adds something, newest first, at most `REPORTS_PER_DYAD`."""
    stories: int
    families: int
    """Press groups that reported it."""

    @property
    def more(self) -> int:
        """Stories that are counted and not shown."""
        return self.stories - len({report.story.id for report in self.reports})


@dataclass(frozen=True, slots=True)
class Briefing:
    """All that the page says."""

    since: datetime
    until: datetime
    stories: int
    """Stories of military supply first seen in the period, copies left out."""
    copies: int
    read: int
    """All stories first seen in the period."""
    publishers: int
    dyads: tuple[Dyad, ...]
    days: dict[date, Counter[str]]
    """Day -> status -> events, every day of the period."""
    flows: Counter[tuple[str, str]]
    """(supplier, recipient) -> events, known parties only."""
    changes: tuple[Alert, ...]
    """Alerts of the period that are not about a new dyad, newest first."""
    nearest: tuple[Story, ...]
    """Stories nearest to the seed article."""
    dark: tuple[FeedState, ...]
    earlier: int = 0
    """Stories published before the period and first seen in it; in `days` they are on the first day."""


def collect(store: Store, *, since: datetime, until: datetime, zone: tzinfo) -> Briefing:
    """What the store says of the stories first seen between `since` and `until`; days are those of `zone`.

    Raises:
        EngineUnavailable, EngineRefused
    """
    from pipeline.index.alerts import Book, dyads_before

    period = {"range": {"clocks.first_seen_at": {"lt": until.isoformat()}}}
    found = list(store.scan_stories(kind="article", since=since, supply_only=True, query=period))
    stories = [story for story in found if story.copies is None or story.copies.of is None]
    codes = {event.dyad for story in stories for event in story.supply_events}
    alerts = [alert for alert in Book(store).newest(ALERTS, since) if alert.at < until]
    within = {"range": {"clocks.first_seen_at": {"gte": since.isoformat(), "lt": until.isoformat()}}}
    articles = {"bool": {"filter": [within, {"term": {"kind": "article"}}]}}
    return Briefing(
        since=since,
        until=until,
        stories=len(stories),
        copies=len(found) - len(stories),
        read=store.count_stories(articles),
        publishers=len({story.publisher.id for story in stories}),
        dyads=_dyads(stories, known=dyads_before(store, sorted(codes), since)),
        days=_days(stories, since, until, zone),
        flows=Counter(
            (event.supplier, event.recipient)
            for story in stories
            for event in story.supply_events
            if event.supplier and event.recipient
        ),
        changes=tuple(alert for alert in alerts if alert.rule != "new-dyad"),
        nearest=_nearest(stories),
        dark=_dark(store.feed_states().values()),
        earlier=sum(told_at(story) < since for story in stories),
    )


def _dyads(stories: Iterable[Story], known: set[str]) -> tuple[Dyad, ...]:
    """The new ones first, then by how many press groups and stories report them; unknown parties last."""
    reports: dict[str, list[Report]] = defaultdict(list)
    for story in stories:
        for event in story.supply_events:
            reports[event.dyad].append(Report(event, story, told_at(story)))
    dyads = []
    for code, all_reports in reports.items():
        all_reports.sort(key=lambda report: (report.at, report.event.score, report.story.id), reverse=True)
        dyads.append(
            Dyad(
                code=code,
                new=code not in known and "?" not in code,
                reports=_telling(all_reports),
                stories=len({report.story.id for report in all_reports}),
                families=len({report.story.publisher.family for report in all_reports}),
            )
        )
    return tuple(sorted(dyads, key=lambda d: ("?" in d.code, not d.new, -d.families, -d.stories, d.code)))


def _telling(reports: list[Report]) -> tuple[Report, ...]:
    """The newest of each status first, then others, at most one for each story and status."""
    chosen: dict[tuple[str, str], Report] = {}
    for report in reports:
        chosen.setdefault((report.event.status, report.story.id), report)
    seen: set[str] = set()
    first: list[Report] = []
    others: list[Report] = []
    for report in chosen.values():
        (others if report.event.status in seen else first).append(report)
        seen.add(report.event.status)
    kept = (first + others)[:REPORTS_PER_DYAD]
    return tuple(sorted(kept, key=lambda report: report.at, reverse=True))


def _days(stories: Iterable[Story], since: datetime, until: datetime, zone: tzinfo) -> dict[date, Counter[str]]:
    """Every day of the period, with the events told on it; a story told before the period counts on its first day."""
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    days = {date.fromordinal(day): Counter[str]() for day in range(first.toordinal(), last.toordinal() + 1)}
    for story in stories:
        day = min(max(told_at(story).astimezone(zone).date(), first), last)
        days[day].update(event.status for event in story.supply_events)
    return days


def _nearest(stories: Iterable[Story]) -> tuple[Story, ...]:
    near = [story for story in stories if story.seed.similarity >= NEAR_ENOUGH]
    return tuple(sorted(near, key=lambda story: (-story.seed.similarity, story.id))[:NEAREST])


def _dark(states: Iterable[FeedState]) -> tuple[FeedState, ...]:
    dark = [state for state in states if state.state in DARK]
    return tuple(sorted(dark, key=lambda s: (DARK.index(s.state), s.country, s.name or s.id)))
