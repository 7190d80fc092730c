"""Which stories may hold the same text as others: candidates for copies, found by their lookup keys.

Belongs here: the searches, and when one is enough for many texts. Does not belong here: what the keys are and how many
in common are enough (`relate.shingles`), what makes a copy (`relate.copies`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.index.documents import Documents
from pipeline.records import Story
from pipeline.relate.shingles import MIN_KEYS, promising

LIMIT = 30
"""Stories that are looked at for one text, those that share most keys first."""
TEXTS = 50
"""Texts that are looked up in one search; an engine takes 65,536 terms in one."""
TOGETHER = 300
"""Stories that share a key with any of these texts, up to which one search for all of them is enough."""

Keys = Mapping[str, Sequence[str]]
"""The lookup keys of stories, by story id."""


def lookup(stories: Documents[Story], texts: Sequence[Sequence[str]]) -> list[list[Story]]:
    """For each text, given as its lookup keys, the stories that share enough of them, those that share most first.

    In a large index nearly every text shares a key with somebody by chance. So only the keys of the hits are fetched,
    and of the stories those that share enough of them: mostly none.
    """
    near: list[list[str]] = []
    for start in range(0, len(texts), TEXTS):
        some = texts[start : start + TEXTS]
        near += _near_any(stories, some) or [_near(stories, bands) for bands in some]
    ids = list(dict.fromkeys(id_ for some in near for id_ in some))
    found = stories.get(ids) if ids else {}
    return [[found[id_] for id_ in some if id_ in found] for some in near]


def _near_any(stories: Documents[Story], texts: Sequence[Sequence[str]]) -> list[list[str]]:
    """The ids for all texts from one search; nothing at all where too many stories share something with one of them.

    The embedded engine reads its whole index for a search, so that one a story was a third of its time with a batch.
    """
    keys = sorted({key for bands in texts for key in bands})
    if not keys:
        return [[] for _ in texts]
    shared = {"bool": {"filter": [{"terms": {"copies.bands": keys}}]}}
    hits = stories.hits(query=shared, size=TOGETHER + 1, source=["copies.bands"], track_total_hits=False)
    if len(hits) > TOGETHER:
        return []
    theirs = _keys(hits)
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for id_, own in theirs.items():
        for key in own:
            holders[key].append(id_)
    counts = (Counter(id_ for key in bands for id_ in holders.get(key, ())) for bands in texts)
    return [_nearest(count, len(bands), theirs) for count, bands in zip(counts, texts, strict=True)]


def _near(stories: Documents[Story], bands: Sequence[str]) -> list[str]:
    """The ids for one text, from the stories that share most keys with it.

    Two keys in common are asked for where a text has several: one is often chance, and asking for two lets the engine
    pass over most of the lists. Hits are not counted nor sorted beyond the score, for the same reason. Keys are words
    of a text, and one `match` asks for all of them: the embedded engine takes a twentieth of the time for one clause
    of a hundred words than for a hundred clauses.
    """
    if not bands:
        return []
    needed = MIN_KEYS if len(bands) >= 2 * MIN_KEYS else 1
    shared = {"match": {"copies.bands": {"query": " ".join(bands), "minimum_should_match": needed}}}
    theirs = _keys(stories.hits(query=shared, size=LIMIT, source=["copies.bands"], track_total_hits=False))
    own = frozenset(bands)
    return _nearest(Counter({id_: len(own.intersection(keys)) for id_, keys in theirs.items()}), len(bands), theirs)


def _keys(hits: Sequence[Mapping[str, Any]]) -> Keys:
    return {hit["_id"]: hit["_source"]["copies"]["bands"] for hit in hits}


def _nearest(shared: Counter[str], ours: int, theirs: Keys) -> list[str]:
    """Those that share enough keys to be worth reading; the engine's order, by rarity of the keys, counts for less
    than how many they are."""
    return [id_ for id_, number in shared.most_common(LIMIT) if promising(number, ours, len(theirs[id_]))]
