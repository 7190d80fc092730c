"""Feeds for the tests, written in one line each."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.records import Feed

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://www.x.fr/rss/monde.xml"
FEED = Feed(
    id="x-monde",
    name="X - Monde",
    feed_url=URL,
    site_url="https://www.x.fr/",
    country="FR",
    kind="national",
    category="international",
    language="fr",
    publisher="x",
    family="x",
)
NAMESPACES = " ".join(
    (
        'xmlns:atom="http://www.w3.org/2005/Atom"',
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
        'xmlns:dc="http://purl.org/dc/elements/1.1/"',
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
        'xmlns:media="http://search.yahoo.com/mrss/"',
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"',
    )
)


def rss(*items: str, channel: str = "<title>X</title><link>https://www.x.fr/</link>", prolog: str = "") -> str:
    return f'{prolog}<rss version="2.0" {NAMESPACES}><channel>{channel}{"".join(items)}</channel></rss>'


def item(number: int = 1, extra: str = "") -> str:
    link = f"https://www.x.fr/monde/article-{number}.html"
    return f"<item><title>Titre {number}</title><link>{link}</link><guid>{link}</guid>{extra}</item>"
