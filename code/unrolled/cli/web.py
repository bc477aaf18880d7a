"""From a trained model to one small file that a web page reads: ``export --web``.

The file holds whole numbers from -127 to 127 with a scale for each row of the embedding, and every
other weight in 16 bits; the vocabulary; the sizes; and what it was trained with. It begins with the
four letters ``UNR1``, its own length and a checksum, so that half of it is never taken for all.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from unrolled.cli.export import ExportError, draft_of, eight_bit_rows, round_embedding
from unrolled.cli.session import load_trained
from unrolled.data.text import TOKEN
from unrolled.models import SentimentClassifier

MAGIC = b"UNR1"
START = struct.Struct("<4sIII")  # magic, bytes of the file, bytes of the header, checksum
ALIGNED = 8
EMBEDDING = "embedding.weight"


def export_web(folder: Path, out: Path) -> int:
    """Write the trained model of a folder for the page; return the file's size in bytes.

    Parameters
    ----------
    folder : pathlib.Path
        Of a training of an LSTM that reads in one direction and pools by attention.
    out : pathlib.Path
        The file, which is at every moment the old one or the new one, whole.

    Raises
    ------
    ExportError
        If the model is of another kind, or the file cannot be written.
    unrolled.cli.session.SessionError
        If the folder holds no trained model.
    """
    model, vocabulary, config = load_trained(folder, torch.device("cpu"))
    if config.cell != "lstm" or config.bidirectional or config.pooling != "attention":
        raise ExportError(
            f"The model in {folder} is a {config.cell} that pools by {config.pooling}"
            f"{' and reads both ways' if config.bidirectional else ''}. The page shows an LSTM "
            "that reads in one direction and pools by attention: train one with "
            "--config recipes/page.toml."
        )
    told = {"max_tokens": config.judging_tokens, "settings": asdict(config)}
    data = page_file(model, vocabulary.tokens, told)
    if out.is_dir() or not out.parent.is_dir():
        raise ExportError(f"{out} cannot be written: give the name of a file in a folder.")
    with draft_of(out) as draft:
        draft.write_bytes(data)
    return len(data)


def page_file(model: SentimentClassifier, tokens: list[str], told: dict) -> bytes:
    """Return the file of a model, its vocabulary, and whatever else its header shall tell."""
    parts, header = [], {"tensors": {}, "pattern": TOKEN.pattern} | told
    place = 0

    def put(data: bytes) -> int:
        nonlocal place
        at, padded = place, data + bytes(-len(data) % ALIGNED)
        parts.append(padded)
        place += len(padded)
        return at

    for name, weight in model.state_dict().items():
        if name == EMBEDDING:
            rows, scales = eight_bit_rows(weight.numpy())
            header["tensors"]["embedding.scale"] = _told("float32", scales[:, 0].astype("<f4"), put)
            header["tensors"][name] = _told("int8", rows, put)
        else:
            header["tensors"][name] = _told("float16", weight.numpy().astype("<f2"), put)
    words = "\n".join(tokens).encode()
    header["vocabulary"] = {"at": put(words), "bytes": len(words), "tokens": len(tokens)}
    head = json.dumps(header, ensure_ascii=False).encode()
    head += b" " * (-(START.size + len(head)) % ALIGNED)
    rest = head + b"".join(parts)
    return START.pack(MAGIC, START.size + len(rest), len(head), zlib.crc32(rest)) + rest


def _told(kind: str, array: np.ndarray, put) -> dict:
    return {"kind": kind, "shape": list(array.shape), "at": put(array.tobytes())}


def round_as_page(model: SentimentClassifier) -> None:
    """Give a model, in place, the rounded weights that the page computes with."""
    round_embedding(model)
    with torch.no_grad():
        for name, weight in model.state_dict().items():
            if name != EMBEDDING:
                weight.copy_(weight.half().float())
