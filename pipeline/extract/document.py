"""A fetched page, decoded and parsed once: the tree, its meta fields, its JSON-LD nodes.

Belongs here: charset, HTML parsing, and collecting the machine-readable marks of a page. Does not belong here: what any
of them means (`clocks`, `metadata`, `refusals`) or the article's text (`body`).
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from pipeline.extract.library import trafilatura
from pipeline.extract.marks import marked_elements
from pipeline.records import Page

Node = dict[str, Any]
"""One JSON-LD object."""

HEAD_BYTES = 4096
"""Where a charset declaration is looked for: twice what the HTML standard asks of authors."""

_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]+)", re.IGNORECASE)
_CONTROL_REFERENCES = re.compile(
    r"&#(?:[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));?(?![0-9a-fA-F])"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii", "iso_8859-1"})
ARTICLE_TYPES = frozenset(
    {
        "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
        "BackgroundNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle", "BlogPosting", "SocialMediaPosting",
        "TechArticle", "Report", "LiveBlogPosting", "AdvertiserContentArticle",
    }
)  # fmt: skip
"""schema.org types of a page whose subject is an article."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page. The tree is shared: whoever changes it does so after everyone else has read it."""

    url: str
    """Where it was found, after redirects."""
    tree: HtmlElement
    metas: dict[str, list[str]]
    """`name`, `property` or `http-equiv` in lower case -> contents, in document order, blank ones left out."""
    nodes: tuple[Node, ...]
    """All JSON-LD objects, graphs and lists flattened, in document order."""
    marked: tuple[HtmlElement, ...]
    """Elements whose class may mean something: see `marks`."""
    encoding: str

    def meta(self, *names: str) -> str | None:
        """The first content of the first of these names that is there."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    @property
    def language(self) -> str | None:
        """Declared: `lang` of the root, else og:locale, else content-language; two lower-case letters."""
        root = self.tree.get("lang") or self.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        declared = root or self.meta("og:locale", "content-language", "dc.language", "language") or ""
        code = declared.strip().lower()[:2]
        return code if code.isalpha() and len(code) == 2 else None

    def link(self, relation: str) -> str | None:
        """The target of the first `<link rel=…>`."""
        for element in self.tree.iter("link"):
            if relation in (element.get("rel") or "").lower().split() and (href := element.get("href")):
                return str(href).strip()
        return None

    def typed(self, types: frozenset[str]) -> list[Node]:
        """The JSON-LD nodes of one of these types."""
        return [node for node in self.nodes if types.intersection(node_types(node))]


def node_types(node: Node) -> list[str]:
    """The local names of a node's `@type`."""
    found = node.get("@type")
    names = found if isinstance(found, list) else [found]
    return [str(name).rsplit("/", 1)[-1] for name in names if name]


def decode(page: Page) -> tuple[str, str]:
    """The page's text and the charset it was read in.

    BOM, then UTF-8 where the bytes are valid UTF-8 (French in another charset practically never is, while a wrong
    declaration is common), then the header's charset, the page's own, a guess. A declared iso-8859-1 is windows-1252,
    as in browsers (https://encoding.spec.whatwg.org/#names-and-labels).
    """
    body = page.body
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, errors="replace"), name.removesuffix("-sig")
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    for declared in _declared(page):
        # A page in UTF-8 with a few broken bytes is still in UTF-8.
        errors = "replace" if declared == "utf-8" and _mostly_utf8(body) else "strict"
        try:
            return body.decode(declared, errors=errors), declared
        except (UnicodeDecodeError, LookupError):
            continue
    try:
        # A guess from letter frequencies takes œ and € for Central European ones; French pages without a word about
        # their charset are in this one.
        return body.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    guess = from_bytes(body[:20_000]).best()
    name = guess.encoding if guess is not None else "cp1252"
    return body.decode(name, errors="replace"), name


def without_controls(markup: str) -> str:
    """Markup without control characters, written or referred to: lxml reads them and then refuses to move them."""
    return _CONTROLS.sub("", _CONTROL_REFERENCES.sub("", markup))


def _declared(page: Page) -> Iterator[str]:
    header = re.search(r"charset\s*=\s*[\"']?\s*([^\s;\"']+)", page.header("content-type") or "", re.IGNORECASE)
    own = _META_CHARSET.search(page.body, 0, HEAD_BYTES)
    for name in (header[1] if header else None, own[1].decode("ascii", "replace") if own else None):
        if name:
            lowered = name.lower()
            yield "cp1252" if lowered in _LATIN else "utf-8" if lowered == "utf8" else lowered


def _mostly_utf8(body: bytes) -> bool:
    text = body.decode("utf-8", errors="replace")
    broken = text.count("�")
    return broken * 20 <= sum(character > "\x7f" for character in text)


def parse(page: Page) -> Document | None:
    """Decode and parse a page; None when there is no HTML in it."""
    text, encoding = decode(page)
    if not text.strip():
        return None
    # Control characters that are written out are taken out by trafilatura; see `without_controls`.
    tree = trafilatura().utils.load_html(_CONTROL_REFERENCES.sub("", text))
    if tree is None:
        return None
    metas: dict[str, list[str]] = {}
    nodes: list[Node] = []
    for element in tree.iter("meta", "script"):
        if element.tag == "meta":
            name = element.get("property") or element.get("name") or element.get("http-equiv")
            content = (element.get("content") or "").strip()
            if name and content:
                metas.setdefault(name.strip().lower(), []).append(content)
        elif (element.get("type") or "").lower().startswith("application/ld+json") and element.text:
            nodes.extend(_flatten(load_json(element.text)))
    return Document(page.final_url or page.url, tree, metas, tuple(nodes), marked_elements(tree), encoding)


_COMMENT_OPEN = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)")
_COMMENT_CLOSE = re.compile(r"(?:-->|//\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])")


def load_json(text: str) -> Any:
    """JSON as found in pages: raw line breaks in strings, comments around it, trailing commas, stray backslashes,
    something after its end. None when nothing can be read."""
    cleaned = _COMMENT_CLOSE.sub("", _COMMENT_OPEN.sub("", text)).strip().rstrip(";")
    for attempt in (cleaned, _BAD_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub(r"\1", cleaned))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    try:
        return json.JSONDecoder(strict=False).raw_decode(cleaned)[0]
    except (ValueError, RecursionError):
        return None


def _flatten(value: Any, depth: int = 0) -> Iterator[Node]:
    """The nodes of a JSON-LD document: lists, `@graph` and `mainEntity` opened, three levels deep at most."""
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth)
    elif isinstance(value, dict):
        yield value
        if depth < 3:
            for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                if isinstance(value.get(key), (list, dict)):
                    yield from _flatten(value[key], depth + 1)
