"""The seed's events come out right (the article that the watch starts from)."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import seed
from pipeline.records import Tagging
from pipeline.tag import Tagger

TEXT = Path(seed.__file__).parent / "coree-du-nord-russie.txt"


@pytest.fixture(scope="module")
def tagging(tagger: Tagger) -> Tagging:
    title, _, text = TEXT.read_text("utf-8").partition("\n")
    return tagger.tag(title, text)


def test_ammunition_and_equipment_went_from_north_korea_to_russia_says_the_white_house(tagging: Tagging) -> None:
    event = next(e for e in tagging.events if e.dyad == "KP→RU" and "ammunition" in e.materiel)
    assert event.status == "delivered"
    assert set(event.materiel) == {"ammunition", "equipment"}
    assert event.alleged
    assert event.source is not None
    assert (event.source.text, event.source.actor) == ("la Maison-Blanche", "US")
    assert event.quantity is not None
    assert (event.quantity.value, event.quantity.unit) == (1000, "conteneurs")
    assert len(event.evidence) >= 3


def test_artillery_was_transferred_a_think_tank_concluded(tagging: Tagging) -> None:
    event = next(e for e in tagging.events if e.materiel == ("artillery",))
    assert (event.dyad, event.status, event.alleged) == ("KP→RU", "delivered", True)
    assert event.source is not None
    assert event.source.text.startswith("Centre d'études stratégiques")


def test_technology_in_exchange_is_negotiated(tagging: Tagging) -> None:
    event = next(e for e in tagging.events if e.dyad == "RU→KP")
    assert event.status == "negotiated"
    assert "technology" in event.materiel


def test_nothing_else_is_made_of_it(tagging: Tagging) -> None:
    assert tagging.military_supply
    assert {e.dyad for e in tagging.events} == {"KP→RU", "RU→KP"}


def test_each_event_carries_its_plover_class(tagging: Tagging) -> None:
    classes = {e.status: e.plover.event_type for e in tagging.events if e.plover}
    assert classes == {"delivered": "AID", "negotiated": "CONSULT"}
