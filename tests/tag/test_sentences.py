"""Every frame of the design in sentences written for these tests: what each states, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.tag import Tagger

HERE = Path(__file__).parent


def table(name: str) -> list[tuple[str, ...]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def states(tagger: Tagger, expected: str, sentence: str) -> bool:
    """Whether the sentence gives the expected events: parties and status equal, materiel overlapping, none besides."""
    found = tagger.tag("", sentence).events
    wanted = [] if expected == "-" else [event.split() for event in expected.split(" ; ")]
    matched = [
        any(e.dyad == dyad and e.status == status and set(e.materiel) & set(materiel.split("+")) for e in found)
        for dyad, status, materiel in wanted
    ]
    return all(matched) and len(found) == len(wanted)


@pytest.mark.parametrize(("expected", "sentence"), table("sentences.tsv"))
def test_a_sentence_gives_the_events_that_it_states(tagger: Tagger, expected: str, sentence: str) -> None:
    assert states(tagger, expected, sentence), [(e.dyad, e.status, e.materiel) for e in tagger.tag("", sentence).events]


@pytest.mark.parametrize(("expected", "sentence"), table("gaps.tsv"))
def test_a_known_gap_is_still_one(tagger: Tagger, expected: str, sentence: str) -> None:
    assert not states(tagger, expected, sentence), "it passes now: move the line to sentences.tsv"


@pytest.mark.parametrize(("expected", "title", "text"), table("stories.tsv"))
def test_a_story_gives_the_events_that_it_reports(tagger: Tagger, expected: str, title: str, text: str) -> None:
    tagging = tagger.tag(title, text)
    wanted = [] if expected == "-" else [event.split() for event in expected.split(" ; ")]
    assert tagging.military_supply is bool(wanted)
    assert len(tagging.events) == len(wanted)
    for dyad, status, materiel in wanted:
        assert any(
            e.dyad == dyad and e.status == status and set(e.materiel) & set(materiel.split("+")) for e in tagging.events
        ), [(e.dyad, e.status, e.materiel) for e in tagging.events]
