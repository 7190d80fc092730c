"""Fitting the model to labelled stories: `python -m pipeline.tag.weigh.learn FILE.jsonl... --sentences FILE.jsonl`.

Belongs here: fitting with scikit-learn, writing `model.npz`. Does not belong here: using the model, its figures. Only
`tune` imports this module; scikit-learn is needed here alone.

A pair of a sentence is right when an event of the label names it and has at least half of its evidence (or of the
sentence) there. Whatever one step hands to the next (the sentence's score, the first weighing, the counts of parties)
is worked out without the story at hand, or the next step would trust it too much.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline.tag.weigh import model
from pipeline.tag.weigh.features import Features
from pipeline.tag.weigh.labels import Labelled, Status, Supplied, Told, look, look_at, stories
from pipeline.tag.weigh.model import Known
from pipeline.tag.weigh.sentences import read
from pipeline.tag.weigh.trees import table

_RARE_NUMBER, _RARE_WORD = 10, 2
"""Features seen less often are left out."""
_LOST = 0.01
"""Share of the sentences with a supply that may be passed over."""
_SENTENCE_STRENGTH, _STATUS_STRENGTH = 0.3, 0.05
"""Inverse of regularisation."""
_SEED = 20261122
_FORESTS = 3
"""Fits of the same trees with other random features, whose mean counts: one alone is as good or bad as its chance."""


def fit(labelled: Labelled, more: Sequence[Status] = ()) -> dict[str, Any]:
    """The arrays of the model's file; `more` is for the status only."""
    stored: dict[str, Any] = {}
    names, rows = _described(labelled, stored)
    right, stories = _right(labelled), _stories(labelled)
    _store_trees(_grow(rows, right, _FORESTS), names, "pairs", stored)
    first = _unseen(rows, right, stories)
    second = np.zeros((len(right), len(model.BESIDE)), dtype=np.float32)
    for story in np.unique(stories):
        these = np.flatnonzero(stories == story)
        pairs = [labelled.examples[k].pair for k in these]
        told = model.beside(pairs, first[these].tolist(), range(len(pairs)))
        second[these] = table(told, model.BESIDE_COLUMNS)
    likely = first >= model._UNLIKELY
    again = _grow(np.hstack([rows, second])[likely], right[likely], _FORESTS)
    _store_trees(again, [*names, *(f"beside.{name}" for name in model.BESIDE)], "again", stored)
    statuses = [Status(one.words, one.status) for one in labelled.examples if one.status is not None]
    _fit_status([*statuses, *more], stored)
    _fit_materiel(labelled.supplied, stored)
    return stored


def first_weighing(labelled: Labelled) -> NDArray[np.float64]:
    """For each example the probability that the first weighing gives it, fitted to other stories."""
    _, rows = _described(labelled, {})
    return _unseen(rows, _right(labelled), _stories(labelled))


def _right(labelled: Labelled) -> NDArray[np.bool_]:
    return np.array([one.status is not None for one in labelled.examples])


def _stories(labelled: Labelled) -> NDArray[np.int_]:
    return np.array([one.story for one in labelled.examples])


def _described(labelled: Labelled, stored: dict[str, Any]) -> tuple[list[str], Any]:
    """The names of the features, and a row of them for each example; fits the score of sentences on the way."""
    scores = _fit_sentences(labelled.sentences, stored)
    known, own = _count(labelled, stored)
    seen = [
        one.seen | known.of(one.pair.supplier, one.pair.recipient, own[one.story]) | {"score": scores[one.sentence]}
        for one in labelled.examples
    ]
    return _rows(seen)


def _unseen(rows: Any, right: Any, stories: Any) -> NDArray[np.float64]:
    """What the first weighing says of stories that it was not fitted to."""
    first = np.zeros(len(right))
    for others, these in GroupKFold(5).split(rows, right, stories):
        (forest,) = _grow(rows[others], right[others])
        first[these] = forest.predict_proba(rows[these])[:, 1]
    return first


def _fit_sentences(sentences: Sequence[Told], stored: dict[str, Any]) -> list[float]:
    """Fit the sentence's regression; the score of each sentence by a fit without its story."""
    right = np.array([one.right for one in sentences])
    stories = np.array([one.story for one in sentences])
    vectorizer, rows = _vectors([one.words for one in sentences])
    scores = np.zeros(len(sentences))
    for others, these in GroupKFold(5).split(rows, right, stories):
        scores[these] = _regression(_SENTENCE_STRENGTH).fit(rows[others], right[others]).decision_function(rows[these])
    _store_regression(_regression(_SENTENCE_STRENGTH).fit(rows, right), vectorizer, "sentences", stored)
    stored["floor"] = np.float32(np.quantile(scores[right], _LOST))
    return list(map(float, scores))


def _count(labelled: Labelled, stored: dict[str, Any]) -> tuple[Known, dict[int, Counter[tuple[str, ...]]]]:
    own: dict[int, Counter[tuple[str, ...]]] = {}
    for story in {one.story for one in labelled.examples}:
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


def _fit_materiel(examples: Sequence[Supplied], stored: dict[str, Any]) -> None:
    seen = [features for one in examples for features in one.seen]
    names, rows = _rows(seen)
    right = np.array([right for one in examples for right in one.right])
    _store_trees(_grow(rows, right), names, "materiel", stored)


def _rows(seen: Sequence[Features]) -> tuple[list[str], Any]:
    """The names of the features that are not rare, and a row of them for each that was seen."""
    often = Counter(name for features in seen for name in features)
    names = sorted(name for name, count in often.items() if count >= _RARE_NUMBER)
    return names, table(seen, {name: column for column, name in enumerate(names)})


def _vectors(features: Sequence[Features]) -> tuple[DictVectorizer, Any]:
    often = Counter(name for named in features for name in named)
    kept = [{name: value for name, value in named.items() if often[name] >= _RARE_WORD} for named in features]
    vectorizer = DictVectorizer()
    return vectorizer, vectorizer.fit_transform(kept)


def _regression(strength: float, *, balanced: bool = False) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=2_000, class_weight="balanced" if balanced else None)


def _grow(rows: Any, right: Any, forests: int = 1) -> list[HistGradientBoostingClassifier]:
    return [
        HistGradientBoostingClassifier(
            max_iter=150,
            learning_rate=0.08,
            max_leaf_nodes=12,
            min_samples_leaf=20,
            l2_regularization=3.0,
            max_features=0.25,
            max_bins=63,
            early_stopping=False,
            random_state=_SEED + forest,
        ).fit(rows, right)
        for forest in range(forests)
    ]


def _store_regression(
    fitted: LogisticRegression, vectorizer: DictVectorizer, prefix: str, stored: dict[str, Any]
) -> None:
    stored[f"{prefix}.classes"] = np.array([str(one) for one in fitted.classes_])
    stored[f"{prefix}.names"] = np.array([str(name) for name in vectorizer.get_feature_names_out()])
    stored[f"{prefix}.weights"] = fitted.coef_.astype(np.float16)
    stored[f"{prefix}.intercepts"] = fitted.intercept_.astype(np.float32)


def _store_trees(
    fitted: Sequence[HistGradientBoostingClassifier], names: Sequence[str], prefix: str, stored: dict[str, Any]
) -> None:
    """The mean of these forests, as one."""
    parts: dict[str, list[Any]] = {name: [] for name in ("feature", "threshold", "left", "right", "value")}
    roots, at, depth = [], 0, 0
    for (predictor,) in chain.from_iterable(forest._predictors for forest in fitted):
        nodes = predictor.nodes
        leaf, here = nodes["is_leaf"].astype(bool), np.arange(len(nodes)) + at
        roots.append(at)
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]))
        parts["threshold"].append(np.where(leaf, np.inf, nodes["num_threshold"]))
        parts["left"].append(np.where(leaf, here, nodes["left"].astype(np.int64) + at))
        parts["right"].append(np.where(leaf, here, nodes["right"].astype(np.int64) + at))
        parts["value"].append(np.where(leaf, nodes["value"], 0.0) / len(fitted))
        at, depth = at + len(nodes), max(depth, int(nodes["depth"].max()))
    kinds = {"feature": np.int32, "threshold": np.float32, "left": np.int32, "right": np.int32, "value": np.float32}
    stored |= {f"{prefix}.{name}": np.concatenate(parts[name]).astype(kind) for name, kind in kinds.items()}
    stored[f"{prefix}.roots"] = np.array(roots, dtype=np.int32)
    stored[f"{prefix}.names"] = np.array(names)
    stored[f"{prefix}.baseline"] = np.float32(np.mean([forest._baseline_prediction.item() for forest in fitted]))
    stored[f"{prefix}.depth"] = np.int32(depth)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, write the model."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.tag.weigh.learn")
    parser.add_argument("files", nargs="+", type=Path, help="labelled stories, one JSON object a line")
    parser.add_argument("--sentences", type=Path, help="labelled sentences, of which the status is learned as well")
    options = parser.parse_args(arguments)
    labelled = look(stories(options.files))
    sentences = look_at(read(options.sentences)) if options.sentences else []
    right = sum(one.status is not None for one in labelled.examples)
    events = sum(len(item["events"]) for item in labelled.items)
    print(f"{len(labelled.items)} stories, {events} events, {len(labelled.examples)} pairs, {right} of them right")
    target = Path(__file__).with_name(model.FILE)
    np.savez_compressed(target, **fit(labelled, sentences))
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
