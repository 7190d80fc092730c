"""`veille search`, `show`, `seed`, `ledger` and `engine`, as a person or a script calls them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline import engine
from pipeline.cli import main
from pipeline.errors import TimedOut
from pipeline.index import Store
from pipeline.ledger import Ledger
from pipeline.records import Clocks, Copies, EntryState, Evidence, Revision, Story, Supply, SupplyEvent
from pipeline.settings import Settings
from tests.index.samples import NOON, Clock, entry, story

pytestmark = pytest.mark.engine

SENTENCE = "Pyongyang a livré des obus à Moscou, selon Séoul."
TEXT = f"Un train est passé.\n{SENTENCE}"


@pytest.fixture
def cli(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The environment of a shell in which `veille` means this test's store."""
    assert settings.elasticsearch_url
    monkeypatch.setenv("VEILLE_ELASTICSEARCH_URL", settings.elasticsearch_url)
    monkeypatch.setenv("VEILLE_INDEX_PREFIX", settings.index_prefix)
    monkeypatch.setenv("VEILLE_HOME", str(settings.home))
    monkeypatch.setenv("COLUMNS", "150")
    return store


def supply_story() -> Story:
    start = TEXT.index(SENTENCE)
    evidence = Evidence(
        sentence=SENTENCE, start=start, end=start + len(SENTENCE), rule="give.active", triggers=("livré", "obus")
    )
    events = (
        SupplyEvent(supplier="KP", recipient="RU", materiel=("ammunition",), status="delivered", evidence=(evidence,)),
    )
    return story(
        "obus",
        "Des obus pour Moscou",
        TEXT,
        military_supply=True,
        supply_score=0.9,
        supply_events=events,
        supply=Supply.of(events),
        copies=Copies(group="g", size=2, independent_sources=2),
        history=(Revision(revision=1, at=NOON, title_before="Un train", text_ratio=0.8),),
        revision=2,
    )


def index(store: Store, *stories: Story) -> None:
    assert store.put_stories(stories).failed == {}
    store.refresh("stories")


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, err = called(capsys, *arguments)
    assert (code, err) == (0, "")
    return json.loads(out)


def test_search_shows_a_person_the_title_the_events_and_what_matched(
    cli: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    index(cli, supply_story(), story("autre", "Des vaccins", "Sans rapport."))
    code, out, _ = called(capsys, "search", "nord-coréens", "obus")

    assert code == 0
    assert "Des obus pour Moscou" in out
    assert "KP→RU delivered" in out
    assert "vaccins" not in out
    assert "1 of 1" in out


def test_search_gives_a_program_the_same_in_json(cli: Store, capsys: pytest.CaptureFixture[str]) -> None:
    index(cli, supply_story())
    result = answered(capsys, "search", "obus", "--supplier", "corée du nord", "--recipient", "ru", "--json")

    assert result["total"] == 1
    hit = result["hits"][0]
    assert hit["supply_events"][0]["evidence"][0]["sentence"] == SENTENCE
    assert "<em>obus</em>" in hit["highlights"]["title"][0]
    assert answered(capsys, "search", "--supplier", "IR", "--json") == {"total": 0, "hits": []}


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "x", "--supplier", "atlantide"],
        ["search", "x", "--status", "livré"],
        ["search", "x", "--since", "hier"],
        ["search", "x", "--size", "0"],
        ["show"],
        ["show", "x", "--record", "--json"],
        ["seed"],
        ["engine", "restart"],
        ["ledger", "--state", "lost"],
    ],
)
def test_a_wrong_call_exits_2_with_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)

    assert exit_.value.code == 2
    assert "usage: veille" in capsys.readouterr().err


def test_a_day_given_as_until_still_counts(cli: Store, capsys: pytest.CaptureFixture[str]) -> None:
    index(cli, supply_story())

    assert answered(capsys, "search", "--since", "2026-11-22", "--until", "2026-11-22", "--json")["total"] == 1
    assert answered(capsys, "search", "--until", "2026-11-21", "--json")["total"] == 0


@pytest.mark.parametrize("first_instant", ["2026-11-19T23:00Z", "2026-11-20T05:00Z"], ids=["Paris", "Montréal"])
def test_a_story_of_a_day_is_shown_on_that_day_and_found_by_it(
    cli: Store, capsys: pytest.CaptureFixture[str], first_instant: str
) -> None:
    at = datetime.fromisoformat(first_instant)
    clocks = Clocks(published_at=at, published_precision="day", first_seen_at=NOON)
    index(cli, supply_story().model_copy(update={"clocks": clocks}))

    assert "  2026-11-20 · " in called(capsys, "search", "--since", "2026-11-20", "--until", "2026-11-20")[1]
    assert answered(capsys, "search", "--until", "2026-11-19", "--json")["total"] == 0


def test_what_a_narrow_terminal_wraps_stays_set_in(
    cli: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    index(cli, supply_story())
    shown = called(capsys, "show", supply_story().id)[1]

    lines = [line.rstrip() for line in shown.splitlines()]
    assert lines[lines.index("    « Pyongyang a livré des obus à") + 1] == "    Moscou, selon Séoul. »"


def test_show_has_the_evidence_the_copies_and_the_revisions(cli: Store, capsys: pytest.CaptureFixture[str]) -> None:
    mine = supply_story()
    copy = story("copie", "Des obus pour la Russie", TEXT, copies=Copies(group="g", of=mine.id, share=0.97, size=2))
    index(cli, mine, copy)
    code, out, _ = called(capsys, "show", mine.id)

    assert code == 0
    assert f"« {SENTENCE} »" in out
    assert "give.active" in out
    assert "Des obus pour la Russie (97%)" in out
    assert "title was « Un train »" in out
    assert answered(capsys, "show", mine.id, "--json")["copies_in_index"][0]["id"] == copy.id


def test_show_says_what_became_of_an_id_that_is_no_story(
    cli: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = Ledger(cli, settings, Clock())
    ledger.record([entry("x")])
    ledger.finish(ledger.claim("run", 1)[0], state=EntryState.SKIPPED, reason="too-short")

    assert called(capsys, "show", entry("x").id)[::2] == (
        1,
        f"veille: InputInvalid: no story has the id {entry('x').id}; its entry is skipped: too-short\n",
    )
    assert "no story and no entry" in called(capsys, "show", "nothing")[2]


def test_a_record_of_a_story_without_a_page_is_one_clear_line(cli: Store, capsys: pytest.CaptureFixture[str]) -> None:
    index(cli, supply_story())
    code, out, err = called(capsys, "show", supply_story().id, "--record")

    assert (code, out) == (1, "")
    assert "has no archived page" in err


def test_a_file_or_a_story_becomes_a_seed_and_all_stories_are_measured_again(
    cli: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index(cli, supply_story(), story("autre", "Des vaccins", "Le ministre ouvre un musée."))
    file = tmp_path / "Mon article.txt"
    file.write_text(f"Des obus pour Moscou\n{TEXT}", encoding="utf-8")

    code, out, _ = called(capsys, "seed", "add", str(file))
    assert (code, out.splitlines()[0].split(": ")[1]) == (0, "Des obus pour Moscou")
    assert answered(capsys, "search", "--near-seed", "--json")["hits"][0]["title"] == "Des obus pour Moscou"
    near = cli.story(supply_story().id)
    assert near is not None
    assert near.seed.text == pytest.approx(1.0)

    assert called(capsys, "seed", "add", supply_story().id)[0] == 0
    assert len(answered(capsys, "seed", "list", "--json")) == 2
    for seed in answered(capsys, "seed", "list", "--json"):
        assert called(capsys, "seed", "remove", seed["id"])[0] == 0
    far = cli.story(supply_story().id)
    assert far is not None
    assert (far.kind, far.seed.similarity, far.seed.nearest) == ("article", 0.0, None)


def test_seeding_nothing_is_one_clear_line(cli: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("Titre seul")

    assert "has no text after its first line" in called(capsys, "seed", "add", str(empty))[2]
    assert "is no file and no story" in called(capsys, "seed", "add", "nothing")[2]
    assert called(capsys, "seed", "remove", supply_story().id)[0] == 1


def test_the_ledger_is_counted_listed_and_retried(
    cli: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = Ledger(cli, settings, Clock())
    ledger.record([entry("x"), entry("y")])
    one, two = ledger.claim("run", 2)
    ledger.finish(one, state=EntryState.FAILED, error=TimedOut("30 s", url=one.entry.url))
    ledger.finish(two, state=EntryState.SKIPPED, reason="too-short")

    assert answered(capsys, "ledger", "--json")["counts"] == {"failed": {"": 1}, "skipped": {"too-short": 1}}
    assert "too-short" in called(capsys, "ledger")[1]
    out = called(capsys, "ledger", "--failed")[1]
    assert f"TimedOut: {one.entry.url}: 30 s" in out
    assert out.endswith("1 entry\n")
    assert "next at 2026-11-22" in out
    assert called(capsys, "ledger", "--retry", "all")[1] == "1 queued again\n"
    assert called(capsys, "ledger", "--retry", "nothing")[0] == 1


def test_retention_deletes_what_is_old_and_came_to_an_end_and_never_a_seed(
    cli: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    index(cli, supply_story(), story("seed", kind="seed"))
    ledger = Ledger(cli, settings, Clock())
    ledger.record([entry("ended"), entry("waiting")])
    ledger.finish(ledger.claim("run", 1)[0], state=EntryState.INDEXED)

    assert "0 stories" in called(capsys, "index", "expire", "stories", "--before", "2026-11-22")[1]
    out = called(capsys, "index", "expire", "stories", "--before", "2026-11-23", "--dry-run")[1]
    assert out == "1 stories from before 2026-11-23 would be deleted\n"
    assert called(capsys, "index", "expire", "stories", "--before", "2026-11-23")[0] == 0
    assert called(capsys, "index", "expire", "entries", "--before", "2026-11-23")[0] == 0
    assert cli.story(supply_story().id) is None
    assert cli.story(story("seed").id) is not None
    assert ledger.counts() == {EntryState.QUEUED: {"": 1}}


def test_the_indices_are_shown_moved_and_in_step(cli: Store, capsys: pytest.CaptureFixture[str]) -> None:
    index(cli, supply_story())
    before = {row["kind"]: row for row in answered(capsys, "index", "status", "--json")}
    assert (before["stories"]["documents"], before["stories"]["migrate"]) == (1, False)

    assert "in step" in called(capsys, "index", "migrate")[1]
    assert "1 documents copied" in called(capsys, "index", "migrate", "stories", "--rebuild", "--delete-old")[1]
    assert answered(capsys, "index", "status", "--json")[0]["index"] == f"{before['stories']['index']}-2"
    assert "in step" in called(capsys, "index", "synonyms")[1]


def test_an_engine_that_is_not_there_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VEILLE_ELASTICSEARCH_URL", "http://someone:secret@127.0.0.1:9")
    code, out, err = called(capsys, "search", "obus")

    assert (code, out) == (1, "")
    assert err.startswith("veille: EngineUnavailable: http://127.0.0.1:9: ")
    assert "secret" not in err
    assert err.count("\n") == 1


def test_the_embedded_engine_starts_stops_and_keeps_its_data_and_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VEILLE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VEILLE_ELASTICSEARCH_URL", raising=False)
    try:
        assert called(capsys, "engine", "status") == (1, "embedded engine not running\n", "")
        started = answered(capsys, "engine", "start", "--json")
        assert answered(capsys, "engine", "start", "--json") == started, "one engine for one home"
        with Store.open(Settings(home=tmp_path / "home")) as store:
            store.bootstrap(plant_seeds=False)
            index(store, supply_story())
        assert called(capsys, "engine", "stop")[0] == 0
        assert engine.status(tmp_path / "home") is None

        assert answered(capsys, "search", "obus", "--json")["total"] == 1, "a command starts it again"
        assert answered(capsys, "engine", "status", "--json")["url"] == started["url"]
    finally:
        engine.stop(tmp_path / "home")
