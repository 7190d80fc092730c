"""Finding elements by what their mark-up calls them.

Belongs here: the one pass over all class names of a page, and choosing among what it found. Does not belong here:
which names mean what (the callers).

XPath could search for each kind by itself. Its regular expressions are called back into Python for every element, and
its `contains` walks the tree anew for every kind; both cost more than the rest of the metadata together. So one pass
keeps the few elements whose class contains any of `INTERESTING`, and each kind looks at those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.etree import XPath
from lxml.html import HtmlElement

INTERESTING = re.compile(
    "author|auteur|byline|signature|date|publi|time|posted|chap|standfirst|accroche|paywall|abonn|restricted|premium"
    "|locked|poool|subscriber|qiota",
    re.IGNORECASE,
)
"""What a class name contains that any pattern of this package can match."""

ELSEWHERE = frozenset({"aside", "nav", "footer", "li"})
"""Where teasers, menus and imprints stand: what is said in there is not said of the page's article."""

_CLASSES = XPath(".//@class")


def marked_elements(tree: HtmlElement) -> tuple[HtmlElement, ...]:
    """The elements with an interesting class, in document order."""
    # `str`: what XPath gives holds on to its element, and must not stay in the cache.
    return tuple(value.getparent() for value in _CLASSES(tree) if _is_interesting(str(value)))


@lru_cache(maxsize=50_000)
def _is_interesting(names: str) -> bool:
    # Class names repeat within a page and over an outlet's pages.
    return INTERESTING.search(names) is not None


def matching(
    elements: tuple[HtmlElement, ...], pattern: re.Pattern[str], *, outside: frozenset[str] = ELSEWHERE
) -> Iterator[HtmlElement]:
    """Those whose class matches, that are still in the page, and that stand in no element of an `outside` tag."""
    for element in elements:
        if pattern.search(element.get("class") or "") and not is_inside(element, outside):
            yield element


def is_inside(element: HtmlElement, tags: frozenset[str]) -> bool:
    """Whether it, or one of the elements around it, has one of these tags."""
    return element.tag in tags or any(ancestor.tag in tags for ancestor in element.iterancestors())
