"""Bags of words and characters: what they hold of a text, and two linear models that read them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from unrolled.data.encoder import TextEncoder
from unrolled.evaluation.baselines import NaiveBayesSVM, NGrams, best_threshold

MOST_TOKENS = {"words": 1_000_000, "characters": 5_000}  # runs of 3 and 5 then fit into 64 bits
PASSES = 2_000  # that a linear model may take to converge


class Bag:
    """How often each text holds each run of words, or of characters.

    Parameters
    ----------
    texts : sequence of str
        The training texts: they say which runs are columns.
    tokenizer : {"words", "characters"}
    longest : int
        Runs of one to so many tokens.
    least : int
        Leave out runs that occur less often.
    unicode_form : str
    """

    def __init__(
        self,
        texts: Sequence[str],
        tokenizer: str,
        longest: int,
        least: int = 1,
        *,
        unicode_form: str = "NFC",
    ):
        told = {"tokenizer": tokenizer, "unicode_form": unicode_form}
        self.encoder, ids = TextEncoder.fit_encode(texts, max_size=MOST_TOKENS[tokenizer], **told)
        self.runs = NGrams(longest, least, counted=True)
        self.train = self.runs.fit_transform(ids, len(self.encoder))
        self.held = np.bincount(self.train.indices, minlength=len(self.runs.keys))  # by texts

    def counts(self, texts: Sequence[str]) -> sparse.csr_array:
        """Return the counts ``(N, V)`` of other texts."""
        return self.runs.transform(self.encoder.encode_many(texts))

    def columns(self, longest: int, least: int) -> np.ndarray:
        """Return the places of runs of up to `longest` tokens that at least so many texts hold."""
        short = np.searchsorted(self.runs.keys, self.runs.base**longest)  # by their length
        return np.flatnonzero(self.held[:short] >= least)


@dataclass(frozen=True)
class Knobs:
    """What a baseline is told; beta is for NB-SVM only.

    Parameters
    ----------
    words, characters : int
        Longest run; 0: none.
    least : int
        Keep what occurs in so many training texts.
    C : float
        How large the weights may become.
    class_weights : {"none", "balanced"}
    beta : float or None
        Share of the support vector machine.
    """

    words: int
    characters: int
    least: int
    C: float
    class_weights: str = "none"
    beta: float | None = None

    @property
    def sklearn_weights(self) -> str | None:
        """Return the class weights as scikit-learn names them."""
        return None if self.class_weights == "none" else self.class_weights


class TfIdf:
    """Logistic regression on TF-IDF: rare runs count more, ``1 + ln count``, rows of length one."""

    name, betas = "TF-IDF", (None,)

    def __init__(self, settings: Knobs):
        self.settings = settings
        self.idf = TfidfTransformer(sublinear_tf=True)
        self.model = LogisticRegression(
            C=settings.C, class_weight=settings.sklearn_weights, max_iter=PASSES
        )

    def fit(self, counts: sparse.csr_array, labels: np.ndarray, n_classes: int) -> TfIdf:
        """Learn from counts ``(N, V)`` and labels ``(N,)``; return self."""
        self.model.fit(self.idf.fit_transform(counts), labels)
        return self

    def scores(self, counts: sparse.csr_array, beta: None = None) -> np.ndarray:
        """Return a score of each class ``(N, K)``."""
        found = self.model.decision_function(self.idf.transform(counts))
        return _of_classes(found)


class NBSVM:
    """NB-SVM; of more than two classes each against all others, and the largest score answers."""

    name, betas = "NB-SVM", (0.25, 0.1, 0.5, 0.75, 1.0)

    def __init__(self, settings: Knobs, seed: int = 0):
        self.settings, self.seed = settings, seed

    def fit(self, counts: sparse.csr_array, labels: np.ndarray, n_classes: int) -> NBSVM:
        """Learn from counts ``(N, V)`` and labels ``(N,)``; return self."""
        presence, told = _presence(counts), self.settings
        self.machines = [
            NaiveBayesSVM(
                told.C, seed=self.seed, class_weight=told.sklearn_weights, max_iter=PASSES
            ).fit(presence, (labels == k).astype(np.int64))
            for k in (range(n_classes) if n_classes > 2 else [1])
        ]
        return self

    def scores(self, counts: sparse.csr_array, beta: float | None = None) -> np.ndarray:
        """Return a score of each class ``(N, K)``; with another beta, learning nothing anew."""
        presence = _presence(counts)
        beta = self.settings.beta if beta is None else beta
        found = [one.interpolate(beta).decision_function(presence) for one in self.machines]
        return _of_classes(found[0] if len(found) == 1 else np.stack(found, axis=1))


def converges(model: TfIdf | NBSVM, *told) -> bool:
    """Fit a model, and return whether it came to its end within `PASSES`."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(*told)
    for one in said:
        if not issubclass(one.category, ConvergenceWarning):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return not any(issubclass(one.category, ConvergenceWarning) for one in said)


def best_offsets(scores: np.ndarray, labels: np.ndarray, rounds: int = 3) -> np.ndarray:
    """Return what to add to each class's score ``(K,)`` so that most of these texts are right.

    One class after the other gets the best offset that it can have while the others keep theirs, a
    few times round. They stay only if the texts that become right outnumber those that become wrong
    by more than two standard errors, ``2 sqrt(both together)``: what gains less may gain nothing on
    other texts, and moves errors from one class to another. For two classes this is a threshold.

    Parameters
    ----------
    scores : ndarray ``(N, K)``
    labels : ndarray ``(N,)``
    rounds : int
    """
    offsets, rows = np.zeros(scores.shape[1]), np.arange(len(labels))
    for _ in range(rounds):
        before = offsets
        for k in range(scores.shape[1]):
            moved = scores + offsets
            others = moved.copy()
            others[:, k] = -np.inf
            rival = others.argmax(axis=1)
            told = (labels == k) | (labels == rival)  # the rest are wrong with any offset
            if not told.any():
                continue
            margin = moved[:, k] - others[rows, rival]
            trial = offsets.copy()
            trial[k] -= best_threshold(margin[told], (labels == k)[told].astype(int))
            if _right(scores + trial, labels).sum() > _right(moved, labels).sum():
                offsets = trial
        if (offsets == before).all():
            break
    new, old = _right(scores + offsets, labels), _right(scores, labels)
    gained = new.sum() - old.sum()
    return offsets if gained > 2 * np.sqrt((new != old).sum()) else np.zeros_like(offsets)


def _right(scores, labels):
    return scores.argmax(axis=1) == labels


def _of_classes(found):
    """Return scores of class 1 against class 0 ``(N,)`` as ``(N, 2)``; others as they are."""
    return np.stack([np.zeros_like(found), found], axis=1) if found.ndim == 1 else found


def _presence(counts):
    return sparse.csr_array((np.ones(counts.nnz), counts.indices, counts.indptr), counts.shape)
