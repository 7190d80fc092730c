"""The materiel lexicon knows what the stories speak of: floors on the development set, and systems by class."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.tag import lexicon
from pipeline.tag.gate import mentions

STORY = 0.97
SENTENCE = 0.72
"""Less than the story: a sentence often refers back (« trois autres », « ces engins »), which no word list mends."""


def categories(text: str) -> set[str]:
    found = mentions(text, lexicon.load())
    return {c for m in found if m.entry.kind == "materiel" for c in m.entry.value.split("+")}


def test_stories_and_evidence_name_the_materiel_of_their_events(labelled: list[dict[str, Any]]) -> None:
    events = [(item, event) for item in labelled for event in item["events"]]
    in_story = [bool(categories(f"{i['title']}\n{i['text']}") & set(e["materiel"])) for i, e in events]
    in_sentence = [bool(categories(e["evidence"]) & set(e["materiel"])) for _, e in events]
    assert sum(in_story) / len(events) >= STORY
    assert sum(in_sentence) / len(events) >= SENTENCE


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("des Su-30MKI", "aircraft"),
        ("un T-72B3M", "armoured-vehicles"),
        ("des M-346FA", "aircraft"),
        ("trois SA-342 Gazelle", "aircraft"),
        ("des Mi-171Sh", "aircraft"),
        ("le HQ-22AE", "air-defence"),
        ("des obusiers Nora B-52", "artillery"),
        ("des CH-95", "drones"),
        ("des véhicules Foxhound", "armoured-vehicles"),
        ("un lot de poudre sans fumée", "ammunition"),
        ("des linters de coton", "ammunition"),
        ("des moteurs-fusées", "missiles"),
        ("une centrale inertielle", "electronics"),
        ("des quadricoptères", "drones"),
        ("des jumelles de vision nocturne", "electronics"),
        ("une fraiseuse à commande numérique", "technology"),
        ("des casques balistiques", "equipment"),
        ("des pains de TNT", "explosives-mines"),
        ("des mines antichars", "explosives-mines"),
        ("un bouclier antidrones", "air-defence"),
    ],
)
def test_systems_and_parts_are_known_by_class(text: str, category: str) -> None:
    assert category in categories(text)


@pytest.mark.parametrize(
    "text", ["la Formule 1", "un Mi-temps", "le Caire-Nord", "le mirage d'une paix", "Milan a gagné"]
)
def test_other_words_are_no_materiel(text: str) -> None:
    assert not categories(text)
