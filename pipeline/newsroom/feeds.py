"""The outlets' feeds: RSS 2.0, Atom and RDF, each with the habits of its outlet.

Belongs here: published articles to XML. Does not belong here: which articles are out (`room`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.newsroom import dates
from pipeline.newsroom.outlets import Outlet, OutletFeed
from pipeline.newsroom.pages import Published, environment


@dataclass(frozen=True, slots=True)
class Item:
    """One item as the template needs it."""

    shown: Published
    link: str
    guid: str | None
    permalink: bool
    date: str | None
    updated: str
    enclosure: str | None


def feed_xml(feed: OutletFeed, outlet: Outlet, root: str, shown: Sequence[Published], built_at: datetime) -> bytes:
    """The feed with these articles, in the outlet's encoding; characters that it lacks become references."""
    text = (
        environment()
        .get_template(f"feeds/{feed.format}.xml")
        .render(
            feed=feed,
            outlet=outlet,
            root=root,
            zone=outlet.timezone,
            items=[_item(feed, outlet, root, one) for one in shown],
            built_at=built_at,
        )
    )
    return text.encode(outlet.encoding, errors="xmlcharrefreplace")


def _item(feed: OutletFeed, outlet: Outlet, root: str, shown: Published) -> Item:
    link = shown.url
    if feed.links == "relative":
        link = link.removeprefix(f"http://{root}")
    guid = {
        "permalink": shown.url,
        "opaque": f"http://{root}/?p={shown.number}" if feed.format == "rss" else f"urn:{outlet.id}:{shown.number}",
        "none": None,
    }[feed.guid]
    return Item(
        shown=shown,
        link=link + feed.tracker.format(section=shown.article.section),
        guid=guid,
        permalink=feed.guid == "permalink",
        date=_date(feed, outlet, shown.published_at),
        updated=dates.iso(shown.modified_at, outlet.timezone),
        enclosure=f"http://{root}/sons/{shown.number}.mp3" if shown.article.page == "audio" else None,
    )


def _date(feed: OutletFeed, outlet: Outlet, at: datetime) -> str | None:
    match feed.dates:
        case "rfc822":
            return dates.rfc822(at, outlet.timezone)
        case "two-digit-year":
            return dates.two_digit_year(at, outlet.timezone)
        case "iso":
            return dates.iso(at, outlet.timezone)
        case "day":
            return dates.day(at, outlet.timezone)
        case "none":
            return None
