"""Lists of feeds as other readers keep them: OPML 2.0, in and out.

Belongs here: the format. Does not belong here: whether the feeds work (`probe`), or the registry's own format.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import quoteattr

from pipeline.errors import InputInvalid
from pipeline.records import Feed


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in an OPML file."""

    feed_url: str
    title: str
    site_url: str
    folder: str
    """Title of the outline around it."""


def read(body: bytes, name: str) -> list[Outline]:
    """The feeds of an OPML file, each URL once.

    Args:
        name: what the file is called in an error.

    Raises:
        InputInvalid: not OPML, or with a document type definition.
    """
    from lxml import etree

    if re.search(rb"<!(?:DOCTYPE|ENTITY)", body[:10_000], re.IGNORECASE):
        raise InputInvalid(f"{name}: forbidden XML: document type definition")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputInvalid(f"{name}: not OPML: {error}") from None
    if root is None or root.tag.lower() != "opml":
        raise InputInvalid(f"{name}: not OPML")
    found: dict[str, Outline] = {}
    for outline in root.iter("outline"):
        attributes = {key.lower(): value.strip() for key, value in outline.attrib.items()}
        url = attributes.get("xmlurl", "")
        if not re.match(r"https?://", url):
            continue
        parent = outline.getparent()
        folder = parent.get("text") or parent.get("title") or "" if parent is not None else ""
        title = attributes.get("title") or attributes.get("text") or url
        found.setdefault(url, Outline(url, title, attributes.get("htmlurl", ""), folder))
    return list(found.values())


def write(feeds: Iterable[Feed], at: datetime) -> str:
    """An OPML file of these feeds, one folder per category."""
    folders: dict[str, list[Feed]] = {}
    for feed in feeds:
        folders.setdefault(feed.category, []).append(feed)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head><title>Veille</title><dateCreated>{at.strftime('%a, %d %b %Y %H:%M:%S +0000')}</dateCreated></head>",
        "<body>",
    ]
    for folder, members in folders.items():
        lines.append(f"<outline text={quoteattr(folder)}>")
        for feed in members:
            name, url, site = quoteattr(feed.name), quoteattr(feed.feed_url), quoteattr(feed.site_url)
            lines.append(f'  <outline type="rss" text={name} title={name} xmlUrl={url} htmlUrl={site}/>')
        lines.append("</outline>")
    return "\n".join([*lines, "</body>", "</opml>", ""])


def slug(text: str) -> str:
    """An id from a title: `Le Figaro - Défense` -> `le-figaro-defense`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "feed"
