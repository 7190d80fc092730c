"""`veille ledger`: what was seen in the feeds, and what became of it.

Belongs here: arguments and display. Does not belong here: the rules of the ledger (`pipeline.ledger`).
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from pipeline.cli.search import count
from pipeline.cli.since import moment
from pipeline.cli.story import indented
from pipeline.errors import InputInvalid
from pipeline.records import EntryState, SkipReason

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.ledger import Ledger
    from pipeline.records import Entry
    from pipeline.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("ledger", help="what was seen in the feeds, and what became of it")
    parser.add_argument("--failed", action="store_true", help="list what failed: to be tried again, or dead")
    parser.add_argument("--state", choices=[str(state) for state in EntryState], help="list entries in this state")
    parser.add_argument("--reason", choices=[str(reason) for reason in SkipReason], help="list what was skipped so")
    parser.add_argument("--feed", metavar="ID", help="list entries that this feed carried")
    parser.add_argument("--retry", metavar="ID|all", help="queue an entry again, or all that failed or are dead")
    parser.add_argument("--size", type=count, default=50, help="entries listed (default: 50)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from rich.console import Console

    from pipeline.flow import utc_now
    from pipeline.index import Store
    from pipeline.ledger import Ledger

    console = Console(highlight=False)
    with Store.open(settings) as store:
        ledger = Ledger(store, settings, utc_now)
        if args.retry:
            return _retry(ledger, args.retry, as_json=args.json)
        states: tuple[EntryState, ...] = (EntryState(args.state),) if args.state else ()
        if args.failed:
            states = (EntryState.FAILED, EntryState.DEAD)
        counts = ledger.counts()
        listed = bool(states or args.reason or args.feed)
        entries = ledger.entries(states=states, reason=args.reason, feed=args.feed, size=args.size) if listed else []
    if args.json:
        shown = {"counts": counts, "entries": [entry.model_dump(mode="json", exclude={"content"}) for entry in entries]}
        print(json.dumps(shown, ensure_ascii=False))
    elif listed:
        _print_entries(console, entries)
    else:
        _print_counts(console, counts)
    return 0


def _retry(ledger: Ledger, which: str, *, as_json: bool) -> int:
    queued = ledger.retry(which)
    if not queued and which != "all" and ledger.entry(which) is None:
        raise InputInvalid(f"no entry has the id {which}")
    print(json.dumps({"queued": queued}) if as_json else f"{queued} queued again")
    return 0


def _print_counts(console: Console, counts: dict[EntryState, dict[str, int]]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("State")
    table.add_column("Entries", justify="right")
    table.add_column("Reason")
    for state in EntryState:
        reasons = counts.get(state, {})
        table.add_row(str(state), str(sum(reasons.values())), "", style="" if reasons else "dim")
        for reason, number in sorted(reasons.items(), key=lambda item: -item[1]):
            if reason:
                table.add_row("", str(number), reason)
    console.print(table)
    if counts.get(EntryState.FAILED) or counts.get(EntryState.DEAD):
        console.print("veille ledger --failed lists what failed", style="dim")


def _print_entries(console: Console, entries: list[Entry]) -> None:
    from rich.text import Text

    for entry in entries:
        head = Text.assemble((str(entry.state), "bold"), f"  {entry.title or entry.url}")
        if entry.reason:
            head.append(f"  {entry.reason}", style="yellow")
        console.print(head)
        if entry.error:
            console.print(indented(Text(entry.error, style="red")))
        tries = f"{counted(entry.attempts, 'attempt')}, " if entry.attempts else ""
        due = f"next at {moment(entry.next_attempt_at)}, " if entry.next_attempt_at else ""
        console.print(Text(f"  {tries}{due}{', '.join(entry.feeds)}", style="dim"))
        console.print(Text(f"  {entry.id}  {entry.url}", style="dim"), soft_wrap=True)
    console.print(counted(len(entries), "entry", "entries"), style="dim")


def counted(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"
