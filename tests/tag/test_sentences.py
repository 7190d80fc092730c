"""Every frame of the design in sentences written for these tests: what each states, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.tag import Tagger
from tests.tag.conftest import Told

Grammar = Callable[[str, str], list[Told]]

HERE = Path(__file__).parent


def table(name: str) -> list[tuple[str, ...]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def states(grammar: Grammar, expected: str, sentence: str) -> bool:
    """Whether the sentence gives the expected events: parties and status equal, materiel overlapping, none besides."""
    return fits(grammar("", sentence), expected)


def fits(found: list[Told], expected: str) -> bool:
    wanted = [] if expected == "-" else [event.split() for event in expected.split(" ; ")]
    matched = [
        any(e.dyad == dyad and e.status == status and set(e.materiel) & set(materiel.split("+")) for e in found)
        for dyad, status, materiel in wanted
    ]
    return all(matched) and len(found) == len(wanted)


@pytest.mark.parametrize(("expected", "sentence"), table("sentences.tsv"))
def test_a_sentence_gives_the_events_that_it_states(grammar: Grammar, expected: str, sentence: str) -> None:
    assert states(grammar, expected, sentence), grammar("", sentence)


@pytest.mark.parametrize(("expected", "sentence"), table("gaps.tsv"))
def test_a_known_gap_is_still_one(grammar: Grammar, expected: str, sentence: str) -> None:
    assert not states(grammar, expected, sentence), "it passes now: move the line to sentences.tsv"


@pytest.mark.parametrize(("expected", "title", "text"), table("stories.tsv"))
def test_a_story_gives_the_events_that_it_reports(
    tagger: Tagger, grammar: Grammar, expected: str, title: str, text: str
) -> None:
    if expected == "-":
        assert not tagger.tag(title, text).military_supply
    else:
        assert fits(grammar(title, text), expected), grammar(title, text)
