"""From a line of a registry file to a `Feed`, and back; every fault of a line is named.

Belongs here: the columns, their rules and defaults. Does not belong here: whole files and what holds between rows
(the package itself), or what a feed answers (`watch`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.records import Feed
from pipeline.urls import registrable_domain

COLUMNS = tuple(Feed.model_fields)
"""The columns of the file, in the order in which it is written."""
REQUIRED = ("id", "name", "feed_url", "country")
IGNORED = ("attested",)
"""Columns of hand-kept lists that may stand in the file and mean nothing to the watch."""
KINDS = (
    "national", "regional", "broadcaster", "agency", "international", "defence", "government", "state-media",
)  # fmt: skip
CONFIDENCE = ("high", "medium", "low")
TIMEZONES = {
    "BE": "Europe/Brussels", "BF": "Africa/Ouagadougou", "CA": "America/Toronto", "CD": "Africa/Kinshasa",
    "CG": "Africa/Brazzaville", "CH": "Europe/Zurich", "CN": "Asia/Shanghai", "EU": "Europe/Brussels",
    "FR": "Europe/Paris", "GB": "Europe/London", "IR": "Asia/Tehran", "KR": "Asia/Seoul", "LU": "Europe/Luxembourg",
    "ML": "Africa/Bamako", "RU": "Europe/Moscow", "TR": "Europe/Istanbul", "UA": "Europe/Kyiv",
    "UN": "America/New_York",
}  # fmt: skip
"""Zone of a row that names none; any other country writes for Paris time until the row says otherwise."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*")
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes as CLDR knows them, `EU` and `UN` among them."""
    from babel import Locale

    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


def read_row(row: Mapping[str, str]) -> tuple[Feed | None, list[str]]:
    """The feed of one row, or all that is wrong with the row."""
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    faults = [f"{name} is missing" for name in REQUIRED if not values[name]]
    if faults:
        return None, faults

    def check(holds: bool, fault: str) -> None:
        if not holds:
            faults.append(fault)

    def number(name: str, low: float, high: float) -> float:
        try:
            value = float(values[name] or 0)
        except ValueError:
            value = -1
        check(low <= value <= high, f"{name} {values[name]!r} is not a number from {low:g} to {high:g}")
        return value

    check(_is_http(values["feed_url"]), f"feed_url {values['feed_url']!r} is no http(s) URL")
    check(not values["site_url"] or _is_http(values["site_url"]), f"site_url {values['site_url']!r} is no http(s) URL")
    if faults:
        return None, faults
    site = values["site_url"] or "{0.scheme}://{0.netloc}/".format(urlsplit(values["feed_url"]))
    publisher = values["publisher"] or registrable_domain(site).replace(":", "-")
    country = values["country"]
    defaults = {
        "kind": "national",
        "category": "international",
        "language": "fr",
        "confidence": "medium",
        "timezone": TIMEZONES.get(country, "Europe/Paris"),
        "family": publisher,
        "enabled": "yes",
    }
    values |= {name: values[name] or default for name, default in defaults.items()}
    for name, value in (("id", values["id"]), ("publisher", publisher), ("family", values["family"])):
        check(_SLUG.fullmatch(value) is not None, f"{name} {value!r} is not of lower-case letters, digits and . _ -")
    check(country in countries(), f"country {country!r} is no ISO 3166-1 alpha-2 code, EU or UN")
    check(values["kind"] in KINDS, f"kind {values['kind']!r} is none of {', '.join(KINDS)}")
    check(_SLUG.fullmatch(values["category"]) is not None, f"category {values['category']!r} is not a lower-case word")
    check(
        re.fullmatch(r"[a-z]{2}", values["language"]) is not None, f"language {values['language']!r} is not ISO 639-1"
    )
    check(values["confidence"] in CONFIDENCE, f"confidence {values['confidence']!r} is none of {', '.join(CONFIDENCE)}")
    check(_is_zone(values["timezone"]), f"timezone {values['timezone']!r} is not in the IANA database")
    enabled = _FLAGS.get(values["enabled"].lower())
    check(enabled is not None, f"enabled {values['enabled']!r} is not yes or no")
    check(enabled is not False or bool(values["disabled_reason"]), "a disabled feed needs a disabled_reason")
    check(enabled is not True or not values["disabled_reason"], "an enabled feed cannot have a disabled_reason")
    items = number("min_items_per_week", 0, 100_000)
    check(items == int(items), f"min_items_per_week {values['min_items_per_week']!r} is not a whole number")
    share = number("min_dated_share", 0, 1)
    if faults:
        return None, faults
    return Feed(
        id=values["id"],
        name=values["name"],
        feed_url=values["feed_url"],
        site_url=site,
        country=country,
        kind=values["kind"],
        category=values["category"],
        language=values["language"],
        publisher=publisher,
        family=values["family"],
        timezone=values["timezone"],
        confidence=values["confidence"],
        terms=values["terms"],
        enabled=bool(enabled),
        disabled_reason=values["disabled_reason"] or None,
        min_items_per_week=int(items),
        min_dated_share=share,
        notes=values["notes"],
    ), []


def write_row(feed: Feed) -> dict[str, str]:
    """The row that `read_row` reads back as this feed."""
    row = {name: str(value) for name, value in feed.model_dump().items() if value is not None}
    row["enabled"] = "yes" if feed.enabled else "no"
    row["min_dated_share"] = f"{feed.min_dated_share:g}"
    return row


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
