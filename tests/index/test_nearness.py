"""Nearness to the seed: what makes a story near, in which order, and that the frequencies belong to the stems."""

from __future__ import annotations

import math

import pytest

from pipeline import seed
from pipeline.records import Evidence, Materiel, Story, SupplyEvent
from pipeline.relate import stems
from pipeline.relate.nearness import Seeds, compare
from tests.index.samples import NOON, story


def event(dyad: str, *materiel: Materiel, evidence: int = 1) -> SupplyEvent:
    supplier, recipient = (None if party == "?" else party for party in dyad.split("→"))
    sentences = tuple(Evidence(sentence="s", start=0, end=1, rule="r") for _ in range(evidence))
    return SupplyEvent(
        supplier=supplier, recipient=recipient, materiel=materiel, status="delivered", evidence=sentences
    )


@pytest.fixture
def article() -> Story:
    text = seed.shipped()[0]
    events = (event("KP→RU", "ammunition", "equipment", evidence=5), event("RU→KP", "technology"))
    return seed.story(text, now=NOON).model_copy(update={"supply_events": events})


def test_the_seed_itself_is_as_near_as_can_be(article: Story) -> None:
    near = Seeds([article]).near(article)

    assert (near.similarity, near.text, near.nearest, near.same_dyad) == (1.0, 1.0, article.id, True)


def test_without_a_seed_nothing_is_near(article: Story) -> None:
    near = Seeds([]).near(article)

    assert (near.similarity, near.nearest) == (0.0, None)


def test_the_nearest_of_several_seeds_counts(article: Story) -> None:
    other = story("autre", "Des missiles pour Taïwan", "Washington livre des missiles à Taïwan.")
    near = Seeds([article, other]).near(
        story("x", "Missiles pour Taïwan", "Les missiles livrés à Taïwan par Washington")
    )

    assert near.nearest == other.id


def test_what_happens_between_the_same_parties_is_nearest_whatever_its_words(article: Story) -> None:
    cases = {
        "same dyad and materiel": [event("KP→RU", "ammunition", "equipment")],
        "same dyad": [event("KP→RU", "missiles")],
        "reversed dyad": [event("RU→KP", "aircraft")],
        "same supplier": [event("KP→MM", "drones")],
        "same recipient": [event("IR→RU", "drones")],
        "same materiel": [event("FR→UA", "ammunition")],
        "supplier of the seed's lesser event": [event("RU→DZ", "aircraft")],
        "nothing": [event("FR→UA", "missiles")],
    }
    text = "Le parlement a débattu de la réforme."
    seeds = Seeds([article])
    scores = {
        name: seeds.near(story("x", "Réforme", text, supply_events=tuple(events))).similarity
        for name, events in cases.items()
    }

    assert list(scores) == sorted(scores, key=lambda name: -scores[name])
    assert len(set(scores.values())) == len(cases)
    assert scores["same dyad and materiel"] >= 0.7


def test_words_alone_make_a_story_near_by_their_rarity(article: Story) -> None:
    seeds = Seeds([article])
    about = story(
        "a", "Pyongyang et les munitions du Kremlin", "Des conteneurs nord-coréens livrés à Moscou, selon Kirby."
    )
    away = story("b", "Le budget de la culture", "Le ministre a annoncé que les musées seront ouverts le dimanche.")

    assert seeds.near(about).text > 5 * seeds.near(away).text
    assert seeds.near(about).related == ()


@pytest.mark.parametrize(
    ("mine", "theirs", "related"),
    [
        ("KP→RU", "KP→RU", ("same-dyad",)),
        ("RU→KP", "KP→RU", ("reversed-dyad",)),
        ("KP→SY", "KP→RU", ("same-supplier",)),
        ("IR→RU", "KP→RU", ("same-recipient",)),
        ("?→RU", "?→RU", ("same-recipient",)),
        ("?→?", "?→?", ()),
        ("RU→?", "?→RU", ()),
        ("RU→SY", "KP→RU", ()),
    ],
)
def test_relations_of_parties_and_unknown_ones_match_nobody(mine: str, theirs: str, related: tuple[str, ...]) -> None:
    assert compare([event(mine, "drones")], [event(theirs, "missiles")], [1.0])[1] == related


def test_every_relation_found_is_named_the_nearest_first() -> None:
    mine = [event("KP→RU", "drones"), event("IR→RU", "missiles")]

    assert compare(mine, [event("KP→RU", "missiles")], [1.0])[1] == ("same-dyad", "same-recipient", "same-materiel")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Livraisons", "livraison"),
        ("nord-coréennes", "NORD-CORÉEN"),
        ("L’armée", "l'armée"),
        ("conteneur", "conteneurs"),
    ],
)
def test_forms_of_a_word_are_the_same_stem(one: str, other: str) -> None:
    assert stems.cosine(stems.vector(one, ""), stems.vector(other, "")) == pytest.approx(1.0)


def test_vectors_have_length_one_and_an_empty_text_has_none() -> None:
    vector = stems.vector("Des obus", "La Corée du Nord livre des obus à la Russie.")

    assert math.sqrt(sum(w * w for w in vector.values())) == pytest.approx(1.0)
    assert stems.vector("", "") == {}


def test_the_frequencies_are_of_stems_that_this_stemmer_makes() -> None:
    rarity, rarest = stems.idf()

    assert len(rarity) > 1_000
    assert all(0 <= value < rarest for value in rarity.values())
    for word in ("livraison", "munitions", "russie", "pyongyang", "gouvernement"):
        assert stems.stem(word) in rarity


def test_counting_texts_leaves_out_what_one_text_alone_has() -> None:
    assert stems.count([("Obus", "livrés"), ("Obus", "vendus")]) == "#2\nobus\t2\n"
