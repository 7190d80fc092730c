"""The fictional outlets: who publishes, with which mark-up, in which feeds.

Belongs here: `outlets.yaml`, and the outlets' rows in the registry's format. Does not belong here: what they publish.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Literal
from zoneinfo import ZoneInfo

import yaml

from pipeline.newsroom.articles import Article

COLUMNS = (
    "id", "name", "feed_url", "site_url", "country", "kind", "category", "language", "publisher", "family", "timezone",
    "confidence", "terms", "enabled", "disabled_reason", "min_items_per_week", "min_dated_share", "notes",
)  # fmt: skip
"""The columns of the registry."""

_OWN_FOLDERS = {"live": "/direct", "video": "/videos", "audio": "/podcasts", "members": "/abonnes"}
"""Where some kinds of page live at every outlet: the watch types an entry by its URL, and robots.txt names a folder."""


@dataclass(frozen=True, slots=True)
class OutletFeed:
    """One feed of an outlet, and its habits."""

    id: str
    name: str
    path: str
    format: Literal["rss", "atom", "rdf"]
    category: str
    sections: tuple[str, ...] = ()
    """Which sections it carries; none named: all."""
    dates: Literal["rfc822", "two-digit-year", "iso", "day", "none"] = "rfc822"
    tracker: str = ""
    """What is hung on each link, `{section}` filled in."""
    links: Literal["absolute", "relative"] = "absolute"
    guid: Literal["permalink", "opaque", "none"] = "permalink"
    full_text: bool = False
    content_type: str = "application/rss+xml; charset=utf-8"
    min_items_per_week: int = 0
    min_dated_share: float = 0.0
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Outlet:
    id: str
    name: str
    tagline: str
    country: str
    kind: str
    family: str
    timezone: str
    template: str
    """Name of the page template in `templates/pages/`."""
    url: str
    """The path of an article: `{section}`, `{slug}`, `{number}`, `{date:%Y/%m}` filled in."""
    sections: Mapping[str, str]
    """Slug of a section, and its name."""
    feeds: tuple[OutletFeed, ...]
    encoding: str = "utf-8"
    colour: str = "#333"

    def path(self, article: Article, at: datetime) -> str:
        """The path of an article published at this instant."""
        number = number_of(article)
        if folder := _OWN_FOLDERS.get(article.page):
            return f"{folder}/{article.slug}-{number}.html"
        local = at.astimezone(ZoneInfo(self.timezone))
        path = self.url.format(section=article.section, slug=article.slug, number=number, date=local)
        return f"{path}.pdf" if article.page == "pdf" else path


def number_of(article: Article) -> int:
    """The number that the outlet's software gave the article: six digits, the same in every newsroom."""
    return 100_000 + zlib.crc32(article.id.encode()) % 900_000


@cache
def outlets() -> tuple[Outlet, ...]:
    """The outlets of the package."""
    source = (resources.files("pipeline.newsroom") / "outlets.yaml").read_text("utf-8")
    return tuple(_outlet(row) for row in yaml.safe_load(source))


def _outlet(row: dict[str, object]) -> Outlet:
    feeds = row.pop("feeds")
    assert isinstance(feeds, list)
    made = tuple(OutletFeed(**{**feed, "sections": tuple(feed.get("sections", ()))}) for feed in feeds)
    return Outlet(**row, feeds=made)  # type: ignore[arg-type]


def registry_rows(outlets: Iterable[Outlet], site_urls: Mapping[str, str]) -> list[dict[str, str]]:
    """One registry row per feed; `site_urls` gives where each outlet is served, without a slash at the end."""
    return [
        {
            "id": feed.id,
            "name": feed.name,
            "feed_url": site_urls[outlet.id] + feed.path,
            "site_url": site_urls[outlet.id] + "/",
            "country": outlet.country,
            "kind": outlet.kind,
            "category": feed.category,
            "language": "fr",
            "publisher": outlet.id,
            "family": outlet.family,
            "timezone": outlet.timezone,
            "confidence": "high",
            "terms": "fictional",
            "enabled": "true",
            "disabled_reason": "",
            "min_items_per_week": str(feed.min_items_per_week),
            "min_dated_share": str(feed.min_dated_share),
            "notes": feed.notes,
        }
        for outlet in outlets
        for feed in outlet.feeds
    ]


def to_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """The rows as a registry file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
