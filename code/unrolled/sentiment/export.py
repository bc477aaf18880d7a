"""From a trained model to an ONNX file that runs without PyTorch, checked before it is there.

The graph is written node by node. ONNX has the recurrent layers of this course as single
operations, which take the length of each review and read backwards from its own end. PyTorch's two
exporters trace the Python code instead: the newer one fails on most of these models, the older one
is deprecated and freezes the size of the batch.
"""

from __future__ import annotations

import copy
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from unrolled.files import whole
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.quantization import eight_bit_rows, round_embedding
from unrolled.sentiment.portable import KEY, PortableModel, tokenizer_rules
from unrolled.sentiment.trained import load_trained

OPSET, FORMAT = 18, 9  # of ONNX, both of 2023: older runtimes than today's read them
QUANTISED = ("nothing", "embedding", "all")
TOLERANCE = 1e-4  # between a logit of the file and one of PyTorch
COARSE = 0.5  # the same, where the LSTM computes with 8 bits
SHAPES = ((1, 1), (1, 50), (2, 3), (3, 1), (17, 40), (32, 400))  # of the batches of the check
GATES = {nn.LSTM: ("LSTM", (0, 3, 1, 2)), nn.GRU: ("GRU", (1, 0, 2)), nn.RNN: ("RNN", (0,))}


class ExportError(RuntimeError):
    """A model cannot be exported; the message says why and what to do."""


@dataclass(frozen=True)
class Exported:
    """What came out of an export.

    Parameters
    ----------
    bytes : int
        The size of the file.
    difference : float
        The largest difference of a logit of the file from PyTorch's, before an LSTM is rounded.
    rounding : float
        The largest difference that 8 bits make to a logit, or 0.
    """

    bytes: int
    difference: float
    rounding: float


def export(
    folder: Path, out: Path, *, quantise: str = "nothing", tolerance: float = TOLERANCE
) -> Exported:
    """Write the trained model of a folder as an ONNX file, if it computes what PyTorch computes.

    The file takes token numbers ``tokens`` ``(B, T)`` and ``lengths`` ``(B,)``, both int64, and
    returns ``logits`` ``(B,)``; B and T are free. Vocabulary and rules travel in its metadata.

    Parameters
    ----------
    folder : pathlib.Path
        Of a training.
    out : pathlib.Path
        The file, which is at every moment the old one or the new one, whole and checked.
    quantise : {"nothing", "embedding", "all"}
        What is stored in 8 bits. "embedding" stores whole numbers from -127 to 127 with a scale for
        each token, and is checked against PyTorch with the same rounded numbers. "all" lets
        onnxruntime also round the weights of an LSTM, and what it reads at each step.
    tolerance : float
        The largest difference of a logit from PyTorch's that is accepted. With "all" the graph is
        checked so before its LSTM is rounded; the rounding may change a logit by at most `COARSE`.

    Raises
    ------
    ExportError
        If onnx or onnxruntime is missing, the file cannot be written, a difference is too large, or
        "all" is asked of a network that is no LSTM.
    unrolled.sentiment.folder.FolderError
        If the folder holds no trained model.
    """
    trained = load_trained(folder, torch.device("cpu"))
    model, recipe = trained.model, trained.recipe
    if quantise == "all" and recipe.cell != "lstm":
        raise ExportError(
            f"The model in {folder} is a {recipe.cell.upper()}; of recurrent layers, onnxruntime "
            "computes only the LSTM with 8 bits. Take --quantise embedding."
        )
    told = {
        "vocabulary": trained.encoder.tokens,
        "max_tokens": recipe.judging_tokens,
        "tokenizer": tokenizer_rules(),
        "settings": asdict(recipe),
    }
    eight_bits = quantise != "nothing"
    rounded = copy.deepcopy(model)
    if eight_bits:
        round_embedding(rounded)
    check_target(out)
    with whole(out) as draft:
        draft.write_bytes(onnx_model(model, told, eight_bits=eight_bits).SerializeToString())
        portable = PortableModel(draft)
        difference = _accepted(largest_difference(rounded, portable), tolerance, out)
        if quantise == "all":
            _round_lstm(draft)
            portable = PortableModel(draft)
            _accepted(largest_difference(rounded, portable), COARSE, out)
        rounding = largest_difference(model, portable) if eight_bits else 0.0
    return Exported(out.stat().st_size, difference, rounding)


def check_target(out: Path) -> None:
    """Raise `ExportError` unless a file of that name could be written."""
    if out.is_dir() or not out.parent.is_dir():
        raise ExportError(f"{out} cannot be written: give the name of a file in a folder.")


def _accepted(difference: float, tolerance: float, out: Path) -> float:
    """Return the difference, or raise `ExportError` if it is too large or no number."""
    if not (difference <= tolerance and np.isfinite(difference)):
        raise ExportError(
            f"The exported model differs from PyTorch by {difference:.2g} in a logit; accepted is "
            f"{tolerance:g}. Nothing was written to {out}."
        )
    return difference


def _round_lstm(path: Path) -> None:
    """Let onnxruntime store the LSTM of a file in 8 bits, in place."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    before = logging.root.manager.disable
    logging.disable(logging.WARNING)  # it advises to optimise first, which changes nothing here
    try:
        quantize_dynamic(path, path, op_types_to_quantize=["LSTM"], weight_type=QuantType.QInt8)
    finally:
        logging.disable(before)


def largest_difference(model: SentimentClassifier, portable: PortableModel, seed: int = 0) -> float:
    """Return the largest difference between logits, over batches of random tokens and lengths."""
    rng, found = np.random.default_rng(seed), 0.0
    for batch, steps in SHAPES:
        inputs = rng.integers(1, model.embedding.num_embeddings, (batch, steps))  # padding, too
        lengths = rng.integers(1, steps + 1, batch)
        with torch.inference_mode():
            wanted = model(torch.as_tensor(inputs), torch.as_tensor(lengths)).numpy()
        gap = np.abs(portable.logits(inputs, lengths) - wanted).max()
        found = float(np.maximum(found, gap))  # unlike max(), it keeps what is no number
    return found


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
    made.node("Gemm", [pooled, made.keep(model.head.weight), made.keep(model.head.bias)], transB=1)
    made.node("Squeeze", [made.last, made.keep(np.array([1]))], name="logits")
    value, number = onnx.helper.make_tensor_value_info, onnx.TensorProto
    graph = onnx.helper.make_graph(
        made.nodes,
        "sentiment",
        [
            value("tokens", number.INT64, ["batch", "steps"]),
            value("lengths", number.INT64, ["batch"]),
        ],
        [value("logits", number.FLOAT, ["batch"])],
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
