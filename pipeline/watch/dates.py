"""Dates as feeds write them: RFC 822 in English and French, ISO 8601, day/month/year, epochs; and days in URLs.

Belongs here: one string -> an instant and what is known of it. Does not belong here: dates of pages (`extract`).

No general date parser here: those guess (month first, this year, now), and a guessed date is worse than none.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["instant", "day"]

OLDEST_YEAR = 1990
"""Before the web, a date is a default value (1970-01-01, 0001-01-01)."""

_MONTH_STEMS = {
    1: ("jan",), 2: ("fev", "fév", "feb"), 3: ("mar",), 4: ("avr", "apr"), 5: ("mai", "may"), 6: ("juin", "jun"),
    7: ("juil", "jul"), 8: ("aou", "aoû", "aug"), 9: ("sep",), 10: ("oct",), 11: ("nov",), 12: ("dec", "déc"),
}  # fmt: skip
_ZONES = {
    "": None, "z": 0, "gmt": 0, "ut": 0, "utc": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "wet": 0, "west": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "msk": 3,
}  # fmt: skip
_CLOCK = r"(?P<hour>\d{1,2})\s*[:h]\s*(?P<minute>\d{2})?(?:\s*[:m]\s*(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<zone>.*)"
_THEN = rf"(?:[\s,T]*(?:à|a|-|–|at)?\s*{_CLOCK})?"
_NAME = r"(?:[^\W\d]{2,9}\.?,?\s+)?"
_DAY, _MONTH, _WORD = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<month>[^\W\d]{3,9})"
_GRAMMARS = tuple(
    re.compile(pattern + r"\s*$", re.IGNORECASE)
    for pattern in (
        rf"{_NAME}{_DAY}(?:er)?[\s-]+{_WORD}\.?[\s,-]+(?P<year>\d{{4}}|\d{{2}}){_THEN}",
        rf"{_NAME}{_WORD}\.?\s+{_DAY},?\s+(?P<year>\d{{4}}){_THEN}",
        rf"(?P<year>\d{{4}})[-/]{_MONTH}[-/]{_DAY}{_THEN}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:T(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<zone>.*))?",
        rf"{_NAME}{_DAY}[/.-]{_MONTH}[/.-](?P<year>\d{{4}}){_THEN}",
        rf"[^\W\d]{{3}}\s+{_WORD}\s+{_DAY}\s+(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}}):(?P<second>\d{{2}})"
        r"\s+(?P<zone>[A-Z]*)\s*(?P<year>\d{4})",
    )
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})?(?:\s*\(.*\))?", re.IGNORECASE)
_URL_YEAR, _URL_MONTH = r"(?P<year>(?:19|20)\d\d)", r"(?P<month>0[1-9]|1[0-2])"
_URL_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_URL_DAYS = (
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>[/_-]?)(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
    ),
    re.compile(
        r"(?<!\d)(?P<day>0[1-9]|[12]\d|3[01])(?P<sep>[/_-])(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<year>20\d\d)(?!\d)"
    ),
)


def parse_date(text: str, zone: ZoneInfo) -> tuple[datetime, Precision] | None:
    """An instant in UTC and whether its hour is known; None for what is no date.

    Of a day, the first instant in `zone` stands for it. A clock of 00:00:00 is what systems write that know only the
    day: it counts as a day, as written. Two-digit years are of 1969-2068 (POSIX). No zone, or an unknown one: `zone`.
    """
    text = " ".join(text.split())
    if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
        return datetime.fromtimestamp(int(text[:10]), UTC), "instant"
    for grammar in _GRAMMARS:
        if match := grammar.match(text):
            return _moment(match.groupdict(), zone)
    return None


def day_in_url(url: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """First instant of the day that a URL's path names (`/2024/03/27/`, `-27-03-2024-`, `-20240327`), the last one."""
    path = url.partition("?")[0].partition("#")[0]
    for pattern in _URL_DAYS:
        for match in reversed(list(pattern.finditer(path))):
            found = _moment({name: match[name] for name in ("year", "month", "day")}, zone)
            if found and found[0] <= now:
                return found[0]
    return None


def _moment(parts: dict[str, str | None], zone: ZoneInfo) -> tuple[datetime, Precision] | None:
    written, month = parts["month"] or "", 0
    if written.isdigit():
        month = int(written)
    else:
        month = next((number for number, stems in _MONTH_STEMS.items() if written.lower().startswith(stems)), 0)
    year = int(parts["year"] or 0)
    if year < 100:
        year += 2000 if year < 69 else 1900
    if year < OLDEST_YEAR:
        return None
    try:
        day = date(year, month, int(parts["day"] or 0))
        clock = time(int(parts.get("hour") or 0), int(parts.get("minute") or 0), min(int(parts.get("second") or 0), 59))
        if parts.get("hour") is None or clock == time.min:
            return datetime.combine(day, time.min, zone).astimezone(UTC), "day"
        return datetime.combine(day, clock, _zone(parts.get("zone") or "") or zone).astimezone(UTC), "instant"
    except (ValueError, OverflowError):
        return None


def _zone(written: str) -> tzinfo | None:
    written = written.strip()
    if offset := _OFFSET.fullmatch(written):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    hours = _ZONES.get(written.lower().strip("() "))
    return None if hours is None else timezone(timedelta(hours=hours))
