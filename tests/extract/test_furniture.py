"""Which lines of a page are its article's."""

from __future__ import annotations

import pytest

from pipeline.extract.furniture import plain, sort_lines
from tests.extract.making import PARAGRAPHS

FURNITURE = [
    "À lire aussi La natalité russe menacée d'effondrement",
    "Lire aussi : Pyongyang annonce un nouveau missile",
    "» Lire notre dossier sur la guerre en Ukraine",
    "À LIRE AUSSI » Ballonnements, lourdeurs... Quel est votre profil ?",
    "Voir aussi - Ce que l'on sait du tir",
    "Passer la publicité",
    "La suite après cette publicité",
    "Publicité",
    "Crédits photos : Bestimage",
    "Crédit photo : KB / Le Blog",
    "© AFP/Ludovic Marin",
    "Image illustrative : Lots of figures by Ninja, en licence Creative Commons",
    "Photo d'illustration",
    "Partager sur Facebook",
    "Facebook Twitter WhatsApp",
    "254 partages",
    "1,2 k commentaires",
    "Temps de lecture : 4 min",
    "Lecture 3 min.",
    "Publié le 12 mars 2024 à 14h05, mis à jour le 13 mars 2024 à 9h00",
    "Mis à jour il y a 3 heures",
    "22 novembre 2024 à 07h22",
    "Abonnez-vous à notre newsletter",
    "Suivez-nous sur Google Actualités",
    "Tous droits de reproduction et de représentation réservés",
    "Mots-clés : Russie, Corée du Nord",
    "[object Object]",
    "Lire la suite",
    "En vidéo, 4 aliments à privilégier pour mieux dormir",
]


@pytest.mark.parametrize("line", FURNITURE)
def test_this_line_is_no_part_of_an_article(line: str) -> None:
    first, *rest = PARAGRAPHS
    assert sort_lines("\n".join([first, line, *rest]), "").lines == PARAGRAPHS


ARTICLE = [
    "Le Danemark a publié le 12 mars la liste des matériels qu'il a livrés à Kiev depuis le début de l'invasion.",
    "« À lire ce rapport, on mesure l'ampleur des transferts », juge une diplomate européenne.",
    "La publicité faite à ces livraisons a surpris les alliés.",
    "Les photos publiées par la Maison-Blanche montrent trois cents conteneurs.",
    "12 véhicules blindés",
    "Une livraison contestée",
    "Par ailleurs, Berlin a refusé de livrer ses missiles Taurus.",
    "Le contrat est réservé aux entreprises européennes, a rappelé la Commission.",
    "Moscou accuse Séoul d'armer Kiev en secret, ce que la Corée du Sud dément.",
    "Les abonnés du gaz ukrainien paieront la facture des drones, prévient un député.",
    "L'accord, signé vendredi, n'existe plus.",
    "(AFP)",
    "— Avec Reuters",
    "Le serveur qui hébergeait les cookies du groupe de pirates a été saisi en Lettonie.",
]


@pytest.mark.parametrize("line", ARTICLE)
def test_this_line_is(line: str) -> None:
    first, *rest = PARAGRAPHS
    found = sort_lines("\n".join([first, line, *rest]), "")
    assert found.lines == (first, line, *rest)
    assert not found.paywall


PAYWALL = [
    "Article réservé aux abonnés",
    "Cet article est réservé aux abonnés.",
    "Contenu réservé aux abonnés",
    "La suite de cet article est réservée aux abonnés",
    "Lecture restreinte",
    "Il vous reste 82.15% de cet article à lire. La suite est réservée aux abonnés.",
    "Il vous reste 75 % de cet article à lire",
    "Abonnez-vous pour lire la suite",
    "Connectez-vous pour continuer votre lecture",
    "Pour lire la suite de cet article, abonnez-vous dès 1 €",
    "Déjà abonné ? Se connecter",
    "Vous êtes déjà abonné ? Identifiez-vous",
    "S'abonner à partir de 1 € le premier mois",
    "Je m'abonne",
    "Offre spéciale : 1 € par mois pendant 3 mois, sans engagement",
]


@pytest.mark.parametrize("line", PAYWALL)
def test_this_line_says_that_the_rest_is_for_subscribers(line: str) -> None:
    found = sort_lines("\n".join([PARAGRAPHS[0], line]), "")
    assert (found.paywall, found.lines) == (True, PARAGRAPHS[:1])


def test_the_title_is_not_repeated_in_the_text() -> None:
    raw = "\n".join(["« Pyongyang » livre des obus", *PARAGRAPHS])
    assert sort_lines(raw, "Pyongyang livre des obus").lines == PARAGRAPHS


def test_a_paragraph_said_twice_is_said_once() -> None:
    assert sort_lines("\n".join([PARAGRAPHS[0], *PARAGRAPHS, PARAGRAPHS[2]]), "").lines == PARAGRAPHS


def test_bylines_at_either_end_are_taken_aside() -> None:
    raw = "\n".join(["Par Jeanne Martin avec AFP", *PARAGRAPHS, "Propos recueillis par Paul Durand"])
    found = sort_lines(raw, "")
    assert (found.lines, found.bylines) == (PARAGRAPHS, ("Jeanne Martin avec AFP", "Paul Durand"))


def test_comments_after_the_article_end_it() -> None:
    raw = "\n".join([*PARAGRAPHS, "Vos réactions", "Un lecteur : encore des armes, toujours des armes, quelle époque."])
    assert sort_lines(raw, "").lines == PARAGRAPHS


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("deux  espaces\u00a0insécables\u202f: fin", "deux espaces insécables : fin"),
        ("  bords \t", "bords"),
        ("l\u2019e\u0301tat", "l’état"),
        ("cé\u00adsure et z\u200bero", "césure et zero"),
        ("«\u00a0oui\u00a0»", "« oui »"),
    ],
)
def test_text_is_stored_in_one_form(raw: str, text: str) -> None:
    assert plain(raw) == text
