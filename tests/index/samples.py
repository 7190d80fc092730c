"""Records made for the tests of the index and the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.records import Clocks, Entry, Extraction, Publisher, Story, TextStats
from pipeline.urls import entry_id

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **delta: float) -> None:
        self.at += timedelta(**delta)


def entry(name: str, **fields: Any) -> Entry:
    url = f"https://journal.example/{name}"
    given: dict[str, Any] = {
        "id": entry_id(url),
        "url": url,
        "canonical_url": url,
        "title": f"Titre {name}",
        "feeds": ("a",),
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "updated_at": NOON,
        "fingerprint": "f1",
    }
    return Entry(**given | fields)


def story(name: str, title: str = "Titre", text: str = "Texte.", **fields: Any) -> Story:
    url = f"https://journal.example/{name}"
    given: dict[str, Any] = {
        "id": entry_id(url),
        "url": url,
        "canonical_url": url,
        "title": title,
        "text": text,
        "publisher": Publisher(id="journal", name="Le Journal", country="FR", kind="press", family="journal"),
        "clocks": Clocks(published_at=NOON, published_precision="instant", first_seen_at=NOON, indexed_at=NOON),
        "text_stats": TextStats(characters=len(text), words=len(text.split()), paragraphs=1),
        "extraction": Extraction(version="test"),
    }
    return Story(**given | fields)
