"""One character for one character: what strings look like when they are compared.

Belongs here: folding that keeps offsets, sentence boundaries. Does not belong here: words that mean something.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base.lower()
    for code in range(ord("A"), ord("Z") + 1):
        table[code] = chr(code + 32)
    table.update({ord(c): "'" for c in "’‘ʼ`´"})
    table.update({ord(c): " " for c in "\u00a0\u202f\u2009\u2007\t\n\r"})
    table.update({ord(c): "-" for c in "‐‑‒–"})
    table.update({ord("ı"): "i", ord("ø"): "o", ord("Ø"): "o", ord("ł"): "l", ord("Ł"): "l", ord("đ"): "d"})
    return table


_LONE = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
"""Half a surrogate pair, which JSON can carry and the parser cannot."""
_FOLDING = _table() | _LONE
_SPELLING = (
    {ord(c): "'" for c in "’‘ʼ"}
    | {ord(c): " " for c in "\u00a0\u202f\u2009\u2007\t"}
    | {ord(c): "-" for c in "‐‑"}
    | _LONE
)


def fold(text: str) -> str:
    """Lower case, no accents, plain apostrophes, spaces and hyphens; every offset stays."""
    return text.translate(_FOLDING)


def plain(text: str) -> str:
    """Plain apostrophes, spaces and hyphens, for the parser; every offset stays."""
    return text.translate(_SPELLING)


_END = re.compile(r"""[.!?…]+["»”’)\]]*(?:\s*»)?\s+(?=["«“‘(\[—–-]?\s*[A-ZÀ-ÖØ-Þ0-9])|\n+""")
_NOT_AN_END = re.compile(
    r"(?:\b(?:M|MM|Mme|Mmes|Mlle|Dr|Pr|St|Ste|Gal|Cdt|art|av|env|cf|p|vol|no|n°|etc|J|A|B|C|D|E|F|G|H|K|L|N|P|R|S|T|V|W))\.$"
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, blanks outside left out."""
    start = 0
    for match in _END.finditer(text):
        if "\n" not in match.group() and _NOT_AN_END.search(text, max(0, match.start() - 6), match.start() + 1):
            continue
        yield from _stripped(text, start, match.end())
        start = match.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
