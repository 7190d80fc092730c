"""When a story was published, to the instant where anything says so, and who says it.

Belongs here: collecting the dates of a page, a feed and a URL, and choosing among them. Does not belong here: reading
one date string (`dates`), feed dates (`watch` parsed them).

The order, and why (docs/extraction.md has the measurement):
  1. JSON-LD `datePublished` of the article: written by the system that publishes, with a zone.
  2. meta fields, `article:published_time` first: as good, but some carry local time labelled UTC.
  3. microdata: often on teasers of other articles too, often the day only.
  4. `<time>` elements in the article's head: same defects, and no name says what they date.
  5. the date written for readers: the outlet's local time.
  6. the feed: often the time of the last change, or of the feed's making.
  7. the URL: the day only.
A day gives way to an instant of the same day from a later source. A moment later than now is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.extract import dates
from pipeline.extract.dates import Moment
from pipeline.extract.document import ARTICLE_TYPES, Document, Node
from pipeline.extract.furniture import plain
from pipeline.extract.marks import ELSEWHERE, is_inside, matching
from pipeline.records import Clocks, Entry

Provenance = Literal["page", "feed", "url"]

TOLERANCE = timedelta(minutes=5)
"""How far ahead of our clock a server's may be before its date counts as being in the future."""
CONFLICT = timedelta(minutes=1)
"""Feed and page differ when they are this far apart: feeds round to the minute, and a real edit is seldom faster."""
OLDEST_YEAR = 1990
"""Before the web, a date is a default value (1970-01-01, 0001-01-01)."""

PAGE_TYPES = frozenset({"WebPage", "ItemPage", "VideoObject", "PodcastEpisode", "Event"})

PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "publishdate",
    "publish-date", "publish_date", "publication_date", "article:published", "dc.date.issued", "dcterms.issued",
    "dc.date.created", "dc:date.created", "dcterms.created", "dcterms.date", "dc.date", "date", "pubdate",
    "sailthru.date", "cxenseparse:recs:publishtime", "parsely-pub-date", "article.published", "date_published",
    "citation_publication_date", "bt:pubdate", "og:pubdate", "displaydate", "originalpublicationdate",
)  # fmt: skip
"""Names, in the order in which they are believed."""
MODIFIED_METAS = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dc.date.modified",
    "dc:date.modified", "dcterms.modified", "last-modified", "article:modified", "lastmod", "revision_date",
)  # fmt: skip

_MICRODATA = XPath(".//*[@itemprop='datePublished' or @itemprop='dateCreated']")
_DATE_CLASS = re.compile(r"(^|[\s_-])(date|dates|publi|published|publication|timestamp|time|posted)", re.IGNORECASE)
_SAYING_TEXTS = XPath(
    ".//text()[contains(., 'ublié') or contains(., 'osté ') or contains(., 'is en ligne') or contains(., 'aru le')]"
)
_SAYS_PUBLISHED = re.compile(
    r"(?:publiée?|postée?|mise? en ligne|parue?|rédigée?|écrite?)\b\D{0,40}(?=\d)", re.IGNORECASE
)
_NOT_WRITTEN = ELSEWHERE | {"script", "style", "noscript", "title"}


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says."""

    moment: Moment
    source: str
    provenance: Provenance


def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name; an unknown one falls back to Paris, where most outlets are."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Europe/Paris")


def set_clocks(document: Document | None, entry: Entry, zone: ZoneInfo, *, now: datetime) -> Clocks:
    """The clocks of a story from its page (if there is one), its feed entry and its URL, none later than `now`."""
    page = _page_claims(document, zone) if document is not None else iter(())
    # The page's first claim is wanted twice, and reading on costs a search of the tree.
    told = next(page, None)
    claims = list(_believable(_claims(told, page, entry, zone), now))
    chosen = _choose(claims, zone)
    published = chosen.moment.at if chosen else None
    return Clocks(
        published_at=published,
        published_precision=chosen.moment.precision if chosen else "unknown",
        published_provenance=chosen.provenance if chosen else None,
        published_source=chosen.source if chosen else None,
        published_conflict=_conflict(told, entry, zone, now=now),
        modified_at=_modified(document, zone, published, now) if document else None,
        first_seen_at=entry.first_seen_at,
    )


def _claims(told: Claim | None, page: Iterator[Claim], entry: Entry, zone: ZoneInfo) -> Iterator[Claim]:
    """Every source's claim, best first. Lazy: the tree is only searched when the cheap sources gave no instant."""
    if told is not None:
        yield told
        yield from page
    if entry.published_at is not None and entry.date_problem is None:
        precision: dates.Precision = "day" if entry.published_precision == "day" else "instant"
        yield Claim(Moment(entry.published_at, precision), "feed", "feed")
    for url in (entry.canonical_url, entry.url):
        if moment := dates.of_url(url, zone):
            yield Claim(moment, "url", "url")
            return


def _page_claims(document: Document, zone: ZoneInfo) -> Iterator[Claim]:
    for text in _json_ld(document, "datePublished", "dateCreated", "uploadDate"):
        if moment := dates.parse(text, zone):
            yield Claim(moment, "json-ld", "page")
    for name in PUBLISHED_METAS:
        for text in document.metas.get(name, ()):
            if moment := dates.parse(text, zone):
                yield Claim(moment, "meta", "page")
    microdata = _MICRODATA(document.tree)
    for name in ("datePublished", "dateCreated"):
        for element in microdata:
            if element.get("itemprop") != name or is_inside(element, ELSEWHERE):
                continue
            text = element.get("content") or element.get("datetime") or element.text_content()
            if moment := dates.parse(str(text), zone):
                yield Claim(moment, "microdata", "page")
    for element in _published_times(document):
        text = element.get("datetime") or element.get("title") or element.text_content()
        if moment := dates.parse(str(text), zone):
            yield Claim(moment, "time", "page")
    for text in _dated_texts(document):
        if moment := dates.written(text, zone):
            yield Claim(moment, "text", "page")
            return


def _dated_texts(document: Document) -> Iterator[str]:
    """What is written for readers after `Publié le`, or opens an element whose class calls it a date."""
    for found in islice(_SAYING_TEXTS(document.tree), 40):
        parent = found.getparent()
        if parent is None or is_inside(parent, _NOT_WRITTEN):
            continue
        element = parent if found.is_text else parent.getparent()
        text = plain(element.text_content()) if element is not None else ""
        if len(text) < 160 and (match := _SAYS_PUBLISHED.search(text)):
            yield text[match.end() : match.end() + 60]
    for element in islice(matching(document.marked, _DATE_CLASS), 40):
        text = plain(element.text_content())
        if len(text) < 160 and not re.match(r"(mis|modifi|actualis)", text, re.IGNORECASE):
            yield text[:60]


def _published_times(document: Document) -> list[HtmlElement]:
    """The `<time>` elements, those first that say that they are the publication, none that says it is a change."""
    told: list[HtmlElement] = []
    untold: list[HtmlElement] = []
    for element in document.tree.iter("time", "abbr"):
        # `<abbr class="published" title="…">` is hAtom, the microformat that SPIP writes.
        if element.tag == "abbr" and "published" not in (element.get("class") or ""):
            continue
        if is_inside(element, ELSEWHERE):
            continue
        marks = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('pubdate') or ''}".lower()
        if "updat" in marks or "modif" in marks:
            continue
        (told if "publi" in marks or "pubdate" in element.attrib else untold).append(element)
    # Without a mark only the first is the article's own: the others stand on teasers.
    return [*told, *untold[:1]]


def _json_ld(document: Document, *fields: str) -> Iterator[str]:
    """The values of these fields, of the article's node first, then of the page's."""
    nodes = [*article_nodes(document), *document.typed(PAGE_TYPES)]
    for field in fields:
        for node in nodes:
            value = node.get(field)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, str):
                    yield item
                elif isinstance(item, dict) and isinstance(item.get("@value"), str):
                    yield item["@value"]


def article_nodes(document: Document) -> list[Node]:
    """The JSON-LD nodes about the page's own article: where nodes name their URL, those of other pages are left out."""
    nodes = document.typed(ARTICLE_TYPES)
    if len(nodes) < 2:
        return nodes
    here = {_path(document.url), _path(document.link("canonical") or ""), _path(document.meta("og:url") or "")} - {""}
    own = [node for node in nodes if (urls := _node_urls(node)) and here.intersection(urls)]
    return own or [node for node in nodes if not _node_urls(node)] or nodes[:1]


def _node_urls(node: Node) -> set[str]:
    found: set[str] = set()
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value.startswith("http"):
            found.add(_path(value))
    return found - {""}


def _path(url: str) -> str:
    """A URL without scheme, `www.`, query, fragment and final slash, for comparing."""
    bare = url.split("#", 1)[0].split("?", 1)[0].split("://", 1)[-1].removeprefix("www.")
    return bare.rstrip("/")


def _believable(claims: Iterator[Claim], now: datetime) -> Iterator[Claim]:
    """The claims that can be true. An instant that comes first ends the search: nothing can better it."""
    first = True
    for claim in claims:
        if claim.moment.at > now + TOLERANCE or claim.moment.at.year < OLDEST_YEAR:
            continue
        yield claim
        if first and claim.moment.precision == "instant":
            return
        first = False


def _choose(claims: list[Claim], zone: ZoneInfo) -> Claim | None:
    """The first claim, or an instant of the same day from a later one."""
    if not claims:
        return None
    first = claims[0]
    if first.moment.precision == "instant":
        return first
    day = first.moment.at.astimezone(zone).date()
    same = [c for c in claims if c.moment.precision == "instant" and c.moment.at.astimezone(zone).date() == day]
    return same[0] if same else first


def _conflict(page: Claim | None, entry: Entry, zone: ZoneInfo, *, now: datetime) -> str | None:
    """What the other source says, where page and feed differ, or that the page's date lies in the future."""
    if page is None:
        return None
    if page.moment.at > now + TOLERANCE:
        return f"page {page.moment.at.astimezone(zone).isoformat()} is in the future"
    if entry.published_at is None or entry.date_problem is not None:
        return None
    if "day" in (page.moment.precision, entry.published_precision):
        differ = page.moment.at.astimezone(zone).date() != entry.published_at.astimezone(zone).date()
    else:
        differ = abs(page.moment.at - entry.published_at) >= CONFLICT
    return f"feed {entry.published_at.astimezone(zone).isoformat()}" if differ else None


def _modified(document: Document, zone: ZoneInfo, published: datetime | None, now: datetime) -> datetime | None:
    """The last change that the page tells of, between publication and now."""
    texts = [*_json_ld(document, "dateModified")]
    texts += [text for name in MODIFIED_METAS for text in document.metas.get(name, ())]
    if not texts:
        texts = [
            str(element.get("datetime"))
            for element in document.tree.iter("time")
            if element.get("datetime") and any(m in (element.get("class") or "").lower() for m in ("updat", "modif"))
        ]
    for text in texts:
        moment = dates.parse(text, zone)
        if moment is None or moment.precision == "day" or moment.at > now + TOLERANCE:
            continue
        if published is None or moment.at >= published:
            return moment.at
    return None
