"""A trained model at work: the package's own, one of a training's folder, or an exported file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from unrolled.data.encoder import TextEncoder
from unrolled.sentiment.lines import answer_lines
from unrolled.sentiment.page_model import PageModel, holds_page_model
from unrolled.sentiment.portable import PortableModel
from unrolled.sentiment.shipped import shipped_path

MOST_CLASSES = 6  # that a repr names


@dataclass(frozen=True)
class Answer:
    """What a model says of one text.

    Parameters
    ----------
    label : str or None
        The likeliest class; None where the model knows no word of the text and cannot say.
    probabilities : dict or None
        Of each class by its name; None where there is no label.
    """

    label: str | None = None
    probabilities: dict[str, float] | None = None


class Predictor:
    """Answers to texts, from a model that `load` has loaded.

    Parameters
    ----------
    classes : tuple of str
        The K names.
    encoder : TextEncoder
    predict : callable
        Gets n arrays ``(T,)`` of token numbers, returns probabilities ``(n, K)``.
    workers : int, optional
        Threads that answer; if None, one for each core.
    about : str
        What the model is, in one line; empty where its file does not tell.
    """

    def __init__(
        self,
        classes: Iterable[str],
        encoder: TextEncoder,
        predict: Callable[[list[np.ndarray]], np.ndarray],
        *,
        workers: int | None = None,
        about: str = "",
    ):
        self.classes = tuple(classes)
        self.encoder = encoder
        self.workers = workers or cores()
        self.about = about
        self._predict = predict

    def __repr__(self):
        """Return what it answers, and how it reads."""
        few, rest = self.classes[:MOST_CLASSES], len(self.classes) - MOST_CLASSES
        told = ", ".join(map(repr, few)) + (f" and {rest} more" if rest > 0 else "")
        return (
            f"<Predictor of {len(self.classes)} classes: {told}; knows {len(self.encoder)} tokens "
            f"({self.encoder.tokenizer})>"
        )

    def predict(self, texts: Iterable[str]) -> list[Answer]:
        """Return an answer to each text, in their order.

        Raises
        ------
        ValueError
            If `texts` is one text.
        TypeError
            If it is no list of texts, or one of them is no text.
        """
        _check_many("predict", texts)
        return [self.answer_of(found) for found in self.answers(texts)]

    def answers(self, lines: Iterable[str], many: int | None = None) -> Iterator[np.ndarray | None]:
        """Yield for each text the probability of each class ``(K,)``; None where it cannot say.

        For `many`, and errors, see `unrolled.sentiment.lines.answer_lines`.
        """
        _check_many("answers", lines)
        return answer_lines(lines, self.encoder, self._predict, many=many, workers=self.workers)

    def answer_of(self, found: np.ndarray | None) -> Answer:
        """Return the answer of probabilities ``(K,)``, or of None."""
        if found is None:
            return Answer()
        named = dict(zip(self.classes, map(float, found), strict=True))
        return Answer(self.classes[int(np.argmax(found))], named)


def _check_many(name: str, texts) -> None:
    """Raise ValueError if `texts` is one text, TypeError if it holds none one by one."""
    if isinstance(texts, str | bytes):
        one = repr(texts) if len(texts) < 30 else "text"
        raise ValueError(
            f"{name} got one text, {texts[:30]!r}; give a list of texts, also for one: "
            f"{name}([{one}])."
        )
    if not isinstance(texts, Iterable) or isinstance(texts, Mapping) or hasattr(texts, "columns"):
        what = "None" if texts is None else f"a value of type {type(texts).__name__}"
        raise TypeError(
            f"{name} got {what}; expected a list of texts, such as {name}(['A fine film.']). Of a "
            "table, give the column of the texts."
        )


def load(path: str | Path | None = None, *, workers: int | None = None) -> Predictor:
    """Return a model that answers: only that of a training's folder waits for PyTorch.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The folder of a training, or an exported file; if left out, the model that the package
        ships (see `unrolled.sentiment.shipped`).
    workers : int, optional
        Threads that answer; if None, one for each core.

    Raises
    ------
    unrolled.sentiment.folder.FolderError
        If there is nothing at `path`, or the folder holds no whole trained model.
    unrolled.sentiment.portable.PortableError
        If the file is damaged or of another origin, or onnxruntime is missing.
    unrolled.nets.model_file.ModelFileError
        If the file is one for the course's page and damaged, or holds another kind of network.
    ValueError
        If `workers` is below 1.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers is {workers}; at least 1 must answer.")
    path = shipped_path() if path is None else Path(path)
    if path.is_file():
        if holds_page_model(path):
            model = PageModel(path)
            told = {"workers": workers, "about": model.about}
            return Predictor(model.classes, model.encoder, model.predict, **told)
        model = PortableModel(path, threads=1)
        return Predictor(model.classes, model.encoder, model.predict, workers=workers)
    return _of_folder(path, workers)


def _of_folder(path: Path, workers: int | None) -> Predictor:
    """Return the predictor of a training; PyTorch is imported here, and nowhere above."""
    from unrolled.sentiment.prediction import probabilities_of
    from unrolled.sentiment.processes import choose_device
    from unrolled.sentiment.trained import load_trained

    device = choose_device()
    trained = load_trained(path, device)
    predict = partial(probabilities_of, trained.model, max_tokens=trained.recipe.judging_tokens)
    if device.type != "cpu":
        workers = workers or 1
    return Predictor(trained.classes, trained.encoder, predict, workers=workers)


def cores() -> int:
    """Return how many cores of the processor this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
