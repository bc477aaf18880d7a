"""Predictions of a trained torch model for lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from unrolled.data.batching import bucketed_batches
from unrolled.data.encoder import TextEncoder
from unrolled.evaluation.answers import probabilities
from unrolled.nets.training import evaluate
from unrolled.sentiment.lines import answer_lines

BATCH = 64


def predict_lines(
    model, encoder: TextEncoder, lines: Iterable[str], *, max_tokens: int, many: int | None = None
) -> Iterator[np.ndarray | None]:
    """Yield for each line the probability of each class ``(K,)``; None where no word is known.

    For `many`, and errors, see `unrolled.sentiment.lines.answer_lines`.
    """

    def predict(ids):
        nothing = np.zeros(len(ids), dtype=np.int64)  # in the place of labels
        batches = bucketed_batches(ids, nothing, batch_size=BATCH, max_tokens=max_tokens)
        return probabilities(evaluate(model, batches)[0])

    return answer_lines(lines, encoder, predict, many=many)
