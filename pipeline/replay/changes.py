"""What a replay changes, or would change: two forms of one story compared, and the count of them.

Belongs here: the comparison and the report. Does not belong here: making the new form (`archive`, `stored`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.records import Story
from pipeline.revisions import compare_events, text_ratio

COMPARED = (
    "url", "canonical_url", "language", "authors", "agencies", "section", "keywords", "image", "summary", "access",
    "text_stats", "tags",
)  # fmt: skip
"""Fields of which only the name is told when they differ."""


@dataclass(frozen=True, slots=True)
class Change:
    """One story that comes out otherwise."""

    id: str
    publisher: str
    title: str
    what: tuple[str, ...]
    """`new`, `gone: too-short`, `title`, `text 93 %`, `date`, `supply: yes`, `+ KP→RU delivered ammunition`, ..."""


@dataclass(slots=True)
class ReplayReport:
    """What a replay did. Stories are `changed`, `same`, `new`, or `kept` as they were for want of a page."""

    pages: int = 0
    stories: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    """Pages that give no story, by reason."""
    failed: dict[str, str] = field(default_factory=dict)
    """Entry id -> why its page could not be read or extracted; its story is kept as it was."""
    changes: list[Change] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    """How many stories change in what: `title`, `text`, `supply`, `events`, ..."""
    seconds: float = 0.0
    index: str | None = None
    """The index that serves now, when a new one was built."""

    def as_json(self) -> dict[str, Any]:
        """For a program to read."""
        told = {name: getattr(self, name) for name in ("pages", "failed", "seconds", "index")}
        counted = {name: dict(getattr(self, name)) for name in ("stories", "skipped", "kinds")}
        return told | counted | {"changes": [asdict(change) for change in self.changes]}

    def compare(self, before: Story | None, after: Story | None, *, reason: str = "") -> None:
        """Count one story, and note what is different about it."""
        told = differences(before, after, reason=reason)
        story = after or before
        if story is None:
            return
        self.stories["new" if before is None else "gone" if after is None else "changed" if told else "same"] += 1
        if told:
            self.changes.append(Change(story.id, story.publisher.name, story.title, told))
            self.kinds.update({_kind(one) for one in told})


def differences(before: Story | None, after: Story | None, *, reason: str = "") -> tuple[str, ...]:
    """What is different, each in a few words; empty when a reader would see no difference."""
    if before is None or after is None:
        return () if before is after else ("new",) if before is None else (f"gone: {reason}" if reason else "gone",)
    told = []
    if before.title != after.title:
        told.append("title")
    if before.text != after.text:
        told.append(f"text {100 * text_ratio(before.text, after.text):.0f} %")
    if before.clocks.published_at != after.clocks.published_at:
        told.append("date")
    told += [name for name in COMPARED if getattr(before, name) != getattr(after, name)]
    if before.military_supply != after.military_supply:
        told.append(f"supply: {'yes' if after.military_supply else 'no'}")
    events = compare_events(before.supply_events, after.supply_events)
    told += [f"+ {event}" for event in events.gained]
    told += [f"- {event}" for event in events.lost]
    told += [f"~ {event}" for event in events.altered]
    if len(before.history) != len(after.history):
        told.append(f"revisions {before.revision} => {after.revision}")
    return tuple(told)


def _kind(told: str) -> str:
    return "events" if told[0] in "+-~" else told.split(" ")[0].rstrip(":")
