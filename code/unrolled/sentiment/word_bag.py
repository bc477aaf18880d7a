"""A network's rival that travels in its file: a bag of the single words that the network reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unrolled.data.batching import keep_ends
from unrolled.evaluation.baselines import NaiveBayesSVM, NGrams
from unrolled.evaluation.calibration import fit_temperature
from unrolled.nets.model_file import eight_bit_rows, in_sixteen_bits
from unrolled.sentiment.corpus import Part

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # C
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)  # beta
PASSES = 5_000  # that the support vector machine may take


@dataclass(frozen=True)
class WordBag:
    """What each token adds to the logit of a text that holds it, once or more, in any order.

    Parameters
    ----------
    weights : ndarray ``(V,)``
        Of the tokens of the network's vocabulary; 0 where nothing was learnt.
    bias : float
    """

    weights: np.ndarray
    bias: float

    def logits(self, ids: Sequence[np.ndarray], max_tokens: int | None = None) -> np.ndarray:
        """Return the logits ``(N,)`` of texts as token numbers, cut as the network cuts them."""
        kept = [np.unique(keep_ends(one, max_tokens)) for one in ids]
        return np.array([self.weights[one].sum() + self.bias for one in kept])

    def rounded(self) -> WordBag:
        """Return the bag as the page's file holds it: weights in 8 bits, bias in 16."""
        (rows,), ((scale,),) = eight_bit_rows(self.weights[None])
        return WordBag(rows * float(scale), float(in_sixteen_bits(np.array(self.bias))))


def fit_word_bag(train: Part, valid: Part, vocab_size: int, max_tokens: int | None) -> WordBag:
    """Return NB-SVM on the single words of texts, with every setting chosen on validation texts.

    C, beta and the threshold are those with which most validation texts are right. A temperature,
    chosen there as well, makes a probability of the score and moves no answer to the other side.

    Parameters
    ----------
    train, valid : Part
        In the network's tokens.
    vocab_size : int
        V.
    max_tokens : int or None
        The first and the last half of so many tokens are read; None reads all of them.

    Raises
    ------
    ValueError
        If there is no training text or no validation text.
    """
    if not len(valid):
        raise ValueError("fit_word_bag got no validation text to choose on; give at least one.")
    grams = NGrams(longest=1, least=1)
    learnt = grams.fit_transform([keep_ends(ids, max_tokens) for ids in train.ids], vocab_size)
    held = grams.transform([keep_ends(ids, max_tokens) for ids in valid.ids])
    best, most = None, -1.0
    for strength in STRENGTHS:
        machine = NaiveBayesSVM(strength, max_iter=PASSES).fit(learnt, train.labels)
        for share in SHARES:
            machine.interpolate(share).choose_threshold(held, valid.labels)
            right = machine.score(held, valid.labels)
            if right > most:
                best, most = (machine.weights, machine.bias), right
    weights, bias = best
    size = _temperature(held @ weights + bias, valid.labels)
    every = np.zeros(vocab_size)
    every[grams.keys - 1] = weights / size  # the key of a single token is its number and one
    return WordBag(every, float(bias / size))


def _temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return what to divide scores by; 1 where all texts are right, so that there is no best."""
    right = (scores > 0) == (labels == 1)
    return 1.0 if right.all() else fit_temperature(scores, labels)
