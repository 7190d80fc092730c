"""The decision: passing mentions stay out, wrong friends are named, every decision says why."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.tag import Tagger, identity
from pipeline.tag.explain import show
from pipeline.tag.tagger import LEARNED


@pytest.mark.parametrize(
    ("title", "text", "tagged"),
    [
        ("Berlin livre des chars à Kiev", "L'Allemagne a livré dix chars Leopard à l'Ukraine.", True),
        (
            "Bourse : le CAC 40 recule",
            "La Bourse de Paris a perdu 1 %. Les taux montent. L'inflation inquiète. Le pétrole monte. Les valeurs de "
            "défense profitent de l'assistance militaire à Kiev.",
            False,
        ),
        (
            "Le Bourget : IndiGo commande 500 avions",
            "La compagnie indienne a acheté 500 appareils pour ses lignes.",
            False,
        ),
        ("Le colis de Noël", "La Poste livre les colis jusqu'au 24 décembre.", False),
    ],
)
def test_a_story_is_tagged_for_what_it_reports(tagger: Tagger, title: str, text: str, tagged: bool) -> None:
    assert tagger.tag(title, text).military_supply is tagged


def test_what_a_long_text_says_in_passing_does_not_make_it_supply(tagger: Tagger) -> None:
    rest = "Le conseil municipal a voté le budget des écoles. La Bourse de Paris a perdu un point. " * 30
    clause = "La Pologne a livré des chars à l'Ukraine."
    assert tagger.tag("Vie locale", f"{clause} {rest}").military_supply
    assert not tagger.tag("Vie locale", f"{rest} {clause}").military_supply


def test_a_story_without_the_words_is_stopped_at_the_gate(tagger: Tagger) -> None:
    tagging = tagger.tag("Colis de Noël", "La Poste livre les colis jusqu'au 24 décembre.")
    assert tagging.gated
    assert (tagging.score, tagging.events, tagging.tags) == (0.0, (), ())


def test_a_purchase_from_ones_own_industry_is_defence_industry(tagger: Tagger) -> None:
    tagging = tagger.tag(
        "L'armée française commande cent blindés à Nexter",
        "Le ministère des Armées a commandé cent blindés Griffon à l'industriel Nexter. La France se modernise.",
    )
    assert not tagging.military_supply
    assert tagging.tags == ("defence-industry",)


def test_every_answer_names_its_tagger(tagger: Tagger) -> None:
    for text in ("La Poste livre les colis.", "La France a livré des chars à l'Ukraine."):
        assert tagger.tag("", text).tagger == identity()


def test_another_model_is_another_tagger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is, decides which stored stories a replay tags again."""
    for name in LEARNED:
        (tmp_path / name).write_bytes(b"fitted to other labels")
    monkeypatch.setattr("pipeline.tag.tagger.files", lambda package: tmp_path)
    other = identity.__wrapped__()
    assert other.version.split(".")[0] == identity().version.split(".")[0]
    assert other.version != identity().version
    assert other.lexicon_digest == identity().lexicon_digest


def test_a_title_in_capitals_without_accents_is_read(tagger: Tagger) -> None:
    (event,) = tagger.tag("LA FRANCE LIVRE DES CANONS CAESAR A L'UKRAINE", "").events
    assert (event.dyad, event.materiel) == ("FR→UA", ("artillery",))
    assert event.evidence[0].field == "title"


def test_typographic_signs_change_nothing(tagger: Tagger) -> None:
    plain = tagger.tag("", "L'Allemagne a livré 1 000 obus à l'Ukraine.").events
    dressed = tagger.tag("", "L’Allemagne a livré 1\u202f000\u00a0obus à l’Ukraine.").events
    assert [(e.dyad, e.status, e.quantity and e.quantity.value) for e in plain] == [("DE→UA", "delivered", 1000)]
    assert [(e.dyad, e.status, e.quantity and e.quantity.value) for e in dressed] == [("DE→UA", "delivered", 1000)]


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "«" * 3000, "a" * 5000, "la " * 4000, "\ud83d\ude00 🚀 livre des missiles à Kiev"]
)
def test_odd_texts_are_no_trouble(tagger: Tagger, text: str) -> None:
    assert not tagger.tag(text[:100], text).military_supply


def test_many_stories_are_answered_in_order(tagger: Tagger) -> None:
    pairs = [
        ("", "La France a livré des chars à l'Ukraine."),
        ("", "Rien."),
        ("", "L'Iran a livré des drones à la Russie."),
    ]
    assert [[e.dyad for e in t.events] for t in tagger.tag_many(pairs)] == [["FR→UA"], [], ["IR→RU"]]


def test_an_explanation_shows_words_rule_and_what_spoke_against(tagger: Tagger) -> None:
    title = "Pyongyang aurait livré des obus à Moscou"
    text = "Selon Séoul, Pyongyang aurait livré 10 000 obus à Moscou. Le blé et les céréales, eux, manquent."
    console = Console(record=True, width=200, file=io.StringIO())
    show(title, text, tagger.tag(title, text), console)
    shown = console.export_text()
    for piece in (
        "KP→RU delivered",
        "(alleged)",
        "give/active:livrer",
        "Séoul [KR]",
        "aurait livré",
        "AID / military",
        "grain: blé, céréales",
    ):
        assert piece in shown
