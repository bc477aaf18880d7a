"""A classifier as an ONNX graph, written node by node.

ONNX has the recurrent layers of this course as single operations, which take the length of each
text and read backwards from its own end. PyTorch's two exporters trace the Python code instead: the
newer one fails on most of these models, the older one is deprecated and freezes the size of the
batch.
"""

from __future__ import annotations

import json

import numpy as np
import torch
from torch import nn

from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.model_file import eight_bit_rows
from unrolled.sentiment.rules import KEY

OPSET, FORMAT = 18, 9  # of ONNX, both of 2023: older runtimes than today's read them
GATES = {nn.LSTM: ("LSTM", (0, 3, 1, 2)), nn.GRU: ("GRU", (1, 0, 2)), nn.RNN: ("RNN", (0,))}


class ExportError(RuntimeError):
    """A model cannot be exported; the message says why and what to do."""


def onnx_model(model: SentimentClassifier, told: dict | None = None, *, eight_bits: bool = False):
    """Return a classifier as an ``onnx.ModelProto``, with `told` as JSON in its metadata.

    Raises
    ------
    ExportError
        If onnx is missing.
    """
    onnx, made = _onnx(), _Graph()
    made.embed(model.embedding.weight, eight_bits)
    made.read([model.forwards] + ([model.backwards] if model.backwards is not None else []))
    pooled = made.pool(model)
    head, shape = [made.keep(model.head.weight), made.keep(model.head.bias)], ["batch"]
    if model.head.out_features == 1:
        made.node("Gemm", [pooled, *head], transB=1)
        made.node("Squeeze", [made.last, made.keep(np.array([1]))], name="logits")
    else:
        made.node("Gemm", [pooled, *head], name="logits", transB=1)
        shape.append(model.head.out_features)
    value, number = onnx.helper.make_tensor_value_info, onnx.TensorProto
    graph = onnx.helper.make_graph(
        made.nodes,
        "sentiment",
        [
            value("tokens", number.INT64, ["batch", "steps"]),
            value("lengths", number.INT64, ["batch"]),
        ],
        [value("logits", number.FLOAT, shape)],
        made.constants,
    )
    whole = onnx.helper.make_model(
        graph,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=FORMAT,
        producer_name="unrolled",
    )
    onnx.helper.set_model_props(whole, {KEY: json.dumps(told or {}, ensure_ascii=False)})
    onnx.checker.check_model(whole)
    return whole


class _Graph:
    """A graph of ONNX that grows node by node; a node is known by the name of its output."""

    def __init__(self):
        self.onnx, self.nodes, self.constants, self.last = _onnx(), [], [], ""

    def keep(self, array) -> str:
        """Store an array in the graph and return its name."""
        array = array.detach().numpy() if isinstance(array, torch.Tensor) else array
        name = f"constant{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind: str, inputs: list[str], name: str = "", outputs: int = 1, **options):
        """Append a node; return the name of its output, or the names if there are several."""
        names = [name or f"{kind}{len(self.nodes)}"]
        names += [f"{names[0]}.{number}" for number in range(1, outputs)]
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, names, **options))
        self.last = names[0]
        return names if outputs > 1 else names[0]

    def embed(self, weight: torch.Tensor, eight_bits: bool) -> None:
        """Look up the tokens: ``(B, T)`` -> ``(T, B, E)``, the order that ONNX reads in."""
        if eight_bits:
            rows, scales = eight_bit_rows(weight.detach().numpy())
            number = self.node("Gather", [self.keep(rows), "tokens"])
            number = self.node("Cast", [number], to=self.onnx.TensorProto.FLOAT)
            scale = self.node("Gather", [self.keep(scales), "tokens"])
            self.node("Mul", [number, scale])
        else:
            self.node("Gather", [self.keep(weight), "tokens"])
        self.node("Transpose", [self.last], perm=[1, 0, 2])

    def read(self, layers: list[nn.RNNBase]) -> None:
        """Read the tokens, one layer a direction: states ``(B, T, DH)`` and last ``(B, DH)``."""
        kind, order = GATES[type(layers[0])]
        hidden, inputs = layers[0].hidden_size, self.last
        weights = [
            _gates_in_order([getattr(layer, name) for layer in layers], order)
            for name in ("weight_ih_l0", "weight_hh_l0")
        ]
        biases = [
            _gates_in_order([getattr(layer, name) for layer in layers], order)
            for name in ("bias_ih_l0", "bias_hh_l0")
        ]
        weights.append(np.concatenate(biases, axis=1))
        lengths = self.node("Cast", ["lengths"], to=self.onnx.TensorProto.INT32)
        options = {"linear_before_reset": 1} if kind == "GRU" else {}
        states, last = self.node(
            kind,
            [inputs, *(self.keep(weight) for weight in weights), lengths],
            outputs=2,
            hidden_size=hidden,
            direction="bidirectional" if len(layers) == 2 else "forward",
            **options,
        )
        width = len(layers) * hidden
        states = self.node("Transpose", [states], perm=[2, 0, 1, 3])  # (T, D, B, H) -> (B, T, D, H)
        self.states = self.node("Reshape", [states, self.keep(np.array([0, 0, width]))])
        last = self.node("Transpose", [last], perm=[1, 0, 2])  # (D, B, H) -> (B, D, H)
        self.final = self.node("Reshape", [last, self.keep(np.array([0, width]))])

    def pool(self, model: SentimentClassifier) -> str:
        """Return the name of the pooled states ``(B, P)``."""
        if model.pooling == "last":
            return self.final
        real = self._real_steps()
        if model.pooling == "attention":
            return self._weighted_sum(self._softmax_scores(model.attention, real))
        pooled = []
        if "mean" in model.pooling:
            zero = self.keep(np.float32(0))
            total = self.node("Where", [real, self.states, zero])
            total = self.node("ReduceSum", [total, self._axis(1)], keepdims=0)
            count = self.node("Cast", ["lengths"], to=self.onnx.TensorProto.FLOAT)
            count = self.node("Unsqueeze", [count, self._axis(1)])
            pooled.append(self.node("Div", [total, count]))
        if "max" in model.pooling:
            lowest = self.keep(np.float32(-np.inf))
            found = self.node("Where", [real, self.states, lowest])
            pooled.append(self.node("ReduceMax", [found, self._axis(1)], keepdims=0))
        return self.node("Concat", pooled, axis=1) if len(pooled) == 2 else pooled[0]

    def _axis(self, number: int) -> str:
        return self.keep(np.array([number]))

    def _real_steps(self) -> str:
        """Return the name of ``(B, T, 1)`` booleans, True where a step is real."""
        steps = self.node("Shape", ["tokens"], start=1, end=2)
        steps = self.node("Squeeze", [steps])
        numbers = [self.keep(np.array(0)), steps, self.keep(np.array(1))]
        step = self.node("Range", numbers)  # (T,)
        length = self.node("Unsqueeze", ["lengths", self._axis(1)])  # (B, 1)
        return self.node("Unsqueeze", [self.node("Less", [step, length]), self._axis(2)])

    def _softmax_scores(self, attention: nn.Sequential, real: str) -> str:
        first, _, second = attention
        hidden = self.node("MatMul", [self.states, self.keep(first.weight.T)])
        hidden = self.node("Tanh", [self.node("Add", [hidden, self.keep(first.bias)])])
        scores = self.node("MatMul", [hidden, self.keep(second.weight.T)])  # (B, T, 1)
        scores = self.node("Where", [real, scores, self.keep(np.float32(-np.inf))])
        return self.node("Softmax", [scores], axis=1)

    def _weighted_sum(self, weights: str) -> str:
        weighted = self.node("Mul", [self.states, weights])
        return self.node("ReduceSum", [weighted, self._axis(1)], keepdims=0)


def _gates_in_order(parameters: list[torch.Tensor], order: tuple[int, ...]) -> np.ndarray:
    """Return ``(D, gates * H, ...)``: PyTorch's blocks of rows in ONNX's order of the gates.

    LSTM: i, f, g, o -> i, o, f, g. GRU: r, z, n -> z, r, n.
    """
    found = []
    for parameter in parameters:
        blocks = np.split(parameter.detach().numpy(), len(order))
        found.append(np.concatenate([blocks[gate] for gate in order]))
    return np.stack(found)


def _onnx():
    """Return the package onnx, with what is used of it."""
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ModuleNotFoundError:
        raise ExportError(
            "onnx, which writes exported models, is not installed: pip install onnx onnxruntime"
        ) from None
    return onnx
