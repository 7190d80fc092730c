"""`veille demo`: the whole pipeline on the sample newsroom, served on loopback; no network, no Docker.

Belongs here: setting the stage (newsroom, registry, settings) and telling the story of the run. Does not belong here:
the run itself, which is that of `veille run`.
"""

from __future__ import annotations

import argparse
import sys

from pipeline.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("demo", help="the whole pipeline on the sample newsroom, no network needed")
    parser.add_argument("--remove", action="store_true", help="take the sample newsroom's documents out again")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from rich.console import Console

    from pipeline import flow
    from pipeline.cli import logs
    from pipeline.cli import report as shown
    from pipeline.cli.run import once
    from pipeline.index import Store
    from pipeline.index.search import SearchRequest
    from pipeline.newsroom import Newsroom

    console = Console(stderr=args.json, width=None if sys.stdout.isatty() else 120, highlight=False)
    logs.to_file(settings)
    if args.remove:
        with Store.open(settings) as store:
            outlets = Newsroom().outlets
            feeds = [feed.id for outlet in outlets for feed in outlet.feeds]
            removed = store.remove_publishers({outlet.id: outlet.name for outlet in outlets}, feeds)
        console.print(f"{removed} documents of the sample newsroom removed.")
        return 0

    home = settings.home
    with Newsroom(state=home / "newsroom.json") as newsroom:
        settings = settings.model_copy(
            update={
                "feeds": newsroom.write_registry(home / "newsroom-feeds.csv"),
                "allow_private_hosts": settings.allow_private_hosts | frozenset(newsroom.allow_hosts.split(",")),
                # The newsroom is ours: nobody is spared by waiting a second between two of its pages.
                "host_delay": 0.0,
            }
        )
        with Store.open(settings) as store:
            kind = "embedded engine" if settings.elasticsearch_url is None else "Elasticsearch"
            console.print(f"[bold]Veille[/bold], on its sample newsroom: {len(newsroom.outlets)} fictional outlets")
            console.print(f"  {kind} at {store.url}, everything else in {home}/", style="dim")
        flow.bootstrap(settings)
        code = once(settings, console, force=True, as_json=args.json)
    if not args.json:
        with Store.open(settings) as store:
            store.refresh("stories")
            nearest = store.search(SearchRequest(near_seed=True, kind="article", size=8))
            shown.nearest_table(console, [hit.story for hit in nearest.hits])
            console.print(NEXT)
    return code


NEXT = """
[bold]Try next[/bold]
  veille search "munitions nord-coréennes"
  veille search obus --recipient UA --status delivered
  veille search --near-seed
  veille ledger
  veille demo                        again: nothing new
  veille demo --remove               before you watch real feeds: veille run
(veille is .venv/bin/veille)"""
