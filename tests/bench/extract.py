"""Page to story: what is found and what it costs beside bare trafilatura; the replay beside the live run.

Quality is measured on real pages where they are at hand (`../shared/pages`); without them only the cost is, on the
pages of the sample newsroom.
"""

from __future__ import annotations

import asyncio
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import structlog
from trafilatura import bare_extraction

from pipeline import flow, registry
from pipeline.extract import extract
from pipeline.index import Store
from pipeline.newsroom import NewsroomProcess
from pipeline.records import Entry, Page
from pipeline.replay.archive import replay_archive
from pipeline.replay.stored import replay_index
from pipeline.settings import Settings
from pipeline.workers import Workers
from tests.bench.engines import engine_url
from tests.extract import test_golden as quality
from tests.extract.making import FEED, PUBLISHER, entry

ROUNDS = 7
"""Each page is measured so often, both ways in turn; its fastest round counts, as the machine is not ours alone."""
INVENTED = 300
"""Articles beside the newsroom's own in the replay: enough for starting the workers not to count."""
COST_TARGET = 1.15
REPLAY_TARGET = 3.0


def main() -> None:
    logging.disable(logging.CRITICAL)  # trafilatura says a lot about pages without text
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: ""])
    with tempfile.TemporaryDirectory() as folder:
        pages = _pages()
        if (quality.REAL / "gold.json").exists():
            _quality(Settings(home=Path(folder)))
            _options()
        _cost(pages)
        asyncio.run(_workers(pages, Settings(home=Path(folder))))
        _replay(Path(folder))


# --- what is found ---------------------------------------------------------------------------------------------


def _quality(settings: Settings) -> None:
    found = quality.measure(settings)
    print(f"segments on {len(found.gold)} real pages: F1 {found.f1:.4f} (target >= 0.93)")
    for name, f1 in found.words.items():
        published = found.stories[name].clocks.published_at
        wanted = datetime.fromisoformat(found.gold[name]["published"])
        apart = abs((published - wanted).total_seconds()) if published else float("inf")
        print(f"words of {name}: F1 {f1:.4f} (target >= 0.985), publication {apart:.0f} s off (target < 60)")


def _options() -> None:
    """The options of trafilatura by themselves, on the same segments: why the chosen ones were chosen."""
    for focus, fast, comments, dedup in product(
        ("balanced", "precision", "recall"), (True, False), (False, True), (False, True)
    ):
        wanted = {f"favor_{focus}": True} if focus != "balanced" else {}
        right = wrong = missed = 0
        began = time.perf_counter()
        for row in quality.gold():
            page = (quality.REAL / row["file"]).read_bytes()
            done = bare_extraction(page, fast=fast, include_comments=comments, deduplicate=dedup, **wanted)
            text = " ".join((getattr(done, "text", None) or "").split())
            hits = [" ".join(segment.split()) in text for segment in row.get("with", [])]
            right, missed = right + sum(hits), missed + len(hits) - sum(hits)
            wrong += sum(" ".join(segment.split()) in text for segment in row.get("without", []))
        f1 = 2 * right / (2 * right + wrong + missed)
        named = f"{focus}, {'fast' if fast else 'full'}{', comments' if comments else ''}{', dedup' if dedup else ''}"
        print(f"plain trafilatura, {named}: F1 {f1:.4f}, {1000 * (time.perf_counter() - began):.0f} ms")


# --- what it costs ---------------------------------------------------------------------------------------------


def _pages() -> list[tuple[Page, Entry]]:
    now = datetime.now(UTC)

    def page(url: str, body: bytes) -> tuple[Page, Entry]:
        return Page(url, url, 200, (("content-type", "text/html"),), body, now), entry(url, published_at=now)

    if (quality.REAL / "gold.json").exists():
        return [page(row["url"], (quality.REAL / row["file"]).read_bytes()) for row in quality.gold()]
    return [page(quality.URLS[kind], (quality.PAGES / f"{kind}.html").read_bytes()) for kind in quality.URLS]


def _cost(pages: Sequence[tuple[Page, Entry]]) -> None:
    now = datetime.now(UTC)
    bare: list[float] = []
    ours: list[float] = []
    for page, known in pages:
        both: tuple[Callable[[], Any], Callable[[], Any]] = (
            lambda page=page: bare_extraction(page.body, url=page.url),
            lambda page=page, known=known: extract(page, known, FEED, PUBLISHER, now=now),
        )
        best = [float("inf"), float("inf")]
        for _, (which, work) in product(range(ROUNDS), enumerate(both)):
            began = time.perf_counter()
            work()
            best[which] = min(best[which], 1000 * (time.perf_counter() - began))
        bare.append(best[0])
        ours.append(best[1])
    for name, pick in (("p50", statistics.median), ("p95", _p95)):
        ratio = pick(ours) / pick(bare)
        print(
            f"page to story {name}: {pick(ours):.1f} ms, bare trafilatura {pick(bare):.1f} ms, "
            f"ratio {ratio:.2f} (target <= {COST_TARGET})"
        )


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


async def _workers(pages: Sequence[tuple[Page, Entry]], settings: Settings) -> None:
    now = datetime.now(UTC)
    with Workers(settings, tagger=False) as workers:

        async def all_of_them() -> None:
            await asyncio.gather(*(workers.extract(page, known, FEED, PUBLISHER, now=now) for page, known in pages))

        began = time.perf_counter()
        await all_of_them()
        print(f"extraction workers, start to first pages: {time.perf_counter() - began:.2f} s")
        began = time.perf_counter()
        for _ in range(ROUNDS):
            await all_of_them()
        rate = ROUNDS * len(pages) / (time.perf_counter() - began)
        print(f"extraction, {settings.extraction_workers} workers: {rate:.0f} pages/s")


# --- the replay ------------------------------------------------------------------------------------------------


def _replay(folder: Path) -> None:
    """A live run over the newsroom on loopback, then the same pages from the archive."""
    from pipeline.tag import Tagger

    Tagger.load()  # once per process, not per page
    with engine_url() as url, NewsroomProcess(folder / "newsroom.json", feed_size=1_000) as newsroom:
        settings = Settings(
            home=folder / "home",
            elasticsearch_url=url,
            index_prefix=f"bench-extract-{os.getpid()}",
            feeds=newsroom.write_registry(folder / "feeds.csv"),
            allow_private_hosts=frozenset(newsroom.allow_hosts.split(",")),
            host_delay=0.0,
        )
        newsroom.invent(INVENTED)
        flow.bootstrap(settings)
        known = registry.load(settings.feeds)
        with Store.open(settings) as store:
            try:
                began = time.perf_counter()
                asyncio.run(flow.poll(settings, force=True))
                done = flow.ingest(settings)
                live = time.perf_counter() - began
                report = replay_archive(settings, known, store, now=flow.utc_now)
                again = replay_archive(settings, known, store, now=flow.utc_now, diff=True)
                tagged = replay_index(store)
                live_ms, replay_ms = 1000 * live / report.pages, 1000 * report.seconds / report.pages
                print(f"live run: {live_ms:.1f} ms per page ({report.pages} pages, {done.new} stories)")
                print(
                    f"replay from the archive: {replay_ms:.1f} ms per page, {live_ms / replay_ms:.1f} times as fast "
                    f"(target >= {REPLAY_TARGET:.0f} or the limit)"
                )
                print(f"  of it without writing (--diff): {1000 * again.seconds / again.pages:.1f} ms per page")
                stories = sum(tagged.stories.values())
                print(
                    f"  of it tagging, as a replay from the index: {1000 * tagged.seconds / stories:.1f} ms per story"
                )
                print(f"changes of a replay right after the run: {len(report.changes)} (target 0)")
            finally:
                for name in store.client.indices.get(index=f"{settings.index_prefix}-*"):
                    store.client.indices.delete(index=name)


if __name__ == "__main__":
    main()
