"""Set-up: what it asks of Elasticsearch and Kibana, and that asking again does no harm."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.deploy import access, kibana, secrets, setup, snapshots
from pipeline.deploy.api import Api
from pipeline.errors import EngineRefused, EngineUnavailable, SettingsInvalid
from tests.airflow.recorder import Recorder

REPOSITORY = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(b"id-1:secret").decode()
OTHER_KEY = base64.b64encode(b"id-2:secret").decode()


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def api(server: Recorder) -> Iterator[Api]:
    with Api(server.url, user="elastic", password="a-password") as api:
        yield api


# --- the pipeline's API key


def test_a_first_key_is_made_and_only_its_owner_can_read_the_file(server: Recorder, api: Api, tmp_path: Path) -> None:
    server.answers["POST /_security/api_key"] = (200, {"id": "id-1", "encoded": KEY})
    file = tmp_path / "pipeline"

    assert access.pipeline_key(api, file, "veille") is True

    assert file.read_text() == KEY + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert server.lines() == ["DELETE /_security/api_key", "POST /_security/api_key"]
    asked = server.only("POST /_security/api_key")
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"elastic:a-password").decode()
    assert asked.json["role_descriptors"] == access.pipeline_rights("veille")


def test_a_key_that_works_is_kept_and_gets_todays_rights(server: Recorder, api: Api, tmp_path: Path) -> None:
    file = tmp_path / "pipeline"
    file.write_text(KEY)

    assert access.pipeline_key(api, file, "veille") is False

    assert file.read_text() == KEY
    assert server.only("GET /_security/_authenticate").headers["authorization"] == f"ApiKey {KEY}"
    assert server.only("PUT /_security/api_key/id-1").json == {"role_descriptors": access.pipeline_rights("veille")}
    assert "POST /_security/api_key" not in server.lines()


def test_a_refused_key_is_replaced_and_the_old_ones_end(server: Recorder, api: Api, tmp_path: Path) -> None:
    server.answers["GET /_security/_authenticate"] = (401, {"error": "invalidated"})
    server.answers["POST /_security/api_key"] = (200, {"id": "id-2", "encoded": OTHER_KEY})
    file = tmp_path / "pipeline"
    file.write_text(KEY)

    assert access.pipeline_key(api, file, "veille") is True

    assert file.read_text().strip() == OTHER_KEY
    assert server.only("DELETE /_security/api_key").json == {"name": "veille-pipeline", "owner": True}


def test_the_pipelines_key_can_neither_manage_nor_reach_beyond_its_indices() -> None:
    (role,) = access.pipeline_rights("veille").values()

    assert set(role["cluster"]) == {"monitor"}
    (indices,) = role["indices"]
    assert indices["names"] == ["veille-*"]
    forbidden = {"all", "manage", "create_index", "delete_index", "manage_ilm", "auto_configure"}
    assert not forbidden & set(indices["privileges"])


def test_readers_can_only_read() -> None:
    role = access.reader_role("veille")

    assert role["elasticsearch"]["cluster"] == []
    (indices,) = role["elasticsearch"]["indices"]
    assert set(indices["privileges"]) == {"read", "view_index_metadata"}
    assert role["kibana"] == [{"base": ["read"], "feature": {}, "spaces": ["default"]}]


# --- Kibana


def test_saved_objects_go_over_what_is_there(server: Recorder, api: Api) -> None:
    server.answers["POST /api/saved_objects/_import?overwrite=true"] = (200, {"success": True, "successCount": 9})

    assert kibana.import_objects(api) == 9

    asked = server.only("POST /api/saved_objects/_import?overwrite=true")
    assert asked.headers["content-type"].startswith("multipart/form-data")
    assert (REPOSITORY / "schemas/kibana/veille.ndjson").read_bytes() in asked.body


def test_an_object_that_kibana_does_not_take_is_named(server: Recorder, api: Api) -> None:
    problem = {"type": "dashboard", "id": "veille-x", "error": {"type": "missing_references"}}
    server.answers["POST /api/saved_objects/_import?overwrite=true"] = (200, {"success": False, "errors": [problem]})

    with pytest.raises(EngineRefused, match=r"dashboard veille-x.*missing_references"):
        kibana.import_objects(api)


def test_settings_are_sent_with_the_headers_kibana_asks_for(server: Recorder) -> None:
    with Api(server.url, headers=kibana.HEADERS) as api:
        kibana.put_settings(api)

    asked = server.only("POST /internal/kibana/settings")
    assert asked.headers["kbn-xsrf"]
    assert asked.headers["x-elastic-internal-origin"] == "Kibana"
    assert asked.json["changes"]["defaultRoute"].startswith("/app/dashboards#/view/")


def test_the_default_route_is_a_dashboard_that_is_imported() -> None:
    route = json.loads((REPOSITORY / "schemas/kibana/settings.json").read_text())["changes"]["defaultRoute"]
    objects = [json.loads(line) for line in (REPOSITORY / "schemas/kibana/veille.ndjson").read_text().splitlines()]

    assert route.rpartition("/")[2] in {one["id"] for one in objects if one.get("type") == "dashboard"}


def test_a_rule_is_made_once_and_keeps_the_actions_a_person_added(server: Recorder, api: Api) -> None:
    rule = json.loads((REPOSITORY / "schemas/kibana/rule.json").read_text())
    path = f"/api/alerting/rule/{rule['id']}"
    server.answers[f"GET {path}"] = (404, {})

    assert kibana.put_rule(api) is True
    assert server.only(f"POST {path}").json == rule["body"]

    action = {"id": "mail", "group": "query matched", "params": {"to": ["a@example.org"]}}
    server.answers[f"GET {path}"] = (200, {"actions": [{**action, "connector_type_id": ".email"}]})
    assert kibana.put_rule(api) is False
    sent = server.only(f"PUT {path}").json
    assert sent["actions"] == [action]
    assert not {"rule_type_id", "consumer", "enabled"} & set(sent)
    assert sent["schedule"] == rule["body"]["schedule"]


# --- errors, order, settings


def test_a_server_that_comes_up_late_is_waited_for(server: Recorder, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.deploy.api.PAUSE_SECONDS", 0.01)
    answers = iter([(503, {}), (503, {}), (200, {})])
    server.answers["GET /api/status"] = lambda _: next(answers)

    api.wait("/api/status", 30)

    assert len(server.asked) == 3


def test_a_server_that_never_comes_up_is_an_error_with_its_url(server: Recorder, api: Api) -> None:
    server.answers["GET /"] = (503, {"error": "starting"})

    with pytest.raises(EngineUnavailable, match=r"127\.0\.0\.1.*503.*starting"):
        api.wait("/", -1)


def test_a_wrong_password_ends_the_wait_at_once_and_is_not_shown(server: Recorder, api: Api) -> None:
    server.answers["GET /"] = (401, {"error": "unable to authenticate user [elastic]"})

    with pytest.raises(EngineRefused, match="unable to authenticate") as caught:
        api.wait("/", 30)
    assert "a-password" not in str(caught.value)


def test_no_server_is_an_error_not_a_traceback() -> None:
    with Api("http://127.0.0.1:9") as api, pytest.raises(EngineUnavailable, match="ConnectError"):
        api.ask("GET", "/")


@pytest.fixture
def variables(server: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    values = {
        "ELASTICSEARCH_URL": server.url,
        "KIBANA_URL": server.url,
        "ELASTIC_PASSWORD": "elastic-secret",
        "KIBANA_PASSWORD": "kibana-secret",
        "READER_PASSWORD": "reader-secret",
        "KEY_FILE": str(tmp_path / "pipeline"),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"VEILLE_SETUP_{name}", value)
    return values


def test_kibanas_step_gives_readers_their_role_before_their_user(
    server: Recorder, variables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    server.answers["POST /api/saved_objects/_import?overwrite=true"] = (200, {"success": True, "successCount": 9})

    assert setup.main(["kibana"]) == 0

    lines = server.lines()
    role, user = "PUT /api/security/role/veille_reader", "PUT /_security/user/veille_reader"
    assert lines[0] == "GET /api/status"
    assert lines.index(role) < lines.index(user) < lines.index("POST /api/saved_objects/_import?overwrite=true")
    assert server.only(user).json["roles"] == ["veille_reader"]
    assert "reader-secret" not in capsys.readouterr().out


def test_a_step_that_fails_says_so_on_one_line_and_exits_1(
    server: Recorder, variables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    server.answers["PUT /api/security/role/veille_reader"] = (403, {"message": "not yours"})

    assert setup.main(["kibana"]) == 1

    told = capsys.readouterr().err
    assert told.startswith("set-up: EngineRefused: ")
    assert "not yours" in told
    assert told.count("\n") == 1


def test_elasticsearchs_step_works_with_a_key_that_it_ends_again(
    server: Recorder, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = iter([KEY, OTHER_KEY])
    server.answers["POST /_security/api_key"] = lambda _: (200, {"id": "id", "encoded": next(keys)})

    def refuse(_: Any) -> tuple[int, Any]:
        return 403, {"error": {"type": "security_exception", "reason": "only asked for its credentials"}}

    server.answers["GET /"] = lambda asked: (
        refuse(asked) if asked.headers["authorization"].startswith("ApiKey") else (200, {})
    )

    # The indices cannot be made on a server that is none; what matters is who asked, and that the key is ended.
    assert setup.main(["elasticsearch"]) == 1

    assert server.lines()[:2] == ["GET /", "POST /_security/user/kibana_system/_password"]
    assert server.only("POST /_security/user/kibana_system/_password").json == {"password": "kibana-secret"}
    with_key = [asked for asked in server.asked if asked.headers["authorization"] == f"ApiKey {OTHER_KEY}"]
    assert [str(asked) for asked in with_key] == ["GET /"]
    assert str(server.asked[-1]) == "DELETE /_security/api_key"
    assert server.asked[-1].json["name"] == "veille-setup"


def test_snapshots_are_of_our_indices_alone(server: Recorder, api: Api) -> None:
    snapshots.put_policy(api, "veille")

    policy = server.only("PUT /_slm/policy/veille-nightly").json
    assert policy["config"] == {"indices": ["veille-*"], "include_global_state": False}
    assert policy["repository"] in server.lines()[0]


@pytest.mark.parametrize("arguments", [[], ["everything"], ["kibana", "elasticsearch"]])
def test_a_wrong_call_prints_usage_and_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: ")


def test_a_missing_variable_is_named(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VEILLE_SETUP_ELASTIC_PASSWORD")

    with pytest.raises(SettingsInvalid, match="VEILLE_SETUP_ELASTIC_PASSWORD"):
        setup.load()


# --- make secrets

EXAMPLE = "# a comment\nA_PASSWORD=\nA_KEY=\n\nPORT=5601\n"


def test_every_empty_name_gets_a_secret_of_its_own() -> None:
    text, added = secrets.complete(EXAMPLE, "")
    values = dict(secrets.assignments(text))

    assert added == ["A_PASSWORD", "A_KEY", "PORT"]
    assert text.startswith("# a comment\n")
    assert values["PORT"] == "5601"
    assert len(values["A_PASSWORD"]) == 32
    assert len(values["A_KEY"]) == 64
    assert secrets.complete(EXAMPLE, "")[0] != text


def test_what_is_there_is_kept_to_the_byte() -> None:
    present = "A_PASSWORD='my own'\n# mine\nA_KEY=\nPORT=1"

    text, added = secrets.complete(EXAMPLE + "NEW_KEY=\n", present)

    assert text.startswith(present + "\n")
    assert added == ["NEW_KEY"]


def test_a_fernet_key_is_32_bytes_in_url_safe_base64() -> None:
    assert len(base64.urlsafe_b64decode(secrets.value_for("AIRFLOW_FERNET_KEY"))) == 32


def test_the_file_is_its_owners_alone_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(EXAMPLE)
    umask = os.umask(0)
    try:
        assert secrets.main(tmp_path) == 0
    finally:
        os.umask(umask)
    first = (tmp_path / ".env").read_text()

    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert secrets.main(tmp_path) == 0
    assert (tmp_path / ".env").read_text() == first
