"""Telling the article's lines from the page's furniture: pointers, adverts, dates, paywall and consent phrases.

Belongs here: decisions about single lines of extracted text, driven by `phrases.toml`. Does not belong here: finding
the text in the page (`body`), or what a page full of furniture is then called (`refusals`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

KINDS = ("drop", "paywall", "consent", "boilerplate", "end")

_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_BULLET = re.compile(r"^(?:[-•*·▪◦]\s+)+")
_BYLINE = re.compile(
    r"^(?:par|de|propos recueillis par|texte\s*:|article de|by)\s+(?=[A-ZÉÈÀÂÎÔÛÇ@«])(.{2,90})$", re.IGNORECASE
)
_NAME_ALONE = re.compile(r"^[A-ZÀ-Ý][\w’'-]+(?: (?:d[eu] |l[ae] |d['’])?[A-ZÀ-Ý][\w’'-]+){1,3}$")
_PUNCTUATION = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The patterns of one kind, joined, and the longest line they may match."""

    pattern: re.Pattern[str]
    longest: int
    hints: tuple[str, ...] = ()
    """A line must contain one of these for any of the patterns to match: spares most lines the patterns."""

    def matches(self, line: str) -> bool:
        """Whether a whole line, in lower case with plain apostrophes, is such a phrase."""
        if len(line) > self.longest or (self.hints and not any(hint in line for hint in self.hints)):
            return False
        return self.pattern.fullmatch(line) is not None


@cache
def phrases(kind: str) -> Phrases:
    """The patterns of a kind, compiled once per process."""
    data = tomllib.loads(resources.files("pipeline.extract").joinpath("phrases.toml").read_text("utf-8"))[kind]
    joined = "|".join(f"(?:{pattern})" for pattern in data["patterns"])
    return Phrases(re.compile(joined), data["longest"], tuple(data.get("hints", ())))


def plain(text: str) -> str:
    """One line as it is stored: NFC, every run of white space (no-break and thin ones too) one space, no invisible
    characters. Typographic quotes and apostrophes stay."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return " ".join(text.split())


def lowered(line: str) -> str:
    """A line as the patterns see it."""
    return line.replace("’", "'").lower()


def fold(text: str) -> str:
    """For comparing: lower case, no accents, no punctuation, no spaces."""
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).casefold()
    return _PUNCTUATION.sub("", "".join(c for c in decomposed if not unicodedata.combining(c)))


@dataclass(frozen=True, slots=True)
class Sorted:
    """The lines of an extracted text, sorted."""

    lines: tuple[str, ...]
    """The article's own, in order."""
    bylines: tuple[str, ...] = ()
    """Who signed, from lines like `Par Jeanne Martin avec AFP`, without the preposition."""
    paywall: bool = False
    consent: int = 0
    """Characters in lines about cookies and consent; these lines are not in `lines`."""
    boilerplate: int = 0
    """Characters in `lines` that are lines of error pages and of pages that want a browser."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def sort_lines(raw: str, title: str) -> Sorted:
    """Sort the lines of a text as trafilatura gives it.

    Dropped: furniture, a repeated title, bylines at either end, paragraphs said twice. The order of the rest stays.
    """
    candidates = [line for line in map(_line, raw.split("\n")) if any(map(str.isalnum, line))]
    drop, paywall, consent, boilerplate, end = (phrases(kind) for kind in KINDS)
    folded_title = fold(title)
    kept: list[str] = []
    bylines: list[str] = []
    seen: set[str] = set()
    walled, consent_size, boilerplate_size = False, 0, 0
    for index, line in enumerate(candidates):
        straight = lowered(line)
        if len(line) <= end.longest and index * 2 >= len(candidates) and end.matches(straight):
            break
        if paywall.matches(straight):
            walled = True
            continue
        if drop.matches(straight):
            continue
        if consent.matches(straight):
            consent_size += len(line)
            continue
        edge = index < 5 or index >= len(candidates) - 4
        if edge and len(line) < 100 and (byline := _BYLINE.match(line)) and not line.endswith((".", "?", "!", ":")):
            bylines.append(byline[1])
            continue
        if index >= len(candidates) - 3 and _NAME_ALONE.match(line):
            bylines.append(line)
            continue
        if index < 4 and folded_title and fold(line) == folded_title:
            continue
        if len(line) > 60:
            if line in seen:
                continue
            seen.add(line)
        if boilerplate.matches(straight):
            boilerplate_size += len(line)
        kept.append(line)
    return Sorted(tuple(kept), tuple(bylines), walled, consent_size, boilerplate_size)


def _line(raw: str) -> str:
    line = _BULLET.sub("", plain(raw))
    # A row of a table comes as `| a | b |`.
    return line.replace("\\|", "|").strip("| ") if line.startswith("|") else line
