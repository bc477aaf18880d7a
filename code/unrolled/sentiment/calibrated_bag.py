"""A bag of words that says how sure it is: NB-SVM's scores as log-odds.

Log-odds of two readers can be added: that is what they would be if the two erred independently. To
know how sure a bag may be, ask it about texts that it has not learnt; on its training texts it is
far too sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from unrolled.evaluation.baselines import NaiveBayesSVM
from unrolled.sentiment.bags import Bag

TYPICAL = 100  # runs; only the unit in which lengths are told to the regression
FREE = 1e6  # C of a regression on two features: as good as no penalty


@dataclass(frozen=True)
class BagKnobs:
    """The knobs of NB-SVM (see `unrolled.evaluation.baselines.NaiveBayesSVM`).

    Parameters
    ----------
    longest, least : int
        Runs of one to so many words; keep those that so many training texts hold.
    C, alpha, beta : float
    """

    longest: int = 3
    least: int = 2
    C: float = 0.003
    alpha: float = 1.0
    beta: float = 0.25


class CalibratedBag:
    """An NB-SVM whose scores are made log-odds by a logistic regression on two features.

    The features are the score s and ``s / sqrt(n / 100)``, with n the runs of the text that the bag
    knows: the score is a sum, and one that says much of a sentence says little of a long review.

    Parameters
    ----------
    texts : sequence of str
        N training texts.
    labels : ndarray ``(N,)``
    pieces : ndarray ``(N,)``
        For the calibration each piece is judged by a machine that learnt from all others; two at
        least.
    knobs : BagKnobs
    seed : int

    Raises
    ------
    ValueError
        If the three differ in length, or there is only one piece.
    """

    def __init__(
        self,
        texts: Sequence[str],
        labels: np.ndarray,
        pieces: np.ndarray,
        knobs: BagKnobs | None = None,
        seed: int = 0,
    ):
        labels, pieces = np.asarray(labels), np.asarray(pieces)
        if not len(texts) == len(labels) == len(pieces):
            raise ValueError(
                f"CalibratedBag got {len(texts)} texts, {len(labels)} labels and {len(pieces)} "
                "pieces; give one label and one piece for each text."
            )
        if len(np.unique(pieces)) < 2:
            raise ValueError(
                "CalibratedBag got one piece only, so no machine could judge a text that it has "
                "not learnt. Cut the training texts into two pieces or more."
            )
        self.knobs, self.seed = BagKnobs() if knobs is None else knobs, seed
        self.bag = Bag(texts, "words", self.knobs.longest)
        self.columns = self.bag.columns(self.knobs.longest, self.knobs.least)
        table = self._presence(self.bag.train)
        scores = np.zeros(len(labels))
        for piece in np.unique(pieces):
            here = pieces == piece
            scores[here] = self._machine(table[~here], labels[~here]).decision_function(table[here])
        self.machine = self._machine(table, labels)
        self.calibration = LogisticRegression(C=FREE).fit(_features(scores, table), labels)

    def log_odds(self, texts: Sequence[str]) -> np.ndarray:
        """Return the log-odds of other texts ``(N,)``; above 0, the bag says positive."""
        table = self._presence(self.bag.counts(texts))
        scores = self.machine.decision_function(table)
        return self.calibration.decision_function(_features(scores, table))

    def _machine(self, table: sparse.csr_array, labels: np.ndarray) -> NaiveBayesSVM:
        told = self.knobs
        return NaiveBayesSVM(told.C, told.alpha, told.beta, self.seed).fit(table, labels)

    def _presence(self, counts: sparse.csr_array) -> sparse.csr_array:
        """Return zeros and ones ``(N, V)`` for the runs that are kept."""
        return (counts[:, self.columns] > 0).astype(np.float64)


def _features(scores: np.ndarray, table: sparse.csr_array) -> np.ndarray:
    """Return the two features ``(N, 2)`` of scores ``(N,)``."""
    runs = np.maximum(np.diff(table.indptr), 1)
    return np.stack([scores, scores / np.sqrt(runs / TYPICAL)], axis=1)
