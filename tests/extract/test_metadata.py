"""Title, authors, section, keywords, image, canonical URL."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline import urls
from pipeline.extract import extract
from pipeline.extract.metadata import Outlet, without_outlet
from pipeline.extract.names import people
from pipeline.records import Story
from tests.extract.making import FEED, NOW, PARAGRAPHS, PUBLISHER, URL, article, entry, html, page

OUTLET = Outlet.of("https://www.lesechos.fr/monde/x", "Les Echos", "Les Echos - Monde", "LesEchos.fr")


def story(head: str = "", body: str | None = None, *, url: str = URL, **fields: Any) -> Story:
    made = extract(page(html(head, body), url=url), entry(url, **fields), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story), made
    return made


def ld(**fields: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle"} | fields)}</script>'


TITLES = [
    ("Kiev reçoit des obus - Les Echos", "Kiev reçoit des obus"),
    ("Kiev reçoit des obus | Les Echos", "Kiev reçoit des obus"),
    ("Kiev reçoit des obus – LesEchos.fr", "Kiev reçoit des obus"),
    ("Kiev reçoit des obus » Les Échos", "Kiev reçoit des obus"),
    ("Les Echos : Kiev reçoit des obus", "Kiev reçoit des obus"),
    ("Kiev reçoit des obus – Monde | Les Echos", "Kiev reçoit des obus"),
    ("Kiev reçoit des obus &#8211; Les Echos", "Kiev reçoit des obus"),
    ("Ukraine : Kiev reçoit des obus", "Ukraine : Kiev reçoit des obus"),
    ("Paris - Berlin : l'axe des blindés", "Paris - Berlin : l'axe des blindés"),
    ("Ce que disent Les Echos de la guerre", "Ce que disent Les Echos de la guerre"),
    ("Caesar, Mistral, Scalp | ce que Paris livre", "Caesar, Mistral, Scalp | ce que Paris livre"),
    ("L’OTAN « prête » à livrer", "L’OTAN « prête » à livrer"),
    ("  Deux\n espaces  ", "Deux espaces"),
    ("Les Echos", ""),
]


@pytest.mark.parametrize(("written", "title"), TITLES, ids=[written for written, _ in TITLES])
def test_a_title_loses_the_outlets_name_and_nothing_else(written: str, title: str) -> None:
    assert without_outlet(written, OUTLET, "Monde") == title


def test_a_headline_that_was_cut_gives_way_to_a_whole_one() -> None:
    head = (
        ld(headline="La Corée du Nord a livré à la…") + '<meta property="og:title" content="La Corée du Nord a livré">'
    )
    assert story(head).title == "La Corée du Nord a livré"


def test_a_page_that_names_no_title_has_that_of_its_heading_then_of_its_feed() -> None:
    assert story("", "<h1>Le Quotidien</h1><h1>Des obus pour Moscou</h1>" + article()).title == "Des obus pour Moscou"
    assert story("", article()).title == "Titre du flux"


BYLINES = [
    (["Le Figaro et AFP"], (), ("AFP",)),
    (["Le Monde avec AFP"], (), ("AFP",)),
    (["Jeanne Martin avec Reuters"], ("Jeanne Martin",), ("Reuters",)),
    (["Par Jeanne Martin et Paul Durand (à Kiev)"], ("Jeanne Martin", "Paul Durand"), ()),
    (["Benjamin QUÉNEL, correspondant à Moscou"], ("Benjamin QUÉNEL",), ()),
    (["Publié par Marc Dupont le 12 mars 2024"], ("Marc Dupont",), ()),
    (["Élise Vinot | Cédric Pietral"], ("Élise Vinot", "Cédric Pietral"), ()),
    (["Jean-Marc de La Sablière"], ("Jean-Marc de La Sablière",), ()),
    (["Propos recueillis par Alice d'Orgeval"], ("Alice d'Orgeval",), ()),
    (["Nathalie Gui (envoyée spéciale à Toulon)"], ("Nathalie Gui",), ()),
    (["Marc Dupont 12 juin 2020 - 14h"], ("Marc Dupont",), ()),
    (["Jeanne MartinJeanne Martin"], ("Jeanne Martin",), ()),
    (["Belga, AFP"], (), ("Belga", "AFP")),
    (["Jeanne Martin", "jeanne  martin", "Jeanne Martin"], ("Jeanne Martin",), ()),
    (["La rédaction"], (), ()),
    (["Le Monde"], (), ()),
    (["admin", "@lemonde", "https://x.fr/auteur/3", ""], (), ()),
    (["Ministère des armées"], (), ()),
]


@pytest.mark.parametrize(("bylines", "persons", "agencies"), BYLINES, ids=[" ".join(lines) for lines, *_ in BYLINES])
def test_persons_and_agencies_are_told_apart(
    bylines: list[str], persons: tuple[str, ...], agencies: tuple[str, ...]
) -> None:
    found = people(bylines, lambda name: name in {"Le Figaro", "Le Monde"})
    assert (found.persons, found.agencies) == (persons, agencies)


AUTHOR_PLACES = {
    "json-ld": (ld(author={"@type": "Person", "name": "Jeanne Martin"}), None),
    "json-ld list": (ld(author=[{"name": "Jeanne Martin"}, {"name": "AFP"}]), None),
    "json-ld reference": (
        '<script type="application/ld+json">{"@graph":[{"@type":"Article","author":{"@id":"#p1"}},'
        '{"@type":"Person","@id":"#p1","name":"Jeanne Martin"}]}</script>',
        None,
    ),
    "meta": ('<meta name="author" content="Jeanne Martin">', None),
    "microdata": ("", f'<p>Par <span itemprop="author">Jeanne Martin</span></p>{article()}'),
    "class": ("", f'<div class="article-author">Par Jeanne Martin</div>{article()}'),
    "link": ("", f'<p><a href="/auteurs/jeanne-martin">Jeanne Martin</a></p>{article()}'),
    "line of the text": ("", article("Par Jeanne Martin avec AFP", *PARAGRAPHS)),
}


@pytest.mark.parametrize("place", AUTHOR_PLACES)
def test_authors_are_found_where_outlets_put_them(place: str) -> None:
    assert story(*AUTHOR_PLACES[place]).authors == ("Jeanne Martin",)


def test_the_authors_of_teasers_are_not_the_articles() -> None:
    teasers = "<aside><span class='author'>Paul Durand</span></aside><footer class='author'>Luc Petit</footer>"
    body = f"<div class='author'>Jeanne Martin</div>{article()}<div><b class='author'>Anne Roy</b></div>{teasers}"
    assert story("", body).authors == ("Jeanne Martin",)


def test_agencies_are_gathered_from_every_by_line() -> None:
    made = story(
        ld(author={"name": "Jeanne Martin"}), article("Par Le Quotidien avec AFP", "Un texte de paragraphe. " * 20)
    )
    assert (made.authors, made.agencies) == (("Jeanne Martin",), ("AFP",))


def test_section_keywords_summary_and_image() -> None:
    made = story(
        ld(articleSection="à la une,International", keywords="Russie, Corée du Nord", image=[{"url": "/img/une.jpg"}])
        + '<meta property="article:tag" content="Russie"><meta property="og:description" content="L&#39;accord">'
    )
    assert (made.section, made.keywords, made.summary, made.image) == (
        "International",
        ("Russie", "Corée du Nord"),
        "L'accord",
        "https://www.lequotidien.example/img/une.jpg",
    )


CANONICALS = [
    ("https://www.lequotidien.example/monde/un-autre-nom_123.html", True),
    ("/monde/un-autre-nom_123.html", True),
    ("https://www.lequotidien.example/", False),
    ("https://www.lequotidien.example/monde/", False),
    ("https://www.autre.example/monde/un-autre-nom_123.html", False),
    ("https://lequotidien.example.evil.test/monde/un-autre-nom_123.html", False),
    ("javascript:void(0)", False),
    ("https://[", False),
    ("", False),
]


@pytest.mark.parametrize(("link", "believed"), CANONICALS)
def test_the_pages_own_address_is_believed_where_it_names_a_page_of_the_outlet(link: str, believed: bool) -> None:
    made = story(f'<link rel="canonical" href="{link}">')
    known = entry()
    if believed:
        assert made.canonical_url == "https://lequotidien.example/monde/un-autre-nom_123.html"
        assert made.id == urls.entry_id(made.canonical_url) != known.id
    else:
        assert (made.canonical_url, made.id) == (known.canonical_url, known.id)
