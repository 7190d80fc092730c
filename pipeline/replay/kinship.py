"""Which stories of a rebuild may be copies of each other, without asking the engine for each.

Belongs here: the lookup keys and groups of the stories written so far. Does not belong here: what makes a copy
(`relate.copies`).

A live run asks the index for the stories that share a lookup key with a new one, which needs a refresh for each batch
and a search for each story. A rebuild sees every story pass by, so it remembers the keys itself, some 3 kB a story, and
reads from the index, by id, only the few stories that share one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pipeline.index import Store
from pipeline.records import Story
from pipeline.relate import copies
from pipeline.relate.shingles import promising

CANDIDATES = 50
"""Stories that are looked at for one, those that share most keys first; as many as a live run asks for."""


class Kinship:
    """The copy groups of a new index while it is filled. Used by one thread at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_key: defaultdict[int, list[str]] = defaultdict(list)
        self._number: dict[str, int] = {}
        self._groups: defaultdict[str, set[str]] = defaultdict(set)
        self._group_of: dict[str, str] = {}

    def write(self, stories: Sequence[Story]) -> dict[str, str]:
        """Group these among themselves and what was written before, and write them; the ids that the index refused,
        with the reasons."""
        if not stories:
            return {}
        related = copies.relate_many(stories, self._candidates, self._members)
        grouped = [story.model_copy(update={"copies": related.copies.get(story.id)}) for story in stories]
        changed = [*grouped, *related.updates.values()]
        for story in changed:
            self._remember(story, new=story.id not in related.updates)
        return self._store.put_stories(changed).failed

    def _candidates(self, texts: Sequence[Sequence[str]]) -> list[list[Story]]:
        near = [self._near(keys) for keys in texts]
        found = self._read(id_ for some in near for id_ in some)
        return [[found[id_] for id_ in some if id_ in found] for some in near]

    def _near(self, keys: Sequence[str]) -> list[str]:
        shared = Counter(id_ for key in keys for id_ in self._by_key.get(hash(key), ()))
        near = shared.most_common(CANDIDATES)
        return [id_ for id_, count in near if promising(count, len(keys), self._number[id_])]

    def _members(self, groups: Sequence[str]) -> list[Story]:
        return list(self._read(id_ for group in groups for id_ in self._groups.get(group, ())).values())

    def _read(self, ids: Iterable[str]) -> dict[str, Story]:
        wanted = list(dict.fromkeys(ids))
        return self._store.stories(wanted) if wanted else {}

    def _remember(self, story: Story, *, new: bool) -> None:
        if story.copies is None:
            return
        if (old := self._group_of.get(story.id)) is not None:
            self._groups[old].discard(story.id)
        self._group_of[story.id] = story.copies.group
        self._groups[story.copies.group].add(story.id)
        if new:
            self._number[story.id] = len(story.copies.bands)
            for key in story.copies.bands:
                self._by_key[hash(key)].append(story.id)
