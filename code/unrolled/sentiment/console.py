"""What the commands share: answers on the standard output, sentences, and a clean end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from unrolled.data.reviews import REVIEW_CLASSES
from unrolled.sentiment.lines import MANY
from unrolled.streams import is_closed_pipe, speak_utf8


def print_answers(answers: Iterable[np.ndarray | None], classes: Sequence[str]) -> None:
    """Print an answer a line, an empty line for None; say at the end how many had none.

    Parameters
    ----------
    answers : iterable of arrays (K,) or None
        Probabilities. Of the course's reviews that of "positive" is printed; of other classes the
        likeliest, a tab, and its probability.
    classes : sequence of str
        The K names.
    """
    lines = empty = 0
    for answer in answers:
        print("" if answer is None else _line(answer, classes), flush=True)
        lines, empty = lines + 1, empty + (answer is None)
    if empty:
        say(f"{empty} of {lines} lines hold no word that the model knows; their answer is empty.")


def _line(answer: np.ndarray, classes: Sequence[str]) -> str:
    """Return the probabilities ``(K,)`` of one text as a line."""
    if tuple(classes) == REVIEW_CLASSES:
        return f"{answer[1]:.4f}"
    best = int(answer.argmax())
    return f"{' '.join(classes[best].split())}\t{answer[best]:.4f}"


def add_model(parser: argparse.ArgumentParser) -> None:
    """Give a parser the argument ``MODEL``, which can be left out."""
    parser.add_argument(
        "model",
        type=Path,
        nargs="?",
        metavar="MODEL",
        help="the folder of its training, or an exported file; if left out, or `shipped`: the "
        "model that the package brings",
    )


def add_lines_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags ``--encoding`` and ``--lines``."""
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        help="of the texts, such as cp1252, unless it is UTF-8 (or, of a table, begins with a "
        "Unicode mark)",
    )
    parser.add_argument(
        "--lines",
        type=int,
        metavar="N",
        help="wait for so many lines before answering them; 1: answer each before the next is read "
        f"(default: {MANY} of a file, and of a pipe or a terminal what has come)",
    )


def open_texts(path: Path | None) -> BinaryIO:
    """Return a file of texts to read, or the standard input.

    Raises
    ------
    ValueError
        If there is no such file.
    """
    if path is None:
        return sys.stdin.buffer
    if path.is_dir():
        raise ValueError(f"{path} is a folder. Give a file of texts, one a line.")
    if not path.exists():
        raise ValueError(f"There is no file at {path}.")
    return path.open("rb")


def say(sentence: object) -> None:
    """Print a sentence to the standard error output, if anybody can still hear it."""
    try:
        print(sentence, file=sys.stderr, flush=True)
    except OSError:
        _mute(sys.stderr)


def _mute(stream) -> None:
    """Let what is written to a broken stream go nowhere, so that nothing complains at the end."""
    with suppress(OSError, ValueError):  # ValueError: a stream without a file, as in tests
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _open_standard_files() -> None:
    """Open what whoever started us has closed, or the next file would take its number."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def run_command(
    command: Callable[[], None],
    *,
    answers: bool = True,
    stopped: str = "",
) -> int:
    """Run a command and return its exit status: 0, or 2 after a sentence, or 130 after Ctrl-C.

    The sentence is the message of a `ValueError` or of an error that this package has defined. A
    full disk and too little memory get one as well.

    Parameters
    ----------
    command : callable
    answers : bool
        The command does nothing but print, so a reader who has had enough, as `head`, is no error.
    stopped : str
        What to say after Ctrl-C.
    """
    nowhere = [name for name in ("stdin", "stdout") if getattr(sys, name) is None]
    _open_standard_files()
    speak_utf8()
    if answers and "stdout" in nowhere:
        say("There is no standard output to answer to. Do not close it.")
        return 2
    if "stdin" in nowhere:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    try:
        command()
        sys.stdout.flush()
    except BrokenPipeError as error:
        _mute(sys.stdout)
        if answers:
            return 0
        say(error)
        return 2
    except OSError as error:  # a folder that may not be written, a full disk
        _mute(sys.stdout)
        if answers and is_closed_pipe(error):
            return 0
        where = "The answers" if error.filename is None else error.filename
        say(f"{where}: {error.strerror}.")
        return 2
    except KeyboardInterrupt:
        say(f"\nStopped.{stopped}")
        return 130
    except Exception as error:
        if _is_sentence(error):
            say(error)
        elif isinstance(error, MemoryError | RuntimeError) and _is_of_memory(error):
            say("There is not enough memory for this. Take a smaller model, batch_size or --lines.")
        else:
            raise
        return 2
    return 0


def _is_sentence(error: Exception) -> bool:
    """Return whether an error is a sentence for readers; to ask imports none of its modules."""
    room = type(error).__module__.partition(".")[0]
    return isinstance(error, ValueError) or room in ("unrolled", "__main__")


def _is_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "memory" in str(error)
