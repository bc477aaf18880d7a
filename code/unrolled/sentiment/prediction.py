"""Predictions of a trained torch model, quick on a processor and safe in several threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import torch

from unrolled.data.batching import bucketed_batches
from unrolled.data.encoder import TextEncoder
from unrolled.evaluation.answers import probabilities
from unrolled.nets.training import evaluate
from unrolled.sentiment.lines import answer_lines

BATCH = 64


def probabilities_of(model, ids: list[np.ndarray], *, max_tokens: int) -> np.ndarray:
    """Return the probability of each class ``(n, K)`` of n texts as token numbers ``(T,)``."""
    nothing = np.zeros(len(ids), dtype=np.int64)  # in the place of labels
    batches = bucketed_batches(ids, nothing, batch_size=BATCH, max_tokens=max_tokens)
    with ONE_THREAD.while_computing():
        return probabilities(evaluate(model, batches)[0])


def predict_lines(
    model, encoder: TextEncoder, lines: Iterable[str], *, max_tokens: int, many: int | None = None
) -> Iterator[np.ndarray | None]:
    """Yield for each line the probability of each class ``(K,)``; None where no word is known.

    For `many`, and errors, see `unrolled.sentiment.lines.answer_lines`.
    """
    predict = partial(probabilities_of, model, max_tokens=max_tokens)
    return answer_lines(lines, encoder, predict, many=many)


class _OneThread:
    """Lets torch compute in the thread that asks, and gives its other threads back afterwards.

    The steps of a small recurrent layer are too short to be shared: in two threads torch was three
    to eight times slower than in one.
    """

    def __init__(self):
        self.lock, self.computing, self.before = threading.Lock(), 0, 1

    @contextmanager
    def while_computing(self) -> Iterator[None]:
        """The first who comes sets one thread; the last who goes sets what was before."""
        with self.lock:
            if self.computing == 0:
                self.before = torch.get_num_threads()
                self._set(1)
            self.computing += 1
        try:
            yield
        finally:
            with self.lock:
                self.computing -= 1
                if self.computing == 0:
                    self._set(self.before)

    def _set(self, threads: int) -> None:
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


ONE_THREAD = _OneThread()
