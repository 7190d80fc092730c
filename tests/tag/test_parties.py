"""Who: every party of the labels is known by name, and a party or an object left unsaid is taken from the story."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.tag import Tagger, lexicon
from pipeline.tag.gate import mentions


def test_nearly_every_labelled_party_is_named_in_its_story(labelled: list[dict[str, Any]]) -> None:
    words = lexicon.load()
    parties = unknown = 0
    for item in labelled:
        found = {m.entry.value for m in mentions(f"{item['title']}\n{item['text']}", words) if m.entry.kind == "actor"}
        for event in item["events"]:
            for party in (event["supplier"], event["recipient"]):
                if party:
                    parties += 1
                    unknown += party not in found
    assert unknown <= 0.01 * parties


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le Front de libération de l'Azawad (FLA)", ["fla", "fla"]),
        ("les rebelles fano", ["fano"]),
        ("les séparatistes du Conseil de transition du Sud", ["yemen-stc"]),
        ("les talibans pakistanais", ["ttp"]),
        ("le fabricant sud-coréen LIG Nex1", ["KR", "KR"]),
        ("en Amérique latine, l'Amérique livre", ["AFRICAN-UNION", "US"]),
        ("l'armée de l'air a reçu", []),
        ("l'industriel Hyundai Rotem", ["KR"]),
    ],
)
def test_parties_are_known_by_their_names(text: str, expected: list[str]) -> None:
    assert [m.entry.value for m in mentions(text, lexicon.load()) if m.entry.kind == "actor"] == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Tallinn signe avec Hanwha",
            "C'est avec Hanwha que Tallinn a signé lundi, pour 290 millions d'euros : six K239 Chunmoo.",
            {("KR", "EE", "pledged")},
        ),
        (
            "Une aide qui pèse",
            "Vingt obusiers ont défilé mardi à Erbil. Les Américains en ont fait cadeau aux peshmergas.",
            {("US", "peshmerga", "delivered")},
        ),
        (
            "S-400 : l'Inde attend",
            "La Russie a vendu en 2018 cinq systèmes S-400 à l'Inde. Trois ont été livrés depuis.",
            {("RU", "IN", "delivered")},
        ),
        (
            "Séoul n'armera pas Kiev",
            "La loi interdit à la Corée du Sud d'expédier du matériel létal vers un pays en guerre. Kiev, qui réclame"
            " des obus, le regrette.",
            {("KR", "UA", "halted")},
        ),
    ],
)
def test_what_a_sentence_leaves_unsaid_comes_from_the_story(
    tagger: Tagger, title: str, text: str, expected: set[tuple[str, str, str]]
) -> None:
    found = {(e.supplier, e.recipient, e.status) for e in tagger.tag(title, text).events}
    assert expected <= found


def test_another_object_is_no_materiel(tagger: Tagger) -> None:
    text = "Israël vend des drones à l'Azerbaïdjan. En échange, Bakou livre du pétrole à l'État hébreu."
    events = tagger.tag("Bakou et ses fournisseurs", text).events
    assert {(e.supplier, e.recipient) for e in events} == {("IL", "AZ")}


COORDINATED = [
    (
        "suppliers",
        "La Russie s'arme à l'étranger",
        "Les forces russes reçoivent depuis deux ans des obus et des drones livrés par l'Iran, la Corée du Nord et la"
        " Biélorussie, affirme un rapport remis lundi aux Nations unies.",
        {("IR", "RU"), ("KP", "RU"), ("BY", "RU")},
    ),
    (
        "recipients",
        "Chars K2 : Séoul signe",
        "La Corée du Sud a signé mardi la vente de chars K2 à la Pologne, à la Norvège et à la Roumanie, a annoncé le"
        " ministère de la Défense à Séoul.",
        {("KR", "PL"), ("KR", "NO"), ("KR", "RO")},
    ),
    (
        "partners of a deal are no two suppliers",
        "Paris et Bagdad négocient",
        "Paris et Bagdad négocient depuis des mois la vente de quatorze avions de combat Rafale à l'armée irakienne.",
        {("FR", "IQ")},
    ),
]


@pytest.mark.parametrize(("title", "text", "expected"), [s[1:] for s in COORDINATED], ids=[s[0] for s in COORDINATED])
def test_what_is_told_of_a_party_is_told_of_those_coordinated(
    tagger: Tagger, title: str, text: str, expected: set[tuple[str, str]]
) -> None:
    assert {(event.supplier, event.recipient) for event in tagger.tag(title, text).events} == expected
