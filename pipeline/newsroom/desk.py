"""The desk: what is out, and what each path of each outlet shows when nothing is broken.

Belongs here: publishing, revising, withdrawing; path to good answer. Does not belong here: what is broken (`room`),
mark-up (`pages`, `feeds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pipeline.newsroom import pages
from pipeline.newsroom.answers import found
from pipeline.newsroom.articles import Article
from pipeline.newsroom.feeds import feed_xml
from pipeline.newsroom.outlets import Outlet
from pipeline.newsroom.pages import Published
from pipeline.newsroom.server import Answer
from pipeline.newsroom.trouble import page


class Desk:
    """Not safe for threads: `Newsroom` holds a lock around it.

    Args:
        roots: `127.0.0.1:port` by outlet.
        opened_at: the modification instant of what has none of its own.
    """

    def __init__(
        self,
        outlets: tuple[Outlet, ...],
        roots: Mapping[str, str],
        opened_at: datetime,
        *,
        crawl_delay: float | None,
        feed_size: int,
    ) -> None:
        self._outlets = {outlet.id: outlet for outlet in outlets}
        self._roots = roots
        self._opened_at = opened_at
        self._crawl_delay = crawl_delay
        self._feed_size = feed_size
        self._edition = 0
        self.shown: dict[str, Published] = {}
        """Everything that was ever out, by article id."""
        self._by_path: dict[tuple[str, str], Published] = {}
        self._answers: dict[tuple[str, str], Answer] = {}

    def in_feeds(self) -> list[Published]:
        """What is not withdrawn, newest first."""
        shown = [one for one in self.shown.values() if not one.withdrawn]
        return sorted(shown, key=lambda one: (one.published_at, one.id), reverse=True)

    def publish(self, article: Article, outlet: str, at: datetime) -> Published:
        where = self._outlets[outlet]
        if article.section not in where.sections:
            article = replace(article, section=next(iter(where.sections)))
        url = f"http://{self._roots[outlet]}{where.path(article, at)}"
        return self._show(Published(article, where, url, at, at))

    def revise(self, article: str, at: datetime) -> Published:
        before = self.shown[article]
        if before.revision + 1 == len(before.article.versions):
            raise LookupError(f"{article} has no further version")
        modified = max(before.modified_at, at)
        return self._show(replace(before, revision=before.revision + 1, modified_at=modified))

    def withdraw(self, article: str) -> Published:
        return self._show(replace(self.shown[article], withdrawn=True))

    def reshuffle(self) -> None:
        self._edition += 1
        self._answers.clear()

    def answer(self, outlet: str, target: str) -> Answer:
        """What the path has, made once and kept until something changes.

        Tracking parameters are ignored, as real sites do; a query that names the article is not one.
        """
        path, _, query = target.partition("?")
        candidates = (path, target, f"{path}?{query.partition('&')[0]}")
        target = next((one for one in candidates if (outlet, one) in self._by_path), target)
        key = (outlet, target)
        if key not in self._answers:
            self._answers[key] = self._made(self._outlets[outlet], target)
        return self._answers[key]

    def _show(self, shown: Published) -> Published:
        outlet = shown.outlet
        path = shown.url.removeprefix(f"http://{self._roots[outlet.id]}")
        self.shown[shown.id] = self._by_path[outlet.id, path] = shown
        for stale in (path, "/", *(feed.path for feed in outlet.feeds)):
            self._answers.pop((outlet.id, stale), None)
        return shown

    def _made(self, outlet: Outlet, target: str) -> Answer:
        root = self._roots[outlet.id]
        for feed in outlet.feeds:
            if target == feed.path:
                items = self._items(outlet, feed.sections)
                built = max((one.modified_at for one in items), default=self._opened_at)
                return found(feed_xml(feed, outlet, root, items, built), feed.content_type, built)
        if shown := self._by_path.get((outlet.id, target)):
            return self._article(shown, outlet)
        match target.partition("?")[0]:
            case "/robots.txt":
                return found(self._robots(root).encode(), "text/plain; charset=utf-8", self._opened_at)
            case "/":
                return self._html(outlet, pages.front_page(outlet, root, self._items(outlet, ())), self._opened_at)
            case _:
                return page(404, "Page introuvable", "La page que vous demandez n’existe pas ou n’existe plus.")

    def _article(self, shown: Published, outlet: Outlet) -> Answer:
        if shown.withdrawn:
            return page(410, "Article supprimé", "Cet article n’est plus disponible.")
        match shown.article.page:
            case "dead-link":
                return page(404, "Page introuvable", "L’adresse a peut-être changé.")
            case "pdf":
                return found(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(20_000), "application/pdf", shown.modified_at)
            case _:
                others = [one for one in self.shown.values() if one.outlet.id == outlet.id]
                made = pages.article_page(shown, others, edition=self._edition)
                return self._html(outlet, made, shown.modified_at)

    def _html(self, outlet: Outlet, text: str, modified: datetime) -> Answer:
        body = text.encode(outlet.encoding, "xmlcharrefreplace")
        return found(body, f"text/html; charset={outlet.encoding}", modified)

    def _items(self, outlet: Outlet, sections: tuple[str, ...]) -> list[Published]:
        mine = [one for one in self.in_feeds() if one.outlet.id == outlet.id]
        return [one for one in mine if not sections or one.article.section in sections][: self._feed_size]

    def _robots(self, root: str) -> str:
        delay = f"Crawl-delay: {self._crawl_delay:g}\n" if self._crawl_delay is not None else ""
        return (
            f"User-agent: *\nDisallow: /abonnes/\nDisallow: /recherche\n{delay}\nSitemap: http://{root}/sitemap.xml\n"
        )
