"""One thing worth telling.

Belongs here: its shape. Does not belong here: when it is told, and to whom (`alerts`).
"""

from __future__ import annotations

from pipeline.records.base import Instant, Record
from pipeline.records.supply import Money, Quantity


class Alert(Record):
    """One thing worth telling: an event or its change of status, not an article; stored in the index `alerts`."""

    id: str
    rule: str
    at: Instant
    reason: str
    """One French sentence for a person."""
    story_id: str
    story_title: str
    story_url: str
    publisher: str
    supplier: str | None = None
    recipient: str | None = None
    dyad: str
    materiel: tuple[str, ...] = ()
    status: str
    previous_status: str | None = None
    alleged: bool = False
    evidence: str = ""
    quantity: Quantity | None = None
    value: Money | None = None
    independent_sources: int = 1
    delivered_to: tuple[str, ...] = ()
    """Channels that took it: `webhook`, `rss`."""
