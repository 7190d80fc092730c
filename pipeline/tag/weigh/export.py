"""The fitted encoder as files: the network in ONNX with eight-bit weights, the tokens for sentencepiece.

Belongs here: the two formats. Does not belong here: fitting (`tune`), reading the files (`encoder`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.tag.weigh.encoder import LONGEST
from pipeline.tag.weigh.pretrained import Pretrained

HEADS = 12
_LATIN = re.compile("[▁ -~À-ÿŒœŸ’«»–—…€]")
_UNKNOWN, _START, _END = "<unk>", "<s>", "</s>"


def tokens(pretrained: Pretrained, words: Iterable[str]) -> bytes:
    """A sentencepiece model of the tokens that these words need; the whole has a hundred languages."""
    from sentencepiece import SentencePieceProcessor
    from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]

    def model(pieces: Iterable[tuple[str, float]]) -> bytes:
        proto = ModelProto()
        for place, piece in enumerate((_UNKNOWN, _START, _END)):
            proto.pieces.add(piece=piece, score=0.0, type=ModelProto.SentencePiece.CONTROL if place else 2)
        for piece, score in pieces:
            proto.pieces.add(piece=piece, score=score)
        proto.trainer_spec.model_type = 1  # unigram
        proto.trainer_spec.unk_id, proto.trainer_spec.bos_id, proto.trainer_spec.eos_id = 0, 1, 2
        proto.trainer_spec.pad_id = -1
        proto.normalizer_spec.name = "identity"
        proto.normalizer_spec.add_dummy_prefix = False
        proto.normalizer_spec.remove_extra_whitespaces = False
        return bytes(proto.SerializeToString())

    special = {_UNKNOWN, _START, _END, "<pad>", "<mask>"}
    everything = dict(zip(pretrained.pieces, pretrained.scores, strict=True))
    everything = {piece: score for piece, score in everything.items() if piece and piece not in special}
    whole = SentencePieceProcessor(model_proto=model(everything.items()))
    used = {piece for word in words for piece in whole.encode(f" {word}", out_type=str)}
    used |= {piece for piece in everything if len(piece) <= 2 and all(map(_LATIN.match, piece))}
    return model((piece, score) for piece, score in everything.items() if piece in used)


def embeddings(pretrained: Pretrained, processor: Any, own: NDArray[np.float32]) -> NDArray[np.float32]:
    """A row for each token of the file, then the rows of our own marks."""
    pieces = (processor.id_to_piece(token) for token in range(processor.get_piece_size()))
    return np.concatenate([pretrained.words(pieces), own])


def write(path: Path, weights: Mapping[str, Any], rows: NDArray[np.float32], statuses: Sequence[str]) -> None:
    """The network as `encoder.onnx`: inputs `ids` (tokens), `at` (positions), `roles` (3 x tokens, the weights of each
    token in what is looked at: the sentence, the supplier, the recipient); output `logits` (1 x classes, the statuses
    and then that nothing is told)."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # as in `encoder`
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = _Graph()
    x = graph.embedded(rows, weights["pos"][:LONGEST] + weights["type"], weights["norm"])
    for number, layer in enumerate(weights["layers"]):
        x = graph.layer(f"l{number}.", x, layer)
    graph.add("MatMul", ["roles", x], "looked")
    graph.add("Reshape", ["looked", graph.constant("row", np.array([1, -1]))], "seen")
    graph.linear("seen", weights["head"], weights["head.b"], "logits")
    model = graph.model(len(weights["head.b"]))
    onnx.helper.set_model_props(model, {"statuses": ",".join(statuses)})
    onnx.checker.check_model(model)
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        onnx.save(model, whole)
        # The tables have scales of their own already.
        quantize_dynamic(whole, path, op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8, per_channel=True)


class _Graph:
    """Nodes and constants of the network, for one sentence at a time."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, name: str, array: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], outputs: str | Sequence[str], **attributes: Any) -> str:
        from onnx import helper

        names = [outputs] if isinstance(outputs, str) else list(outputs)
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0]

    def linear(self, x: str, matrix: NDArray[np.float32], bias: NDArray[np.float32], out: str) -> str:
        self.add("MatMul", [x, self.constant(f"{out}.w", matrix)], f"{out}.x")
        return self.add("Add", [f"{out}.x", self.constant(f"{out}.b", bias)], out)

    def normed(self, x: str, norm: Sequence[NDArray[np.float32]], out: str) -> str:
        given = [x, self.constant(f"{out}.w", norm[0]), self.constant(f"{out}.b", norm[1])]
        return self.add("LayerNormalization", given, out, axis=-1, epsilon=1e-12)

    def embedded(
        self, rows: NDArray[np.float32], places: NDArray[np.float32], norm: Sequence[NDArray[np.float32]]
    ) -> str:
        """Tokens and places to vectors; a row of eight bits has a scale of its own."""
        scale = np.abs(rows).max(axis=1, keepdims=True) / 127
        self.constant("rows", np.round(rows / scale).astype(np.int8))
        self.constant("scale", scale.astype(np.float32))
        self.constant("places", places.astype(np.float32))
        from onnx import TensorProto

        self.add("Gather", ["rows", "ids"], "eight")
        self.add("Cast", ["eight"], "wide", to=TensorProto.FLOAT)
        self.add("Gather", ["scale", "ids"], "scales")
        self.add("Mul", ["wide", "scales"], "tokens")
        self.add("Gather", ["places", "at"], "placed")
        self.add("Add", ["tokens", "placed"], "given")
        self.width = rows.shape[1]
        self.constant("heads", np.array([-1, 3, HEADS, self.width // HEADS]))
        self.constant("flat", np.array([-1, self.width]))
        self.constant("first", np.array([0]))
        self.constant("root", np.array((self.width // HEADS) ** -0.5, dtype=np.float32))
        return self.normed("given", norm, "x")

    def layer(self, at: str, x: str, layer: Mapping[str, Any]) -> str:
        """Attention and feed-forward, each with its residual and norm (Vaswani et al. 2017, arXiv:1706.03762)."""
        self.add("Reshape", [self.linear(x, layer["qkv"], layer["qkv.b"], f"{at}qkv"), "heads"], f"{at}heads")
        self.add("Transpose", [f"{at}heads"], f"{at}turned", perm=[1, 2, 0, 3])
        self.add("Split", [f"{at}turned"], [f"{at}{part}4" for part in "qkv"], axis=0, num_outputs=3)
        for part in "qkv":
            self.add("Squeeze", [f"{at}{part}4", "first"], f"{at}{part}")
        self.add("Transpose", [f"{at}k"], f"{at}kt", perm=[0, 2, 1])
        self.add("Mul", [f"{at}q", "root"], f"{at}qs")
        self.add("MatMul", [f"{at}qs", f"{at}kt"], f"{at}near")
        self.add("Softmax", [f"{at}near"], f"{at}weights", axis=-1)
        self.add("MatMul", [f"{at}weights", f"{at}v"], f"{at}mixed")
        self.add("Transpose", [f"{at}mixed"], f"{at}back", perm=[1, 0, 2])
        self.add("Reshape", [f"{at}back", "flat"], f"{at}flat")
        self.add("Add", [x, self.linear(f"{at}flat", layer["ao"], layer["ao.b"], f"{at}ao")], f"{at}one")
        x = self.normed(f"{at}one", layer["aln"], f"{at}aln")
        self.add("Gelu", [self.linear(x, layer["fi"], layer["fi.b"], f"{at}fi")], f"{at}bent")
        out = self.linear(f"{at}bent", layer["fo"], layer["fo.b"], f"{at}fo")
        self.add("Add", [x, out], f"{at}two")
        return self.normed(f"{at}two", layer["oln"], f"{at}oln")

    def model(self, classes: int) -> Any:
        from onnx import TensorProto, helper

        inputs = [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["tokens"]),
            helper.make_tensor_value_info("at", TensorProto.INT64, ["tokens"]),
            helper.make_tensor_value_info("roles", TensorProto.FLOAT, [3, "tokens"]),
        ]
        output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, classes])
        graph = helper.make_graph(self._nodes, "status", inputs, [output], self._constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
