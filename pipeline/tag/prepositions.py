"""Which preposition governs a noun group.

Belongs here: simple and complex prepositions before a group. Does not belong here: what they mean for supply
(`lexicon/places.tsv`).
"""

from __future__ import annotations

from pipeline.tag import words
from pipeline.tag.groups import Sentence


def preposition(s: Sentence, start: int) -> tuple[str, int]:
    """The preposition that governs the noun group at token `start`, and the first token of the whole group."""
    i = start - 1
    steps = 0
    while i >= 0 and steps < 5:
        word = s.lower[i]
        if word in ("«", '"', "“") or (
            (
                s.pos[i] in ("DET", "ADJ", "NUM")
                or word
                in (
                    "le",
                    "la",
                    "les",
                    "l'",
                    "son",
                    "sa",
                    "ses",
                    "leur",
                    "leurs",
                    "quelque",
                    "plus",
                    "moins",
                    "seul",
                    "seule",
                    "autre",
                    "autres",
                    "un",
                    "une",
                    "deux",
                    "trois",
                    "même",
                )
            )
            and word not in words.SIMPLE_PREPOSITIONS
            and i not in s.covered
        ):
            i -= 1
            steps += 1
            continue
        break
    if i < 0:
        return "", i + 1
    word = s.lower[i]
    if (
        word == "des"
        and s.pos[i] == "DET"
        and i
        and s.lower[i - 1] in words.SIMPLE_PREPOSITIONS
        and s.lower[i - 1] not in ("de", "d'")
    ):
        i -= 1
        word = s.lower[i]
    elif word == "des" and s.pos[i] == "DET" and s.deps[i] == "det":
        return "", i
    if word not in words.SIMPLE_PREPOSITIONS or s.pos[i] in ("AUX", "VERB"):
        return "", i + 1
    name = words.SIMPLE_PREPOSITIONS[word]
    if name == "de" and i:
        before = s.lower[i - 1]
        if before in words.COMPLEX_WITH_DE:
            return words.COMPLEX_WITH_DE[before], i - 1
        if before == "hors":
            return "orig", i - 1
    if name == "à" and i and s.lower[i - 1] in ("jusqu'", "destiné", "destinée", "destinés", "destinées"):
        return "dest", i - 1
    if name == "à" and i and s.lower[i - 1] in ("grâce", "face", "quant"):
        return {"grâce": "par", "face": "contre", "quant": ""}[s.lower[i - 1]], i - 1
    if name == "par" and i > 1 and s.lower[i + 1 : i + 2] == ["rapport"]:
        return "contre", i
    if name == "de" and i and s.lower[i - 1] == "près":
        return "near", i - 1
    return name, i
