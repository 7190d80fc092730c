"""A parsed sentence and its groups: the records that the grammar fills and reads.

Belongs here: the shapes, and distances between tokens. Does not belong here: how groups are found (`sentence`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.tag.gate import Mention

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(slots=True)
class Actor:
    """A noun group that names a possible party."""

    start: int
    end: int
    """Tokens."""
    head: int
    id: str | None
    """None until a description is resolved."""
    sort: str
    prep: str = ""
    description: str | None = None
    """How it must be resolved: `partner`, `own`, `state`, `group`, `armed`, `firm`, `last`, `korea`, `pronoun`."""
    noun: str = ""
    weak: bool = False
    """A complement of an everyday noun: the port of Nampo, the war in Ukraine."""
    chain: int | None = None
    """Index of the group that this one is coordinated with."""


@dataclass(slots=True)
class Materials:
    """A noun group of materiel."""

    start: int
    end: int
    head: int
    top: int
    """Head after partitives: the lot in `un lot de bombes`."""
    categories: tuple[str, ...]
    sort: str
    terms: tuple[str, ...]
    origin: str | None = None
    """Demonym or `de fabrication`."""
    made: bool = False
    """The origin is only where it was built."""
    maker: str | None = None
    """Where the named system comes from, by the lexicon."""
    anaphoric: bool = False
    chain: int | None = None
    prep: str = ""


@dataclass(slots=True)
class Sentence:
    """One sentence, parsed. Token lists are parallel."""

    field: Literal["title", "text"]
    start: int
    end: int
    """Characters in the field."""
    text: str
    order: int
    """Position in the story; the title is 0."""
    doc: Doc
    mentions: list[Mention]
    lower: list[str] = dataclasses.field(default_factory=list)
    heads: list[int] = dataclasses.field(default_factory=list)
    deps: list[str] = dataclasses.field(default_factory=list)
    pos: list[str] = dataclasses.field(default_factory=list)
    offsets: list[int] = dataclasses.field(default_factory=list)
    children: list[list[int]] = dataclasses.field(default_factory=list)
    finite: list[bool] = dataclasses.field(default_factory=list)
    marks: list[int] = dataclasses.field(default_factory=list)
    """Running count of clause marks before each token."""
    actors: list[Actor] = dataclasses.field(default_factory=list)
    materials: list[Materials] = dataclasses.field(default_factory=list)
    adjective_of: dict[int, str] = dataclasses.field(default_factory=dict)
    """Noun token -> actor id of the demonym that qualifies it (livraisons américaines)."""
    covered: dict[int, Mention] = dataclasses.field(default_factory=dict)

    def words(self, start: int, end: int) -> str:
        """The characters of these tokens."""
        last = self.doc[end - 1]
        return self.text[self.offsets[start] : last.idx + len(last.text)]

    def crossings(self, one: int, other: int) -> int:
        """Clause marks strictly between two tokens."""
        low, high = min(one, other), max(one, other)
        return self.marks[high] - self.marks[low + 1] if high > low else 0

    def ancestors(self, token: int, limit: int = 6) -> list[int]:
        """Heads upward, nearest first."""
        found: list[int] = []
        while self.heads[token] != token and len(found) < limit:
            token = self.heads[token]
            found.append(token)
        return found
