"""The copies set: stories, and which of them share text, known because the set was made that way.

Originals are articles written for this project (`texts.jsonl`; many tell an event that another tells too, in words of
their own). From each come copies by what editors do to a dispatch: cut to half, a new headline, a new
introduction, paragraphs in another order, one word in ten changed, several of these at once, and two dispatches merged
into one. Beside them stand texts that look like copies and are none: reports from one template whose numbers differ,
and articles that share a long quotation.

Every sentence remembers where it comes from, so the truth does not depend on any measure of likeness. Deterministic.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from pipeline.newsroom.invented import invented

TEXTS = Path(__file__).parent / "texts.jsonl"
SEED = 20261122

SHARED, NOT_SHARED = 0.4, 0.1
"""Share of the shorter text's words that two stories have from the same sentences: from the first on they are copies,
below the second they are not; in between, both answers pass."""

QUOTATION = (
    "« Nous avons étudié toutes les possibilités avec nos alliés et nos partenaires, et nous avons conclu qu'il fallait"
    " agir vite, avec fermeté, sans rien céder de nos principes ni de nos intérêts », a affirmé le ministre."
)


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    source: tuple[str, int]
    """Original and place in it; two sentences of one source are one sentence, edited or not."""


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    kind: str
    title: str
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return "\n".join(sentence.text for sentence in self.sentences)


def items(seed: int = SEED) -> list[Item]:
    """The whole set, in an order that mixes originals and copies."""
    chance = random.Random(seed)
    originals = list(_originals())
    vocabulary = sorted({word for one in originals for word in one.text.split() if word.isalpha() and len(word) > 3})
    edits = _edits(vocabulary)
    made: list[Item] = []
    for number, original in enumerate(originals):
        for kind in chance.sample(sorted(edits), 3):
            sentences = list(original.sentences)
            for edit in edits[kind]:
                sentences = edit(sentences, chance)
            made.append(Item(f"{original.id}+{kind}", kind, f"Repris : {original.title[:20]}", tuple(sentences)))
        if number % 3 == 0:
            other = originals[(number + 7) % len(originals)]
            halves = [*_half(list(original.sentences), chance), *_half(list(other.sentences), chance)]
            made.append(Item(f"{original.id}+{other.id}", "merged", "Deux dépêches", tuple(halves)))
    lookalikes = [*_reports(), *_quoting(originals[::6], chance)]
    everything = [*originals, *made, *lookalikes]
    chance.shuffle(everything)
    return everything


def truth(stories: list[Item]) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """The pairs that are copies, and the pairs that may be taken either way; all others are none."""
    words = {story.id: {one.source: len(one.text.split()) for one in story.sentences} for story in stories}
    by_source: defaultdict[str, set[str]] = defaultdict(set)
    for story in stories:
        for sentence in story.sentences:
            by_source[sentence.source[0]].add(story.id)
    copies, between = set(), set()
    for pair in {frozenset(pair) for together in by_source.values() for pair in combinations(sorted(together), 2)}:
        one, other = (words[id_] for id_ in pair)
        common = one.keys() & other.keys()
        share = sum(min(one[source], other[source]) for source in common) / min(sum(one.values()), sum(other.values()))
        if share >= SHARED:
            copies.add(pair)
        elif share >= NOT_SHARED:
            between.add(pair)
    return copies, between


def digest(stories: list[Item]) -> str:
    """Of the set itself: floors hold for this set and no other."""
    content = json.dumps([(story.id, story.title, story.text) for story in stories], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _originals() -> Iterator[Item]:
    for line in TEXTS.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield _item(row["id"], "original", row["title"], row["text"])


def _item(id_: str, kind: str, title: str, text: str) -> Item:
    sentences = re.split(r"(?<=[.!?…»])\s+(?=[A-ZÀ-Ý«0-9])", text.replace("\n", " "))
    return Item(id_, kind, title, tuple(Sentence(one, (id_, place)) for place, one in enumerate(sentences)))


Edit = Callable[[list[Sentence], random.Random], list[Sentence]]


def _edits(vocabulary: list[str]) -> dict[str, tuple[Edit, ...]]:
    def edited(sentences: list[Sentence], chance: random.Random) -> list[Sentence]:
        return [
            Sentence(
                " ".join(chance.choice(vocabulary) if chance.random() < 0.1 else word for word in one.text.split()),
                one.source,
            )
            for one in sentences
        ]

    def introduced(sentences: list[Sentence], chance: random.Random) -> list[Sentence]:
        text = " ".join(chance.sample(vocabulary, 30))
        return [Sentence(text, (f"introduction {chance.random()}", 0)), *sentences[1:]]

    def reordered(sentences: list[Sentence], chance: random.Random) -> list[Sentence]:
        return chance.sample(sentences, len(sentences))

    return {
        "headline": (),
        "cut": (_half,),
        "introduction": (introduced,),
        "reordered": (reordered,),
        "edited": (edited,),
        "cut, edited": (_half, edited),
        "introduction, edited": (introduced, edited),
        "introduction, reordered": (introduced, reordered),
        "cut, introduction": (introduced, _half),
    }


def _half(sentences: list[Sentence], chance: random.Random) -> list[Sentence]:
    """Half of the words, from the start, as an editor cuts."""
    total = sum(len(one.text.split()) for one in sentences)
    kept: list[Sentence] = []
    for one in sentences:
        if sum(len(other.text.split()) for other in kept) >= total / 2:
            break
        kept.append(one)
    return kept


def _reports() -> Iterator[Item]:
    for number in range(40):
        version = invented(number).versions[0]
        yield _item(f"report-{number}", "report", version.title, version.text)


def _quoting(originals: list[Item], chance: random.Random) -> Iterator[Item]:
    """Articles of their own that hold the same quotation: each in words that no other story has."""
    for place, (one, other) in enumerate(zip(originals[::2], originals[1::2], strict=False)):
        for half, story in enumerate((one, other)):
            id_ = f"quoting-{place}-{half}"
            tokens = story.text.split()
            own = " ".join(chance.sample(tokens, len(tokens))[:55])
            yield Item(
                id_,
                "quoting",
                story.title,
                tuple(Sentence(text, (id_, number)) for number, text in enumerate([QUOTATION, own])),
            )
