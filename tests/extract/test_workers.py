"""A page that hangs, eats memory or kills its worker costs one entry; no process is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.errors import ExtractionFailed, LexiconInvalid, TaggingFailed, WorkersUnavailable
from pipeline.extract import extract
from pipeline.records import Skipped, Story
from pipeline.settings import Settings
from pipeline.tag import tagged
from pipeline.workers import Workers
from tests.extract.hostile import misbehave, mistag
from tests.extract.making import FEED, NOW, PARAGRAPHS, PUBLISHER, entry, html, page

GOOD = page(html())


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        extraction_workers=2,
        extraction_timeout=2.0,
        extraction_memory=700_000_000,
    )
    with Workers(settings, extraction=misbehave, tagger=False) as opened:
        yield opened


async def run(workers: Workers, content: str | bytes) -> Story | Skipped:
    return await workers.extract(page(content), entry(), FEED, PUBLISHER, now=NOW)


async def test_a_worker_gives_what_the_extraction_gives(workers: Workers) -> None:
    assert await run(workers, html()) == extract(GOOD, entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(await run(workers, ""), Skipped)


# A single element with so many attributes takes libxml2 most of a minute, in one call that no Python signal reaches.
ATTRIBUTES = "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">"

DEADLY = [
    (b"sleep", "killed after 2 s"),
    (b"spin", "killed after 2 s"),
    (html(body=ATTRIBUTES + PARAGRAPHS[0]).encode(), "killed after 2 s"),
    (b"eat", "out of memory"),
    (b"exit", "worker died: exit code 3"),
    (b"segfault", "worker died: SIGSEGV"),
    (b"raise", "ZeroDivisionError: in the parser"),
]


@pytest.mark.parametrize(("content", "cause"), DEADLY, ids=[c[:12].decode() for c, _ in DEADLY])
async def test_a_deadly_page_costs_itself_and_the_next_one_is_read(
    workers: Workers, content: bytes, cause: str
) -> None:
    with pytest.raises(ExtractionFailed, match=cause):
        await run(workers, content)
    made = await run(workers, html())
    assert isinstance(made, Story)
    assert made.text == "\n".join(PARAGRAPHS)


async def test_pages_beside_a_deadly_one_are_not_harmed(workers: Workers) -> None:
    contents: list[str | bytes] = [html(), b"spin", html(), b"exit", html(), b"eat", html()]
    results = await asyncio.gather(*(run(workers, content) for content in contents), return_exceptions=True)
    assert [type(result) for result in results] == [
        Story, ExtractionFailed, Story, ExtractionFailed, Story, ExtractionFailed, Story,
    ]  # fmt: skip


async def test_a_cancelled_wait_does_no_harm(workers: Workers) -> None:
    waits = [asyncio.create_task(run(workers, b"sleep")) for _ in range(3)]
    await asyncio.sleep(0.2)
    for wait in waits:
        wait.cancel()
    assert isinstance(await run(workers, html()), Story)


async def test_a_story_that_takes_too_long_to_tag_costs_itself(tmp_path: Path) -> None:
    story = _story("La France a livré des obus de 155 mm à l'Ukraine.")
    settings = Settings(home=tmp_path, extraction_workers=1, extraction_timeout=0.0001)
    with Workers(settings, tagger=False) as opened:
        for _ in range(2):
            with pytest.raises(TaggingFailed, match=r"killed after 0\.0001 s"):
                await opened.tag(story)


BROKEN = [
    ("lexicon", LexiconInvalid, "states.tsv:3: no such column"),
    ("missing", WorkersUnavailable, "not installed: No module named 'no_such_module'"),
    ("crash", TaggingFailed, "ZeroDivisionError: over this story"),
]


async def test_a_worker_tags_as_the_tagger_does(tmp_path: Path) -> None:
    story = _story("La France a livré des obus de 155 mm à l'Ukraine.")
    settings = Settings(home=tmp_path, extraction_workers=1, extraction_timeout=120)
    with Workers(settings) as opened:
        made = await opened.tag(story)
    assert made == tagged(story)
    assert made.military_supply


@pytest.mark.parametrize(("title", "expected", "message"), BROKEN, ids=[title for title, _, _ in BROKEN])
async def test_what_breaks_the_tagger_ends_the_run_and_no_story(
    tmp_path: Path, title: str, expected: type[Exception], message: str
) -> None:
    story = _story("Des obus.").model_copy(update={"title": title})
    with Workers(Settings(home=tmp_path, extraction_workers=1), tagging=mistag, tagger=False) as opened:
        with pytest.raises(expected, match=message):
            await opened.tag(story)
        assert (await opened.tag(_story("Des obus."))).title == "Des obus"


def _story(text: str) -> Story:
    made = extract(GOOD, entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story)
    return made.model_copy(update={"title": "Des obus", "text": text})


async def test_closing_does_not_wait_for_a_page_that_hangs(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, extraction_workers=1, extraction_timeout=600)
    with Workers(settings, extraction=misbehave, tagger=False) as opened:
        assert isinstance(await run(opened, html()), Story)
        hanging = asyncio.create_task(run(opened, b"sleep"))
        await asyncio.sleep(0.2)
    with pytest.raises(ExtractionFailed, match="worker died"):
        await hanging


async def test_a_worker_is_replaced_after_its_share_of_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.workers.TASKS_PER_WORKER", 2)
    with Workers(Settings(home=tmp_path, extraction_workers=1), extraction=misbehave, tagger=False) as opened:
        pids = [str(await run(opened, b"who")) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def _start(tmp_path: Path, *words: str) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A process with workers, and all processes that it has started by the time it has extracted a page."""
    command = [sys.executable, "-m", "tests.extract.hostile", str(tmp_path), *words]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "Story\n"
    return owner, psutil.Process(owner.pid).children(recursive=True)


def _gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that are still there ten seconds later."""
    return [p for p in psutil.wait_procs(processes, timeout=10)[1] if p.is_running()]


def test_a_run_that_ends_leaves_no_process(tmp_path: Path) -> None:
    owner, started = _start(tmp_path)
    with owner:
        assert owner.wait(20) == 0
    assert _gone(started) == []


@pytest.mark.parametrize(
    "name", ["SIGKILL", pytest.param("SIGTERM", marks=pytest.mark.slow), pytest.param("SIGINT", marks=pytest.mark.slow)]
)
def test_a_run_that_is_killed_while_a_page_hangs_leaves_no_process(tmp_path: Path, name: str) -> None:
    owner, started = _start(tmp_path, "wait")
    with owner:
        assert len(started) >= 3, "a fork server and its workers"
        time.sleep(0.3)  # the hanging page must have reached its worker
        os.kill(owner.pid, getattr(signal, name))
        owner.wait(20)
    assert _gone(started) == []


def test_a_forked_process_has_workers_of_its_own(tmp_path: Path) -> None:
    owner, started = _start(tmp_path, "fork")
    with owner:
        assert owner.wait(20) == 0
    assert _gone(started) == []
