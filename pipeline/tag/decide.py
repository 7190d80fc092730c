"""The decision: is the story military supply, how sure, and what spoke against.

Belongs here: the score and its threshold, wrong friends, tags, and the records that leave the tagger. Does not belong
here: how events are found.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.records import Evidence, SupplyEvent, TaggerVersion, Tagging
from pipeline.tag import plover, quantity, source
from pipeline.tag.drafts import Draft
from pipeline.tag.gate import Mention
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.merge import Supply

THRESHOLD = 0.5
"""Chosen on the development set; the curve is in docs/tagging.md."""

# What one telling of an event is worth towards the story: by place, by the strength of its words, by what was inferred.
_TITLE, _LEAD, _BODY = 0.75, 0.75, 0.6
_WEAK, _SOFT, _INFERRED = 0.92, 0.6, 0.85
_PASSING = 0.7
"""A noun in a sentence whose subject is something else: a single one of these is a passing mention."""
_CRIME = 0.6
"""A seizure meant for nobody that the text names, in a story with police and courts."""
_PAST = 0.4
"""A sentence about the wars before 1990; or a story with nothing but such years."""
_HISTORY = re.compile(r"\b1[5-9][0-8]\d\b|années [3-8]0\b|(?:Première|Seconde|Deuxième) Guerre mondiale|guerre de 14")
_MODERN = re.compile(r"\b(?:199\d|20\d\d)\b")
_AGAINST = 0.07
"""Taken off for each class of wrong friends that the story is full of."""
_APART = 0.12
"""Taken off for classes that hardly ever meet supply: the story is about something else."""
_STRANGERS = frozenset(("sport", "culture", "civil", "wildlife", "diplomacy", "parcels"))


def nothing(version: tuple[str, str]) -> Tagging:
    """The answer for a story that the gate kept out."""
    return Tagging(
        military_supply=False,
        score=0.0,
        gated=True,
        tagger=TaggerVersion(version=version[0], lexicon_digest=version[1]),
    )


def decide(
    title: str, text: str, supplies: list[Supply], mentions: list[Mention], lexicon: Lexicon, version: tuple[str, str]
) -> Tagging:
    """Events with their evidence, and the decision."""
    civil = sum(1 for m in mentions if m.entry.kind == "against" and m.entry.value == "civil") > 1
    military = not civil and any(m.entry.kind == "materiel" and m.entry.sort != "soft" for m in mentions)
    told = f"{title}\n{text}"
    history = len(_HISTORY.findall(told)) >= 2 and not _MODERN.search(told)
    crime = any(m.entry.kind == "against" and m.entry.value == "crime" for m in mentions)
    events = tuple(_event(title, text, s, military, crime, lexicon) for s in supplies)
    against, penalty = _against(mentions)
    chance = 1.0
    for event in events:
        chance *= 1.0 - event.score
    score = max(0.0, (1.0 - chance) * (_PAST if history else 1.0) - penalty)
    positive = score >= THRESHOLD and bool(events)
    tags = ["military-supply"] if positive else []
    if not positive and _domestic(mentions):
        tags.append("defence-industry")
    return Tagging(
        military_supply=positive,
        score=round(score, 3),
        events=events if positive else (),
        tags=tuple(tags),
        against=(*against, *(() if positive else _rejected(supplies))),
        tagger=TaggerVersion(version=version[0], lexicon_digest=version[1]),
    )


def _weight(draft: Draft, military: bool, crime: bool) -> float:
    trigger, order = draft.candidate.trigger, draft.order
    worth = _TITLE if order == 0 else _LEAD if order <= 4 else _BODY
    told = draft.reading.status == "intercepted" and draft.recipient is not None
    if trigger.predicate.weak and not told:
        worth *= _WEAK
    if all(m.sort == "soft" for m in draft.candidate.materials) and draft.candidate.materials:
        worth *= 0.85 if military else _SOFT
    if _HISTORY.search(draft.candidate.sentence.text):
        worth *= _PAST
    if crime and draft.reading.status == "intercepted" and draft.recipient is None:
        worth *= _CRIME
    if "supplier" in draft.inferred or "recipient" in draft.inferred:
        worth *= _INFERRED
    if (
        trigger.voice == "noun"
        and order > 3
        and trigger.predicate.lemma in ("aide", "assistance", "soutien", "embargo")
    ):
        worth *= _PASSING
    return worth


def _against(mentions: list[Mention]) -> tuple[tuple[str, ...], float]:
    """Classes of wrong friends that the story names at least twice, with their words; and what they take off."""
    found: dict[str, list[str]] = {}
    for mention in mentions:
        if mention.entry.kind == "against" and mention.entry.value != "place":
            found.setdefault(mention.entry.value, []).append(mention.entry.form)
    lines = tuple(
        f"{sort}: {', '.join(dict.fromkeys(words))}" for sort, words in sorted(found.items()) if len(words) > 1
    )
    material = Counter(m.entry.kind for m in mentions)["materiel"]
    heavy = [sort for sort, words in found.items() if len(words) > 1 and len(words) >= material]
    return lines, sum(_APART if sort in _STRANGERS else _AGAINST for sort in heavy)


def _domestic(mentions: list[Mention]) -> bool:
    """A state and its own industry: firms and materiel, one country."""
    firms = {m.entry.value for m in mentions if m.entry.sort == "firm"}
    states = {m.entry.value for m in mentions if m.entry.kind == "actor" and m.entry.sort != "body"}
    materiel = any(m.entry.kind == "materiel" and m.entry.sort != "soft" for m in mentions)
    return bool(firms) and materiel and len(states - firms) <= 1


def _rejected(supplies: list[Supply]) -> tuple[str, ...]:
    """What was found and was not enough."""
    return tuple(
        f"passing: {s.supplier or '?'}→{s.recipient or '?'} {s.status} ({s.drafts[0].candidate.rule})" for s in supplies
    )


def _event(title: str, text: str, supply: Supply, military: bool, crime: bool, lexicon: Lexicon) -> SupplyEvent:
    evidence = []
    chance = 1.0
    for draft in supply.drafts:
        s = draft.candidate.sentence
        trigger = draft.candidate.trigger
        whole = title if s.field == "title" else text
        past = draft.order == 0 and any(_HISTORY.search(d.candidate.sentence.text) for d in supply.drafts)
        chance *= 1.0 - _weight(draft, military, crime) * (_PAST if past else 1.0)
        evidence.append(
            Evidence(
                sentence=whole[s.start : s.end],
                start=s.start,
                end=s.end,
                field=s.field,
                rule=draft.candidate.rule,
                triggers=tuple(dict.fromkeys((s.words(trigger.first, trigger.token + 1), *draft.reading.because))),
            )
        )
    sentences = [d.candidate.sentence for d in supply.drafts]
    refused = any(
        w.startswith(("refus", "oppos", "exclu", "rejet")) for d in supply.drafts for w in d.reading.because
    ) or any(d.candidate.trigger.negated for d in supply.drafts)
    return SupplyEvent(
        supplier=supply.supplier,
        recipient=supply.recipient,
        materiel=tuple(supply.materiel),  # type: ignore[arg-type]
        status=supply.status,  # type: ignore[arg-type]
        alleged=_alleged(supply, lexicon),
        source=next((f for s in sentences if (f := source.of(s, lexicon))), None),
        quantity=next((d.quantity for d in supply.drafts if d.quantity), None),
        value=next((m for s in sentences if (m := quantity.money(s))), None),
        evidence=tuple(evidence),
        systems=tuple(dict.fromkeys(t for d in supply.drafts for t in d.terms)),
        score=round(1.0 - chance, 3),
        plover=plover.of(supply.status, refused=refused),
    )


def _alleged(supply: Supply, lexicon: Lexicon) -> bool:
    """Hearsay in all tellings: by mood, by accusation, or because only a third party says so."""
    if supply.status == "denied":
        return True
    parties = {supply.supplier, supply.recipient}
    tellings = [d for d in supply.drafts if d.order > 0] or supply.drafts
    hearsay = 0
    for draft in tellings:
        said = source.of(draft.candidate.sentence, lexicon)
        if draft.reading.alleged or (said is not None and said.actor not in parties):
            hearsay += 1
    return hearsay * 2 >= len(tellings)
