"""The file of a model that a web page reads: whole and undamaged, or refused.

It begins with the four letters ``UNR1``, its own length, the length of its header and a checksum,
so that half of it is never taken for all. The header is JSON: where each tensor stands, and what
else is told of the model. Tensors hold 16 bits a number, or 8 bits with a scale for each row.
`book/_static/live/model-file.mjs` reads it.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

MAGIC = b"UNR1"
START = struct.Struct("<4sIII")  # magic, bytes of the file, bytes of the header, checksum
ALIGNED = 8
LARGEST = float(np.finfo(np.float16).max)
KINDS = {"int8": "<i1", "float16": "<f2", "float32": "<f4"}


class ModelFileError(ValueError):
    """A model does not fit into the file, or a file holds none; the message says what to do."""


def packed(
    weights: Mapping[str, np.ndarray],
    told: dict,
    *,
    scales: Mapping[str, str],
    tokens: Sequence[str] | None = None,
) -> bytes:
    """Return the file of a model's weights, and of whatever else its header shall tell.

    Parameters
    ----------
    weights : mapping of str to ndarray
        In the order in which they shall stand.
    told : dict
        For the header, as JSON.
    scales : mapping of str to str
        The matrices that are held in 8 bits, and what the scales of their rows are called. All
        other weights are held in 16 bits.
    tokens : sequence of str, optional
        A vocabulary, whose tokens hold no line break.

    Raises
    ------
    ModelFileError
        If a weight is not finite, or too large for 16 bits.
    """
    parts, header = [], {"tensors": {}} | told
    place = 0

    def put(data: bytes) -> int:
        nonlocal place
        at, padded = place, data + bytes(-len(data) % ALIGNED)
        parts.append(padded)
        place += len(padded)
        return at

    def keep(name: str, kind: str, array: np.ndarray) -> None:
        data = array.astype(KINDS[kind]).tobytes()
        header["tensors"][name] = {"kind": kind, "shape": list(array.shape), "at": put(data)}

    for name, weight in weights.items():
        largest = float(np.abs(weight).max())  # NaN if one of them is NaN
        if not largest <= LARGEST:
            raise ModelFileError(
                f"{name} holds a weight of size {largest}; the page's file takes finite numbers "
                f"up to {LARGEST:.0f}. Train the model anew, with a smaller rate."
            )
        if name in scales:
            rows, sizes = eight_bit_rows(weight)
            keep(scales[name], "float32", sizes[:, 0])
            keep(name, "int8", rows)
        else:
            keep(name, "float16", weight)
    if tokens is not None:
        words = "\n".join(tokens).encode()
        header["vocabulary"] = {"at": put(words), "bytes": len(words), "tokens": len(tokens)}
    head = json.dumps(header, ensure_ascii=False, allow_nan=False).encode()
    head += b" " * (-(START.size + len(head)) % ALIGNED)
    rest = head + b"".join(parts)
    return START.pack(MAGIC, START.size + len(rest), len(head), zlib.crc32(rest)) + rest


def unpacked(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Return a file's header, and its tensors by name as they are held.

    Raises
    ------
    ModelFileError
        If the file is no model, is not whole, or was damaged.
    """
    if len(data) < START.size or data[: len(MAGIC)] != MAGIC:
        raise ModelFileError("This file is no model of this course. Export the model anew.")
    _, size, head, checksum = START.unpack_from(data)
    if size != len(data) or zlib.crc32(data[START.size :]) != checksum:
        raise ModelFileError("The model's file is not whole or was damaged. Export the model anew.")
    base = START.size + head
    header = json.loads(data[START.size : base])
    arrays = {}
    for name, tensor in header["tensors"].items():
        count = int(np.prod(tensor["shape"]))
        held = np.frombuffer(data, KINDS[tensor["kind"]], count, base + tensor["at"])
        arrays[name] = held.reshape(tensor["shape"])
    return header, arrays


def tokens_of(data: bytes, header: dict) -> list[str]:
    """Return the vocabulary of a file that `unpacked` has found whole, as its header places it.

    Raises
    ------
    ModelFileError
        If the file has none.
    """
    if "vocabulary" not in header:
        raise ModelFileError("The model's file has no vocabulary of words.")
    base = START.size + START.unpack_from(data)[2] + header["vocabulary"]["at"]
    return data[base : base + header["vocabulary"]["bytes"]].decode().split("\n")


def weight_of(arrays: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """Return a tensor of `unpacked` in double precision; rows held in 8 bits times their scale.

    Raises
    ------
    ModelFileError
        If the file does not hold it, or one of its numbers is not finite.
    """
    if name not in arrays:
        raise ModelFileError(f"The model's file holds no {name}.")
    held = arrays[name].astype(np.float64)
    if arrays[name].dtype == np.int8:
        called = [
            one for one in (f"{name}.scale", name.replace(".weight", ".scale")) if one in arrays
        ]
        if not called:
            raise ModelFileError(f"The model's file holds no scales of {name}.")
        held = held * arrays[called[0]][:, None]
    if not np.isfinite(held).all():
        raise ModelFileError(
            f"The model's file holds weights that are no numbers (in {name}). Export the model "
            "anew."
        )
    return held


def eight_bit_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a table ``(V, E)`` as int8 and a scale ``(V, 1)`` for each row: their product is near.

    The largest number of a row becomes 127 or -127; no number moves by more than half a scale.
    """
    scales = np.abs(table).max(axis=1, keepdims=True) / 127
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(table / scales).astype(np.int8), scales


def in_eight_bits(weight: np.ndarray) -> np.ndarray:
    """Return what 8 bits a number and a scale a row keep of a matrix."""
    rows, scales = eight_bit_rows(weight)
    return rows * scales


def in_sixteen_bits(weight: np.ndarray) -> np.ndarray:
    """Return what 16 bits keep of a number, in single precision."""
    return weight.astype(np.float16).astype(np.float32)
