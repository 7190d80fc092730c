"""The newsroom itself: what is out, what was asked, what is broken.

`Newsroom` serves each outlet on a loopback port of its own and may be changed while it runs: articles are published,
revised and withdrawn, and paths, feeds and outlets broken and mended.

Belongs here: state, and which request gets which answer. Does not belong here: mark-up (`pages`, `feeds`), bad answers
(`trouble`), sockets (`server`), driving it from another process (`process`).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from pipeline.newsroom import dates, pages
from pipeline.newsroom.articles import Article, library
from pipeline.newsroom.feeds import feed_xml
from pipeline.newsroom.invented import invented
from pipeline.newsroom.outlets import Outlet, outlets, registry_rows, to_csv
from pipeline.newsroom.pages import Published
from pipeline.newsroom.server import Answer, Manner, Request, Server
from pipeline.newsroom.trouble import TROUBLES, Trouble, page

_GZIP_LIMIT = 2_000_000


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
        self.articles = library() if articles is None else {article.id: article for article in articles}
        self.crawl_delay = crawl_delay
        self.feed_size = feed_size
        self.requests: list[Logged] = []
        """Every request so far, in order."""
        self.edition = 0
        self._state = state
        remembered = json.loads(state.read_text("utf-8")) if state and state.exists() else {}
        self._ports: dict[str, int] = dict(remembered.get("ports", {}))
        if isinstance(now, datetime):
            self._clock: Callable[[], datetime] = lambda: now
        else:
            self._clock = now or (lambda: datetime.now(UTC))
        opened = remembered.get("opened_at")
        self.opened_at = datetime.fromisoformat(opened) if opened else self._clock().replace(microsecond=0)
        self._shown: dict[str, Published] = {}
        self._by_path: dict[tuple[str, str], Published] = {}
        self._troubles: dict[tuple[str, str | None], Trouble] = {}
        self._closed: set[str] = set()
        self._answers: dict[tuple[str, str], Answer] = {}
        self._gzipped: dict[str, bytes] = {}
        self._lock = threading.RLock()
        self._server = Server(self._answer, self._log)

    # --- opening and closing ---------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Open the ports and publish every article that is not held back."""
        self._server.start()
        for outlet in self.outlets:
            try:
                self._ports[outlet.id] = self._server.open(self._ports.get(outlet.id, 0))
            except OSError:
                # Somebody else has the remembered port: the outlet moves, and its articles are new ones.
                self._ports[outlet.id] = self._server.open()
        if self._state:
            self._state.parent.mkdir(parents=True, exist_ok=True)
            kept = {"opened_at": self.opened_at.isoformat(), "ports": self._ports}
            self._state.write_text(json.dumps(kept), "utf-8")
        for article in self.articles.values():
            if not article.held:
                self.publish(article, at=self.opened_at - article.age)
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
        return ",".join(self.root(outlet.id) for outlet in self.outlets)

    def feeds_csv(self) -> str:
        """The registry of this newsroom: one row per feed."""
        return to_csv(registry_rows(self.outlets, {o.id: f"http://{self.root(o.id)}" for o in self.outlets}))

    def write_registry(self, path: Path) -> Path:
        path.write_text(self.feeds_csv(), "utf-8")
        return path

    def root(self, outlet: str) -> str:
        """`127.0.0.1:port` of an outlet."""
        return f"127.0.0.1:{self._ports[outlet]}"

    def url(self, target: str) -> str:
        """The URL of an article, a feed, an outlet (its home page), or `outlet/path`; URLs stay as they are."""
        if target.startswith("http://"):
            return target
        outlet, path = self._locate(target)
        return f"http://{self.root(outlet)}{path or '/'}"

    # --- what is out -----------------------------------------------------------------------------------------------

    @property
    def published(self) -> tuple[Published, ...]:
        """Everything that is in a feed, newest first."""
        with self._lock:
            shown = [one for one in self._shown.values() if not one.withdrawn]
        return tuple(sorted(shown, key=lambda one: (one.published_at, one.id), reverse=True))

    def publish(self, article: Article | str, *, outlet: str | None = None, at: datetime | None = None) -> Published:
        """Put an article out (a held one by its id): its page, and an item in its outlet's feeds.

        Args:
            outlet: another outlet than the article's own; its first section is taken where it lacks the article's.
            at: the publication instant; by default the present one.
        """
        chosen = self.articles[article] if isinstance(article, str) else article
        where = self._outlet(outlet or chosen.outlet)
        if chosen.section not in where.sections:
            chosen = replace(chosen, section=next(iter(where.sections)))
        instant = (at or self._clock()).replace(microsecond=0)
        url = f"http://{self.root(where.id)}{where.path(chosen, instant)}"
        shown = Published(chosen, where, url, instant, instant)
        with self._lock:
            return self._show(shown)

    def invent(self, count: int = 1, *, first: int = 1, outlet: str | None = None) -> tuple[Published, ...]:
        """Publish this many made-up articles, all different, numbered from `first`: for tests that need many."""
        return tuple(self.publish(invented(number, outlet)) for number in range(first, first + count))

    def revise(self, article: str, *, at: datetime | None = None) -> Published:
        """Show the next version of an article that has one; the feeds say so too.

        Raises:
            LookupError: there is no further version.
        """
        with self._lock:
            before = self._shown[article]
            if before.revision + 1 == len(before.article.versions):
                raise LookupError(f"{article} has no further version")
            instant = max(before.modified_at, (at or self._clock()).replace(microsecond=0))
            return self._show(replace(before, revision=before.revision + 1, modified_at=instant))

    def withdraw(self, article: str) -> Published:
        """Take an article out of the feeds; its page answers 410."""
        with self._lock:
            return self._show(replace(self._shown[article], withdrawn=True))

    def reshuffle(self) -> None:
        """New adverts, counters, comments and related links on every page; the articles stay as they are."""
        with self._lock:
            self.edition += 1
            self._answers.clear()

    def _show(self, shown: Published) -> Published:
        outlet = shown.outlet
        path = shown.url.removeprefix(f"http://{self.root(outlet.id)}")
        self._shown[shown.id] = self._by_path[outlet.id, path] = shown
        for stale in (path, "/", *(feed.path for feed in outlet.feeds)):
            self._answers.pop((outlet.id, stale), None)
        return shown

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
            else:
                self._troubles.pop(self._locate(target), None)
        for outlet in [self._locate(target)[0]] if target else list(self._closed):
            if outlet in self._closed:
                self._closed.discard(outlet)
                self._server.open(self._ports[outlet])

    def requests_to(self, target: str) -> list[Logged]:
        """The requests to an article, a feed, an outlet or a path so far."""
        outlet, path = self._locate(target)
        return [one for one in list(self.requests) if one.outlet == outlet and path in (None, one.path)]

    def _outlet(self, id: str) -> Outlet:
        return next(outlet for outlet in self.outlets if outlet.id == id)

    def _locate(self, target: str) -> tuple[str, str | None]:
        """(outlet, path) of a target; no path for an outlet."""
        if target.startswith("http://"):
            parts = urlsplit(target)
            outlet = next(id for id, port in self._ports.items() if port == parts.port)
            return outlet, parts.path + (f"?{parts.query}" if parts.query else "")
        if target in self._shown:
            shown = self._shown[target]
            return self._locate(shown.url)
        for outlet_ in self.outlets:
            if target == outlet_.id:
                return outlet_.id, None
            for feed in outlet_.feeds:
                if target == feed.id:
                    return outlet_.id, feed.path
            if target.startswith(f"{outlet_.id}/"):
                return outlet_.id, target.removeprefix(outlet_.id)
        raise KeyError(target)

    # --- answering -------------------------------------------------------------------------------------------------

    def _log(self, request: Request, answer: Answer, sent: int) -> None:
        outlet = next(id for id, port in self._ports.items() if port == request.port)
        logged = Logged(datetime.now(UTC), request.method, outlet, request.target, answer.status, request.headers, sent)
        self.requests.append(logged)

    def _answer(self, request: Request) -> Answer:
        outlet = next(outlet for outlet in self.outlets if self._ports[outlet.id] == request.port)
        with self._lock:
            good = self._good(outlet, request.target)
            trouble = self._trouble(outlet.id, request.target)
            if trouble:
                spoiled = trouble.spoil(good)
                if spoiled.body != good.body and spoiled.status == 200 and spoiled.header("ETag"):
                    spoiled = replace(spoiled, headers=spoiled.with_header("ETag", _etag(spoiled.body)))
                good = spoiled
            return self._packed(request, _conditional(request, good))

    def _trouble(self, outlet: str, path: str) -> Trouble | None:
        for key in ((outlet, path), (outlet, None)):
            trouble = self._troubles.get(key)
            if trouble and trouble.left != 0:
                return trouble
        return None

    def _good(self, outlet: Outlet, target: str) -> Answer:
        """What the path has when nothing is broken, made once and kept until something changes."""
        path, _, query = target.partition("?")
        known = (path, target, f"{path}?{query.partition('&')[0]}")
        # Tracking parameters are ignored, as real sites do; a query that names the article is not one.
        path = next((one for one in known if (outlet.id, one) in self._by_path), target)
        key = (outlet.id, path)
        if key not in self._answers:
            self._answers[key] = self._made(outlet, path)
        return self._answers[key]

    def _made(self, outlet: Outlet, target: str) -> Answer:
        root = self.root(outlet.id)
        path = target.partition("?")[0]
        for feed in outlet.feeds:
            if target == feed.path:
                items = self._items(outlet, feed.sections)
                built = max((one.modified_at for one in items), default=self.opened_at)
                body = feed_xml(feed, outlet, root, items, built)
                return _found(body, feed.content_type, built)
        if shown := self._by_path.get((outlet.id, target)):
            return self._article(shown, outlet)
        if path == "/robots.txt":
            return _found(self._robots(root).encode(), "text/plain; charset=utf-8", self.opened_at)
        if path == "/":
            front = pages.front_page(outlet, root, self._items(outlet, ()))
            charset = f"text/html; charset={outlet.encoding}"
            return _found(front.encode(outlet.encoding, "xmlcharrefreplace"), charset, self.opened_at)
        return page(404, "Page introuvable", "La page que vous demandez n’existe pas ou n’existe plus.")

    def _article(self, shown: Published, outlet: Outlet) -> Answer:
        if shown.withdrawn:
            return page(410, "Article supprimé", "Cet article n’est plus disponible.")
        match shown.article.page:
            case "dead-link":
                return page(404, "Page introuvable", "L’adresse a peut-être changé.")
            case "pdf":
                return _found(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(20_000), "application/pdf", shown.modified_at)
            case _:
                others = [one for one in self._shown.values() if one.outlet.id == outlet.id]
                body = pages.article_page(shown, others, edition=self.edition)
                charset = f"text/html; charset={outlet.encoding}"
                return _found(body.encode(outlet.encoding, "xmlcharrefreplace"), charset, shown.modified_at)

    def _items(self, outlet: Outlet, sections: tuple[str, ...]) -> list[Published]:
        mine = [one for one in self.published if one.outlet.id == outlet.id]
        return [one for one in mine if not sections or one.article.section in sections][: self.feed_size]

    def _robots(self, root: str) -> str:
        delay = f"Crawl-delay: {self.crawl_delay:g}\n" if self.crawl_delay is not None else ""
        return (
            f"User-agent: *\nDisallow: /abonnes/\nDisallow: /recherche\n{delay}\nSitemap: http://{root}/sitemap.xml\n"
        )

    def _packed(self, request: Request, answer: Answer) -> Answer:
        """Gzip where the client takes it and nothing about the answer is odd."""
        wanted = "gzip" in request.headers.get("accept-encoding", "")
        if not wanted or not answer.body or answer.header("Content-Encoding") or answer.manner != Manner():
            return answer
        if len(answer.body) > _GZIP_LIMIT:
            return answer
        key = _etag(answer.body)
        if key not in self._gzipped:
            self._gzipped[key] = gzip.compress(answer.body, 6, mtime=0)
        return replace(answer, headers=answer.with_header("Content-Encoding", "gzip"), body=self._gzipped[key])


def _etag(body: bytes) -> str:
    """Weak: the gzipped body has the same."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'


def _found(body: bytes, content_type: str, modified: datetime) -> Answer:
    headers = (
        ("Content-Type", content_type),
        ("ETag", _etag(body)),
        ("Last-Modified", dates.http_date(modified)),
        ("Cache-Control", "no-cache"),
        ("Vary", "Accept-Encoding"),
    )
    return Answer(200, headers, body)


def _conditional(request: Request, answer: Answer) -> Answer:
    """304 where the client has it already (RFC 9110, section 13.1: If-None-Match goes before If-Modified-Since)."""
    if answer.status != 200 or request.method not in ("GET", "HEAD"):
        return answer
    etag, modified = answer.header("ETag"), answer.header("Last-Modified")
    known, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if known is not None:
        same = etag is not None and (known == "*" or etag in [one.strip() for one in known.split(",")])
    elif since is not None and modified is not None:
        instant = _instant(since)
        same = instant is not None and parsedate_to_datetime(modified) <= instant
    else:
        same = False
    return replace(answer, status=304, body=b"") if same else answer


def _instant(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
