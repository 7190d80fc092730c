"""What the alerts ask of the store: what was known of a dyad, which alerts stand, which are not delivered yet.

Belongs here: the queries. Does not belong here: what they mean (`alerts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from pipeline.alerts.known import Known, Seen
from pipeline.index.documents import Documents, Version
from pipeline.index.schema import alias
from pipeline.index.store import Store
from pipeline.records import Alert, Status, Story

CORROBORATION = timedelta(days=14)
"""Press groups that reported a status within this time before the batch count as sources of it."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PARTIES = 200
"""More suppliers or recipients than one batch of stories can name."""
VALUES = 10_000
"""Buckets of an aggregation that names its values by `include`; the embedded engine ignores that and gives them all."""


def known(store: Store, dyads: Sequence[str], *, without: Sequence[str], now: datetime) -> Known:
    """What the index knows of these dyads, leaving out the stories of these ids (the batch itself).

    One request, whatever the number of dyads. The stories of the batch may be written already, and need not be
    visible.
    """
    if not dyads:
        return Known()
    stories = Documents(store.client, store.url, alias(store.prefix, "stories"), Story)
    answer = stories.search(
        size=0,
        query={
            "bool": {
                "filter": [{"terms": {"supply.dyads": list(dyads)}}],
                "must_not": [{"ids": {"values": list(without)}}],
            }
        },
        aggs={"statuses": _statuses(dyads, now), "events": _amounts(dyads)},
    )["aggregations"]
    found = Known()
    for bucket in answer["statuses"]["buckets"]:
        dyad, _, status = bucket["key"].rpartition(" ")
        if dyad not in dyads:
            continue
        families = {family["key"] for family in bucket["recent"]["families"]["buckets"]}
        found.statuses.setdefault(dyad, {})[status] = Seen(_last_at(bucket), families)
    for supplier in answer["events"]["pairs"]["supplier"]["buckets"]:
        for recipient in supplier["recipient"]["buckets"]:
            dyad = f"{supplier['key']}→{recipient['key']}"
            for materiel in recipient["materiel"]["buckets"]:
                for unit in (*materiel["units"]["buckets"], *materiel["currencies"]["buckets"]):
                    found.amounts[dyad, materiel["key"], unit["key"]] = unit["most"]["value"]
    return found


def _statuses(dyads: Sequence[str], now: datetime) -> dict[str, Any]:
    pairs = [f"{dyad} {status}" for dyad in dyads for status in get_args(Status)]
    newest = [{"clocks.published_at": {"order": "desc", "missing": "_last"}}, {"clocks.first_seen_at": "desc"}]
    in_own_words = {
        "bool": {
            "filter": [{"range": {"clocks.first_seen_at": {"gte": (now - CORROBORATION).isoformat()}}}],
            "must_not": [{"exists": {"field": "copies.of"}}],
        }
    }
    return {
        "terms": {"field": "supply.dyad_status", "include": pairs, "size": VALUES},
        "aggs": {
            "last": {"top_hits": {"size": 1, "sort": newest, "_source": ["clocks"]}},
            "recent": {
                "filter": in_own_words,
                "aggs": {"families": {"terms": {"field": "publisher.family", "size": 100}}},
            },
        },
    }


def _amounts(dyads: Sequence[str]) -> dict[str, Any]:
    def terms(field: str, size: int, **aggs: Any) -> dict[str, Any]:
        return {"terms": {"field": f"supply_events.{field}", "size": size}, "aggs": aggs}

    def most(field: str) -> dict[str, Any]:
        return {"max": {"field": f"supply_events.{field}"}}

    pairs = [dyad.split("→") for dyad in dyads]
    named = [
        {"bool": {"filter": [{"term": {"supply_events.supplier": s}}, {"term": {"supply_events.recipient": r}}]}}
        for s, r in pairs
        if "?" not in (s, r)
    ]
    materiel = terms(
        "materiel",
        20,
        units=terms("quantity.unit", 50, most=most("quantity.value")),
        currencies=terms("value.currency", 10, most=most("value.amount")),
    )
    parties = terms("supplier", PARTIES, recipient=terms("recipient", PARTIES, materiel=materiel))
    some = {"bool": {"should": named, "minimum_should_match": 1}} if named else {"match_none": {}}
    return {"nested": {"path": "supply_events"}, "aggs": {"pairs": {"filter": some, "aggs": {"supplier": parties}}}}


def _last_at(bucket: Mapping[str, Any]) -> datetime:
    hits = bucket["last"]["hits"]["hits"]
    clocks = hits[0]["_source"]["clocks"] if hits else {}
    told = clocks.get("published_at") or clocks.get("first_seen_at")
    return datetime.fromisoformat(told) if told else LONG_AGO


class Book:
    """The alerts that stand in the index."""

    def __init__(self, store: Store) -> None:
        self._alerts = Documents(store.client, store.url, alias(store.prefix, "alerts"), Alert)

    def create(self, alerts: Iterable[Alert]) -> list[Alert]:
        """Write those whose id is free; they are the answer.

        Raises:
            EngineUnavailable, EngineRefused
        """
        wanted = list(alerts)
        if not wanted:
            return []
        report = self._alerts.create(wanted)
        return [alert for alert in wanted if alert.id not in report.conflicts and alert.id not in report.failed]

    def raised(self, dyads: Sequence[str], since: datetime) -> list[Alert]:
        """Alerts of these dyads, newest first; also those written a moment ago."""
        self._alerts.refresh()
        return self._find(1000, {"terms": {"dyad": list(dyads)}}, _since(since))

    def newest(self, size: int, since: datetime | None = None) -> list[Alert]:
        self._alerts.refresh()
        return self._find(size, *([_since(since)] if since else []))

    def undelivered(self, channel: str, since: datetime, size: int) -> list[tuple[Alert, Version]]:
        """Alerts that this channel has not taken, oldest first."""
        self._alerts.refresh()
        query = {"bool": {"filter": [_since(since)], "must_not": [{"term": {"delivered_to": channel}}]}}
        return self._alerts.find(query, sort=[{"at": "asc"}, {"id": "asc"}], size=size)

    def replace(self, versioned: Iterable[tuple[Alert, Version]]) -> None:
        """Write each over the version that was read; where somebody else wrote first, theirs stands."""
        self._alerts.replace(versioned)

    def _find(self, size: int, *filters: Mapping[str, Any]) -> list[Alert]:
        order = [{"at": "desc"}, {"id": "asc"}]
        found = self._alerts.find({"bool": {"filter": list(filters)}}, sort=order, size=size)
        return [alert for alert, _ in found]


def _since(instant: datetime) -> dict[str, Any]:
    return {"range": {"at": {"gte": instant.isoformat()}}}


def dyads_before(store: Store, dyads: Sequence[str], instant: datetime) -> set[str]:
    """Those of these dyads that a story first seen before this instant reports."""
    if not dyads:
        return set()
    stories = Documents(store.client, store.url, alias(store.prefix, "stories"), Story)
    answer = stories.search(
        size=0,
        query={
            "bool": {
                "filter": [
                    {"terms": {"supply.dyads": list(dyads)}},
                    {"range": {"clocks.first_seen_at": {"lt": instant.isoformat()}}},
                ]
            }
        },
        aggs={"dyads": {"terms": {"field": "supply.dyads", "include": list(dyads), "size": VALUES}}},
    )
    return {bucket["key"] for bucket in answer["aggregations"]["dyads"]["buckets"]} & set(dyads)
