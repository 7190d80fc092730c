"""From the bytes of an answer to the text of a feed, or why it is none.

Belongs here: charset, forbidden XML, HTML in place of a feed. Does not belong here: the items (`parse`).

Charset order: BOM, XML declaration, HTTP header, then a guess; a declaration that the bytes contradict is not believed
(feeds_notes: Le Monde changed encoding, masthead reads a declared iso-8859-1 as windows-1252).

Document type definitions are refused before any XML parser sees the feed: they are what entity bombs and external
entities are made of, and no feed of today needs one. The bare DOCTYPE of RSS 0.91 defines nothing and is cut off.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from pipeline.errors import FeedError

ROOTS = ("rss", "feed", "rdf")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN = frozenset(("iso8859-1", "iso8859-15", "cp1252", "ascii"))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([\w:.-]+)([^>\[]*)([\[>])", re.IGNORECASE)
_NETSCAPE = "-//Netscape Communications//DTD RSS 0.91"
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_LATE_START = re.compile(r"<\?xml\s|<(?:rss|feed|rdf:RDF)[\s>]")
_LATE_WITHIN = 5_000
"""Characters of stray output (PHP warnings, blank templates) before the XML that are borne."""
_XML_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a feed, its declaration and document type taken off."""

    text: str
    root: str
    """`rss`, `feed` or `rdf`."""
    problems: tuple[str, ...]


def read(body: bytes, content_type: str | None, url: str) -> Document:
    """The feed in an answer.

    Raises:
        FeedError: empty, HTML, JSON, some other XML, or XML with a document type definition.
    """
    text, problems = decode(body, content_type)
    if not text.strip():
        raise FeedError("empty answer", url=url)
    if text.lstrip()[0] in "{[":
        raise FeedError("JSON instead of a feed", url=url)
    root, start = _root(text, url)
    if root not in ROOTS and (late := _LATE_START.search(text, 1, _LATE_WITHIN)) and root != "html":
        root, start = _root(text[late.start() :], url)
        start += late.start()
        problems.append("stray-output")
    if root == "html":
        raise FeedError("HTML instead of a feed", url=url)
    if root not in ROOTS:
        raise FeedError(f"not a feed: root element <{root}>" if root else "not XML", url=url)
    clean = _XML_ILLEGAL.sub("", text[start:])
    if len(clean) != len(text) - start:
        problems.append("control-characters")
    if "html" in (content_type or "").lower():
        problems.append("served-as-html")
    return Document(text=clean, root=root, problems=tuple(problems))


def decode(body: bytes, content_type: str | None) -> tuple[str, list[str]]:
    """The text of a body, and `charset` where what was declared cannot be true."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace"), []
    if body[:4].count(0) >= 2 or (len(body) > 1 and 0 in body[:2]):
        return body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "replace"), []
    in_prolog, in_header = _DECLARED.match(body), _HEADER.search(content_type or "")
    declared = _codec(in_prolog[1].decode("ascii")) if in_prolog else None
    declared = declared or (_codec(in_header[1]) if in_header else None)
    if declared and declared != "utf-8" and declared not in _LATIN:
        try:
            return body.decode(declared), []
        except UnicodeDecodeError:
            return _guess(body), ["charset"]
    try:
        # Latin-1 French is never valid UTF-8 by chance, so that valid UTF-8 is UTF-8 whatever was declared.
        text = body.decode()
    except UnicodeDecodeError:
        return _guess(body), [] if declared in _LATIN else ["charset"]
    return text, ["charset"] if declared in _LATIN and not text.isascii() else []


def _codec(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _guess(body: bytes) -> str:
    """UTF-8 with a few broken octets, or else windows-1252, which holds all that French Latin-1 does and € œ ’ too."""
    lenient = body.decode(errors="replace")
    broken = lenient.count("\ufffd")
    if sum(not char.isascii() for char in lenient) - broken > 4 * broken:
        return lenient
    # The five octets that windows-1252 leaves undefined are control characters in Latin-1.
    return body.decode("cp1252", "replace")


def _root(text: str, url: str) -> tuple[str, int]:
    """Name of the root element in lower case, `` where there is none, and where it begins."""
    at = 0
    while True:
        if prolog := _PROLOG.match(text, at):
            at = prolog.end()
        elif doctype := _DOCTYPE.match(text, at):
            if doctype[1].lower() == "html":
                return "html", at
            if doctype[3] == "[" or (doctype[2].strip() and _NETSCAPE not in doctype[2]):
                raise FeedError("forbidden XML: document type definition", url=url)
            at = doctype.end()
        elif text.startswith("<!", at):
            raise FeedError("forbidden XML: markup declaration", url=url)
        elif root := _ROOT.match(text, at):
            return root[2].lower(), at
        else:
            return "", at
