"""Compile `source/*.yaml` to `veille.ndjson`, the saved objects that Kibana imports (`make kibana`).

Belongs here: data views and saved searches, written out by hand, and what `kb-dashboard-core` leaves to be set right in
the dashboards it compiles. Does not belong here: what the dashboards show (`source/`), how they are imported (the
set-up service).

`kb-dashboard-core` needs Python 3.12; the rest of the project, and the check of the digests in `build.json`, does not.
Formats: https://github.com/elastic/kibana, src/platform/plugins/shared/{data_views,saved_search,dashboard}/server.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from pipeline import french

HERE = Path(__file__).parent
SOURCE = HERE / "source"
OUTPUT = HERE / "veille.ndjson"
DIGESTS = HERE / "build.json"
DASHBOARDS = ("supply_watch", "near_seed", "watch_health")

Object = dict[str, Any]


def main() -> int:
    OUTPUT.write_text(ndjson(saved_objects()), encoding="utf-8")
    DIGESTS.write_text(json.dumps(digests(), indent=2) + "\n", encoding="utf-8")
    return 0


def saved_objects() -> list[Object]:
    """Data views, searches and dashboards, in the order in which one needs the other.

    Raises:
        ImportError: `kb-dashboard-core` is not installed (it needs Python 3.12).
    """
    return [*data_views(), *searches(), *dashboards()]


def ndjson(objects: list[Object]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in objects)


def digests() -> dict[str, str]:
    """SHA-256 of everything the output is made from, and of the output."""
    made_from = hashlib.sha256()
    for path in sorted([*SOURCE.glob("*.yaml"), Path(__file__), Path(french.__file__)]):
        made_from.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return {"source": made_from.hexdigest(), "output": hashlib.sha256(OUTPUT.read_bytes()).hexdigest()}


def _saved(kind: str, name: str, version: str, attributes: Object, references: list[Object]) -> Object:
    return {
        "type": kind,
        "id": name,
        "attributes": attributes,
        "references": references,
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": version,
        "managed": False,
    }


# --- data views -----------------------------------------------------------------------------------------------


def data_views() -> Iterator[Object]:
    for view in _source("data_views"):
        attributes = {
            "title": view["id"],
            "name": view["name"],
            "fieldAttrs": _compact({field: {"customLabel": label} for field, label in view["labels"].items()}),
            "fieldFormatMap": _compact({field: _format(wanted) for field, wanted in view["formats"].items()}),
            "fields": "[]",
            "runtimeFieldMap": "{}",
            "sourceFilters": "[]",
            "typeMeta": "{}",
        }
        if "time_field" in view:
            attributes["timeFieldName"] = view["time_field"]
        yield _saved("index-pattern", view["id"], "8.0.0", attributes, [])


def _format(wanted: dict[str, Any]) -> Object:
    """Kibana's formatter for one field (src/platform/plugins/shared/field_formats)."""
    ((kind, value),) = wanted.items()
    match kind:
        case "url":
            return {"id": "url", "params": {"type": "a", "openLinkInCurrentTab": False}}
        case "number":
            return {"id": "number", "params": {"pattern": value}}
        case "duration":
            shown = {"outputFormat": "humanizePrecise", "outputPrecision": 1, "useShortSuffix": True}
            return {"id": "duration", "params": {"inputFormat": value, **shown, "includeSpaceWithSuffix": True}}
        case "lookup":
            table = french.countries() | french.ACTOR if value == "parties" else getattr(french, value)
            entries = [{"key": key, "value": name} for key, name in sorted(table.items())]
            return {"id": "static_lookup", "params": {"lookupEntries": entries, "unknownKeyValue": ""}}
        case _:
            raise ValueError(f"unknown format {kind!r}")


# --- saved searches -------------------------------------------------------------------------------------------


def searches() -> Iterator[Object]:
    for search in _source("searches"):
        reference = "kibanaSavedObjectMeta.searchSourceJSON.index"
        source = {
            "query": {"query": search["query"], "language": "kuery"},
            "filter": [],
            "highlightAll": True,
            "indexRefName": reference,
        }
        attributes = {
            "title": search["title"],
            "description": search["description"],
            "columns": search["columns"],
            "sort": search["sort"],
            "grid": {"columns": {column: {"width": width} for column, width in search["widths"].items()}},
            "hideChart": True,
            "isTextBasedQuery": False,
            "rowHeight": 3,
            "kibanaSavedObjectMeta": {"searchSourceJSON": _compact(source)},
        }
        view = {"type": "index-pattern", "id": search["data_view"], "name": reference}
        yield _saved("search", search["id"], "10.5.0", attributes, [view])


# --- dashboards -----------------------------------------------------------------------------------------------


def dashboards() -> Iterator[Object]:
    from kb_dashboard_core import load, render

    dates = _date_fields()
    for name in DASHBOARDS:
        for dashboard in load(str(SOURCE / f"{name}.yaml")):
            compiled = render(dashboard).model_dump(by_alias=True)
            panels = json.loads(compiled["attributes"]["panelsJSON"])
            for panel in panels:
                _set_right(panel, dates)
            attributes = compiled["attributes"] | {"panelsJSON": _compact(panels)}
            yield _saved(
                "dashboard", compiled["id"], compiled["typeMigrationVersion"], attributes, compiled["references"]
            )


def _set_right(panel: Object, dates: set[str]) -> None:
    """What `kb-dashboard-core` 0.4 writes otherwise than Kibana does."""
    # Kibana strips the panel's own prefix from the references before it looks this name up.
    if "panelRefName" in panel:
        panel["panelRefName"] = panel["panelRefName"].removeprefix(f"{panel['panelIndex']}:")
    state = panel["embeddableConfig"].get("attributes", {}).get("state", {})
    for layer in state.get("datasourceStates", {}).get("formBased", {}).get("layers", {}).values():
        for column in layer["columns"].values():
            # The latest or earliest instant is an instant, and shown as one.
            if column["operationType"] in ("min", "max") and column["sourceField"] in dates:
                column["dataType"] = "date"


def _date_fields() -> set[str]:
    def walk(properties: Object, prefix: str) -> Iterator[str]:
        for name, definition in properties.items():
            if definition.get("type") == "date":
                yield prefix + name
            yield from walk(definition.get("properties", {}), f"{prefix}{name}.")

    found: set[str] = set()
    for path in HERE.parent.glob("*.v*.json"):
        found.update(walk(json.loads(path.read_text(encoding="utf-8"))["mappings"]["properties"], ""))
    return found


def _source(name: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = yaml.safe_load((SOURCE / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
