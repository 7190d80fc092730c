"""`veille brief`: the briefing of a period, as one HTML page or Markdown.

Belongs here: arguments and where the page goes. Does not belong here: what it says (`pipeline.brief`).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.since import before, since

if TYPE_CHECKING:
    from pipeline.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("brief", help="what is new, on one page to read or print")
    command.add_argument("--since", type=since, default=since("7d"), help="24h, 7d, 2w or a date (default: 7d)")
    command.add_argument("--output", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    command.add_argument("--format", choices=("html", "md"), help="default: by the file's ending, else html")
    command.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from datetime import UTC, datetime

    from pipeline import brief
    from pipeline.errors import InputInvalid
    from pipeline.index import Store

    now = datetime.now(UTC)
    start = before(now, args.since)
    if start >= now:
        raise InputInvalid(f"--since {start.isoformat()} has not come yet")
    chosen = args.format or ("md" if args.output and args.output.suffix == ".md" else "html")
    with Store.open(settings) as store:
        page = brief.page(store, since=start, until=now, form=chosen)
    if args.output is None:
        print(page, end="")
        return 0
    try:
        brief.write(page, args.output)
    except OSError as error:
        raise InputInvalid(f"cannot be written: {error.strerror}", url=str(args.output)) from None
    return 0
