"""Seed articles: the ones that stories are measured against.

Belongs here: the texts that ship, how a plain text becomes a seed story, and putting the shipped ones into the index.
Does not belong here: the measuring (`relate.nearness`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import TYPE_CHECKING

import yaml

from pipeline import urls
from pipeline.records import Clocks, Extraction, Publisher, Story, TextStats
from pipeline.relate.nearness import Seeds

if TYPE_CHECKING:
    from pipeline.index import Store, Version


@dataclass(frozen=True, slots=True)
class Text:
    """A plain text that is to be a seed."""

    id: str
    """A slug; the story's id is the hash of `urn:veille:seed:SLUG`."""
    title: str
    text: str
    publisher: str
    country: str


def shipped() -> list[Text]:
    """The seed articles that ship."""
    folder = resources.files(__name__)
    rows = yaml.safe_load((folder / "seeds.yaml").read_text(encoding="utf-8"))
    return [
        parse(
            (folder / f"{row['id']}.txt").read_text(encoding="utf-8"),
            id=row["id"],
            publisher=row["publisher"],
            country=row["country"],
        )
        for row in rows
    ]


def parse(content: str, *, id: str, publisher: str, country: str) -> Text:
    """A text whose first line is its title."""
    title, _, text = content.strip().partition("\n")
    return Text(id, title.strip(), text.strip(), publisher, country)


def story(text: Text, *, now: datetime) -> Story:
    """The untagged seed story of a plain text, first seen now."""
    urn = f"urn:veille:seed:{text.id}"
    return Story(
        id=urls.entry_id(urn),
        kind="seed",
        url=urn,
        canonical_url=urn,
        title=text.title,
        text=text.text,
        publisher=Publisher(id="seed", name=text.publisher, country=text.country, kind="seed", family="seed"),
        clocks=Clocks(first_seen_at=now, indexed_at=now),
        text_stats=TextStats(
            characters=len(text.text), words=len(text.text.split()), paragraphs=len(text.text.splitlines())
        ),
        extraction=Extraction(version="seed", method="text"),
    )


def plant(store: Store, *, now: datetime) -> list[str]:
    """Put the shipped seeds into the index, tagged; those that stand as they should are left alone. Their story ids."""
    from pipeline import tag

    version = tag.identity()
    planted = []
    for text in shipped():
        fresh = story(text, now=now)
        planted.append(fresh.id)
        standing = store.versioned_story(fresh.id)
        if standing and standing[0].tagger == version and standing[0].text == fresh.text:
            continue
        if standing:
            fresh = fresh.model_copy(update={"clocks": standing[0].clocks})
        # Another process may plant the same seed at the same moment: whoever is second finds it planted.
        store.update_story(_tagged(fresh), standing and standing[1])
    return planted


def copy_of(article: Story) -> Story:
    """A story as a seed: a document of its own, so that the article goes on being one."""
    urn = f"urn:veille:seed:{article.id}"
    return article.model_copy(
        update={"id": urls.entry_id(urn), "kind": "seed", "canonical_url": urn, "copies": None, "history": ()}
    )


def add(store: Store, seed: Story) -> None:
    """Put a seed into the index, tagged. `measure_again` brings the stories in step."""
    store.put_stories([_tagged(seed)])


def measure_again(store: Store) -> int:
    """Measure every story against the seeds that stand now; how many changed.

    A story that somebody writes meanwhile keeps what they wrote; they measured it against their seeds.
    """
    seeds = Seeds.load(store)
    changed = 0

    def remeasured() -> Iterator[tuple[Story, Version]]:
        nonlocal changed
        for story, version in store.scan_versioned_stories():
            near = seeds.near(story)
            if near != story.seed:
                changed += 1
                yield story.model_copy(update={"seed": near}), version

    conflicts = store.update_stories(remeasured()).conflicts
    store.refresh("stories")
    return changed - len(conflicts)


def _tagged(story: Story) -> Story:
    from pipeline.tag import Tagger

    return story.tagged(Tagger.load().tag(story.title, story.text))
