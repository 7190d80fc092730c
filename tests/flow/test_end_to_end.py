"""The whole flow over the sample newsroom, every part real: polled, fetched, archived, extracted, tagged, indexed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from pipeline import flow, urls
from pipeline.archive import Archive
from pipeline.index import SearchRequest, Store
from pipeline.ingest import IngestReport
from pipeline.ledger import Ledger
from pipeline.newsroom import Newsroom
from pipeline.records import Entry, EntryState
from pipeline.settings import Settings
from pipeline.watch.poll import PollReport
from pipeline.workers import Workers
from tests.extract.hostile import fail_on

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("flow"), pytest.mark.timeout(240)]


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as running:
        yield running


@pytest.fixture
def watching(settings: Settings, newsroom: Newsroom, tmp_path: Path) -> Settings:
    return settings.model_copy(
        update={
            "feeds": newsroom.write_registry(tmp_path / "feeds.csv"),
            "allow_private_hosts": frozenset(newsroom.allow_hosts.split(",")),
            "host_delay": 0.0,
        }
    )


def run(settings: Settings) -> tuple[PollReport, IngestReport]:
    polled = asyncio.run(flow.poll(settings, force=True))
    return polled, flow.ingest(settings)


def entries(settings: Settings) -> dict[str, Entry]:
    with Store.open(settings) as store:
        return {entry.id: entry for entry in Ledger(store, settings, flow.utc_now).entries(size=1_000)}


def entry_of(found: dict[str, Entry], url: str) -> Entry:
    return found[urls.entry_id(urls.canonical_url(url))]


def test_the_sample_newsroom_from_feed_to_search(watching: Settings, newsroom: Newsroom) -> None:
    flow.bootstrap(watching)
    polled, report = run(watching)

    assert {outcome.status for outcome in polled.feeds} == {"changed"}
    found = entries(watching)
    assert len(found) == len(newsroom.published) == sum(report.outcomes.values())
    for one in newsroom.published:
        entry = entry_of(found, one.url)
        assert entry.state is one.article.outcome, (one.url, entry.state, entry.reason, entry.error)
        if entry.state is EntryState.SKIPPED:
            assert entry.reason in one.article.reasons, one.url
    indexed = [one for one in newsroom.published if one.article.outcome is EntryState.INDEXED]
    with Store.open(watching) as store, Archive(watching.home / "archive") as archive:
        store.refresh("stories")
        stories = {story.canonical_url: story for story in store.scan_stories(kind="article")}
        assert len(stories) == len(indexed) == report.new
        for story in stories.values():
            assert story.clocks.indexed_at is not None
            assert story.clocks.published_at is not None
            assert story.clocks.published_at <= datetime.now(UTC)
            assert story.seed.nearest is not None
            for event in story.supply_events:
                for proof in event.evidence:
                    held = story.title if proof.field == "title" else story.text
                    assert held[proof.start : proof.end] == proof.sentence
            if story.archive is not None:
                assert archive.read(story.archive).url
        seed_like = store.search(SearchRequest(near_seed=True, kind="article", supplier="KP", recipient="RU"))
        assert seed_like.hits, "the newsroom has stories about North Korea supplying Russia"
        copied = [story for story in stories.values() if story.copies and story.copies.size > 1]
        assert copied, "a dispatch that three outlets carry is a group"

    polled, report = run(watching)
    assert {outcome.status for outcome in polled.feeds} == {"not-modified"}
    assert not report.outcomes, "a second run finds nothing new"


def test_a_changed_article_is_a_revision_and_a_changed_advert_is_not(watching: Settings, newsroom: Newsroom) -> None:
    flow.bootstrap(watching)
    run(watching)
    changing = next(one for one in newsroom.published if len(one.article.versions) > 1)
    newsroom.reshuffle()
    newsroom.revise(changing.id)
    _, report = run(watching)

    assert report.revised == 1
    assert report.new == 0
    entry = entry_of(entries(watching), changing.url)
    assert entry.state is EntryState.INDEXED
    with Store.open(watching) as store:
        story = store.story(entry.story_id or entry.id)
    assert story is not None
    assert story.revision == 2
    assert story.title == changing.article.versions[1].title
    assert story.history[0].archive is not None, "the page before the change can be read again"


TROUBLES = [
    ("cadran-une", "malformed-xml", "changed"),
    ("cadran-une", "html", "failed"),
    ("cadran-une", "empty-channel", "changed"),
    ("cadran-une", "500", "failed"),
    ("bastion", "down", "failed"),
]


def test_a_story_that_the_tagger_fails_on_waits_and_the_others_are_indexed(
    watching: Settings, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow.bootstrap(watching)
    indexed = [one for one in newsroom.published if one.article.outcome is EntryState.INDEXED]
    unlucky = indexed[0].url
    monkeypatch.setattr("pipeline.ingest.Workers", partial(Workers, tagging=partial(fail_on, unlucky)))
    _, report = run(watching)

    assert report.outcomes["failed: TaggingFailed"] == 1
    assert report.new == len(indexed) - 1
    entry = entry_of(entries(watching), unlucky)
    assert entry.state is EntryState.FAILED
    assert entry.error is not None
    assert "TaggingFailed" in entry.error
    assert "ZeroDivisionError: over this story" in entry.error


@pytest.mark.parametrize(("target", "how", "status"), TROUBLES)
@pytest.mark.usefixtures("store")
def test_one_broken_feed_stops_no_other(
    watching: Settings, newsroom: Newsroom, target: str, how: str, status: str
) -> None:
    newsroom.break_(target, how)
    polled = asyncio.run(flow.poll(watching, force=True))
    broken = [outcome for outcome in polled.feeds if outcome.feed_id.startswith(target)]
    assert [outcome.status for outcome in broken] == [status] * len(broken)
    assert all(outcome.error for outcome in broken if status == "failed")
    assert all(o.status == "changed" and o.new for o in polled.feeds if o.feed_id[:4] not in ("cadr", target[:4]))


def test_copies_that_two_runs_indexed_side_by_side_are_grouped_by_the_sweep(
    watching: Settings, newsroom: Newsroom
) -> None:
    flow.bootstrap(watching)
    run(watching)
    with Store.open(watching) as store:
        store.refresh("stories")
        grouped = {s.id: s.copies for s in store.scan_stories(kind="article") if s.copies and s.copies.size > 1}
        assert grouped
        # As if each had been indexed by a run that did not see the others.
        for id_, (story, version) in store.versioned_stories(list(grouped)).items():
            assert story.copies is not None
            alone = story.copies.model_copy(update={"group": id_, "of": None, "share": 0.0, "size": 1})
            assert store.update_story(story.model_copy(update={"copies": alone}), version)
    assert flow.sweep(watching)["regrouped"] == len(grouped)
    with Store.open(watching) as store:
        assert {id_: story.copies for id_, story in store.stories(list(grouped)).items()} == grouped
