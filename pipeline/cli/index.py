"""`veille index`: the upkeep of the indices.

Belongs here: arguments and display. Does not belong here: what is done (`pipeline.index`).
"""

from __future__ import annotations

import argparse
import functools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.cli.since import ZONE, before, since

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from pipeline.settings import Settings

EXPIRING = ("stories", "entries", "alerts")
KINDS = ("stories", "entries", "feeds", "alerts")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("index", help="the upkeep of the indices: set up, status, migrate, synonyms")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    boot = actions.add_parser("bootstrap", help="put indices, aliases and the seed article in place")
    boot.set_defaults(run=run_bootstrap)
    status = actions.add_parser("status", help="the index behind each alias, and how many documents it has")
    status.add_argument("--json", action="store_true", help="print JSON")
    status.set_defaults(run=run_status)
    migrate = actions.add_parser("migrate", help="move to the newest mappings; searches and writes go on")
    migrate.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)} (default: all)")
    migrate.add_argument("--rebuild", action="store_true", help="also what has the newest mapping already")
    migrate.add_argument("--delete-old", action="store_true", help="delete the old index once the alias has moved")
    migrate.set_defaults(run=run_migrate, parser=migrate)
    expire = actions.add_parser("expire", help="delete what is older than a date (retention)")
    expire.add_argument("kind", choices=EXPIRING)
    expire.add_argument("--before", type=since, required=True, metavar="DATE", help="a date, or 365d")
    expire.add_argument("--dry-run", action="store_true", help="only say how many")
    expire.set_defaults(run=run_expire)
    synonyms = actions.add_parser("synonyms", help="renew the names in the search analyzers, without reindexing")
    synonyms.set_defaults(run=run_synonyms)


def run_bootstrap(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.index import Store

    with Store.open(settings) as store:
        for kind, standing in store.bootstrap().items():
            print(f"{kind}: {standing if isinstance(standing, str) else ', '.join(standing)}")
    return 0


def run_status(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.index import Store
    from pipeline.index.schema import newest, version_of

    with Store.open(settings) as store:
        found = []
        for kind in KINDS:
            index = store.index_of(kind)
            behind = version_of(index)[0] < newest(kind).version
            found.append({"kind": kind, "index": index, "documents": store.count(kind), "migrate": behind})
    if args.json:
        print(json.dumps(found))
        return 0
    for row in found:
        advice = "  a newer mapping is there: veille index migrate" if row["migrate"] else ""
        print(f"{row['index']}: {row['documents']} documents{advice}")
    return 0


def run_migrate(args: argparse.Namespace, settings: Settings) -> int:
    from rich.progress import Progress

    from pipeline.index import Store

    unknown = [kind for kind in args.kinds if kind not in KINDS]
    if unknown:
        args.parser.error(f"{unknown[0]!r} is none of {', '.join(KINDS)}")
    with Store.open(settings) as store:
        for kind in args.kinds or KINDS:
            with Progress(transient=True) as progress:
                show = functools.partial(_show, progress, progress.add_task(kind, total=None))
                done = store.migrate(kind, rebuild=args.rebuild, delete_old=args.delete_old, on_progress=show)
            if not done.moved:
                print(f"{done.source}: in step")
            else:
                old = "deleted" if args.delete_old else "kept, without writes"
                print(f"{done.source} -> {done.target}: {done.copied} documents copied, alias moved, old index {old}")
    return 0


def _show(progress: Progress, task: TaskID, copied: int, total: int) -> None:
    progress.update(task, completed=copied, total=total)


def run_expire(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.index import Store

    limit = before(datetime.now(UTC), args.before)
    with Store.open(settings) as store:
        expired = store.expire(args.kind, limit, only_count=args.dry_run)
    day = f"{limit.astimezone(ZONE):%Y-%m-%d}"
    print(f"{expired} {args.kind} from before {day} {'would be' if args.dry_run else 'are'} deleted")
    return 0


def run_synonyms(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.index import Store

    with Store.open(settings) as store:
        for kind in KINDS:
            renewed = store.renew_synonyms(kind)
            done = "names renewed; the index was closed and opened, nothing was indexed again" if renewed else "in step"
            print(f"{store.index_of(kind)}: {done}")
    return 0
