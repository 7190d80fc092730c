"""What a run did, shown to a person: feeds, outcomes, supply events, the seed's neighbours.

Belongs here: tables and lines. Does not belong here: the commands that show them (`run`, `demo`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.records import Story, SupplyEvent

if TYPE_CHECKING:
    from pipeline.ingest import IngestReport
    from pipeline.watch.poll import FeedOutcome, PollReport

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


def events_table(console: Console, stories: Sequence[Story], limit: int = 40) -> None:
    """Supply events: supplier -> recipient, materiel, status, the sentence."""
    rows = [(story, event) for story in stories for event in story.supply_events if story.military_supply]
    if not rows:
        return
    table = Table(title=f"Supply events ({len(rows)})", title_justify="left", header_style="bold", expand=True)
    table.add_column("Dyad", no_wrap=True)
    table.add_column("Materiel", ratio=2)
    table.add_column("Status", no_wrap=True)
    table.add_column("Sentence", ratio=7)
    for story, event in rows[:limit]:
        table.add_row(event.dyad, ", ".join(event.materiel), status(event), sentence(story, event))
    console.print(table)
    if len(rows) > limit:
        console.print(f"  … and {len(rows) - limit} more: veille search", style="dim")


def status(event: SupplyEvent) -> Text:
    said = event.status + (" (alleged)" if event.alleged else "")
    return Text(said, style=STATUS_STYLES.get(event.status, ""))


def sentence(story: Story, event: SupplyEvent) -> Text:
    """The evidence with its triggers marked, and who published it."""
    if not event.evidence:
        return Text(story.title)
    shown = Text(event.evidence[0].sentence)
    for trigger in event.evidence[0].triggers:
        shown.highlight_words([trigger], "bold")
    shown.append(f"  {story.publisher.name}", style="dim")
    return shown


def nearest_table(console: Console, stories: Iterable[Story]) -> None:
    """Stories nearest to the seed."""
    table = Table(title="Nearest to the seed article", title_justify="left", header_style="bold", expand=True)
    table.add_column("Nearness", justify="right", no_wrap=True)
    table.add_column("Story", ratio=6)
    table.add_column("Outlet", ratio=2)
    table.add_column("Why", ratio=3)
    for story in stories:
        why = ", ".join(story.seed.related) or "words"
        table.add_row(f"{story.seed.similarity:.2f}", story.title, story.publisher.name, why)
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
