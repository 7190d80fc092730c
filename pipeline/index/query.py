"""What a person typed, as a query: pure, the same on every engine.

    missiles iraniens          every word, in any of its forms, anywhere in the story
    "corée du nord"            this very phrase: no stemming, no synonyms
    -drones                    not this
    Pyongyang                  a name that has others: Corée du Nord, RPDC, nord-coréen … count too, a little less

Up to four words must all be there; of more, three quarters. Little words (de, la, pour) count only when there is
nothing else. A match in the title weighs three times one in the text, and one in the summary half as much again.

Belongs here: from text to query. Does not belong here: filters and ranking (`search`), the names (`synonyms`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipeline.index import synonyms
from pipeline.relate.stems import stem

STEMMED = ["title^3", "summary^1.5", "text"]
EXACT = ["title.exact^3", "summary.exact^1.5", "text.exact"]
NAMED = ["title^3", "text"]
OTHER_NAME = 0.7
"""Weight of another name of the same thing, against the name that was typed."""
MOST_PHRASES = 4
"""Names of several words that a search looks for beside those of one word; the usual ones come first."""

ALL_NEEDED = 4
SHARE_NEEDED = 0.75

PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
QUOTES = str.maketrans(dict.fromkeys("«»“”„", '"'))
LONGEST_NAME = 8


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that was asked for."""

    text: str
    exact: bool = False
    excluded: bool = False
    names: tuple[str, ...] = ()
    """The other names of what `text` names."""


def units(text: str) -> list[Unit]:
    """What was asked for, in order; little words are left out unless there is nothing else."""
    found: list[Unit] = []
    plain: list[str] = []

    def flush() -> None:
        found.extend(_words(plain))
        plain.clear()

    for piece in PIECE.finditer(text.translate(QUOTES)):
        excluded = bool(piece["minus"])
        if piece["phrase"] is not None:
            flush()
            if synonyms.tokens(piece["phrase"]):
                found.append(Unit(piece["phrase"].strip(), exact=True, excluded=excluded))
        elif excluded:
            flush()
            found.extend(Unit(unit.text, excluded=True) for unit in _words([piece["word"]]))
        else:
            plain.append(piece["word"])
    flush()
    telling = [unit for unit in found if unit.exact or not _little(unit.text)]
    return telling if any(not unit.excluded for unit in telling) else found


def _words(chunks: Sequence[str]) -> list[Unit]:
    """Units of plain words: the longest names that are known, and between them what stood between two blanks."""
    words = [(number, surface) for number, chunk in enumerate(chunks) for surface in synonyms.surfaces(chunk)]
    found: list[Unit] = []
    loose: list[tuple[int, str]] = []

    def flush() -> None:
        for number in dict.fromkeys(number for number, _ in loose):
            found.append(Unit(" ".join(surface for n, surface in loose if n == number)))
        loose.clear()

    start = 0
    while start < len(words):
        for length in range(min(LONGEST_NAME, len(words) - start), 0, -1):
            surfaces = [surface for _, surface in words[start : start + length]]
            group = _group(surfaces)
            if group:
                flush()
                typed = synonyms.tokens(" ".join(surfaces))
                names = tuple(form for form in group.telling if synonyms.tokens(form) != typed)
                found.append(Unit(" ".join(surfaces), names=names))
                start += length
                break
        else:
            loose.append(words[start])
            start += 1
    flush()
    return found


def _group(surfaces: Sequence[str]) -> synonyms.Group | None:
    """The group that these words name, in any of their forms."""
    folded = tuple(synonyms.folded(surface) for surface in surfaces)
    stemmed = tuple(stem(synonyms.without_article(surface.lower())) for surface in surfaces)
    by_words, by_stems = _names()
    return by_words.get(folded) or by_stems.get(stemmed)


@cache
def _names() -> tuple[dict[tuple[str, ...], synonyms.Group], dict[tuple[str, ...], synonyms.Group]]:
    by_words: dict[tuple[str, ...], synonyms.Group] = {}
    by_stems: dict[tuple[str, ...], synonyms.Group] = {}
    for group in synonyms.groups():
        for form in group.forms:
            by_words.setdefault(synonyms.tokens(form), group)
            by_stems.setdefault(
                tuple(stem(synonyms.without_article(s.lower())) for s in synonyms.surfaces(form)), group
            )
    return by_words, by_stems


@cache
def _stop_words() -> frozenset[str]:
    analysis = json.loads((resources.files("schemas") / "french.json").read_text(encoding="utf-8"))
    return frozenset(synonyms.folded(word) for word in analysis["filter"]["fr_stop"]["stopwords"])


def _little(text: str) -> bool:
    return all(len(word) == 1 or word in _stop_words() for word in synonyms.tokens(text))


def query(text: str) -> dict[str, Any]:
    """The query for this text, without filters and ranking; everything for an empty one."""
    asked = units(text)
    wanted = [_clause(unit) for unit in asked if not unit.excluded]
    unwanted = [_clause(unit) for unit in asked if unit.excluded]
    if not wanted and not unwanted:
        return {"match_all": {}}
    built: dict[str, Any] = {}
    if wanted:
        needed = len(wanted) if len(wanted) <= ALL_NEEDED else math.ceil(SHARE_NEEDED * len(wanted))
        built |= {"should": wanted, "minimum_should_match": needed}
    if unwanted:
        built["must_not"] = unwanted
    return {"bool": built}


def _clause(unit: Unit) -> dict[str, Any]:
    """The ways in which one thing can be there: as typed, or by another of its names."""
    if unit.exact or _little(unit.text):
        return _match(unit.text, EXACT, "fr_exact", phrase=unit.exact)
    ways = [_match(unit.text, STEMMED, "fr", phrase=_several(unit.text))]
    # The names of one word go together into one way: what a search costs is the number of ways.
    if single := [name for name in unit.names if not _several(name)]:
        ways.append(_match(" ".join(single), NAMED, "fr", phrase=False, boost=OTHER_NAME))
    # Names before descriptions (`rebelles yéménites`).
    phrases = sorted((n for n in unit.names if _several(n)), key=lambda n: n[:1].islower() and " " in n)
    ways += [_match(name, NAMED, "fr", phrase=True, boost=OTHER_NAME) for name in phrases[:MOST_PHRASES]]
    return {"dis_max": {"queries": ways, "tie_breaker": 0.2}} if len(ways) > 1 else ways[0]


def _several(text: str) -> bool:
    return len(synonyms.surfaces(text)) > 1


def _match(text: str, fields: list[str], analyzer: str, *, phrase: bool, boost: float = 1.0) -> dict[str, Any]:
    # The analyzer is named, because the fields' own search analyzer would add the synonyms a second time.
    kind = "phrase" if phrase else "best_fields"
    return {"multi_match": {"query": text, "fields": fields, "type": kind, "analyzer": analyzer, "boost": boost}}
