"""The pipeline's API key can do enough. No Elasticsearch with security runs here; so a gate before the real engine lets
through what the key's rights cover, request by request, and refuses everything else as Elasticsearch would."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline import flow
from pipeline.deploy import access
from pipeline.errors import EngineRefused
from pipeline.index import Store
from pipeline.newsroom import Newsroom
from pipeline.settings import Settings

ASKS_FOR = (
    # https://www.elastic.co/docs/reference/elasticsearch/security-privileges
    ("monitor", r"GET /"),
    ("read", r"(GET|POST) /(\S+/)?_(search|count|mget)"),
    ("read", r"GET /\S+/_doc/\S+"),
    ("read", r"POST /\S+/_pit"),
    ("read", r"DELETE /_pit"),
    ("write", r"(PUT|POST) /(\S+/)?_bulk"),
    ("write", r"(PUT|POST) /\S+/_(doc|create|update)(/\S+)?"),
    ("maintenance", r"POST /\S+/_refresh"),
    ("view_index_metadata", r"GET /_alias/\S+"),
    ("view_index_metadata", r"GET /\S+/_(mapping|settings|alias)"),
    ("view_index_metadata", r"HEAD /[^/_]\S*"),
)
"""Privilege, and the requests it allows. What is not here (making, deleting, closing or reshaping an index; cluster
settings; security) needs a privilege that the key does not have."""


def privilege(line: str) -> str | None:
    return next((name for name, pattern in ASKS_FOR if re.fullmatch(pattern, line)), None)


class Gate(ThreadingHTTPServer):
    """Forwards to the engine what the rights cover; keeps what it refused."""

    daemon_threads = True

    def __init__(self, engine_url: str, rights: set[str]) -> None:
        self.refused: list[str] = []
        parts = urlsplit(engine_url)
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                line = f"{self.command} {urlsplit(self.path).path}"
                if privilege(line) not in rights:
                    gate.refused.append(line)
                    reason = {"type": "security_exception", "reason": f"unauthorized: {line}"}
                    self.answer(403, json.dumps({"error": {"root_cause": [reason], **reason}}).encode(), {})
                    return
                connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                connection.request(self.command, self.path, body, headers)
                answered = connection.getresponse()
                self.answer(answered.status, answered.read(), dict(answered.getheaders()))
                connection.close()

            def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                kept = {name.lower(): value for name, value in headers.items()}
                kept.setdefault("content-type", "application/json")
                kept["x-elastic-product"] = "Elasticsearch"
                for name in ("content-type", "content-encoding", "x-elastic-product"):
                    if name in kept:
                        self.send_header(name, kept[name])
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

            def log_message(self, format: str, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def gate(engine_url: str) -> Iterator[Gate]:
    (role,) = access.pipeline_rights("veille").values()
    rights = {*role["cluster"], *role["indices"][0]["privileges"]}
    with Gate(engine_url, rights) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def keyed(settings: Settings, gate: Gate) -> Settings:
    """The settings of a service that has only the pipeline's key."""
    return settings.model_copy(update={"elasticsearch_url": f"http://127.0.0.1:{gate.server_address[1]}"})


@pytest.mark.engine
def test_the_key_is_enough_to_find_everything_in_place(keyed: Settings, gate: Gate, store: Store) -> None:
    with Store.open(keyed) as narrow:
        narrow.bootstrap(plant_seeds=False)

    assert gate.refused == []


@pytest.mark.engine
def test_the_key_is_not_enough_to_make_an_index(keyed: Settings, gate: Gate) -> None:
    with Store.open(keyed) as narrow, pytest.raises(EngineRefused, match="unauthorized: PUT"):
        narrow.bootstrap(plant_seeds=False)

    assert gate.refused


@pytest.mark.slow
@pytest.mark.engine
def test_the_key_is_enough_to_poll_ingest_sweep_and_search(
    settings: Settings, keyed: Settings, gate: Gate, tmp_path: Path
) -> None:
    flow.bootstrap(settings)
    with Newsroom() as newsroom:
        mine = keyed.model_copy(
            update={
                "feeds": newsroom.write_registry(tmp_path / "feeds.csv"),
                "allow_private_hosts": frozenset(newsroom.allow_hosts.split(",")),
                "host_delay": 0.0,
            }
        )
        flow.bootstrap(mine)
        polled = asyncio.run(flow.poll(mine, force=True))
        report = flow.ingest(mine)
        newsroom.reshuffle()
        asyncio.run(flow.poll(mine, force=True))
        flow.sweep(mine)

    assert polled.new_ids
    assert report.stories
    assert gate.refused == []
