"""Pages that give no story, and why; and what part of an article its page lets everyone read.

Belongs here: the decisions, each with a detail for a person. Does not belong here: sorting lines (`furniture`), HTTP
refusals (`fetch`), the language classifier (`language`).
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pipeline.extract.body import Body, is_false
from pipeline.extract.clocks import article_nodes
from pipeline.extract.document import Document, node_types
from pipeline.extract.furniture import lowered, phrases, plain
from pipeline.extract.language import language_of
from pipeline.extract.marks import matching
from pipeline.records import Entry, Page, Skipped, SkipReason

SHORTEST = 200
"""Characters of text that make an article; a French news brief has about 400, a caption under a video 100."""
SHORTEST_OPEN = 120
"""The same for the open part of a paywalled article: two sentences."""
MEDIA_TEXT = 900
"""A video or audio page with more text than this is an article with a player in it."""
ARTICLE_TEXT = 1_500
"""Characters of a text that is an article, whatever else stands in it."""
LIST_LINES, LIST_LINE = 6, 110
"""So many lines, of which none is longer than this, are headlines and teasers; the shortest brief has a paragraph."""
WALL_SHARE = 0.5
"""Share of consent text from which a page is a consent wall."""

Access = Literal["full", "summary", "paywalled"]

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml", ""})
_MEDIA_PATH = re.compile(
    r"/(?:(?P<live>live|en-direct|direct|direct-live|suivi-live)|(?P<video>videos?|replay|emissions?-tv)"
    r"|(?P<audio>podcasts?|audios?|replay-audio|ecouter))(?:/|$)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"""(?:\S+\s+){5,}\S*[.!?…][»"”')\]\s]*$""")
_CONSENT_HOSTS = ("consent.", "myprivacy.", "cmp.", "privacy.")
_PAYWALL_MARK = re.compile(
    r"(^|[\s_-])(paywall|paywalled|premium-paywall|reserve-abonnes?|is-premium|article-restricted|contenu-abonnes?"
    r"|restricted-content|locked-content|poool-widget|subscriber-only|qiota)($|[\s_-])",
    re.IGNORECASE,
)


def refuse_page(page: Page, entry: Entry) -> Skipped | None:
    """What the answer and the URL already tell."""
    if page.content_type not in _HTML_TYPES and not page.body.lstrip()[:15].lower().startswith(
        (b"<!doctype html", b"<html")
    ):
        return Skipped(SkipReason.NOT_HTML, page.content_type)
    if not page.body.strip():
        return Skipped(SkipReason.NO_TEXT, "empty body")
    host = urlsplit(page.final_url).hostname or ""
    if host.startswith(_CONSENT_HOSTS) and host != urlsplit(page.url).hostname:
        return Skipped(SkipReason.CONSENT_WALL, f"sent to {host}")
    if entry.media != "article":
        reason = {"live": SkipReason.LIVE, "video": SkipReason.VIDEO, "audio": SkipReason.AUDIO}[entry.media]
        return Skipped(reason, "says the feed")
    return None


def refuse_kind(document: Document) -> Skipped | None:
    """A live page. Its text is a day of many stories, and changes by the minute."""
    for node in article_nodes(document):
        if "LiveBlogPosting" in node_types(node):
            return Skipped(SkipReason.LIVE, "LiveBlogPosting")
    path = _MEDIA_PATH.search(urlsplit(document.url).path)
    if path and path["live"]:
        return Skipped(SkipReason.LIVE, path[0])
    return None


def refuse_text(document: Document, body: Body, access: Access) -> Skipped | None:
    """What the text that came out tells: consent wall, boilerplate, video or audio page, nothing, too little."""
    lines = body.sorted
    size = len(lines.text)
    if size < ARTICLE_TEXT and _error_title(document):
        return Skipped(SkipReason.BOILERPLATE, "the title of an error page")
    if lines.consent > WALL_SHARE * (size + lines.consent) and size < ARTICLE_TEXT:
        return Skipped(SkipReason.CONSENT_WALL, f"{lines.consent} of {size + lines.consent} characters about consent")
    if size and size < ARTICLE_TEXT and lines.boilerplate > 0.4 * size:
        return Skipped(SkipReason.BOILERPLATE, lines.text[:80])
    if size < MEDIA_TEXT and (media := _media_page(document)):
        return media
    if not size:
        return _nothing(document)
    if size < (SHORTEST_OPEN if access == "paywalled" else SHORTEST):
        return Skipped(SkipReason.TOO_SHORT, f"{size} characters")
    if size < ARTICLE_TEXT:
        sentences = [line for line in lines.lines if _SENTENCE.search(line)]
        # The open part of a paywalled article may well end in the middle of its only sentence.
        if access == "full" and sum(map(len, sentences)) < SHORTEST_OPEN:
            return Skipped(SkipReason.BOILERPLATE, "no sentences")
        if len(lines.lines) >= LIST_LINES and max(map(len, lines.lines)) < LIST_LINE:
            return Skipped(SkipReason.BOILERPLATE, "a list of headlines")
    return None


def refuse_language(document: Document | None, text: str, expected: str) -> Skipped | None:
    """A text in another language than the feed's."""
    found = language_of(text, document.language if document else expected)
    return None if found == expected else Skipped(SkipReason.OTHER_LANGUAGE, found)


def access_of(document: Document, body: Body) -> Access:
    """`paywalled` where the page says that the rest is for subscribers.

    What is printed in the text counts first; then the JSON-LD's `isAccessibleForFree`; then the mark-up, which many
    sites carry on free pages too, so only beside a short text.
    """
    if body.sorted.paywall or body.gated:
        return "paywalled"
    declared = [node["isAccessibleForFree"] for node in article_nodes(document) if "isAccessibleForFree" in node]
    if declared:
        return "paywalled" if is_false(declared[0]) else "full"
    if (document.meta("article:content_tier") or "").lower() in {"locked", "metered"}:
        return "paywalled"
    if len(body.sorted.text) < ARTICLE_TEXT and next(matching(document.marked, _PAYWALL_MARK), None) is not None:
        return "paywalled"
    return "full"


def _error_title(document: Document) -> bool:
    element = document.tree.find(".//title")
    title = plain(element.text_content()) if element is not None else ""
    return bool(title) and len(title) < 100 and phrases("boilerplate").matches(lowered(title))


def _media_page(document: Document) -> Skipped | None:
    kinds = {kind for node in document.nodes for kind in node_types(node)}
    og_type = (document.meta("og:type") or "").lower()
    path = _MEDIA_PATH.search(urlsplit(document.url).path)
    if (
        kinds.intersection({"PodcastEpisode", "AudioObject", "RadioEpisode"})
        or og_type.startswith("music")
        or (path and path["audio"])
    ):
        return Skipped(SkipReason.AUDIO, "a page about a recording")
    main_video = "VideoObject" in kinds and not article_nodes(document)
    if main_video or og_type.startswith("video") or (path and path["video"]):
        return Skipped(SkipReason.VIDEO, "a page about a film")
    return None


def _nothing(document: Document) -> Skipped:
    shell = (
        "noscript" in {element.tag for element in document.tree.iter("noscript")}
        and len(list(document.tree.iter("p"))) < 3
    )
    return Skipped(SkipReason.NO_TEXT, "built in the browser" if shell else "no text found")
