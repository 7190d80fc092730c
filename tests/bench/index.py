"""The index and the ledger: bulk writes beside raw bulk, claim-and-finish beside plain bulk, nearness, French search.

On the engine of VEILLE_TEST_ELASTICSEARCH_URL, and otherwise on the embedded one with a small corpus. The stories are
made of the paragraphs of the sample newsroom, mixed, so that no two are the same. What it writes it deletes.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import yaml

from pipeline import engine, seed
from pipeline.index import SearchRequest, Store
from pipeline.ledger import Finish, Ledger
from pipeline.newsroom.articles import library
from pipeline.records import (
    Clocks,
    Entry,
    EntryState,
    Evidence,
    Extraction,
    Publisher,
    Story,
    Supply,
    SupplyEvent,
    TextStats,
)
from pipeline.relate.nearness import Seeds
from pipeline.settings import Settings
from pipeline.urls import entry_id

END = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BULK_STORIES = 20_000
CHUNK = 500
ENTRIES = 10_000
CORPUS = 100_000
SMALL = 20
"""The embedded engine gets a corpus so many times smaller: it looks at every document for every search."""
ROUNDS = 3


def main() -> None:
    url = os.environ.get("VEILLE_TEST_ELASTICSEARCH_URL")
    with tempfile.TemporaryDirectory() as home:
        try:
            _measure(url or engine.start(Path(home)).url, Path(home), embedded=url is None)
        finally:
            engine.stop(Path(home))


def _measure(url: str, home: Path, *, embedded: bool) -> None:
    where = "embedded" if embedded else "real"
    settings = Settings(home=home, elasticsearch_url=url, index_prefix=f"bench-index-{uuid.uuid4().hex[:8]}")
    _nearness()
    with Store.open(settings) as store:
        try:
            share = SMALL if embedded else 1
            store.bootstrap(plant_seeds=False)
            _bulk(store, BULK_STORIES // share, where)
            _ledger(store, settings, ENTRIES // share, where)
            _drop(store)
            store.bootstrap(plant_seeds=False)
            _search(store, int(os.environ.get("VEILLE_BENCH_STORIES", CORPUS)) // (share**2), where)
        finally:
            _drop(store)


def _drop(store: Store) -> None:
    for name in store.client.indices.get(index=f"{store.prefix}-*"):
        store.client.indices.delete(index=name)


def _nearness() -> None:
    article = seed.story(seed.shipped()[0], now=END)
    seeds = Seeds([article.model_copy(update={"supply_events": _events("KP", "RU", article.text)})])
    stories = list(stories_made(1_000))
    started = time.process_time()
    for story in stories:
        seeds.near(story)
    words = statistics.mean(story.text_stats.words for story in stories)
    # Processor time: nothing is waited for, and the machine may be busy with other work.
    took = (time.process_time() - started) / len(stories) * 1000
    print(f"nearness to the seed, stories of {words:.0f} words: {took:.3f} ms a story (target <= 1)")


def _bulk(store: Store, many: int, where: str) -> None:
    """Finished stories against the same JSON sent as it is, chunk by chunk, taking turns; and what memory does."""
    process = psutil.Process()
    made = stories_made(many)
    finished = raw = 0.0
    total = 0
    memory: list[int] = []
    while chunk := list(islice(made, CHUNK)):
        started = time.perf_counter()
        assert store.put_stories(chunk).failed == {}
        finished += time.perf_counter() - started
        lines = [line for story in chunk for line in (_header(store, f"raw{story.id}"), story.model_dump_json())]
        started = time.perf_counter()
        for start in range(0, len(lines), 1_000):
            assert not store.client.bulk(operations=lines[start : start + 1_000])["errors"]
        raw += time.perf_counter() - started
        total += len(chunk)
        memory.append(process.memory_info().rss)
    print(f"bulk of finished stories ({where}): {total / finished:.0f} stories/s")
    print(f"raw bulk of the same JSON ({where}): {total / raw:.0f} stories/s")
    print(f"finished stories against raw bulk ({where}): {raw / finished:.2f} (target >= 0.7)")
    early, late = memory[len(memory) // 4], memory[-1]
    grown = (late - early) / 2**20
    print(
        f"memory grown from story {total // 4} to story {total} ({where}): {grown:.1f} MB of {late / 2**20:.0f} (flat)"
    )


def _header(store: Store, id_: str) -> str:
    return f'{{"index":{{"_index":"{store.prefix}-stories","_id":"{id_}"}}}}'


def _ledger(store: Store, settings: Settings, many: int, where: str) -> None:
    """The life of so many entries, against sending the same documents once."""
    entries = list(_entries(many))
    ledger = Ledger(store, settings, lambda: END)
    took = {}
    started = time.perf_counter()
    for start in range(0, len(entries), 500):
        ledger.record(entries[start : start + 500])
    took["record"] = time.perf_counter() - started
    for size in (500, settings.batch_size):
        started = time.perf_counter()
        while batch := ledger.claim("bench", size):
            assert ledger.finish_many([Finish(claimed, EntryState.INDEXED) for claimed in batch]) == 0
        took[f"claim and finish, {size} at a time"] = time.perf_counter() - started
        assert ledger.counts() == {EntryState.INDEXED: {"": many}}
        store.entries.put(entries)
    started = time.perf_counter()
    lines = [line for entry in entries for line in (_entry_header(store, entry), entry.model_dump_json())]
    for start in range(0, len(lines), 1_000):
        assert not store.client.bulk(operations=lines[start : start + 1_000])["errors"]
    plain = time.perf_counter() - started
    print(f"plain bulk of {many} entries ({where}): {many / plain:.0f} entries/s")
    for name, seconds in took.items():
        print(f"ledger {name} ({where}): {many / seconds:.0f} entries/s ({plain / seconds:.2f} of plain bulk)")


def _entry_header(store: Store, entry: Entry) -> str:
    return f'{{"index":{{"_index":"{store.prefix}-entries","_id":"{entry.id}"}}}}'


def _entries(many: int) -> Iterator[Entry]:
    for story in stories_made(many, words=60):
        yield Entry(
            id=story.id,
            url=story.url,
            canonical_url=story.url,
            title=story.title,
            summary=story.text,
            feeds=("outlet-1",),
            first_seen_at=story.clocks.first_seen_at,
            last_seen_at=story.clocks.first_seen_at,
            updated_at=story.clocks.first_seen_at,
            fingerprint=story.id,
        )


def _search(store: Store, size: int, where: str) -> None:
    """The queries of the French table and some with filters, with highlights, one after the other."""
    alias = f"{store.prefix}-stories"
    store.client.indices.put_settings(index=alias, settings={"refresh_interval": "-1"})
    started = time.perf_counter()
    assert store.put_stories(stories_made(size)).failed == {}
    store.refresh("stories")
    print(f"stories for the search ({where}): {size} ({time.perf_counter() - started:.0f} s)")
    table = Path(__file__).parents[1] / "index" / "french_search.yaml"
    queries = [case["query"] for case in yaml.safe_load(table.read_text(encoding="utf-8"))["cases"]]
    requests = [SearchRequest(query) for query in queries]
    requests += [SearchRequest(query, supplier="US", status="pledged") for query in queries[::5]]
    requests += [SearchRequest(query, near_seed=True) for query in queries[::5]]
    requests += [SearchRequest(query, since=END - timedelta(days=30)) for query in queries[::5]]
    if where == "embedded":
        requests = requests[::10]
    first, later = [], []
    for number in range(ROUNDS):
        for request in requests:
            started = time.perf_counter()
            store.search(request)
            (later if number else first).append((time.perf_counter() - started) * 1000)
    target = " (target < 100)" if where == "real" else ""
    for name, times in (("the first time", first), ("after that", later)):
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[18]
        print(f"French search, {size} stories, {name} ({where}): p50 {p50:.0f} ms, p95 {p95:.0f} ms{target}")


@cache
def _material() -> list[tuple[str, list[str], tuple[Any, ...]]]:
    """Title, paragraphs and events of the articles of the sample newsroom."""
    versions = [version for article in library().values() for version in article.versions]
    return [(v.title, v.text.splitlines(), v.events) for v in versions if len(v.text) > 300]


def stories_made(many: int, words: int = 400) -> Iterator[Story]:
    """Stories of about so many words: an article of the newsroom, its paragraphs shuffled, filled up with others'."""
    chance = random.Random(many)
    material = _material()
    paragraphs = [paragraph for _, texts, _ in material for paragraph in texts]
    for number in range(many):
        title, texts, events = chance.choice(material)
        parts = chance.sample(texts, len(texts))
        length = sum(len(part.split()) for part in parts)
        while length < words:
            parts.append(chance.choice(paragraphs))
            length += len(parts[-1].split())
        while len(parts) > 1 and length > words * 1.2:
            length -= len(parts.pop().split())
        text = "\n".join(parts)
        supply = tuple(e for g in events for e in _events(g.supplier, g.recipient, text, g.status, g.materiel))
        url = f"https://outlet-{number % 118}.example/{many}/{number}"
        at = END - timedelta(seconds=chance.random() * 365 * 86_400)
        yield Story(
            id=entry_id(url),
            url=url,
            canonical_url=url,
            title=title,
            summary=texts[0][:200],
            text=text,
            publisher=Publisher(
                id=f"outlet-{number % 118}", name=f"Titre {number % 118}", country="FR", kind="press", family="groupe"
            ),
            clocks=Clocks(published_at=at, published_precision="instant", first_seen_at=at, indexed_at=at),
            text_stats=TextStats(characters=len(text), words=length, paragraphs=len(parts)),
            extraction=Extraction(version="bench"),
            military_supply=bool(supply),
            supply_score=0.9 if supply else 0.0,
            supply_events=supply,
            supply=Supply.of(supply),
        )


def _events(
    supplier: str | None, recipient: str | None, text: str, status: Any = "delivered", materiel: Any = ("ammunition",)
) -> tuple[SupplyEvent, ...]:
    sentence = text.split(". ")[0]
    evidence = Evidence(sentence=sentence, start=0, end=len(sentence), rule="bench")
    return (
        SupplyEvent(supplier=supplier, recipient=recipient, materiel=materiel, status=status, evidence=(evidence,)),
    )


if __name__ == "__main__":
    main()
