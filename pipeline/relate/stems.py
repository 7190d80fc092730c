"""French stems with weights: what two texts are compared by.

Belongs here: from text to a weighted vector. Does not belong here: what a similarity means (`nearness`), and the
index's own analysis chain, which serves searching (`schemas/french.json`).
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from importlib import resources

import Stemmer

Vector = dict[str, float]
"""Weight by stem, of length 1."""

TITLE_WEIGHT = 3
"""A word of the title counts as often as this many in the text."""

LONGEST = 6_000
"""Characters read of a text, some thousand words: what a news story reports is there, and its time is bounded."""

WORD = re.compile(r"[^\W_]{2,}")
"""Words and numbers of two characters or more; what elision leaves before its apostrophe is one character, or `qu`,
which every text has and which therefore weighs nothing."""

_stemmer = Stemmer.Stemmer("french")
_stemming = threading.Lock()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Snowball stem of a lower-case French word, without accents."""
    with _stemming:
        found: str = _stemmer.stemWord(word)
    return "".join(c for c in unicodedata.normalize("NFD", found) if not unicodedata.combining(c))


def vector(title: str, text: str) -> Vector:
    """The tf-idf vector of a story.

    A stem weighs (1 + ln f) · idf for its frequency f, and the vector has length 1 (Manning, Raghavan and Schütze,
    *Introduction to Information Retrieval*, section 6.4: `ltc`). Empty for a text in which no word weighs anything.
    """
    words = WORD.findall(text[:LONGEST].lower()) + TITLE_WEIGHT * WORD.findall(title.lower())
    stems: dict[str, int] = {}
    for word, number in Counter(words).items():
        key = stem(word)
        stems[key] = stems.get(key, 0) + number
    rarity, rarest = idf()
    weights = {s: (1 + math.log(number)) * rarity.get(s, rarest) for s, number in stems.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {s: weight / length for s, weight in weights.items() if weight} if length else {}


def cosine(one: Vector, other: Vector) -> float:
    """The cosine of the angle between two vectors of length 1: 0 for no stem in common, 1 for the same text."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other.get(s, 0.0) for s, weight in one.items())


@cache
def idf() -> tuple[dict[str, float], float]:
    """ln(N / df) by stem, and that of a stem which the counted texts do not have.

    From `frequencies.tsv`, which `count` made of N texts: `#N` on the first line, then `stem<TAB>df`.
    """
    lines = (resources.files(__package__) / "frequencies.tsv").read_text(encoding="utf-8").splitlines()
    texts = int(lines[0].removeprefix("#"))
    rarity = {}
    for line in lines[1:]:
        name, _, frequency = line.partition("\t")
        rarity[name] = math.log(texts / int(frequency))
    return rarity, math.log(texts)


def count(texts: list[tuple[str, str]]) -> str:
    """The content of `frequencies.tsv` for these (title, text) pairs; a stem of one text only is left out."""
    frequencies: Counter[str] = Counter()
    for title, text in texts:
        frequencies.update({stem(word) for word in WORD.findall(f"{title} {text}".lower())})
    rows = sorted((s, f) for s, f in frequencies.items() if f > 1)
    return "\n".join([f"#{len(texts)}", *(f"{s}\t{f}" for s, f in rows)]) + "\n"
