"""The alerts as an Atom feed (RFC 4287).

Belongs here: the document. Does not belong here: where it is written (`publish`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from lxml import etree

from pipeline import french
from pipeline.records import Alert

NAMESPACE = "http://www.w3.org/2005/Atom"
NOTHING_YET = datetime(2024, 1, 1, tzinfo=UTC)
"""`updated` of a feed without entries, which the RFC wants all the same."""


def atom(alerts: Sequence[Alert]) -> bytes:
    """An Atom document of these alerts, newest first."""
    feed = etree.Element(
        f"{{{NAMESPACE}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "fr"}, {None: NAMESPACE}
    )
    _add(feed, "id", "urn:veille:alerts")
    _add(feed, "title", "Veille : alertes")
    _add(feed, "updated", max((a.at for a in alerts), default=NOTHING_YET).isoformat())
    _add(_add(feed, "author"), "name", "Veille")
    for alert in alerts:
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:veille:alert:{alert.id}")
        _add(entry, "title", alert.reason)
        _add(entry, "updated", alert.at.isoformat())
        _add(entry, "published", alert.at.isoformat())
        _add(entry, "link", href=alert.story_url, rel="alternate")
        _add(entry, "category", term=alert.rule, label=french.RULE.get(alert.rule, alert.rule))
        _add(entry, "content", _body(alert), type="html")
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _body(alert: Alert) -> str:
    sources = alert.independent_sources
    counted = "1 source" if sources == 1 else f"{sources} sources indépendantes"
    return (
        f"<blockquote>{escape(alert.evidence)}</blockquote>"
        f'<p><a href="{escape(alert.story_url)}">{escape(alert.story_title)}</a>, '
        f"{escape(alert.publisher)} ({counted})</p>"
    )


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    # XML 1.0 has no control characters, and a title from the web may carry one.
    child.text = None if text is None else "".join(c for c in text if c >= " " or c in "\n\t")
    return child
