"""Moving to a new index: nothing is lost, no search is empty, an interrupted move goes on."""

from __future__ import annotations

import threading
from itertools import count

import pytest

from pipeline.errors import EngineRefused, EngineUnavailable
from pipeline.index import SearchRequest, Store
from pipeline.index.synonyms import FILTER, rules
from tests.index.samples import entry, story

pytestmark = pytest.mark.engine

MANY = 700
"""More than are copied at a time."""


def fill(store: Store, many: int = MANY) -> None:
    assert store.put_stories(story(f"{n}", f"Titre {n}") for n in range(many)).failed == {}
    store.refresh("stories")


def test_what_has_the_newest_mapping_is_left_alone(store: Store) -> None:
    done = store.migrate("stories")

    assert (done.moved, done.source) == (False, store.index_of("stories"))


def test_all_documents_move_and_the_alias_with_them(store: Store) -> None:
    fill(store)
    old = store.index_of("stories")
    done = store.migrate("stories", rebuild=True, delete_old=True)

    assert (done.copied, done.target) == (MANY, f"{old}-2")
    assert store.index_of("stories") == done.target
    assert store.search(SearchRequest()).total == MANY
    assert not store.client.indices.exists(index=old)
    assert store.story(story("7").id) == story("7", "Titre 7")
    assert store.migrate("stories", rebuild=True).target == f"{old}-3"


def test_writes_go_on_while_it_moves_and_no_search_comes_back_empty(store: Store) -> None:
    fill(store)
    stop = threading.Event()
    told_to_wait = 0
    written: dict[str, str] = {}
    fewest = MANY

    def write() -> None:
        nonlocal told_to_wait
        for n in count():
            if stop.is_set():
                return
            changed = story(f"{n % 900}", f"Neuf {n}")
            try:
                report = store.put_stories([changed])
            except EngineUnavailable:
                told_to_wait += 1
                continue
            assert report.failed == {}
            written[changed.id] = changed.title

    def read() -> None:
        nonlocal fewest
        while not stop.is_set():
            fewest = min(fewest, store.search(SearchRequest(size=1)).total)

    threads = [threading.Thread(target=write), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    try:
        store.migrate("stories", rebuild=True, delete_old=True)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert fewest >= MANY
    assert {id_: s.title for id_, s in store.stories(list(written)).items()} == written


def test_an_interrupted_move_goes_on_where_it_was(store: Store) -> None:
    fill(store)
    old = store.index_of("stories")

    class Killed(Exception):
        pass

    def kill(copied: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        store.migrate("stories", rebuild=True, on_progress=kill)
    assert store.index_of("stories") == old
    changed = story("3", "Changé entre-temps")
    store.put_stories([changed])

    done = store.migrate("stories", rebuild=True)

    assert done.copied < MANY
    assert store.count("stories") == MANY
    assert store.story(changed.id) == changed


def test_what_is_deleted_while_it_moves_is_not_brought_back(store: Store) -> None:
    fill(store, 600)
    gone = story("5")

    def delete(copied: int, total: int) -> None:
        store.client.options(ignore_status=404).delete(index=f"{store.prefix}-stories", id=gone.id, refresh=True)

    store.migrate("stories", rebuild=True, on_progress=delete)

    assert store.story(gone.id) is None
    assert store.count("stories") == 599


def test_a_document_that_does_not_fit_stops_the_move_and_the_old_index_serves_on(store: Store) -> None:
    old = store.index_of("entries")
    store.entries.put([entry("x")])
    narrow = {
        "dynamic": "strict",
        "_meta": {"copied_from": old, "written": 0},
        "properties": {"id": {"type": "keyword"}},
    }
    store.client.indices.create(index=f"{old}-2", mappings=narrow)
    store.entries.refresh()

    with pytest.raises(EngineRefused, match="does not fit"):
        store.migrate("entries", rebuild=True)
    assert store.index_of("entries") == old
    assert store.entries.put([entry("y")]).failed == {}, "writers go on"


def test_an_index_in_the_way_is_named(store: Store) -> None:
    old = store.index_of("feeds")
    store.client.indices.create(index=f"{old}-2")

    with pytest.raises(EngineRefused, match="was not made from"):
        store.migrate("feeds", rebuild=True)


def test_names_are_renewed_without_reindexing(store: Store) -> None:
    if "noida" in str(store.client.info()["version"]["build_hash"]):
        pytest.skip("the embedded engine cannot change the analyzers of an index; `veille search` needs none of it")
    index = store.index_of("stories")
    store.put_stories([story("x", "Bangui")])
    store.refresh("stories")
    old = {"analysis": {"filter": {FILTER: {"type": "synonym_graph", "synonyms": ["bangui, zorglub"]}}}}
    store.client.indices.put_settings(index=index, settings=old, reopen=True)
    store.client.cluster.health(index=index, wait_for_status="yellow")

    def total(word: str) -> int:
        query = {"match": {"title": {"query": word, "operator": "and"}}}
        return int(store.client.search(index=index, query=query)["hits"]["total"]["value"])

    assert (total("zorglub"), total("Centrafrique")) == (1, 0)
    assert store.renew_synonyms("stories")
    assert (total("zorglub"), total("Centrafrique")) == (0, 1)
    assert not store.renew_synonyms("stories"), "in step"
    assert not store.renew_synonyms("feeds"), "feeds have no French text"


def test_every_rule_has_two_names_or_more_and_no_name_is_in_two_rules() -> None:
    seen: dict[str, str] = {}
    for rule in rules():
        names = rule.split(", ")
        assert len(names) > 1
        for name in names:
            assert seen.setdefault(name, rule) == rule, name
