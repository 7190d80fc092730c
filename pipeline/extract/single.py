"""One page by itself, without feed or ledger: a file, standard input or a URL.

Belongs here: making up the entry and the publisher that a page from a feed would have had. Does not belong here: the
extraction, fetching (the fetcher's rules hold for a URL given by hand too).
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from pipeline import registry, urls
from pipeline.errors import BadUrl, InputInvalid
from pipeline.extract.document import parse
from pipeline.extract.story import extract
from pipeline.records import Entry, Feed, Page, Publisher, Skipped, Story
from pipeline.registry import Registry
from pipeline.settings import Settings

NOWHERE = "http://localhost/"
"""The URL of a file that says nothing about where it was found."""


def read_page(name: str, url: str | None, settings: Settings) -> Page:
    """A page from a file, `-` or an http(s) URL.

    Raises:
        InputInvalid: no such file, or it cannot be read.
        VeilleError: what fetching it raised.
    """
    if name.startswith(("http://", "https://")):
        return asyncio.run(_fetch(name, settings))
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputInvalid(error.strerror or str(error)) from None
    if url is not None and urlsplit(url).scheme not in ("http", "https"):
        raise InputInvalid(f"--url {url}: not an http(s) URL")
    found = url or NOWHERE
    return Page(found, found, 200, (("content-type", "text/html"),), body, datetime.now(UTC))


async def _fetch(url: str, settings: Settings) -> Page:
    from pipeline.fetch import Fetcher

    async with Fetcher(settings) as fetcher:
        return await fetcher.page(url)


def story_of(page: Page, settings: Settings) -> Story | Skipped:
    """Extract a page outside the flow. Feed and publisher are those of the registry where it knows the domain, else
    they come from the page's og:site_name and host.

    Raises:
        InputInvalid: no HTML in it.
        RegistryInvalid
    """
    document = parse(page)
    if document is None:
        raise InputInvalid("no HTML in it")
    url = page.final_url
    if url == NOWHERE:
        told = [document.link("canonical"), document.meta("og:url")]
        url = next((u for u in told if u and urlsplit(u).scheme in ("http", "https")), NOWHERE)
        page = Page(url, url, page.status, page.headers, page.body, page.fetched_at)
    try:
        canonical = urls.canonical_url(urljoin(NOWHERE, url))
    except BadUrl:
        canonical = url
    site_name = document.meta("og:site_name", "application-name")
    feed, publisher = origin_of(url, site_name, registry.load(settings.feeds))
    entry = Entry(
        id=urls.entry_id(canonical),
        url=url,
        canonical_url=canonical,
        feeds=(feed.id,) if feed else (),
        first_seen_at=page.fetched_at,
        last_seen_at=page.fetched_at,
        updated_at=page.fetched_at,
    )
    return extract(page, entry, feed, publisher, now=page.fetched_at)


def origin_of(url: str, site_name: str | None, known: Registry) -> tuple[Feed | None, Publisher]:
    """The first feed of the registry that is on a URL's domain, and its publisher; else a publisher of that name."""
    host = urlsplit(url).hostname or "localhost"
    domain = urls.registrable_domain(url)
    for feed in known.feeds:
        if urls.registrable_domain(feed.site_url) == domain:
            return feed, known.publisher(feed.id)
    name = site_name or host.removeprefix("www.")
    return None, Publisher(id=domain or host, name=name, country="ZZ", kind="unknown", family=domain or host)
