"""French inflection by rule: plurals, feminines of demonyms, verb forms with their tense.

Belongs here: how a form is made from a dictionary form. Does not belong here: which words matter (the lexicon files).
The rules cover what the lexicons hold, not all of French; a form that a rule does not make is written in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

PREPOSITIONS = frozenset(["à", "au", "aux", "de", "du", "des", "d'", "en", "pour", "par", "sur", "sans", "contre"])
"""The words at which the plural of a noun group stops: chars de combat."""

_PLURAL_ALS = {"naval": "navals", "fatal": "fatals"}
_INVARIABLE = frozenset(
    ("lance", "porte", "garde", "chasse", "sous", "micro", "auto", "hors", "avant", "contre", "super", "semi", "multi")
)
_FROZEN = frozenset(("sol-air", "air-sol", "air-air", "mer-mer", "sol-sol", "air-mer", "pare-balles"))
_AIL = {"travail": "travaux"}


def plural(word: str) -> str:
    """The plural of one noun or adjective."""
    lower = word.lower()
    if lower in _INVARIABLE or lower[-1:] in "sxz" or not lower[-1:].isalpha():
        return word
    if lower in _PLURAL_ALS:
        return _PLURAL_ALS[lower]
    if lower in _AIL:
        return _AIL[lower]
    if lower.endswith("al"):
        return word[:-1] + "ux"
    if lower.endswith(("eau", "eu")) and lower != "pneu":
        return word + "x"
    return word + "s"


def plural_group(phrase: str) -> str:
    """The plural of a noun group: every word up to the first preposition or figure (chars de combat)."""
    words = phrase.split(" ")
    made: list[str] = []
    for position, word in enumerate(words):
        if word in PREPOSITIONS or word.startswith("d'") or any(c.isdigit() for c in word):
            return " ".join([*made, *words[position:]])
        made.append(_plural_compound(word) if "-" in word else plural(word))
    return " ".join(made)


def feminine(adjective: str) -> str:
    """The regular feminine of a demonym: ukrainien, ukrainienne; turc is irregular and written out in the file."""
    for ending, replacement in (
        ("ien", "ienne"), ("yen", "yenne"), ("éen", "éenne"), ("eux", "euse"), ("on", "onne"), ("er", "ère"),
    ):  # fmt: skip
        if adjective.endswith(ending):
            return adjective[: -len(ending)] + replacement
    if adjective.endswith("e"):
        return adjective
    return adjective + "e"


def demonym_forms(entry: str) -> tuple[str, ...]:
    """All forms of a demonym written `masculine` or `masculine/feminine`."""
    masculine, _, written = entry.partition("/")
    female = written or feminine(masculine)
    return tuple(dict.fromkeys((masculine, plural(masculine), female, plural(female))))


def _plural_compound(word: str) -> str:
    """machines-outils, sous-marins, porte-avions, avions-radars."""
    first, _, rest = word.partition("-")
    if word.lower() in _FROZEN:
        return word
    if first.lower() in _INVARIABLE or len(first) < 4:
        return f"{first}-{plural(rest)}"
    return f"{plural(first)}-{plural(rest)}"


# --- verbs ----------------------------------------------------------------------------------------------------

_VERBS = Path(__file__).parent / "lexicon" / "verbs.tsv"


@lru_cache(maxsize=1)
def _irregular() -> dict[str, tuple[str, ...]]:
    """Infinitive -> the columns of `lexicon/verbs.tsv`, prefixed verbs worked out."""
    columns: dict[str, tuple[str, ...]] = {}
    for line in _VERBS.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            infinitive, *cells = line.split("\t")
            columns[infinitive] = tuple(cells)
    for infinitive, rest in columns.items():
        if rest[0].startswith("="):
            base = rest[0][1:]
            prefix = infinitive.removesuffix(base)
            columns[infinitive] = tuple(" ".join(prefix + f for f in column.split()) for column in columns[base])
    return columns


def conjugate(infinitive: str) -> dict[str, frozenset[str]]:
    """Every simple form of a verb and what it can be.

    Tags: `inf`, `pres`, `impf`, `past` (simple past), `fut`, `cond`, `subj`, `pp` (past participle), `presp`.
    """
    forms: dict[str, set[str]] = {}
    for form, tag in _forms(infinitive):
        forms.setdefault(form, set()).add(tag)
    return {form: frozenset(tags) for form, tags in forms.items()}


def _forms(infinitive: str) -> Iterator[tuple[str, str]]:
    yield infinitive, "inf"
    written = _irregular().get(infinitive)
    if written is not None:
        present, imperfect, future, participle, past, subjunctive = written
        yield from ((f, "pres") for f in present.split())
        yield from ((f, "past") for f in past.split())
        yield from ((f, "subj") for f in subjunctive.split())
        yield from _common(imperfect, future, participle)
    elif infinitive.endswith("er"):
        yield from _first_group(infinitive)
    elif infinitive.endswith("ir"):
        stem = infinitive[:-1]
        yield from ((stem + e, "pres") for e in ("s", "t", "ssons", "ssez", "ssent"))
        yield from ((stem[:-1] + e, "past") for e in ("it", "irent"))
        yield from ((stem + e, "subj") for e in ("sse", "ssent"))
        yield from _common(stem + "ss", infinitive, stem)
    elif infinitive.endswith("re"):
        stem = infinitive[:-2]
        yield from ((stem + e, "pres") for e in ("s", "", "ons", "ez", "ent"))
        yield from ((stem + e, "past") for e in ("it", "irent"))
        yield from ((stem + e, "subj") for e in ("e", "ent"))
        yield from _common(stem, infinitive[:-1], stem + "u")
    else:  # pragma: no cover
        raise ValueError(f"no rule conjugates {infinitive}")


def _common(imperfect: str, future: str, participle: str) -> Iterator[tuple[str, str]]:
    yield from ((imperfect + e, "impf") for e in ("ais", "ait", "ions", "iez", "aient"))
    yield from ((future + e, "fut") for e in ("ai", "as", "a", "ons", "ez", "ont"))
    yield from ((future + e, "cond") for e in ("ais", "ait", "ions", "iez", "aient"))
    yield imperfect + "ant", "presp"
    masculine = participle
    if participle == "dû":
        yield from (("dû", "pp"), ("due", "pp"), ("dus", "pp"), ("dues", "pp"))
        return
    plural_masculine = masculine if masculine[-1] in "sx" else masculine + "s"
    yield from ((f, "pp") for f in (masculine, masculine + "e", plural_masculine, masculine + "es"))


def _first_group(infinitive: str) -> Iterator[tuple[str, str]]:
    stem = infinitive[:-2]
    before_a = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    closed = _closed(stem)
    for strong in closed:
        yield from ((strong + e, "pres") for e in ("e", "es", "ent"))
        yield from ((strong + e, "subj") for e in ("e", "es", "ent"))
    yield from ((f, "pres") for f in (before_a + "ons", stem + "ez"))
    yield from ((f, "past") for f in (before_a + "a", stem + "èrent", before_a + "ai"))
    yield from ((before_a + e, "impf") for e in ("ais", "ait", "aient"))
    yield from ((stem + e, "impf") for e in ("ions", "iez"))
    yield before_a + "ant", "presp"
    for future in {infinitive} | {strong + "er" for strong in closed}:
        yield from ((future + e, "fut") for e in ("ai", "as", "a", "ons", "ez", "ont"))
        yield from ((future + e, "cond") for e in ("ais", "ait", "ions", "iez", "aient"))
    yield from ((stem + e, "pp") for e in ("é", "ée", "és", "ées"))


def _closed(stem: str) -> tuple[str, ...]:
    """The stem before a mute ending: achèt-, cèd-, envoi-, or unchanged."""
    if stem.endswith(("oy", "uy")):
        return (stem[:-1] + "i",)
    if stem.endswith("ay"):
        return (stem[:-1] + "i", stem)
    if len(stem) > 2 and stem[-1] not in "aeiouéèy" and stem[-2] in "eé" and stem[-1] not in "ç":
        if stem.endswith(("ell", "ett")):
            return (stem,)
        if stem[-2] == "e" and stem[-1] in "lt" and not stem.endswith(("achet", "gel")):
            return (stem + stem[-1], stem[:-2] + "è" + stem[-1])
        return (stem[:-2] + "è" + stem[-1], stem)
    if len(stem) > 3 and stem[-3] == "é" and stem[-2:] in ("gn", "gl", "gr", "br"):
        return (stem[:-3] + "è" + stem[-2:], stem)
    return (stem,)
