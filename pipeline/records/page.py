"""An answer from the network, and where it is kept.

Belongs here: the page and its place in the archive. Does not belong here: getting (`fetch`) and keeping it (`archive`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.records.base import Record


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a GET, body decompressed and within the caps."""

    url: str
    """As asked."""
    final_url: str
    """After redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, target URL) of each hop, in order."""
    address: str | None = None
    """IP address that answered, where known."""
    wire_bytes: int = 0
    """Size of the body as it came, still compressed."""

    def header(self, name: str) -> str | None:
        """The first header of this name, compared without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def content_type(self) -> str:
        return (self.header("content-type") or "").split(";")[0].strip().lower()


class ArchivePointer(Record):
    """Where the raw page is: WARC file (relative to the archive), byte offset, `sha256:` payload digest."""

    file: str
    offset: int
    digest: str
