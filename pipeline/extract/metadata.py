"""Title, authors, section, keywords, image and canonical URL of a page.

Belongs here: choosing among what the page says of itself, and freeing it from the outlet's own marks. Does not belong
here: dates (`clocks`), the text (`body`), the publisher (the registry knows it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline import urls
from pipeline.errors import BadUrl
from pipeline.extract.body import blocks
from pipeline.extract.clocks import PAGE_TYPES, article_nodes
from pipeline.extract.document import Document, Node, node_types
from pipeline.extract.furniture import fold, plain
from pipeline.extract.marks import is_inside, matching
from pipeline.extract.names import People, people

_NO_SECTION = frozenset(
    {"alaune", "une", "accueil", "nonclasse", "uncategorized", "actualite", "actualites", "actus", "news"}
)
MAX_KEYWORDS = 30
MAX_TITLE = 400

_SEPARATED = re.compile(r"\s+[-–—|·•:»]\s+|\s*[|»]\s*")
_PREFIX = re.compile(r"^([^:|–—]{2,40}?)\s*[:|–—]\s+(.+)$")
_H1 = XPath(".//h1[not(ancestor::aside or ancestor::nav or ancestor::footer)]")
_AUTHOR_CLASS = re.compile(r"(^|[\s_-])(author|auteur|byline|signature)s?([_-]*(name|nom|link))?($|\s)", re.IGNORECASE)
_AUTHOR_LINKS = XPath(
    """.//*[@itemprop='author' or @rel='author'] | .//a[contains(@href, '/auteur') or contains(@href, '/author')
    or contains(@href, '/staff/') or contains(@href, '/journaliste') or contains(@href, '/contributeur')]"""
)
_NOT_A_BYLINE = frozenset({"aside", "nav", "footer"})


@dataclass(frozen=True, slots=True)
class Outlet:
    """The names under which an outlet signs, folded for comparing."""

    folded: frozenset[str]

    @classmethod
    def of(cls, url: str, *names: str | None) -> Outlet:
        """From its names (publisher, feed, og:site_name) and its host: `Les Echos` and `lesechos` are one."""
        found = {fold(part) for name in names if name for part in (name, re.split(r"\s[-–|]\s", name)[0])}
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        domain = urls.registrable_domain(url) if host else ""
        found |= {fold(host), fold(domain), fold(domain.split(".")[0])}
        return cls(frozenset(name for name in found if len(name) > 1))

    def is_named(self, text: str) -> bool:
        folded = fold(text)
        return folded in self.folded or folded.removesuffix("fr").removesuffix("com") in self.folded


def title_of(document: Document, outlet: Outlet, fallback: str) -> str:
    """The headline without the outlet's name: JSON-LD, og:title, the first h1, `<title>`, else the feed's title."""
    found: list[str] = []
    for node in article_nodes(document):
        headline = node.get("headline") or node.get("name")
        # Systems cut the headline at schema.org's former limit of 110 characters: then the others are better.
        if isinstance(headline, str) and len(headline) < 108 and not headline.rstrip().endswith(("…", "...")):
            found.append(headline)
    found += [text for name in ("og:title", "twitter:title") if (text := document.meta(name))]
    section = section_of(document)
    for candidate in found:
        if title := without_outlet(candidate, outlet, section):
            return title
    for element in _H1(document.tree):
        text = plain(element.text_content())
        if 10 <= len(text) <= MAX_TITLE and not outlet.is_named(text):
            return without_outlet(text, outlet, section)
    element = document.tree.find(".//title")
    if element is not None and (title := without_outlet(element.text_content(), outlet, section)):
        return title
    return plain(unescape(fallback))


def without_outlet(title: str, outlet: Outlet, section: str | None = None) -> str:
    """`Glyphosate : … – Economie | L'Opinion` -> `Glyphosate : …`; `` when nothing but the outlet's name is left."""
    text = plain(unescape(title))[:MAX_TITLE]
    if outlet.is_named(text):
        return ""
    dropped = True
    while dropped:
        dropped = False
        for match in reversed(list(_SEPARATED.finditer(text))):
            tail, head = text[match.end() :].strip(), text[: match.start()].strip()
            if outlet.is_named(tail) or (section and fold(tail) == fold(section) and len(head) > 15):
                text, dropped = head, True
            break
    if (prefix := _PREFIX.match(text)) and outlet.is_named(prefix[1]):
        text = prefix[2].strip()
    return text


def authors_of(document: Document, entry_author: str | None, bylines: Iterable[str], outlet: Outlet) -> People:
    """Persons and agencies, from the best source that names a person; agencies from all of them."""
    agencies: dict[str, None] = {}
    persons: tuple[str, ...] = ()
    for source in _author_sources(document, entry_author, bylines, outlet):
        found = people(source, outlet.is_named)
        agencies |= dict.fromkeys(found.agencies)
        persons = persons or found.persons
    return People(persons, tuple(agencies))


def _author_sources(
    document: Document, entry_author: str | None, bylines: Iterable[str], outlet: Outlet
) -> Iterator[list[str]]:
    by_id = {str(node["@id"]): node for node in document.nodes if "@id" in node and "name" in node}
    for node in article_nodes(document):
        yield list(_names(node.get("author") or node.get("creator"), by_id))
    metas = ("parsely-author", "author", "article:author", "dc.creator", "dcterms.creator", "sailthru.author",
             "article:author_name", "citation_author", "twitter:data1")  # fmt: skip
    for name in metas:
        if name == "twitter:data1" and "crit" not in (document.meta("twitter:label1") or "").lower():
            continue
        yield [value for value in document.metas.get(name, ()) if "://" not in value and not value.startswith("@")]
    yield list(bylines)
    yield _marked_authors(document, outlet)
    for node in document.typed(PAGE_TYPES):
        yield list(_names(node.get("author"), by_id))
    yield [entry_author] if entry_author else []


def _marked_authors(document: Document, outlet: Outlet) -> list[str]:
    """By-lines in the mark-up: the first that names somebody, and those beside it; later ones belong to teasers."""
    marked = [*matching(document.marked, _AUTHOR_CLASS, outside=_NOT_A_BYLINE)]
    linked = [e for e in _AUTHOR_LINKS(document.tree) if e.tag != "link" and not is_inside(e, _NOT_A_BYLINE)]
    for element in [*marked[:6], *linked[:6]]:
        text = _byline(element)
        if outlet.is_named(text.strip(" ,|")):
            return []
        if people([text], outlet.is_named) != People():
            beside = element.getparent()
            group = marked if element in marked else linked
            return [_byline(sibling) for sibling in group if sibling.getparent() is beside]
    return []


def _byline(element: HtmlElement) -> str:
    """The text of an element that names an author, or of the short line that it stands in: `Par … et Belga`."""
    around = element.getparent()
    for found in (around, element) if around is not None and around.tag in ("p", "span") else (element,):
        text = " | ".join(dict.fromkeys(blocks(found)))
        if len(text) <= 120:
            return text
    return ""


def _names(value: Any, by_id: dict[str, Node]) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            node = item if "name" in item else by_id.get(str(item.get("@id")), item)
            name = node.get("name")
            for text in name if isinstance(name, list) else [name]:
                if isinstance(text, str):
                    yield text


def section_of(document: Document) -> str | None:
    """The outlet's own section, as it writes it."""
    for node in article_nodes(document):
        value = node.get("articleSection")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and (name := _section_name(item)):
                return name
    found = document.meta("article:section", "parsely-section", "og:article:section", "section", "category")
    if found and (name := _section_name(found)):
        return name
    for node in document.nodes:
        if "BreadcrumbList" in node_types(node) and (names := _crumbs(node)):
            # The first crumb is the home page, the last may be the article itself.
            return names[1] if len(names) > 1 else None
    return None


def _section_name(text: str) -> str | None:
    """The first part that names a subject: `à la une,Société` -> Société."""
    parts = [plain(part) for part in unescape(text).split(",")]
    return next((part for part in parts if part and fold(part) not in _NO_SECTION), None)


def _crumbs(node: Node) -> list[str]:
    items = node.get("itemListElement")
    names: list[str] = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            inner = item.get("item")
            name = item.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
            if isinstance(name, str):
                names.append(plain(unescape(name)))
    return names


def keywords_of(document: Document, entry_categories: Iterable[str]) -> tuple[str, ...]:
    """Keywords of the article: JSON-LD, article:tag, parsely, news_keywords, keywords; the feed's categories where
    the page has none. Each once, at most `MAX_KEYWORDS`."""
    found: list[str] = []
    for node in article_nodes(document):
        value = node.get("keywords")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                found.append(item)
    found += document.metas.get("article:tag", [])
    if not found:
        for name in ("parsely-tags", "news_keywords", "keywords"):
            if name in document.metas:
                found = document.metas[name]
                break
    words = [plain(word) for text in (found or entry_categories) for word in re.split("[,;]", unescape(text))]
    unique = {fold(word): word for word in reversed(words) if 1 < len(word) <= 80}
    return tuple(sorted(unique.values(), key=words.index))[:MAX_KEYWORDS]


def summary_of(document: Document, fallback: str) -> str:
    """The article's own summary: og:description, description, JSON-LD, else the feed's."""
    found = document.meta("og:description", "description", "twitter:description")
    if not found:
        found = next((d for n in article_nodes(document) if isinstance(d := n.get("description"), str)), None)
    return plain(unescape(found or fallback))


def image_of(document: Document) -> str | None:
    """Absolute URL of the lead image."""
    candidates: list[str] = [value for name in ("og:image", "og:image:url", "twitter:image", "twitter:image:src")
                             if (value := document.meta(name))]  # fmt: skip
    for node in article_nodes(document):
        value = node.get("image") or node.get("thumbnailUrl")
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict):
            first = first.get("url") or first.get("contentUrl") or first.get("@id")
        if isinstance(first, str):
            candidates.append(first)
    for candidate in candidates:
        try:
            absolute = urljoin(document.url, candidate.strip())
            parts = urlsplit(absolute)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            return absolute
    return None


def canonical_of(document: Document, fallback: str) -> str:
    """The page's own canonical URL in canonical form, where it can be believed; else `fallback`.

    Believed when it is on the same registrable domain and names a page rather than a site or a section: pages that
    point at their home page, at page one of a series or at a tracker's host are common.
    """
    here = urlsplit(document.url)
    for candidate in (document.link("canonical"), document.meta("og:url")):
        if not candidate:
            continue
        try:
            absolute = urljoin(document.url, candidate)
            there = urlsplit(absolute)
            if there.scheme not in ("http", "https") or not there.hostname or there.port != here.port:
                continue
            if urls.registrable_domain(absolute) != urls.registrable_domain(document.url):
                continue
            canonical = urls.canonical_url(absolute)
        except (BadUrl, ValueError):
            continue
        if _names_a_page(there.path, there.query, here.path):
            return canonical
    return fallback


def _names_a_page(path: str, query: str, fetched: str) -> bool:
    """Whether a path is as specific as the one that was fetched: `/` and `/monde/` are not, for an article."""
    if not path.strip("/") and not query:
        return False
    last, was = path.rstrip("/").rsplit("/", 1)[-1], fetched.rstrip("/").rsplit("/", 1)[-1]
    return last == was or bool(query) or any(c.isdigit() for c in last) or last.count("-") >= 2 or "." in last
