"""News agencies: in by-lines and in what a text says of its own origin.

Belongs here: the agencies' names and the forms in which a text or an author line credits them. Does not belong here:
what a credit means for a group of copies (`copies`), or finding authors on a page (`extract`).

A credit is not a mention: "a déclaré à l'AFP" tells who was spoken to, "(AFP)" at the head or the end who wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

NAMES: dict[str, tuple[str, ...]] = {
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "Reuters": ("Reuters", "REUTERS", "Agence Reuters", "Thomson Reuters"),
    "AP": ("AP", "Associated Press", "The Associated Press"),
    "dpa": ("dpa", "DPA", "Deutsche Presse-Agentur"),
    "Belga": ("Belga", "BELGA", "Agence Belga"),
    "Keystone-ATS": ("Keystone-ATS", "Keystone ATS", "KEYSTONE-ATS", "ATS", "Agence télégraphique suisse"),
    "La Presse Canadienne": ("La Presse Canadienne", "La Presse canadienne", "Presse Canadienne"),
    "Sputnik": ("Sputnik", "Sputnik Afrique", "Sputnik France"),
    "TASS": ("TASS", "Tass", "ITAR-TASS", "Agence TASS"),
    "RIA Novosti": ("RIA Novosti", "Ria Novosti"),
    "Interfax": ("Interfax",),
    "Xinhua": ("Xinhua", "Chine nouvelle", "Agence de presse Xinhua"),
    "Anadolu": ("Anadolu", "Agence Anadolu", "Anadolu Agency", "Anadolu Ajansı"),
    "ANSA": ("ANSA", "Ansa"),
    "EFE": ("EFE", "Efe", "Agencia EFE"),
    "Yonhap": ("Yonhap", "Agence Yonhap"),
    "KCNA": ("KCNA",),
    "Kyodo": ("Kyodo",),
    "PAP": ("PAP", "Polska Agencja Prasowa"),
    "Ukrinform": ("Ukrinform",),
    "Interfax-Ukraine": ("Interfax-Ukraine",),
    "PTI": ("PTI", "Press Trust of India"),
    "ANI": ("ANI",),
    "IRNA": ("IRNA",),
    "Tasnim": ("Tasnim",),
    "Fars": ("Fars News", "Agence Fars"),
    "SANA": ("SANA",),
    "WAFA": ("WAFA", "Wafa"),
    "MENA": ("Middle East News Agency",),
    "SPA": ("Saudi Press Agency", "Agence de presse saoudienne"),
    "MAP": ("MAP", "Maghreb Arabe Presse", "Agence marocaine de presse"),
    "APS": ("APS", "Algérie Presse Service", "Agence de presse sénégalaise"),
    "TAP": ("TAP", "Tunis Afrique Presse"),
    "APA": ("APA News", "APAnews", "Agence de presse africaine"),
    "ACP": (
        "ACP",
        "Agence congolaise de presse",
    ),
    "AIP": (
        "AIP",
        "Agence ivoirienne de presse",
    ),
    "Bloomberg": ("Bloomberg", "Bloomberg News"),
    "6Médias": ("6Médias", "6Medias"),
    "ETX Daily Up": ("ETX Daily Up", "AFP Relaxnews", "ETX Studio"),
}
"""Agency, and the names that it signs with; case counts, as `map` and `tap` are words."""

_MARKS = " .:()[]–—-©"
"""What may stand around a name."""
_HEAD, _TAIL = 400, 300
"""Characters at either end of a text in which a credit is looked for."""
_JOINED = re.compile(r"\s*(?:,|;|/|&|\+|\||\bet\b|\band\b)\s*")
_BYLINE = re.compile(r"^(?:par|by|de|propos recueillis par)\s+", re.IGNORECASE)
_WITH = re.compile(
    r"\s*[,(–—-]?\s*\b(?:avec|with|d'après|via|source ?:|sources ?:|©)\s+(?:les |l'|l’|the )?(?:agences )?",
    re.IGNORECASE,
)
_NOT_A_PERSON = re.compile(
    r"(?:la |le |les |l'|l’)?(?:rédaction|redaction|rédac|desk|service|agences?|newsroom|web ?master|admin|équipe|staff"
    r"|auteur|collectif|contributeurs?|correspondante?|envoyée?|journaliste)\b.*|.*\b(?:rédaction|redaction|newsroom)\b.*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"@|://|\bwww\.")
_ASIDE = re.compile(r"\(([^()]*)\)")
"""`(Malmö, correspondante régionale)` after a name."""
_ARTICLE = re.compile(r"(?:les?|la|l'|l’)\b", re.IGNORECASE)


def split(authors: Iterable[str], outlet: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and agencies of author lines: `("Jeanne Martin avec AFP",)` gives `("Jeanne Martin",), ("AFP",)`.

    Outlets, desks and addresses are neither and are left out.

    Args:
        authors: as the page or the feed has them; one may name several.
        outlet: the publisher's own name, which is no person's.
    """
    persons: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for line in authors:
        if _ADDRESS.search(line):
            continue
        line = _ASIDE.sub(lambda aside: aside[0] if _names().search(aside[1]) else "", " ".join(line.split()))
        own, *credits = _WITH.split(line)
        names = [name.strip(_MARKS) for name in _JOINED.split(_BYLINE.sub("", own.strip()))]
        credited = [name.strip(_MARKS) for credit in credits for name in _JOINED.split(credit)]
        found = [agency for name in [*names, *credited] if (agency := _agency(name))]
        agencies.update(dict.fromkeys(found))
        for name in names:
            if name and not _agency(name) and not _impersonal(name, outlet, credited=bool(found)):
                persons[name] = None
    return tuple(persons), tuple(agencies)


def in_text(text: str) -> tuple[str, ...]:
    """The agencies that a text credits with itself, at its head or its end, in the order in which it does."""
    found: dict[str, None] = {}
    for part in (text,) if len(text) <= _HEAD + _TAIL else (text[:_HEAD], text[-_TAIL:]):
        for credit in _credits().finditer(part):
            for name in _names().findall(credit["names"]):
                found[_known()[name]] = None
    return tuple(found)


def _impersonal(name: str, outlet: str, *, credited: bool) -> bool:
    """Whether this is an outlet or a desk. Beside an agency, a single word or a name with an article is an outlet."""
    if name.casefold() == outlet.casefold() or _NOT_A_PERSON.fullmatch(name):
        return True
    return credited and (" " not in name or bool(_ARTICLE.match(name)))


def _agency(name: str) -> str | None:
    return _known().get(name) or _known().get(re.sub("^[Aa]gence ", "", name))


@cache
def _known() -> dict[str, str]:
    return {name: agency for agency, names in NAMES.items() for name in names}


@cache
def _names() -> re.Pattern[str]:
    longest_first = sorted(_known(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


@cache
def _credits() -> re.Pattern[str]:
    """`(AFP)`, `Paris (AFP) –`, `avec AFP`, `© AFP`, `Source : AFP, Reuters`, and a last line that is only a name."""
    name = _names().pattern
    several = rf"(?P<names>{name}(?:\s*(?:,|/|et|and|&|-|–)\s*(?:l'|l’)?{name})*)"
    return re.compile(
        rf"""
        (?: \(\s*(?:avec\s+|source\s*:\s*|d['’]après\s+|©\s*)?(?:l['’])?
          | \b[Aa]vec\s+(?:les\s+agences\s+|l['’]agence\s+|l['’])?
          | ©\s*
          | \b[Ss]ources?\s*:\s*(?:l['’])?
          | (?:^|\n)\s*[–—-]?\s*
        )
        {several}
        (?= \s*\) | \s*[–—-]\s | \s*\.?\s*(?:\n|$) | \s*[,.;]?\s*$ | \s*\n )
        """,
        re.VERBOSE,
    )
