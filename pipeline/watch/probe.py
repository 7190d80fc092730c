"""One look at a feed, for a person: does it answer, with what, and what is wrong.

Belongs here: asking once and judging the answer. Does not belong here: remembering any of it (`poll`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import RobotsRefused, VeilleError
from pipeline.fetch import Fetcher
from pipeline.fetch.robots import Robots
from pipeline.records import Feed
from pipeline.settings import Settings
from pipeline.watch import headers, health
from pipeline.watch.parse import ParsedFeed, parse_feed

CONCURRENCY = 20


@dataclass(frozen=True, slots=True)
class Probe:
    """What one look at a feed showed."""

    feed: Feed
    error: str | None = None
    """`Name: message` when it gave no items to read."""
    http: int | None = None
    content_type: str = ""
    format: str = ""
    """feedparser's name: `rss20`, `atom10`..."""
    items: int = 0
    dated_share: float = 0.0
    newest: datetime | None = None
    hub: str | None = None
    conditional: bool = False
    """Whether it gave a validator, so that a 304 can be had."""
    moved_to: str | None = None
    """Where redirects led."""
    robots: str = ""
    """For the pages it leads to: `allowed`, `allowed, 10 s`, `forbidden`, or the error of robots.txt."""
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.error is None


async def probe_all(
    feeds: Iterable[Feed],
    fetcher: Fetcher,
    *,
    settings: Settings,
    now: Callable[[], datetime],
    on_probe: Callable[[Probe], None] | None = None,
) -> list[Probe]:
    """Look at each feed once, several at a time; in the order given."""
    robots = Robots(settings.home / "robots", settings.user_agent, fetcher.feed)
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one(feed: Feed) -> Probe:
        async with slots:
            probe = await _probe(feed, fetcher, robots, now)
        if on_probe:
            on_probe(probe)
        return probe

    return list(await asyncio.gather(*(one(feed) for feed in feeds)))


async def _probe(feed: Feed, fetcher: Fetcher, robots: Robots, now: Callable[[], datetime]) -> Probe:
    try:
        page = await fetcher.feed(feed.feed_url)
    except VeilleError as error:
        return Probe(feed, error=error.named, http=getattr(error, "status", None))
    kind, moved_to = page.content_type, page.final_url if page.redirects else None
    at = now()
    try:
        parsed = await asyncio.to_thread(
            parse_feed, page.body, content_type=page.header("content-type"), feed=feed, url=page.final_url, now=at
        )
    except VeilleError as error:
        return Probe(feed, error=error.named, http=page.status, content_type=kind, moved_to=moved_to)
    problems = [*health.body_problems(feed, parsed, at)]
    problems += ["stale"] if health.is_stale(feed, parsed.newest, at) else []
    etag, last_modified = headers.validators(page)
    return Probe(
        feed,
        http=page.status,
        content_type=kind,
        format=parsed.format,
        items=parsed.counts["items"],
        dated_share=parsed.dated_share,
        newest=parsed.newest,
        hub=headers.hub(page) or parsed.hub,
        conditional=bool(etag or last_modified),
        moved_to=moved_to,
        robots=await _robots(robots, feed, parsed),
        problems=tuple(problems),
    )


async def _robots(robots: Robots, feed: Feed, parsed: ParsedFeed) -> str:
    try:
        delay = await robots.admit(parsed.entries[0].url if parsed.entries else feed.site_url)
    except RobotsRefused:
        return "forbidden"
    except VeilleError as error:
        return type(error).__name__
    return f"allowed, {delay:g} s" if delay else "allowed"
