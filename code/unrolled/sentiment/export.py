"""From a trained model to an ONNX file that runs without PyTorch, checked before it is there."""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from unrolled.files import whole
from unrolled.nets.choices import TOLERANCE
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.quantization import round_embedding
from unrolled.sentiment.graph import GATES as GATES  # the chapter on shipping swaps them here
from unrolled.sentiment.graph import ExportError, onnx_model
from unrolled.sentiment.portable import PortableModel
from unrolled.sentiment.rules import told_of
from unrolled.sentiment.trained import load_trained

FINER = "Take --quantise embedding."
COARSE = 0.5  # the same, where the LSTM computes with 8 bits
SHAPES = ((1, 1), (1, 50), (2, 3), (3, 1), (17, 40), (32, 400))  # of the batches of the check


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
    returns ``logits`` ``(B,)`` of two classes, ``(B, K)`` of more; B and T are free. Vocabulary,
    names of classes and rules travel in its metadata.

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
            f"computes only the LSTM with 8 bits. {FINER}"
        )
    told = told_of(trained.encoder, trained.classes, recipe.judging_tokens)
    told["settings"] = recipe.told()
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
            _accepted(largest_difference(rounded, portable), COARSE, out, " " + FINER)
        rounding = largest_difference(model, portable) if eight_bits else 0.0
    return Exported(out.stat().st_size, difference, rounding)


def check_target(out: Path) -> None:
    """Raise `ExportError` unless a file of that name could be written."""
    if out.is_dir() or not out.parent.is_dir():
        raise ExportError(f"{out} cannot be written: give the name of a file in a folder.")


def _accepted(difference: float, tolerance: float, out: Path, advice: str = "") -> float:
    """Return the difference, or raise `ExportError` if it is too large or no number."""
    if not (difference <= tolerance and np.isfinite(difference)):
        raise ExportError(
            f"The exported model differs from PyTorch by {difference:.2g} in a logit; accepted is "
            f"{tolerance:g}. Nothing was written to {out}.{advice}"
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
