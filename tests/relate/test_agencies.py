"""Agencies in by-lines and texts; a mention is no credit."""

from __future__ import annotations

import pytest

from pipeline.relate import agencies


@pytest.mark.parametrize(
    ("authors", "persons", "found"),
    [
        (["Le Monde avec AFP"], [], ["AFP"]),
        (["Jeanne Martin avec AFP"], ["Jeanne Martin"], ["AFP"]),
        (["Par Jean Dupont et Marie Curie, avec AFP et Reuters"], ["Jean Dupont", "Marie Curie"], ["AFP", "Reuters"]),
        (["Libération, AFP"], [], ["AFP"]),
        (["La rédaction avec AFP"], [], ["AFP"]),
        (["franceinfo avec AFP", "Jeanne Martin"], ["Jeanne Martin"], ["AFP"]),
        (["L'Obs (avec AFP)"], [], ["AFP"]),
        (["AFP / Le Point"], [], ["AFP"]),
        (["By AFP"], [], ["AFP"]),
        (["Agence France-Presse"], [], ["AFP"]),
        (["La Presse Canadienne"], [], ["La Presse Canadienne"]),
        (["Keystone-ATS"], [], ["Keystone-ATS"]),
        (["(ATS)"], [], ["Keystone-ATS"]),
        (["Le Figaro avec Reuters", "AFP"], [], ["Reuters", "AFP"]),
        (["Anne Hivert (Malmö, correspondante régionale)"], ["Anne Hivert"], []),
        (["Jean Map", "Marie Tap"], ["Jean Map", "Marie Tap"], []),
        (["Ouest-France"], [], []),
        (["redaction@journal.example", "La Rédaction", "https://journal.example"], [], []),
        (["Jeanne Martin", "Jeanne  Martin"], ["Jeanne Martin"], []),
        ([], [], []),
    ],
)
def test_author_lines_give_persons_and_agencies(authors: list[str], persons: list[str], found: list[str]) -> None:
    assert agencies.split(authors, "Ouest-France") == (tuple(persons), tuple(found))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Paris (AFP) – Le ministre a annoncé.", ["AFP"]),
        ("MOSCOU, 3 mars (Xinhua) -- Le président a dit.", ["Xinhua"]),
        ("SÉOUL, 03 fév. (Yonhap) -- Le ministre.", ["Yonhap"]),
        ("Bruxelles (Belga) - Le conseil.", ["Belga"]),
        ("Le texte finit ici.\n(avec AFP)", ["AFP"]),
        ("Le texte finit ici.\nAvec AFP et Reuters", ["AFP", "Reuters"]),
        ("Le texte finit ici.\nAFP", ["AFP"]),
        ("Le texte finit ici.\nSource : AFP, Reuters", ["AFP", "Reuters"]),
        ("Le texte finit ici.\n© AFP", ["AFP"]),
        ("Le texte finit ici. Le Monde avec AFP", ["AFP"]),
        ("Le sommet s'est ouvert (Reuters, AFP).", ["Reuters", "AFP"]),
        ("PYONGYANG (KCNA) - Le dirigeant.", ["KCNA"]),
        ("Il a déclaré à l'AFP qu'il partirait.", []),
        ("Contacté par Reuters, le groupe n'a pas répondu.", []),
        ("Selon l'agence Tass, le convoi est parti.", []),
        ("D'après un décompte de l'AFP, trente chars ont été livrés.", []),
        ("La carte (map) montre le front ; aps et tap aussi.", []),
        ("", []),
    ],
)
def test_a_text_credits_an_agency_at_its_head_or_its_end(text: str, found: list[str]) -> None:
    assert agencies.in_text(text) == tuple(found)


def test_what_stands_in_the_middle_of_a_long_text_is_no_credit() -> None:
    assert agencies.in_text("Un mot. " * 100 + "Photo (AFP). " + "Un mot. " * 100) == ()


@pytest.mark.parametrize("agency", agencies.NAMES)
def test_each_agency_is_known_by_the_name_that_it_signs_with(agency: str) -> None:
    name = agencies.NAMES[agency][0]
    assert agencies.split([f"Jeanne Martin avec {name}"]) == (("Jeanne Martin",), (agency,))
    assert agencies.in_text(f"Kiev ({name}) – Le ministre a dit.") == (agency,)
