"""The encoder: a small transformer that reads from a marked sentence whether a supply is told, and its status.

Belongs here: tokens, the network's files, its answer. Does not belong here: the marks (`marking`), fitting (`tune`).

The network is the lower six layers of multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672; MIT licence), fitted
to labelled sentences, with its weights in eight bits and the tokens of French text only. `encoder.onnx` is the network
(https://onnx.ai), `encoder.model` its unigram tokens (Kudo 2018, doi:10.18653/v1/P18-1007).
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.tag.weigh.marking import PLACES, RECIPIENT, SUPPLIER, Marked

NETWORK, TOKENS = "encoder.onnx", "encoder.model"
LONGEST = 160
"""Tokens that are read at once, our own included."""
SENTENCE, BEFORE, TITLE = 122, 12, 24
"""The most of a sentence, of the end of the one before it, of the beginning of the title."""
MARKS = (SUPPLIER, RECIPIENT, *(f"{SUPPLIER}{place}" for place in PLACES), *(f"{RECIPIENT}{place}" for place in PLACES))
"""Tokens of our own, after those of text in this order."""
_KEPT = 64
"""Answers, more than a story has."""
_SPACES = re.compile(" {2,}")


class Encoder:
    """The network and its tokens.

    Args:
        session: an onnxruntime session of `encoder.onnx`, whose last class is that no supply is told.
        tokens: a sentencepiece processor of `encoder.model`.
    """

    def __init__(self, session: Any, tokens: Any) -> None:
        self._session = session
        self._tokens = tokens
        # Two parties that a sentence does not name are marked alike, and what is marked alike is read once.
        self._answer = lru_cache(maxsize=_KEPT)(self._run)
        self.statuses = tuple(session.get_modelmeta().custom_metadata_map["statuses"].split(","))

    def read(self, sentence: Marked) -> tuple[float, NDArray[np.float64]]:
        """Log-odds that the sentence tells a supply between the marked parties, and the logarithm of the probability
        of each of `statuses` if it does."""
        return self._answer(sentence)

    def _run(self, sentence: Marked) -> tuple[float, NDArray[np.float64]]:
        ids, roles = tokenize(self._tokens, sentence)
        roles /= roles.sum(axis=1, keepdims=True)
        given = {"ids": np.array(ids, dtype=np.int64), "at": np.arange(len(ids), dtype=np.int64), "roles": roles}
        (logits,) = self._session.run(None, given)
        *statuses, untold = np.asarray(logits[0], dtype=np.float64)
        told = np.logaddexp.reduce(statuses)
        return float(told - untold), np.asarray(statuses - told)


def tokenize(tokens: Any, sentence: Marked) -> tuple[list[int], NDArray[np.float32]]:
    """Token ids of a sentence, of the sentence before it and of the title; 3 x tokens, 1 for those that are the
    sentence's own, and for those of these that stand for the supplier and for the recipient."""
    own = {mark: tokens.get_piece_size() + place for place, mark in enumerate(MARKS)}
    supplier, recipient = own[f"{SUPPLIER}{sentence.supplier}"], own[f"{RECIPIENT}{sentence.recipient}"]
    end = tokens.eos_id()
    ids = [tokens.bos_id(), supplier, recipient, *_pieces(tokens, own, sentence.parts)[:SENTENCE], end]
    ours, theirs = {own[SUPPLIER], supplier}, {own[RECIPIENT], recipient}
    roles = [[True] * len(ids), [one in ours for one in ids], [one in theirs for one in ids]]
    before = _pieces(tokens, own, sentence.before)[-BEFORE:]
    title = _pieces(tokens, own, sentence.title)[:TITLE]
    for pieces in (before, title):
        if pieces:
            ids += [*pieces, end]
    ids = ids[:LONGEST]
    around = len(ids) - len(roles[0])
    return ids, np.pad(np.array(roles, dtype=np.float32), ((0, 0), (0, around)))


def _pieces(tokens: Any, own: Mapping[str, int], parts: Iterable[str]) -> list[int]:
    ids: list[int] = []
    for part in parts:
        if part in own:
            ids.append(own[part])
        else:
            written = _SPACES.sub(" ", unicodedata.normalize("NFKC", part))
            ids += tokens.encode(written if written.startswith(" ") else f" {written}")
    return ids


@lru_cache(maxsize=1)
def load() -> Encoder:
    """The encoder of this process."""
    # Its Linux builds tell their maker of every session, from a thread of their own, unless this forbids it.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime
    import sentencepiece

    options = onnxruntime.SessionOptions()
    # No threads: a sentence takes two milliseconds, there are several workers, and threads outlive no fork.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    folder = files(__package__)
    with as_file(folder / NETWORK) as path:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    with as_file(folder / TOKENS) as path:
        tokens = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return Encoder(session, tokens)
