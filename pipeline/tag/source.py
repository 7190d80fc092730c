"""Who says so: attribution by « selon X », by a verb of saying, or by an accusation.

Belongs here: finding the source of a sentence's claim. Does not belong here: whether the event is hearsay (`status`).
"""

from __future__ import annotations

import re

from pipeline.records import Source
from pipeline.tag.groups import Actor, Sentence
from pipeline.tag.lexicon import Lexicon

_ACCORDING = re.compile(r"\b(?:selon|d['’]après|de source|à en croire|aux dires d[eu]|de l['’]avis d[eu])\s+", re.I)
_STOP = re.compile(r"[,;:.»\n]| qui | que | dont | et (?:le|la|les) ")


def of(s: Sentence, lexicon: Lexicon) -> Source | None:
    """The source that the sentence names, as written, and its actor id where the lexicon knows it."""
    match = _ACCORDING.search(s.text)
    if match is not None:
        stop = _STOP.search(s.text, match.end())
        end = stop.start() if stop else len(s.text)
        text = s.text[match.end() : min(end, match.end() + 90)].strip()
        if text and fold_first(text) not in ("lui", "elle", "eux", "elles"):
            return Source(text=text, actor=_actor_in(s, match.end(), match.end() + len(text)))
    for actor in s.actors:
        if actor.id is None or actor.description is not None:
            continue
        head = s.heads[actor.head]
        subject = s.deps[actor.head].startswith("nsubj") and s.lower[head] in lexicon.speech
        inverted = any(
            s.lower[k] in lexicon.speech and s.pos[k] in ("VERB", "NOUN")
            for k in range(max(0, actor.start - 4), actor.start)
        )
        if (subject or inverted) and not actor.prep:
            return Source(text=s.words(actor.start, actor.end), actor=actor.id)
    return None


def fold_first(text: str) -> str:
    """The first word, lower case."""
    return text.split()[0].lower() if text.split() else ""


def _actor_in(s: Sentence, start: int, end: int) -> str | None:
    found: Actor | None = next((a for a in s.actors if a.id is not None and start <= s.offsets[a.start] < end), None)
    return found.id if found is not None else None
