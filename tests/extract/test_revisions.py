"""What counts as a change of a story, and what is kept when it changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pipeline.records import (
    ArchivePointer,
    Clocks,
    Copies,
    Evidence,
    Extraction,
    Quantity,
    Story,
    SupplyEvent,
    TaggerVersion,
    TextStats,
)
from pipeline.revisions import compare_events, revise, text_ratio
from tests.extract.making import NOW, PARAGRAPHS, PUBLISHER

LATER = NOW + timedelta(hours=3)
POINTER = ArchivePointer(file="2026-11-22/a.warc.gz", offset=12, digest="sha256:aa")
TAGGER = TaggerVersion(version="1", lexicon_digest="d")


def event(status: str = "delivered", recipient: str = "RU", **fields: Any) -> SupplyEvent:
    known: dict[str, Any] = {
        "supplier": "KP",
        "recipient": recipient,
        "materiel": ("ammunition",),
        "status": status,
        "evidence": (Evidence(sentence="x", start=0, end=1, rule="r"),),
    }
    return SupplyEvent(**(known | fields))


def story(*paragraphs: str, **fields: Any) -> Story:
    text = "\n".join(paragraphs or PARAGRAPHS)
    known: dict[str, Any] = {
        "id": "s1",
        "url": "https://x.fr/a",
        "canonical_url": "https://x.fr/a",
        "title": "La Corée du Nord livre des obus",
        "text": text,
        "publisher": PUBLISHER,
        "feeds": ("une",),
        "clocks": Clocks(
            published_at=NOW,
            published_precision="instant",
            published_source="json-ld",
            first_seen_at=NOW,
            indexed_at=NOW,
        ),
        "archive": POINTER,
        "text_stats": TextStats(characters=len(text), words=len(text.split()), paragraphs=1),
        "extraction": Extraction(version="1"),
        "tagger": TAGGER,
    }
    return Story(**(known | fields))


A, B, C = PARAGRAPHS
SAME: dict[str, Story] = {
    "nothing": story(),
    "a counter": story("254 partages", A, B, C, "13 commentaires"),
    "a counter's number": story("255 partages", A, B, C),
    "an advert": story(A, "Découvrez nos offres spéciales de Noël", B, C),
    "a date of publication": story("Mis à jour le 22 novembre 2026 à 14h05", A, B, C),
    "a heading": story(A, "Des machines-outils", B, C),
    "typography": story(A.replace("'", "’"), B, C.replace(", ", " , ")),
    "capitals": story(A.replace("Maison-Blanche", "MAISON-BLANCHE"), B, C),
    "a box that wandered": story(B, A, C),
    "the title's punctuation": story(title="« La Corée du Nord » livre des obus !"),
    "the section, the picture, the keywords": story(section="Monde", image="https://x.fr/2.jpg", keywords=("obus",)),
    "a paywall that came down": story(A, access="paywalled"),
    "only the feed's summary left": story(
        A[:90] + ".", access="summary", extraction=Extraction(version="1", method="feed")
    ),
    "another tagger": story(tagger=TaggerVersion(version="2", lexicon_digest="e"), supply_events=(event(),)),
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_this_is_no_change(what: str) -> None:
    assert revise(story(), SAME[what], now=LATER) is None


CHANGED: dict[str, Story] = {
    "a new title": story(title="La Corée du Nord nie avoir livré des obus"),
    "a new paragraph": story(A, B, C, "Dans la soirée, le ministère sud-coréen de la Défense a tout confirmé."),
    "a paragraph less": story(A, B),
    "a figure": story(A.replace("millier", "demi-millier"), B, C),
    "a number in a sentence": story(A, B, C.replace("dix bateaux", "12 bateaux")),
    "a negation": story(A, B, C.replace("n'a pas réagi", "a réagi")),
    "more than the stub": story(A, "Une phrase que personne n'avait encore lue dans cet article.", access="paywalled"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGED)
def test_this_is_a_change(what: str) -> None:
    revised = revise(story(), CHANGED[what], now=LATER)
    assert revised is not None
    assert (revised.revision, revised.text, revised.title) == (2, CHANGED[what].text, CHANGED[what].title)


def test_the_history_tells_what_changed_and_where_the_page_before_is() -> None:
    old = story(supply_events=(event("pledged"), event(recipient="SY")))
    new = story(A, B, title="Livraison confirmée", supply_events=(event("delivered"), event(recipient="IR")))
    revised = revise(old, new, now=LATER)
    assert revised is not None
    (entry,) = revised.history
    assert (entry.revision, entry.at, entry.title_before, entry.archive) == (2, LATER, old.title, POINTER)
    assert entry.text_ratio == text_ratio(old.text, new.text)
    assert 0.7 < entry.text_ratio < 0.9
    assert entry.events_altered == ("KP→RU pledged ammunition => delivered ammunition",)
    assert entry.events_gained == ("KP→IR delivered ammunition",)
    assert entry.events_lost == ("KP→SY delivered ammunition",)


def test_revisions_follow_each_other() -> None:
    second = revise(story(), story(A, B), now=NOW)
    assert second is not None
    third = revise(second, story(A, B, C, title="Encore"), now=LATER)
    assert third is not None
    assert [(e.revision, e.title_before) for e in third.history] == [(2, None), (3, second.title)]
    assert third.revision == 3


def test_the_first_publication_counts_and_a_later_date_is_that_of_the_change() -> None:
    old = story(clocks=story().clocks.model_copy(update={"freshness_seconds": 60.0}))
    new = story(A, B, clocks=Clocks(published_at=LATER, published_precision="instant", first_seen_at=LATER))
    revised = revise(old, new, now=LATER)
    assert revised is not None
    clocks = revised.clocks
    assert (clocks.published_at, clocks.modified_at, clocks.first_seen_at) == (NOW, LATER, NOW)
    assert (clocks.indexed_at, clocks.freshness_seconds) == (NOW, 60.0)


def test_an_earlier_publication_on_the_page_is_believed() -> None:
    earlier = NOW - timedelta(days=1)
    new = story(A, B, clocks=Clocks(published_at=earlier, published_precision="instant", first_seen_at=LATER))
    revised = revise(story(), new, now=LATER)
    assert revised is not None
    assert revised.clocks.published_at == earlier


def test_kind_feeds_and_the_group_of_copies_stay() -> None:
    group = Copies(group="g")
    revised = revise(story(kind="seed", copies=group), story(A, B, feeds=("monde", "une")), now=LATER)
    assert revised is not None
    assert (revised.kind, revised.feeds, revised.copies) == ("seed", ("une", "monde"), group)


RATIOS = [
    ("", "", 1.0),
    ("a b c d", "a b c d", 1.0),
    ("a b c d", "e f g h", 0.0),
    ("a b c d", "a b x d", 0.75),
    ("a b c d", "a b c d e f g h", 0.6667),
    ("", "a b", 0.0),
]


@pytest.mark.parametrize(("before", "after", "ratio"), RATIOS)
def test_the_ratio_of_two_texts(before: str, after: str, ratio: float) -> None:
    assert text_ratio(before, after) == ratio


EVENT_CHANGES = [
    ((), (event(),), ("gained",)),
    ((event(),), (), ("lost",)),
    ((event(),), (event(),), ()),
    ((event(), event(recipient="SY")), (event(recipient="SY"), event()), ()),
    ((event(),), (event("denied"),), ("altered",)),
    ((event(),), (event(alleged=True),), ("altered",)),
    ((event(),), (event(materiel=("missiles",)),), ("altered",)),
    ((event(quantity=Quantity(value=1, unit="conteneurs")),), (event(quantity=Quantity(value=2, unit="conteneurs")),),
     ("altered",)),
    ((event(systems=("KN-23",)),), (event(),), ()),
    ((event(),), (event(recipient="SY"),), ("gained", "lost")),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "kinds"), EVENT_CHANGES)
def test_events_come_go_and_are_told_otherwise(
    before: tuple[SupplyEvent, ...], after: tuple[SupplyEvent, ...], kinds: tuple[str, ...]
) -> None:
    changes = compare_events(before, after)
    assert tuple(kind for kind in ("gained", "lost", "altered") if getattr(changes, kind)) == kinds
    assert bool(changes) == bool(kinds)
