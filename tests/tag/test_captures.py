"""What is taken or lost on its way, with its owners told in the sentences around."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.tag import Tagger
from tests.tag.conftest import Told

STORIES = [
    (
        "Un boutre chargé d'armes arraisonné",
        "La marine américaine a arraisonné mardi un boutre en mer d'Arabie. À bord se trouvaient des missiles antichars"
        " et des roquettes. L'ensemble devait être remis aux Houthis.",
        (None, "houthis", "intercepted"),
    ),
    (
        "Cargo retenu à Gênes",
        "Les douaniers italiens ont découvert jeudi des fusils d'assaut dans un conteneur en provenance de Turquie."
        " La cargaison était destinée aux forces du maréchal Haftar.",
        ("TR", "haftar-lna", "intercepted"),
    ),
    (
        "Moscou dit avoir frappé un convoi",
        "L'armée russe affirme avoir détruit lundi, en gare de Dnipro, des obusiers que les Etats-Unis faisaient"
        " parvenir à l'Ukraine par le train.",
        ("US", "UA", "intercepted"),
    ),
    (
        "Le chargement n'est pas arrivé",
        "En 2011, un avion-cargo parti d'Iran avait été immobilisé à Istanbul avec des munitions et des mortiers, que"
        " la Syrie aurait dû recevoir selon les enquêteurs.",
        ("IR", "SY", "intercepted"),
    ),
]


@pytest.mark.parametrize(("title", "text", "expected"), STORIES, ids=[s[0] for s in STORIES])
def test_a_capture_knows_whom_it_was_for(
    grammar: Callable[[str, str], list[Told]], title: str, text: str, expected: tuple[str | None, str, str]
) -> None:
    supplier, recipient, status = expected
    found = {(e.dyad, e.status) for e in grammar(title, text)}
    assert any(
        told == status and dyad.endswith(f"→{recipient}") and supplier in (None, dyad.split("→")[0])
        for dyad, told in found
    ), found


def test_what_is_shot_down_was_on_its_way_to_nobody(tagger: Tagger) -> None:
    text = (
        "La défense aérienne ukrainienne a intercepté vendredi quarante drones Shahed lancés par la Russie vers Kiev."
    )
    assert not any(e.status == "intercepted" for e in tagger.tag("Nuit d'alerte à Kiev", text).events)


def test_a_strike_on_troops_is_no_capture(tagger: Tagger) -> None:
    text = "L'aviation israélienne a frappé dimanche une rampe de lancement de roquettes du Hezbollah au Liban."
    assert not tagger.tag("Frappe au Liban-Sud", text).military_supply
