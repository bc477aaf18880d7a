"""Probes: does a state hold a fact that can be read off, and would anything be read off as well?

A probe is a linear classifier from a state to a label. That it is right says little by itself: it
may have learnt the labels by heart, word by word. A *control task* (Hewitt & Liang, 2019) gives
every word a random label of its own and asks the same probe to learn that. How much better it is
on the real labels is its *selectivity*.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from unrolled.data.batching import check_labels

NEGATION_OPENERS = {"not", "no", "never", "nothing", "nobody", "without", "hardly", "cannot"}
STOPS = set('.,;:!?()"-')


def inside_negation(tokens: Sequence[str]) -> np.ndarray:
    """Return ``(T,)`` booleans: True from behind a negation up to the next mark.

    A rule of thumb, not a grammar: a negation is one of `NEGATION_OPENERS` or ends in n't.
    """
    labels, inside = np.zeros(len(tokens), dtype=bool), False
    for step, token in enumerate(tokens):
        inside = inside and token not in STOPS
        labels[step] = inside
        inside = inside or token in NEGATION_OPENERS or token.endswith("n't")
    return labels


def inside_brackets(tokens: Sequence[str]) -> np.ndarray:
    """Return ``(T,)`` booleans: True between ( and ), the brackets themselves left out.

    A bracket that is never closed opens nothing.
    """
    labels, opened = np.zeros(len(tokens), dtype=bool), None
    for step, token in enumerate(tokens):
        if token == "(":
            opened = step
        elif token == ")" and opened is not None:
            labels[opened + 1 : step] = True
            opened = None
    return labels


def word_verdicts(ids: Sequence[np.ndarray], labels: np.ndarray, vocab_size: int) -> np.ndarray:
    """Return ``(V,)`` how much a word's presence speaks for a positive review.

    The logarithm of the ratio of its shares among positive and among negative reviews, each count
    raised by one (Wang & Manning, 2012, take the same as a start).
    """
    labels = check_labels(labels, len(ids))
    counts = np.ones((2, vocab_size))
    for review, label in zip(ids, labels, strict=True):
        counts[int(label), np.unique(review)] += 1
    negative, positive = counts / counts.sum(axis=1, keepdims=True)
    return np.log(positive / negative)


def control_labels(word_ids: np.ndarray, vocab_size: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``(N,)`` booleans drawn at random for each *word*: all its occurrences share one."""
    return rng.integers(2, size=vocab_size).astype(bool)[word_ids]


def balanced_steps(labels: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``(count,)`` positions, as many with a True label as with a False one, shuffled.

    Raises
    ------
    ValueError
        If `count` is odd, or more than twice the rarer label.
    """
    places = [np.flatnonzero(labels == kind) for kind in (False, True)]
    most = 2 * min(map(len, places))
    if count % 2 or count > most:
        raise ValueError(
            f"balanced_steps got count={count}; give an even number up to {most}, twice what there "
            "is of the rarer label."
        )
    return rng.permutation(
        np.concatenate([rng.choice(p, count // 2, replace=False) for p in places])
    )


def even_weights(labels: np.ndarray) -> np.ndarray:
    """Return weights ``(N,)`` of mean 1 under which True and False count alike.

    Under them a constant guess is right on one half, however rare a label is.

    Raises
    ------
    ValueError
        If all labels are the same, or one is neither True nor False.
    """
    labels = _both_kinds("even_weights", labels)
    share = np.mean(labels)
    return np.where(labels, 0.5 / share, 0.5 / (1 - share))


def fit_probe(states: np.ndarray, labels: np.ndarray, *, penalty: float = 1.0):
    """Return a fitted linear probe with scikit-learn's ``predict``; states are standardised first.

    Both labels count alike, however rare one of them is.

    Parameters
    ----------
    states : ndarray (N, H)
    labels : ndarray of bool (N,)
    penalty : float
        C of the logistic regression: the smaller, the smaller the weights.
    """
    probe = make_pipeline(
        StandardScaler(), LogisticRegression(C=penalty, max_iter=1000, class_weight="balanced")
    )
    return probe.fit(states, labels)


class BestUnit:
    """The one unit that tells two labels apart best, with a threshold; chosen when made.

    Parameters
    ----------
    states : ndarray (N, H)
    labels : ndarray of bool (N,)

    Attributes
    ----------
    unit : int
    threshold, sign : float
        The answer is True where ``sign * (state[unit] - threshold)`` is above 0.
    """

    def __init__(self, states, labels):
        labels = _both_kinds("BestUnit", labels)
        if not np.isfinite(states).all():
            raise ValueError("BestUnit got states that hold NaN or infinity.")
        means = np.stack([states[~labels].mean(axis=0), states[labels].mean(axis=0)])
        thresholds, signs = means.mean(axis=0), np.sign(means[1] - means[0])
        right = ((states - thresholds) * signs > 0) == labels[:, None]
        self.unit = int(right.mean(axis=0).argmax())
        self.threshold, self.sign = float(thresholds[self.unit]), float(signs[self.unit])

    def predict(self, states: np.ndarray) -> np.ndarray:
        """Return ``(N,)`` booleans."""
        return self.sign * (states[:, self.unit] - self.threshold) > 0


def _both_kinds(name, labels):
    """Return labels as booleans; raise a ValueError unless they are True and False, some of each.

    An empty list, NaN or None among them would otherwise count as one of the two.
    """
    labels = np.asarray(labels)
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(f"{name} got a label that is neither True nor False.")
    labels = labels.astype(bool)
    if labels.size == 0 or labels.all() or not labels.any():
        raise ValueError(f"{name} got labels that are all the same; it needs both kinds.")
    return labels


def by_group(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return ``(G, 2)`` the sum and the number of values of each group: what a bootstrap resamples.

    Steps of one review are not independent of each other. So draw whole reviews: give this to
    `unrolled.evaluation.metrics.bootstrap_interval` with
    ``lambda rows: rows[:, 0].sum() / rows[:, 1].sum()``.
    """
    if not np.isfinite(np.asarray(values, dtype=float)).all():
        raise ValueError("by_group got a value that is NaN or infinite; its group has no sum.")
    names, place = np.unique(groups, return_inverse=True)
    sums = np.zeros((len(names), 2))
    np.add.at(
        sums, place, np.stack([np.asarray(values, dtype=float), np.ones(len(values))], axis=1)
    )
    return sums
