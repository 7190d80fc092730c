"""What must hold between the lexicon files: codes that other files use exist, ids are written as the scheme says.

Belongs here: checks over more than one file. Does not belong here: the shape of one file (`tables`, `lexicon`).
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.errors import LexiconInvalid
from pipeline.tag.tables import rows, values

_KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*$")
_CODE = re.compile(r"[A-Z]{2}$")
_SPEAKERS = ("UN", "AFRICAN-UNION", "ANALYST")
"""Ids of bodies that speak and never supply."""


def cross(folder: Path) -> None:
    """Hold the files against one another.

    Raises:
        LexiconInvalid: with `file:line`.
    """
    states = {cells[0] for _, cells in rows(folder / "states.tsv", 5)}
    for number, (code, _kind, _forms) in rows(folder / "actors.tsv", 3):
        known = code in states or code in ("EU", "NATO", *_SPEAKERS) or _KEBAB.match(code)
        if not known:
            raise LexiconInvalid(f"actors.tsv:{number}: `{code}` is neither a state, a bloc nor a kebab-case id")
    for number, (country, _names) in rows(folder / "firms.tsv", 2):
        if country not in states and country not in ("EU", "NATO"):
            raise LexiconInvalid(f"firms.tsv:{number}: `{country}` is not in states.tsv")
    for number, (kind, place, actor) in rows(folder / "armed.tsv", 3):
        if kind not in ("*", "r", "m", "g", "s", "p"):
            raise LexiconInvalid(f"armed.tsv:{number}: `{kind}` is no class of armed nouns")
        if _CODE.match(place) and place not in states:
            raise LexiconInvalid(f"armed.tsv:{number}: `{place}` is not in states.tsv")
        if not _KEBAB.match(actor):
            raise LexiconInvalid(f"armed.tsv:{number}: `{actor}` is no kebab-case id")
    for name, columns, used in (("neighbours.tsv", 2, 0), ("exporters.tsv", 1, 0), ("regimes.tsv", 2, 1)):
        for number, cells in rows(folder / name, columns):
            _all_states(states, [*values(cells[used]), *(values(cells[1]) if columns == 2 else [])], f"{name}:{number}")
    for number, (_noun, _states) in rows(folder / "regimes.tsv", 2):
        if not _noun.isascii() or _noun != _noun.lower():
            raise LexiconInvalid(f"regimes.tsv:{number}: `{_noun}` is written without capitals and accents")
    for number, (infinitive, *cells) in rows(folder / "verbs.tsv", 7):
        if len(cells[0].split()) != 6 and not cells[0].startswith("="):
            raise LexiconInvalid(f"verbs.tsv:{number}: {infinitive} has not six persons in the present")


def _all_states(states: set[str], codes: list[str], where: str) -> None:
    for code in codes:
        if code not in states:
            raise LexiconInvalid(f"{where}: `{code}` is not in states.tsv")
