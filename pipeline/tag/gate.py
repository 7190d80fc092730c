"""The cheap gate: one pass of a multi-pattern automaton over every story, and the mentions that it finds.

Belongs here: which stories are worth parsing, and where actors, materiel and predicates are written. Does not belong
here: grammar. The gate never says yes to supply; it says no to what cannot be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.tag.folding import fold
from pipeline.tag.lexicon import Entry, Lexicon

_SUFFIX = re.compile(r"[A-Z][A-Za-z]{0,3}\d{0,2}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Mention:
    """A lexicon form in a text: `text[start:end]`."""

    start: int
    end: int
    entry: Entry


def mentions(text: str, lexicon: Lexicon) -> list[Mention]:
    """Every whole-word match, longest first where two overlap, in the order of the text."""
    folded = fold(text)
    size = len(folded)
    found: list[tuple[int, int, tuple[Entry, ...]]] = []
    for last, (length, entries) in lexicon.automaton.iter(folded):
        start, end = last - length + 1, last + 1
        if start and folded[start - 1].isalnum():
            continue
        if end < size and folded[end].isalnum():
            longer = _variant(text, start, end, entries)
            if longer is None:
                continue
            end = longer
        if start > 1 and folded[start - 1] == "-" and entries[0].sort == "demonym" and text[start].isupper():
            continue  # Cap-Haïtien
        found.append((start, start - end, entries))
    found.sort(key=lambda f: f[:2])
    chosen: list[Mention] = []
    reach = 0
    for start, minus, entries in found:
        if start < reach:
            continue
        entry = _fitting(text, start, start - minus, entries)
        if entry is not None:
            chosen.append(Mention(start, start - minus, entry))
            reach = start - minus
    return chosen


def _variant(text: str, start: int, end: int, entries: tuple[Entry, ...]) -> int | None:
    """Where the variant of a designation ends: Su-30 in « Su-30MKI », T-72 in « T-72B3 »."""
    if not text[end - 1].isdigit() or not any(e.kind == "materiel" and e.sort == "named" for e in entries):
        return None
    match = _SUFFIX.match(text, end)
    return match.end() if match and sum(c.isalpha() for c in text[start:end]) else None


def _fitting(text: str, start: int, end: int, entries: tuple[Entry, ...]) -> Entry | None:
    """The first entry whose capitals agree with the text."""
    written = text[start:end]
    accented = not written.isascii()
    for entry in entries:
        if accented and _another_word(written, entry.form):
            continue
        if not entry.cased:
            return entry
        if entry.form.isupper() and len(entry.form) <= 5:
            if written.isupper():
                return entry
        elif written[0].isupper() or written[0].isdigit():
            return entry
    return None


def _another_word(written: str, form: str) -> bool:
    """Whether an accent stands where the form has none: armés is no weapon. A missing one is common, and so are both
    ways of writing a capital: Émirats, Emirats. A variant is longer than its form: Su-30MKI."""
    for position, (t, f) in enumerate(zip(written, form.lower(), strict=False)):
        if t.lower() == f or ord(t) < 0xC0 or not (f.isascii() and f.isalpha()):
            continue
        if not t.isupper() or (position and written[position - 1].isalpha()):
            return True
    return False


def passes(found: list[Mention]) -> bool:
    """Whether a story with these mentions could report supply: materiel, a predicate and an actor are all there."""
    actor = predicate = hard = False
    soft = 0
    named_until = -9
    for mention in found:
        entry = mention.entry
        if entry.kind == "actor":
            actor = actor or entry.sort != "body"
            named_until = mention.end
        elif entry.kind == "materiel":
            # « aide militaire » is both; « X arme Y » is the verb
            verb = entry.form == "arme" and mention.start - named_until == 1
            predicate = predicate or verb or entry.form.startswith(("aide", "assistance", "soutien"))
            if entry.sort == "soft":
                soft += 1
            else:
                hard = True
        elif entry.kind == "predicate":
            predicate = True
            # « armer » says the materiel itself; its participle is too often the army
            hard = hard or (
                entry.value == "armer"
                and not entry.form.startswith("armé")
                and (entry.form not in ("arme", "armes") or mention.start - named_until == 1)
            )
        if actor and predicate and (hard or soft > 1):
            return True
    return False
