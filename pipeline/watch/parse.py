"""From the body of an answer to the entries of a feed; tolerant of all that still has items.

Belongs here: the feed as a whole: its items once each, its hub, its rhythm, its oddities. Does not belong here: bytes
and charset (`document`), one item (`items`), when to ask again (`schedule`).

Codes in `ParsedFeed.problems`, none of which loses an item that can be read:

    malformed            XML that is not well-formed, read all the same
    charset              the declared encoding cannot be that of the bytes
    control-characters   characters that XML forbids, taken out
    stray-output         text before the XML declaration, cut off
    served-as-html       a feed under an HTML content type
    empty-channel        a feed without items: said, never taken for success
    cut-off              more items or mark-up than is read of one body; the rest, the oldest as a rule, was left
    no-link, bad-link    items that lead nowhere; `counts` says how many
    duplicates           items with the name of an earlier one
    future, unparsable   items with such dates
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

from pipeline.errors import FeedError
from pipeline.records import Entry, Feed
from pipeline.urls import registrable_domain
from pipeline.watch import document
from pipeline.watch.items import Item, read_item

MAX_ITEMS = 2_000
"""Items read of one body: ten times what the deepest archives hold that are known."""
MAX_MARKUP = 200_000
"""Tags and entities read of one body: feedparser takes some 0.1 ms for each in a broken document."""
_SY_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0, "monthly": 2592000.0, "yearly": 31536000.0}
_CAPTION = re.compile(r"(</?media:)(description|title|text|category|keywords)\b")
_CHANNEL_LINK = re.compile(r"<link>\s*(?:<!\[CDATA\[)?\s*(https?://[^\s<\]]+)")
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>")
_CLOSING = {"rss": "</channel></rss>", "feed": "</feed>", "rdf": "</rdf:RDF>"}
_FIRST_ITEM = re.compile(r"<(?:item|entry)[\s>]")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed said."""

    entries: tuple[Entry, ...]
    """One per article, in the feed's order, which is newest first as a rule."""
    format: str
    """feedparser's name of it: `rss20`, `atom10`, `rss10`..."""
    title: str = ""
    problems: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=lambda: {"items": 0, "dated": 0})
    """`items` in the body, `dated` among them (by the feed itself), and the number of each item-level problem."""
    hub: str | None = None
    """WebSub hub that the feed names."""
    ttl_seconds: float | None = None
    """How long the feed asks to be left alone: the longer of ttl and sy:updatePeriod / sy:updateFrequency."""

    @property
    def newest(self) -> datetime | None:
        return max((entry.published_at for entry in self.entries if entry.published_at), default=None)

    @property
    def dated_share(self) -> float:
        """Share of items, 0..1, that carry a date of their own."""
        return self.counts["dated"] / max(self.counts["items"], 1)


def parse_feed(body: bytes, *, content_type: str | None, feed: Feed, url: str, now: datetime) -> ParsedFeed:
    """All entries of a feed's body.

    Args:
        content_type: the whole header, its charset included.
        url: where the body came from, after redirects.
        now: the instant of the poll; first and last sight of the entries.

    Raises:
        FeedError: what came is no feed, or XML that is refused (`document.read`).
    """
    import feedparser

    read = document.read(body, content_type, url)
    # feedparser takes a caption of Media RSS for the item's own text, category or title.
    text, cut = _bounded(_CAPTION.sub(r"\1veille-\2", read.text), read.root, url)
    base = _base(text, read.root, feed, url)
    try:
        raw = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        raise FeedError(f"the parser failed on it: {type(error).__name__}: {error}", url=url) from error
    if not raw.version and not raw.entries:
        raise FeedError("not a feed: no items and no known format", url=url)
    items: list[Item] = raw.entries
    entries, counts = _entries(items, feed, base, now)
    problems = [*read.problems, *(["cut-off"] if cut else []), *(["malformed"] if raw.bozo else [])]
    problems += [name for name in ("no-link", "bad-link", "duplicates", "future", "unparsable") if counts[name]]
    if not items:
        problems.append("empty-channel")
    return ParsedFeed(
        entries=tuple(entries),
        format=raw.version,
        title=raw.feed.get("title", ""),
        problems=tuple(dict.fromkeys(problems)),
        counts=dict(counts),
        hub=next((urljoin(base, link.href) for link in raw.feed.get("links", ()) if link.get("rel") == "hub"), None),
        ttl_seconds=_rhythm(raw.feed),
    )


def _bounded(text: str, root: str, url: str) -> tuple[str, bool]:
    """The feed up to the last whole item within the limits, closed, and whether anything was left."""
    ends = [end.end() for end in _ITEM_END.finditer(text)]
    if len(ends) <= MAX_ITEMS and text.count("<") + text.count("&") <= MAX_MARKUP:
        return text, False
    markup, kept, at = 0, 0, 0
    for end in ends[:MAX_ITEMS]:
        markup += text.count("<", at, end) + text.count("&", at, end)
        if markup > MAX_MARKUP:
            break
        kept = at = end
    if not kept:
        raise FeedError("too much mark-up for a feed", url=url)
    return text[:kept] + _CLOSING[root], True


def _entries(items: list[Item], feed: Feed, base: str, now: datetime) -> tuple[list[Entry], Counter[str]]:
    entries: dict[str, Entry] = {}
    counts: Counter[str] = Counter(items=len(items), dated=0)
    for item in items:
        entry, problem = read_item(item, feed=feed, base=base, now=now)
        if problem:
            counts[problem] += 1
        if entry is None:
            continue
        if any(item.get(name) for name in ("published", "updated", "created")) and problem != "unparsable":
            counts["dated"] += 1
        if entry.id in entries:
            counts["duplicates"] += 1
        entries.setdefault(entry.id, entry)
    return list(entries.values()), counts


def _base(text: str, root: str, feed: Feed, url: str) -> str:
    """What relative links are relative to: in RSS the site, which need not be the feed's host; in Atom the feed."""
    if root == "feed":
        return url
    first = _FIRST_ITEM.search(text)
    if link := _CHANNEL_LINK.search(text, 0, first.start() if first else len(text)):
        return link[1]
    return url if registrable_domain(url) == registrable_domain(feed.site_url) else feed.site_url


def _rhythm(channel: Item) -> float | None:
    waits = []
    ttl = str(channel.get("ttl") or "").strip()
    if ttl.isdigit() and int(ttl) > 0:
        waits.append(int(ttl) * 60.0)
    period = _SY_PERIODS.get(str(channel.get("sy_updateperiod") or "").strip().lower())
    if period:
        frequency = str(channel.get("sy_updatefrequency") or "1").strip()
        waits.append(period / max(int(frequency) if frequency.isdigit() else 1, 1))
    return max(waits, default=None)
