"""What an HTTP status means to the watch.

Belongs here: from status and headers to a named error. Does not belong here: what is done about it (`watch`, `flow`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.errors import BadAnswer, Gone, Refused, ServerError, TimedOut, TooManyRequests, VeilleError

REDIRECTS = frozenset((301, 302, 303, 307, 308))
MAX_RETRY_AFTER = 7 * 86_400.0
"""Seconds; a longer pause is not believed."""


def failure(status: int, retry_after: str | None, url: str, now: datetime) -> VeilleError | None:
    """The error that this status stands for, None for one with a body to read (200, 203) and for 304.

    A 403 is per client and no proof of death; 404 and 410 carry their status, which tells a feed at rest from one that
    was taken away; 503 with Retry-After is the same request as 429.
    """
    if status in (200, 203, 304):
        return None
    seconds = retry_after_seconds(retry_after, now)
    if status in (404, 410):
        return Gone(f"HTTP {status}", url=url, status=status)
    if status == 429 or (status == 503 and seconds is not None):
        return TooManyRequests(f"HTTP {status}", url=url, status=status, retry_after=seconds)
    if status == 408:
        return TimedOut("HTTP 408", url=url, status=status)
    if 400 <= status < 500:
        return Refused(f"HTTP {status}", url=url, status=status, retry_after=seconds)
    if 500 <= status < 600:
        return ServerError(f"HTTP {status}", url=url, status=status, retry_after=seconds)
    return BadAnswer(f"HTTP {status}, which says nothing to a GET", url=url, status=status)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3), a number or a date; None when there is none to be read."""
    text = (value or "").strip()
    if not text:
        return None
    try:
        if text.isascii() and text.isdigit():
            return min(float(text[:12]), MAX_RETRY_AFTER)
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), MAX_RETRY_AFTER)
