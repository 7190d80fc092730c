"""What a run did, shown to a person: feeds, outcomes, supply events, the seed's neighbours.

Belongs here: tables and lines. Does not belong here: the commands that show them (`run`, `demo`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.records import Story, SupplyEvent

if TYPE_CHECKING:
    from pipeline.ingest import IngestReport
    from pipeline.watch.poll import FeedOutcome, PollReport

LONGEST_SENTENCE = 220
STATUS_STYLES = {
    "delivered": "bold red",
    "pledged": "yellow",
    "negotiated": "cyan",
    "requested": "cyan",
    "denied": "magenta",
    "halted": "green",
    "intercepted": "green",
}


def feed_line(outcome: FeedOutcome) -> Text:
    """One line per polled feed: what it gave, or what failed."""
    if outcome.error:
        return Text.assemble(("  ✗ ", "red"), f"{outcome.feed_id}: ", (outcome.error, "red"))
    if outcome.status == "not-modified":
        return Text.assemble(("  = ", "dim"), f"{outcome.feed_id}: ", ("unchanged", "dim"))
    told = f"{outcome.new} new" + (f", {outcome.known} known" if outcome.known else "")
    return Text.assemble(("  ✓ ", "green"), f"{outcome.feed_id}: {told}")


def summary(console: Console, polled: PollReport | None, report: IngestReport) -> None:
    """Feeds, entries by outcome with reasons, stories, alerts."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column()
    if polled is not None:
        failed = [o for o in polled.feeds if o.error]
        asked = len(polled.feeds)
        table.add_row("feeds", f"{asked} asked, {asked - len(failed)} answered, {len(failed)} failed")
    outcomes = report.outcomes
    total = sum(outcomes.values())
    table.add_row("entries", f"{total} worked on")
    for label, count in sorted(outcomes.items(), key=lambda item: (-item[1], item[0])):
        table.add_row("", f"{count:>5}  {label}")
    kept = f"{report.new} new, {report.revised} revised, {report.unchanged} seen again unchanged"
    table.add_row("stories", kept)
    table.add_row("tagged", f"{report.tagged} report military supply, with {report.events} supply events")
    if report.alerts:
        table.add_row("alerts", f"{len(report.alerts)} raised")
    if report.lost:
        table.add_row("taken over", f"{report.lost} entries by another run")
    console.print(table)


def events_table(console: Console, stories: Sequence[Story], limit: int = 25) -> None:
    """Supply events: supplier -> recipient, materiel, status, and below them the sentence."""
    supply = [story for story in stories if story.military_supply]
    own = [story for story in supply if story.copies is None or story.copies.of is None]
    rows = [(story, event) for story in own for event in story.supply_events]
    if not rows:
        return
    shown = _spread(rows, limit)
    copies = f"; {len(supply) - len(own)} copies left out" if len(own) < len(supply) else ""
    console.print(f"\n[bold]Supply events[/bold] ({len(shown)} of {len(rows)}, one a story first{copies})")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="bold", min_width=9)
    table.add_column()
    for story, event in shown:
        what = Text.assemble(
            (", ".join(event.materiel), "bold"), "  ", status(event), "  ", (story.publisher.name, "dim")
        )
        table.add_row(event.dyad.replace("→", " → "), Text("\n").join([what, sentence(story, event)]))
    console.print(table)
    if len(rows) > len(shown):
        console.print(f"  and {len(rows) - len(shown)} more: veille search", style="dim")


def _spread(rows: Sequence[tuple[Story, SupplyEvent]], limit: int) -> list[tuple[Story, SupplyEvent]]:
    """The first event of each story, then the second of each, up to the limit; in the stories' order."""
    rank: dict[str, int] = {}
    places = []
    for place, (story, _) in enumerate(rows):
        rank[story.id] = rank.get(story.id, 0) + 1
        places.append((rank[story.id], place))
    return [rows[place] for place in sorted(place for _, place in sorted(places)[:limit])]


def status(event: SupplyEvent) -> Text:
    said = event.status + (" (alleged)" if event.alleged else "")
    return Text(said, style=STATUS_STYLES.get(event.status, ""))


def sentence(story: Story, event: SupplyEvent) -> Text:
    """The evidence with its triggers marked; what the index has is longer where this ends in "…"."""
    if not event.evidence:
        return Text(story.title)
    shown = Text(shorten(event.evidence[0].sentence, LONGEST_SENTENCE, placeholder=" …"))
    for trigger in event.evidence[0].triggers:
        shown.highlight_words([trigger], "bold")
    return shown


def nearest_table(console: Console, stories: Iterable[Story]) -> None:
    """Stories nearest to the seed."""
    console.print("\n[bold]Nearest to the seed article[/bold] (North Korea supplies Russia)")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(justify="right", no_wrap=True, style="bold")
    table.add_column()
    for story in stories:
        why = ", ".join(story.seed.related) or "words"
        table.add_row(
            f"{story.seed.similarity:.2f}", Text.assemble(story.title, (f"  {story.publisher.name}\n{why}", "dim"))
        )
    console.print(table)


def as_json(polled: PollReport | None, report: IngestReport) -> dict[str, Any]:
    """The same facts for a program."""
    feeds = [] if polled is None else polled.feeds
    return {
        "feeds": [
            {"id": o.feed_id, "status": o.status, "new": o.new, "known": o.known, "error": o.error} for o in feeds
        ],
        "entries": dict(report.outcomes),
        "stories": {
            "new": report.new,
            "revised": report.revised,
            "unchanged": report.unchanged,
            "tagged": report.tagged,
            "ids": report.stories,
        },
        "events": report.events,
        "alerts": [alert.model_dump(mode="json") for alert in report.alerts],
    }
