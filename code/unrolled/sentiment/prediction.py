"""Predictions of a trained torch model for lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from unrolled.data.batching import bucketed_batches
from unrolled.data.vocabulary import Vocabulary
from unrolled.nets.training import predict_proba
from unrolled.sentiment.lines import answer_lines

BATCH = 64


def predict_lines(
    model, vocabulary: Vocabulary, lines: Iterable[str], *, max_tokens: int, many: int | None = None
) -> Iterator[float | None]:
    """Yield for each line the probability that it is positive; None where no word is known.

    For `many`, and errors, see `unrolled.sentiment.lines.answer_lines`.
    """

    def predict(ids):
        nothing = np.zeros(len(ids), dtype=np.int64)  # in the place of labels
        return predict_proba(
            model, bucketed_batches(ids, nothing, batch_size=BATCH, max_tokens=max_tokens)
        )

    return answer_lines(lines, vocabulary, predict, many=many)
