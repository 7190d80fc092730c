"""The decision: is the story military supply, how sure, and what spoke against.

Belongs here: the score and its threshold, wrong friends, tags, and the records that leave the tagger. Does not belong
here: how events are found.
"""

from __future__ import annotations

from typing import get_args

from pipeline.records import Evidence, Materiel, SupplyEvent, TaggerVersion, Tagging
from pipeline.tag.gate import Mention
from pipeline.tag.merge import Supply
from pipeline.tag.sentence import Sentence

THRESHOLD = 0.5
_ALLOWED = set(get_args(Materiel))


def nothing(version: tuple[str, str]) -> Tagging:
    """The answer for a story that the gate kept out."""
    return Tagging(
        military_supply=False,
        score=0.0,
        gated=True,
        tagger=TaggerVersion(version=version[0], lexicon_digest=version[1]),
    )


def decide(
    title: str,
    text: str,
    supplies: list[Supply],
    sentences: list[Sentence],
    mentions: list[Mention],
    version: tuple[str, str],
) -> Tagging:
    """Events with their evidence, and the decision."""
    events = tuple(_event(title, text, s) for s in supplies)
    positive = bool(events)
    return Tagging(
        military_supply=positive,
        score=1.0 if positive else 0.0,
        events=events if positive else (),
        tags=("military-supply",) if positive else (),
        tagger=TaggerVersion(version=version[0], lexicon_digest=version[1]),
    )


def _event(title: str, text: str, supply: Supply) -> SupplyEvent:
    evidence = []
    for draft in supply.drafts:
        s = draft.candidate.sentence
        whole = title if s.field == "title" else text
        evidence.append(Evidence(
            sentence=whole[s.start : s.end], start=s.start, end=s.end, field=s.field, rule=draft.candidate.rule,
            triggers=(s.words(draft.candidate.trigger.first, draft.candidate.trigger.token + 1), *draft.reading.because),
        ))  # fmt: skip
    return SupplyEvent(
        supplier=supply.supplier, recipient=supply.recipient, materiel=tuple(supply.materiel), status=supply.status,  # type: ignore[arg-type]
        alleged=all(d.reading.alleged for d in supply.drafts), evidence=tuple(evidence),
        systems=tuple(dict.fromkeys(t for d in supply.drafts for t in d.terms)),
    )  # fmt: skip
