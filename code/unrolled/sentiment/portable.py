"""An exported sentiment model at work without PyTorch: ``python -m unrolled.sentiment.portable M``.

It needs NumPy and onnxruntime. The file of `python -m unrolled export` brings everything else: the
network, the vocabulary, the rules of the tokeniser, and how many tokens the network reads.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from unrolled.data.batching import bucketed_batches, check_lengths
from unrolled.data.subwords import SubwordError
from unrolled.data.vocabulary import Vocabulary
from unrolled.evaluation.answers import probabilities
from unrolled.sentiment.console import (
    add_lines_flags,
    open_texts,
    print_answers,
    run_command,
    say,
)
from unrolled.sentiment.decoder import Decoder
from unrolled.sentiment.lines import answer_lines, lines_of
from unrolled.sentiment.rules import KEY, OtherRules, from_told

BATCH = 32
ANSWERS = """\
For each line comes one line: of reviews the probability that it is positive, of other texts the
likeliest class and its probability, or nothing where no word of it is known to the model. Letters,
digits or an emoji make a word; HTML entities are decoded first.
"""


class PortableError(RuntimeError):
    """The file cannot be run here; the message says why and what to do."""


class PortableModel:
    """A trained model in an ONNX file, run by onnxruntime.

    Parameters
    ----------
    path : str or pathlib.Path
        What `python -m unrolled export` wrote.
    threads : int
        Of the processor; 0 lets onnxruntime take all cores.

    Attributes
    ----------
    encoder : TextEncoder
        From a text to token numbers.
    classes : tuple of str
        The K names, in the order of its probabilities.
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
            self.encoder, self.classes, self.max_tokens = from_told(json.loads(told))
        except OtherRules as error:
            raise PortableError(
                f"{path} was made for other rules of cutting text into tokens than those of the "
                "package `unrolled` that is installed. Export it again, or install that version."
            ) from error
        except SubwordError as error:
            raise PortableError(f"{path} cannot be used: {error}") from error
        except (ValueError, TypeError) as error:
            raise PortableError(
                f"What {path} says of itself is {error}. Make it with: "
                f"python -m unrolled export MODEL {path}"
            ) from error
        self.path = path
        self._check_output()

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary of its encoder."""
        return self.encoder.vocabulary

    def logits(self, inputs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return logits, ``(B,)`` of two classes, ``(B, K)`` of more.

        Inputs are ``(B, T)`` token numbers, lengths ``(B,)``.

        Raises
        ------
        PortableError
            If the file cannot compute them, as where its vocabulary is longer than its embedding,
            or one of them is not a finite number.
        """
        check_lengths(lengths, *inputs.shape)
        try:
            (found,) = self.session.run(["logits"], {"tokens": inputs, "lengths": lengths})
        except Exception as error:  # onnxruntime has a class of its own for each fault
            reason = str(error).splitlines()[0]
            raise PortableError(
                f"The network in {self.path} cannot read these tokens ({reason}). Token numbers "
                "are int64 and below the size of its vocabulary; export the model again."
            ) from error
        if not np.isfinite(found).all():
            raise PortableError(
                f"The model in {self.path} answers {found[~np.isfinite(found)][0]}, which is no "
                "finite number: its weights hold such numbers. Train and export it again."
            )
        return found

    def _check_output(self) -> None:
        """Raise `PortableError` unless there is one logit of two classes, or K of K."""
        (output,) = self.session.get_outputs()
        columns = [] if len(self.classes) == 2 else [len(self.classes)]
        if output.shape[1:] != columns:
            raise PortableError(
                f"{self.path} names {len(self.classes)} classes ({', '.join(self.classes)}), which "
                f"its logits of shape {output.shape} do not fit. Export the model again."
            )

    def answers(
        self, texts: Iterable[str], *, many: int | None = None
    ) -> Iterator[np.ndarray | None]:
        """Yield for each text the probability of each class ``(K,)``; None where no word is known.

        For `many`, and errors, see `unrolled.sentiment.lines.answer_lines`.
        """
        return answer_lines(texts, self.encoder, self.predict, many=many)

    def probabilities(
        self, texts: Iterable[str], *, many: int | None = None
    ) -> Iterator[float | None]:
        """Yield for each text the probability of the second of two classes; else as `answers`.

        Raises
        ------
        PortableError
            If there are more classes than two.
        """
        if len(self.classes) > 2:
            raise PortableError(
                f"{self.path} knows the classes {', '.join(self.classes)}, so one probability is "
                "no answer. Ask for all of them with `answers`."
            )
        found = self.answers(texts, many=many)
        return (None if one is None else float(one[1]) for one in found)

    def predict(self, ids: list[np.ndarray]) -> np.ndarray:
        """Return the probability of each class ``(n, K)`` of n texts as token numbers ``(T,)``."""
        found = np.empty((len(ids), len(self.classes)))
        nothing = np.zeros(len(ids), dtype=np.int64)  # in the place of labels
        for batch in bucketed_batches(ids, nothing, batch_size=BATCH, max_tokens=self.max_tokens):
            found[batch.rows] = probabilities(self.logits(batch.inputs, batch.lengths))
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


def main(arguments: list[str] | None = None) -> int:
    """Answer each line of a file or of the standard input; return 0, or 2 after a sentence."""
    parser = argparse.ArgumentParser(
        prog="python -m unrolled.sentiment.portable", description=__doc__, epilog=ANSWERS
    )
    parser.add_argument("model", type=Path, help="an ONNX file of `python -m unrolled export`")
    parser.add_argument("file", type=Path, nargs="?", help="of texts; standard input if left out")
    add_lines_flags(parser)
    options = parser.parse_args(arguments)

    def answer():
        decoder = Decoder(options.encoding)
        model = PortableModel(options.model)
        with open_texts(options.file) as file:
            lines = lines_of(file, decoder, str(options.file or ""))
            print_answers(model.answers(lines, many=options.lines), model.classes)
        if decoder.unfit:
            say(decoder.told())

    return run_command(answer)


if __name__ == "__main__":
    sys.exit(main())
