"""A page, or what its feed carried, made into a story or a reason why not.

Belongs here: the order of the decisions, and filling in the record. Does not belong here: any single decision (the
modules beside), killing a page that hangs (`pool`), tagging, copies and the seed (the stages after).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Literal

from pipeline import urls
from pipeline.extract import metadata, overrides, refusals
from pipeline.extract.body import Body, from_markup, read_body
from pipeline.extract.clocks import set_clocks, zone_of
from pipeline.extract.document import Document, parse
from pipeline.extract.furniture import Sorted, plain
from pipeline.extract.metadata import Outlet
from pipeline.extract.names import People, people
from pipeline.records import Entry, Extraction, Feed, Page, Publisher, Skipped, SkipReason, Story, TextStats

REVISION = "1"
"""Of the rules in this package: raised when a change gives other stories from the same pages."""
FROM_FEED = 400
"""Characters from which a feed's own text is an article that may stand for a page."""
FEED_SUMMARY = 150
"""Characters from which a feed's summary is worth a story of its own, where the page cannot be had."""


@cache
def extraction_version() -> str:
    return f"{REVISION} trafilatura/{version('trafilatura')}"


def extract(page: Page, entry: Entry, feed: Feed | None, publisher: Publisher, *, now: datetime) -> Story | Skipped:
    """The story of a page, or why it gives none.

    Pure, in process, and only as safe as the parsers are: pages from the network go through `pool`. The story has no
    tagging, seed, copies or archive pointer yet. Its id is that of the page's own canonical URL where that can be
    believed, else the entry's. Where the page gives less than its feed carried, the feed's text serves.
    """
    refused = refusals.refuse_page(page, entry)
    if refused is None:
        document = parse(page)
        if document is None:
            refused = Skipped(SkipReason.NO_TEXT, "no HTML in it")
        else:
            made = _from_document(document, entry, feed, publisher, now=now)
            if isinstance(made, Story) and not (made.access == "paywalled" and _carried(entry) > 1.5 * len(made.text)):
                return made
            refused = made if isinstance(made, Skipped) else Skipped(SkipReason.TOO_SHORT, "less than the feed carries")
    if refused.reason in _FEED_SERVES and _carried(entry) >= FROM_FEED:
        story = from_feed(entry, feed, publisher, now=now)
        if isinstance(story, Story):
            return story
    return refused


_TAG = re.compile(r"<[^>]*>")
_FEED_SERVES = frozenset(
    {SkipReason.NO_TEXT, SkipReason.TOO_SHORT, SkipReason.CONSENT_WALL, SkipReason.BOILERPLATE, SkipReason.NOT_HTML}
)


def from_feed(entry: Entry, feed: Feed | None, publisher: Publisher, *, now: datetime) -> Story | Skipped:
    """The story that the feed itself carries, for a page that is refused to us: its full text, or else its summary
    (`access: summary`) where that says enough."""
    title = plain(entry.title)
    lines = from_markup(entry.content or "", title)
    access: Literal["full", "summary", "paywalled"] = "paywalled" if lines.paywall else "full"
    if len(lines.text) < FROM_FEED:
        summary = from_markup(entry.summary, title)
        if len(summary.text) > len(lines.text):
            lines = summary
        access = "summary"
    if len(lines.text) < FEED_SUMMARY or not title:
        return Skipped(SkipReason.TOO_SHORT, f"the feed carries {len(lines.text)} characters")
    expected = feed.language if feed else "fr"
    if other := refusals.refuse_language(None, f"{title}\n{lines.text}", expected):
        return other
    outlet = Outlet.of(entry.canonical_url, publisher.name, feed.name if feed else None)
    zone = zone_of(feed.timezone if feed else "Europe/Paris")
    names = people([entry.author or "", *lines.bylines], outlet.is_named)
    return Story(
        id=entry.id,
        url=entry.url,
        canonical_url=entry.canonical_url,
        title=metadata.without_outlet(title, outlet) or title,
        summary=from_markup(entry.summary, title).text.replace("\n", " "),
        text=lines.text,
        language=expected,
        authors=names.persons,
        agencies=names.agencies,
        publisher=publisher,
        feeds=entry.feeds,
        keywords=tuple(dict.fromkeys(map(plain, entry.categories))),
        clocks=set_clocks(None, entry, zone, now=now),
        access=access,
        text_stats=stats(lines),
        extraction=Extraction(version=extraction_version(), method="feed"),
    )


def _from_document(
    document: Document, entry: Entry, feed: Feed | None, publisher: Publisher, *, now: datetime
) -> Story | Skipped:
    if refused := refusals.refuse_kind(document):
        return refused
    outlet = Outlet.of(
        document.url, publisher.name, feed.name if feed else None, document.meta("og:site_name", "application-name")
    )
    # Everything is read before the body, which takes the tree apart.
    title = metadata.title_of(document, outlet, entry.title)
    clocks = set_clocks(document, entry, zone_of(feed.timezone if feed else "Europe/Paris"), now=now)
    signed = metadata.authors_of(document, entry.author, (), outlet)
    canonical = metadata.canonical_of(document, entry.canonical_url)
    body = read_body(document, title, overrides.for_url(document.url))
    access = refusals.access_of(document, body)
    if refused := refusals.refuse_text(document, body, access):
        return refused
    expected = feed.language if feed else "fr"
    if refused := refusals.refuse_language(document, f"{title}\n{body.sorted.text}", expected):
        return refused
    signed = _with_bylines(signed, body, outlet)
    return Story(
        id=urls.entry_id(canonical) if canonical != entry.canonical_url else entry.id,
        url=document.url,
        canonical_url=canonical,
        title=title or body.sorted.lines[0][: metadata.MAX_TITLE],
        summary=metadata.summary_of(document, from_markup(entry.summary, title).text.replace("\n", " ")),
        text=body.sorted.text,
        language=expected,
        authors=signed.persons,
        agencies=signed.agencies,
        publisher=publisher,
        feeds=entry.feeds,
        section=metadata.section_of(document),
        keywords=metadata.keywords_of(document, entry.categories),
        image=metadata.image_of(document),
        clocks=clocks,
        access=access,
        text_stats=stats(body.sorted),
        extraction=Extraction(version=extraction_version(), method=body.method),
    )


def stats(lines: Sorted) -> TextStats:
    """Sizes of a text; words are runs of characters between white space."""
    text = lines.text
    return TextStats(characters=len(text), words=len(text.split()), paragraphs=len(lines.lines))


def _with_bylines(signed: People, body: Body, outlet: Outlet) -> People:
    """What the by-lines inside the text add: agencies always, persons where the page named none."""
    printed = people(body.sorted.bylines, outlet.is_named)
    agencies = tuple(dict.fromkeys([*signed.agencies, *printed.agencies]))
    return People(signed.persons or printed.persons, agencies)


def _carried(entry: Entry) -> int:
    """Characters of article text in the feed, without its mark-up."""
    return len(_TAG.sub("", entry.content)) if entry.content else 0
