"""`veille feeds list|check|add|import|export`: the registry, and how its feeds are.

Belongs here: arguments, and showing the registry and its health. Does not belong here: changes to the registry
(`feeds_edit`), probing (`pipeline.watch`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.cli import feeds_edit
from pipeline.cli.since import moment

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.records import Feed, FeedState
    from pipeline.registry import Registry
    from pipeline.settings import Settings
    from pipeline.watch.probe import Probe


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("feeds", help="the registry: list, check, add, import, export")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    listing = actions.add_parser("list", help="the feeds, and how they are where an engine knows")
    listing.set_defaults(run=list_feeds)

    check = actions.add_parser("check", help="ask each feed once and say what is wrong; exit 1 when one fails")
    check.add_argument("ids", nargs="*", metavar="ID", help="these only, disabled ones too (default: all enabled)")
    check.set_defaults(run=check_feeds)

    add = actions.add_parser("add", help="find the feed of a site and add it to the registry")
    add.add_argument("url", metavar="URL", help="the feed, or a page of the site")
    add.add_argument("--id", help="id of the new row (default: from the name)")
    add.add_argument("--name", help="name (default: the feed's title)")
    add.add_argument("--country", default="FR", help="ISO 3166-1 alpha-2 (default: FR)")
    add.add_argument("--kind", default="national", help="national, regional, broadcaster, agency, defence...")
    add.add_argument("--category", default="international", help="what the feed is about (default: international)")
    add.add_argument("--publisher", help="id of the publisher (default: the site's domain)")
    add.add_argument("--family", help="id of the group that owns it (default: the publisher)")
    add.set_defaults(run=feeds_edit.add_feed)

    imports = actions.add_parser("import", help="add the feeds of an OPML file")
    imports.add_argument("file", metavar="FILE", help="an OPML file, - for standard input")
    imports.add_argument("--country", default="FR", help="country of what is added (default: FR)")
    imports.set_defaults(run=feeds_edit.import_opml)

    export = actions.add_parser("export", help="the enabled feeds as OPML on standard output")
    export.set_defaults(run=feeds_edit.export_opml)
    for action in (listing, check, add, imports, export):
        action.add_argument("--feeds", metavar="FILE", help="another registry (CSV) than the one in use")
    for action in (listing, check, add, imports):
        action.add_argument("--json", action="store_true", help="print JSON")


# --- list -----------------------------------------------------------------------------------------------------


def list_feeds(args: argparse.Namespace, settings: Settings) -> int:
    registry = registry_in_use(args, settings)
    states, whence = _states(settings)
    if args.json:
        rows = [
            feed.model_dump() | {"health": states[feed.id].model_dump(mode="json") if feed.id in states else None}
            for feed in registry.feeds
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    console = _console()
    table = _table(f"{len(registry.enabled())} of {len(registry.feeds)} feeds watched", "Feed", "Country", "Kind")
    for name in ("State", "Last poll", "Every", "A day", "Note"):
        table.add_column(name, overflow="fold")
    for feed in registry.feeds:
        table.add_row(feed.id, feed.country, feed.kind, *_health(feed, states.get(feed.id)))
    console.print(table)
    console.print(whence, style="dim")
    return 0


def _states(settings: Settings) -> tuple[dict[str, FeedState], str]:
    """What the store knows of the feeds, where an engine answers; looking must not start one."""
    from pipeline import engine
    from pipeline.errors import Fail
    from pipeline.index import Store

    if settings.elasticsearch_url is None and engine.status(settings.home) is None:
        return {}, "No engine is running: health is not known (veille engine start, or VEILLE_ELASTICSEARCH_URL)."
    try:
        with Store.open(settings) as store:
            return store.feed_states(), f"Health from {store.url}."
    except Fail as error:
        return {}, f"Health is not known: {error.named}"


def _health(feed: Feed, state: FeedState | None) -> tuple[str, str, str, str, str]:
    if not feed.enabled:
        return "disabled", "", "", "", feed.disabled_reason or ""
    if state is None:
        return "new", "", "", "", ""
    note = state.last_error or ", ".join(state.problems)
    polled = moment(state.last_polled_at) if state.last_polled_at else ""
    rate = f"{state.items_per_day:.1f}" if state.items_per_day is not None else ""
    return state.state, polled, _duration(state.interval_seconds), rate, note


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


# --- check ----------------------------------------------------------------------------------------------------


def check_feeds(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.errors import InputInvalid

    registry = registry_in_use(args, settings)
    if unknown := [feed_id for feed_id in args.ids if registry.by_id(feed_id) is None]:
        raise InputInvalid(f"not in the registry: {', '.join(unknown)}")
    feeds = [feed for feed in registry.feeds if feed.id in args.ids] if args.ids else list(registry.enabled())
    probes = asyncio.run(_probe(feeds, settings, quiet=args.json))
    failed = [probe for probe in probes if not probe.ok]
    if args.json:
        print(json.dumps([_probe_row(probe) for probe in probes], ensure_ascii=False))
    else:
        _print_probes(probes, failed)
    return 1 if any(probe.feed.enabled or args.ids for probe in failed) else 0


async def _probe(feeds: list[Feed], settings: Settings, *, quiet: bool) -> list[Probe]:
    from pipeline.fetch import Fetcher
    from pipeline.flow import utc_now
    from pipeline.watch.probe import probe_all

    done = 0

    def tell(probe: Probe) -> None:
        nonlocal done
        done += 1
        if not quiet and sys.stderr.isatty():
            print(f"\r{done} of {len(feeds)} asked", end="\n" if done == len(feeds) else "", file=sys.stderr)

    async with Fetcher(settings) as fetcher:
        return await probe_all(feeds, fetcher, settings=settings, now=utc_now, on_probe=tell)


def _print_probes(probes: list[Probe], failed: list[Probe]) -> None:
    console = _console()
    table = _table("", "Feed", "HTTP", "Format")
    for name in ("Items", "Dated", "Newest", "304", "Hub", "Robots", "What is wrong"):
        table.add_column(name, overflow="fold")
    for probe in probes:
        wrong = probe.error or ", ".join([*probe.problems, *([f"moved to {probe.moved_to}"] if probe.moved_to else [])])
        shown = (
            str(probe.items),
            f"{probe.dated_share:.0%}",
            moment(probe.newest) if probe.newest else "-",
            "yes" if probe.conditional else "no",
            "yes" if probe.hub else "-",
            probe.robots,
        )
        cells = shown if probe.ok else ("", "", "", "", "", "")
        table.add_row(
            probe.feed.id,
            str(probe.http or "-"),
            probe.format or probe.content_type or "-",
            *cells,
            wrong,
            style=None if probe.ok else "red",
        )
    console.print(table)
    console.print(f"{len(probes) - len(failed)} of {len(probes)} feeds answer with a feed, {len(failed)} fail.")


def _probe_row(probe: Probe) -> dict[str, Any]:
    return {
        "id": probe.feed.id,
        "url": probe.feed.feed_url,
        "ok": probe.ok,
        "error": probe.error,
        "http": probe.http,
        "content_type": probe.content_type,
        "format": probe.format,
        "items": probe.items,
        "dated_share": round(probe.dated_share, 3),
        "newest": probe.newest.isoformat() if probe.newest else None,
        "conditional": probe.conditional,
        "hub": probe.hub,
        "moved_to": probe.moved_to,
        "robots": probe.robots,
        "problems": list(probe.problems),
    }


# --- shared ---------------------------------------------------------------------------------------------------


def registry_in_use(args: argparse.Namespace, settings: Settings) -> Registry:
    """`--feeds`, else VEILLE_FEEDS, else the copy that `veille feeds add` made, else the shipped registry."""
    from pipeline import registry as registries

    if args.feeds:
        return registries.load(Path(args.feeds))
    copy = settings.home / "feeds.csv"
    return registries.load(settings.feeds or (copy if copy.exists() else None))


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def _table(title: str, *columns: str) -> Any:
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", header_style="bold", box=None, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, no_wrap=True)
    return table
