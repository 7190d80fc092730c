"""`veille search`: stories that match, the best first, with what matched.

Belongs here: arguments and display. Does not belong here: queries and ranking (`index`).
`veille show` and `veille seed` are in `story` and `seed`, and come with this module.
"""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

from pipeline.cli import seed, story
from pipeline.cli.since import before, since
from pipeline.cli.story import event_line, facts, indented
from pipeline.records import Materiel, Status

if TYPE_CHECKING:
    from rich.text import Text

    from pipeline.index import Hit, SearchResult
    from pipeline.settings import Settings


SHOWN = {
    "id", "kind", "url", "title", "summary", "publisher", "clocks", "military_supply", "supply_events", "seed",
    "copies", "tags",
}  # fmt: skip
"""What the JSON of a hit has of its story: all but the text and what belongs to the machinery."""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    search = commands.add_parser("search", help="find stories: words, names, facts of their supply events")
    search.add_argument("query", nargs="*", metavar="QUERY", help='words; "a phrase" as written; -word for not this')
    search.add_argument("--supplier", type=party, metavar="KP", help="code or French name of a state, id of an actor")
    search.add_argument("--recipient", type=party, metavar="RU")
    search.add_argument("--materiel", choices=get_args(Materiel))
    search.add_argument("--status", choices=get_args(Status))
    search.add_argument("--since", type=since, metavar="DATE", help="a date, or 7d, 24h, 2w")
    search.add_argument("--until", type=until, metavar="DATE", help="a date, which still counts")
    search.add_argument("--near-seed", action="store_true", help="the nearest to the seed first")
    search.add_argument("--supply", action="store_true", help="only stories tagged military supply")
    search.add_argument("--size", type=count, default=10, help="stories shown (default: 10)")
    search.add_argument("--json", action="store_true", help="print JSON")
    search.set_defaults(run=run)
    story.register(commands)
    seed.register(commands)


def count(text: str) -> int:
    """How many to show: one page of the index at most."""
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)


def party(text: str) -> str:
    """The id of a party, from its id or one of its names."""
    from pipeline.index.synonyms import actor

    found = actor(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no code, id or name of a party (KP, hezbollah, Corée du Nord)")
    return found


def until(text: str) -> datetime | timedelta:
    """An instant, the end of a day, or how long before now."""
    given = since(text)
    if isinstance(given, datetime) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return given + timedelta(days=1)
    return given


def run(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.index import SearchRequest, Store

    now = datetime.now(UTC)
    request = SearchRequest(
        query=" ".join(args.query),
        supplier=args.supplier,
        recipient=args.recipient,
        materiel=args.materiel,
        status=args.status,
        since=before(now, args.since) if args.since else None,
        until=before(now, args.until) if args.until else None,
        near_seed=args.near_seed,
        supply_only=args.supply,
        size=args.size,
    )
    with Store.open(settings) as store:
        result = store.search(request)
    if args.json:
        print(json.dumps(_result_json(result), ensure_ascii=False))
    else:
        _print_result(result)
    return 0


def _result_json(result: SearchResult) -> dict[str, Any]:
    return {"total": result.total, "hits": [_hit_json(hit) for hit in result.hits]}


def _hit_json(hit: Hit) -> dict[str, Any]:
    story = hit.story.model_dump(
        mode="json",
        include=SHOWN,
    )
    return {"score": hit.score, **story, "highlights": dict(hit.highlights)}


def _print_result(result: SearchResult) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not result.hits:
        console.print("no story matches", style="dim")
        return
    for hit in result.hits:
        story = hit.story
        title = _marked(hit.highlights["title"][0]) if "title" in hit.highlights else Text(story.title)
        title.stylize("bold")
        console.print(title)
        console.print(facts(story))
        for event in story.supply_events:
            console.print(event_line(event))
        pieces = (*hit.highlights.get("text", ()), *hit.highlights.get("summary", ()))[:2]
        for piece in pieces:
            console.print(indented(Text.assemble("… ", _marked(piece), " …")), style="dim")
        if not pieces and story.supply.evidence:
            console.print(indented(Text(f"« {story.supply.evidence[0]} »")), style="dim")
        console.print(Text(f"  {story.url}", style="blue"), soft_wrap=True)
        console.print(Text(f"  veille show {story.id}", style="dim"), soft_wrap=True)
        console.print()
    console.print(f"{len(result.hits)} of {result.total}", style="dim")


def _marked(piece: str) -> Text:
    """What stands between <em> and </em>, in colour."""
    from rich.text import Text

    text = Text()
    for number, part in enumerate(re.split(r"</?em>", piece.replace("\n", " "))):
        text.append(part, style="bold yellow" if number % 2 else "")
    return text
