"""French names for codes: countries, actors, materiel, status, states and reasons, as people read them.

Belongs here: what an alert, the briefing and Kibana show for a code. Does not belong here: words that the tagger looks
for (the lexicons of `tag`).
"""

from __future__ import annotations

from functools import cache

STATUS = {
    "delivered": "livré",
    "pledged": "promis",
    "negotiated": "négocié",
    "requested": "demandé",
    "denied": "démenti",
    "halted": "suspendu ou refusé",
    "intercepted": "intercepté",
}

MATERIEL = {
    "ammunition": "munitions",
    "artillery": "artillerie",
    "missiles": "missiles",
    "air-defence": "défense aérienne",
    "armoured-vehicles": "blindés",
    "aircraft": "avions et hélicoptères",
    "drones": "drones",
    "naval": "navires",
    "small-arms": "armes légères",
    "explosives-mines": "explosifs et mines",
    "electronics": "électronique",
    "technology": "technologie",
    "weapons": "armes",
    "equipment": "équipement",
}

ENTRY_STATE = {
    "queued": "en attente",
    "indexed": "indexé",
    "skipped": "écarté",
    "failed": "en échec, à retenter",
    "dead": "abandonné",
}

FEED_STATE = {
    "new": "nouveau",
    "healthy": "en bonne santé",
    "quiet": "silencieux",
    "failing": "en échec",
    "resting": "au repos après échecs",
    "gone": "disparu",
    "disabled": "désactivé",
}

SKIP_REASON = {
    "too-short": "trop court",
    "boilerplate": "gabarit du site",
    "consent-wall": "mur de consentement",
    "no-text": "sans texte",
    "not-html": "pas du HTML",
    "live-page": "direct",
    "video-page": "vidéo",
    "audio-page": "audio",
    "other-language": "autre langue",
    "gone": "page disparue",
    "robots": "refusé par robots.txt",
    "address-refused": "adresse refusée",
    "too-large": "trop volumineux",
    "bad-url": "adresse invalide",
    "unchanged": "inchangé",
    "same-story": "même article",
    "history": "archives du fil",
}

SEED_RELATION = {
    "same-dyad": "même dyade",
    "reversed-dyad": "dyade inversée",
    "same-supplier": "même fournisseur",
    "same-recipient": "même destinataire",
    "same-materiel": "même matériel",
}

RULE = {
    "new-dyad": "Nouvelle dyade",
    "status-change": "Changement de statut",
    "denial": "Démenti ou suspension",
    "new-amount": "Nouveau montant",
}

ACTOR = {
    "EU": "Union européenne",
    "NATO": "OTAN",
    "UN": "Nations unies",
    "africa-corps": "Africa Corps",
    "car-armed-groups": "groupes armés centrafricains",
    "fatah": "Fatah",
    "haftar-lna": "Armée nationale libyenne (Haftar)",
    "haitian-gangs": "gangs haïtiens",
    "hamas": "Hamas",
    "hezbollah": "Hezbollah",
    "houthis": "Houthis",
    "islamic-jihad": "Jihad islamique",
    "islamic-state": "État islamique",
    "m23": "M23",
    "pkk": "PKK",
    "rsf": "Forces de soutien rapide",
    "sdf": "Forces démocratiques syriennes",
    "taliban": "talibans",
    "wagner": "Wagner",
    "west-bank-militants": "groupes armés de Cisjordanie",
}
"""Parties that are not countries; one that is not listed is shown by its id, hyphens as spaces."""

_SHORTER = {"CD": "RD Congo", "CG": "Congo-Brazzaville", "HK": "Hong Kong", "MO": "Macao", "PS": "Palestine"}
"""Where CLDR's full name is not the one that the press uses."""


@cache
def countries() -> dict[str, str]:
    """ISO 3166-1 alpha-2 code -> French name (CLDR, by Babel), every code that CLDR knows."""
    from babel import Locale

    names = {code: name for code, name in Locale("fr").territories.items() if len(code) == 2 and code.isalpha()}
    return names | _SHORTER


def party(code: str | None) -> str:
    """`KP` -> Corée du Nord, `hezbollah` -> Hezbollah, None -> partie inconnue."""
    if code is None or code == "?":
        return "partie inconnue"
    return ACTOR.get(code) or countries().get(code) or code.replace("-", " ").capitalize()


def dyad(value: str) -> str:
    """`KP→RU` -> Corée du Nord → Russie."""
    return " → ".join(party(side) for side in value.split("→"))


def number(value: float) -> str:
    """`300000.0` -> 300 000, `2.5` -> 2,5, with narrow no-break spaces."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale="fr")


def quantity(value: float, unit: str) -> str:
    """`300000, obus` -> 300 000 obus; `6, units` -> 6 unités; a currency as unit is money."""
    if len(unit) == 3 and unit.isupper():
        return money(value, unit)
    if unit in ("unit", "units"):
        unit = "unité" if abs(value) < 2 else "unités"
    return f"{number(value)} {unit}".rstrip()


def money(amount: float, currency: str) -> str:
    """`2_500_000_000, EUR` -> 2,5 milliards €; small amounts in full."""
    from babel.numbers import format_currency, get_currency_symbol

    for size, word in ((1e9, "milliard"), (1e6, "million")):
        if abs(amount) >= size:
            count = amount / size
            plural = "s" if abs(count) >= 2 else ""
            return f"{number(round(count, 2))}\u00a0{word}{plural} {get_currency_symbol(currency, locale='fr')}"
    return format_currency(amount, currency, locale="fr", format="#,##0 ¤", currency_digits=False)
