"""How many, and for how much: numbers written in figures or words, ranges, and money.

Belongs here: reading numbers beside a materiel group and money in a sentence. Does not belong here: what is counted.
A range gives its lower bound; « une soixantaine » gives 60; « des milliers » gives nothing.
"""

from __future__ import annotations

import re

from pipeline.records import Money, Quantity
from pipeline.tag.folding import fold
from pipeline.tag.groups import Materials, Sentence

_UNITS = {
    word: value
    for value, words in {
        1: "un une", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit", 9: "neuf",
        10: "dix", 11: "onze", 12: "douze", 13: "treize", 14: "quatorze", 15: "quinze", 16: "seize",
        20: "vingt vingts", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 70: "septante",
        80: "huitante octante", 90: "nonante", 100: "cent cents", 1000: "mille",
    }.items()
    for word in words.split()
}  # fmt: skip
_COLLECTIVES = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1_000, "million": 1_000_000,
    "milliard": 1_000_000_000, "demi-million": 500_000, "demi-milliard": 500_000_000, "millions": 1_000_000,
    "milliards": 1_000_000_000, "milliers": 1_000, "centaines": 100, "dizaines": 10,
}  # fmt: skip
_FIGURE = r"\d{1,3}(?:[ .]\d{3})+(?:,\d+)?|\d+(?:[,.]\d+)?"
_WORDS = "|".join(sorted(_UNITS, key=len, reverse=True))
_NUMBER = rf"(?:{_FIGURE}|(?:{_WORDS})(?:[- ](?:et[- ])?(?:{_WORDS}))*)"
_SCALE = "|".join(sorted(_COLLECTIVES, key=len, reverse=True))
_FULL = re.compile(
    rf"(?:(?:entre|de) (?P<low>{_NUMBER}) (?:et|a) {_NUMBER}|(?P<number>{_NUMBER}))(?: (?P<scale>{_SCALE}))?\b"
    rf"|\b(?P<bare>un|une|plusieurs|des|quelques)? ?(?P<collective>{_SCALE})\b"
)
_BETWEEN = re.compile(
    r"[ ]*(?:(?:de|d'|des|du|autres?|nouveaux?|nouvelles?|premiers?|premieres?|derniers?|vieux|gros|petits?|fameux"
    r"|leurs?|ses|ces|plus|supplementaires?|conteneurs?|caisses?|lots?|tonnes?|palettes?|exemplaires?|batteries?"
    r"|pieces?|systemes?|unites?|lanceurs?|militaires?)[ ]*)*$"
)
_CURRENCIES = {
    "euro": "EUR", "euros": "EUR", "€": "EUR", "dollar": "USD", "dollars": "USD", "$": "USD",
    "livres sterling": "GBP", "livres": "GBP", "francs suisses": "CHF", "yens": "JPY", "roubles": "RUB",
    "yuans": "CNY", "couronnes suedoises": "SEK", "couronnes norvegiennes": "NOK", "couronnes danoises": "DKK",
    "couronnes tcheques": "CZK", "zlotys": "PLN", "wons": "KRW", "roupies": "INR", "dollars canadiens": "CAD",
    "dollars australiens": "AUD", "shekels": "ILS", "dirhams": "AED", "riyals": "SAR", "hryvnias": "UAH",
}  # fmt: skip
_MONEY = re.compile(
    rf"(?P<number>{_NUMBER})(?: (?P<scale>{_SCALE}))?(?: (?:de |d'))?[ ]?"
    rf"(?P<currency>{'|'.join(re.escape(c) for c in sorted(_CURRENCIES, key=len, reverse=True))})(?![a-z])"
)


def value_of(written: str) -> float | None:
    """The number that folded words or figures say."""
    written = written.strip()
    if re.fullmatch(_FIGURE, written):
        thousands = re.fullmatch(r"\d{1,3}(?:[ .]\d{3})+(?:,\d+)?", written)
        plain = written.replace(" ", "").replace(".", "") if thousands else written
        return float(plain.replace(",", "."))
    total = current = 0.0
    for word in re.split(r"[- ]", written):
        if word in ("et", ""):
            continue
        if word not in _UNITS:
            return None
        number = _UNITS[word]
        if number == 1000:
            total += max(current, 1) * 1000
            current = 0
        elif number == 100:
            current = max(current, 1) * 100
        elif number == 20 and current == 4:
            current = 80
        else:
            current += number
    return total + current


def counted(s: Sentence, group: Materials) -> Quantity | None:
    """How many of this group the sentence says, with the unit as written."""
    start = s.offsets[group.start]
    before = fold(s.text[max(0, start - 70) : start])
    found = None
    for match in _FULL.finditer(before):
        rest = before[match.end() :]
        if _BETWEEN.fullmatch(rest):
            found = (match, rest)
            break
    if found is None:
        return None
    match, rest = found
    number = _number(match)
    if number is None or (
        number == 1
        and not match.group("scale")
        and match.group("number") in ("un", "une")
        and rest.strip() in ("", "de")
    ):
        return None
    container = next(
        (
            w
            for w in rest.split()
            if w.startswith(("conteneur", "caisse", "tonne", "palette", "batterie", "lanceur", "lot"))
        ),
        None,
    )
    unit = container or s.words(group.start, group.end)
    return Quantity(value=number, unit=unit)


def _number(match: re.Match[str]) -> float | None:
    if match.group("collective"):
        if match.group("bare") in ("plusieurs", "des", "quelques") or match.group("collective").endswith("s"):
            return None
        return float(_COLLECTIVES[match.group("collective")])
    number = value_of(match.group("low") or match.group("number"))
    if number is None:
        return None
    return number * _COLLECTIVES[match.group("scale")] if match.group("scale") else number


def money(s: Sentence) -> Money | None:
    """The first amount of money that the sentence says."""
    match = _MONEY.search(fold(s.text))
    if match is None:
        return None
    number = value_of(match.group("number"))
    if number is None:
        return None
    scale = _COLLECTIVES[match.group("scale")] if match.group("scale") else 1
    return Money(amount=number * scale, currency=_CURRENCIES[match.group("currency")])
