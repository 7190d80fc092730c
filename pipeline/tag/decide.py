"""The decision: is the story military supply, how sure, and what spoke against.

Belongs here: the score and its threshold, wrong friends, tags, and the records that leave the tagger. Does not belong
here: how events are found.
"""

from __future__ import annotations

from math import prod

from pipeline.records import Evidence, SupplyEvent, TaggerVersion, Tagging
from pipeline.tag import plover, quantity, source
from pipeline.tag.gate import Mention
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.merge import Supply

THRESHOLD = 0.55
"""Chosen on the development set, unseen by what is learned; the curve is in docs/tagging.md."""

SURE = 0.33
"""Probability that a pair is told in the status of an event, from which on a military-supply story lists the event."""
_LONG, _LEAD = 400, 5
"""Words from which on a text is long; sentences that say what it is about."""
_PASSING = 0.5
"""What an event told in passing counts in a long text. Labelled stories have some 120 words, so this is no figure of
theirs: it follows from the definition, by which a clause in a story about something else does not make it supply."""


def nothing(version: TaggerVersion) -> Tagging:
    """The answer for a story that the gate kept out."""
    return Tagging(
        military_supply=False,
        score=0.0,
        gated=True,
        tagger=version,
    )


def decide(
    title: str, text: str, supplies: list[Supply], mentions: list[Mention], lexicon: Lexicon, version: TaggerVersion
) -> Tagging:
    """Events with their evidence, and the decision: the probability that at least one of the events is told."""
    events = tuple(_event(title, text, s, lexicon) for s in supplies)
    long = len(text.split()) > _LONG
    score = 1.0 - prod(
        1.0 - event.score * (_PASSING if long and _in_passing(supply) else 1.0)
        for event, supply in zip(events, supplies, strict=True)
    )
    positive = score >= THRESHOLD
    listed = _listed(supplies) if positive else []
    left_out = [supply for k, supply in enumerate(supplies) if k not in listed]
    tags = ["military-supply"] if positive else []
    if not positive and _domestic(mentions):
        tags.append("defence-industry")
    return Tagging(
        military_supply=positive,
        score=round(score, 3),
        events=tuple(events[k] for k in listed) if positive else (),
        tags=tuple(tags),
        against=(*_against(mentions), *_rejected("unsure" if positive else "passing", left_out)),
        tagger=version,
    )


def _listed(supplies: list[Supply]) -> list[int]:
    """Which supplies are sure enough to be told; the surest one at least."""
    sure = [1.0 - prod(1.0 - draft.sure for draft in supply.drafts) for supply in supplies]
    return [k for k, one in enumerate(sure) if one >= SURE or one == max(sure)]


def _in_passing(supply: Supply) -> bool:
    """Told once or twice, and not where a story says what it is about."""
    return len(supply.drafts) <= 2 and all(draft.order > _LEAD for draft in supply.drafts)


def _against(mentions: list[Mention]) -> tuple[str, ...]:
    """Classes of wrong friends that the story names at least twice, with their words. How much they count is the
    model's affair."""
    found: dict[str, list[str]] = {}
    for mention in mentions:
        if mention.entry.kind == "against" and mention.entry.value != "place":
            found.setdefault(mention.entry.value, []).append(mention.entry.form)
    return tuple(
        f"{sort}: {', '.join(dict.fromkeys(words))}" for sort, words in sorted(found.items()) if len(words) > 1
    )


def _domestic(mentions: list[Mention]) -> bool:
    """A state and its own industry: firms and materiel, one country."""
    firms = {m.entry.value for m in mentions if m.entry.sort == "firm"}
    states = {m.entry.value for m in mentions if m.entry.kind == "actor" and m.entry.sort != "body"}
    materiel = any(m.entry.kind == "materiel" and m.entry.sort != "soft" for m in mentions)
    return bool(firms) and materiel and len(states - firms) <= 1


def _rejected(why: str, supplies: list[Supply]) -> tuple[str, ...]:
    """What was found and was not enough."""
    return tuple(
        f"{why}: {s.supplier or '?'}→{s.recipient or '?'} {s.status} ({s.drafts[0].told_by})" for s in supplies
    )


def _event(title: str, text: str, supply: Supply, lexicon: Lexicon) -> SupplyEvent:
    evidence = []
    chance = 1.0
    for draft in supply.drafts:
        s = draft.candidate.sentence
        trigger = draft.candidate.trigger
        whole = title if s.field == "title" else text
        chance *= 1.0 - draft.chance
        evidence.append(
            Evidence(
                sentence=whole[s.start : s.end],
                start=s.start,
                end=s.end,
                field=s.field,
                rule=draft.told_by,
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
