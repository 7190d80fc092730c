"""End to end: pages a second from fetched HTML to indexed story, beside bare trafilatura on the same pages with the
same number of processes; memory of an ingest process."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

REPEATS = 4
"""The newsroom's pages are read this often, so that starting up counts for little."""


@contextmanager
def _engine() -> Iterator[str]:
    from pipeline import engine

    if url := os.environ.get("VEILLE_TEST_ELASTICSEARCH_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory() as home:
        yield engine.start(Path(home)).url
        engine.stop(Path(home))


def _bare(html: bytes) -> int:
    from trafilatura import bare_extraction

    found = bare_extraction(html, with_metadata=True)
    return len(found.text or "") if found else 0


def main() -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: ""])
    with _engine() as url, tempfile.TemporaryDirectory() as folder:
        _rates(url, Path(folder))
    _memory()


def _rates(url: str, folder: Path) -> None:
    import httpx

    from pipeline import flow
    from pipeline import registry as registries
    from pipeline.index import Store
    from pipeline.ingest import index_batch, open_desk, read_batch
    from pipeline.ledger import Ledger
    from pipeline.newsroom import Newsroom
    from pipeline.settings import Settings

    with Newsroom() as newsroom:
        settings = Settings(
            home=folder,
            elasticsearch_url=url,
            index_prefix=f"bench-{os.getpid()}",
            feeds=newsroom.write_registry(folder / "feeds.csv"),
            allow_private_hosts=frozenset(newsroom.allow_hosts.split(",")),
            host_delay=0.0,
            extraction_workers=2,
        )
        flow.bootstrap(settings)
        asyncio.run(flow.poll(settings, force=True))
        pages = [
            answer.content
            for one in newsroom.published
            if (answer := httpx.get(one.url)).status_code == 200 and b"<html" in answer.content[:2000].lower()
        ]
        store = Store.open(settings)
        ledger = Ledger(store, settings, flow.utc_now)
        claimed = ledger.claim("bench", 1_000)

        async def whole() -> tuple[float, float, int]:
            """Seconds of reading (fetch, archive, extract) and of the rest, batches overlapping as in a real run."""
            async with open_desk(settings, registries.load(settings.feeds), store, flow.utc_now) as desk:
                await read_batch(desk, claimed[:10])  # workers and models are loaded once per process, not per page
                await asyncio.to_thread(index_batch, desk, [])
                began = time.perf_counter()
                done = 0
                indexing: asyncio.Task[object] | None = None
                for start in range(0, len(claimed), settings.batch_size):
                    outcomes = await read_batch(desk, claimed[start : start + settings.batch_size])
                    if indexing:
                        await indexing
                    indexing = asyncio.create_task(asyncio.to_thread(index_batch, desk, outcomes))
                    done += sum(outcome.story is not None for outcome in outcomes)
                if indexing:
                    await indexing
                return time.perf_counter() - began, 0.0, done

        seconds, _, done = asyncio.run(whole())
        print(
            f"end to end, fetched over HTTP to indexed: {done / seconds:.1f} pages/s ({done} stories in {seconds:.1f} s)"
        )
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            pool.map(_bare, pages[:4])
            began = time.perf_counter()
            pool.map(_bare, pages * REPEATS, chunksize=4)
            bare = len(pages) * REPEATS / (time.perf_counter() - began)
        print(f"bare trafilatura, 2 processes, same pages: {bare:.1f} pages/s")
        print(f"share of bare trafilatura: {done / seconds / bare:.2f} (target >= 0.8)")
        for name in store.client.indices.get(index=f"{settings.index_prefix}-*"):
            store.client.indices.delete(index=name)
        store.close()


def _memory() -> None:
    """Peak resident memory of a process that has the tagger loaded and has tagged a story."""
    code = "from pipeline.ingest import Tagger; t = Tagger.load(); t.tag('Paris livre des obus', 'La France a livré 100 obus à Kiev.')"
    process = subprocess.Popen([sys.executable, "-c", code])
    _, _, usage = os.wait4(process.pid, 0)
    print(f"ingest process with the tagger loaded: {usage.ru_maxrss / 1024:.0f} MB peak resident (target < 600)")


if __name__ == "__main__":
    main()
