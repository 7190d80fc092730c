"""The command line as a person or a script meets it: exit codes, one line for an error, a demonstration that works."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from pipeline.newsroom import Newsroom


def veille(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VEILLE_")}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from pipeline.cli import main; sys.exit(main())", *arguments],
        env=clean | {"VEILLE_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _refusing(hosts: str) -> Iterator[None]:
    """These ports refuse connections, and nobody else is given them meanwhile."""
    with ExitStack() as held:
        for host in hosts.split(","):
            name, _, port = host.partition(":")
            silent = held.enter_context(socket.socket())
            silent.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            silent.bind((name, int(port)))
        yield


@pytest.mark.parametrize(
    "arguments", [(), ("nonsense",), ("run", "--often"), ("search", "x", "--status", "given"), ("tag", "a", "b", "c")]
)
def test_a_wrong_call_prints_usage_and_exits_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = veille(*arguments, home=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: veille")
    assert done.stdout == ""


def test_a_setting_that_cannot_be_is_named(tmp_path: Path) -> None:
    done = veille("ledger", home=tmp_path, VEILLE_HOST_DELAY="soon")
    assert done.returncode == 1
    assert done.stderr.startswith("veille: SettingsInvalid: VEILLE_HOST_DELAY: ")
    assert len(done.stderr.splitlines()) == 1


def test_an_engine_url_that_is_none_is_named(tmp_path: Path) -> None:
    done = veille("ledger", home=tmp_path, VEILLE_ELASTICSEARCH_URL="localhost")
    assert done.returncode == 1
    assert done.stderr.startswith("veille: SettingsInvalid: VEILLE_ELASTICSEARCH_URL: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("run",), ("ledger",), ("engine", "start")])
def test_a_home_that_cannot_be_written_is_one_clear_line(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = veille(*command, home=tmp_path / "file" / "home")
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["explain", "evaluate"])
@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00\xbb"])
def test_a_file_with_nothing_to_read_in_it_is_one_clear_line(command: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_bytes(content)
    done = veille(command, str(tmp_path / "story.txt"), home=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("veille: InputInvalid: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("run",), ("search", "obus"), ("ledger",), ("demo",)])
def test_an_engine_that_is_down_is_one_clear_line(command: tuple[str, ...], tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{_free_port()}"
    done = veille(*command, home=tmp_path, VEILLE_ELASTICSEARCH_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith("veille: EngineUnavailable: ")
    assert url in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.engine
def test_without_a_network_each_feed_says_what_failed_and_nothing_is_lost(engine_url: str, tmp_path: Path) -> None:
    with Newsroom(state=tmp_path / "newsroom.json") as newsroom:
        feeds = newsroom.write_registry(tmp_path / "feeds.csv")
        environment = {
            "VEILLE_ELASTICSEARCH_URL": engine_url,
            "VEILLE_INDEX_PREFIX": f"cli-{os.getpid()}-{tmp_path.name}".lower(),
            "VEILLE_ALLOW_PRIVATE_HOSTS": newsroom.allow_hosts,
            "VEILLE_HOST_DELAY": "0",
        }
        ids = [feed.id for outlet in newsroom.outlets for feed in outlet.feeds]
    with _refusing(environment["VEILLE_ALLOW_PRIVATE_HOSTS"]):
        done = veille("run", "--feeds", str(feeds), home=tmp_path, **environment)
    assert done.returncode == 1
    for id_ in ids:
        assert f"{id_}: Unreachable" in done.stdout
    with Newsroom(state=tmp_path / "newsroom.json"):
        done = veille("run", "--feeds", str(feeds), "--json", home=tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {feed["status"] for feed in report["feeds"]} == {"changed"}
    assert report["stories"]["new"] == report["entries"]["indexed"] > 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_demonstration_twice_and_what_it_says_to_try_next(tmp_path: Path) -> None:
    try:
        first = veille("demo", home=tmp_path)
        assert first.returncode == 0, first.stderr
        for said in ("Supply events", "KP → RU", "Nearest to the seed article", "skipped: gone", "veille search"):
            assert said in first.stdout
        assert "Nothing new." in veille("demo", home=tmp_path).stdout
        found = json.loads(veille("search", "munitions nord-coréennes", "--json", home=tmp_path).stdout)
        assert found
        near = veille("search", "--near-seed", home=tmp_path)
        assert near.returncode == 0
        assert near.stdout
        assert veille("ledger", home=tmp_path).returncode == 0
        assert "removed" in veille("demo", "--remove", home=tmp_path).stdout
        assert veille("alerts", "--json", home=tmp_path).stdout == ""
    finally:
        veille("engine", "stop", home=tmp_path)
