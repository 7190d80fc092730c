"""Fitting the encoder: `python -m pipeline.tag.weigh.tune --sentences FILE STORIES.jsonl...` (`make tune`).

Belongs here: examples from labelled stories and sentences, fitting with JAX. Does not belong here: where the weights
come from (`pretrained`), the files (`export`), using them (`encoder`). Nothing else imports this module.

All weights but the embeddings of the tokens are fitted, with AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101), a
warm-up and a cosine decay, to the pairs that are told, each with its status, and to such that are not: of stories those
that the trees, fitted to other stories, would not rule out, which are the ones that the encoder is asked about; of
sentences a few. Takes some fifty minutes on two cores.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import sentencepiece
from numpy.typing import NDArray

from pipeline.tag import Tagger, lexicon
from pipeline.tag.weigh import encoder, export, learn, model, pretrained
from pipeline.tag.weigh.labels import labels_of, look, stories
from pipeline.tag.weigh.marking import SUPPLIER, Marked, marked
from pipeline.tag.weigh.sentences import LabelledSentence, read

LAYERS = 6
_BATCH, _ROUNDS, _RATE, _DROPPED, _SMOOTHED = 32, 3, 2e-4, 0.1, 0.05
_STEP = 16
"""Lengths are rounded up to so many tokens: each length is compiled once."""
_WORDS = 50_000
"""The most frequent French words, whose tokens are kept beside those of the labelled texts."""
_DOUBTFUL = 0.08
"""Probability from which on a pair that no label tells is learned from."""
_UNTOLD = 2
"""Pairs learned from of a labelled sentence that tells none; of others one."""
_UNKNOWN = "null"
_UNNAMED = {True: (_UNKNOWN, "ctx", "ctx"), False: (_UNKNOWN, *["ctx"] * 6)}
"""Places of a party that a labelled sentence does not name, where a supply is told and where not: oftener named
elsewhere than unknown."""
_SEED = 20261122


@dataclass(frozen=True)
class Example:
    """A marked sentence and the status of its pair; None where it tells no supply between the two."""

    sentence: Marked
    status: str | None


def of_stories(items: Sequence[Mapping[str, Any]]) -> list[Example]:
    """The pairs that labelled stories tell, sentence by sentence, and those that could be mistaken for told."""
    labelled = look(items)
    chances = learn.first_weighing(labelled).tolist()
    return [
        Example(one.marked, one.status)
        for one, chance in zip(labelled.examples, chances, strict=True)
        if one.status is not None or chance >= _DOUBTFUL
    ]


def of_sentences(sentences: Sequence[LabelledSentence]) -> list[Example]:
    """Pairs of labelled sentences, told and not, marked as a story's are where the lexicons know the parties."""
    chance = random.Random(_SEED)
    tagger, words = Tagger.load(), lexicon.load()
    found: list[Example] = []
    for sentence in sentences:
        examples = _as_read(tagger, words, sentence) or _as_written(sentence)
        told = [one for one in examples if one.status is not None]
        untold = [one for one in examples if one.status is None]
        kept = [*told, *chance.sample(untold, min(len(untold), 1 if told else _UNTOLD))]
        found += (_somewhere(one, chance) for one in kept)
    return found


def _as_read(tagger: Tagger, words: lexicon.Lexicon, sentence: LabelledSentence) -> list[Example]:
    """Marked as the tagger marks it; nothing where it does not see all pairs that are told."""
    item = sentence.item(words)
    if item is None:
        return []
    reading = tagger.understand_sentence(sentence.text)
    found = []
    for s in model.worth(reading):
        labels = labels_of(item, s)
        for pair in model.describe(reading, s)[0]:
            parties = pair.supplier, pair.recipient
            found.append(Example(marked(reading, s, *parties), labels.get(parties)))
    return found if sum(one.status is not None for one in found) >= len(sentence.pairs) else []


def _as_written(sentence: LabelledSentence) -> list[Example]:
    """Marked where the writer marked it."""
    labels = {(one, other): status for one, other, status in sentence.pairs}
    pairs = permutations([*sentence.parties, 0], 2)
    return [Example(sentence.marked(*pair, _UNKNOWN), labels.get(pair)) for pair in pairs]


def _somewhere(example: Example, chance: random.Random) -> Example:
    """A party that a sentence does not name is mostly named elsewhere in its story."""
    places = _UNNAMED[example.status is not None]
    ours, theirs = (
        chance.choice(places) if place == _UNKNOWN else place
        for place in (example.sentence.supplier, example.sentence.recipient)
    )
    return Example(replace(example.sentence, supplier=ours, recipient=theirs), example.status)


def fit(examples: Sequence[Example], tokens: Any, rows: NDArray[np.float32], weights: dict[str, Any]) -> dict[str, Any]:
    """The weights after fitting.

    Args:
        rows: the embedding of each token, our own marks last.
        weights: those to start from; `head` and `own` are added here.
    """
    statuses = _statuses(examples)
    chance = np.random.default_rng(_SEED)
    first = len(rows) - len(encoder.MARKS)
    weights = {
        **weights,
        "own": rows[first:],
        "head": chance.normal(0, 0.02, (3 * rows.shape[1], len(statuses) + 1)).astype(np.float32),
        "head.b": np.zeros(len(statuses) + 1, np.float32),
    }
    weights = jax.tree.map(jnp.asarray, weights)
    steps = -(-len(examples) // _BATCH) * _ROUNDS
    rate = optax.warmup_cosine_decay_schedule(0, _RATE, steps // 10, steps)
    decayed = jax.tree.map(lambda one: one.ndim > 1, weights)
    rule = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=0.01, mask=decayed))
    state = rule.init(weights)

    def step(weights: Any, state: Any, batch: Any, key: Any) -> Any:
        loss, slope = jax.value_and_grad(_loss)(weights, batch, first, key)
        change, state = rule.update(slope, state, weights)
        return optax.apply_updates(weights, change), state, loss

    fast = jax.jit(step)
    key = jax.random.PRNGKey(_SEED)
    for turn in range(_ROUNDS):
        losses = []
        for batch in _batches(examples, statuses, tokens, rows[:first], chance):
            key, now = jax.random.split(key)
            weights, state, loss = fast(weights, state, batch, now)
            losses.append(float(loss))
        print(f"round {turn + 1} of {_ROUNDS}: loss {np.mean(losses):.3f}", flush=True)
    return dict(jax.tree.map(np.asarray, weights))


def _batches(
    examples: Sequence[Example], statuses: Sequence[str], tokens: Any, rows: NDArray[np.float32], chance: Any
) -> Iterator[tuple[Any, ...]]:
    """Batches of like length: ids, embeddings of text, mask, roles, statuses, weights."""
    read_ = [encoder.tokenize(tokens, one.sentence) for one in examples]
    order = chance.permutation(len(examples))
    groups = []
    for start in range(0, len(order), 12 * _BATCH):
        window = sorted(order[start : start + 12 * _BATCH], key=lambda k: len(read_[k][0]))
        groups += [window[at : at + _BATCH] for at in range(0, len(window), _BATCH)]
    chance.shuffle(groups)
    for part in groups:
        longest = -(-max(len(read_[k][0]) for k in part) // _STEP) * _STEP
        ids = np.zeros((_BATCH, longest), np.int32)
        mask = np.zeros((_BATCH, longest), np.bool_)
        mask[len(part) :, 0] = True
        roles = np.zeros((_BATCH, 3, longest), np.float32)
        wanted, counted = np.zeros(_BATCH, np.int32), np.zeros(_BATCH, np.float32)
        for row, k in enumerate(part):
            here, own = read_[k]
            ids[row, : len(here)] = here
            mask[row, : len(here)] = True
            roles[row, :, : len(here)] = own
            status = examples[k].status
            wanted[row], counted[row] = len(statuses) if status is None else statuses.index(status), 1.0
        roles /= np.maximum(roles.sum(axis=2, keepdims=True), 1.0)
        yield ids, rows[np.minimum(ids, len(rows) - 1)], mask, roles, wanted, counted


def _loss(weights: Any, batch: Any, first: int, key: Any) -> Any:
    ids, text, mask, roles, wanted, counted = batch
    own = weights["own"][jnp.clip(ids - first, 0, len(encoder.MARKS) - 1)]
    x = _encoded(weights, jnp.where((ids >= first)[..., None], own, text), mask, key)
    seen = (roles @ x).reshape(len(ids), -1)
    likely = jax.nn.log_softmax(seen @ weights["head"] + weights["head.b"])
    classes = likely.shape[1]
    target = jax.nn.one_hot(wanted, classes) * (1 - _SMOOTHED) + _SMOOTHED / classes
    return -((likely * target).sum(-1) * counted).sum() / counted.sum()


def _encoded(weights: Any, x: Any, mask: Any, key: Any) -> Any:
    """Vectors of the tokens after all layers; the same network as `export` writes."""
    size, length, width = x.shape
    heads, keys = export.HEADS, iter(jax.random.split(key, 2 * len(weights["layers"]) + 1))

    def dropped(x: Any) -> Any:
        return jnp.where(jax.random.bernoulli(next(keys), 1 - _DROPPED, x.shape), x / (1 - _DROPPED), 0)

    def normed(x: Any, norm: Any) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        return centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * norm[0] + norm[1]

    x = dropped(normed(x + weights["pos"][:length] + weights["type"], weights["norm"]))
    unseen = jnp.where(mask[:, None, None, :], 0.0, -1e9)
    # One matrix, and not one for each sentence: a fifth off a step.
    x = x.reshape(-1, width)
    for layer in weights["layers"]:
        parts = (x @ layer["qkv"] + layer["qkv.b"]).reshape(size, length, 3, heads, width // heads)
        query, near, value = parts.transpose(2, 0, 3, 1, 4)
        share = jax.nn.softmax(query @ near.transpose(0, 1, 3, 2) / (width // heads) ** 0.5 + unseen, -1)
        mixed = (share @ value).transpose(0, 2, 1, 3).reshape(-1, width)
        x = normed(x + dropped(mixed @ layer["ao"] + layer["ao.b"]), layer["aln"])
        bent = jax.nn.gelu(x @ layer["fi"] + layer["fi.b"], approximate=False)
        x = normed(x + dropped(bent @ layer["fo"] + layer["fo.b"]), layer["oln"])
    return x.reshape(size, length, width)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write the encoder's files."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.tag.weigh.tune")
    parser.add_argument("stories", nargs="+", type=Path, help="labelled stories, one JSON object a line")
    parser.add_argument("--sentences", type=Path, required=True, help="labelled sentences, one JSON object a line")
    options = parser.parse_args(arguments)
    items = stories(options.stories)
    sentences = read(options.sentences)
    examples = [*of_stories(items), *of_sentences(sentences)]
    told = sum(one.status is not None for one in examples)
    print(f"{len(items)} stories, {len(sentences)} sentences, {len(examples)} pairs, {told} of them told")
    base = pretrained.load()
    stored = export.tokens(base, vocabulary(items, sentences))
    tokens = sentencepiece.SentencePieceProcessor(model_proto=stored)
    rows = export.embeddings(base, tokens, np.stack([_first(base, tokens, mark) for mark in encoder.MARKS]))
    weights = fit(examples, tokens, rows, base.weights(LAYERS))
    rows[-len(encoder.MARKS) :] = weights["own"]
    folder = Path(__file__).parent
    made = {name: folder / f"{name}.new" for name in (encoder.TOKENS, encoder.NETWORK)}
    made[encoder.TOKENS].write_bytes(stored)
    export.write(made[encoder.NETWORK], weights, rows, _statuses(examples))
    # Both or none: each is of no use with the other's predecessor.
    for name, path in made.items():
        path.replace(folder / name)
    return 0


def vocabulary(items: Sequence[Mapping[str, Any]], sentences: Sequence[LabelledSentence]) -> list[str]:
    """Words whose tokens are kept: of the labelled texts, of the lexicons, and of the parser's vocabulary."""
    texts = [item[field] for item in items for field in ("title", "text")]
    texts += [one.text for one in sentences]
    texts += [entry.form for entry in lexicon.load().entries]
    return sorted({word for text in [*texts, *Tagger.load().vocabulary(_WORDS)] for word in text.split()})


def _first(base: pretrained.Pretrained, tokens: Any, mark: str) -> NDArray[np.float32]:
    """What a mark starts from: the word that it stands for."""
    word = " fournisseur" if mark.startswith(SUPPLIER) else " destinataire"
    return np.asarray(base.words(tokens.encode(word, out_type=str)).mean(axis=0))


def _statuses(examples: Sequence[Example]) -> list[str]:
    return sorted({one.status for one in examples if one.status is not None})


if __name__ == "__main__":
    sys.exit(main())
