"""Nothing published is lost and nothing is done twice, whatever is killed and whenever.

A newsroom keeps publishing while a polling and an ingesting process are killed (SIGKILL) at random points and the
engine is killed and started again. At the end every published entry has exactly one outcome, and every indexed one a
story. `VEILLE_FAULT_SEED` repeats a run's random choices.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import engine, flow, urls
from pipeline.index import Store
from pipeline.ledger import Ledger
from pipeline.newsroom.process import NewsroomProcess
from pipeline.records import EntryState
from pipeline.settings import Settings

NODE = Path(__file__).parents[3] / "shared" / "elasticsearch_node" / "node"
ENDS = {EntryState.INDEXED, EntryState.SKIPPED, EntryState.DEAD}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Engine:
    """An engine of this test's own, that it may kill."""

    url: str
    kill: Callable[[], object]
    start: Callable[[], object]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def real_node(tmp_path: Path) -> Iterator[Engine]:
    """The real Elasticsearch, killed as a crash would."""
    if not NODE.exists():
        pytest.skip("no real Elasticsearch node at hand")
    home, port = tmp_path / "node", str(_free_port())

    def start() -> str:
        done = subprocess.run([NODE, "start", home, port], check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    yield Engine(start(), lambda: subprocess.run([NODE, "kill", home], check=True), start)
    subprocess.run([NODE, "kill", home], check=True)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Engine]:
    home = tmp_path / "embedded"
    running = engine.start(home)

    def start() -> None:
        assert engine.start(home).url == running.url

    # Stopped, not killed: it acknowledges writes up to half a second before they are on its disk.
    yield Engine(running.url, lambda: engine.stop(home), start)
    engine.stop(home)


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[NewsroomProcess]:
    # The feeds hold everything: what rolls off a feed between two polls is the schedule's matter, not this test's.
    with NewsroomProcess(tmp_path / "newsroom.json", feed_size=1_000) as running:
        yield running


def test_kills_and_outages_on_the_real_node(real_node: Engine, newsroom: NewsroomProcess, tmp_path: Path) -> None:
    _survive(real_node, newsroom, tmp_path, kills=22, outages=2)


def test_kills_and_an_outage_on_the_embedded_engine(
    embedded: Engine, newsroom: NewsroomProcess, tmp_path: Path
) -> None:
    _survive(embedded, newsroom, tmp_path, kills=6, outages=1)


def _survive(engine: Engine, newsroom: NewsroomProcess, folder: Path, *, kills: int, outages: int) -> None:
    seed = int(os.environ.get("VEILLE_FAULT_SEED", time.time_ns() % 1_000_000))
    print(f"\nVEILLE_FAULT_SEED={seed}")
    chance = random.Random(seed)
    settings = Settings(
        home=folder / "home",
        elasticsearch_url=engine.url,
        index_prefix="faults",
        feeds=newsroom.write_registry(folder / "feeds.csv"),
        allow_private_hosts=frozenset(newsroom.allow_hosts.split(",")),
        host_delay=0.0,
        lease_seconds=6.0,
        batch_size=10,
    )
    flow.bootstrap(settings)
    workers = {work: _start(work, settings, folder) for work in ("poll", "ingest")}
    outage_at = set(chance.sample(range(2, kills), outages))
    published = 0
    try:
        for round_ in range(kills):
            published += len(newsroom.invent(chance.randint(1, 3), first=published + 1))
            time.sleep(chance.uniform(0.2, 7.0))
            if round_ in outage_at:
                engine.kill()
                time.sleep(chance.uniform(0.5, 3.0))
                engine.start()
            work = chance.choice(("poll", "ingest", "ingest"))
            # A worker that ended by itself met an error that it does not survive: that is a failure, too.
            assert workers[work].poll() is None, (folder / f"{work}.log").read_text()[-3000:]
            workers[work].kill()
            workers[work].wait()
            workers[work] = _start(work, settings, folder)
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    _finish(settings)
    _nothing_lost_nothing_doubled(settings, newsroom)
    print(f"{kills} kills, {outages} outages, {published} articles published meanwhile: nothing lost, nothing doubled")


def _start(work: str, settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "VEILLE_HOME": str(settings.home),
        "VEILLE_ELASTICSEARCH_URL": str(settings.elasticsearch_url),
        "VEILLE_INDEX_PREFIX": settings.index_prefix,
        "VEILLE_FEEDS": str(settings.feeds),
        "VEILLE_ALLOW_PRIVATE_HOSTS": ",".join(settings.allow_private_hosts),
        "VEILLE_HOST_DELAY": str(settings.host_delay),
        "VEILLE_LEASE_SECONDS": str(settings.lease_seconds),
        "VEILLE_BATCH_SIZE": str(settings.batch_size),
    }
    with (folder / f"{work}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker", work], env=environment, stdout=log, stderr=log
        )


def _finish(settings: Settings) -> None:
    """One undisturbed run after another, until nothing waits."""
    asyncio.run(flow.poll(settings, force=True))
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        flow.sweep(settings)
        flow.ingest(settings)
        with Store.open(settings) as store:
            counts = Ledger(store, settings, flow.utc_now).counts()
        if not sum(sum(counts.get(state, {}).values()) for state in EntryState if state not in ENDS):
            return
        time.sleep(0.5)
    pytest.fail(f"the ledger did not empty: {counts}")


def _nothing_lost_nothing_doubled(settings: Settings, newsroom: NewsroomProcess) -> None:
    published = {urls.entry_id(urls.canonical_url(one["url"])): one for one in newsroom.published}
    with Store.open(settings) as store:
        entries = Ledger(store, settings, flow.utc_now).entries(size=10_000)
        store.refresh("stories")
        stories = {story.id: story for story in store.scan_stories(kind="article")}
    ids = Counter(entry.id for entry in entries)
    assert not published.keys() - ids.keys(), "published and never seen"
    assert not [id_ for id_, count in ids.items() if count > 1], "seen twice"
    for entry in entries:
        assert entry.state in ENDS
        assert entry.lease is None
        if entry.state is EntryState.INDEXED:
            assert (entry.story_id or entry.id) in stories, f"{entry.url} is said to be indexed"
    told = Counter(story.canonical_url for story in stories.values())
    assert not [url for url, count in told.items() if count > 1], "two stories of one article"
    outcomes = {entry.id: entry.state for entry in entries}
    for id_, one in published.items():
        assert outcomes[id_] == one["outcome"], f"{one['url']}: {outcomes[id_]}, not {one['outcome']}"
