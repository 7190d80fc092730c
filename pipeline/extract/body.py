"""The article's text, out of a parsed page.

Belongs here: which elements are read, by trafilatura with the options that measured best, and what is put before or
taken out. Does not belong here: sorting the lines that come out (`furniture`), deciding that a page is no article
(`refusals`).

Why these options (measured on stored French pages with `tests/bench/extract.py`, see docs/extraction.md): balanced
beats precision by 3 points of F1 and equals recall; comments, deduplication and images only take away; tables cost
nothing and old sites lay their articles out in them. `fast` leaves out the comparison with readability and justext,
which changed two pages in fifteen, both for the worse (it brought in the consent banner and a newsletter form), and
takes a third of the time. Where the fast text is thin the comparison runs after all, and the longer clean text wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline.extract.document import ARTICLE_TYPES, Document, without_controls
from pipeline.extract.furniture import Sorted, fold, plain, sort_lines
from pipeline.extract.library import trafilatura
from pipeline.extract.marks import ELSEWHERE, matching
from pipeline.extract.overrides import Override

THIN = 250
"""Characters under which the full cascade of extractors is tried too."""

_LEAD = re.compile(r"(^|[\s_-])(chap[oô]|standfirst|chapeau|accroche)($|[\s_-])", re.IGNORECASE)
"""The standfirst. French outlets mark it, and it states the news; extractors lose it where it stands in the header."""

_NOT_THE_HEAD = ELSEWHERE | {"a"}
_BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "td", "pre", "dd")
_LINE_BREAKS = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Body:
    """What was read from a page."""

    sorted: Sorted
    method: Literal["page", "selector", "text"]
    gated: bool = False
    """The page declares a part of itself as not free, and that part was there and was left out."""


def read_body(document: Document, title: str, override: Override) -> Body:
    """Read the text of a page. Takes elements out of `document.tree`: call it last."""
    tree = document.tree
    for selector in override.remove:
        for element in css(selector)(tree):
            _drop(element)
    leads = _leads(document, override)
    gated = _drop_gated(document)
    if override.body:
        found = [element for selector in override.body for element in css(selector)(tree)]
        lines = [line for element in found for line in blocks(element)]
        if lines:
            return Body(sort_lines("\n".join(leads + lines), title), "selector", gated)
    text = _with_lead(leads, _extracted(tree, fast=True), title)
    if len(text.text) < THIN:
        longer = _with_lead(leads, _extracted(tree, fast=False), title)
        embedded = sort_lines("\n".join(_article_body(document)), title)
        best = max((one for one in (text, longer, embedded) if one.lines), key=_worth, default=text)
        return Body(best, "text" if best is embedded else "page", gated)
    return Body(text, "page", gated)


def from_markup(markup: str, title: str) -> Sorted:
    """The lines of a piece of HTML that is known to be the article: what a feed carries."""
    if not markup.strip():
        return sort_lines("", title)
    if "<" not in markup:
        return sort_lines(markup, title)
    element = _fragment(markup)
    for noise in element.xpath(".//script|.//style|.//figure|.//iframe|.//form"):
        _drop(noise)
    return sort_lines("\n".join(blocks(element)), title)


def _fragment(markup: str) -> HtmlElement:
    """A piece of HTML as an element, whatever it is a piece of."""
    # As bytes: lxml refuses text with an encoding declaration in it. lxml's own fragments cannot have an <html>.
    whole = f"<html><body><div>{without_controls(markup)}</div></body></html>".encode("utf-8", "surrogatepass")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return document_fromstring(whole, parser=parser)


def blocks(element: HtmlElement) -> list[str]:
    """The text of an element, one string per innermost block; text outside any block counts as one of its own."""
    lines: list[str] = []
    buffer: list[str] = []

    def flush() -> None:
        line = plain("".join(buffer))
        if line:
            lines.append(line)
        buffer.clear()

    def walk(node: HtmlElement) -> None:
        if not isinstance(node.tag, str) or node.tag in {"script", "style", "noscript"}:
            return
        block = node.tag in _BLOCKS or node.tag in {"div", "section", "article", "ul", "ol", "table", "tr", "br", "h1"}
        if block:
            flush()
        buffer.append(node.text or "")
        for child in node:
            walk(child)
            buffer.append(child.tail or "")
        if block:
            flush()

    walk(element)
    flush()
    return lines


@lru_cache(maxsize=256)
def css(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _extracted(tree: HtmlElement, *, fast: bool) -> str:
    found = trafilatura().bare_extraction(
        tree, fast=fast, include_comments=False, include_tables=True, deduplicate=False
    )
    return (found.text or "") if found is not None else ""


def _leads(document: Document, override: Override) -> list[str]:
    elements = [element for selector in override.lead for element in css(selector)(document.tree)]
    elements = elements or list(islice(matching(document.marked, _LEAD, outside=_NOT_THE_HEAD), 1))
    elements = elements or document.tree.xpath(".//p[@itemprop='description']")[:1]
    lines = [line for element in elements for line in blocks(element)]
    return lines if 40 <= sum(map(len, lines)) <= 2000 else []


def _with_lead(leads: list[str], text: str, title: str) -> Sorted:
    """The text with its standfirst before it, unless it is there already."""
    there = fold(text[: 4 * sum(map(len, leads)) + 3000]) if leads else ""
    missing = [line for line in leads if fold(line)[:80] not in there]
    return sort_lines("\n".join([*missing, text]), title)


def _worth(candidate: Sorted) -> int:
    """Characters of article, consent text counted against."""
    return len(candidate.text) - candidate.boilerplate - 2 * candidate.consent


def _article_body(document: Document) -> list[str]:
    """`articleBody` of the JSON-LD: whole on some pages that are built in the browser."""
    for node in document.typed(ARTICLE_TYPES):
        text = node.get("articleBody")
        if isinstance(text, str) and text.strip():
            if "</" in text:
                return blocks(_fragment(text))
            return [line for line in map(plain, _LINE_BREAKS.split(text)) if line]
    return []


def _drop_gated(document: Document) -> bool:
    """Take out the part that the page itself declares as not free, where an open part stays.

    Some outlets send the whole text to everyone and hide it by style: what they declare closed is not kept. Where the
    declared part is all there is, it is the teaser that every reader sees, and stays.
    https://developers.google.com/search/docs/appearance/structured-data/paywalled-content
    """
    closed: list[HtmlElement] = []
    for node in document.typed(ARTICLE_TYPES):
        parts = node.get("hasPart")
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, dict) and is_false(part.get("isAccessibleForFree")):
                selectors = part.get("cssSelector")
                for selector in selectors if isinstance(selectors, list) else [selectors]:
                    try:
                        closed += css(str(selector))(document.tree) if selector else []
                    except SelectorError:
                        continue
    inside = sum(len(element.text_content()) for element in closed)
    if not closed or inside < 200:
        return False
    article = next(document.tree.iter("article", "main"), document.tree)
    outside = sum(len(p.text_content()) for p in article.iter("p") if not _within(p, closed))
    if outside < 300:
        return False
    for element in closed:
        _drop(element)
    return True


def is_false(value: object) -> bool:
    """False as JSON-LD writes it: `false`, `"False"`."""
    return value is False or (isinstance(value, str) and value.strip().lower() in {"false", "no", "0"})


def _within(element: HtmlElement, others: list[HtmlElement]) -> bool:
    return element in others or any(ancestor in others for ancestor in element.iterancestors())


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
