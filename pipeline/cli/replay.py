"""`veille replay`: the later stages again over what is stored, without the network.

Belongs here: the call and its report. Does not belong here: the replay itself (`pipeline.replay`).
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.replay.changes import ReplayReport
    from pipeline.settings import Settings

SHOWN = 40
"""Changed stories that are listed; `--json` has them all."""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("replay", help="extract or tag again what is stored, without the network")
    parser.add_argument(
        "--from",
        dest="source",
        choices=("archive", "index"),
        default="archive",
        help="archive: from the archived pages into a new index (the default); index: tag the stored texts again",
    )
    parser.add_argument("--since", type=instant, metavar="DATE", help="only pages fetched, or stories seen, since then")
    parser.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    parser.add_argument("--keep-old", action="store_true", help="keep the index that served before")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def instant(text: str) -> datetime:
    """A date or an instant; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: not a date like 2024-03-12 or 2024-03-12T14:05:00+01:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Exit 1 when pages or stories could not be replayed; those kept their old form."""
    from rich.console import Console

    from pipeline import flow, registry
    from pipeline.cli import logs
    from pipeline.index import Store
    from pipeline.replay.archive import replay_archive
    from pipeline.replay.stored import replay_index

    logs.to_stderr()
    console = Console(stderr=args.json, width=None if sys.stdout.isatty() else 120, highlight=False)
    known = registry.load(settings.feeds)
    store = Store.open(settings)
    try:
        with console.status("replaying") as status:

            def progress(report: ReplayReport) -> None:
                status.update(f"replaying: {report.pages} pages, {sum(report.stories.values())} stories")

            if args.source == "index":
                report = replay_index(store, since=args.since, diff=args.diff, on_progress=progress)
            else:
                report = replay_archive(
                    settings,
                    known,
                    store,
                    now=flow.utc_now,
                    since=args.since,
                    diff=args.diff,
                    delete_old=not args.keep_old,
                    on_progress=progress,
                )
    finally:
        store.close()
    if args.json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        show(console, report, diff=args.diff)
    return 1 if report.failed else 0


def show(console: Console, report: ReplayReport, *, diff: bool) -> None:
    """The changed stories, then the counts."""
    from rich.table import Table

    if report.changes:
        table = Table(box=None, padding=(0, 2, 0, 0))
        for heading in ("story", "publisher", "title", "would change" if diff else "changed"):
            table.add_column(heading, overflow="fold" if heading.endswith("changed") else "ellipsis")
        for change in report.changes[:SHOWN]:
            table.add_row(change.id[:8], change.publisher, change.title[:60], ", ".join(change.what))
        console.print(table)
        if len(report.changes) > SHOWN:
            console.print(f"... and {len(report.changes) - SHOWN} more (--json has them all)")
    for error in report.failed.items():
        console.print(f"  [red]✗[/red] {error[0][:8]}: {error[1]}")
    counts = ", ".join(f"{count} {what}" for what, count in report.stories.most_common()) or "none"
    console.print(f"stories: {counts}; pages: {report.pages}, without a story: {sum(report.skipped.values())}")
    if report.kinds:
        console.print("changes: " + ", ".join(f"{count} {kind}" for kind, count in report.kinds.most_common()))
    if report.index:
        console.print(f"the index {report.index} serves now")
    elif diff:
        console.print("nothing was written")
    console.print(f"{report.seconds:.1f} s")
