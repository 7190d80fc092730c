"""The whole watch under a real Airflow: api-server, scheduler, dag-processor and triggerer, nobody touching it."""

from __future__ import annotations

import collections
import statistics
import time
from urllib.parse import urlsplit

import pytest

from pipeline import registry
from pipeline.records import EntryState
from tests.airflow.instance import Watch, until

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.timeout(900), pytest.mark.xdist_group("airflow")]

PATIENCE = 180.0
SLOW_SECONDS = 12.0
PAGE_SECONDS = 3.0
"""Of each of the sixty pages, which outlets give out one after the other: half a minute of work, for two runs."""
ROUNDS = 3
"""Polls to wait for before "nothing happened" is believed."""


@pytest.fixture(autouse=True)
def settled(watch: Watch) -> None:
    """Each test begins with an empty ledger and finished runs."""
    watch.settle(PATIENCE)


def latency(watch: Watch, number: int) -> float:
    """Seconds from the publication of an article to the first search that finds it."""
    (published,) = watch.newsroom.invent(1, first=number)
    began = time.monotonic()
    until(lambda: watch.searchable(published["url"]), PATIENCE, "a search that finds the new article")
    return time.monotonic() - began


def poll_rounds(watch: Watch) -> int:
    """How often each feed was asked, at the least."""
    feeds = [urlsplit(feed.feed_url) for feed in registry.load(watch.settings.feeds).enabled()]
    paths = {f"{feed.path}?{feed.query}" if feed.query else feed.path for feed in feeds}
    asked = collections.Counter(one["path"] for one in watch.newsroom.requests)
    return min(asked[path] for path in paths)


def test_every_dag_is_on_and_bootstrap_has_run(watch: Watch) -> None:
    dags = watch.airflow.get("dags")["dags"]

    assert {dag["dag_id"]: dag["is_paused"] for dag in dags} == dict.fromkeys(
        ("veille_bootstrap", "veille_brief", "veille_ingest", "veille_sweep"), False
    )
    until(lambda: watch.airflow.runs("veille_bootstrap"), PATIENCE, "the bootstrap run")
    until(lambda: watch.airflow.idle("veille_bootstrap"), PATIENCE, "its end")
    assert [run["state"] for run in watch.airflow.runs("veille_bootstrap")] == ["success"]
    assert watch.store.count_stories({"term": {"kind": "seed"}}) >= 1


def test_what_is_published_becomes_searchable_by_itself(watch: Watch) -> None:
    latencies = [latency(watch, 1000 + number) for number in range(3)]

    print(f"\npublished to searchable: median {statistics.median(latencies):.1f} s of {len(latencies)}")


def test_news_that_comes_while_a_run_is_going_on_is_not_left_behind(watch: Watch) -> None:
    """One event, then three more while its run is going on, then silence."""
    held = watch.newsroom.invent(1, first=2000)[0]
    watch.newsroom.break_(held["url"], "slow", seconds=SLOW_SECONDS)
    until(lambda: watch.held([held["url"]]), PATIENCE, "a run at work on the first article")
    late = []
    for number in (2001, 2002, 2003):
        assert not watch.finished([held["url"]]), "the first run ended too soon for this test"
        late += watch.newsroom.invent(1, first=number)
        time.sleep(SLOW_SECONDS / 5)

    every = [held["url"], *(one["url"] for one in late)]
    until(lambda: watch.finished(every), PATIENCE, "an outcome for each of the four")
    watch.settle(PATIENCE)
    assert watch.unfinished() == []
    assert all(watch.fetches(url) == 1 for url in every)


def test_two_runs_at_once_never_do_an_entry_twice(watch: Watch) -> None:
    before = {run["dag_run_id"] for run in watch.airflow.runs("veille_ingest")}
    urls = [one["url"] for one in watch.newsroom.invent(60, first=3000)]
    for url in urls:
        watch.newsroom.break_(url, "slow", seconds=PAGE_SECONDS)
    # The watch wakes one run; beside it a person starts another.
    until(lambda: watch.held(urls), PATIENCE, "a run at work")
    watch.airflow.trigger("veille_ingest")

    until(lambda: watch.finished(urls), PATIENCE, "an outcome for each of the sixty")
    watch.settle(PATIENCE)

    assert {watch.fetches(url) for url in urls} == {1}
    entries = [watch.entry(url) for url in urls]
    assert {(entry.state, entry.attempts, entry.lost_leases) for entry in entries if entry} == {
        (EntryState.INDEXED, 0, 0)
    }
    runs = {run["dag_run_id"] for run in watch.airflow.runs("veille_ingest")} - before
    shares = [share for share in map(watch.airflow.ingested, runs) if share]
    assert sum(shares) == len(urls)
    assert len(shares) > 1, "one run did it all: nothing was tried here"


def test_a_restarted_trigger_announces_only_what_was_not_announced(watch: Watch) -> None:
    events = watch.airflow.events()
    watch.airflow.stop("triggerer")
    (missed,) = watch.newsroom.invent(1, first=4000)
    before = poll_rounds(watch)

    watch.airflow.start("triggerer")
    until(lambda: watch.finished([missed["url"]]), PATIENCE, "an outcome for what came while it was away")
    until(lambda: poll_rounds(watch) >= before + ROUNDS, PATIENCE, "three more polls")

    assert watch.airflow.events() == events + 1
    assert watch.fetches(missed["url"]) == 1

    watch.settle(PATIENCE)
    before = poll_rounds(watch)
    watch.airflow.stop("triggerer")
    watch.airflow.start("triggerer")
    until(lambda: poll_rounds(watch) >= before + ROUNDS, PATIENCE, "three more polls")
    assert watch.airflow.events() == events + 1
