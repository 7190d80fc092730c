"""The page that lists the lexicons, docs/lexicons.md: `python -m pipeline.tag.listing > docs/lexicons.md`.

Belongs here: laying the tables out for people. Does not belong here: what the tables mean to the grammar (`lexicon`).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from pipeline.tag import lexicon
from pipeline.tag.tables import rows

_ACTORS = (("states.tsv", 5), ("actors.tsv", 3), ("firms.tsv", 2), ("armed.tsv", 3))
_COUNTED = ("name", "demonym", "city", "person", "bloc", "group", "force", "body", "firm")


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    words = lexicon.load()
    actors = Counter(e.sort for e in words.entries if e.kind == "actor")
    yield "# The lexicons"
    yield ""
    yield "Generated from `pipeline/tag/lexicon/*.tsv` by `python -m pipeline.tag.listing`; do not edit by hand."
    yield "What the columns mean stands at the head of each file; how the grammar uses them is in `tagging.md`."
    yield ""
    yield f"Actor forms, inflected: {', '.join(f'{actors[sort]} of sort {sort}' for sort in _COUNTED)}."
    yield ""
    yield "## States"
    yield ""
    yield "| code | names | demonyms | capitals and seats | people |"
    yield "|---|---|---|---|---|"
    for _, (code, *cells) in rows(lexicon.FOLDER / "states.tsv", 5):
        yield f"| {code} | " + " | ".join(_shown(cell) for cell in cells) + " |"
    yield from _table("Blocs, movements, forces and bodies", "actors.tsv", ("id", "kind", "forms"))
    yield from _table("Armed movements by place", "armed.tsv", ("what", "where", "id"))
    yield from _table("Firms", "firms.tsv", ("country", "names"))
    yield from _materiel()
    yield from _table(
        "Predicates", "predicates.tsv", ("lemma", "part of speech", "frame", "status", "aspect", "weight")
    )
    yield from _table("Predicates of several words", "locutions.tsv", ("head", "then", "frame", "status", "aspect"))
    yield from _table("Governors", "governors.tsv", ("lemma", "part of speech", "effect", "control"))
    yield from _table("Places", "places.tsv", ("frame/voice", "place", "supplier", "recipient"))
    yield from _table("Descriptions", "descriptions.tsv", ("class", "forms"))
    yield from _table("What a description can mean", "regimes.tsv", ("noun", "states"))
    yield from _table("Neighbours", "neighbours.tsv", ("state", "neighbours"))
    yield from _table("Exporters, most first", "exporters.tsv", ("state",))
    yield from _table("Wrong friends and places", "against.tsv", ("class", "phrases"))


def _materiel() -> Iterator[str]:
    table = list(rows(lexicon.FOLDER / "materiel.tsv", 4))
    terms = {form for _, cells in table for form in cells[3].split("|")}
    yield ""
    yield "## Materiel"
    yield ""
    yield f"{len(terms)} terms and named systems."
    yield ""
    yield "| categories | strength | made in | forms |"
    yield "|---|---|---|---|"
    for _, cells in table:
        yield "| " + " | ".join(_shown(cell) for cell in cells) + " |"


def _table(title: str, name: str, columns: tuple[str, ...]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for _, cells in rows(lexicon.FOLDER / name, len(columns)):
        yield "| " + " | ".join(_shown(cell) for cell in cells) + " |"


def _shown(cell: str) -> str:
    if cell == "-":
        return ""
    return cell.replace("*", r"\*").replace("|", ", ")


if __name__ == "__main__":
    sys.stdout.write(page())
