"""The stories made again from what is stored: nothing changes unless the rules did, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import flow, registry
from pipeline.cli import main
from pipeline.index import Store
from pipeline.newsroom import Article, Newsroom, library
from pipeline.records import ArchivePointer, Extraction, Story
from pipeline.replay.archive import replay_archive
from pipeline.replay.changes import ReplayReport, differences
from pipeline.replay.stored import replay_index
from pipeline.settings import Settings

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("flow"), pytest.mark.timeout(240)]


def some_articles() -> list[Article]:
    """One that changes, a dozen that report supplies and others."""
    whole = list(library().values())
    changing = next(one for one in whole if len(one.versions) > 1)
    others = [one for one in whole if one is not changing and one.outlet in {"bastion", "cadran"} and not one.held]
    return [changing, *others[:14]]


@pytest.fixture
def watched(settings: Settings, tmp_path: Path) -> Settings:
    """Of a newsroom that was read twice, one of its articles changed in between; then it is gone."""
    articles = some_articles()
    with Newsroom(articles=articles) as newsroom:
        mine = settings.model_copy(
            update={
                "feeds": newsroom.write_registry(tmp_path / "feeds.csv"),
                "allow_private_hosts": frozenset(newsroom.allow_hosts.split(",")),
                "host_delay": 0.0,
            }
        )
        flow.bootstrap(mine)
        asyncio.run(flow.poll(mine, force=True))
        flow.ingest(mine)
        newsroom.revise(articles[0].id)
        asyncio.run(flow.poll(mine, force=True))
        assert flow.ingest(mine).revised == 1
    return mine


def stories(settings: Settings) -> dict[str, Story]:
    with Store.open(settings) as store:
        store.refresh("stories")
        return {story.id: story for story in store.scan_stories()}


def from_archive(settings: Settings, **options: Any) -> ReplayReport:
    with Store.open(settings) as store:
        return replay_archive(settings, registry.load(settings.feeds), store, now=flow.utc_now, **options)


def told(story: Story) -> dict[str, Any]:
    """What must be the same after a replay: all but the instants of the history, which are then the pages'."""
    shown = story.model_dump(mode="json")
    for entry in shown["history"]:
        entry.pop("at")
    return shown


def test_the_archive_gives_the_same_stories_in_a_new_index(watched: Settings) -> None:
    before = stories(watched)
    with Store.open(watched) as store:
        old = store.index_of("stories")

    dry = from_archive(watched, diff=True)
    assert (dry.changes, dry.failed, dry.index) == ([], {}, None)
    assert stories(watched) == before
    with Store.open(watched) as store:
        assert store.index_of("stories") == old, "a diff writes nothing"

    report = from_archive(watched)
    after = stories(watched)
    assert report.failed == {}
    assert report.changes == []
    assert {id_: told(story) for id_, story in after.items()} == {id_: told(story) for id_, story in before.items()}
    revised = [story for story in after.values() if story.history]
    assert [story.revision for story in revised] == [2], "revisions come out again"
    with Store.open(watched) as store:
        assert store.index_of("stories") == report.index != old
        assert not store.client.indices.exists(index=old)
        assert not store.client.indices.exists_alias(name=f"{watched.index_prefix}-rebuild-stories")


def test_a_lost_index_comes_back_and_a_changed_one_is_told(watched: Settings) -> None:
    before = stories(watched)
    articles = [story for story in before.values() if story.kind == "article"]
    lost, retitled, silenced = articles[0], articles[1], next(s for s in articles[2:] if s.supply_events)
    from_feed = articles[-1].model_copy(
        update={
            "id": "f" * 32,
            "canonical_url": "https://refused.example/a",
            "extraction": Extraction(version="1", method="feed"),
            "archive": None,
        }
    )
    with Store.open(watched) as store:
        store.client.delete(index=f"{watched.index_prefix}-stories", id=lost.id, refresh=True)
        store.put_stories(
            [
                retitled.model_copy(update={"title": "Un titre que la page ne porte pas"}),
                silenced.model_copy(update={"military_supply": False, "supply_events": (), "tagger": None}),
                from_feed,
            ]
        )

    report = from_archive(watched, diff=True)
    changes = {change.id: change.what for change in report.changes}
    assert changes[lost.id] == ("new",)
    assert changes[retitled.id] == ("title",)
    assert "supply: yes" in changes[silenced.id]
    assert any(what.startswith("+ ") for what in changes[silenced.id])
    assert len(changes) == 3

    from_archive(watched)
    after = stories(watched)
    assert after.keys() == {*before, from_feed.id}
    # When it was indexed is the one thing that only the lost document knew.
    restored = told(after[lost.id]) | {"clocks": told(before[lost.id])["clocks"]}
    assert restored == told(before[lost.id])
    assert told(after[retitled.id]) == told(retitled)
    assert told(after[silenced.id]) == told(silenced)
    assert after[from_feed.id].text == from_feed.text


@pytest.mark.slow
def test_a_page_that_cannot_be_read_costs_nothing_but_its_renewal(watched: Settings) -> None:
    before = stories(watched)
    revised = next(story for story in before.values() if story.revision == 2)
    assert revised.archive is not None
    file = watched.home / "archive" / revised.archive.file
    content = file.read_bytes()
    file.write_bytes(content[: len(content) - 40])  # its writer died in the last record, the page of the last version

    report = from_archive(watched)
    assert stories(watched) == before
    assert (report.changes, report.stories["kept"]) == ([], 1)


@pytest.mark.slow
def test_since_makes_only_later_pages_again(watched: Settings) -> None:
    with Store.open(watched) as store:
        some = next(story for story in store.scan_stories(kind="article"))
        store.put_stories([some.model_copy(update={"title": "Un titre que la page ne porte pas"})])
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert from_archive(watched, since=tomorrow, diff=True).changes == []
    assert [c.id for c in from_archive(watched, since=datetime(2020, 1, 1, tzinfo=UTC), diff=True).changes] == [some.id]


@pytest.mark.slow
def test_what_a_run_writes_during_a_replay_is_there_after_it(watched: Settings) -> None:
    written: list[str] = []

    def while_it_runs(report: ReplayReport) -> None:
        if written:
            return
        with Store.open(watched) as store:
            some = next(store.scan_stories(kind="article"))
            clocks = some.clocks.model_copy(update={"indexed_at": flow.utc_now()})
            fresh = some.model_copy(update={"id": "e" * 32, "canonical_url": "https://new.example/", "clocks": clocks})
            store.put_stories([fresh])
            written.append(fresh.id)

    from_archive(watched, on_progress=while_it_runs)
    assert written[0] in stories(watched)


def test_what_was_tagged_by_another_tagger_is_tagged_again_in_place(watched: Settings) -> None:
    before = stories(watched)
    silenced = next(s for s in before.values() if s.kind == "article" and s.supply_events)
    with Store.open(watched) as store:
        index = store.index_of("stories")
        store.put_stories([silenced.model_copy(update={"military_supply": False, "supply_events": (), "tagger": None})])
        dry = replay_index(store, diff=True)
        assert [change.id for change in dry.changes] == [silenced.id]
        store.refresh("stories")
        assert store.story(silenced.id).supply_events == ()  # type: ignore[union-attr]
        report = replay_index(store)
        assert [change.id for change in report.changes] == [silenced.id]
        assert store.index_of("stories") == index
    assert stories(watched) == before


def test_the_command_tells_what_would_change(
    watched: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("home", "elasticsearch_url", "index_prefix", "feeds"):
        monkeypatch.setenv(f"VEILLE_{name.upper()}", str(getattr(watched, name)))
    assert main(["replay", "--diff", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["changes"], report["index"]) == ([], None)
    assert report["pages"] >= len(some_articles())
    assert main(["replay", "--from", "index", "--diff"]) == 0
    assert "nothing was written" in capsys.readouterr().out
    with pytest.raises(SystemExit) as wrong:
        main(["replay", "--since", "demain"])
    assert wrong.value.code == 2


def test_differences_are_told_in_a_few_words() -> None:
    from tests.extract.test_revisions import PARAGRAPHS, event, story

    old = story(supply_events=(event(),), military_supply=True)
    new = story(*PARAGRAPHS[:2], title="Autre", section="Monde", authors=("Jeanne Martin",))
    assert differences(old, old) == ()
    assert differences(None, new) == ("new",)
    assert differences(old, None, reason="too-short") == ("gone: too-short",)
    found = differences(old, new)
    assert found[0] == "title"
    assert found[1].startswith("text ")
    assert {"authors", "section", "supply: no", "- KP→RU delivered ammunition"} <= set(found)
    moved = story(archive=ArchivePointer(file="x", offset=1, digest="d"))
    assert differences(story(), moved) == (), "where the page lies is no difference"
