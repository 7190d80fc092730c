"""One item of a feed as an Entry: which link, which date, which text, what kind of page.

Belongs here: the rules for a single item. Does not belong here: the feed around it (`parse`), the page it leads to
(`extract`).
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from pipeline.errors import BadUrl
from pipeline.records import Entry, Feed
from pipeline.urls import canonical_url, entry_id
from pipeline.watch.dates import Precision, day_in_url, parse_date

Item = Mapping[str, Any]
"""An entry as feedparser gives it."""
Media = Literal["article", "audio", "video", "live"]

CLOCK_SKEW = timedelta(minutes=10)
"""A date this far ahead of our clock is the server's clock, not a wrong date."""
SUMMARY_CHARACTERS = 2_000
"""A longer description is the article itself, and is kept as content."""
MAX_CATEGORIES = 20
MAX_LINK = 4_000
MAX_TITLE = 1_000
MAX_CONTENT = 500_000
"""Characters: far beyond any real one, and short enough that one item cannot fill the ledger."""
_SEGMENTS: dict[str, Media] = {
    "live": "live", "lives": "live", "direct": "live", "en-direct": "live",
    "podcast": "audio", "podcasts": "audio", "audio": "audio", "audios": "audio",
    "video": "video", "videos": "video", "replay": "video", "replays": "video",
}  # fmt: skip
_BFM_CODES: dict[str, Media] = {"LN": "live", "LD": "live", "VN": "video", "VE": "video"}
"""BFMTV names the type in the slug: `..._LN-202403270123.html` is a live page, `_VN-` a video, `_AN-` an article."""
_BFM_CODE = re.compile(r"_([A-Z]{2})-\d{12}\.html$")
_LIVE_TITLE = re.compile(r"^\W*(?:EN )?DIRECT\b(?:\s*[.:,–-]|\s+VID)")
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BLOCKS = (("<script", "</script"), ("<style", "</style"), ("<!--", "--"))
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8});")
WORDPRESS_TAIL = 500
"""Characters at the end of a summary in which WordPress says where it appeared first."""
_WORDPRESS_TAIL = re.compile(
    r"\s*(?:L[’']article|Cet article|The post) .{3,300}? (?:est apparu en premier sur|appeared first on) .{2,120}$"
)


def read_item(item: Item, *, feed: Feed, base: str, now: datetime) -> tuple[Entry | None, str | None]:
    """The entry of an item, or why there is none (`no-link`, `bad-link`); beside an entry, its date problem.

    Args:
        item: feedparser's entry.
        base: what relative links are relative to.
    """
    link = item_link(item, base)
    if not link:
        return None, "no-link"
    try:
        canonical = canonical_url(link) if len(link) <= MAX_LINK else ""
    except BadUrl:
        canonical = ""
    if not canonical:
        return None, "bad-link"
    zone = ZoneInfo(feed.timezone)
    published, precision, problem = item_date(item, link, zone, now)
    title = plain(item.get("title", ""))[:MAX_TITLE]
    summary, content = item_texts(item)
    entry = Entry(
        id=entry_id(canonical),
        url=link,
        canonical_url=canonical,
        title=title,
        summary=summary,
        content=content,
        author=plain(item.get("author", "")) or None,
        feeds=(feed.id,),
        guid=(item.get("id") or "")[:MAX_LINK] or None,
        media=item_media(item, link, title),
        categories=item_categories(item),
        published_at=published,
        published_precision=precision,
        date_problem=problem,
        first_seen_at=now,
        last_seen_at=now,
        fingerprint=fingerprint(title, summary, content),
        updated_at=now,
    )
    return entry, problem


def item_link(item: Item, base: str) -> str:
    """The address of the article; empty where the item has none.

    FeedBurner's original link, then the link, then a guid that is a URL and does not deny being a permalink, then the
    file of a podcast that has no page. A guid without a scheme is an identifier whatever its isPermaLink says
    (a reader once made La Tribune's bare guids into links).
    """
    guid = item.get("id") or ""
    link = item.get("feedburner_origlink") or item.get("link") or ""
    if item.get("guidislink") and not _HTTP.match(guid):
        # feedparser made the guid a link, resolved against the base.
        link = ""
    if not link and _HTTP.match(guid) and item.get("guidislink", True):
        link = guid
    if not link:
        link = next((each.get("href", "") for each in item.get("links", ()) if each.get("rel") == "alternate"), "")
    if not link:
        link = next((e.get("href", "") for e in item.get("enclosures", ()) if e.get("href")), "")
    link = _BLANKS.sub("", link.replace("&amp;", "&"))
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link


def item_date(
    item: Item, link: str, zone: ZoneInfo, now: datetime
) -> tuple[datetime | None, Precision | Literal["unknown"], str | None]:
    """Publication instant, its precision, and what was wrong with it (`future`, `unparsable`).

    Published, else updated (dc:date comes as that), else created; else the day in the URL. Never now by default: a
    date later than now is clamped to now and says so.
    """
    written = next((item[name] for name in ("published", "updated", "created") if (item.get(name) or "").strip()), None)
    found = parse_date(written, zone) if written else None
    if found:
        at, precision = found
        return min(at, now), precision, "future" if at > now + CLOCK_SKEW else None
    problem = "unparsable" if written else None
    if day := day_in_url(link, zone, now):
        return day, "day", problem
    return None, "unknown", problem


def item_texts(item: Item) -> tuple[str, str | None]:
    """Summary as plain text, and the article's own HTML where the feed carries it."""
    described = item.get("summary") or ""
    full = max((part.get("value") or "" for part in item.get("content", ())), key=len, default="")
    summary = plain(described)
    summary = summary[:-WORDPRESS_TAIL] + _WORDPRESS_TAIL.sub("", summary[-WORDPRESS_TAIL:])
    if not full and len(summary) > SUMMARY_CHARACTERS:
        full = described
    if len(summary) > SUMMARY_CHARACTERS:
        summary = summary[:SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + " […]"
    return summary, full.strip()[:MAX_CONTENT] or None


def item_media(item: Item, link: str, title: str) -> Media:
    """What the page is: by its URL, its title, or a sound or film as the item's only medium."""
    path = urlsplit(link).path
    for segment in path.lower().split("/")[1:-1]:
        if segment in _SEGMENTS:
            return _SEGMENTS[segment]
    if (code := _BFM_CODE.search(path)) and code[1] in _BFM_CODES:
        return _BFM_CODES[code[1]]
    if _LIVE_TITLE.match(title):
        return "live"
    types = {str(enclosure.get("type", "")).partition("/")[0].lower() for enclosure in item.get("enclosures", ())}
    if "image" in types:
        return "article"
    return "audio" if "audio" in types else "video" if "video" in types else "article"


def item_categories(item: Item) -> tuple[str, ...]:
    terms = (plain(tag.get("label") or tag.get("term") or "") for tag in item.get("tags", ()))
    return tuple(dict.fromkeys(term for term in terms if term))[:MAX_CATEGORIES]


def fingerprint(title: str, summary: str, content: str | None) -> str:
    """Digest of the words an item says; mark-up and blanks do not count."""
    words = "\0".join((title, summary, plain(content or "")))
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def plain(markup: str) -> str:
    """Text of a fragment of HTML, trimmed; no-break spaces stay, French needs them. Entities escaped twice are read."""
    text = markup
    if "<" in text or "&" in text:
        text = html.unescape(_untagged(text))
        if _ENTITY.search(text):
            text = html.unescape(text)
        text = _untagged(text)
    return _BLANKS.sub(" ", text).strip().strip("\ufeff\u200b")


def _untagged(text: str) -> str:
    """Without tags, scripts, styles and comments. In linear time, whatever is not closed: feeds are strangers' text."""
    for opening, closing in _BLOCKS:
        lower = text.lower()
        kept, at = [], 0
        while (start := lower.find(opening, at)) >= 0:
            end = lower.find(closing, start + len(opening))
            if end < 0:
                break
            kept.append(text[at:start])
            after = lower.find(">", end)
            at = after + 1 if after >= 0 else len(text)
        text = " ".join([*kept, text[at:]])
    return _TAG.sub(" ", text)
