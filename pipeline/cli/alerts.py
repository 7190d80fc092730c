"""`veille alerts`: what was new, and the feed of it.

Belongs here: arguments and how alerts are shown. Does not belong here: when there is one (`pipeline.alerts`).
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.cli.since import before, moment, since

if TYPE_CHECKING:
    from pipeline.records import Alert
    from pipeline.settings import Settings

SHOWN = 500


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("alerts", help="new events and changes of status, newest first")
    command.add_argument("--since", type=since, default=since("7d"), help="24h, 7d, 2w or a date (default: 7d)")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=show)
    actions = command.add_subparsers(metavar="[ACTION]")
    feed = actions.add_parser("feed", help="write the Atom feed of alerts, and say where it is")
    feed.set_defaults(run=write)


def show(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.index import Store
    from pipeline.index.alerts import Book

    with Store.open(settings) as store:
        alerts = Book(store).newest(SHOWN, before(datetime.now(UTC), args.since))
    if args.json:
        for alert in alerts:
            print(alert.model_dump_json())
    else:
        _print(alerts)
    return 0


def write(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.alerts import write_feed
    from pipeline.index import Store

    with Store.open(settings) as store:
        print(write_feed(store, settings))
    return 0


def _print(alerts: list[Alert]) -> None:
    from rich.console import Console
    from rich.text import Text

    from pipeline import french
    from pipeline.cli.story import indented

    console = Console()
    if not alerts:
        console.print("no alerts", style="dim")
    for alert in alerts:
        counted = f", {alert.independent_sources} independent sources" if alert.independent_sources > 1 else ""
        head = f"{moment(alert.at)}  {french.RULE.get(alert.rule, alert.rule)}"
        console.print(Text.assemble((head, "bold yellow"), (f"  {alert.publisher}{counted}", "dim")))
        console.print(indented(Text(alert.reason)))
        if alert.evidence:
            console.print(indented(Text(f"« {alert.evidence} »", style="italic")))
        console.print(Text(f"  {alert.story_url}", style="dim"), soft_wrap=True)
