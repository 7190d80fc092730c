"""A sentence with the two parties of a pair marked, as the encoder reads it.

Belongs here: the marks, and where a party is named. Does not belong here: tokens and numbers (`encoder`).

A mark stands in place of the name, so that what is learned is how a supply is told and not between whom.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.tag.groups import Sentence
from pipeline.tag.weigh.reading import StoryReading

SUPPLIER, RECIPIENT = "<S>", "<R>"
PLACES = ("in", "dem", "ctx", "null")
"""Where the sentence has a party: in a noun group, in a demonym or pronoun, not at all but the story does, nowhere."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence in parts: pieces of text as written, and marks."""

    parts: tuple[str, ...]
    supplier: str
    """One of `PLACES`."""
    recipient: str


def marked(reading: StoryReading, s: Sentence, supplier: str | None, recipient: str | None) -> Marked:
    """The sentence as the encoder reads it for this pair."""
    marks: dict[int, tuple[int, str]] = {}
    places = []
    for party, mark in ((supplier, SUPPLIER), (recipient, RECIPIENT)):
        named = reading.named[s.order].get(party or "", [])
        groups = [one.group for one in named if one.group is not None]
        marks |= {group.start: (group.end, mark) for group in groups}
        places.append("null" if party is None else "in" if groups else "dem" if named else "ctx")
    parts: list[str] = []
    text, token, count = "", 0, len(s.lower)
    while token < count:
        if token not in marks:
            text += s.doc[token].text_with_ws
            token += 1
            continue
        end, mark = marks[token]
        end = min(max(end, token + 1), count)
        parts += [text, mark]
        text, token = s.doc[end - 1].whitespace_, end
    return Marked(tuple(part for part in [*parts, text] if part), *places)
