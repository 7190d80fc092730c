"""Why a story is, or is not, military supply, for a person to read.

Belongs here: laying out a tagging with its evidence highlighted. Does not belong here: any decision.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from pipeline.records import Evidence, SupplyEvent, Tagging


def show(title: str, text: str, tagging: Tagging, console: Console | None = None) -> None:
    """Print the decision, each event with its rule and words, the story marked, and what spoke against."""
    out = console or Console(highlight=False, soft_wrap=True)
    verdict = "MILITARY SUPPLY" if tagging.military_supply else "not military supply"
    reason = " (no sentence could hold a supply: kept out by the gate)" if tagging.gated else ""
    out.print(
        Text(f"{verdict}, score {tagging.score:.2f}{reason}", style="bold green" if tagging.military_supply else "bold")
    )
    for number, event in enumerate(tagging.events, start=1):
        _event(out, number, event)
    if tagging.against:
        out.print(Text("against", style="bold red"))
        for one in tagging.against:
            out.print(f"  {one}", markup=False)
    if tagging.tags:
        out.print("tags: " + ", ".join(tagging.tags), markup=False)
    out.print()
    out.print(marked(title, "title", tagging.events, "bold"))
    out.print(marked(text, "text", tagging.events, ""))
    out.print(Text(f"\ntagger {tagging.tagger.version}, lexicon {tagging.tagger.lexicon_digest}", style="dim"))


def _event(out: Console, number: int, event: SupplyEvent) -> None:
    line = Text(f"\n[{number}] {event.dyad} {event.status}", style="bold cyan")
    line.append(
        f"  {', '.join(event.materiel)}{'  (alleged)' if event.alleged else ''}  score {event.score:.2f}", style="cyan"
    )
    out.print(line)
    details = {
        "source": event.source and event.source.text + (f" [{event.source.actor}]" if event.source.actor else ""),
        "quantity": event.quantity and f"{event.quantity.value:g} {event.quantity.unit}",
        "value": event.value and f"{event.value.amount:,.0f} {event.value.currency}",
        "written as": ", ".join(event.systems),
        "PLOVER": event.plover and " / ".join(p for p in (event.plover.event_type, event.plover.mode) if p),
    }
    for name, value in details.items():
        if value:
            out.print(f"    {name}: {value}", markup=False)
    for evidence in event.evidence:
        out.print(
            f"    {evidence.rule}  ({', '.join(evidence.triggers)})  {evidence.field} {evidence.start}–{evidence.end}",
            markup=False,
        )
        out.print(Text("      « ").append_text(_sentence(evidence)).append(" »"))


def _sentence(evidence: Evidence) -> Text:
    text = Text(evidence.sentence)
    for trigger in evidence.triggers:
        position = evidence.sentence.lower().replace("’", "'").find(trigger.lower())
        if position >= 0:
            text.stylize("bold yellow", position, position + len(trigger))
    return text


def marked(text: str, field: str, events: tuple[SupplyEvent, ...], style: str) -> Text:
    """The text with its evidence underlined."""
    out = Text(text, style=style)
    for event in events:
        for evidence in event.evidence:
            if evidence.field == field:
                out.stylize("underline", evidence.start, evidence.end)
    return out
