"""`veille feeds add|import|export`: changes to the registry, and OPML.

Belongs here: from what a person gives to rows of the registry file in use. Does not belong here: arguments (`feeds`),
discovery and formats (`pipeline.watch`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.records import Feed
    from pipeline.registry import Registry
    from pipeline.settings import Settings
    from pipeline.watch.discover import Found


def add_feed(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.cli import feeds
    from pipeline.errors import InputInvalid
    from pipeline.urls import registrable_domain
    from pipeline.watch.opml import slug

    registry = feeds.registry_in_use(args, settings)
    url = args.url if "://" in args.url else f"https://{args.url}"
    found = asyncio.run(_discover(url, settings))
    if not found:
        raise InputInvalid(f"{url}: no feed found, neither declared nor linked nor at the usual paths")
    best = found[0]
    if known := next((feed for feed in registry.feeds if feed.feed_url == best.url), None):
        raise InputInvalid(f"{best.url} is in the registry already: {known.id}")
    name = args.name or best.parsed.title or best.declared_title or best.url
    publisher = args.publisher or registrable_domain(best.url).replace(":", "-")
    row = {
        "id": args.id or _free_id(slug(name), registry),
        "name": name,
        "feed_url": best.url,
        "site_url": url if best.how != "given" else "",
        "country": args.country.upper(),
        "kind": args.kind,
        "category": args.category,
        "publisher": publisher,
        "family": args.family or next((f.family for f in registry.feeds if f.publisher == publisher), publisher),
        "terms": "unchecked: see the legal notice before republishing",
        "min_dated_share": "0.9" if best.parsed.dated_share > 0.9 else "0",
        "notes": f"found by veille feeds add ({best.how})",
    }
    (feed,), path = _write([row], registry, args, settings)
    others = [each.url for each in found[1:]]
    if args.json:
        print(json.dumps({"added": feed.model_dump(), "file": str(path), "other_feeds": others}, ensure_ascii=False))
        return 0
    print(f"Added {feed.id}: {feed.feed_url} ({best.how}, {best.parsed.format}, {best.parsed.counts['items']} items)")
    for other in others:
        print(f"  also there: {other}")
    _say_where(path, args, settings)
    return 0


async def _discover(url: str, settings: Settings) -> list[Found]:
    from pipeline.fetch import Fetcher
    from pipeline.flow import utc_now
    from pipeline.watch.discover import discover

    async with Fetcher(settings) as fetcher:
        return await discover(url, fetcher, now=utc_now)


def import_opml(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.cli import feeds
    from pipeline.errors import InputInvalid
    from pipeline.watch import opml

    registry = feeds.registry_in_use(args, settings)
    try:
        body = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    except OSError as error:
        raise InputInvalid(f"{args.file}: {error.strerror}") from None
    outlines = opml.read(body, args.file)
    known = {feed.feed_url for feed in registry.feeds}
    fresh = [outline for outline in outlines if outline.feed_url not in known]
    taken = {feed.id for feed in registry.feeds}
    rows = []
    for outline in fresh:
        feed_id = _free_id(opml.slug(outline.title), registry, taken)
        taken.add(feed_id)
        rows.append(
            {
                "id": feed_id,
                "name": outline.title,
                "feed_url": outline.feed_url,
                "site_url": outline.site_url,
                "country": args.country.upper(),
                "category": opml.slug(outline.folder) if outline.folder else "international",
                "confidence": "low",
                "terms": "unchecked: see the legal notice before republishing",
                "notes": f"imported from {Path(args.file).name}",
            }
        )
    added, path = _write(rows, registry, args, settings) if rows else ([], None)
    if args.json:
        shown = {"added": [feed.id for feed in added], "known": len(outlines) - len(fresh), "file": str(path or "")}
        print(json.dumps(shown, ensure_ascii=False))
        return 0
    print(f"{len(added)} feeds added, {len(outlines) - len(fresh)} were there. Next: veille feeds check")
    if path:
        _say_where(path, args, settings)
    return 0


def export_opml(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.cli import feeds
    from pipeline.flow import utc_now
    from pipeline.watch import opml

    print(opml.write(feeds.registry_in_use(args, settings).enabled(), utc_now()), end="")
    return 0


def _write(
    rows: list[dict[str, str]], registry: Registry, args: argparse.Namespace, settings: Settings
) -> tuple[list[Feed], Path]:
    """Add rows to the registry file in use; the shipped one is never written to, a copy in the home is."""
    from pipeline import registry as registries
    from pipeline.errors import InputInvalid
    from pipeline.registry.rows import read_row

    added: list[Feed] = []
    for row in rows:
        feed, faults = read_row(row)
        if feed is None:
            raise InputInvalid(f"{row['feed_url']}: {'; '.join(faults)}")
        added.append(feed)
    path = Path(args.feeds) if args.feeds else settings.feeds or settings.home / "feeds.csv"
    registries.save([*registry.feeds, *added], path)
    return added, path


def _say_where(path: Path, args: argparse.Namespace, settings: Settings) -> None:
    if not args.feeds and settings.feeds is None:
        print(f"Written to {path}, a copy of the shipped registry: VEILLE_FEEDS={path} makes it the one in use.")
    else:
        print(f"Written to {path}.")


def _free_id(wanted: str, registry: Registry, taken: set[str] | None = None) -> str:
    used = taken if taken is not None else {feed.id for feed in registry.feeds}
    number, free = 2, wanted
    while free in used:
        free, number = f"{wanted}-{number}", number + 1
    return free
