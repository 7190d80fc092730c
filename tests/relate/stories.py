"""Stories and a store in memory, for tests that need neither a page nor an engine."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import log

from pipeline.records import Clocks, Extraction, Publisher, Story, TextStats
from pipeline.relate.copies import Related, relate_many
from pipeline.relate.shingles import promising

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def story(
    id_: str,
    text: str,
    *,
    minutes: float = 0,
    seen: float | None = None,
    family: str | None = None,
    kind: str = "national",
    agencies: tuple[str, ...] = (),
    precision: str = "instant",
) -> Story:
    """A story published `minutes` after noon and first seen `seen` minutes after noon."""
    outlet = family or id_
    published = NOON + timedelta(minutes=minutes)
    return Story(
        id=id_,
        url=f"https://{outlet}.example/{id_}",
        canonical_url=f"https://{outlet}.example/{id_}",
        title=id_,
        text=text,
        publisher=Publisher(id=outlet, name=outlet, country="FR", kind=kind, family=outlet),
        agencies=agencies,
        clocks=Clocks(
            published_at=published,
            published_precision=precision,  # type: ignore[arg-type]
            first_seen_at=NOON + timedelta(minutes=minutes if seen is None else seen),
        ),
        text_stats=TextStats(characters=len(text), words=len(text.split()), paragraphs=1),
        extraction=Extraction(version="test"),
    )


class Shelf:
    """What the index does for copies, in memory: lookup by keys, rare ones first, and by group."""

    def __init__(self, stories: Iterable[Story] = (), limit: int = 30) -> None:
        self.stories: dict[str, Story] = {}
        self._limit = limit
        self._by_key: defaultdict[str, set[str]] = defaultdict(set)
        for one in stories:
            self.put(one)

    def put(self, one: Story) -> None:
        self.stories[one.id] = one
        for key in one.copies.bands if one.copies else ():
            self._by_key[key].add(one.id)

    def find(self, texts: Sequence[Sequence[str]]) -> list[list[Story]]:
        return [self._near(keys) for keys in texts]

    def _near(self, keys: Sequence[str]) -> list[Story]:
        scores: Counter[str] = Counter()
        shared: Counter[str] = Counter()
        for key in keys:
            holders = self._by_key[key]
            shared.update(holders)
            scores.update(dict.fromkeys(holders, log(1 + len(self.stories) / (len(holders) or 1))))  # type: ignore[arg-type]
        best = [id_ for id_, _ in scores.most_common() if shared[id_] >= (2 if len(keys) >= 4 else 1)][: self._limit]
        return [self.stories[id_] for id_ in best if promising(shared[id_], len(keys), self._number(id_))]

    def _number(self, id_: str) -> int:
        copies = self.stories[id_].copies
        return len(copies.bands) if copies else 0

    def members(self, groups: Sequence[str]) -> list[Story]:
        return [one for one in self.stories.values() if one.copies and one.copies.group in groups]

    def take(self, batch: Iterable[Story]) -> Related:
        """Relate a batch and keep what comes of it, as the flow does."""
        batch = list(batch)
        related = relate_many(batch, self.find, self.members)
        for one in related.updates.values():
            self.put(one)
        for one in batch:
            self.put(one.model_copy(update={"copies": related.copies[one.id]}))
        return related
