"""Fitting the model to labelled stories: `python -m pipeline.tag.weigh.learn FILE.jsonl... --sentences FILE.jsonl`.

Belongs here: fitting with scikit-learn, writing `model.npz`, figures over folds. Does not belong here:
using the model. Nothing else imports this module; scikit-learn is needed here alone.

A pair of a sentence is right when an event of the label names it and has at least half of its evidence (or of the
sentence) there. Whatever one step hands to the next (the sentence's score, the first weighing, the counts of parties)
is worked out without the story at hand, or the next step would trust it too much. `--folds` fits on four fifths of the
stories and tags the last fifth, in turns: figures for stories that the model has not seen.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline.tag import Tagger, lexicon
from pipeline.tag.evaluate import evaluate, lines
from pipeline.tag.weigh import model, wording
from pipeline.tag.weigh.labels import labels_of
from pipeline.tag.weigh.model import Known, Pair
from pipeline.tag.weigh.sentences import LabelledSentence, read
from pipeline.tag.weigh.trees import table

_RARE_NUMBER, _RARE_WORD = 10, 2
"""Features seen less often are left out."""
_LOST = 0.01
"""Share of the sentences with a supply that may be passed over."""
_SENTENCE_STRENGTH, _STATUS_STRENGTH = 0.3, 0.05
"""Inverse of regularisation."""

_FIGURES = 5
"""Lines of the report for each file."""

Features = dict[str, float]


@dataclass(frozen=True)
class Told:
    """A sentence that may tell of a supply."""

    story: int
    words: Features
    right: bool


@dataclass(frozen=True)
class Example:
    """A pair of a sentence with its label."""

    story: int
    sentence: int
    """Index among the sentences told."""
    pair: Pair
    seen: Features
    status: str | None
    """None where the pair is wrong."""
    words: Features
    """For the status; empty where the pair is wrong."""


@dataclass(frozen=True)
class Status:
    """What tells the status of a pair, and the status."""

    words: Features
    status: str


@dataclass
class Labelled:
    """Stories with everything that is seen of them."""

    items: list[dict[str, Any]]
    sentences: list[Told]
    examples: list[Example]
    named: list[frozenset[str]]
    """Parties that each story names."""

    def of(self, stories: Iterable[int]) -> Labelled:
        """These stories only; indices stay as they are."""
        wanted = set(stories)
        return Labelled(self.items, self.sentences, [one for one in self.examples if one.story in wanted], self.named)


def look(items: Sequence[Mapping[str, Any]]) -> Labelled:
    """Everything that is seen of labelled stories."""
    found = Labelled([dict(item) for item in items], [], [], [])
    tagger = Tagger.load()
    for number, item in enumerate(items):
        reading = tagger.understand(item["title"], item["text"])
        if reading is None:
            found.named.append(frozenset())
            continue
        found.named.append(frozenset(party for there in reading.named.values() for party in there))
        for s in model.worth(reading):
            labels = labels_of(item, s)
            found.sentences.append(Told(number, wording.sentence_words(wording.masked(s)), bool(labels)))
            for pair, seen in zip(*model.describe(reading, s), strict=True):
                status = labels.get((pair.supplier, pair.recipient))
                words: Features = {}
                if status is not None:
                    words = wording.status_words(reading, s, pair.supplier, pair.recipient)
                found.examples.append(Example(number, len(found.sentences) - 1, pair, seen, status, words))
    return found


def look_at(sentences: Iterable[LabelledSentence]) -> list[Status]:
    """What tells the status in labelled sentences; those with parties that the lexicons do not know are left out."""
    found = []
    tagger, words = Tagger.load(), lexicon.load()
    for one in sentences:
        item = one.item(words)
        if item is None:
            continue
        reading = tagger.understand_sentence(one.text)
        for s in model.worth(reading):
            for (supplier, recipient), status in labels_of(item, s).items():
                found.append(Status(wording.status_words(reading, s, supplier, recipient), status))
    return found


def fit(labelled: Labelled, more: Sequence[Status] = ()) -> dict[str, Any]:
    """The arrays of the model's file; `more` is for the status only."""
    stored: dict[str, Any] = {}
    stories = np.array([one.story for one in labelled.examples])
    present = set(stories.tolist())
    sentences = [k for k, one in enumerate(labelled.sentences) if one.story in present]
    scores = _fit_sentences(labelled, sentences, stored)
    known, own = _count(labelled, present, stored)
    seen = [
        one.seen | known.of(one.pair.supplier, one.pair.recipient, own[one.story]) | {"score": scores[one.sentence]}
        for one in labelled.examples
    ]
    right = np.array([one.status is not None for one in labelled.examples])
    often = Counter(name for features in seen for name in features)
    names = sorted(name for name, count in often.items() if count >= _RARE_NUMBER)
    rows = table(seen, {name: column for column, name in enumerate(names)})
    _store_trees(_grow(rows, right), names, "pairs", stored)
    # What the first weighing says of stories that it was not fitted to.
    first = np.zeros(len(right))
    for others, these in GroupKFold(5).split(rows, right, stories):
        first[these] = _grow(rows[others], right[others]).predict_proba(rows[these])[:, 1]
    second = np.zeros((len(right), len(model.BESIDE)), dtype=np.float32)
    for story in present:
        these = np.flatnonzero(stories == story)
        pairs = [labelled.examples[k].pair for k in these]
        told = model.beside(pairs, first[these].tolist(), range(len(pairs)))
        second[these] = table(told, model.BESIDE_COLUMNS)
    likely = first >= model._UNLIKELY
    again = _grow(np.hstack([rows, second])[likely], right[likely])
    _store_trees(again, [*names, *(f"beside.{name}" for name in model.BESIDE)], "again", stored)
    statuses = [Status(one.words, one.status) for one in labelled.examples if one.status is not None]
    _fit_status([*statuses, *more], stored)
    return stored


def _fit_sentences(labelled: Labelled, sentences: list[int], stored: dict[str, Any]) -> dict[int, float]:
    """Fit the sentence's regression; the score of each sentence by a fit without its story."""
    right = np.array([labelled.sentences[k].right for k in sentences])
    stories = np.array([labelled.sentences[k].story for k in sentences])
    vectorizer, rows = _vectors([labelled.sentences[k].words for k in sentences])
    scores = np.zeros(len(sentences))
    for others, these in GroupKFold(5).split(rows, right, stories):
        scores[these] = _regression(_SENTENCE_STRENGTH).fit(rows[others], right[others]).decision_function(rows[these])
    _store_regression(_regression(_SENTENCE_STRENGTH).fit(rows, right), vectorizer, "sentences", stored)
    stored["floor"] = np.float32(np.quantile(scores[right], _LOST))
    return dict(zip(sentences, map(float, scores), strict=True))


def _count(
    labelled: Labelled, present: set[int], stored: dict[str, Any]
) -> tuple[Known, dict[int, Counter[tuple[str, ...]]]]:
    own: dict[int, Counter[tuple[str, ...]]] = {}
    for story in present:
        pairs = {(e["supplier"] or "", e["recipient"] or "") for e in labelled.items[story]["events"]}
        keys = [key for one, other in pairs for key in (("p", one, other), ("s", one), ("r", other))]
        own[story] = Counter([*keys, *(("n", party) for party in labelled.named[story])])
    total = sum(own.values(), Counter())
    stored["known.keys"] = np.array(["\t".join(key) for key in sorted(total)])
    stored["known.counts"] = np.array([total[key] for key in sorted(total)], dtype=np.int32)
    return Known(total), own


def _fit_status(examples: Sequence[Status], stored: dict[str, Any]) -> None:
    vectorizer, rows = _vectors([one.words for one in examples])
    # Balanced: seven in ten events are delivered or pledged, and what a watch is for is the rest as well.
    fitted = _regression(_STATUS_STRENGTH, balanced=True).fit(rows, [one.status for one in examples])
    _store_regression(fitted, vectorizer, "status", stored)


def _vectors(features: Sequence[Features]) -> tuple[DictVectorizer, Any]:
    often = Counter(name for named in features for name in named)
    kept = [{name: value for name, value in named.items() if often[name] >= _RARE_WORD} for named in features]
    vectorizer = DictVectorizer()
    return vectorizer, vectorizer.fit_transform(kept)


def _regression(strength: float, *, balanced: bool = False) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=2_000, class_weight="balanced" if balanced else None)


def _grow(rows: Any, right: Any) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.08,
        max_leaf_nodes=12,
        min_samples_leaf=20,
        l2_regularization=3.0,
        max_features=0.25,
        max_bins=63,
        early_stopping=False,
        random_state=20261122,
    ).fit(rows, right)


def _store_regression(
    fitted: LogisticRegression, vectorizer: DictVectorizer, prefix: str, stored: dict[str, Any]
) -> None:
    stored[f"{prefix}.classes"] = np.array([str(one) for one in fitted.classes_])
    stored[f"{prefix}.names"] = np.array([str(name) for name in vectorizer.get_feature_names_out()])
    stored[f"{prefix}.weights"] = fitted.coef_.astype(np.float16)
    stored[f"{prefix}.intercepts"] = fitted.intercept_.astype(np.float32)


def _store_trees(
    fitted: HistGradientBoostingClassifier, names: Sequence[str], prefix: str, stored: dict[str, Any]
) -> None:
    parts: dict[str, list[Any]] = {name: [] for name in ("feature", "threshold", "left", "right", "value")}
    roots, at, depth = [], 0, 0
    for (predictor,) in fitted._predictors:
        nodes = predictor.nodes
        leaf, here = nodes["is_leaf"].astype(bool), np.arange(len(nodes)) + at
        roots.append(at)
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]))
        parts["threshold"].append(np.where(leaf, np.inf, nodes["num_threshold"]))
        parts["left"].append(np.where(leaf, here, nodes["left"].astype(np.int64) + at))
        parts["right"].append(np.where(leaf, here, nodes["right"].astype(np.int64) + at))
        parts["value"].append(np.where(leaf, nodes["value"], 0.0))
        at, depth = at + len(nodes), max(depth, int(nodes["depth"].max()))
    kinds = {"feature": np.int32, "threshold": np.float32, "left": np.int32, "right": np.int32, "value": np.float32}
    stored |= {f"{prefix}.{name}": np.concatenate(parts[name]).astype(kind) for name, kind in kinds.items()}
    stored[f"{prefix}.roots"] = np.array(roots, dtype=np.int32)
    stored[f"{prefix}.names"] = np.array(names)
    stored[f"{prefix}.baseline"] = np.float32(fitted._baseline_prediction.item())
    stored[f"{prefix}.depth"] = np.int32(depth)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print figures, write the model."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.tag.weigh.learn")
    parser.add_argument("files", nargs="+", type=Path, help="labelled stories, one JSON object a line")
    parser.add_argument("--sentences", type=Path, help="labelled sentences, of which the status is learned as well")
    parser.add_argument("--folds", type=int, default=0, help="print figures over so many folds and write nothing")
    options = parser.parse_args(arguments)
    by_file = {path: [json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in options.files}
    items = [item for found in by_file.values() for item in found]
    labelled = look(items)
    sentences = look_at(read(options.sentences)) if options.sentences else []
    right = sum(one.status is not None for one in labelled.examples)
    events = sum(len(item["events"]) for item in items)
    print(f"{len(items)} stories, {events} events, {len(labelled.examples)} pairs, {right} of them right")
    if options.folds:
        answers = _folds(items, labelled, sentences, options.folds)
        start = 0
        for path, found in by_file.items():
            print(f"== {path.stem}: {len(found)} stories")
            print(*lines(evaluate(found, answers[start : start + len(found)]), errors=False)[:_FIGURES], sep="\n")
            start += len(found)
        print("== all")
        print(*lines(evaluate(items, answers), errors=False), sep="\n")
        _curve(items, answers)
        return 0
    target = Path(__file__).with_name(model.FILE)
    np.savez_compressed(target, **fit(labelled, sentences))
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


def _folds(
    items: Sequence[Mapping[str, Any]], labelled: Labelled, sentences: Sequence[Status], folds: int
) -> list[dict[str, Any]]:
    """The answer to each story by a model that was fitted without it, and without the encoder, which has seen it."""
    numbers = np.arange(len(items))
    answers: dict[int, dict[str, Any]] = {}
    chance = np.random.default_rng(20261122).permutation(len(items))  # each fold has a part of every file
    for others, these in GroupKFold(folds).split(numbers, groups=chance):
        tagger = Tagger.load().with_model(model.read(fit(labelled.of(others.tolist()), sentences)))
        for story in these.tolist():
            answers[story] = tagger.tag(items[story]["title"], items[story]["text"]).model_dump()
    return [answers[story] for story in numbers.tolist()]


def _curve(items: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> None:
    """Precision and recall of the decision at several thresholds."""
    wanted = [bool(item["relevant"]) for item in items]
    hard = [item.get("difficulty") == "hard" for item in items]
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        told = [answer["score"] >= threshold for answer in answers]
        hit = sum(one and other for one, other in zip(told, wanted, strict=True))
        false = sum(one and other for one, other in zip(told, hard, strict=True))
        print(
            f"score {threshold}: precision {hit / max(1, sum(told)):.3f}, recall {hit / max(1, sum(wanted)):.3f},"
            f" hard negatives tagged {false} of {sum(hard)}"
        )


if __name__ == "__main__":
    sys.exit(main())
