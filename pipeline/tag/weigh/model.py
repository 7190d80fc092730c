"""The learned model: what it holds, and the probability of each pair of parties in each sentence of a story.

Belongs here: the file `model.npz`, from features to probabilities. Does not belong here: which of the pairs become
events (`choose`), fitting (`learn`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from pipeline.tag.drafts import Draft
from pipeline.tag.groups import Sentence
from pipeline.tag.weigh import encoder as encoders
from pipeline.tag.weigh import features, marking, materiel, wording
from pipeline.tag.weigh.encoder import Encoder
from pipeline.tag.weigh.reading import StoryReading
from pipeline.tag.weigh.regression import Regression
from pipeline.tag.weigh.trees import Trees, table

FILE = "model.npz"
_MANY = 4.0
"""Known supplies of a pair that count; beyond it is old news."""
CERTAIN = 0.95
"""Probability by trees or regression, from which on the encoder is not asked: it could hardly change the answer."""
ENCODER_SHARE = 0.3
"""Weight of the encoder's word, on whether a pair is told and on its status. It sees a sentence and what comes before
it; the trees see the story, the regression what the grammar reads."""
_UNLIKELY = 0.01
"""Pairs below it are not weighed a second time."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties that a sentence may mean."""

    order: int
    """Of the sentence."""
    supplier: str | None
    recipient: str | None


@dataclass(frozen=True)
class Known:
    """How often a party supplied, received and was named in the labelled stories, and each pair; keys are `s`, `r`,
    `n` and a party, or `p` and both."""

    counts: Mapping[tuple[str, ...], int]

    def of(self, supplier: str | None, recipient: str | None, own: Mapping[tuple[str, ...], int]) -> dict[str, float]:
        """What is known of a pair; `own` is what the story at hand added to the counts, and is taken off."""

        def count(*key: str) -> int:
            return self.counts.get(key, 0) - own.get(key, 0)

        one, other = supplier or "", recipient or ""
        return {
            "known.pair": min(_MANY, count("p", one, other)),
            "known.turned": min(_MANY, count("p", other, one)),
            "known.s.gives": (count("s", one) + 0.5) / (count("n", one) + 2),
            "known.s.gets": (count("r", one) + 0.5) / (count("n", one) + 2),
            "known.r.gets": (count("r", other) + 0.5) / (count("n", other) + 2),
            "known.r.gives": (count("s", other) + 0.5) / (count("n", other) + 2),
        }


@dataclass(frozen=True)
class Model:
    """Everything that is learned."""

    sentences: Regression
    """Whether a sentence tells of a supply."""
    floor: float
    """Sentences below this score are not looked at: of those that do tell, one in a hundred is lost."""
    known: Known
    pairs: Trees
    again: Trees
    """The same once more, knowing what the first said of the story's other sentences."""
    status: Regression
    materiel: Trees
    encoder: Encoder | None = None
    """Reads pairs and their status as well; without it trees and regression stand alone."""

    def pairs_of(self, reading: StoryReading) -> list[tuple[Pair, float]]:
        """Every pair of every sentence that may tell of a supply, with its probability."""
        found: list[Pair] = []
        blocks = []
        for s in worth(reading):
            score = self.score(s)
            if score < self.floor:
                continue
            pairs, described = describe(reading, s)
            for pair, seen in zip(pairs, described, strict=True):
                seen |= self.known.of(pair.supplier, pair.recipient, {})
                seen["score"] = score
            found += pairs
            blocks.append(table(described, self.pairs.columns))
        if not found:
            return []
        rows = np.concatenate(blocks)
        first = self.pairs.probabilities(rows)
        likely = np.flatnonzero(first >= _UNLIKELY)
        told_of = beside(found, first.tolist(), likely.tolist())
        second = table(told_of, BESIDE_COLUMNS)
        final = first.copy()
        if len(likely):
            final[likely] = self.again.probabilities(np.hstack([rows[likely], second]))
        return list(zip(found, final.tolist(), strict=True))

    def score(self, s: Sentence) -> float:
        """Log-odds that a sentence tells of a supply."""
        return float(self.sentences.scores(wording.sentence_words(wording.masked(s)))[0])

    def chance_of(self, reading: StoryReading, s: Sentence, pair: Pair, chance: float) -> float:
        """The probability of a pair that the trees give this one, for trees and encoder together: the weighted mean of
        what each says, as log-odds."""
        if self.encoder is None or chance >= CERTAIN:
            return chance
        told, _ = self.encoder.read(marking.marked(reading, s, pair.supplier, pair.recipient))
        return 1 / (1 + math.exp(-_joined(math.log(chance / (1 - chance)), told)))

    def status_of(self, reading: StoryReading, s: Sentence, pair: Pair) -> tuple[str, float]:
        """The likeliest status of a pair and its probability, for regression and encoder together, as above."""
        likely = self.status.scores(wording.status_words(reading, s, pair.supplier, pair.recipient)).astype(float)
        likely -= np.logaddexp.reduce(likely)
        if self.encoder is not None and likely.max() < math.log(CERTAIN):
            _, statuses = self.encoder.read(marking.marked(reading, s, pair.supplier, pair.recipient))
            likely = _joined(likely, statuses)
        best = int(likely.argmax())
        return self.status.classes[best], float(np.exp(likely[best] - np.logaddexp.reduce(likely)))

    def materiel_of(self, reading: StoryReading, s: Sentence, draft: Draft) -> tuple[str, ...]:
        """The categories that a draft's supply is of, the likeliest first."""
        categories, described = materiel.describe(reading, s, draft)
        chances = self.materiel.probabilities(table(described, self.materiel.columns))
        return materiel.chosen(categories, chances.tolist())


def _joined(ours: Any, encoders: Any) -> Any:
    return (1 - ENCODER_SHARE) * ours + ENCODER_SHARE * encoders


def worth(reading: StoryReading) -> list[Sentence]:
    """The sentences that may tell of a supply: they have materiel or a predicate. A title sums up and adds nothing."""
    return [s for s in reading.sentences if s.order and (s.materials or reading.predications[s.order])]


def describe(reading: StoryReading, s: Sentence) -> tuple[list[Pair], list[dict[str, float]]]:
    """The pairs that a sentence may mean and what is seen of each; without those of which the sentence names neither,
    if it names anybody: two in five of all, and one in forty of those that are right."""
    parties: Sequence[str | None] = [*reading.parties(s), None]
    whole = features.of_sentence(reading, s)
    suppliers = {party: features.of_role(reading, s, party, "s") for party in parties}
    recipients = {party: features.of_role(reading, s, party, "r") for party in parties}
    named = reading.named[s.order]
    pairs = [
        Pair(s.order, one, other)
        for one in parties
        for other in parties
        if one != other and (not named or one in named or other in named)
    ]
    return pairs, [
        whole
        | suppliers[pair.supplier]
        | recipients[pair.recipient]
        | features.of_pair(reading, s, pair.supplier, pair.recipient)
        for pair in pairs
    ]


BESIDE = ("first", "same", "turned", "s", "r", "s.gets", "r.gives", "sentence", "less", "same.before", "story")
BESIDE_COLUMNS = {name: column for column, name in enumerate(BESIDE)}


def beside(pairs: Sequence[Pair], chances: Sequence[float], wanted: Iterable[int]) -> list[dict[str, float]]:
    """For the wanted ones of a story's pairs what the first weighing said of them, and of the same parties in other
    sentences."""
    highest: defaultdict[tuple[object, ...], dict[int, float]] = defaultdict(dict)
    for pair, chance in zip(pairs, chances, strict=True):
        for key in (("p", pair.supplier, pair.recipient), ("s", pair.supplier), ("r", pair.recipient), ("all",)):
            there = highest[key]
            if chance > there.get(pair.order, 0.0):
                there[pair.order] = chance

    def elsewhere(order: int, *key: object) -> float:
        return max((chance for other, chance in highest.get(key, {}).items() if other != order), default=0.0)

    story = max(highest[("all",)].values(), default=0.0)
    found = []
    for index in wanted:
        pair, chance = pairs[index], chances[index]
        order, one, other = pair.order, pair.supplier, pair.recipient
        sentence = highest[("all",)].get(order, 0.0)
        before = (told for there, told in highest[("p", one, other)].items() if there < order)
        found.append(
            {
                "first": chance,
                "same": elsewhere(order, "p", one, other),
                "turned": elsewhere(order, "p", other, one),
                "s": elsewhere(order, "s", one),
                "r": elsewhere(order, "r", other),
                "s.gets": elsewhere(order, "r", one),
                "r.gives": elsewhere(order, "s", other),
                "sentence": sentence,
                "less": chance - sentence,
                "same.before": max(before, default=0.0),
                "story": story,
            }
        )
    return found


def read(stored: Mapping[str, Any], encoder: Encoder | None = None) -> Model:
    """The model from the arrays of its file.

    Raises:
        ValueError: the encoder was fitted to other statuses.
    """
    status = Regression.read(stored, "status")
    if encoder is not None and encoder.statuses != status.classes:
        raise ValueError(f"encoder of {encoder.statuses}, regression of {status.classes}: `make tune`")
    keys = [tuple(str(key).split("\t")) for key in stored["known.keys"]]
    return Model(
        sentences=Regression.read(stored, "sentences"),
        floor=float(stored["floor"]),
        known=Known(dict(zip(keys, map(int, stored["known.counts"]), strict=True))),
        pairs=Trees.read(stored, "pairs"),
        again=Trees.read(stored, "again"),
        status=status,
        materiel=Trees.read(stored, "materiel"),
        encoder=encoder,
    )


@lru_cache(maxsize=1)
def load() -> Model:
    """The model of this process."""
    with (files(__package__) / FILE).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return read(stored, encoders.load())
