"""An exported sentiment model at work without PyTorch: ``python -m unrolled.portable MODEL.onnx``.

It needs NumPy and onnxruntime. The file of `python -m unrolled export` brings everything else: the
network, the vocabulary, the rules of the tokeniser, and how many tokens the network reads.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from unrolled.data.batching import bucketed_batches, check_lengths
from unrolled.data.lines import MANY, answer_lines, lines_of
from unrolled.data.text import TOKEN, Vocabulary

KEY = "unrolled"  # of the metadata in the file
BATCH = 32
RULES = """\
1. An HTML line break, such as <br />, becomes a space.
2. Everything becomes lower case, a curly apostrophe a straight one; then Unicode's form NFC.
3. The tokens are what `pattern` finds, from left to right.
4. The number of a token is its place in `vocabulary`, counted from 0. An unknown token is number 1.
5. Of more than max_tokens tokens only the first max_tokens // 2 are read and, behind them, the last
   max_tokens - max_tokens // 2.
6. A text without a token has no answer.
7. Input `tokens` (B, T) holds the numbers, shorter texts filled up with 0 at the end; `lengths`
   (B,) says how many are real. Of output `logits` (B,), 1 / (1 + exp(-logit)) is the probability of
   praise.
"""


class PortableError(RuntimeError):
    """The file cannot be run here; the message says why and what to do."""


def tokenizer_rules() -> dict:
    """Return how a text becomes numbers, as it travels with an exported model.

    Returns
    -------
    dict
        pattern, the regular expression of a token, and "in words", all that a program without this
        package has to do.
    """
    return {"pattern": TOKEN.pattern, "in words": RULES}


class PortableModel:
    """A sentiment model in an ONNX file, run by onnxruntime.

    Parameters
    ----------
    path : str or pathlib.Path
        What `python -m unrolled export` wrote.
    threads : int
        Of the processor; 0 lets onnxruntime take all cores.

    Attributes
    ----------
    vocabulary : Vocabulary
    max_tokens : int
        Of a longer text, the first and the last half of so many tokens are read.

    Raises
    ------
    PortableError
        If onnxruntime is missing, or the file is missing, damaged, of another origin, or made for
        another tokeniser than the one that is installed.
    """

    def __init__(self, path: str | Path, *, threads: int = 0):
        path = Path(path)
        if not path.is_file():
            raise PortableError(f"There is no file at {path}.")
        self.session = _session(path, threads)
        told = self.session.get_modelmeta().custom_metadata_map.get(KEY)
        if told is None:
            raise PortableError(
                f"{path} brings no vocabulary. Make it with: python -m unrolled export MODEL {path}"
            )
        try:
            told = json.loads(told)
            pattern, tokens, self.max_tokens = (
                told["tokenizer"]["pattern"],
                told["vocabulary"],
                told["max_tokens"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise PortableError(
                f"What {path} says of itself is damaged or of another program ({error!r}). Make it "
                f"with: python -m unrolled export MODEL {path}"
            ) from error
        if pattern != TOKEN.pattern:
            raise PortableError(
                f"{path} was made for other rules of cutting text into tokens than those of the "
                "package `unrolled` that is installed. Export it again, or install that version."
            )
        self.vocabulary = Vocabulary(tokens)

    def logits(self, inputs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return ``(B,)`` logits; inputs ``(B, T)`` token numbers, lengths ``(B,)``."""
        check_lengths(lengths, *inputs.shape)
        return self.session.run(["logits"], {"tokens": inputs, "lengths": lengths})[0]

    def probabilities(self, texts: Iterable[str], *, many: int = MANY) -> Iterator[float | None]:
        """Yield for each text the probability that it is positive; None where it has no word.

        For `many`, and errors, see `unrolled.data.lines.answer_lines`.
        """
        return answer_lines(texts, self.vocabulary, self._predict, many=many)

    def _predict(self, ids: list[np.ndarray]) -> np.ndarray:
        found = np.empty(len(ids))
        nothing = np.zeros(len(ids), dtype=np.int64)  # in the place of labels
        for batch in bucketed_batches(ids, nothing, batch_size=BATCH, max_tokens=self.max_tokens):
            logits = self.logits(batch.inputs, batch.lengths)
            found[batch.rows] = 1 / (1 + np.exp(-logits.astype(float)))
        return found


def _session(path: Path, threads: int):
    """Return onnxruntime's session of a file."""
    try:
        import onnxruntime
    except ModuleNotFoundError:
        raise PortableError(
            "onnxruntime, which runs exported models, is not installed: pip install onnxruntime"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # what goes wrong is raised, and not printed as well
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # damaged bytes can make the reader fail in any way
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise PortableError(f"{path} is damaged or no ONNX model ({reason}).") from error


def print_answers(answers: Iterable[float | None]) -> None:
    """Print an answer a line, an empty line for None; a reader who has had enough is no error."""
    try:
        for answer in answers:
            print("" if answer is None else f"{answer:.4f}", flush=True)
    except BrokenPipeError:  # as with `head`; nothing may be written at the end either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def add_lines_flag(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flag ``--lines``."""
    parser.add_argument(
        "--lines",
        type=int,
        default=MANY,
        metavar="N",
        help="read so many lines before answering them; 1: answer at once (default: %(default)s)",
    )


def open_texts(path: Path | None) -> BinaryIO:
    """Return a file of texts to read, or the standard input.

    Raises
    ------
    PortableError
        If there is no such file.
    """
    if path is None:
        if sys.stdin is None:  # closed by whoever started us
            raise PortableError("There is no standard input. Give a file of texts.")
        return sys.stdin.buffer
    if not path.is_file():
        raise PortableError(f"There is no file at {path}.")
    return path.open("rb")


def main(arguments: list[str] | None = None) -> int:
    """Answer each line of a file or of the standard input; return 0, or 2 after a sentence."""
    parser = argparse.ArgumentParser(prog="python -m unrolled.portable", description=__doc__)
    parser.add_argument("model", type=Path, help="an ONNX file of `python -m unrolled export`")
    parser.add_argument("file", type=Path, nargs="?", help="of texts; standard input if left out")
    add_lines_flag(parser)
    options = parser.parse_args(arguments)
    try:
        model = PortableModel(options.model)
        with open_texts(options.file) as file:
            print_answers(model.probabilities(lines_of(file), many=options.lines))
    except (PortableError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
