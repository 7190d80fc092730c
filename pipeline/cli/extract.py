"""`veille extract FILE_OR_URL...`: what a page gives, as JSON.

Belongs here: the files and URLs of a call, one error line for each that fails. Does not belong here: extraction.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("extract", help="the story of a page, as JSON")
    parser.add_argument(
        "pages", nargs="+", metavar="FILE_OR_URL", help="HTML file, http(s) URL, or - for standard input"
    )
    parser.add_argument("--url", help="where the file was found, when the page does not say it itself")
    parser.add_argument("--json", action="store_true", help="one JSON line per page, also for a single page")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """One page: a JSON document; several: one JSON line each. Exit 1 when one of them gave no story."""
    from pipeline.errors import VeilleError
    from pipeline.extract.single import read_page, story_of
    from pipeline.records import Skipped

    failed = 0
    indent = None if args.json or len(args.pages) > 1 else 2
    for name in args.pages:
        try:
            made = story_of(read_page(name, args.url, settings), settings)
        except VeilleError as error:
            print(f"veille: {name}: {error.named}", file=sys.stderr)
            failed += 1
            continue
        if isinstance(made, Skipped):
            print(f"veille: {name}: no story: {made.reason} ({made.detail})", file=sys.stderr)
            failed += 1
            continue
        print(made.model_dump_json(indent=indent))
    return 1 if failed else 0
