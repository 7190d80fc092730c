"""A thousand light feeds, for measurements: what is served costs next to nothing, so that the client is measured.

Belongs here: feeds without articles behind them, all unchanged or all changed on demand. Does not belong here:
anything that is read for what it says.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from pipeline.newsroom import dates
from pipeline.newsroom.outlets import to_csv
from pipeline.newsroom.server import Answer, Request, Server

_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Fil {feed}</title><link>{root}/</link>'
)
_ITEM = (
    "<item><title>Dépêche {n} du fil {feed} : le point sur la situation</title><link>{root}/a/{feed}/{n}</link>"
    '<guid isPermaLink="true">{root}/a/{feed}/{n}</guid><pubDate>{date}</pubDate><description>'
    "Un résumé de la longueur habituelle, deux phrases en moyenne, pour la dépêche {n}. Il n'en dit pas davantage, "
    "comme la plupart des flux de la presse, et renvoie à la page.</description></item>"
)
_PAGE = (
    '<!DOCTYPE html><html lang="fr"><head><title>Dépêche {n} du fil {feed}</title></head><body><article>'
    "<h1>Dépêche {n} du fil {feed}</h1><p>La dépêche {n} du fil {feed} tient en quelques lignes. Elle n'apprend rien "
    "à personne, mais elle est longue d'un paragraphe entier.</p></article></body></html>"
)


class SyntheticNewsroom:
    """`feeds` feeds of `items` items each, spread over `ports` ports. `counts` has requests by status, and `bytes`."""

    def __init__(self, feeds: int = 1_000, items: int = 30, ports: int = 50, *, now: datetime | None = None) -> None:
        self.feeds = feeds
        self.items = items
        self.counts: Counter[str] = Counter()
        self._ports = ports
        self._now = (now or datetime.now(UTC)).replace(microsecond=0)
        self._revision = 1
        self._roots: list[str] = []
        self._server = Server(self._answer, self._log)

    def start(self) -> Self:
        self._server.start()
        self._roots = [f"127.0.0.1:{self._server.open()}" for _ in range(self._ports)]
        return self

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def allow_hosts(self) -> str:
        return ",".join(self._roots)

    def feeds_csv(self) -> str:
        """The registry: feeds `fil-0`, `fil-1`, ..., each port a publisher."""
        rows = []
        for number in range(self.feeds):
            root = f"http://{self._roots[number % self._ports]}"
            publisher = f"editeur-{number % self._ports}"
            rows.append(
                {
                    "id": f"fil-{number}",
                    "name": f"Fil {number}",
                    "feed_url": f"{root}/fil/{number}",
                    "site_url": f"{root}/",
                    "country": "FR",
                    "kind": "national",
                    "category": "a-la-une",
                    "language": "fr",
                    "publisher": publisher,
                    "family": publisher,
                    "timezone": "Europe/Paris",
                    "confidence": "high",
                    "terms": "fictional",
                    "enabled": "true",
                    "min_items_per_week": "0",
                    "min_dated_share": "0",
                }
            )
        return to_csv(rows)

    def change(self) -> None:
        """From now on every feed has `items` items that were not there before."""
        self._revision += 1
        self._now += timedelta(minutes=10)

    def _answer(self, request: Request) -> Answer:
        parts = request.target.split("/")
        root = f"http://127.0.0.1:{request.port}"
        if len(parts) == 3 and parts[1] == "fil":
            return self._feed(request, root, parts[2])
        if len(parts) == 4 and parts[1] == "a":
            page = _PAGE.format(feed=parts[2], n=parts[3])
            return Answer(200, (("Content-Type", "text/html; charset=utf-8"),), page.encode())
        return Answer(404)

    def _feed(self, request: Request, root: str, feed: str) -> Answer:
        etag = f'"{feed}-{self._revision}"'
        headers = (("Content-Type", "application/rss+xml; charset=utf-8"), ("ETag", etag))
        if request.headers.get("if-none-match") == etag:
            return Answer(304, headers)
        newest, date = self._revision * self.items, dates.rfc822(self._now, "Europe/Paris")
        numbers = range(newest, newest - self.items, -1)
        items = "".join(_ITEM.format(n=n, feed=feed, root=root, date=date) for n in numbers)
        return Answer(200, headers, f"{_HEAD.format(feed=feed, root=root)}{items}</channel></rss>".encode())

    def _log(self, request: Request, answer: Answer, sent: int) -> None:
        self.counts[str(answer.status)] += 1
        self.counts["bytes"] += sent
