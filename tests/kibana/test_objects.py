"""The saved objects: in step with their source, importable, and only about fields that exist."""

from __future__ import annotations

import json
import re
import uuid

import pytest
import yaml
from babel import Locale

from pipeline import french
from pipeline.records import EntryState, FeedState, Materiel, SkipReason, Status
from schemas.kibana import build
from tests.kibana.objects import SCHEMAS, all_panels, fields, kql_fields, of_type, queries, saved_objects, searches

NUMBERS = {"integer", "long", "float", "double"}
COUNTABLE = NUMBERS | {"keyword", "boolean", "date"}
"""Types whose values Elasticsearch can sort, count and bucket."""


def test_what_is_committed_is_what_the_sources_give() -> None:
    """With kb-dashboard-core (Python 3.12 and later) everything is compiled anew; without, the digests must agree."""
    committed = (SCHEMAS / "kibana" / "veille.ndjson").read_text(encoding="utf-8")
    assert json.loads(build.DIGESTS.read_text(encoding="utf-8")) == build.digests(), "run `make kibana`"
    assert committed.startswith(build.ndjson([*build.data_views(), *build.searches()]))
    pytest.importorskip("kb_dashboard_core", reason="needs Python 3.12")
    assert build.ndjson(build.saved_objects()) == committed


def test_ids_are_unique_and_every_reference_is_in_the_file() -> None:
    known = [(one["type"], one["id"]) for one in saved_objects()]
    assert len(set(known)) == len(known)
    wanted = {(ref["type"], ref["id"]) for one in saved_objects() for ref in one["references"]}
    assert wanted <= set(known)


def test_objects_carry_the_versions_that_kibana_9_migrates_from() -> None:
    expected = {"index-pattern": "8.0.0", "search": "10.5.0", "dashboard": "10.2.0"}
    for one in saved_objects():
        assert one["coreMigrationVersion"] == "8.8.0"
        assert one["typeMigrationVersion"] == expected[one["type"]]
        assert set(one) == {
            "attributes", "coreMigrationVersion", "id", "managed", "references", "type", "typeMigrationVersion",
        }  # fmt: skip


def test_every_panel_finds_its_references_the_way_kibana_looks_them_up() -> None:
    """Kibana takes the references that begin with the panel's id, strips that, and looks for `panelRefName`."""
    for dashboard in of_type("dashboard"):
        for panel in json.loads(dashboard["attributes"]["panelsJSON"]):
            prefix = f"{panel['panelIndex']}:"
            own = {r["name"].removeprefix(prefix): r for r in dashboard["references"] if r["name"].startswith(prefix)}
            if panel["type"] == "search":
                assert own[panel["panelRefName"]]["id"] == panel["embeddableConfig"]["savedObjectId"]
            for reference in panel["embeddableConfig"].get("attributes", {}).get("references", ()):
                assert own[reference["name"]]["id"] == reference["id"]


def test_panels_do_not_overlap_and_stay_on_the_grid() -> None:
    for dashboard in of_type("dashboard"):
        taken: set[tuple[int, int]] = set()
        for panel in json.loads(dashboard["attributes"]["panelsJSON"]):
            grid = panel["gridData"]
            wide, tall = range(grid["x"], grid["x"] + grid["w"]), range(grid["y"], grid["y"] + grid["h"])
            cells = {(x, y) for x in wide for y in tall}
            assert not cells & taken, panel["panelIndex"]
            assert grid["x"] + grid["w"] <= 48
            taken |= cells


def test_every_bucketed_or_measured_field_exists_with_a_type_that_can_be() -> None:
    for panel in all_panels():
        types = fields(panel.view) | {"___records___": "records"}
        for column in panel.columns.values():
            kind = types[column["sourceField"]] if "sourceField" in column else "filters"
            allowed = {
                "count": {"records"},
                "date_histogram": {"date"},
                "filters": {"filters"},
                "max": NUMBERS | {"date"},
                "min": NUMBERS | {"date"},
                "percentile": NUMBERS,
                "terms": COUNTABLE,
                "unique_count": COUNTABLE,
            }[column["operationType"]]
            assert kind in allowed, (panel.id, column)
            if column["operationType"] in ("min", "max"):
                assert (column["dataType"] == "date") == (kind == "date")


def test_the_matrix_asks_for_fields_of_the_nested_events() -> None:
    (matrix,) = [panel for panel in all_panels() if panel.body]
    asked = re.findall(r'"field": "([\w.]+)"', json.dumps(matrix.body))
    assert {fields(matrix.view)[field] for field in asked} == {"nested"}
    assert matrix.body["aggs"]["events"]["nested"]["path"] == "supply_events"


def test_every_field_of_data_views_searches_controls_and_queries_exists() -> None:
    for view in of_type("index-pattern"):
        known = fields(view["id"])
        attributes = view["attributes"]
        named = set(json.loads(attributes["fieldAttrs"])) | set(json.loads(attributes["fieldFormatMap"]))
        assert named <= set(known), view["id"]
        if "timeFieldName" in attributes:
            assert known[attributes["timeFieldName"]] == "date"
    for name, view_id, _, columns, order in searches():
        assert set(columns) <= set(fields(view_id)), name
        assert {fields(view_id)[field] for field in order} <= COUNTABLE, name
    for view_id, query in queries():
        named = kql_fields(query)
        assert named, query
        assert named <= set(fields(view_id)), query
    for dashboard in of_type("dashboard"):
        group = dashboard["attributes"]["controlGroupInput"]
        for control in json.loads(group["panelsJSON"]).values() if group else ():
            chosen = control["explicitInput"]
            assert fields(chosen["dataViewId"])[chosen["fieldName"]] in COUNTABLE


def test_links_and_durations_are_shown_as_such() -> None:
    formats = {view["id"]: json.loads(view["attributes"]["fieldFormatMap"]) for view in of_type("index-pattern")}
    assert formats["veille-stories"]["url"]["id"] == "url"
    assert formats["veille-alerts"]["story_url"]["id"] == "url"
    assert formats["veille-stories"]["clocks.freshness_seconds"]["id"] == "duration"
    status = {e["key"]: e["value"] for e in formats["veille-stories"]["supply.status"]["params"]["lookupEntries"]}
    assert status == french.STATUS


def test_every_code_that_the_records_know_has_a_french_label() -> None:
    assert list(french.STATUS) == list(Status.__args__)
    assert list(french.MATERIEL) == list(Materiel.__args__)
    assert set(french.ENTRY_STATE) == set(EntryState)
    assert set(french.SKIP_REASON) == set(SkipReason)
    assert set(french.FEED_STATE) == set(FeedState.model_fields["state"].annotation.__args__)
    assert french.party("KP") == Locale("fr").territories["KP"]
    assert french.party("a-new-group") == "A new group"


def test_the_default_route_leads_to_the_supply_watch() -> None:
    settings = json.loads((SCHEMAS / "kibana" / "settings.json").read_text(encoding="utf-8"))["changes"]
    (dashboard,) = re.findall(r"/app/dashboards#/view/(.+)", settings["defaultRoute"])
    assert dashboard in {one["id"] for one in of_type("dashboard")}
    assert settings["defaultIndex"] in {one["id"] for one in of_type("index-pattern")}


def test_the_rule_watches_the_alerts_by_their_time() -> None:
    rule = json.loads((SCHEMAS / "kibana" / "rule.json").read_text(encoding="utf-8"))
    uuid.UUID(rule["id"])
    params = rule["body"]["params"]
    assert params["index"] == ["veille-alerts"]
    assert fields("veille-alerts")[params["timeField"]] == "date"
    json.loads(params["esQuery"])


def test_the_sources_name_only_dashboards_that_are_built() -> None:
    files = {path.stem for path in build.SOURCE.glob("*.yaml")} - {"data_views", "searches"}
    assert files == set(build.DASHBOARDS)
    for name in files:
        assert yaml.safe_load((build.SOURCE / f"{name}.yaml").read_text(encoding="utf-8"))["dashboards"]
