"""From probabilities of pairs to drafts of events.

Belongs here: which pairs of a sentence stand together, what is supplied, which predicate tells it. Does not belong
here: the probabilities (`model`), merging tellings of one supply (`merge`), the decision over the story (`decide`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from pipeline.tag import quantity
from pipeline.tag.drafts import VAGUE, Draft
from pipeline.tag.frames import Candidate
from pipeline.tag.groups import Materials, Sentence
from pipeline.tag.lexicon import Predicate
from pipeline.tag.status import Reading
from pipeline.tag.triggers import Trigger
from pipeline.tag.weigh.model import Model, Pair, worth
from pipeline.tag.weigh.reading import StoryReading

ENOUGH = 0.45
"""Probability from which on a pair is an event. Higher, precision gains what recall loses: on stories unseen, joint
precision is 0.69 at 0.35, 0.73 at 0.45."""
_MOST = 4
"""Pairs of one sentence."""
_TITLE = 0.75
"""Share of the grammar's events in titles that the labels confirm."""


def drafts(reading: StoryReading, model: Model) -> list[Draft]:
    """The events that a story tells, sentence by sentence, each with its probability."""
    if not worth(reading):
        # Hardly more than a title, of which the model knows nothing: the grammar's word is taken.
        return [replace(draft, chance=_TITLE, sure=_TITLE) for draft in reading.drafts]
    by_sentence: defaultdict[int, list[tuple[Pair, float]]] = defaultdict(list)
    for pair, chance in model.pairs_of(reading):
        if chance >= ENOUGH:
            by_sentence[pair.order].append((pair, chance))
    found = []
    for s in reading.sentences:
        together = _together(by_sentence[s.order])
        for pair, chance in together:
            status, likely = model.status_of(reading, s, pair)
            draft = _draft(reading, s, pair, chance, status, alone=len(together) == 1)
            found.append(replace(draft, sure=chance * likely))
    return found


def _together(pairs: list[tuple[Pair, float]]) -> list[tuple[Pair, float]]:
    """Those that can be true at once, the likeliest first: not a pair and its reverse, nor a known and an unknown
    partner of the same party."""
    chosen: list[tuple[Pair, float]] = []
    for pair, chance in sorted(pairs, key=lambda one: -one[1]):
        if len(chosen) < _MOST and not any(_excludes(pair, other) for other, _ in chosen):
            chosen.append((pair, chance))
    return chosen


def _excludes(pair: Pair, other: Pair) -> bool:
    if (pair.supplier, pair.recipient) == (other.recipient, other.supplier):
        return True
    unknown = None in (pair.supplier, pair.recipient, other.supplier, other.recipient)
    return unknown and (pair.supplier == other.supplier or pair.recipient == other.recipient)


def _draft(reading: StoryReading, s: Sentence, pair: Pair, chance: float, status: str, *, alone: bool) -> Draft:
    here, _ = reading.drafts_of(s)
    same = next((d for d in here if (d.supplier, d.recipient) == (pair.supplier, pair.recipient)), None)
    if same is not None:
        read = Reading(status, same.reading.alleged or status == "denied", same.reading.because)
        return replace(same, reading=read, chance=chance)
    points, told = reading.best(s, pair.supplier, pair.recipient)
    groups = _own(s)
    if told is not None and told.candidate.materials and not alone:
        groups = told.candidate.materials
    if not groups:
        groups = _before(reading, s)
    categories = [category for group in groups for category in group.categories]
    specific = [category for category in categories if category not in VAGUE]
    materiel = tuple(dict.fromkeys(specific or categories or ["weapons"]))
    terms = tuple(dict.fromkeys(term for group in groups for term in group.terms))
    candidate = told.candidate if told is not None else _bare(s, status)
    read = Reading(
        status,
        status == "denied" or (told is not None and told.reading.alleged),
        told.reading.because if told is not None else (),
    )
    counted = next((q for group in groups if group in s.materials and (q := quantity.counted(s, group))), None)
    named = reading.named[s.order]
    inferred = tuple(
        place
        for place, party in (("supplier", pair.supplier), ("recipient", pair.recipient))
        if party is not None and party not in named
    )
    return Draft(
        candidate, read, pair.supplier, pair.recipient, materiel, terms, points,
        quantity=counted, inferred=inferred, chance=chance, weighed=True,
    )  # fmt: skip


def _own(s: Sentence) -> list[Materials]:
    """The sentence's own materiel, without what it came on: « déchargés d'un navire »."""
    return [group for group in s.materials if group.categories and not group.anaphoric and not _carries(group)]


def _carries(group: Materials) -> bool:
    craft = group.categories in (("naval",), ("aircraft",))
    return craft and group.sort == "soft" and group.prep in ("sur", "dans", "par", "depuis", "near")


def _before(reading: StoryReading, s: Sentence) -> list[Materials]:
    """The materiel of the nearest sentence before, the title last."""
    for one in sorted(reading.sentences, key=lambda one: -one.order):
        if one.order < s.order and (groups := _own(one)):
            return groups
    return []


def _bare(s: Sentence, status: str) -> Candidate:
    """For a sentence that tells a supply without a predicate that the lexicons know."""
    at = s.materials[0].head if s.materials else 0
    predicate = Predicate(lemma="", pos="N", frame="bare", base=status, punctual=False, weak=True)
    return Candidate(s, Trigger(at, predicate, "noun", "", first=at), rule="bare")
