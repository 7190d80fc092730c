"""`veille run`: poll, ingest until the ledger is empty, tell what was found.

Belongs here: the loop of a run and what is printed of it. Does not belong here: the work (`flow`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING

from pipeline.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.ingest import IngestReport
    from pipeline.records import Story
    from pipeline.watch.poll import PollReport

WATCH_TICK_SECONDS = 30.0
"""How long `--watch` waits between two looks at which feeds are due."""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("run", help="poll the feeds, ingest what is new, show what was found")
    parser.add_argument("--feeds", metavar="FILE", help="another registry (CSV) than the shipped one")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="ask every feed once, due or not (the default)")
    how.add_argument("--due", action="store_true", help="ask only the feeds that are due (for cron)")
    how.add_argument("--watch", action="store_true", help="go on until interrupted, each feed when it is due")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from pathlib import Path

    from rich.console import Console

    from pipeline import flow
    from pipeline.cli import logs

    if args.feeds:
        settings = settings.model_copy(update={"feeds": Path(args.feeds)})
    console = Console(stderr=args.json, width=None if sys.stdout.isatty() else 120, highlight=False)
    logs.to_file(settings)
    flow.bootstrap(settings)
    if not args.watch:
        return once(settings, console, force=not args.due, as_json=args.json)
    while True:
        started = time.monotonic()
        once(settings, console, force=False, as_json=args.json, quiet=True)
        time.sleep(max(0.0, WATCH_TICK_SECONDS - (time.monotonic() - started)))


def once(settings: Settings, console: Console, *, force: bool, as_json: bool = False, quiet: bool = False) -> int:
    """One round: 0 when at least one feed answered or none was due, 1 when all that were asked failed."""
    from pipeline import flow
    from pipeline.cli import report as shown

    polled = asyncio.run(flow.poll(settings, force=force, on_feed=lambda o: console.print(shown.feed_line(o))))
    swept = flow.sweep(settings)
    if swept.get("requeued"):
        console.print(f"  {swept['requeued']} entries are tried again")
    done = ingest(settings, console)
    if as_json:
        print(json.dumps(shown.as_json(polled, done), ensure_ascii=False))
    elif polled.feeds or done.outcomes or not quiet:
        stories = found(settings, done.stories)
        shown.events_table(console, stories)
        shown.summary(console, polled, done)
        if not polled.feeds:
            console.print("No feed is due.")
        elif not done.outcomes:
            console.print("Nothing new." if answered(polled) else "No feed could be read: nothing was lost.")
    return 0 if not polled.feeds or answered(polled) else 1


def answered(polled: PollReport) -> bool:
    return any(not outcome.error for outcome in polled.feeds)


def ingest(settings: Settings, console: Console) -> IngestReport:
    """Drain the ledger under a progress bar."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from pipeline import flow
    from pipeline.index import Store
    from pipeline.ledger import Ledger

    with Store.open(settings) as store:
        waiting = Ledger(store, settings, flow.utc_now).pending()
    if not waiting:
        return flow.ingest(settings)
    columns = (
        TextColumn("  reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[found]}"),
    )
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        task = progress.add_task("entries", total=waiting, found="")
        tagged = 0

        def on_batch(done: IngestReport) -> None:
            nonlocal tagged
            tagged += done.tagged
            progress.update(task, advance=sum(done.outcomes.values()), found=f"{tagged} supply stories")

        return flow.ingest(settings, on_batch=on_batch)


def found(settings: Settings, ids: list[str]) -> list[Story]:
    """The stories of this run, newest first."""
    from pipeline.index import Store

    with Store.open(settings) as store:
        stories = store.stories(ids)
    first = [s for s in stories.values() if s.kind == "article"]
    return sorted(first, key=lambda s: s.clocks.published_at or s.clocks.first_seen_at, reverse=True)
