"""Materiel for a predicate that names both parties and reaches none: the sentence's own, else the sentence before's.

Belongs here: what a supply without an object can only mean. Does not belong here: pronouns and anaphors (`supplied`).
"""

from __future__ import annotations

from pipeline.tag.drafts import VAGUE
from pipeline.tag.focus import Focus, enumeration
from pipeline.tag.frames import Candidate
from pipeline.tag.groups import Materials

_FRAMES = ("give", "equip", "receive", "deal", "request", "move")
_REACH = 2
"""Sentences back. Farther, another thing is meant more often than not."""

_CROSSINGS = 1
"""Clauses between a predicate and what it leaves unsaid."""

_PARTS = (
    "solde reste reliquat moitié tiers quart dizaine douzaine quinzaine vingtaine trentaine quarantaine cinquantaine"
    " centaine premier premiers première premières second seconde autres autre suivants dernier derniers manquants"
    " exemplaire exemplaires unité unités tranche quelques-uns certains plusieurs deux trois quatre cinq six sept huit"
    " neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante cent régiments batteries"
)
"""What stands for part of a lot."""

Found = tuple[tuple[str, ...], tuple[str, ...], bool]


def gleaned(focus: Focus, candidate: Candidate, claimed: set[int]) -> Found:
    """Categories, terms and whether another sentence gave them; `claimed`: groups that another predicate has."""
    s, t = candidate.sentence, candidate.trigger
    if more_of_it(candidate):
        return _before(focus, candidate)
    if t.frame not in _FRAMES or not (candidate.suppliers and candidate.recipients) or not s.order:
        return (), (), False
    if t.predicate.weak and t.frame not in ("deal", "receive") and t.voice != "noun":
        return (), (), False
    if any(a.description == "firm" for a in (*candidate.suppliers, *candidate.recipients)):
        return (), (), False
    there = [m for m in s.materials if m.categories and not m.anaphoric]
    free = [
        m
        for m in there
        if m.sort != "soft"
        and id(m) not in claimed
        and s.crossings(t.token, m.head) <= _CROSSINGS
        and not (t.predicate.weak and set(m.categories) <= VAGUE)
    ]
    if free:
        nearest = min(free, key=lambda m: min(abs(m.start - t.token), abs(m.end - t.token)))
        return (*_said(enumeration(s, nearest)), False)
    if there or _other_object(candidate) or t.predicate.weak or t.frame == "equip":
        return (), (), False
    return _before(focus, candidate)


def _before(focus: Focus, candidate: Candidate) -> Found:
    s = candidate.sentence
    for one in reversed(focus.sentences):
        if one.order >= s.order or s.order - one.order > _REACH:
            continue
        groups = [m for m in one.materials if m.categories and not m.anaphoric and m.sort != "soft"]
        if groups:
            return (*_said(enumeration(one, groups[-1])), True)
    return (), (), False


def more_of_it(candidate: Candidate) -> bool:
    """« Treize étaient arrivés », « le solde sera livré »: the subject is a number or a part of what was told."""
    s, t = candidate.sentence, candidate.trigger
    if t.frame not in ("give", "move") or (t.voice != "passive" and t.frame != "move"):
        return False
    subject = next((c for c in s.children[t.token] if s.deps[c].startswith("nsubj")), None)
    return subject is not None and (s.pos[subject] == "NUM" or s.lower[subject] in _PARTS.split())


def _other_object(candidate: Candidate) -> bool:
    """« livre du pétrole »: the predicate has an object, and it is no materiel."""
    s, t = candidate.sentence, candidate.trigger
    place = "nsubj:pass" if t.voice == "passive" else "obj"
    parties = {k for a in s.actors for k in range(a.start, a.end)}
    k = t.token + 1
    if s.lower[k : k + 1] in (["du"], ["des"], ["un"], ["une"]) and s.pos[k + 1 : k + 2] == ["NOUN"]:
        return k + 1 not in parties
    return any(
        s.deps[c] == place
        and s.pos[c] in ("NOUN", "PROPN")
        and c not in parties
        and s.lower[c] not in t.predicate.lemma.split()
        for c in s.children[t.token]
    )


def _said(groups: list[Materials]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (
        tuple(dict.fromkeys(c for m in groups for c in m.categories)),
        tuple(dict.fromkeys(w for m in groups for w in m.terms)),
    )
