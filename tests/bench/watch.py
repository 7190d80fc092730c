"""The watch: a round of a thousand feeds, unchanged and changed, its memory; a simulated week of polling the registry;
parsing one feed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import tempfile
import time
import uuid
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from tests.bench.engines import engine_url

FEEDS = 1_000
ITEMS = 30


def main() -> None:
    _parsing()
    _rounds()
    _week()


# --- parsing --------------------------------------------------------------------------------------------------


def _parsing() -> None:
    from pipeline import registry
    from pipeline.watch.parse import parse_feed
    from tests.watch.feeds import item, rss

    extra = (
        f"<description><![CDATA[<p>{'Deux phrases de résumé, en moyenne. ' * 12}</p>]]></description>"
        "<pubDate>Sun, 22 Nov 2026 09:30:00 +0100</pubDate><category>Monde</category>"
        '<media:content url="https://img.x.fr/1.jpg" medium="image"><media:credit>AFP</media:credit></media:content>'
    )
    body = rss(*(item(number, extra) for number in range(ITEMS))).encode()
    feed, now = registry.load().feeds[0], datetime.now(UTC)
    times = []
    for _ in range(60):
        began = time.perf_counter()
        parse_feed(body, content_type="application/rss+xml", feed=feed, url=feed.feed_url, now=now)
        times.append(time.perf_counter() - began)
    print(f"watch, parsing a feed of {ITEMS} items: {sorted(times)[len(times) // 2] * 1e3:.1f} ms (15)")


# --- rounds ---------------------------------------------------------------------------------------------------


def _rounds() -> None:
    """The newsroom and the watch in a process each, so that neither counts the other's memory or waits for its lock."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        with engine_url() as url, tempfile.TemporaryDirectory() as home:
            allow, rows = ours.recv()
            (Path(home) / "feeds.csv").write_text(rows, "utf-8")
            answers, results = spawn.Pipe()
            watch = spawn.Process(target=_watch, args=(results, ours, url, home, allow))
            watch.start()
            results.close()
            engine = "Elasticsearch" if os.environ.get("VEILLE_TEST_ELASTICSEARCH_URL") else "the embedded engine"
            unchanged, changed, megabytes, new, failed = answers.recv()
            watch.join()
            print(f"watch, round of {FEEDS:,} feeds, all unchanged (304), on {engine}: {unchanged:.1f} s (10)")
            print(
                f"watch, round of {FEEDS:,} feeds, all changed with {ITEMS} items each, {new:,} entries recorded on"
                f" {engine}: {changed:.1f} s (60)"
            )
            print(f"watch, feeds that failed in these rounds: {len(failed)} (0) {' '.join(failed[:1])}".rstrip())
            print(f"watch, peak resident memory of the polling process: {megabytes:.0f} MB (400)")
    finally:
        server.terminate()
        server.join()


def _serve(pipe: Connection) -> None:
    from pipeline.newsroom.synthetic import SyntheticNewsroom

    with SyntheticNewsroom(FEEDS, ITEMS) as room:
        pipe.send((room.allow_hosts, room.feeds_csv()))
        while pipe.recv() == "change":
            room.change()
            pipe.send("changed")


def _watch(results: Connection, newsroom: Connection, url: str, home: str, allow: str) -> None:
    import structlog

    from pipeline import registry
    from pipeline.fetch import Fetcher
    from pipeline.index import Store
    from pipeline.settings import Settings
    from pipeline.watch.poll import PollReport, poll_due

    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: ""])
    settings = Settings(
        home=Path(home),
        elasticsearch_url=url,
        index_prefix=f"bench-{uuid.uuid4().hex[:12]}",
        allow_private_hosts=frozenset(allow.split(",")),
        host_delay=0.0,
    )
    feeds = registry.load(Path(home) / "feeds.csv")

    async def round_(store: Store) -> tuple[float, PollReport]:
        async with Fetcher(settings) as fetcher:
            began = time.monotonic()
            report = await poll_due(feeds, store, fetcher, settings=settings, now=lambda: datetime.now(UTC), force=True)
            return time.monotonic() - began, report

    def changed(store: Store) -> tuple[float, PollReport]:
        newsroom.send("change")
        newsroom.recv()
        return asyncio.run(round_(store))

    with Store.open(settings) as store:
        try:
            store.bootstrap(plant_seeds=False)
            asyncio.run(round_(store))
            unchanged, quiet = asyncio.run(round_(store))
            seconds, busy = changed(store)
            failed = [outcome.error for report in (quiet, busy) for outcome in report.feeds if outcome.error]
            assert quiet.counts["changed"] == busy.counts["not-modified"] == 0
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            results.send((unchanged, seconds, peak, len(busy.new_ids), failed))
        finally:
            for name in store.client.indices.get(index=f"{settings.index_prefix}-*"):
                store.client.indices.delete(index=name)


# --- a week ---------------------------------------------------------------------------------------------------


def _week() -> None:
    from pipeline.watch.schedule import Limits
    from tests.bench import rhythm

    cases = {
        "": {},
        ", other feeds drawn": {"seed": 2},
        ", no clumps (Poisson)": {"clumped": 0.0},
        ", half as many items again": {"scale": 1.5},
        ", a seventh of the feeds without validators": {"without_validators": 1 / 7},
    }
    for case, arguments in cases.items():
        sources = rhythm.sources(**{"seed": 1, **arguments})
        week = rhythm.adaptive(sources, 1, Limits())
        share = week.bytes / rhythm.fixed(sources)
        median, worst, busy = rhythm.median_delay(week, 20)
        items = sum(map(len, week.delays.values())) / rhythm.WEEK
        if not case:
            print(
                f"watch, simulated week of {len(sources)} feeds, {items:,.0f} items a day, bytes against polling every"
                f" 10 minutes without conditions: {share:.1%} (10 %)"
            )
            print(f"watch, items missed in that week: {week.missed} (0)")
            print(f"watch, median discovery delay of the {busy} feeds over 20 items a day: {median / 60:.1f} min (5)")
            print(f"watch, that of the slowest of them: {worst / 60:.1f} min")
            print(f"watch, polls a feed and day: {week.polls / rhythm.WEEK / len(sources):.0f} (144 of the other way)")
        else:
            print(f"watch, the same week{case}: {share:.1%} of the bytes, {week.missed} missed, {median / 60:.1f} min")


if __name__ == "__main__":
    main()
