"""End to end: pages a second from fetched HTML to indexed story, beside bare trafilatura on the same pages with the
same number of processes; memory of an ingest process."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, cast

import psutil
import structlog

from pipeline import flow
from pipeline import registry as registries
from pipeline.errors import Retry, Skip
from pipeline.index import Store
from pipeline.ingest import Desk, IngestReport, index_batch, open_desk, read_batch
from pipeline.ledger import Claimed, Ledger
from pipeline.newsroom.process import NewsroomProcess
from pipeline.records import Page
from pipeline.settings import Settings
from tests.bench.engines import engine_url


def _bare(html: bytes) -> int:
    from trafilatura import bare_extraction

    found = bare_extraction(html, with_metadata=True)
    return len(found.text or "") if found else 0


def main() -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: ""])
    with engine_url() as url, tempfile.TemporaryDirectory() as folder:
        _rates(url, Path(folder))


ROUNDS = 5


class _Fetched:
    """Stands where the fetcher stands and gives pages that were fetched before: what is measured begins there."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self._pages = pages

    async def page(self, url: str) -> Page:
        return self._pages[url]


def _rates(url: str, folder: Path) -> None:
    with NewsroomProcess(folder / "newsroom.json", feed_size=1_000) as newsroom:
        settings = Settings(
            home=folder / "home",
            elasticsearch_url=url,
            index_prefix=f"bench-{os.getpid()}",
            feeds=newsroom.write_registry(folder / "feeds.csv"),
            allow_private_hosts=frozenset(newsroom.allow_hosts.split(",")),
            host_delay=0.0,
            extraction_workers=2,
        )
        flow.bootstrap(settings)
        with Store.open(settings) as store:
            asyncio.run(_rounds(settings, store))
            _empty(store)


async def _rounds(settings: Settings, store: Store) -> None:
    """Ours and bare trafilatura in turns, so that what else the machine does falls on both."""
    async with open_desk(settings, registries.load(settings.feeds), store, flow.utc_now) as desk:
        # Workers and models are loaded once per process, not per page.
        warm = await _claimed(settings, store)
        await asyncio.to_thread(index_batch, desk, await read_batch(desk, warm[:10]))
        claimed = await _claimed(settings, store)
        whole, _ = await _timed(desk, claimed)
        pages: dict[str, Page] = {}
        for one in claimed:
            with contextlib.suppress(Skip, Retry):
                pages[one.entry.url] = await desk.fetcher.page(one.entry.url)
        from_memory = dataclasses.replace(desk, fetcher=cast(Any, _Fetched(pages)))
        ours, bare = [], []
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            for _ in range(ROUNDS):
                claimed = await _claimed(settings, store)
                ready = [one for one in claimed if one.entry.url in pages and one.entry.media == "article"]
                rate, report = await _timed(from_memory, ready)
                failed = [label for label in report.outcomes if label.startswith("failed")]
                assert not failed, f"no figure: {report.outcomes}"
                assert not report.lost, f"no figure: {report.lost} entries lost"
                ours.append(rate)
                bodies = [pages[one.entry.url].body for one in ready]
                pool.map(_bare, bodies[:4])
                began = time.perf_counter()
                pool.map(_bare, bodies, chunksize=4)
                bare.append(len(bodies) / (time.perf_counter() - began))
        _memory()
    share = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    print(f"end to end, with fetching over HTTP from loopback: {whole:.1f} pages/s")
    print(f"end to end, fetched HTML to indexed story: {statistics.median(ours):.1f} pages/s")
    print(f"bare trafilatura on the same pages, 2 processes: {statistics.median(bare):.1f} pages/s")
    print(f"end to end as a share of bare trafilatura: {share:.2f} (target >= 0.8)")


async def _claimed(settings: Settings, store: Store) -> list[Claimed]:
    """The newsroom's entries, claimed in an engine that knows nothing yet: every round does all the writing."""
    _empty(store)
    await flow.poll(settings, force=True)
    return Ledger(store, settings, flow.utc_now).claim("bench", 1_000)


def _empty(store: Store) -> None:
    for name in store.client.indices.get(index=f"{store.prefix}-*"):
        store.client.indices.delete(index=name)
    store.bootstrap()


async def _timed(desk: Desk, claimed: list[Claimed]) -> tuple[float, IngestReport]:
    """Batches one after the other, overlapping as in a real run: entries a second, and what became of them."""
    began = time.perf_counter()
    report = IngestReport()
    indexing: asyncio.Task[IngestReport] | None = None
    for start in range(0, len(claimed), desk.settings.batch_size):
        outcomes = await read_batch(desk, claimed[start : start + desk.settings.batch_size])
        if indexing:
            report.add(await indexing)
        indexing = asyncio.create_task(asyncio.to_thread(index_batch, desk, outcomes))
    if indexing:
        report.add(await indexing)
    return len(claimed) / (time.perf_counter() - began), report


def _memory() -> None:
    """Resident memory of this ingest process and of its workers, with the tagger loaded and used."""
    owner = psutil.Process()
    workers = [one for one in owner.children(recursive=True) if any("forkserver" in word for word in one.cmdline())]
    largest = max(one.memory_info().rss for one in (owner, *workers))
    shared = sum(one.memory_full_info().pss for one in (owner, *workers))
    print(
        f"largest process of an ingest, with the tagger loaded: {largest / 1e6:.0f} MB resident (target < 600);"
        f" all {1 + len(workers)}, with shared memory counted once: {shared / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
