"""Who signed: persons on one side, agencies on the other.

Belongs here: telling names of people from everything else that stands where an author should. Does not belong here:
which agencies there are and how they are credited (`relate.agencies`), where in the page a by-line was found
(`metadata`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape

from pipeline.extract.furniture import fold, plain
from pipeline.relate import agencies

_LINES = re.compile(r"[|\n;]|\s[-–—]\s")
_LEADING = re.compile(
    r"^(?:l['’](?=[A-Z]))|^(?:par|by|de|propos recueillis par|texte|photos?|publié par|écrit par|rédigé par|auteur"
    r"|source|avec|with|notre (?:correspondant|envoyé)e?s? (?:spéciale?s? )?(?:permanente? )?(?:à|au|en|aux) [^,]+)"
    r"\s*:?\s+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s+(?:(?:le|publié|mis à jour|il y a)\s+\d.*|à\s+[A-ZÉ][\w-]+(?: \([^)]*\))?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}.*"
    r"|\d{1,2}(?:er)?\s+\w+\s+\d{4}.*)$",
    re.IGNORECASE,
)
_MARKS = " .:*•·«»\"',"
_PERSON = re.compile(r"^[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){1,5}$")
_NOT_A_PERSON = re.compile(
    r"\b(rédaction|rédacteurs?|agences?|newsroom|staff|admin(istrateur)?|équipe|service|desk|collectif|association|info|infos"
    r"|news|média|médias|media|journal|presse|radio|télévision|tv|web|site|magazine|groupe|syndicat|ministère|monde"
    r"|international|contributeurs?|correspondants?|invités?|abonné|suivre|voir|lire|articles?|publié|auteurs?"
    r"|biographie|editions?|journaliste|chercheur|directeur|france|figaro|echos)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    (
        "de", "du", "des", "d", "le", "la", "les", "von", "van", "der", "den", "ben", "bin", "el", "al", "da", "di",
        "y", "dos",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    persons: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


def people(bylines: Iterable[str], is_outlet: Callable[[str], bool]) -> People:
    """Persons and agencies in by-lines: `Jeanne Martin avec AFP` is one of each, `Le Monde avec Reuters` an agency."""
    lines = [_bare(line) for byline in bylines for line in _LINES.split(plain(unescape(byline)))]
    names, found = agencies.split(lines)
    persons: dict[str, str] = {}
    for name in (_once(_bare(name)) for name in names):
        if not is_outlet(name) and is_person(name):
            persons.setdefault(fold(name), name)
    return People(tuple(persons.values()), found)


def _bare(name: str) -> str:
    return _TRAILING.sub("", _LEADING.sub("", name.strip(_MARKS)))


def _once(name: str) -> str:
    """`Jeanne MartinJeanne Martin` -> Jeanne Martin: a picture's text beside the name's own."""
    half = len(name) // 2
    return name[:half].strip() if half > 5 and name[:half].strip() == name[-half:].strip() else name


def is_person(name: str) -> bool:
    """Whether this reads as a person's name: two to six words, capitalised but for particles, none of an office."""
    if name.startswith(("Les ", "La ", "Le ", "L'", "L’")) and len(name.split()) > 2:
        return False
    if not _PERSON.match(name) or len(name) > 60 or _NOT_A_PERSON.search(name):
        return False
    words = re.split(r"\s+", name)
    return all(
        word[0].isupper() or word.lower().rstrip("'’") in _PARTICLES or word[:2].lower() in ("d'", "d’")
        for word in words
    )
