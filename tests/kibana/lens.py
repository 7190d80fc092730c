"""What Lens asks Elasticsearch for a panel, and its answer as rows.

A small translator of the operations that our panels use; one that it does not know is an error. Kibana does more for a
chart (an automatic interval by the width of the screen, a second request for "other"), which changes nothing of what
is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.kibana.objects import Panel

RECORDS = "___records___"
Row = tuple[Any, ...]


def body(panel: Panel, *, interval: str = "1d", time_range: tuple[str, str, str] | None = None) -> dict[str, Any]:
    """The search body of a panel; `time_range` is (field, from, to)."""
    filters: list[dict[str, Any]] = [{"kql": {"query": query}} for query in panel.queries]
    if time_range:
        field, start, end = time_range
        filters.append({"range": {field: {"gte": start, "lte": end}}})
    query = {"bool": {"filter": filters}}
    if panel.body:
        return panel.body | {"query": query}
    return {"size": 0, "track_total_hits": True, "query": query, "aggs": _aggs(list(panel.columns.items()), interval)}


def _aggs(columns: list[tuple[str, dict[str, Any]]], interval: str) -> dict[str, Any]:
    buckets = [(name, column) for name, column in columns if column["isBucketed"]]
    if not buckets:
        return {name: agg for name, column in columns if (agg := _metric(column))}
    (name, first), rest = buckets[0], [pair for pair in columns if pair[0] != buckets[0][0]]
    metrics = {name: agg for name, column in rest if not column["isBucketed"] and (agg := _metric(column))}
    # A bucket that is ordered by a metric needs the metric beside it, also when further buckets nest below.
    return {name: _bucket(first, columns, interval) | {"aggs": metrics | _aggs(rest, interval)}}


def _bucket(column: dict[str, Any], columns: list[tuple[str, dict[str, Any]]], interval: str) -> dict[str, Any]:
    field, params = column.get("sourceField"), column["params"]
    match column["operationType"]:
        case "terms":
            order = params["orderBy"]
            by = "_key"
            if order["type"] == "column":
                metric = dict(columns)[order["columnId"]]
                by = "_count" if metric["operationType"] == "count" else order["columnId"]
            terms: dict[str, Any] = {"field": field, "size": params["size"], "order": {by: params["orderDirection"]}}
            return {"terms": terms | ({"missing": "__missing__"} if params["missingBucket"] else {})}
        case "date_histogram":
            return {"date_histogram": {"field": field, "calendar_interval": interval, "min_doc_count": 1}}
        case "filters":
            named = {one["label"]: {"kql": {"query": one["input"]["query"]}} for one in params["filters"]}
            return {"filters": {"filters": named}}
        case unknown:
            raise NotImplementedError(unknown)


def _metric(column: dict[str, Any]) -> dict[str, Any] | None:
    """None for a plain count, which every bucket has already."""
    field = column["sourceField"]
    assert "filter" not in column, "a filtered metric would have to be wrapped"
    match column["operationType"]:
        case "count" if field == RECORDS:
            return None
        case "unique_count":
            return {"cardinality": {"field": field}}
        case "min" | "max" as operation:
            return {operation: {"field": field}}
        case "percentile":
            return {"percentiles": {"field": field, "percents": [column["params"]["percentile"]]}}
        case unknown:
            raise NotImplementedError(unknown)


def rows(panel: Panel, answer: dict[str, Any]) -> list[Row]:
    """Bucket keys and metric values, in the order of the columns; instants as text."""
    if panel.body:
        suppliers = answer["aggregations"]["events"]["supplier"]["buckets"]
        return [(s["key"], r["key"], r["doc_count"]) for s in suppliers for r in s["recipient"]["buckets"]]
    columns = list(panel.columns.items())
    if not any(column["isBucketed"] for _, column in columns):
        total = answer["hits"]["total"]["value"]
        return [tuple(_values(columns, answer.get("aggregations", {}) | {"doc_count": total}))]
    return list(_walk(columns, answer["aggregations"], ()))


def _walk(columns: list[tuple[str, dict[str, Any]]], level: dict[str, Any], keys: Row) -> Iterator[Row]:
    buckets = [(name, column) for name, column in columns if column["isBucketed"]]
    if not buckets:
        yield (*keys, *_values(columns, level))
        return
    name, rest = buckets[0][0], [pair for pair in columns if pair[0] != buckets[0][0]]
    found = level[name]["buckets"]
    pairs = found.items() if isinstance(found, dict) else [(b.get("key_as_string", b["key"]), b) for b in found]
    for key, bucket in pairs:
        if bucket["doc_count"]:
            yield from _walk(rest, bucket, (*keys, key))


def _values(columns: list[tuple[str, dict[str, Any]]], level: dict[str, Any]) -> Iterator[Any]:
    for name, column in columns:
        if column["isBucketed"]:
            continue
        if column["operationType"] == "count":
            yield level["doc_count"]
        elif column["operationType"] == "percentile":
            (value,) = level[name]["values"].values()
            yield value
        else:
            yield level[name].get("value_as_string", level[name]["value"])
