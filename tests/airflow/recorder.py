"""A small HTTP server that keeps what it was asked and answers what a test put down: how set-up speaks is tested on
the wire, because no Elasticsearch with security and no Kibana runs here."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


Answer = tuple[int, Any]


class Recorder:
    """Answers `answers["METHOD /path"]`, a (status, JSON) pair or a function of the request; else 200 and {}."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[str, Answer | Callable[[Asked], Answer]] = {}
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, self.rfile.read(length))
                recorder.asked.append(asked)
                answer = recorder.answers.get(str(asked), (200, {}))
                status, body = answer(asked) if callable(answer) else answer
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_PUT = do_POST = do_DELETE = handle_any

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def lines(self) -> list[str]:
        """`METHOD /path` of every request, in order."""
        return [str(asked) for asked in self.asked]

    def only(self, line: str) -> Asked:
        """The one request of this line."""
        (asked,) = [asked for asked in self.asked if str(asked) == line]
        return asked

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
