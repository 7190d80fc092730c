"""`veille tag`, `veille explain`, `veille evaluate` as scripts call them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.settings import Settings

GOOD = {"id": "1", "title": "Berlin livre des chars", "text": "L'Allemagne a livré dix chars Leopard à l'Ukraine."}


def test_each_line_gets_one_answer_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stories.jsonl"
    path.write_text(json.dumps(GOOD) + "\n\n" + json.dumps({"id": 2, "title": "Rien", "text": "Rien."}) + "\n", "utf-8")
    assert cli.main(["tag", str(path)]) == 0
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (first["id"], first["military_supply"], second["id"], second["military_supply"]) == ("1", True, 2, False)
    (event,) = first["events"]
    assert (event["supplier"], event["recipient"], event["materiel"], event["status"]) == (
        "DE", "UA", ["armoured-vehicles"], "delivered",
    )  # fmt: skip
    assert event["quantity"] == {"value": 10, "unit": "chars Leopard"}
    assert {"sentence", "start", "end", "field", "rule", "triggers"} == set(event["evidence"][0])


def test_standard_input_is_read_by_default(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(GOOD).encode()), encoding="utf-8"))
    assert cli.main(["tag"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "1"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"title": "a", "text": "b"}', "no `id`"),
        ('{"id": 1, "title": 7, "text": "b"}', "`title` is not a text"),
        ('{"id": 1}', "neither `title` nor `text`"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    path = tmp_path / "stories.jsonl"
    path.write_text(f"{line}\n{json.dumps(GOOD)}\n", "utf-8")
    assert cli.main(["tag", str(path)]) == 1
    out, err = capsys.readouterr()
    assert [json.loads(answer)["id"] for answer in out.splitlines()] == ["1"]
    assert f"line 1: {said}" in err
    assert "1 line could not be read" in err
    assert "Traceback" not in err


def test_a_missing_file_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tag", "no/such/file.jsonl"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("veille: InputInvalid: no/such/file.jsonl")
    assert len(err.splitlines()) == 1


def test_a_file_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "story.txt"
    path.write_text(f"{GOOD['title']}\n{GOOD['text']}\n", "utf-8")
    assert cli.main(["explain", str(path)]) == 0
    out = capsys.readouterr().out
    assert "MILITARY SUPPLY" in out
    assert "DE→UA delivered" in out
    assert cli.main(["explain", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events"][0]["supplier"] == "DE"


def test_evaluate_prints_every_measure_and_the_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {"supplier": "FR", "recipient": "UA", "materiel": ["drones"], "status": "pledged"}
    path = tmp_path / "labelled.jsonl"
    path.write_text(json.dumps({**GOOD, "relevant": True, "events": [wrong]}) + "\n", "utf-8")
    assert cli.main(["evaluate", str(path)]) == 0
    out = capsys.readouterr().out
    for piece in (
        "article",
        "dyad",
        "joint",
        "status on found dyads",
        "missed FR→UA pledged",
        "false  DE→UA delivered",
    ):
        assert piece in out
    assert cli.main(["evaluate", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["article"]["f1"] == 1.0


def test_a_file_that_is_not_labelled_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stories.jsonl"
    path.write_text(json.dumps(GOOD) + "\n", "utf-8")
    assert cli.main(["evaluate", str(path)]) == 1
    assert "line 1: no `relevant` and `events`" in capsys.readouterr().err


@pytest.mark.engine
def test_an_unknown_story_is_one_clear_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VEILLE_ELASTICSEARCH_URL", settings.elasticsearch_url or "")
    monkeypatch.setenv("VEILLE_INDEX_PREFIX", settings.index_prefix)
    monkeypatch.setenv("VEILLE_HOME", str(settings.home))
    assert cli.main(["explain", "no-such-story"]) == 1
    err = capsys.readouterr().err
    assert "neither a file nor the id of an indexed story" in err
    assert len(err.splitlines()) == 1
