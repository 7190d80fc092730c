"""Written dates: ISO 8601 in all the forms that pages use, RFC 822, French words, the day in a URL.

Belongs here: one string -> one moment with its precision, or nothing. Does not belong here: which of a page's dates is
believed (`clocks`), dates in feeds (`watch`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["instant", "day"]


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC. Of a day only the day is known: then it is the day's first instant in the outlet's zone."""

    at: datetime
    precision: Precision = "instant"


MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "février": 2, "fevrier": 2, "févr": 2, "fevr": 2, "fév": 2, "fev": 2,
    "mars": 3, "mar": 3, "avril": 4, "avr": 4, "mai": 5, "juin": 6, "juillet": 7, "juil": 7, "août": 8, "aout": 8,
    "septembre": 9, "sept": 9, "sep": 9, "octobre": 10, "oct": 10, "novembre": 11, "nov": 11,
    "décembre": 12, "decembre": 12, "déc": 12, "dec": 12,
}  # fmt: skip

_ISO = re.compile(
    r"""^\s*(?P<year>\d{4})[-/.]?(?P<month>\d{2})[-/.]?(?P<day>\d{2})
        (?:[T\s]+(?:à\s*)?(?P<hour>\d{1,2})[:h.]?(?P<minute>\d{2})(?:[:.]?(?P<second>\d{2})(?:[.,]\d+)?)?)?
        \s*(?P<zone>Z|UTC|GMT|[+-]\d{1,2}:?\d{0,2})?\s*(?:\[[^\]]*\])?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_CLOCK = r"(?P<hour>\d{1,2})\s?(?:h|:|heures?)\s?(?P<minute>\d{2})?"
_BETWEEN = r"(?:\s*(?:,|à|a|-|–|\||•|·|\.|/)?\s*(?:à\s*)?"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WORDS = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:er|ᵉʳ)?[\s-]+(?P<month>{_MONTH})\.?[\s,-]+(?P<year>\d{{4}}){_BETWEEN}{_CLOCK})?",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    rf"(?<![\d/.])(?P<day>\d{{1,2}})(?P<sep>[/.-])(?P<month>\d{{1,2}})(?P=sep)(?P<year>\d{{4}})(?![\d/]){_BETWEEN}{_CLOCK})?"
)
_URL_DAY = re.compile(
    r"(?<!\d)(?P<year>20[0-4]\d|199\d)([/_-]?)(?P<month>0[1-9]|1[0-2])\2(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
)
_URL_PARTS = re.compile(r"/(?P<year>20[0-4]\d|199\d)/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?=[/_-]|$)")


def parse(text: str, zone: ZoneInfo) -> Moment | None:
    """A machine-readable date: ISO 8601 in any of its forms, RFC 822, an epoch, or French as in `written`.

    A time without a zone is in `zone`. Midnight to the second without a zone, or in the outlet's own, is what systems
    write that know only the day, and counts as a day.
    """
    text = text.strip()
    if not text or len(text) > 80:
        return None
    if match := _ISO.match(text):
        return _moment(match.groupdict(), zone)
    if text.isdigit() and len(text) in (10, 13):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return Moment(datetime.fromtimestamp(seconds, UTC))
    if re.match(r"^(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d{1,2}:\d{2}", text):
        try:
            parsed = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
        return Moment(_in_zone(parsed, zone).astimezone(UTC))
    return written(text, zone)


def written(text: str, zone: ZoneInfo) -> Moment | None:
    """The first date in French prose: `Publié le 12 mars 2024 à 14h05`, `13/03/2024 - 08:00`, `le 1er mai 2024`."""
    found = [match for pattern in (_WORDS, _DIGITS) if (match := pattern.search(text))]
    if not found:
        return None
    return _moment(min(found, key=lambda match: match.start()).groupdict(), zone)


def of_url(url: str, zone: ZoneInfo) -> Moment | None:
    """The day in a URL's path: `/2024/11/22/`, `/2024-11-22/`, `…-20241122`. The last one counts."""
    path = url.split("?", 1)[0].split("#", 1)[0]
    matches = [*_URL_DAY.finditer(path), *_URL_PARTS.finditer(path)]
    if not matches:
        return None
    return _moment(matches[-1].groupdict(), zone)


def _moment(parts: dict[str, str | None], zone: ZoneInfo) -> Moment | None:
    month = parts["month"] or ""
    try:
        local = datetime(
            int(parts["year"] or 0),
            int(month) if month.isdigit() else MONTHS[month.lower().rstrip(".")],
            int(parts["day"] or 0),
            int(parts.get("hour") or 0),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=_offset(parts.get("zone")) or zone,
        )
        at = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if parts.get("hour") is None:
        return Moment(at, "day")
    own = at.astimezone(zone)
    midnight = (own.hour, own.minute, own.second) == (0, 0, 0)
    return Moment(at, "day" if midnight else "instant")


def _offset(written_zone: str | None) -> timezone | None:
    if not written_zone:
        return None
    if written_zone.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    digits = re.sub(r"\D", "", written_zone).ljust(4, "0") if len(written_zone) != 2 else f"0{written_zone[1]}00"
    sign = -1 if written_zone[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:4])))


def _in_zone(value: datetime, zone: ZoneInfo) -> datetime:
    return value if value.tzinfo is not None else value.replace(tzinfo=zone)
