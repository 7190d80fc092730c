"""What was known of the dyads of a batch before it came.

Belongs here: statuses seen and when, the largest amounts, the alerts already raised. Does not belong here: where it is
read from (`index.alerts`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipeline.records import Alert, Story, SupplyEvent


@dataclass(slots=True)
class Seen:
    """One status of one dyad: when it was last reported, and by whom."""

    last_at: datetime
    families: set[str] = field(default_factory=set)
    """Press groups that reported it in their own words, not in a copy of an agency's."""


@dataclass(slots=True)
class Known:
    """Grows by `learn` as the stories of a batch are gone through, the oldest first."""

    statuses: dict[str, dict[str, Seen]] = field(default_factory=dict)
    """Dyad -> status -> when and by whom."""
    amounts: dict[tuple[str, str, str], float] = field(default_factory=dict)
    """(dyad, materiel, unit or currency) -> the largest."""
    alerted: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    """(rule, dyad, status) -> when it was last told."""

    def learn(self, story: Story) -> None:
        """Take in what this story reports."""
        at = told_at(story)
        for event in story.supply_events:
            seen = self.statuses.setdefault(event.dyad, {}).setdefault(event.status, Seen(at))
            seen.last_at = max(seen.last_at, at)
            if not is_copy(story):
                seen.families.add(story.publisher.family)
            for key, amount in amounts(event).items():
                self.amounts[key] = max(amount, self.amounts.get(key, amount))

    def told(self, alert: Alert) -> None:
        """Take in that this alert was raised."""
        key = (alert.rule, alert.dyad, alert.status)
        self.alerted[key] = max(alert.at, self.alerted.get(key, alert.at))


def told_at(story: Story) -> datetime:
    """When the story told it: its publication, or the first sight where that is unknown."""
    return story.clocks.published_at or story.clocks.first_seen_at


def is_copy(story: Story) -> bool:
    return story.copies is not None and story.copies.of is not None


def amounts(event: SupplyEvent) -> dict[tuple[str, str, str], float]:
    """Quantity and money of an event, for each of its materiel."""
    found: dict[tuple[str, str, str], float] = {}
    for materiel in event.materiel:
        if event.quantity:
            found[event.dyad, materiel, event.quantity.unit] = event.quantity.value
        if event.value:
            found[event.dyad, materiel, event.value.currency] = event.value.amount
    return found
