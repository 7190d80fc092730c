"""The lexicons: readable tables of actors, materiel, predicates and wrong friends, read once into one automaton.

Belongs here: reading, checking and compiling `lexicon/*.tsv`. Does not belong here: how a match is understood
(`mentions`, `frames`). Every file is tab-separated, `#` starts a comment line, `|` separates values, `-` is empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pipeline.errors import LexiconInvalid
from pipeline.records import Materiel
from pipeline.tag import checks, inflect
from pipeline.tag.folding import fold
from pipeline.tag.tables import one_of, rows, values

FOLDER = Path(__file__).parent / "lexicon"
FILES = (
    "states.tsv", "actors.tsv", "firms.tsv", "armed.tsv", "materiel.tsv", "predicates.tsv", "locutions.tsv",
    "governors.tsv", "places.tsv", "descriptions.tsv", "regimes.tsv", "neighbours.tsv", "exporters.tsv", "against.tsv",
    "verbs.tsv",
)  # fmt: skip
CATEGORIES: tuple[str, ...] = get_args(Materiel)
FRAMES = (
    "give",
    "equip",
    "receive",
    "request",
    "move",
    "dest",
    "seize",
    "destroy",
    "stop",
    "deal",
    "talk",
    "lot",
    "extend",
    "make",
    "inventory",
    "same",
    "deprive",
)
EVERYDAY = frozenset(("stop", "move", "same", "request"))
"""Frames whose locutions are everyday French: they need materiel of their own, and are no sign for the gate."""
EFFECTS = (
    "announced",
    "pledged",
    "negotiated",
    "intended",
    "requested",
    "halted",
    "denied",
    "delivered",
    "accused",
    "intercepted",
)
STATUSES = ("delivered", "pledged", "negotiated", "requested", "denied", "halted", "intercepted")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one form of the automaton stands for."""

    kind: str
    """`actor`, `materiel`, `predicate`, `governor` or `against`."""
    value: str
    """Actor id, `+`-joined categories, lemma, or class of wrong friend."""
    form: str
    """As written in the file, inflected."""
    sort: str
    """actor: name, demonym, city, person, group, force, firm, bloc, body; materiel: hard, soft, named."""
    origin: str | None = None
    cased: bool = False
    """Matches only with a capital (all capitals for an acronym)."""


@dataclass(frozen=True, slots=True)
class Predicate:
    lemma: str
    pos: str
    frame: str
    base: str
    punctual: bool
    weak: bool


@dataclass(frozen=True, slots=True)
class Governor:
    lemma: str
    pos: str
    effect: str
    control: str


@dataclass(frozen=True)
class Lexicon:
    """All tables, compiled."""

    automaton: Any
    """pyahocorasick automaton over folded forms; values are tuples of entries."""
    predicates: dict[tuple[str, str], Predicate]
    governors: dict[tuple[str, str], Governor]
    verbs: dict[str, dict[str, frozenset[str]]]
    """Lower-case form -> lemma -> what the form can be (`inflect.conjugate`)."""
    nouns: dict[str, str]
    """Lower-case form, singular or plural, -> lemma of a predicate or governing noun."""
    adjectives: dict[str, str]
    descriptions: dict[str, frozenset[str]]
    """Folded form of a role noun -> its classes."""
    places: dict[str, dict[str, tuple[float, float]]]
    """Frame and voice -> place -> points as supplier, as recipient."""
    exporters: tuple[str, ...]
    """States by what they export, most first."""
    neighbours: dict[str, frozenset[str]]
    """State -> states with a common border."""
    locutions: dict[str, tuple[tuple[tuple[str, ...], Predicate], ...]]
    """Head verb -> (words that follow, predicate) of its locutions."""
    regimes: dict[str, frozenset[str]]
    """Folded noun of a description -> states that it can mean."""
    speech: frozenset[str]
    """Forms of verbs of saying."""
    armed: dict[tuple[str, str], str]
    """(kind of armed noun, state or place) -> id of the movement."""
    entries: tuple[Entry, ...]


def lexicon_digest() -> str:
    """First 16 hex digits of the SHA-256 over all lexicon files."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(name.encode() + b"\0" + (FOLDER / name).read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def load() -> Lexicon:
    """The lexicons of this installation, read and compiled once per process.

    Raises:
        LexiconInvalid: a line that cannot be understood; the message has `file:line`.
    """
    return compile_folder(FOLDER)


def compile_folder(folder: Path) -> Lexicon:
    """Read and compile another folder of the same files (tests, checking before a release)."""
    import ahocorasick

    entries: list[Entry] = [*_states(folder), *_actors(folder), *_firms(folder), *_materiel(folder), *_against(folder)]
    predicates = {(p.lemma, p.pos): p for p in _predicates(folder)}
    governors = {(g.lemma, g.pos): g for g in _governors(folder)}
    verbs: dict[str, dict[str, frozenset[str]]] = {}
    locutions: dict[str, tuple[tuple[tuple[str, ...], Predicate], ...]] = {}
    for number, (head, tail, frame, base, aspect) in rows(folder / "locutions.tsv", 5):
        where = f"locutions.tsv:{number}"
        one_of(frame, FRAMES, "frame", where)
        one_of(base, STATUSES, "status", where)
        weak = frame in EVERYDAY or head in ("être", "rester")
        predicate = Predicate(f"{head} {tail}", "V", frame, base, aspect == "p", weak)
        locutions[head] = (*locutions.get(head, ()), (tuple(tail.split()), predicate))
        for form, tags in inflect.conjugate(head).items():
            verbs.setdefault(form, {})[head] = tags
        last = tail.split()[-1] if len(tail.split()[-1]) > 3 else tail.split()[0]
        if len(last) > 3 and not weak:
            entries.append(Entry("predicate", f"{head} {tail}", last, "V"))
    nouns: dict[str, str] = {}
    adjectives: dict[str, str] = {}
    for lemma, pos in [*predicates, *governors]:
        kind = "predicate" if (lemma, pos) in predicates else "governor"
        if pos == "V":
            for form, tags in inflect.conjugate(lemma.removeprefix("se_")).items():
                verbs.setdefault(form, {})[lemma.removeprefix("se_")] = tags
                entries.append(Entry(kind, lemma, form, "V"))
        elif pos == "N":
            for form in {lemma, inflect.plural_group(lemma)}:
                nouns[form] = lemma
                entries.append(Entry(kind, lemma, form, "N"))
        else:
            female = inflect.feminine(lemma) if not lemma.endswith("el") else lemma + "le"
            for form in {lemma, female, inflect.plural(lemma), inflect.plural(female)}:
                adjectives[form] = lemma
    automaton = ahocorasick.Automaton()
    table: dict[str, list[Entry]] = {}
    for entry in entries:
        listed = table.setdefault(fold(entry.form), [])
        if not any(
            (k.kind, k.value, k.sort, k.form) == (entry.kind, entry.value, entry.sort, entry.form) for k in listed
        ):
            listed.append(entry)
    for form, known in table.items():
        automaton.add_word(form, (len(form), tuple(known)))
    automaton.make_automaton()
    checks.cross(folder)
    return Lexicon(
        automaton=automaton,
        predicates=predicates,
        governors=governors,
        verbs=verbs,
        nouns=nouns,
        adjectives=adjectives,
        descriptions=_descriptions(folder),
        places=_places(folder),
        exporters=tuple(code for _, (code,) in rows(folder / "exporters.tsv", 1)),
        locutions=locutions,
        regimes={noun: frozenset(values(states)) for _, (noun, states) in rows(folder / "regimes.tsv", 2)},
        neighbours=_neighbours(folder),
        speech=frozenset(_speech(folder)),
        armed={(kind, place): actor for _, (kind, place, actor) in rows(folder / "armed.tsv", 3)},
        entries=tuple(entries),
    )


def _states(folder: Path) -> Iterator[Entry]:
    for number, (code, names, demonyms, cities, people) in rows(folder / "states.tsv", 5):
        if not (len(code) == 2 and code.isupper()):
            raise LexiconInvalid(f"states.tsv:{number}: `{code}` is no ISO 3166-1 alpha-2 code")
        for sort, cell in (("name", names), ("city", cities), ("person", people)):
            for form in values(cell):
                yield Entry("actor", code, form, sort, cased=form[0].isupper())
        for demonym in values(demonyms):
            for form in inflect.demonym_forms(demonym):
                yield Entry("actor", code, form, "demonym", cased=form.isupper())


def _actors(folder: Path) -> Iterator[Entry]:
    for number, (code, kind, forms) in rows(folder / "actors.tsv", 3):
        one_of(kind, ("bloc", "group", "force", "body"), "kind", f"actors.tsv:{number}")
        for form in values(forms):
            yield Entry("actor", code, form, kind, cased=form[0].isupper())


def _firms(folder: Path) -> Iterator[Entry]:
    for number, (country, forms) in rows(folder / "firms.tsv", 2):
        if not (len(country) == 2 or country == "NATO"):
            raise LexiconInvalid(f"firms.tsv:{number}: `{country}` is no country")
        for form in values(forms):
            yield Entry("actor", country, form, "firm", cased=True)


def _materiel(folder: Path) -> Iterator[Entry]:
    for number, (categories, strength, origin, forms) in rows(folder / "materiel.tsv", 4):
        where = f"materiel.tsv:{number}"
        for category in categories.split("+"):
            one_of(category, CATEGORIES, "category", where)
        one_of(strength, ("hard", "soft", "named"), "strength", where)
        for form in values(forms):
            inflected = {form} if strength == "named" else {form, inflect.plural_group(form)}
            for one in sorted(inflected):
                yield Entry(
                    "materiel", categories, one, strength, None if origin == "-" else origin, cased=strength == "named"
                )


def _predicates(folder: Path) -> Iterator[Predicate]:
    for number, (lemma, pos, frame, base, aspect, weak) in rows(folder / "predicates.tsv", 6):
        where = f"predicates.tsv:{number}"
        one_of(pos, ("V", "N"), "part of speech", where)
        one_of(frame, FRAMES, "frame", where)
        one_of(base, STATUSES, "status", where)
        one_of(aspect, ("p", "h"), "aspect", where)
        yield Predicate(lemma, pos, frame, base, aspect == "p", one_of(weak, ("weak", "-"), "weight", where) == "weak")


def _governors(folder: Path) -> Iterator[Governor]:
    for number, (lemma, pos, effect, control) in rows(folder / "governors.tsv", 4):
        where = f"governors.tsv:{number}"
        one_of(pos, ("V", "N", "A"), "part of speech", where)
        one_of(control, ("subject", "object", "-"), "control", where)
        yield Governor(lemma, pos, one_of(effect, EFFECTS, "effect", where), control)


def _descriptions(folder: Path) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for number, (sort, forms) in rows(folder / "descriptions.tsv", 2):
        one_of(
            sort, ("institution", "firm", "state", "group", "partner", "speech"), "class", f"descriptions.tsv:{number}"
        )
        if sort == "speech":
            continue
        for form in values(forms):
            for one in {form, inflect.plural_group(form)}:
                found.setdefault(fold(one), set()).add(sort)
    return {form: frozenset(sorts) for form, sorts in found.items()}


def _neighbours(folder: Path) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for _number, (state, others) in rows(folder / "neighbours.tsv", 2):
        for other in values(others):
            found.setdefault(state, set()).add(other)
            found.setdefault(other, set()).add(state)
    return {state: frozenset(others) for state, others in found.items()}


def _speech(folder: Path) -> Iterator[str]:
    for _number, (sort, forms) in rows(folder / "descriptions.tsv", 2):
        if sort == "speech":
            for infinitive in values(forms):
                yield from inflect.conjugate(infinitive.removeprefix("s'"))


def _places(folder: Path) -> dict[str, dict[str, tuple[float, float]]]:
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for number, (frame, place, supplier, recipient) in rows(folder / "places.tsv", 4):
        try:
            found.setdefault(frame, {})[place] = (float(supplier), float(recipient))
        except ValueError:
            raise LexiconInvalid(f"places.tsv:{number}: points are numbers") from None
    return found


def _against(folder: Path) -> Iterator[Entry]:
    for _number, (sort, forms) in rows(folder / "against.tsv", 2):
        for form in values(forms):
            yield Entry("against", sort, form, sort, cased=form.isupper() or form == "Tass")
