"""How supply is said: locutions in their order, the senses of verbs, and sentences of every class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.tag import Tagger, lexicon
from pipeline.tag.gate import mentions
from pipeline.tag.tables import rows
from pipeline.tag.triggers import find
from tests.tag.conftest import Told

HERE = Path(__file__).parent


def table() -> list[tuple[str, ...]]:
    lines = (HERE / "said.tsv").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def predicates(tagger: Tagger, sentence: str) -> set[str]:
    """The predicates found in one sentence, by name."""
    words = lexicon.load()
    (parsed,) = tagger.parse("", sentence, [], mentions(sentence, words))
    return {t.predicate.lemma for t in find(parsed, words)}


@pytest.mark.parametrize(("expected", "sentence"), table())
def test_a_way_of_saying_gives_the_event_that_it_states(
    grammar: Callable[[str, str], list[Told]], expected: str, sentence: str
) -> None:
    found = grammar("", sentence)
    dyad, status, materiel = expected.split()
    assert [(e.dyad, e.status) for e in found] == [(dyad, status)]
    assert set(found[0].materiel) & set(materiel.split("+"))


def test_there_are_hundreds_of_locutions() -> None:
    assert len(list(rows(lexicon.FOLDER / "locutions.tsv", 5))) >= 500


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("La police a mis samedi la main sur des obus iraniens.", "mettre main sur"),
        ("Kiev s'est tourné vers la Suède pour des avions.", "se_tourner vers"),
        ("Les douanes ont mis une trentaine de missiles russes sous clé.", "mettre sous clé"),
    ],
)
def test_a_locution_is_found_over_what_stands_between(tagger: Tagger, sentence: str, name: str) -> None:
    assert name in predicates(tagger, sentence)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Le pays s'est tourné vers des valeurs sûres, note Paris.", "se_tourner vers"),
        ("Kiev a tourné les canons vers la Russie.", "se_tourner vers"),
        ("L'armée ukrainienne a livré bataille avec des chars.", "livrer"),
        ("Paris va remettre en état les chars de Kiev.", "remettre"),
        ("La commande de chars passée en 2020 par Rabat court toujours.", "passer"),
        ("Washington vient de débloquer des chars.", "venir"),
    ],
)
def test_other_senses_are_no_predicates(tagger: Tagger, sentence: str, name: str) -> None:
    assert name not in predicates(tagger, sentence)


COVERED = 0.93
"""Floor of the labelled events at whose evidence some predicate is found."""


def test_few_labelled_sentences_are_said_in_words_that_are_not_known(
    tagger: Tagger, labelled: list[dict[str, Any]]
) -> None:
    words = lexicon.load()
    known = total = 0
    for item in (i for i in labelled if i["relevant"]):
        text = item["text"]
        parsed = tagger.parse("", text, [], mentions(text, words))
        for event in item["events"]:
            start = text.find(event["evidence"])
            here = [s for s in parsed if s.start < start + len(event["evidence"]) and s.end > start]
            total += 1
            known += any(find(s, words) for s in here)
    assert known >= COVERED * total
