"""`veille show`: one story, with the evidence in its text, its copies and its revisions.

Belongs here: how a story is shown to a person, in a list (`facts`, `event`) or whole. Does not belong here: finding it.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from pipeline.cli.since import day, moment
from pipeline.errors import InputInvalid

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from pipeline.index import Store
    from pipeline.records import Revision, Story, SupplyEvent
    from pipeline.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = commands.add_parser("show", help="one story: its events with their evidence, its copies and revisions")
    show.add_argument("story", metavar="STORY_ID")
    form = show.add_mutually_exclusive_group()
    form.add_argument("--record", action="store_true", help="print the archived page as its WARC record")
    form.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from pipeline.index import Store

    with Store.open(settings) as store:
        story = store.story(args.story)
        if story is None:
            raise InputInvalid(_what_became(store, args.story))
        copies = store.copies_of(story.copies.group) if story.copies and story.copies.size > 1 else []
    if args.record:
        _print_record(story, settings)
    elif args.json:
        shown = story.model_dump(mode="json")
        shown["copies_in_index"] = [{"id": c.id, "title": c.title, "url": c.url} for c in copies if c.id != story.id]
        print(json.dumps(shown, ensure_ascii=False))
    else:
        from rich.console import Console

        _print_story(Console(highlight=False), story, [copy for copy in copies if copy.id != story.id])
    return 0


def _what_became(store: Store, id_: str) -> str:
    """Why there is no story of this id, as far as the ledger knows."""
    entry = store.entries.get([id_]).get(id_)
    if entry is None:
        return f"no story and no entry has the id {id_}"
    if entry.story_id and entry.story_id != id_:
        return f"the entry {id_} became the story {entry.story_id}"
    return (
        f"no story has the id {id_}; its entry is {entry.state}: {entry.reason or entry.error or 'not worked on yet'}"
    )


def _print_record(story: Story, settings: Settings) -> None:
    from pipeline.archive import Archive

    if story.archive is None:
        raise InputInvalid(f"the story {story.id} has no archived page: it came from {story.extraction.method}")
    with Archive(settings.home / "archive") as archive:
        print(archive.record(story.archive))


def _print_story(console: Console, story: Story, copies: list[Story]) -> None:
    from rich.text import Text

    console.print(Text(story.title, style="bold"))
    console.print(facts(story))
    console.print(Text(f"  {story.url}", style="blue"), soft_wrap=True)
    if story.authors or story.agencies:
        console.print(indented(Text(", ".join((*story.authors, *story.agencies)), style="dim")))
    verdict = f"military supply, {story.supply_score:.2f}" if story.military_supply else "not military supply"
    console.print(Text(f"  {verdict}", style="bold" if story.military_supply else "dim"))
    if story.supply_against and not story.military_supply:
        console.print(indented(Text(f"against: {'; '.join(story.supply_against)}", style="dim")))
    for event in story.supply_events:
        console.print()
        console.print(event_line(event))
        for evidence in event.evidence:
            sentence = Text(f"« {evidence.sentence} »", style="italic")
            sentence.highlight_words(list(evidence.triggers), "bold yellow")
            console.print(indented(sentence, 4))
            where = f"{evidence.rule}, {evidence.field} {evidence.start}–{evidence.end}"
            console.print(indented(Text(where, style="dim"), 6))
    console.print()
    console.print(_text(story))
    if story.seed.nearest and story.kind != "seed":
        why = ", ".join(story.seed.related) or "words"
        console.print(f"\n[bold]Near the seed[/] {story.seed.similarity:.2f} (text {story.seed.text:.2f}): {why}")
    if copies:
        console.print(f"\n[bold]Copies[/] {len(copies)}")
        for copy in copies:
            share = f"{copy.copies.share:.0%}" if copy.copies and copy.copies.of else "original"
            console.print(Text(f"  {copy.publisher.name}: {copy.title} ({share})  {copy.id}"), soft_wrap=True)
    if story.history:
        console.print(f"\n[bold]Revisions[/] this is number {story.revision}")
        for revision in story.history:
            console.print(indented(Text(_revision(revision))))


def _revision(revision: Revision) -> str:
    parts = [moment(revision.at), f"text {revision.text_ratio:.0%} the same"]
    if revision.title_before:
        parts.append(f"title was « {revision.title_before} »")
    for name in ("gained", "lost", "altered"):
        if events := getattr(revision, f"events_{name}"):
            parts.append(f"{name} {', '.join(events)}")
    return "; ".join(parts)


def _text(story: Story) -> Text:
    """The text with the evidence in it marked, and a line free between paragraphs."""
    from rich.text import Text

    text = Text(story.text)
    for event in story.supply_events:
        for evidence in event.evidence:
            if evidence.field == "text":
                text.stylize("yellow", evidence.start, evidence.end)
    return Text("\n\n").join(paragraph for paragraph in text.split("\n") if paragraph.plain.strip())


def indented(text: Text, by: int = 2) -> Padding:
    """Set in from the left, the lines that a narrow terminal adds too."""
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, by), expand=False)


def facts(story: Story) -> Padding:
    from rich.text import Text

    published = story.clocks.published_at
    shown = day if story.clocks.published_precision == "day" else moment
    parts = [shown(published) if published else "no date", story.publisher.name]
    if story.kind == "seed":
        parts.append("seed")
    elif story.seed.nearest:
        parts.append(f"{story.seed.similarity:.2f} near the seed")
    if story.copies and story.copies.independent_sources > 1:
        parts.append(f"{story.copies.independent_sources} independent sources")
    if story.access != "full":
        parts.append(story.access)
    return indented(Text(" · ".join(parts), style="dim"))


def event_line(event: SupplyEvent) -> Padding:
    from rich.text import Text

    from pipeline import french
    from pipeline.cli.report import status

    materiel = ", ".join(french.MATERIEL[m] for m in event.materiel)
    amount = ""
    if event.quantity:
        amount += f", {french.quantity(event.quantity.value, event.quantity.unit)}"
    if event.value:
        amount += f", {french.money(event.value.amount, event.value.currency)}"
    source = f", selon {event.source.text}" if event.source else ""
    return indented(Text.assemble((event.dyad, "bold cyan"), " ", status(event), f"  {materiel}{amount}{source}"))
