"""A corpus small enough to count by hand: ten stories, five entries, four feeds, two alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.index import Store
from pipeline.records import (
    Alert,
    Clocks,
    Copies,
    Entry,
    EntryState,
    Evidence,
    Extraction,
    FeedState,
    Money,
    Publisher,
    Quantity,
    SeedNearness,
    Story,
    SupplyEvent,
    TaggerVersion,
    Tagging,
    TextStats,
)
from pipeline.urls import entry_id

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OUTLETS = {
    "rfi": ("RFI", "FR", "fmm"),
    "france24": ("France 24", "FR", "fmm"),
    "journal": ("Le Journal", "FR", "journal"),
    "soir": ("Le Soir d'ici", "BE", "soir"),
    "levant": ("Le Levant", "LB", "levant"),
    "sahel": ("Sahel Info", "ML", "sahel"),
}


def event(
    supplier: str | None,
    recipient: str | None,
    status: str,
    *materiel: str,
    quantity: tuple[float, str] | None = None,
    value: tuple[float, str] | None = None,
    sentence: str = "",
    alleged: bool = False,
) -> SupplyEvent:
    said = sentence or f"{supplier} {status} {', '.join(materiel)} {recipient}."
    return SupplyEvent(
        supplier=supplier,
        recipient=recipient,
        materiel=materiel or ("weapons",),
        status=status,
        alleged=alleged,
        quantity=Quantity(value=quantity[0], unit=quantity[1]) if quantity else None,
        value=Money(amount=value[0], currency=value[1]) if value else None,
        evidence=(Evidence(sentence=said, start=0, end=len(said), rule="test"),),
    )


def story(
    name: str,
    outlet: str = "journal",
    *events: SupplyEvent,
    at: datetime = NOW - timedelta(days=1),
    found_after: float = 60.0,
    indexed_after: float = 30.0,
    near: float = 0.0,
    related: tuple[str, ...] = (),
    **fields: Any,
) -> Story:
    """A story published at `at`, seen `found_after` seconds later and indexed `indexed_after` seconds after that."""
    url = f"https://{outlet}.example/{name}"
    publisher, country, family = OUTLETS[outlet]
    seen = at + timedelta(seconds=found_after)
    clocks = Clocks(published_at=at, published_precision="instant", first_seen_at=seen)
    given: dict[str, Any] = {
        "id": entry_id(url),
        "url": url,
        "canonical_url": url,
        "title": f"Titre {name}",
        "text": " ".join(e.evidence[0].sentence for e in events) or "Texte.",
        "publisher": Publisher(id=outlet, name=publisher, country=country, kind="press", family=family),
        "clocks": clocks.indexed(seen + timedelta(seconds=indexed_after)),
        "text_stats": TextStats(characters=6, words=1, paragraphs=1),
        "extraction": Extraction(version="test"),
        "seed": SeedNearness(similarity=near, related=related, same_dyad="same-dyad" in related),
    }
    version = TaggerVersion(version="test", lexicon_digest="test")
    tagging = Tagging(military_supply=bool(events), score=0.9 if events else 0.0, events=events, tagger=version)
    return Story(**given | fields).tagged(tagging)


def _at(day: int) -> datetime:
    return datetime(2026, 11, day, 9, 0, tzinfo=UTC)


def stories() -> list[Story]:
    first = story(
        "s1", "rfi", event("KP", "RU", "delivered", "ammunition"), at=_at(20), near=0.8, related=("same-dyad",)
    )
    grouped = Copies(group=first.id, independent_sources=2, size=2)
    return [
        first.model_copy(update={"copies": grouped}),
        story(
            "s2", "journal", event("KP", "RU", "delivered", "ammunition", "artillery"), at=_at(20), near=0.6,
            related=("same-dyad", "same-materiel"), found_after=600,
        ),
        story(
            "s3", "soir", event("KP", "RU", "denied", "ammunition", alleged=True), at=_at(21), near=0.55,
            related=("same-dyad",),
        ),
        story(
            "s4", "journal", event("FR", "UA", "pledged", "aircraft"), event("US", "UA", "halted", "missiles"),
            at=_at(21), near=0.2, found_after=1800,
        ),
        story("s5", "rfi", event("IR", "RU", "negotiated", "drones"), at=_at(19), near=0.4, found_after=300),
        story(
            "s6", "france24", event("KP", "RU", "delivered", "ammunition"), at=_at(20), near=0.8,
            related=("same-dyad",), copies=Copies(group=first.id, of=first.id, share=1.0, size=2),
        ),
        story("s7", "journal", at=_at(21)),
        story("seed", "rfi", event("KP", "RU", "delivered", "ammunition"), at=_at(18), near=1.0, kind="seed"),
        story("s9", "levant", event("US", "UA", "pledged", "air-defence"), at=_at(19), near=0.1),
        story("s10", "sahel", event(None, "m23", "delivered", "weapons"), at=_at(18)),
    ]  # fmt: skip


def entries() -> list[Entry]:
    def one(name: str, state: EntryState, day: int, **fields: Any) -> Entry:
        url = f"https://journal.example/{name}"
        return Entry(
            id=entry_id(url), url=url, canonical_url=url, feeds=("journal-une",), first_seen_at=_at(day),
            last_seen_at=_at(day), updated_at=_at(day), state=state, **fields,
        )  # fmt: skip

    return [
        one("e1", EntryState.INDEXED, 20),
        one("e2", EntryState.INDEXED, 21),
        one("e3", EntryState.SKIPPED, 21, reason="too-short"),
        one("e4", EntryState.FAILED, 21, error="TimedOut: https://journal.example/e4: 30 s", attempts=2),
        one("e5", EntryState.DEAD, 20, error="Refused: 403", attempts=6),
    ]


def feeds() -> list[FeedState]:
    def one(name: str, country: str, state: Any, **fields: Any) -> FeedState:
        return FeedState(id=name, name=name, country=country, url=f"https://{name}.example/rss", state=state, **fields)

    return [
        one("rfi", "FR", "healthy", last_success_at=NOW),
        one("journal", "FR", "healthy", last_success_at=NOW),
        one("okapi", "CD", "failing", failures=3, last_error="TimedOut: 30 s", last_success_at=_at(20)),
        one("ancien", "BE", "gone", failures=9, last_error="Gone: 410"),
    ]


def alerts() -> list[Alert]:
    def one(name: str, day: int, **fields: Any) -> Alert:
        given: dict[str, Any] = {
            "id": name, "rule": "new-dyad", "at": _at(day), "reason": "Nouvelle dyade.", "story_id": "s",
            "story_title": "Titre", "story_url": "https://rfi.example/s1", "publisher": "RFI", "dyad": "KP→RU",
            "supplier": "KP", "recipient": "RU", "status": "delivered", "evidence": "La phrase.",
        }  # fmt: skip
        return Alert(**given | fields)

    return [one("a1", 20), one("a2", 21, rule="denial", status="denied", previous_status="delivered")]


def fill(store: Store) -> None:
    """Write the whole corpus and make it visible."""
    assert not store.put_stories(stories()).failed
    assert not store.entries.create(entries()).failed
    assert not store.put_feed_states(feeds()).failed
    assert not store.put_alerts(alerts()).failed
    for kind in ("stories", "entries", "feeds", "alerts"):
        store.refresh(kind)
