"""The feeds of a site: what its page declares, what it links to, and where such feeds usually are.

Belongs here: candidates and which of them are feeds. Does not belong here: the registry's row (`cli.feeds` asks for
what cannot be seen). trafilatura's own search for feeds asks by itself, past the address guard and politeness.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from pipeline.errors import FeedError, VeilleError
from pipeline.fetch import Fetcher
from pipeline.records import Feed, Page
from pipeline.urls import registrable_domain
from pipeline.watch.parse import ParsedFeed, parse_feed

FEED_TYPES = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml")
)
USUAL_PATHS = (
    "/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss/une.xml", "/spip.php?page=backend",
    "/feeds/posts/default?alt=rss",
)  # fmt: skip
MAX_CANDIDATES = 12
"""Requests to one site for one question."""


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answered as one."""

    url: str
    parsed: ParsedFeed
    how: str
    """`given`, `declared` by the page, `linked` from it, or `usual` path."""
    declared_title: str = ""


async def discover(url: str, fetcher: Fetcher, *, now: Callable[[], datetime]) -> list[Found]:
    """The feeds at or behind a URL, the likeliest first: itself when it is one, else those of its page.

    Raises:
        VeilleError: the page itself cannot be had.
    """
    page = await fetcher.feed(url)
    try:
        return [Found(page.final_url, _parse(page, now()), "given")]
    except FeedError:
        pass
    candidates = await asyncio.to_thread(_candidates, page)
    found = await _try(candidates, fetcher, now)
    if not found:
        usual = [(urljoin(page.final_url, path), "usual", "") for path in USUAL_PATHS]
        found = (await _try(usual, fetcher, now))[:1]
    return found


async def _try(candidates: list[tuple[str, str, str]], fetcher: Fetcher, now: Callable[[], datetime]) -> list[Found]:
    found: list[Found] = []
    for url, how, title in candidates[:MAX_CANDIDATES]:
        try:
            page = await fetcher.feed(url)
            found.append(Found(page.final_url, _parse(page, now()), how, title))
        except VeilleError:
            continue
        if how == "usual":
            break
    # Comments are a feed too, and never the one that is meant.
    return sorted(found, key=lambda each: ("comment" in each.url.lower(), not each.parsed.entries))


def _candidates(page: Page) -> list[tuple[str, str, str]]:
    """(URL, how, title) of what the page declares and then of what it links to, each once."""
    from lxml import html

    if not page.body.strip():
        return []
    tree = html.fromstring(page.body)
    base = urljoin(page.final_url, next(iter(tree.xpath("//base/@href")), ""))
    site = registrable_domain(page.final_url)
    found: dict[str, tuple[str, str, str]] = {}
    for link in tree.xpath("//link[@href][contains(concat(' ', normalize-space(@rel), ' '), ' alternate ')]"):
        if (link.get("type") or "").partition(";")[0].strip().lower() in FEED_TYPES:
            target = urljoin(base, link.get("href").strip())
            found.setdefault(target, (target, "declared", link.get("title") or ""))
    for link in tree.xpath("//a[@href]"):
        try:
            target = urljoin(base, link.get("href").strip())
            path = urlsplit(target).path.lower()
        except ValueError:
            continue
        words = set(path.replace(".", "/").replace("-", "/").split("/"))
        if words & {"rss", "feed", "feeds", "atom", "flux"} and registrable_domain(target) == site:
            found.setdefault(target, (target, "linked", " ".join(link.text_content().split())))
    return list(found.values())


def _parse(page: Page, now: datetime) -> ParsedFeed:
    unknown = Feed(
        id="unknown",
        name="",
        feed_url=page.final_url,
        site_url=page.final_url,
        country="FR",
        kind="national",
        category="international",
        language="fr",
        publisher="unknown",
        family="unknown",
    )
    return parse_feed(page.body, content_type=page.header("content-type"), feed=unknown, url=page.final_url, now=now)
