"""Predicates of several words: mettre la main sur, se tourner vers, opposer une fin de non-recevoir.

Belongs here: whether a locution of `locutions.tsv` begins at a verb, and where it ends. Does not belong here: its
voice and tense (`triggers`), who fills its places (`fit`).

The words that follow stand in their order, at most four tokens apart; articles, adverbs and figures may stand between.
`se` asks for a reflexive verb, `…` lets a whole object stand between (mettre … sous clé).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from pipeline.tag.groups import Sentence
from pipeline.tag.inflect import plural
from pipeline.tag.lexicon import Predicate

Known = tuple[tuple[tuple[str, ...], Predicate], ...]

_GAP = 4
_WIDE = 12
_PREPOSITIONS: Mapping[str, frozenset[str]] = {
    "de": frozenset(("de", "d'", "du", "des")),
    "à": frozenset(("à", "au", "aux")),
}
_STOPS = frozenset((";", ":", ".", "qui", "dont", "où"))
_REFLEXIVE = frozenset(("se", "s'", "nous", "me", "m'"))
_TOWARDS = frozenset(("vers", "chez", "auprès", "avec"))
"""Last words after which someone must be named."""


@lru_cache(maxsize=4096)
def _written(word: str) -> frozenset[str]:
    return _PREPOSITIONS.get(word) or frozenset((word, plural(word)))


@lru_cache(maxsize=4096)
def _named(predicate: Predicate, tail: tuple[str, ...]) -> Predicate:
    """The predicate under the name that rules show: `se_tourner vers`."""
    head = predicate.lemma.split()[0]
    shown = " ".join(w for w in tail if w not in ("se", "…"))
    return replace(predicate, lemma=f"{'se_' * ('se' in tail)}{head} {shown}")


def at(s: Sentence, i: int, known: Known, left: list[int]) -> tuple[Predicate, frozenset[int]] | None:
    """The longest locution that the verb at `i` begins, and the tokens of its words."""
    best: tuple[Predicate, frozenset[int]] | None = None
    reflexive = any(s.lower[k] in _REFLEXIVE for k in left)
    for tail, predicate in known:
        if ("se" in tail) and not reflexive:
            continue
        found = _follow(s, i, tail, causative=predicate.lemma.split()[0] in ("faire", "laisser"))
        if found and tail[-1] in _TOWARDS and not _somebody(s, found[-1]):
            continue
        if found and (best is None or len(found) > len(best[1])):
            best = _named(predicate, tail), frozenset(found)
    return best


def _somebody(s: Sentence, token: int) -> bool:
    """Whether who is turned to is named: « se tourner vers Séoul », not « vers des valeurs sûres »."""
    return any(a.start > token and a.start - token <= _GAP for a in s.actors)


def _follow(s: Sentence, i: int, tail: tuple[str, ...], *, causative: bool) -> list[int]:
    """The tokens of the words that must follow; none where one is missing."""
    found: list[int] = []
    infinitive = causative and tail[0].endswith(("er", "ir", "re"))
    position, reach = i + 1, 2 if infinitive else _GAP
    for word in tail:
        if word == "se":
            continue
        if word == "…":
            reach = _WIDE
            continue
        written = _written(word)
        for k in range(position, min(position + reach, len(s.lower))):
            if s.lower[k] in written:
                found.append(k)
                position, reach = k + 1, _GAP
                break
            if s.lower[k] in _STOPS:
                return []
        else:
            return []
    return found
