"""`veille brief` and `veille alerts` from the command line."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import alerts
from pipeline.cli import alerts as alerts_command
from pipeline.cli import brief as brief_command
from pipeline.cli.since import before, since
from pipeline.errors import InputInvalid
from pipeline.index import Store
from pipeline.settings import Settings
from tests.kibana.samples import event, story


def run(settings: Settings, *arguments: str) -> int:
    top = argparse.ArgumentParser(prog="veille")
    commands = top.add_subparsers(required=True)
    for module in (alerts_command, brief_command):
        module.register(commands)
    chosen = top.parse_args(arguments)
    return int(chosen.run(chosen, settings))


@pytest.fixture
def filled(store: Store, settings: Settings) -> Settings:
    now = datetime.now(UTC)
    coming = [story("a", "rfi", event("KP", "RU", "delivered", "ammunition"), at=now - timedelta(hours=3))]
    alerts.raise_alerts(store, settings, alerts.load_rules(), {}, coming, now - timedelta(hours=2))
    store.put_stories(coming)
    for kind in ("stories", "alerts"):
        store.refresh(kind)
    return settings


@pytest.mark.engine
def test_alerts_are_shown_to_people_and_to_programs(filled: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(filled, "alerts") == 0
    assert "Nouvelle dyade, Corée du Nord → Russie : munitions, livré." in capsys.readouterr().out.replace("\n", " ")
    assert run(filled, "alerts", "--json", "--since", "24h") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["dyad"] == "KP→RU"
    assert run(filled, "alerts", "--json", "--since", "1h") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.engine
def test_the_feed_says_where_it_is(filled: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(filled, "alerts", "feed") == 0
    path = Path(capsys.readouterr().out.strip())
    assert path == filled.home / "alerts.xml"
    assert path.read_bytes().startswith(b"<?xml")


@pytest.mark.engine
def test_the_briefing_goes_where_it_is_told(
    filled: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(filled, "brief") == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")
    target = tmp_path / "week.md"
    assert run(filled, "brief", "--since", "2w", "--output", str(target)) == 0
    assert target.read_text(encoding="utf-8").startswith("# Qui arme qui")
    assert run(filled, "brief", "--output", str(target), "--format", "html") == 0
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.engine
def test_what_cannot_be_done_is_said(filled: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="cannot be written"):
        run(filled, "brief", "--output", "/proc/no/such/page.html")
    with pytest.raises(InputInvalid, match="has not come yet"):
        run(filled, "brief", "--since", "2999-01-01")


@pytest.mark.parametrize("text", ["yesterday", "7", "d", "-3d", "0d", "2026-13-01", ""])
def test_a_wrong_since_is_a_wrong_call(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        since(text)


def test_since_as_people_write_it() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert before(now, since("36h")) == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert before(now, since("2w")) == datetime(2026, 11, 8, tzinfo=UTC)
    assert before(now, since("2026-11-15")) == datetime(2026, 11, 14, 23, tzinfo=UTC)  # a Parisian day
    assert before(now, since("2026-11-15T08:00:00+02:00")) == datetime(2026, 11, 15, 6, tzinfo=UTC)
