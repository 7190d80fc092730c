"""What the workers are given to run in the tests, beside the real extraction; found by name in the worker."""

from __future__ import annotations

import importlib
import os
import signal
import time
from typing import Any

from pipeline.errors import LexiconInvalid
from pipeline.extract import extract
from pipeline.records import Page, Skipped, SkipReason, Story


def misbehave(page: Page, *args: Any, **kwargs: Any) -> Story | Skipped:
    """Does what the page's body names, and extracts any other page."""
    match page.body:
        case b"sleep":
            time.sleep(600)
        case b"spin":
            while True:
                pass
        case b"eat":
            hoard = []
            while True:
                hoard.append(bytearray(50_000_000))
        case b"exit":
            os._exit(3)
        case b"segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"raise":
            raise ZeroDivisionError("in the parser")
        case b"who":
            return Skipped(SkipReason.NO_TEXT, str(os.getpid()))
    return extract(page, *args, **kwargs)


def mistag(story: Story) -> Story:
    """Fails as the story's title says, and leaves any other story as it is."""
    match story.title:
        case "lexicon":
            raise LexiconInvalid("states.tsv:3: no such column")
        case "missing":
            importlib.import_module("no_such_module")
        case "crash":
            raise ZeroDivisionError("over this story")
    return story


def fail_on(url: str, story: Story) -> Story:
    """Fails on one story, and leaves any other as it is."""
    if story.url == url:
        raise ZeroDivisionError("over this story")
    return story


def main() -> None:
    """A process with workers of its own that extracts one page, says so, hangs on the next, and waits to be killed."""
    import asyncio
    import sys
    from pathlib import Path

    from pipeline.settings import Settings
    from pipeline.workers import Workers
    from tests.extract.making import FEED, NOW, PUBLISHER, entry, html, page

    async def work() -> None:
        settings = Settings(home=Path(sys.argv[1]), extraction_workers=2)
        with Workers(settings, extraction=misbehave, tagger=False) as workers:
            made = await workers.extract(page(html()), entry(), FEED, PUBLISHER, now=NOW)
            print(type(made).__name__, flush=True)
            if "wait" in sys.argv:
                await workers.extract(page(b"spin"), entry(), FEED, PUBLISHER, now=NOW)

    if "fork" in sys.argv and os.fork():
        # As an Airflow task does: they live in a child that was forked, not started.
        raise SystemExit(os.waitstatus_to_exitcode(os.wait()[1]))
    asyncio.run(work())


if __name__ == "__main__":
    main()
