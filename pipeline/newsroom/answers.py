"""Good answers: validators, conditional requests, compression.

Belongs here: what every outlet's server does right. Does not belong here: bodies (`pages`, `feeds`), and what is done
wrong on demand (`trouble`).
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from pipeline.newsroom import dates
from pipeline.newsroom.server import Answer, Manner, Request

_GZIP_LIMIT = 2_000_000


def etag(body: bytes) -> str:
    """Weak: the gzipped body has the same."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'


def found(body: bytes, content_type: str, modified: datetime) -> Answer:
    """200 with validators."""
    headers = (
        ("Content-Type", content_type),
        ("ETag", etag(body)),
        ("Last-Modified", dates.http_date(modified)),
        ("Cache-Control", "no-cache"),
        ("Vary", "Accept-Encoding"),
    )
    return Answer(200, headers, body)


def conditional(request: Request, answer: Answer) -> Answer:
    """304 where the client has it already (RFC 9110, section 13: If-None-Match goes before If-Modified-Since)."""
    if answer.status != 200 or request.method not in ("GET", "HEAD"):
        return answer
    current, modified = answer.header("ETag"), answer.header("Last-Modified")
    known, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    same = False
    if known is not None:
        same = current is not None and (known == "*" or current in [one.strip() for one in known.split(",")])
    elif since is not None and modified is not None:
        instant = _instant(since)
        same = instant is not None and parsedate_to_datetime(modified) <= instant
    return replace(answer, status=304, body=b"") if same else answer


class Packer:
    """Gzips bodies for clients that take it, each body once."""

    def __init__(self) -> None:
        self._packed: dict[str, bytes] = {}

    def pack(self, request: Request, answer: Answer) -> Answer:
        """The answer in gzip, unless something about it is odd: what goes wrong is to be seen as it is."""
        wanted = "gzip" in request.headers.get("accept-encoding", "")
        odd = answer.header("Content-Encoding") or answer.manner != Manner() or len(answer.body) > _GZIP_LIMIT
        if not wanted or odd or not answer.body:
            return answer
        key = etag(answer.body)
        if key not in self._packed:
            self._packed[key] = gzip.compress(answer.body, 6, mtime=0)
        return replace(answer, headers=answer.with_header("Content-Encoding", "gzip"), body=self._packed[key])


def _instant(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
