"""How near a story is to the seed articles: one score, 0..1, of text and events together.

    text        cosine of the weighted stems of both stories (`stems`)
    events      the best pair of supply events, one of each: the parties, plus what is supplied

        same dyad (KP→RU and KP→RU)            0.80
        reversed dyad (RU→KP)                  0.55
        same supplier                          0.40      + 0.20 × share of materiel in common (Jaccard)
        same recipient                         0.30
        other parties                          0.00

                times the weight of the seed's event: evidence sentences for its dyad over those for the dyad of which
                the seed says most, so that what a seed mentions once does not count as what it is about

    similarity  1 - (1 - text) · (1 - 0.7 · events), to the nearest seed

Either alone makes a story near, both together make it nearer: the same text is 1 whatever its events, the same dyad
with the same materiel is at least 0.7 whatever its words, and words alone count for what they are.

Belongs here: the score. Does not belong here: what seeds there are (`seed`), searching by the score (`index.search`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import SeedNearness, Story, SupplyEvent
from pipeline.relate.stems import Vector, cosine, vector

if TYPE_CHECKING:
    from pipeline.index import Store

EVENT_SHARE = 0.7
"""How near the same dyad with the same materiel is when no word is the same."""

PARTIES = {"same-dyad": 0.80, "reversed-dyad": 0.55, "same-supplier": 0.40, "same-recipient": 0.30}
MATERIEL = 0.20


@dataclass(frozen=True, slots=True)
class _Seed:
    id: str
    vector: Vector
    events: tuple[SupplyEvent, ...]
    weights: tuple[float, ...]
    """Of each event."""

    @classmethod
    def of(cls, story: Story) -> _Seed:
        said: Counter[str] = Counter()
        for event in story.supply_events:
            said[event.dyad] += max(1, len(event.evidence))
        most = max(said.values(), default=1)
        weights = tuple(said[event.dyad] / most for event in story.supply_events)
        return cls(story.id, vector(story.title, story.text), story.supply_events, weights)


class Seeds:
    """The seed articles, ready to be measured against; no query per story."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self._seeds = [_Seed.of(story) for story in stories]

    @classmethod
    def load(cls, store: Store) -> Seeds:
        """The seeds that stand in the index now.

        Raises:
            EngineUnavailable, EngineRefused
        """
        store.refresh("stories")
        return cls(store.scan_stories(kind="seed"))

    def __len__(self) -> int:
        return len(self._seeds)

    def near(self, story: Story) -> SeedNearness:
        """How near this story is to the nearest seed; 0 when there is no seed."""
        words = vector(story.title, story.text)
        best = SeedNearness()
        for seed in self._seeds:
            text = min(1.0, cosine(words, seed.vector))
            events, related = compare(story.supply_events, seed.events, seed.weights)
            similarity = 1 - (1 - text) * (1 - EVENT_SHARE * events)
            if best.nearest is None or similarity > best.similarity:
                best = SeedNearness(
                    similarity=round(similarity, 4),
                    text=round(text, 4),
                    events=round(events, 4),
                    nearest=seed.id,
                    same_dyad="same-dyad" in related,
                    related=related,
                )
        return best


def compare(
    events: Sequence[SupplyEvent], seeds: Sequence[SupplyEvent], weights: Sequence[float]
) -> tuple[float, tuple[str, ...]]:
    """The score of the best pair of events, 0..1, and every relation found between any two, the nearest first."""
    found: set[str] = set()
    best = 0.0
    for event in events:
        for seed, weight in zip(seeds, weights, strict=True):
            parties = _parties(event, seed)
            common = set(event.materiel) & set(seed.materiel)
            score = MATERIEL * len(common) / len({*event.materiel, *seed.materiel}) if common else 0.0
            if common:
                found.add("same-materiel")
            if parties:
                found.add(parties)
                score += PARTIES[parties]
            best = max(best, score * weight)
    return best, tuple(name for name in (*PARTIES, "same-materiel") if name in found)


def _parties(event: SupplyEvent, seed: SupplyEvent) -> str | None:
    """The nearest relation of the parties; an unknown party is the same as none."""
    supplier = event.supplier is not None and event.supplier == seed.supplier
    recipient = event.recipient is not None and event.recipient == seed.recipient
    if supplier and recipient:
        return "same-dyad"
    crossed = (event.supplier, event.recipient) == (seed.recipient, seed.supplier)
    if crossed and event.supplier is not None and event.recipient is not None:
        return "reversed-dyad"
    if supplier:
        return "same-supplier"
    return "same-recipient" if recipient else None
