"""Driving a newsroom over HTTP: `POST /_control/VERB` with a JSON object of arguments.

Belongs here: verbs, and records as JSON. Does not belong here: the verbs' work (`room`, `synthetic`), or the client
(`process`).
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pipeline.newsroom.pages import Published
from pipeline.newsroom.room import Newsroom
from pipeline.newsroom.synthetic import SyntheticNewsroom

PREFIX = "/_control/"


def verbs(newsroom: Newsroom | SyntheticNewsroom) -> Mapping[str, Callable[..., Any]]:
    """What may be asked for, by name."""
    common = {"feeds_csv": newsroom.feeds_csv, "allow_hosts": lambda: newsroom.allow_hosts}
    if isinstance(newsroom, SyntheticNewsroom):
        return {**common, "change": newsroom.change, "counts": lambda: dict(newsroom.counts)}
    return {
        **common,
        "published": lambda: newsroom.published,
        "publish": newsroom.publish,
        "write": newsroom.write,
        "invent": newsroom.invent,
        "revise": newsroom.revise,
        "withdraw": newsroom.withdraw,
        "reshuffle": newsroom.reshuffle,
        "break_": newsroom.break_,
        "mend": newsroom.mend,
        "url": newsroom.url,
        "requests": lambda: list(newsroom.requests),
        "requests_to": newsroom.requests_to,
    }


def plain(value: Any) -> Any:
    """A result as JSON has it."""
    if isinstance(value, Published):
        article = value.article
        return {
            "id": value.id,
            "outlet": value.outlet.id,
            "url": value.url,
            "title": value.version.title,
            "published_at": value.published_at.isoformat(),
            "revision": value.revision,
            "page": article.page,
            "outcome": article.outcome,
            "reasons": list(article.reasons),
            "supply": value.version.supply,
        }
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: plain(item) for name, item in dataclasses.asdict(value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


class Control:
    """The control port of a newsroom, on loopback."""

    def __init__(self, newsroom: Newsroom | SyntheticNewsroom) -> None:
        known = verbs(newsroom)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, answer = _call(known, self.path.removeprefix(PREFIX), body)
                data = json.dumps(answer, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: standard error belongs to what goes wrong."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="control", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _call(known: Mapping[str, Callable[..., Any]], verb: str, body: bytes) -> tuple[int, Any]:
    if verb not in known:
        return 404, {"error": f"no such verb; there are {', '.join(sorted(known))}"}
    try:
        return 200, {"result": plain(known[verb](**json.loads(body or b"{}")))}
    except (LookupError, TypeError, ValueError) as error:
        return 400, {"error": repr(error)}
