"""`veille seed`: the articles that stories are measured against.

Belongs here: arguments and display. Does not belong here: what a seed is (`pipeline.seed`).
"""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputInvalid

if TYPE_CHECKING:
    from pipeline.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    seed = commands.add_parser("seed", help="the articles that stories are measured against")
    actions = seed.add_subparsers(metavar="ACTION", required=True)
    add = actions.add_parser("add", help="make a text file (first line: title) or a story a seed, and measure again")
    add.add_argument("what", metavar="FILE_OR_ID")
    add.set_defaults(run=run_add)
    listed = actions.add_parser("list", help="the seeds that stand")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(run=run_list)
    remove = actions.add_parser("remove", help="take a seed away, and measure again")
    remove.add_argument("id", metavar="STORY_ID")
    remove.set_defaults(run=run_remove)


def run_add(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline import seed
    from pipeline.index import Store

    path = Path(args.what)
    now = datetime.now(UTC)
    with Store.open(settings) as store:
        if path.is_file():
            try:
                content = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise InputInvalid(f"{path} is not UTF-8: {error.reason}") from None
            slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
            text = seed.parse(content, id=slug, publisher=path.name, country="FR")
            if not text.text:
                raise InputInvalid(f"{path} has no text after its first line, the title")
            fresh = seed.story(text, now=now)
        else:
            story = store.story(args.what)
            if story is None:
                raise InputInvalid(f"{args.what} is no file and no story of the index")
            fresh = seed.copy_of(story)
        seed.add(store, fresh)
        changed = seed.measure_again(store)
    print(f"{fresh.id} is a seed: {fresh.title}\n{changed} stories measured anew")
    return 0


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.index import Store

    with Store.open(settings) as store:
        store.refresh("stories")
        seeds = list(store.scan_stories(kind="seed"))
    if args.json:
        print(json.dumps([{"id": s.id, "title": s.title, "dyads": s.supply.dyads} for s in seeds], ensure_ascii=False))
        return 0
    for story in seeds:
        print(f"{story.id}  {story.title}  {', '.join(story.supply.dyads)}")
    if not seeds:
        print("no seed")
    return 0


def run_remove(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline import seed
    from pipeline.index import Store

    with Store.open(settings) as store:
        if not store.remove_seed(args.id):
            raise InputInvalid(f"no seed has the id {args.id}")
        changed = seed.measure_again(store)
    print(f"{args.id} is no longer a seed\n{changed} stories measured anew")
    return 0
