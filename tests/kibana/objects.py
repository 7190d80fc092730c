"""The committed saved objects, read: panels, queries, fields.

Belongs here: finding one's way in Kibana's format, for the tests and the benchmark. Does not belong here: what is
expected of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "schemas"
KQL_FIELD = re.compile(r"([a-z_]+(?:\.[a-z_]+)*) ?(?::|>=|<=|<|>)")


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart of a dashboard, by value."""

    dashboard: str
    id: str
    view: str
    """Id of its data view."""
    queries: tuple[str, ...]
    """KQL of the dashboard and of the panel itself."""
    columns: dict[str, dict[str, Any]]
    """Lens columns by id, in the order in which they nest; empty for Vega."""
    body: dict[str, Any]
    """Search body of a Vega panel; empty for Lens."""


@cache
def saved_objects() -> tuple[dict[str, Any], ...]:
    lines = (SCHEMAS / "kibana" / "veille.ndjson").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def of_type(kind: str) -> list[dict[str, Any]]:
    return [one for one in saved_objects() if one["type"] == kind]


@cache
def fields(view: str) -> dict[str, str]:
    """Field -> type of the index behind a data view; what stands in a nested document is `nested`."""

    def walk(properties: dict[str, Any], prefix: str, nested: bool) -> Iterator[tuple[str, str]]:
        for name, definition in properties.items():
            kind = definition.get("type", "object")
            yield prefix + name, "nested" if nested else kind
            yield from walk(definition.get("properties", {}), f"{prefix}{name}.", nested or kind == "nested")
            yield from walk(definition.get("fields", {}), f"{prefix}{name}.", nested)

    newest = max(SCHEMAS.glob(f"{view.removeprefix('veille-')}.v*.json"))
    return dict(walk(json.loads(newest.read_text(encoding="utf-8"))["mappings"]["properties"], "", False))


def panels(dashboard: dict[str, Any]) -> list[Panel]:
    """The Lens and Vega panels of a dashboard."""
    attributes = dashboard["attributes"]
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    assert source["filter"] == [], "a filter here would need a test of its own"
    common = source["query"]["query"]
    found = []
    for panel in json.loads(attributes["panelsJSON"]):
        config = panel["embeddableConfig"]
        if panel["type"] == "lens":
            state = config["attributes"]["state"]
            assert state["filters"] == []
            (layer,) = state["datasourceStates"]["formBased"]["layers"].values()
            (view,) = {ref["id"] for ref in config["attributes"]["references"]}
            columns = {name: layer["columns"][name] for name in layer["columnOrder"]}
            queries = tuple(query for query in (common, state["query"]["query"]) if query)
            found.append(Panel(dashboard["id"], panel["panelIndex"], view, queries, columns, {}))
        elif config.get("savedVis", {}).get("type") == "vega":
            url = json.loads(config["savedVis"]["params"]["spec"])["data"]["url"]
            found.append(Panel(dashboard["id"], panel["panelIndex"], url["index"], (common,), {}, url["body"]))
    return found


def all_panels() -> list[Panel]:
    return [panel for dashboard in of_type("dashboard") for panel in panels(dashboard)]


def searches() -> list[tuple[str, str, str, list[str], list[str]]]:
    """(id, data view, KQL, columns, sort fields) of each saved search."""
    found = []
    for search in of_type("search"):
        attributes = search["attributes"]
        source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
        (view,) = {ref["id"] for ref in search["references"]}
        order = [name for name, _ in attributes["sort"]]
        found.append((search["id"], view, source["query"]["query"], attributes["columns"], order))
    return found


def queries() -> set[tuple[str, str]]:
    """(data view, KQL) of everything that is filtered anywhere."""
    found = {(view, query) for _, view, query, _, _ in searches() if query}
    for panel in all_panels():
        found.update((panel.view, query) for query in panel.queries)
        for column in panel.columns.values():
            found.update((panel.view, f["input"]["query"]) for f in column.get("params", {}).get("filters", ()))
            if "filter" in column:
                found.add((panel.view, column["filter"]["query"]))
    return found


def kql_fields(query: str) -> set[str]:
    return set(KQL_FIELD.findall(query))
