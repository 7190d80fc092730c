"""What people find when they open Kibana: dashboards, searches, settings, the rule on the alerts.

Belongs here: sending the files of `schemas/kibana/` to Kibana, over what is there. Does not belong here: what is in
them, and how they are compiled.

APIs: https://www.elastic.co/docs/api/doc/kibana (saved objects, roles, alerting).
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from pipeline.deploy.access import READER, reader_role
from pipeline.deploy.api import Api
from pipeline.errors import EngineRefused

HEADERS = {"kbn-xsrf": "veille"}
"""Kibana refuses a changing request without it."""

INTERNAL = {"x-elastic-internal-origin": "Kibana"}
"""Advanced settings have no public API in Kibana 9; their own page uses this one, and Kibana asks for the header."""

CREATE_ONLY = ("rule_type_id", "consumer", "enabled")
"""Fields of a rule that Kibana takes when it is made and refuses when it is changed."""


def put_role(kibana: Api, prefix: str) -> None:
    """The readers' role: made by Kibana, which alone knows what its application privileges mean."""
    kibana.ask("PUT", f"/api/security/role/{READER}", reader_role(prefix))


def import_objects(kibana: Api) -> int:
    """Data views, searches and dashboards, over those of the same id; how many.

    Raises:
        EngineRefused: Kibana could not take one of them; it names the first.
    """
    body = _file("veille.ndjson")
    answer = kibana.ask(
        "POST",
        "/api/saved_objects/_import?overwrite=true",
        files={"file": ("veille.ndjson", body, "application/ndjson")},
    )
    if not answer.get("success"):
        first = (answer.get("errors") or [{}])[0]
        raise EngineRefused(f"import of {first.get('type')} {first.get('id')}: {first.get('error')}", url=kibana.url)
    return int(answer["successCount"])


def put_settings(kibana: Api) -> None:
    """Default route, time range and formats of the space."""
    kibana.ask("POST", "/internal/kibana/settings", json.loads(_file("settings.json")), headers=INTERNAL)


def put_rule(kibana: Api) -> bool:
    """The rule that watches the alerts index; True when it is new. What a person added to its actions is kept."""
    rule: dict[str, Any] = json.loads(_file("rule.json"))
    path = f"/api/alerting/rule/{rule['id']}"
    if not kibana.found(path):
        kibana.ask("POST", path, rule["body"])
        return True
    standing = kibana.ask("GET", path)
    body = {name: value for name, value in rule["body"].items() if name not in CREATE_ONLY}
    body["actions"] = [_as_sent(action) for action in standing.get("actions") or []] or body.get("actions", [])
    kibana.ask("PUT", path, body)
    return False


def _as_sent(action: dict[str, Any]) -> dict[str, Any]:
    """An action of a rule without what Kibana adds when it answers."""
    return {name: value for name, value in action.items() if name != "connector_type_id"}


def _file(name: str) -> bytes:
    return (resources.files("schemas") / "kibana" / name).read_bytes()
