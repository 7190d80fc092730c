"""A round over real feeds on loopback, into a real engine: what is recorded, what is remembered, what is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from pipeline import registry as registries
from pipeline.errors import EngineUnavailable
from pipeline.fetch import Fetcher
from pipeline.index import Store
from pipeline.ledger import Ledger
from pipeline.newsroom import Newsroom
from pipeline.watch.poll import PollReport, poll_due


class Watch:
    """A newsroom, a store, and a clock that the test moves."""

    def __init__(self, room: Newsroom, store: Store, settings, tmp_path):
        self.room, self.store = room, store
        self.settings = settings.model_copy(
            update={
                "allow_private_hosts": frozenset(room.allow_hosts.split(",")),
                "host_delay": 0.0,
                "request_timeout": 5.0,
                "feed_max_bytes": 1_000_000,
            }
        )
        self.registry = registries.load(room.write_registry(tmp_path / "feeds.csv"))
        self.time = datetime.now(UTC)

    def now(self) -> datetime:
        return self.time

    async def poll(self, **arguments) -> PollReport:
        async with Fetcher(self.settings) as fetcher:
            return await poll_due(
                self.registry,
                self.store,
                fetcher,
                settings=self.settings,
                now=self.now,
                jitter=lambda: 0.5,
                **arguments,
            )

    @property
    def ledger(self) -> Ledger:
        self.store.refresh("entries")
        return Ledger(self.store, self.settings, self.now)

    def outcome(self, report: PollReport, feed_id: str):
        (outcome,) = [each for each in report.feeds if each.feed_id == feed_id]
        return outcome

    def state(self, feed_id: str):
        return self.store.feed_states()[feed_id]


@pytest.fixture
def watch(store, settings, tmp_path) -> Iterator[Watch]:
    structlog.reset_defaults()
    with Newsroom() as room:
        yield Watch(room, store, settings, tmp_path)


ALL = {
    "cadran-une", "cadran-international", "deux-rives-actu", "bastion-articles", "meuse-info", "sahel-fil",
    "transept-fil", "littoral-fil",
}  # fmt: skip


async def test_a_first_round_queues_every_article_once(watch):
    report = await watch.poll()
    assert {outcome.feed_id for outcome in report.feeds} == ALL
    assert {outcome.status for outcome in report.feeds} == {"changed"}
    entries = watch.ledger.entries(size=1000)
    assert {entry.id for entry in entries} == set(report.new_ids)
    assert len(report.new_ids) == len(set(report.new_ids)) == sum(outcome.new for outcome in report.feeds)
    assert {entry.state for entry in entries} == {"queued"}


async def test_an_article_of_two_feeds_is_one_entry_that_names_both(watch):
    await watch.poll()
    both = [e for e in watch.ledger.entries(size=1000) if set(e.feeds) == {"cadran-une", "cadran-international"}]
    assert both


async def test_what_is_not_due_is_not_asked(watch):
    await watch.poll()
    asked = len(watch.room.requests)
    report = await watch.poll()
    assert (report.feeds, len(watch.room.requests)) == ([], asked)


async def test_an_unchanged_newsroom_costs_no_bodies(watch):
    await watch.poll()
    report = await watch.poll(force=True)
    assert {(o.status, o.http, o.new, o.bytes) for o in report.feeds} == {("not-modified", 304, 0, 0)}


async def test_what_is_published_is_found_when_the_feed_is_due(watch):
    await watch.poll()
    (published,) = watch.room.invent(outlet="bastion")
    watch.time = watch.state("bastion-articles").next_poll_at
    report = await watch.poll()
    assert watch.outcome(report, "bastion-articles").new == 1
    (entry,) = [
        e for e in watch.ledger.entries(size=1000) if e.id in report.new_ids and e.feeds[0] == "bastion-articles"
    ]
    assert entry.url.partition("#")[0].partition("?")[0] == published.url


async def test_without_validators_the_body_itself_is_compared(watch):
    watch.room.break_("bastion-articles", "no-validators")
    await watch.poll()
    report = await watch.poll(force=True)
    outcome = watch.outcome(report, "bastion-articles")
    assert (outcome.status, outcome.http, outcome.problems) == ("not-modified", 200, ("no-validators",))


FAILURES = {
    "html": "FeedError",
    "empty-body": "FeedError",
    "xml-bomb": "FeedError",
    "external-entity": "FeedError",
    "403": "Refused",
    "404": "Gone",
    "410": "Gone",
    "429": "TooManyRequests",
    "500": "ServerError",
    "loop": "BadAnswer",
    "reset": "",
    "large": "TooLarge",
    "bad-gzip": "BadAnswer",
    "truncated": "BadAnswer",
    "redirect-private": "AddressRefused",
    "redirect-file": "BadUrl",
}


@pytest.mark.parametrize("trouble", FAILURES)
async def test_the_failure_of_one_feed_is_its_own(watch, trouble):
    watch.room.break_("bastion-articles", trouble)
    report = await watch.poll()
    broken = watch.outcome(report, "bastion-articles")
    assert broken.status == "failed"
    assert broken.error.startswith(FAILURES[trouble])
    assert {outcome.feed_id for outcome in report.feeds if not outcome.error} == ALL - {"bastion-articles"}
    assert watch.state("bastion-articles").last_error == broken.error


@pytest.mark.parametrize("trouble", ["malformed-xml", "wrong-charset", "bom", "no-content-type"])
async def test_a_feed_in_disorder_gives_its_items_all_the_same(watch, trouble):
    watch.room.break_("bastion-articles", trouble)
    report = await watch.poll()
    assert watch.outcome(report, "bastion-articles").new >= 3


async def test_an_outlet_that_is_down_is_found_again(watch):
    watch.room.break_("sahel", "down")
    assert watch.outcome(await watch.poll(), "sahel-fil").error.startswith("Unreachable")
    watch.room.mend()
    watch.time += timedelta(minutes=6)
    (healed,) = (await watch.poll()).feeds
    assert (healed.feed_id, healed.status, healed.new > 0) == ("sahel-fil", "changed", True)


async def test_a_permanent_redirect_is_followed_for_good(watch):
    watch.room.break_("cadran/ancien", "301", to="/rss/une.xml")
    moved = watch.registry.by_id("cadran-une").model_copy(update={"feed_url": watch.room.url("cadran/ancien")})
    watch.registry = registries.Registry((moved,))
    await watch.poll()
    state = watch.state("cadran-une")
    assert (state.url, state.url_history) == (watch.room.url("cadran-une"), (watch.room.url("cadran/ancien"),))
    assert "moved" in state.problems
    await watch.poll(force=True)
    assert len(watch.room.requests_to("cadran/ancien")) == 1


async def test_retry_after_is_obeyed(watch):
    watch.room.break_("bastion-articles", "429", retry_after=5400)
    await watch.poll()
    assert watch.state("bastion-articles").next_poll_at >= watch.time + timedelta(minutes=90)


async def test_a_hub_is_noted(watch):
    watch.room.break_("bastion-articles", "hub")
    await watch.poll()
    assert watch.state("bastion-articles").hub == "https://hub.example.org/"


async def test_a_disabled_feed_is_not_asked_and_says_why(watch):
    feeds = [
        feed.model_copy(update={"enabled": False, "disabled_reason": "terms of use"})
        if feed.id == "sahel-fil"
        else feed
        for feed in watch.registry.feeds
    ]
    watch.registry = registries.Registry(tuple(feeds))
    report = await watch.poll()
    assert {outcome.feed_id for outcome in report.feeds} == ALL - {"sahel-fil"}
    assert watch.room.requests_to("sahel-fil") == []
    assert (watch.state("sahel-fil").state, watch.state("sahel-fil").last_error) == ("disabled", "terms of use")


async def test_a_feed_that_left_the_registry_is_said_to_be_off(watch):
    await watch.poll()
    watch.registry = registries.Registry(watch.registry.feeds[1:])
    await watch.poll()
    assert watch.state("cadran-une").last_error == "not in the registry"


async def test_outcomes_are_told_when_entries_and_state_are_stored(watch):
    seen = []

    def on_feed(outcome):
        state = watch.store.feed_states()[outcome.feed_id]
        seen.append((outcome.feed_id, state.polls, [watch.ledger.entry(id_) is not None for id_ in outcome.new_ids]))

    await watch.poll(on_feed=on_feed)
    assert {feed_id for feed_id, _, _ in seen} == ALL
    assert {polls for _, polls, _ in seen} == {1}
    assert all(all(found) for _, _, found in seen)


async def test_one_line_is_logged_for_each_feed(watch):
    watch.room.break_("sahel-fil", "500")
    with structlog.testing.capture_logs() as lines:
        await watch.poll()
    told = {line["id"]: line["log_level"] for line in lines if line["event"] == "feed"}
    assert len(lines) == len(ALL)
    assert told == {feed_id: "warning" if feed_id == "sahel-fil" else "info" for feed_id in ALL}


# --- the engine fails -----------------------------------------------------------------------------------------


class Interrupted(Store):
    """A store whose engine goes away at one step, as it does when the process or the engine is killed there."""

    def put_feed_states(self, states):
        raise EngineUnavailable("gone between entries and states")


async def test_an_engine_that_goes_away_before_the_states_are_saved_loses_nothing(watch):
    whole = watch.store
    with Interrupted.open(watch.settings) as watch.store, pytest.raises(EngineUnavailable, match="between"):
        await watch.poll()
    watch.store = whole
    assert watch.store.feed_states() == {}
    report = await watch.poll()
    entries = watch.ledger.entries(size=1000)
    assert len(entries) == len({entry.id for entry in entries})
    assert {outcome.http for outcome in report.feeds} == {200}
    published = {each.url for each in watch.room.published}
    assert {entry.url.partition("#")[0] for entry in entries if "?" not in entry.url} <= published


async def test_an_engine_that_is_not_there_is_said_before_anything_is_asked(watch):
    away = watch.settings.model_copy(update={"elasticsearch_url": "http://127.0.0.1:9"})
    with pytest.raises(EngineUnavailable):
        await poll_due(
            watch.registry, Store.open(away), Fetcher(watch.settings), settings=watch.settings, now=watch.now
        )
    assert watch.room.requests == []


async def test_an_entry_that_the_engine_refuses_costs_its_feed_only(watch, monkeypatch):
    create = watch.store.entries.create

    def picky(entries):
        report = create([entry for entry in entries if "sahel-fil" not in entry.feeds])
        refused = {entry.id: "mapper_parsing_exception" for entry in entries if "sahel-fil" in entry.feeds}
        return replace(report, failed={**report.failed, **refused})

    monkeypatch.setattr(watch.store.entries, "create", picky)
    report = await watch.poll()
    assert [outcome.feed_id for outcome in report.feeds if outcome.error] == ["sahel-fil"]
    assert watch.outcome(report, "sahel-fil").error.startswith("EngineRefused")
    assert watch.state("sahel-fil").last_success_at is None
