"""Times as people write and read them: `--since 7d`, `24h`, `2w`, a date, an instant; the day and hour of a story.

Belongs here: reading and showing them. An `ArgumentTypeError` makes argparse exit 2.
"""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

ZONE = ZoneInfo("Europe/Paris")
"""Whose days and hours these are: those of most of the press that is read, and of the briefing."""


def since(text: str) -> datetime | timedelta:
    """An instant, or how long before now. Without a zone it is Parisian time.

    Raises:
        argparse.ArgumentTypeError: neither of them.
    """
    if match := re.fullmatch(r"([1-9]\d{0,4})([hdw])", text):
        return int(match[1]) * UNITS[match[2]]
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither 24h, 7d, 2w nor a date like 2026-11-15") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=ZONE)


def before(now: datetime, start: datetime | timedelta) -> datetime:
    """The instant at which it starts."""
    return now - start if isinstance(start, timedelta) else start


def moment(at: datetime) -> str:
    """An instant, to the minute."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def day(at: datetime) -> str:
    """The day whose first instant, in its outlet's own zone, is `at`.

    Half a day later it is that day in UTC, wherever the outlet is from UTC-11 to UTC+12.
    """
    return f"{at.astimezone(UTC) + timedelta(hours=12):%Y-%m-%d}"
