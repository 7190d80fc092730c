"""The Supply watch over 100,000 stories: all its panels together, as Kibana asks for them when the dashboard opens.

Needs a real Elasticsearch: VEILLE_TEST_ELASTICSEARCH_URL. The stories are made from the labelled texts of the bench, if
they lie beside the repository, or else from the sample corpus of the tests. What it writes it deletes.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.index import Store
from pipeline.settings import Settings
from tests.kibana import lens, samples
from tests.kibana.objects import Panel, all_panels, searches

STORIES = 100_000
DAYS = 365
ROUNDS = 5
TEXTS = Path(__file__).parents[3] / "shared" / "bench" / "dev.jsonl"
END = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OUTLETS = [(f"outlet-{n}", f"Titre {n}", f"groupe-{n % 40}") for n in range(118)]


def main() -> None:
    url = os.environ.get("VEILLE_TEST_ELASTICSEARCH_URL")
    if not url:
        print("kibana: skipped, needs a real Elasticsearch in VEILLE_TEST_ELASTICSEARCH_URL")
        return
    with tempfile.TemporaryDirectory() as home:
        prefix = f"bench-kibana-{uuid.uuid4().hex[:8]}"
        settings = Settings(home=Path(home), elasticsearch_url=url, index_prefix=prefix)
        with Store.open(settings) as store:
            store.bootstrap(plant_seeds=False)
            try:
                started = time.perf_counter()
                _fill(store, int(os.environ.get("VEILLE_BENCH_STORIES", STORIES)))
                total = store.count_stories()
                took = time.perf_counter() - started
                print(f"kibana stories indexed: {total} ({took:.0f} s)")
                _measure(store)
            finally:
                for name in store.client.indices.get(index=f"{prefix}-*"):
                    store.client.indices.delete(index=name)


def _measure(store: Store) -> None:
    panels = [panel for panel in all_panels() if panel.dashboard == "veille-supply-watch"]
    for label, days, interval, target in (("30 days", 30, "1d", ""), ("a year", DAYS, "1w", " (target < 1 s)")):
        span = ("clocks.published_at", (END - timedelta(days=days)).isoformat(), END.isoformat())
        bodies = {panel.id: lens.body(panel, interval=interval, time_range=span) for panel in panels}
        bodies["supply-latest"] = _latest(panels[0], span)
        counted = store.client.search(index=f"{store.prefix}-stories", **bodies["supply-stories"])["hits"]["total"][
            "value"
        ]
        print(f"kibana stories that the panels over {label} count: {counted}")
        cold = _ask(store, bodies)
        rounds = [_ask(store, bodies) for _ in range(ROUNDS)]
        together = statistics.median(sum(times.values()) for times in rounds)
        slowest = max(rounds[-1], key=lambda panel: rounds[-1][panel])
        print(f"kibana supply watch, {len(bodies)} panels over {label}: {together:.3f} s{target}")
        print(f"kibana supply watch, the first time: {sum(cold.values()):.3f} s")
        print(f"kibana slowest panel: {slowest} {rounds[-1][slowest] * 1000:.0f} ms")


def _latest(panel: Panel, span: tuple[str, str, str]) -> dict[str, Any]:
    """The saved search at the foot of the dashboard: the first 100 documents, newest first."""
    query = next(query for name, _, query, _, _ in searches() if name == "veille-latest-events")
    asked = lens.body(
        Panel(panel.dashboard, "", panel.view, (*panel.queries, query), {}, {"size": 100}), time_range=span
    )
    return asked | {"sort": [{"clocks.published_at": "desc"}], "track_total_hits": True}


def _ask(store: Store, bodies: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Seconds of each panel, one after the other, past Elasticsearch's cache of whole answers."""
    took = {}
    for panel, body in bodies.items():
        started = time.perf_counter()
        store.client.search(index=f"{store.prefix}-stories", request_cache=False, **body)
        took[panel] = time.perf_counter() - started
    return took


def _fill(store: Store, wanted: int) -> None:
    alias = f"{store.prefix}-stories"
    store.client.indices.put_settings(index=alias, settings={"refresh_interval": "-1"})
    lines: list[str] = []
    for document in _documents(wanted):
        lines += ['{"index":{"_id":"' + document["id"] + '"}}', json.dumps(document, ensure_ascii=False)]
        if len(lines) >= 2000:
            _send(store, alias, lines)
    _send(store, alias, lines)
    store.refresh("stories")


def _send(store: Store, alias: str, lines: list[str]) -> None:
    if lines:
        answer = store.client.bulk(index=alias, operations=lines, require_alias=True, filter_path="errors")
        assert not answer["errors"]
        lines.clear()


def _documents(wanted: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(7)
    models = [json.loads(story.model_dump_json()) for story in _models()]
    for number in range(wanted):
        document = dict(chance.choice(models))
        at = END - timedelta(seconds=chance.random() * DAYS * 86_400)
        outlet, name, family = chance.choice(OUTLETS)
        seen = at + timedelta(seconds=chance.expovariate(1 / 900))
        document["id"] = f"{number:032x}"
        document["publisher"] = document["publisher"] | {"id": outlet, "name": name, "family": family}
        document["clocks"] = document["clocks"] | {
            "published_at": at.isoformat(),
            "first_seen_at": seen.isoformat(),
            "discovery_seconds": (seen - at).total_seconds(),
        }
        if chance.random() < 0.2:
            document["copies"] = {
                "group": "g",
                "of": "g",
                "share": 1.0,
                "size": 3,
                "independent_sources": 2,
                "bands": [],
            }
        yield document


def _models() -> list[Any]:
    """Stories to make the others from: with their events, so that the panels have something to count."""
    if not TEXTS.exists():
        return samples.stories()
    made = []
    for line in TEXTS.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        events = [
            samples.event(
                e["supplier"], e["recipient"], e["status"], *e["materiel"], sentence=e.get("evidence") or item["title"]
            )
            for e in item["events"]
        ]
        made.append(samples.story(item["id"], "journal", *events, title=item["title"], text=item["text"]))
    return made


if __name__ == "__main__":
    main()
