"""What the headers of an answer say of the next request: validators, how long to wait, a hub.

Belongs here: ETag, Last-Modified, Expires, Cache-Control (RFC 9110, RFC 9111), the hub of a Link header. Does not
belong here: Retry-After, which comes with a failure (`fetch`), and the feed's own wishes (`parse`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from pipeline.records import Page

_MAX_AGE = re.compile(r"(?:^|[,\s])(?:s-maxage|max-age)\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_HUB = re.compile(r"<([^>]+)>\s*;[^,]*\brel\s*=\s*\"?hub\b", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[,\s])(?:no-cache|no-store)(?:$|[,\s])", re.IGNORECASE)


def validators(page: Page) -> tuple[str | None, str | None]:
    """ETag and Last-Modified, opaque, to be echoed to the letter; none when the answer says it is never to be reused.

    `Expires: 0` (or -1) is what servers send that do not want their validators believed.
    """
    if (page.header("expires") or "").strip() in ("0", "-1"):
        return None, None
    return page.header("etag") or None, page.header("last-modified") or None


def fresh_seconds(page: Page) -> float | None:
    """How long the answer says that it stays good, from now; None where it says nothing or nothing positive."""
    control = page.header("cache-control") or ""
    if _NEVER_FRESH.search(control):
        return None
    if ages := [int(age) for age in _MAX_AGE.findall(control)]:
        # Not the shared-cache rule: whichever is shorter, since a longer wait is the one that can lose items.
        return _positive(min(ages) - _age(page))
    expires = _instant(page.header("expires"))
    if expires is None:
        return None
    return _positive((expires - (_instant(page.header("date")) or page.fetched_at)).total_seconds())


def hub(page: Page) -> str | None:
    """WebSub hub of the Link header (W3C WebSub, 4)."""
    for name, value in page.headers:
        if name.lower() == "link" and (found := _HUB.search(value)):
            return urljoin(page.final_url, str(found[1]))
    return None


def _age(page: Page) -> float:
    text = (page.header("age") or "").strip()
    return float(text) if text.isdigit() and len(text) < 10 else 0.0


def _positive(seconds: float) -> float | None:
    return seconds if seconds > 0 else None


def _instant(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime((text or "").strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
