"""Dates as French outlets write them.

Belongs here: instant to text. Does not belong here: when a story was published (`room`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def http_date(at: datetime) -> str:
    """`Sun, 22 Nov 2026 11:05:00 GMT` (RFC 9110)."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def rfc822(at: datetime, zone: str) -> str:
    """`Sun, 22 Nov 2026 12:05:00 +0100`, the date of RSS 2.0."""
    return format_datetime(at.astimezone(ZoneInfo(zone)))


def two_digit_year(at: datetime, zone: str) -> str:
    """`Sun, 22 Nov 26 12:05:00 +0100`, the form of RFC 822 that readers take for 1926 or 1969."""
    local = at.astimezone(ZoneInfo(zone))
    return rfc822(at, zone).replace(f" {local:%Y} ", f" {local:%y} ")


def iso(at: datetime, zone: str) -> str:
    """`2026-11-22T12:05:00+01:00`."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def iso_without_zone(at: datetime, zone: str) -> str:
    """`2026-11-22T12:05:00`: local time, the zone left for the reader to guess."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="seconds")


def day(at: datetime, zone: str) -> str:
    """`2026-11-22`."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def french(at: datetime, zone: str, *, weekday: bool = False, clock: bool = True) -> str:
    """`dimanche 22 novembre 2026 à 12h05`; the first of a month is `1er`."""
    local = at.astimezone(ZoneInfo(zone))
    number = "1er" if local.day == 1 else str(local.day)
    date = f"{number} {_MONTHS[local.month - 1]} {local.year}"
    if weekday:
        date = f"{_DAYS[local.weekday()]} {date}"
    return f"{date} à {local:%Hh%M}" if clock else date
