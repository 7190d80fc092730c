"""From probabilities of pairs to drafts of events.

Belongs here: which pairs of a sentence stand together, what is supplied, which predicate tells it. Does not belong
here: the probabilities (`model`), merging tellings of one supply (`merge`), the decision over the story (`decide`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.tag import quantity
from pipeline.tag.drafts import VAGUE, Draft
from pipeline.tag.frames import Candidate
from pipeline.tag.groups import Materials, Sentence
from pipeline.tag.lexicon import Predicate
from pipeline.tag.places import chain_root
from pipeline.tag.status import Reading
from pipeline.tag.triggers import Trigger
from pipeline.tag.weigh.model import Model, Pair, worth
from pipeline.tag.weigh.reading import Named, StoryReading

POSSIBLE = 0.25
"""Probability that the trees give a pair, from which on the encoder is asked about it as well."""
ENOUGH = 0.38
"""Probability from which on a pair is an event. Higher, precision gains what recall loses."""
_COORDINATED = 0.01
"""Probability that the trees give a pair, from which on what is told of a coordinated party is told of it too."""
_MOST = 4
"""Pairs of one sentence."""
_TITLE = 0.75
"""Share of the grammar's events in titles that the labels confirm."""


def drafts(reading: StoryReading, model: Model) -> list[Draft]:
    """The events that a story tells, sentence by sentence, each with its probability."""
    if not worth(reading):
        # Hardly more than a title, of which the model knows nothing: the grammar's word is taken.
        return [replace(draft, chance=_TITLE, sure=_TITLE) for draft in reading.drafts]
    sentences = {s.order: s for s in reading.sentences}
    chances = dict(model.pairs_of(reading))
    told = {
        pair: model.chance_of(reading, sentences[pair.order], pair, chance)
        for pair, chance in chances.items()
        if chance >= POSSIBLE
    }
    by_sentence: defaultdict[int, list[tuple[Pair, float]]] = defaultdict(list)
    for pair, chance in (told | _alike(reading, sentences, told, chances)).items():
        if chance >= ENOUGH:
            by_sentence[pair.order].append((pair, chance))
    found = []
    for s in reading.sentences:
        together = _together(by_sentence[s.order])
        for pair, chance in together:
            status, likely = model.status_of(reading, s, pair)
            event = _supplying(reading, s, draft(reading, s, pair, status, alone=len(together) == 1), model)
            found.append(replace(event, chance=chance, sure=chance * likely))
    return found


def _alike(
    reading: StoryReading, sentences: Mapping[int, Sentence], told: Mapping[Pair, float], chances: Mapping[Pair, float]
) -> dict[Pair, float]:
    """What is told of a party is told of those coordinated with it: « l'Iran, la Corée du Nord et la Syrie ». Of the
    labelled pairs that this gives, six in seven are right, and all of these have the same status."""
    found: dict[Pair, float] = {}
    for pair, chance in told.items():
        if chance < ENOUGH:
            continue
        chains = _chains(sentences[pair.order], reading.named[pair.order])
        ours, theirs = (chains.get(party or "", set()) for party in (pair.supplier, pair.recipient))
        if ours & theirs:
            continue
        alike = [replace(pair, supplier=party) for party, chain in chains.items() if chain & ours]
        alike += [replace(pair, recipient=party) for party, chain in chains.items() if chain & theirs]
        for other in alike:
            if chances.get(other, 0.0) >= _COORDINATED:
                found[other] = max(found.get(other, told.get(other, 0.0)), chance)
    return found


def _chains(s: Sentence, named: Mapping[str, Sequence[Named]]) -> dict[str, set[int]]:
    """The coordinations that each party of a sentence stands in, by the token where they begin."""
    return {
        party: {chain_root(s.actors, one.group).start for one in there if one.group is not None}
        for party, there in named.items()
    }


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


def draft(reading: StoryReading, s: Sentence, pair: Pair, status: str, *, alone: bool) -> Draft:
    """The event that a sentence tells of a pair, with the materiel that the grammar finds; `alone`: it is the only
    one of the sentence. Its probability is left to the caller."""
    here, _ = reading.drafts_of(s)
    same = next((d for d in here if (d.supplier, d.recipient) == (pair.supplier, pair.recipient)), None)
    if same is not None:
        read = Reading(status, same.reading.alleged or status == "denied", same.reading.because)
        return replace(same, reading=read)
    points, best = reading.best(s, pair.supplier, pair.recipient)
    groups = _own(s)
    if best is not None and best.candidate.materials and not alone:
        groups = best.candidate.materials
    if not groups:
        groups = _before(reading, s)
    categories = [category for group in groups for category in group.categories]
    specific = [category for category in categories if category not in VAGUE]
    materiel = tuple(dict.fromkeys(specific or categories or ["weapons"]))
    terms = tuple(dict.fromkeys(term for group in groups for term in group.terms))
    candidate = best.candidate if best is not None else _bare(s, status)
    read = Reading(
        status,
        status == "denied" or (best is not None and best.reading.alleged),
        best.reading.because if best is not None else (),
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
        quantity=counted, inferred=inferred, weighed=True,
    )  # fmt: skip


def _supplying(reading: StoryReading, s: Sentence, draft: Draft, model: Model) -> Draft:
    """The draft with the materiel that the model finds likely; the terms are those of its categories."""
    categories = model.materiel_of(reading, s, draft)
    if set(categories) == set(draft.materiel):
        return draft
    groups = [group for one in (s, *reading.earlier(s)) for group in one.materials if not group.anaphoric]
    nearest = {c: group for group in reversed(groups) for c in group.categories}
    terms = [term for c in categories if c in nearest for term in nearest[c].terms]
    kept = draft.terms if set(categories) & set(draft.materiel) else ()
    return replace(draft, materiel=categories, terms=tuple(dict.fromkeys([*kept, *terms])))


def _own(s: Sentence) -> list[Materials]:
    """The sentence's own materiel, without what it came on: « déchargés d'un navire »."""
    return [group for group in s.materials if group.categories and not group.anaphoric and not _carries(group)]


def _carries(group: Materials) -> bool:
    craft = group.categories in (("naval",), ("aircraft",))
    return craft and group.sort == "soft" and group.prep in ("sur", "dans", "par", "depuis", "near")


def _before(reading: StoryReading, s: Sentence) -> list[Materials]:
    """The materiel of the nearest sentence before, the title last."""
    return next((groups for one in reading.earlier(s) if (groups := _own(one))), [])


def _bare(s: Sentence, status: str) -> Candidate:
    """For a sentence that tells a supply without a predicate that the lexicons know."""
    at = s.materials[0].head if s.materials else 0
    predicate = Predicate(lemma="", pos="N", frame="bare", base=status, punctual=False, weak=True)
    return Candidate(s, Trigger(at, predicate, "noun", "", first=at), rule="bare")
