"""Pages, entries, feeds and stories for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline import urls
from pipeline.records import Entry, Feed, Page, Publisher

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://www.lequotidien.example/monde/2024/03/12/livraison-de-munitions_123.html"
PUBLISHER = Publisher(id="lequotidien", name="Le Quotidien", country="FR", kind="national", family="groupe-q")
FEED = Feed(
    id="lequotidien-une",
    name="Le Quotidien - À la une",
    feed_url="https://www.lequotidien.example/rss/une.xml",
    site_url="https://www.lequotidien.example/",
    country="FR",
    kind="national",
    category="a-la-une",
    language="fr",
    publisher="lequotidien",
    family="groupe-q",
)

PARAGRAPHS = (
    "La Corée du Nord a livré à la Russie plus d'un millier de conteneurs de munitions, a affirmé vendredi la "
    "Maison-Blanche, qui a publié des images d'un navire chargé dans le port de Rajin.",
    "Selon son porte-parole, Pyongyang cherche à obtenir en échange des avions de combat, des missiles sol-air et des "
    "véhicules blindés, ainsi que des machines pour produire ses propres armes.",
    "Moscou n'a pas réagi à ces accusations. La Corée du Sud, elle, évoque dix bateaux depuis le mois d'août, et "
    "s'inquiète des technologies que son voisin pourrait recevoir.",
)
"""An article in three paragraphs, 500 characters."""


def article(*paragraphs: str) -> str:
    """The paragraphs as the article of a page."""
    return "<article>" + "".join(f"<p>{text}</p>" for text in paragraphs or PARAGRAPHS) + "</article>"


def html(head: str = "", body: str | None = None, *, lang: str = "fr") -> str:
    inner = article() if body is None else body
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{inner}</body></html>'


def page(
    content: str | bytes,
    *,
    url: str = URL,
    final_url: str | None = None,
    content_type: str = "text/html; charset=utf-8",
) -> Page:
    body = content.encode() if isinstance(content, str) else content
    return Page(url, final_url or url, 200, (("Content-Type", content_type),), body, NOW)


def entry(url: str = URL, **fields: Any) -> Entry:
    canonical = urls.canonical_url(url)
    known: dict[str, Any] = {
        "id": urls.entry_id(canonical),
        "url": url,
        "canonical_url": canonical,
        "title": "Titre du flux",
        "feeds": (FEED.id,),
        "first_seen_at": NOW,
        "last_seen_at": NOW,
        "updated_at": NOW,
    }
    return Entry(**(known | fields))
