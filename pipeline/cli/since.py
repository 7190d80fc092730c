"""`--since` as people write it: `7d`, `24h`, `2w`, a date, an instant.

Belongs here: reading it. An `ArgumentTypeError` makes argparse exit 2.
"""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def since(text: str) -> datetime | timedelta:
    """An instant, or how long before now. A date without a zone is UTC.

    Raises:
        argparse.ArgumentTypeError: neither of them.
    """
    if match := re.fullmatch(r"([1-9]\d{0,4})([hdw])", text):
        return int(match[1]) * UNITS[match[2]]
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither 24h, 7d, 2w nor a date like 2026-11-15") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def before(now: datetime, start: datetime | timedelta) -> datetime:
    """The instant at which it starts."""
    return now - start if isinstance(start, timedelta) else start
