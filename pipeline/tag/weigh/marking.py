"""A sentence and what comes before it with the two parties of a pair marked, as the encoder reads it.

Belongs here: the marks, and where a party is named. Does not belong here: tokens and numbers (`encoder`).

A mark stands in place of the name, so that what is learned is how a supply is told and not between whom.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    before: tuple[str, ...] = ()
    """The sentence before it, in parts as well."""
    title: tuple[str, ...] = ()
    """The story's title, likewise."""


def marked(reading: StoryReading, s: Sentence, supplier: str | None, recipient: str | None) -> Marked:
    """The sentence as the encoder reads it for this pair: with the title and the sentence before it where a party is
    named there alone; otherwise it stands for itself, which takes half the time."""
    parties = {supplier or "": SUPPLIER, recipient or "": RECIPIENT}
    ours, theirs = (_place(reading, s, party) for party in (supplier, recipient))
    own = _parts(reading, s, parties)
    if "ctx" not in (ours, theirs):
        return Marked(own, ours, theirs)
    earlier = reading.earlier(s)
    title = next((_parts(reading, one, parties) for one in earlier if one.order == 0), ())
    before = next((_parts(reading, one, parties) for one in earlier if one.order), ())
    return Marked(own, ours, theirs, before, title)


def _place(reading: StoryReading, s: Sentence, party: str | None) -> str:
    named = reading.named[s.order].get(party or "", [])
    if party is None:
        return "null"
    return "in" if any(one.group for one in named) else "dem" if named else "ctx"


def _parts(reading: StoryReading, s: Sentence, parties: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence with marks in place of the names of these parties."""
    marks: dict[int, tuple[int, str]] = {}
    for party, mark in parties.items():
        named = reading.named[s.order].get(party, [])
        marks |= {one.group.start: (one.group.end, mark) for one in named if one.group is not None}
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
    return tuple(part for part in [*parts, text] if part)
