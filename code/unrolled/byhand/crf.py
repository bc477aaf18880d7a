"""A linear-chain CRF in NumPy: the best path, the sum over all paths, and its gradient.

A path is one tag for each word of a sentence. Its score is the sum of the scores of its tags,
``scores[t, y_t]``, and of its steps, ``transitions[y_{t-1}, y_t]``; its probability is the
exponential of that, divided by the sum of the same over all paths (Lafferty, McCallum and Pereira,
2001). There are K**T paths, and none of the functions here looks at each.
"""

from __future__ import annotations

import numpy as np


def path_score(scores, transitions, tags):
    """Return the score of one path.

    Parameters
    ----------
    scores : ndarray (T, K)
    transitions : ndarray (K, K)
        Row: the tag before. Column: the tag after.
    tags : ndarray (T,) of int
    """
    tags = np.asarray(tags)
    return scores[np.arange(len(tags)), tags].sum() + transitions[tags[:-1], tags[1:]].sum()


def forward_sums(scores, transitions):
    """Return ``alpha (T, K)``: log of the sum over all paths to word t that end in each tag.

    alpha_t[j] = scores_t[j] + log sum_i exp(alpha_{t-1}[i] + transitions[i, j])
    """
    alpha = np.empty_like(scores)
    alpha[0] = scores[0]
    for t in range(1, len(scores)):
        reach = alpha[t - 1][:, None] + transitions  # (K, K): from i to j
        alpha[t] = scores[t] + np.logaddexp.reduce(reach, axis=0)
    return alpha


def backward_sums(scores, transitions):
    """Return ``beta (T, K)``: log of the sum over all ways on, from each tag at word t to the end.

    beta_t[i] = log sum_j exp(transitions[i, j] + scores_{t+1}[j] + beta_{t+1}[j])
    """
    beta = np.zeros_like(scores)
    for t in range(len(scores) - 2, -1, -1):
        on = transitions + scores[t + 1] + beta[t + 1]  # (K, K): from i to j
        beta[t] = np.logaddexp.reduce(on, axis=1)
    return beta


def log_partition(scores, transitions):
    """Return log Z: the logarithm of the sum over all K**T paths of exp(score)."""
    return np.logaddexp.reduce(forward_sums(scores, transitions)[-1], axis=0)


def crf_loss(scores, transitions, tags):
    """Return minus the log probability of a path, and its gradient: expected minus observed.

    How often a tag stands at a word, and a step between two, is *observed* in the true path and
    *expected* over all paths, each weighed by its probability.

    Parameters
    ----------
    scores : ndarray (T, K)
    transitions : ndarray (K, K)
    tags : ndarray (T,) of int
        The true path.

    Returns
    -------
    loss : float
    dscores : ndarray (T, K)
    dtransitions : ndarray (K, K)
    """
    alpha = forward_sums(scores, transitions)
    beta = backward_sums(scores, transitions)
    log_z = np.logaddexp.reduce(alpha[-1], axis=0)

    dscores = np.exp(alpha + beta - log_z)  # expected: the probability of each tag
    dtransitions = np.zeros_like(transitions)
    for t in range(1, len(scores)):
        both = alpha[t - 1][:, None] + transitions + scores[t] + beta[t]
        dtransitions += np.exp(both - log_z)  # expected: the probability of each step

    tags = np.asarray(tags)
    dscores[np.arange(len(tags)), tags] -= 1  # observed
    np.subtract.at(dtransitions, (tags[:-1], tags[1:]), 1)
    return log_z - path_score(scores, transitions, tags), dscores, dtransitions


def viterbi(scores, transitions):
    """Return the path with the highest score, ``(T,)`` tags: `forward_sums` with max for sum.

    Steps that are forbidden have a transition of -inf.
    """
    best, came_from = scores[0], []
    for row in scores[1:]:
        reach = best[:, None] + transitions  # (K, K): from i to j
        came_from.append(reach.argmax(axis=0))
        best = row + reach.max(axis=0)
    path = [int(best.argmax())]
    for pointers in reversed(came_from):
        path.append(int(pointers[path[-1]]))
    return np.array(path[::-1])
