"""Connectionist temporal classification: labels without times, and the gradient of their loss.

A network says at each of T frames how probable each of K classes is; class 0 is the *blank*. A path
names one class a frame, and `collapse` reads it: repeats are merged, then blanks are dropped. The
loss is minus the logarithm of the probability of all paths that read as the labels (Graves et al.,
2006). The sum over them runs forward and backward through the labels with a blank around each, in
logarithms throughout.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unrolled.byhand.functional import log_softmax

BLANK = 0


def collapse(path: Sequence[int]) -> list[int]:
    """Return the labels that a path reads as: repeats merged, blanks dropped."""
    before = [BLANK, *path]
    return [k for last, k in zip(before, path, strict=False) if k not in (last, BLANK)]


def best_path(logits: np.ndarray) -> list[int]:
    """Return how the path of the best class of each frame reads; logits ``(T, K)``."""
    return collapse(logits.argmax(axis=1).tolist())


def with_blanks(labels: Sequence[int]) -> np.ndarray:
    """Return the labels with a blank before, between and after them, ``(2 U + 1,)``."""
    extended = np.full(2 * len(labels) + 1, BLANK)
    extended[1::2] = labels
    return extended


def may_skip(extended: np.ndarray) -> np.ndarray:
    """Say of each place whether a path may come to it from two places before, ``(S,)``.

    It may leave out a blank between two different labels. Between two equal ones it must not, for
    then they would be merged.
    """
    skips = np.zeros(len(extended), dtype=bool)
    skips[2:] = (extended[2:] != BLANK) & (extended[2:] != extended[:-2])
    return skips


def forward(log_p: np.ndarray, extended: np.ndarray) -> np.ndarray:
    """Return log alpha ``(T, S)``: all ways to be at place s after frame t, that frame counted."""
    skips, alpha = may_skip(extended), np.full((len(log_p), len(extended)), -np.inf)
    alpha[0, :2] = log_p[0, extended[:2]]
    for t in range(1, len(log_p)):
        stay = alpha[t - 1]
        step = np.append(-np.inf, stay)[:-1]
        skip = np.where(skips, np.append([-np.inf, -np.inf], stay)[: len(stay)], -np.inf)
        ways = np.logaddexp(np.logaddexp(stay, step), skip)
        alpha[t] = ways + log_p[t, extended]
    return alpha


def backward(log_p: np.ndarray, extended: np.ndarray) -> np.ndarray:
    """Return log beta ``(T, S)``: all ways from place s at frame t to the end, frame t not."""
    skips, beta = may_skip(extended), np.full((len(log_p), len(extended)), -np.inf)
    beta[-1, -2:] = 0.0
    for t in range(len(log_p) - 2, -1, -1):
        stay = beta[t + 1] + log_p[t + 1, extended]
        step = np.append(stay, -np.inf)[1:]
        skip = np.append(np.where(skips, stay, -np.inf), [-np.inf, -np.inf])[2:]
        beta[t] = np.logaddexp(np.logaddexp(stay, step), skip)
    return beta


def ctc_loss(logits: np.ndarray, labels: Sequence[int]) -> tuple[float, np.ndarray]:
    """Return minus the log probability of the labels, and its gradient by the logits.

    Parameters
    ----------
    logits : ndarray (T, K)
        Class 0 is the blank.
    labels : sequence of int (U,)
        From 1 to K - 1.

    Returns
    -------
    loss : float, in nats
    dlogits : ndarray (T, K)
        At each frame, the network's probabilities minus the share of each class in the paths that
        read as the labels.

    Raises
    ------
    ValueError
        If a label is no class, or the labels do not fit into so few frames: each needs one, and one
        more stands between two equal ones.
    """
    labels = np.asarray(labels, dtype=int)
    if labels.size and not 1 <= labels.min() <= labels.max() < logits.shape[1]:
        raise ValueError(
            f"ctc_loss got labels from {labels.min()} to {labels.max()}; the logits have the blank "
            f"(0) and the classes 1 to {logits.shape[1] - 1}."
        )
    needed = len(labels) + int((labels[1:] == labels[:-1]).sum())
    if len(logits) < max(needed, 1):
        raise ValueError(
            f"ctc_loss got {len(logits)} frames for {len(labels)} labels, which need at least "
            f"{max(needed, 1)}: one each, and a blank between two equal ones."
        )
    log_p, extended = log_softmax(logits), with_blanks(labels)
    through = forward(log_p, extended) + backward(log_p, extended)  # (T, S)
    total = np.logaddexp.reduce(through[-1])
    share = np.zeros(log_p.shape)  # of each class at each frame, among the paths that read right
    np.add.at(share.T, extended, np.exp(through - total).T)
    return float(-total), np.exp(log_p) - share
