"""Reading one lexicon file: tab-separated, `#` starts a comment line, `|` separates values, `-` is empty.

Belongs here: cells, and refusing what cannot be read. Does not belong here: what the cells mean (`lexicon`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import LexiconInvalid


def rows(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Line number and columns of each data line."""
    seen: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != columns:
            raise LexiconInvalid(f"{path.name}:{number}: {len(cells)} columns instead of {columns}")
        if any(not cell.strip() for cell in cells):
            raise LexiconInvalid(f"{path.name}:{number}: an empty cell is written -")
        if any(value != value.strip() or not value for cell in cells for value in cell.split("|")):
            raise LexiconInvalid(f"{path.name}:{number}: a value is empty or has blanks around it")
        if line in seen:
            raise LexiconInvalid(f"{path.name}:{number}: the same line as {seen[line]}")
        seen[line] = number
        yield number, cells


def values(cell: str) -> list[str]:
    return [] if cell == "-" else cell.split("|")


def one_of(value: str, allowed: tuple[str, ...], what: str, where: str) -> str:
    if value not in allowed:
        raise LexiconInvalid(f"{where}: {what} `{value}` is none of {', '.join(allowed)}")
    return value
