"""What two texts have in common, word for word; and the keys by which an index finds texts that may have something.

Belongs here: words, shingles, containment, lookup keys. Does not belong here: who copied whom (`copies`).

Containment (Broder 1997) is the share of one text's shingles that another holds. Unlike similarity it stays high when a
dispatch is cut to half, or stands inside a longer article. Three things make texts alike without one being a copy, and
are taken out or looked at:

- direct speech: two reporters at one press conference write down the same sentences;
- the site's own phrases: "Lire aussi", "Abonnez-vous";
- templates: the daily air-raid report shares its sentences with yesterday's, but not its numbers.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

SHINGLE_WORDS = 4
"""With one word in ten changed, 0.9^4 = 66 % of the shingles stay; texts on one event written apart share below 5 %."""
KEY_WORDS = 4
"""Content words to a lookup key: they span some eight words of text, so few are shared by chance."""
MAX_KEYS = 200
"""Lookup keys of a long text; a short one has as many as it has runs of content words."""
MIN_KEYS, MIN_KEY_SHARE = 2, 0.05
"""Keys in common, and their share of the keys of the text that has fewer, from which on two texts are worth reading.
Of the copies set's pairs none shares less than 0.1; two texts with a stock phrase in common share one key or two."""
MIN_SHARED = 12
"""Shingles; below that, what is shared is a name with its title, not a sentence."""
MIN_CONTAINMENT = 0.3
"""Of the shorter text's shingles. Two dispatches merged, each cut to half, leave 0.5 of each."""
MIN_NUMBERS, MIN_SAME_NUMBERS = 8, 0.6
"""Shared shingles with a number in them, and the share of these that must hold the same number."""

_PLAIN = str.maketrans(
    {
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "’": "'",
        "ʼ": "'",
        "«": "\1",
        "»": "\2",
        "“": "\1",
        "”": "\2",
        "©": "(c)",
    }
)
"""Before accents are stripped, which would lose these; quotes become one pair of signs."""
_BRIDGED = 6
"""Words between two copied passages that count as changed words of one."""
_QUOTE = re.compile('\1([^\1\2]{1,2000})\2|"([^"\n]{1,2000})"')
_LONG_QUOTE = 30
"""Characters; a shorter one is a name or a word in inverted commas."""
_MIN_NARRATION = 0.5
"""Share of the words outside of quotes; an interview is compared whole."""
_FURNITURE = re.compile(
    r"^\W*(?:(?:a )?(?:lire|voir|ecouter|decouvrir)(?: aussi| egalement)?\b|abonnez-vous|je m'abonne|inscrivez-vous"
    r"|newsletter|recevez |suivez-nous|retrouvez |partager|commenter|publicite|cet article est reserve|il vous reste"
    r"|la suite est reservee|tous droits|droits de reproduction|copyright|\(c\)|credit photo|source ?:|avec afp\b)"
)
_FURNITURE_WORDS = 30
"""A longer line that begins like that is a paragraph."""
_WORD = re.compile(r"[a-z0-9]+")
_GROUPED_DIGITS = re.compile(r"(?<=\d)[ .](?=\d{3}(?!\d))")
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)'")
_FUNCTION_WORDS = frozenset(
    """
    a ai aient ainsi alors apres au aucun aujourd aura aurait aussi autre autres aux avaient avait avant avec avoir
    ayant car ce cela celle celles celui cependant ces cet cette ceux chaque chez comme contre dans de depuis des deux
    dont du elle elles en encore entre est et etaient etait etant ete etre eux fait faire hui il ils je jusque la le
    les leur leurs lors lui mais meme memes moins ne ni nos notre nous on ont or ou par parce pas pendant peu peut
    peuvent plus plusieurs pour pres puis qu quand que quel quelle qui quoi sa sans se selon sera serait ses si soit
    son sont sous sur ta tandis tant te tel telle toujours tous tout toute toutes tres tu un une vers via vos votre
    vous y
    """.split()  # noqa: SIM905  (a list this long is read as prose)
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A text as shingles, each a hash of this process; good for comparing, not for storing."""

    order: tuple[int, ...]
    """As they follow each other in the text."""
    shingles: frozenset[int]
    numbered: dict[int, frozenset[int]]
    """Shingles with a number in them, under the hash that they have with the number left out."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts share, seen from the first."""

    shared: int
    """Shingles."""
    ours: float
    """Share of the first text's shingles that stand in the second, 0..1."""
    theirs: float
    same_numbers: float | None
    """Share of the shingles alike but for their numbers that have the same numbers; None for too few of them."""

    @property
    def copied(self) -> bool:
        """One of the two texts was made from the other, or both from a third."""
        return (
            self.shared >= MIN_SHARED
            and max(self.ours, self.theirs) >= MIN_CONTAINMENT
            and (self.same_numbers is None or self.same_numbers >= MIN_SAME_NUMBERS)
        )


def words(text: str) -> list[str]:
    """The words of a text as they are compared: no accents, no case, no elided article, no direct speech."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN).lower()).encode("ascii", "ignore").decode("ascii")
    body = "\n".join(line for line in plain.split("\n") if not _furniture(line))
    everything = _split(body)
    narration = _split(_QUOTE.sub(lambda quote: quote[0] if len(quote[0]) < _LONG_QUOTE else "\n", body))
    return narration if len(narration) >= _MIN_NARRATION * len(everything) else everything


@lru_cache(maxsize=512)
def fingerprint(text: str) -> Fingerprint:
    """The shingles of a text."""
    tokens = words(text)
    order: list[int] = []
    numbered: dict[int, set[int]] = {}
    for start in range(len(tokens) - SHINGLE_WORDS + 1):
        shingle = tuple(tokens[start : start + SHINGLE_WORDS])
        order.append(hash(shingle))
        if any(word[0].isdigit() for word in shingle):
            blank = hash(tuple("#" if word[0].isdigit() else word for word in shingle))
            numbered.setdefault(blank, set()).add(order[-1])
    return Fingerprint(tuple(order), frozenset(order), {blank: frozenset(own) for blank, own in numbered.items()})


def overlap(one: Fingerprint, other: Fingerprint) -> Overlap:
    """What the two share; all zero when one of them is too short to have a shingle."""
    if not one.shingles or not other.shingles:
        return Overlap(0, 0.0, 0.0, None)
    shared = len(one.shingles & other.shingles)
    alike = one.numbered.keys() & other.numbered.keys()
    same = sum(not one.numbered[blank].isdisjoint(other.numbered[blank]) for blank in alike)
    return Overlap(
        shared,
        shared / len(one.shingles),
        shared / len(other.shingles),
        same / len(alike) if len(alike) >= MIN_NUMBERS else None,
    )


def covered(one: Fingerprint, others: Iterable[Fingerprint]) -> float:
    """Share of a text's words that stand in passages of the others, 0..1.

    A word changed within a passage counts with it: one word in ten changed leaves the whole text covered, although a
    third of its shingles is new.
    """
    if not one.order:
        return 0.0
    theirs = frozenset[int]().union(*(other.shingles for other in others))
    total = len(one.order) + SHINGLE_WORDS - 1
    words_covered, end = 0, -_BRIDGED - 1  # so that the first passage has nothing to be bridged to
    for start, shingle in enumerate(one.order):
        if shingle in theirs:
            gap = start - end
            words_covered += start + SHINGLE_WORDS - end if gap <= _BRIDGED else SHINGLE_WORDS
            end = start + SHINGLE_WORDS
    return words_covered / total


@lru_cache(maxsize=512)
def keys(text: str) -> tuple[str, ...]:
    """Lookup keys of a text: copies share some, whatever was cut, added or moved.

    A key is a run of content words, hashed. Of a long text the smallest `MAX_KEYS` hashes are kept (bottom-k sampling):
    which runs are kept depends on the run alone, so two texts keep the same ones of what they share.
    """
    content = [word for word in words(text) if word not in _FUNCTION_WORDS]
    runs = {" ".join(content[start : start + KEY_WORDS]) for start in range(len(content) - KEY_WORDS + 1)}
    return tuple(nsmallest(MAX_KEYS, (hashlib.blake2b(run.encode(), digest_size=6).hexdigest() for run in runs)))


def promising(shared: int, ours: int, theirs: int) -> bool:
    """Whether two texts that share so many of their keys, of `ours` and `theirs`, may be copies. A text of a few words
    has few keys: one is enough there."""
    fewer = min(ours, theirs)
    return shared >= max(MIN_KEY_SHARE * fewer, MIN_KEYS if fewer >= 2 * MIN_KEYS else 1)


def _furniture(line: str) -> bool:
    return bool(_FURNITURE.match(line)) and len(line.split()) < _FURNITURE_WORDS


def _split(plain: str) -> list[str]:
    return _WORD.findall(_ELIDED.sub("", _GROUPED_DIGITS.sub("", plain)))
