"""Labelled sentences, as the regression of the status and the encoder learn from them.

Belongs here: the file's format. Does not belong here: stories with labels (`learn`), fitting.

One JSON object a line: `text` with each mention of a party written `{N:mention}`, and `pairs` of supplier, recipient
and status, 0 for a party that the sentence does not name.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.tag.gate import mentions
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.weigh.marking import RECIPIENT, SUPPLIER, Marked

_MENTION = re.compile(r"\{(\d+):([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence and the pairs that it tells."""

    written: str
    """With its braces."""
    pairs: tuple[tuple[int, int, str], ...]

    @property
    def text(self) -> str:
        """As a paper would print it."""
        return _MENTION.sub(r"\2", self.written)

    @property
    def parties(self) -> list[int]:
        """The numbers of the parties that are marked."""
        return sorted({int(number) for number, _ in _MENTION.findall(self.written)})

    def marked(self, supplier: int, recipient: int, unnamed: str) -> Marked:
        """As the encoder reads it for a pair; `unnamed` is the place of a party that is not in the sentence."""
        roles = {supplier: SUPPLIER, recipient: RECIPIENT}
        parts: list[str] = [""]
        for position, piece in enumerate(re.split(r"\{(\d+:[^{}]+)\}", self.written)):
            number, _, name = piece.partition(":") if position % 2 else ("", "", piece)
            if number and int(number) in roles:
                parts += [roles[int(number)], ""]
            else:
                parts[-1] += name
        return Marked(
            tuple(part for part in parts if part), "in" if supplier else unnamed, "in" if recipient else unnamed
        )

    def item(self, lexicon: Lexicon) -> dict[str, Any] | None:
        """As a labelled story of one sentence; None when the lexicons do not know a party of it."""
        ids: defaultdict[int, Counter[str]] = defaultdict(Counter)
        spans: list[tuple[int, int, int, int]] = []
        end = 0
        for match in _MENTION.finditer(self.written):
            start = end + match.start() - (spans[-1][3] if spans else 0)
            end = start + len(match[2])
            spans.append((int(match[1]), start, end, match.end()))
        for mention in mentions(self.text, lexicon):
            for number, start, stop, _ in spans:
                if mention.entry.kind == "actor" and mention.start < stop and start < mention.end:
                    ids[number][mention.entry.value] += 1
        party = {number: found.most_common(1)[0][0] for number, found in ids.items()}
        if any(number and number not in party for pair in self.pairs for number in pair[:2]):
            return None
        told = [
            {"supplier": party.get(one), "recipient": party.get(other), "status": status, "evidence": self.text}
            for one, other, status in self.pairs
        ]
        return {"title": "", "text": self.text, "events": told}


def read(path: Path) -> list[LabelledSentence]:
    """The sentences of a file."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        one = json.loads(line)
        pairs = tuple((supplier, recipient, status) for supplier, recipient, status in one["pairs"])
        found.append(LabelledSentence(one["text"], pairs))
    return found
