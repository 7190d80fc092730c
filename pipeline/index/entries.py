"""The questions that the ledger asks of its entries.

Belongs here: queries by state, lease and time. Does not belong here: what the answers lead to (`ledger`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.index.documents import Documents, Version
from pipeline.records import Entry, EntryState

Versioned = tuple[Entry, Version]

OLDEST_FIRST = ({"first_seen_at": "asc"}, {"id": "asc"})
NEWEST_FIRST = ({"updated_at": "desc"}, {"id": "asc"})


class Entries(Documents[Entry]):
    """The documents behind the alias `PREFIX-entries`. Searches see what stood at the last refresh."""

    def claimable(self, now: datetime, size: int) -> list[Versioned]:
        """Queued entries that nobody holds at this instant, oldest first."""
        return self.find(_free(now), sort=OLDEST_FIRST, size=size)

    def due(self, now: datetime, size: int) -> list[Versioned]:
        """Failed entries whose time has come."""
        due = {"bool": {"filter": [_state(EntryState.FAILED), {"range": {"next_attempt_at": {"lte": _iso(now)}}}]}}
        return self.find(due, sort=OLDEST_FIRST, size=size)

    def expired(self, now: datetime, size: int) -> list[Versioned]:
        """Queued entries whose lease ran out: whoever held it is gone."""
        expired = {"bool": {"filter": [_state(EntryState.QUEUED), {"range": {"lease.until": {"lte": _iso(now)}}}]}}
        return self.find(expired, sort=OLDEST_FIRST, size=size)

    def held(self, now: datetime, size: int) -> list[Versioned]:
        """Queued entries that somebody holds at this instant."""
        held = {"bool": {"filter": [_state(EntryState.QUEUED), {"range": {"lease.until": {"gt": _iso(now)}}}]}}
        return self.find(held, sort=OLDEST_FIRST, size=size)

    def pending(self, now: datetime) -> int:
        """How many entries wait for work now: free ones of the queue, and failed ones that are due."""
        due = {"bool": {"filter": [_state(EntryState.FAILED), {"range": {"next_attempt_at": {"lte": _iso(now)}}}]}}
        return self.count({"bool": {"should": [_free(now), due], "minimum_should_match": 1}})

    def counts(self) -> dict[EntryState, dict[str, int]]:
        """Number of entries by state and, for skipped ones, by reason (`""` where there is none)."""
        answer = self.search(
            size=0,
            aggs={
                "state": {
                    "terms": {"field": "state", "size": len(EntryState)},
                    "aggs": {"reason": {"terms": {"field": "reason", "size": 50}}},
                }
            },
        )
        counts: dict[EntryState, dict[str, int]] = {}
        for bucket in answer["aggregations"]["state"]["buckets"]:
            reasons = {str(reason["key"]): int(reason["doc_count"]) for reason in bucket["reason"]["buckets"]}
            if rest := int(bucket["doc_count"]) - sum(reasons.values()):
                reasons[""] = rest
            counts[EntryState(bucket["key"])] = reasons
        return counts

    def select(
        self,
        *,
        states: Sequence[EntryState] = (),
        reason: str | None = None,
        feed: str | None = None,
        since: datetime | None = None,
        size: int = 100,
    ) -> list[Versioned]:
        """Entries by state, reason, feed and last change, the last changed first."""
        filters: list[Mapping[str, Any]] = []
        if states:
            filters.append({"terms": {"state": [state.value for state in states]}})
        if reason:
            filters.append({"term": {"reason": reason}})
        if feed:
            filters.append({"term": {"feeds": feed}})
        if since:
            filters.append({"range": {"updated_at": {"gte": _iso(since)}}})
        return self.find({"bool": {"filter": filters}}, sort=NEWEST_FIRST, size=size)


def _state(state: EntryState) -> dict[str, Any]:
    return {"term": {"state": state.value}}


def _free(now: datetime) -> dict[str, Any]:
    held = {"range": {"lease.until": {"gt": _iso(now)}}}
    return {"bool": {"filter": [_state(EntryState.QUEUED)], "must_not": [held]}}


def _iso(instant: datetime) -> str:
    return instant.isoformat()
