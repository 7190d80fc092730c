"""What is supplied, where the telling sentence only refers to it."""

from __future__ import annotations

import pytest

from pipeline.tag import Tagger
from pipeline.tag.weigh import materiel

STORIES = [
    (
        "demonstrative",
        "Blindés émiratis au Darfour",
        "Des dizaines de blindés ont été filmés lundi près d'El-Fasher. Selon un rapport publié mardi, les Émirats"
        " arabes unis ont livré ces véhicules aux Forces de soutien rapide, malgré l'embargo.",
        {"armoured-vehicles"},
    ),
    (
        "same model",
        "Varsovie a donné ses MiG-29",
        "La Pologne a cédé au printemps quatorze chasseurs MiG-29 à l'Ukraine. Six appareils du même modèle ont été"
        " remis jeudi par Varsovie à l'armée ukrainienne, a dit le ministre.",
        {"aircraft"},
    ),
    (
        "own word first",
        "Séoul livre des obus",
        "La Corée du Sud a livré à la Pologne deux cent mille obus de 155 mm, quelques mois après ses chars K2.",
        {"ammunition"},
    ),
    (
        "vague stays vague",
        "Le Rwanda accusé",
        "Le Rwanda a livré des armes au M23, affirme un rapport des experts de l'ONU publié vendredi à New York.",
        {"weapons"},
    ),
    (
        "carrier is no cargo",
        "Un avion pour Bamako",
        "La Russie a livré mardi à l'armée malienne plusieurs caisses de fusils d'assaut, débarquées d'un avion-cargo"
        " sur l'aéroport de Bamako.",
        {"small-arms"},
    ),
]


@pytest.mark.parametrize(("title", "text", "expected"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES])
def test_materiel_is_what_the_sentence_refers_to(tagger: Tagger, title: str, text: str, expected: set[str]) -> None:
    events = tagger.tag(title, text).events
    assert events
    assert all(expected <= set(event.materiel) for event in events)
    assert len({category for event in events for category in event.materiel}) <= 2


@pytest.mark.parametrize(
    ("chances", "expected"),
    [((0.2, 0.9, 0.5), ("missiles", "drones")), ((0.1, 0.2, 0.05), ("missiles",)), ((1.0, 1.0, 1.0), None)],
)
def test_what_is_likely_is_named_and_the_likeliest_always(
    chances: tuple[float, ...], expected: tuple[str, ...] | None
) -> None:
    categories = ("ammunition", "missiles", "drones")
    assert materiel.chosen(categories, chances) == (expected or categories)
