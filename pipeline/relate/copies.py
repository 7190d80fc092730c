"""Copies: which stories are one text, which of them is the original, and how many sources really speak.

Belongs here: copy groups. Does not belong here: what two texts share (`shingles`), how candidates are found (`index`).

Two stories are tied when one text contains enough of the other. Of two tied stories the later is the copy; an agency's
own site comes before every other, then time decides. Each story hangs on at most one other, the earliest of those that
hold most of it, so that groups are trees: an article made from two dispatches joins the group of the one that it took
more from, and does not make one group of two dispatches that share nothing.

What is said of a group depends on its stories alone and not on the order in which they came, so it is worked out anew
from all of them whenever one arrives; the fingerprints of texts seen lately are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.records import Copies, Story
from pipeline.relate import agencies
from pipeline.relate.shingles import Fingerprint, Overlap, covered, fingerprint, keys, overlap

Find = Callable[[Sequence[Sequence[str]]], Iterable[Iterable[Story]]]
"""For each text, given as its lookup keys, the stories that share some (`Store.stories_by_bands`)."""
Members = Callable[[Sequence[str]], Iterable[Story]]
"""All stories of these groups (`copies.group`)."""

OWN_TEXT = 0.5
"""Share of a text found nowhere earlier, from which on the story counts as a source of its own."""
NOTHING_NEW = 0.05
"""Share of a text of one's own up to which a story adds nothing."""
NEARLY = 0.1
"""Two sources that hold a story's text up to this difference in share hold it alike; then the earlier one counts."""


@dataclass(frozen=True, slots=True)
class Related:
    """What a story's arrival says about itself and about others."""

    copies: dict[str, Copies]
    """For each story given."""
    updates: dict[str, Story]
    """Stored stories whose group changed, with the new `copies` in them."""


def bands(text: str) -> tuple[str, ...]:
    """The keys under which copies of this text are looked up; at most `shingles.MAX_KEYS`."""
    return keys(text)


def relate_many(stories: Iterable[Story], find: Find, members: Members) -> Related:
    """Group new or changed stories with what is stored and with each other.

    Args:
        stories: a batch that is not stored yet. A changed story carries the `copies` that it is stored with, so that
            the group it may leave is known.
        find, members: asked once for all stories, and once for each; what they give may be older than the batch.
    """
    given = list(stories)
    stored: dict[str, Story] = {}
    batch: dict[str, Story] = {}
    by_key: defaultdict[str, set[str]] = defaultdict(set)
    texts = [bands(story.text) for story in given]
    for story, own, found in zip(given, texts, find(texts), strict=True):
        candidates = {one.id: one for one in found}
        candidates |= {id_: batch[id_] for key in own for id_ in by_key[key]}
        tied = [one for one in candidates.values() if one.id != story.id and ties(story, one)]
        newest = stored | batch  # what was found may be older than what this batch has made of it
        tied = [newest.get(one.id, one) for one in tied]
        groups = {one.copies.group for one in [*tied, story] if one.copies}
        grouped = [*(members(sorted(groups)) if groups else ()), *tied]
        grouped += [one for one in newest.values() if one.copies and one.copies.group in groups]
        others = {one.id: newest.get(one.id, one) for one in grouped}
        others.pop(story.id, None)
        copies, updates = relate(story, others.values())
        batch[story.id] = story.model_copy(update={"copies": copies})
        for id_, changed in updates.items():
            (batch if id_ in batch else stored)[id_] = others[id_].model_copy(update={"copies": changed})
        for key in own:
            by_key[key].add(story.id)
    return Related(
        {id_: story.copies for id_, story in batch.items() if story.copies},
        {id_: story for id_, story in stored.items() if id_ not in batch},
    )


def relate(story: Story, others: Iterable[Story]) -> tuple[Copies, dict[str, Copies]]:
    """The group of a story, and what its arrival changes for others.

    Args:
        others: all stories of every group that a story tied to this one is in. Without some of them, size and sources
            are counted too low. Seed articles are left out.

    Returns:
        The story's copies, and by story id those of others that are not what they were.
    """
    known = {one.id: one for one in others if one.kind == "article" and one.id != story.id} | {story.id: story}
    ranked = sorted(known.values(), key=_rank)
    sources, own = _sources(ranked)
    parents = {id_: _parent(found) for id_, found in sources.items()}
    roots: dict[str, str] = {}
    for one in ranked:  # a parent ranks before its copies, so its root is known by then
        parent = parents[one.id]
        roots[one.id] = one.id if parent is None else roots[parent]
    trees: defaultdict[str, list[Story]] = defaultdict(list)
    for one in ranked:
        trees[roots[one.id]].append(one)

    # What a text says of itself has not changed in the others.
    itself = {one.id: one.copies if one.copies and one.id != story.id else _alone(one) for one in ranked}
    placed: dict[str, Copies] = {}
    for root, tree in trees.items():
        first = min(tree, key=lambda one: (one.clocks.first_seen_at, one.id)).id
        independent = {one.publisher.family for one in tree if own[one.id] >= OWN_TEXT}
        for one in tree:
            of = parents[one.id] if root not in sources[one.id] else root
            placed[one.id] = Copies(
                group=first,
                of=of,
                share=round(covered(_fingerprint(one), [_fingerprint(known[of])]), 4) if of else 0.0,
                agency=itself[one.id].agency,
                size=len(tree),
                independent_sources=max(len(independent), 1),
                bands=itself[one.id].bands,
            )
    mine = placed.pop(story.id)
    return mine, {id_: copies for id_, copies in placed.items() if copies != known[id_].copies}


def ties(one: Story, other: Story) -> bool:
    """Whether one of the two was made from the other, or both from the same text."""
    return one.kind == other.kind == "article" and _compare(one, other).copied


def _sources(ranked: Sequence[Story]) -> tuple[dict[str, dict[str, Overlap]], dict[str, float]]:
    """For each story the earlier ones that it is tied to, and the share of its words that stand in none of them.

    A story that adds next to nothing is nobody's source: what is copied from it stands in its own sources too. So a
    dispatch with a hundred plain copies costs a hundred comparisons and not five thousand.
    """
    sources: dict[str, dict[str, Overlap]] = {}
    own: dict[str, float] = {}
    telling: list[Story] = []
    for one in ranked:
        compared = ((earlier.id, earlier, _compare(one, earlier)) for earlier in telling)
        tied = [(id_, earlier, shared) for id_, earlier, shared in compared if shared.copied]
        sources[one.id] = {id_: shared for id_, _, shared in tied}
        own[one.id] = 1 - covered(_fingerprint(one), [_fingerprint(earlier) for _, earlier, _ in tied])
        if own[one.id] > NOTHING_NEW:
            telling.append(one)
    return sources, own


def _parent(sources: dict[str, Overlap]) -> str | None:
    """The earliest of the sources that hold most of a story; they come in their order."""
    most = max((shared.ours for shared in sources.values()), default=0.0)
    return next((id_ for id_, shared in sources.items() if shared.ours >= most - NEARLY), None)


def _rank(story: Story) -> tuple[bool, datetime, str]:
    """The order of origin: an agency's own site first, then by time, which for a mere day is the end of that day."""
    clocks = story.clocks
    at = clocks.first_seen_at
    if clocks.published_at:
        late = timedelta(days=1) if clocks.published_precision == "day" else timedelta()
        at = min(clocks.published_at + late, at)
    return story.publisher.kind != "agency", at, story.id


def _alone(story: Story) -> Copies:
    """A story as it stands before it is compared with others."""
    agency = next(iter((*story.agencies, *agencies.in_text(story.text))), None)
    return Copies(group=story.id, agency=agency, bands=bands(story.text))


def _fingerprint(story: Story) -> Fingerprint:
    return fingerprint(story.text)


def _compare(one: Story, other: Story) -> Overlap:
    return overlap(_fingerprint(one), _fingerprint(other))
