"""The newsroom itself: its ports, its requests, and what is broken.

`Newsroom` serves each outlet on a loopback port of its own and may be changed while it runs: articles are published,
revised and withdrawn, and paths, feeds and outlets broken and mended.

Belongs here: opening and closing, troubles, the log. Does not belong here: what is out (`desk`), bad answers
(`trouble`), sockets (`server`), driving it from another process (`process`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from pipeline.newsroom.answers import Packer, conditional, etag
from pipeline.newsroom.articles import Article, article, library
from pipeline.newsroom.desk import Desk
from pipeline.newsroom.invented import invented
from pipeline.newsroom.outlets import outlets, registry_rows, to_csv
from pipeline.newsroom.pages import Published
from pipeline.newsroom.server import Answer, Request, Server
from pipeline.newsroom.trouble import TROUBLES, Trouble


@dataclass(frozen=True, slots=True)
class Logged:
    """A request as it was answered; `bytes` of the body as sent."""

    at: datetime
    method: str
    outlet: str
    path: str
    status: int
    headers: dict[str, str]
    bytes: int


class Newsroom:
    """The sample newsroom. A context manager; or `start()` and `stop()`. Methods may be called from any thread.

    Args:
        now: the instant of opening, from which the articles' ages count. A function is asked again for each later
            publication; None is the real clock; a fixed instant makes everything repeatable.
        state: a JSON file that keeps ports and opening instant, so that a newsroom opened again has the same URLs.
        crawl_delay: seconds that each robots.txt asks for.
        feed_size: how many items a feed carries at most.
        articles: other articles than those of the package.
    """

    def __init__(
        self,
        now: datetime | Callable[[], datetime] | None = None,
        *,
        state: Path | None = None,
        crawl_delay: float | None = None,
        feed_size: int = 60,
        articles: Iterable[Article] | None = None,
    ) -> None:
        self.outlets = outlets()
        self.articles = dict(library()) if articles is None else {one.id: one for one in articles}
        """All that may be published, by id."""
        self.requests: list[Logged] = []
        """Every request so far, in order."""
        if isinstance(now, datetime):
            self._clock: Callable[[], datetime] = lambda: now
        else:
            self._clock = now or (lambda: datetime.now(UTC))
        self._state = state
        kept = json.loads(state.read_text("utf-8")) if state and state.exists() else {}
        self._ports: dict[str, int] = dict(kept.get("ports", {}))
        opened = kept.get("opened_at")
        self.opened_at = datetime.fromisoformat(opened) if opened else self._clock().replace(microsecond=0)
        self._roots: dict[str, str] = {}
        self._desk = Desk(self.outlets, self._roots, self.opened_at, crawl_delay=crawl_delay, feed_size=feed_size)
        self._troubles: dict[tuple[str, str | None], Trouble] = {}
        self._closed: set[str] = set()
        self._packer = Packer()
        self._lock = threading.RLock()
        self._server = Server(self._answer, self._log)

    # --- opening and closing ---------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Open the ports and publish every article that is not held back."""
        self._server.start()
        for outlet in self.outlets:
            try:
                port = self._server.open(self._ports.get(outlet.id, 0))
            except OSError:
                # Somebody else has the remembered port: the outlet moves, and its articles are new ones.
                port = self._server.open()
            self._ports[outlet.id], self._roots[outlet.id] = port, f"127.0.0.1:{port}"
        if self._state:
            self._state.parent.mkdir(parents=True, exist_ok=True)
            kept = {"opened_at": self.opened_at.isoformat(), "ports": self._ports}
            self._state.write_text(json.dumps(kept), "utf-8")
        for one in self.articles.values():
            if not one.held:
                self.publish(one, at=self.opened_at - one.age)
        return self

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- for the registry ------------------------------------------------------------------------------------------

    @property
    def allow_hosts(self) -> str:
        """For `VEILLE_ALLOW_PRIVATE_HOSTS`: `127.0.0.1:8001,127.0.0.1:8002,...`."""
        return ",".join(self._roots.values())

    def feeds_csv(self) -> str:
        """The registry of this newsroom: one row per feed."""
        return to_csv(registry_rows(self.outlets, {id: f"http://{root}" for id, root in self._roots.items()}))

    def write_registry(self, path: Path) -> Path:
        path.write_text(self.feeds_csv(), "utf-8")
        return path

    def url(self, target: str) -> str:
        """The URL of an article, a feed, an outlet (its home page), or `outlet/path`; URLs stay as they are."""
        if target.startswith("http://"):
            return target
        outlet, path = self._locate(target)
        return f"http://{self._roots[outlet]}{path or '/'}"

    # --- what is out -----------------------------------------------------------------------------------------------

    @property
    def published(self) -> tuple[Published, ...]:
        """Everything that is not withdrawn, newest first."""
        with self._lock:
            return tuple(self._desk.in_feeds())

    def publish(self, article: Article | str, *, outlet: str | None = None, at: datetime | None = None) -> Published:
        """Put an article out (one of `articles` by its id): its page, and an item in its outlet's feeds.

        Args:
            outlet: another outlet than the article's own; its first section is taken where it lacks the article's.
            at: the publication instant; by default the present one.
        """
        chosen = self.articles[article] if isinstance(article, str) else article
        with self._lock:
            return self._desk.publish(chosen, outlet or chosen.outlet, self._instant(at))

    def write(self, outlet: str, title: str, paragraphs: Sequence[str], *, id: str | None = None) -> Published:
        """Publish an article of one's own now. The same id again replaces it."""
        made = article(id or f"{outlet}-main-{len(self._desk.shown)}", outlet, title, list(paragraphs))
        return self.publish(made)

    def invent(self, count: int = 1, *, first: int = 1, outlet: str | None = None) -> tuple[Published, ...]:
        """Publish this many made-up articles, all different, numbered from `first`: for tests that need many."""
        return tuple(self.publish(invented(number, outlet)) for number in range(first, first + count))

    def revise(self, article: str, *, at: datetime | None = None) -> Published:
        """Show the next version of an article; the feeds say so too.

        Raises:
            LookupError: there is no further version.
        """
        with self._lock:
            return self._desk.revise(article, self._instant(at))

    def withdraw(self, article: str) -> Published:
        """Take an article out of the feeds; its page answers 410."""
        with self._lock:
            return self._desk.withdraw(article)

    def reshuffle(self) -> None:
        """New adverts, counters, comments and related links on every page; the articles stay as they are."""
        with self._lock:
            self._desk.reshuffle()

    def _instant(self, at: datetime | None) -> datetime:
        return (at or self._clock()).replace(microsecond=0)

    # --- trouble ---------------------------------------------------------------------------------------------------

    def break_(self, target: str, how: str, times: int | None = None, **options: Any) -> None:
        """Make a target misbehave, for the next `times` answers or until it is mended.

        Args:
            target: an article, a feed or an outlet by id, a URL of this newsroom, or `outlet/path`.
            how: a name of `trouble.TROUBLES`; `loop`, a redirect to itself; `down`, the outlet's port closed.
            options: of that trouble: `retry_after=`, `to=`, `seconds=`...

        Raises:
            KeyError: no such target, or no such trouble.
        """
        outlet, path = self._locate(target)
        if how == "down":
            self._closed.add(outlet)
            self._server.close(self._ports[outlet])
            return
        if how == "loop":
            how, options = "302", {"to": path or "/"}
        if how not in TROUBLES:
            raise KeyError(how)
        with self._lock:
            self._troubles[outlet, path] = Trouble(how, options, times)

    def mend(self, target: str | None = None) -> None:
        """End the trouble of one target, or all troubles."""
        with self._lock:
            if target is None:
                self._troubles.clear()
                reopened = set(self._closed)
            else:
                self._troubles.pop(self._locate(target), None)
                reopened = self._closed & {self._locate(target)[0]}
        for outlet in reopened:
            self._closed.discard(outlet)
            self._server.open(self._ports[outlet])

    def requests_to(self, target: str) -> list[Logged]:
        """The requests to an article, a feed, an outlet or a path so far."""
        outlet, path = self._locate(target)
        return [one for one in list(self.requests) if one.outlet == outlet and path in (None, one.path)]

    def _locate(self, target: str) -> tuple[str, str | None]:
        """(outlet, path) of a target; no path for an outlet."""
        if target.startswith("http://"):
            parts = urlsplit(target)
            return self._outlet_at(parts.port or 80), parts.path + (f"?{parts.query}" if parts.query else "")
        if target in self._desk.shown:
            return self._locate(self._desk.shown[target].url)
        for outlet in self.outlets:
            if target == outlet.id:
                return outlet.id, None
            for feed in outlet.feeds:
                if target == feed.id:
                    return outlet.id, feed.path
            if target.startswith(f"{outlet.id}/"):
                return outlet.id, target.removeprefix(outlet.id)
        raise KeyError(target)

    def _outlet_at(self, port: int) -> str:
        return next(id for id, known in self._ports.items() if known == port)

    # --- answering, in the server's thread ---------------------------------------------------------------------------

    def _answer(self, request: Request) -> Answer:
        outlet = self._outlet_at(request.port)
        with self._lock:
            answer = self._desk.answer(outlet, request.target)
            trouble = self._trouble(outlet, request.target)
            if trouble:
                spoiled = trouble.spoil(answer)
                # A changed body under the old validator would be hidden behind a 304.
                if spoiled.body != answer.body and spoiled.header("ETag"):
                    spoiled = replace(spoiled, headers=spoiled.with_header("ETag", etag(spoiled.body)))
                answer = spoiled
            return self._packer.pack(request, conditional(request, answer))

    def _trouble(self, outlet: str, target: str) -> Trouble | None:
        for path in (target, target.partition("?")[0], None):
            trouble = self._troubles.get((outlet, path))
            if trouble and trouble.left != 0:
                return trouble
        return None

    def _log(self, request: Request, answer: Answer, sent: int) -> None:
        at, outlet = datetime.now(UTC), self._outlet_at(request.port)
        self.requests.append(Logged(at, request.method, outlet, request.target, answer.status, request.headers, sent))
