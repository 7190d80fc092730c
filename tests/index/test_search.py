"""Search: the table of French cases on any engine, filters on one event, ranking, highlights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.index import SearchRequest, Store
from pipeline.index import query as queries
from pipeline.records import Clocks, SeedNearness, Story, Supply, SupplyEvent
from pipeline.settings import Settings
from tests.index.samples import story

pytestmark = pytest.mark.engine

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "french_search.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def corpus(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The stories of the table, indexed once for all cases."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), elasticsearch_url=engine_url, index_prefix=f"test-french-{id(TABLE)}"
    )
    with Store.open(settings) as store:
        store.bootstrap(plant_seeds=False)
        try:
            report = store.put_stories(story(name, title, text) for name, (title, text) in TABLE["stories"].items())
            assert report.failed == {}
            store.refresh("stories")
            yield store
        finally:
            for name in store.client.indices.get(index=f"{settings.index_prefix}-*"):
                store.client.indices.delete(index=name)


NAMES = {story(name).id: name for name in TABLE["stories"]}


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["query"])
def test_french_readers_find_what_they_mean(corpus: Store, case: dict[str, Any]) -> None:
    found = [NAMES[hit.story.id] for hit in corpus.search(SearchRequest(case["query"], size=50)).hits]

    assert sorted(found) == sorted(case["expect"])
    if "first" in case:
        assert found[0] == case["first"]


def test_the_table_is_as_large_as_promised() -> None:
    assert len(TABLE["cases"]) >= 60


def test_what_matched_is_highlighted_in_the_words_of_the_text(corpus: Store) -> None:
    (hit,) = corpus.search(SearchRequest("conteneur munition")).hits

    assert "<em>conteneurs</em> de <em>munitions</em>" in hit.highlights["text"][0]
    (hit,) = corpus.search(SearchRequest('"corée du nord"')).hits
    assert "<em>Corée" in hit.highlights["title"][0]


def test_kibanas_plain_match_knows_the_other_names_too(corpus: Store) -> None:
    """Through the search analyzer, where the embedded engine takes the words of every name for one row of words."""
    if "noida" in str(corpus.client.info()["version"]["build_hash"]):
        pytest.skip("synonyms of several words in the analyzer are Elasticsearch's alone")
    query = {"match": {"text": {"query": "Corée du Nord", "operator": "and"}}}
    hits = corpus.client.search(index=f"{corpus.prefix}-stories", query=query)["hits"]["hits"]

    assert {NAMES[hit["_id"]] for hit in hits} == {"obus"}


def event(supplier: str, recipient: str, status: Any = "delivered", *materiel: Any) -> SupplyEvent:
    return SupplyEvent(supplier=supplier, recipient=recipient, status=status, materiel=materiel, evidence=())


def with_events(name: str, *events: SupplyEvent, **fields: Any) -> Story:
    return story(name, "Armes", supply_events=events, supply=Supply.of(events), military_supply=True, **fields)


def found(store: Store, **request: Any) -> list[str]:
    store.refresh("stories")
    return [hit.story.url.rsplit("/", 1)[1] for hit in store.search(SearchRequest(**request)).hits]


def test_supplier_recipient_and_status_hold_for_one_and_the_same_event(store: Store) -> None:
    store.put_stories(
        [
            with_events("both", event("KP", "RU", "delivered", "ammunition")),
            with_events(
                "crossed", event("KP", "SY", "delivered", "ammunition"), event("IR", "RU", "pledged", "drones")
            ),
        ]
    )

    assert found(store, supplier="KP", recipient="RU") == ["both"]
    assert sorted(found(store, supplier="KP")) == ["both", "crossed"]
    assert found(store, supplier="KP", status="pledged") == []
    assert found(store, recipient="RU", materiel="drones", status="pledged") == ["crossed"]


def test_dates_bound_the_publication_or_the_first_sight_where_there_is_none(store: Store) -> None:
    day = datetime(2026, 11, 10, tzinfo=UTC)
    store.put_stories(
        [
            story("dated", clocks=Clocks(published_at=day, first_seen_at=day + timedelta(days=5))),
            story("undated", clocks=Clocks(first_seen_at=day)),
            story("later", clocks=Clocks(published_at=day + timedelta(days=2), first_seen_at=day)),
        ]
    )

    assert sorted(found(store, since=day, until=day + timedelta(days=1))) == ["dated", "undated"]
    assert found(store, since=day + timedelta(days=1)) == ["later"]


def test_near_the_seed_comes_the_nearest_first_and_not_the_seed(store: Store) -> None:
    near = {"a": 0.2, "b": 0.9, "c": 0.5}
    store.put_stories(story(n, "Obus", seed=SeedNearness(similarity=s)) for n, s in near.items())
    store.put_stories([story("seed", "Obus", kind="seed", seed=SeedNearness(similarity=1.0))])

    assert found(store, near_seed=True) == ["b", "c", "a"]
    assert found(store, query="obus", near_seed=True) == ["b", "c", "a"]
    assert found(store, kind="seed") == ["seed"]


def test_of_the_same_words_the_recent_and_the_near_come_first(store: Store) -> None:
    now = datetime.now(UTC)
    ages = {"fresh": 0, "old": 400}
    store.put_stories(
        story(n, "Obus", clocks=Clocks(published_at=now - timedelta(days=d), first_seen_at=now))
        for n, d in ages.items()
    )
    store.put_stories(
        [story("near", "Obus", seed=SeedNearness(similarity=0.9), clocks=Clocks(published_at=now, first_seen_at=now))]
    )

    assert found(store, query="obus") == ["near", "fresh", "old"]


def test_a_match_in_the_title_beats_one_in_the_text(store: Store) -> None:
    store.put_stories(
        [story("text", "Nouvelles du jour", "Des obus."), story("title", "Des obus", "Nouvelles du jour.")]
    )

    assert found(store, query="obus") == ["title", "text"]


def test_nothing_typed_gives_the_newest_first_page_by_page(store: Store) -> None:
    day = datetime(2026, 11, 1, tzinfo=UTC)
    store.put_stories(
        story(str(n), clocks=Clocks(published_at=day + timedelta(days=n), first_seen_at=day)) for n in range(5)
    )

    assert found(store, size=2) == ["4", "3"]
    assert found(store, size=2, start=2) == ["2", "1"]
    assert store.search(SearchRequest(size=2)).total == 5


@pytest.mark.parametrize(
    ("typed", "units"),
    [
        ("livraison de drones à la Corée du Nord", ["livraison", "drones", "Corée du Nord"]),
        ("Russie-Ukraine", ["Russie", "Ukraine"]),
        ("de la", ["de", "la"]),
        ("-drones", ["drones"]),
        ("  ", []),
        ('"', []),
        ('""', []),
        ("F-16 et S-400", ["F16", "S400"]),
    ],
)
def test_what_is_typed_falls_into_words_and_names(typed: str, units: list[str]) -> None:
    assert [unit.text for unit in queries.units(typed)] == units
