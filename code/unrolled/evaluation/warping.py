"""Dynamic time warping: how far two sequences are apart when each may be stretched in time.

One path leads through both from their beginnings to their ends; each of its steps goes on in one
of them or in both (Sakoe & Chiba, 1978). The distance is the least sum, over the path, of the
distances of the frames that it lays upon each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BLOCK = 2_000_000  # numbers in a block of distances between frames


def frame_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return Euclid's distances between frames ``(..., T, C)`` and ``(..., S, C)``: (..., T, S)."""
    inner = a @ np.swapaxes(b, -1, -2)
    squares = (a**2).sum(-1)[..., :, None] + (b**2).sum(-1)[..., None, :]
    return np.sqrt(np.maximum(squares - 2 * inner, 0))


def warp(a: np.ndarray, b: np.ndarray) -> tuple[float, list[tuple[int, int]]]:
    """Return the warped distance of two sequences and the path that gives it.

    Parameters
    ----------
    a, b : ndarray (T, C) and (S, C)

    Returns
    -------
    distance : float
    path : list of (t, s)
        From (0, 0) to (T - 1, S - 1).
    """
    total = _totals(frame_distances(a, b)[None])  # (T, S, 1)
    t, s = len(a) - 1, len(b) - 1
    path = [(t, s)]
    while (t, s) != (0, 0):
        before = [(t - 1, s - 1), (t - 1, s), (t, s - 1)]
        t, s = min((place for place in before if min(place) >= 0), key=lambda p: total[p][0])
        path.append((t, s))
    return float(total[-1, -1, 0]), path[::-1]


def warped_distances(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> np.ndarray:
    """Return the warped distance of each sequence of `a` to each of `b`, ``(len(a), len(b))``.

    Sequences of equal length are warped together, so that the table of `warp` is filled for
    thousands of pairs at once.
    """
    found = np.empty((len(a), len(b)), dtype=np.float32)
    for rows, left in _by_length(a):
        for columns, right in _by_length(b):
            step = max(1, BLOCK // (right.size // right.shape[-1] * left.shape[1]))
            for k in range(0, len(rows), step):
                block = left[k : k + step, None]  # (A, 1, T, C) beside (1, B, S, C)
                apart = frame_distances(block, right[None])
                pairs = apart.reshape(-1, *apart.shape[2:])
                last = _totals(pairs)[-1, -1]
                found[np.ix_(rows[k : k + step], columns)] = last.reshape(apart.shape[:2])
    return found


def _by_length(sequences):
    """Return for each length the places and the sequences of that length, ``(N, T, C)``."""
    lengths = np.array([len(one) for one in sequences])
    every = [np.flatnonzero(lengths == length) for length in np.unique(lengths)]
    return [(places, np.stack([sequences[k] for k in places])) for places in every]


def _totals(apart: np.ndarray) -> np.ndarray:
    """Return the least sums up to each place, ``(T, S, P)``; distances of frames ``(P, T, S)``."""
    total = np.ascontiguousarray(np.moveaxis(apart, 0, -1))  # changed from the first place on
    steps, others = total.shape[:2]
    for s in range(1, others):
        total[0, s] += total[0, s - 1]
    for t in range(1, steps):
        total[t, 0] += total[t - 1, 0]
        both = np.minimum(total[t - 1, 1:], total[t - 1, :-1])  # (S - 1, P)
        for s in range(1, others):
            total[t, s] += np.minimum(both[s - 1], total[t, s - 1])
    return total


def nearest_labels(distances: np.ndarray, labels: np.ndarray, neighbours: int) -> np.ndarray:
    """Return the commonest label among the nearest, ``(N,)``; of equals, that of the nearest.

    Parameters
    ----------
    distances : ndarray (N, M)
        To M known examples.
    labels : ndarray of int (M,)
    neighbours : int
    """
    order = np.argsort(distances, axis=1, kind="stable")[:, :neighbours]
    near = labels[order]  # (N, neighbours), the nearest first
    votes = (near[:, :, None] == near[:, None, :]).sum(2)
    return near[np.arange(len(near)), votes.argmax(1)]


def connected(
    frames: np.ndarray,
    templates: Sequence[np.ndarray],
    labels: np.ndarray,
    penalties: Sequence[float],
) -> list[list[int]]:
    """Return for each penalty the labels of the templates that, one after another, fit best.

    The one-pass search of Ney (1984). Each frame is laid upon one frame of a template; from one
    frame to the next the place within it stays, goes on by one or by two, or leaves its last frame
    for the first of any template. That a new template begins costs the penalty.

    Parameters
    ----------
    frames : ndarray (T, C)
    templates : list of ndarray (S, C)
    labels : ndarray of int
        Of each template.
    penalties : sequence of float

    Returns
    -------
    list of list of int
    """
    lengths = np.array([len(one) for one in templates])
    ends = np.cumsum(lengths) - 1  # the last place of each template, all laid in one row
    firsts = ends - lengths + 1
    apart = frame_distances(frames, np.concatenate(templates))  # (T, P)
    return [_one_pass(apart, firsts, ends, labels, penalty) for penalty in penalties]


def _one_pass(apart, firsts, ends, labels, penalty):
    """Return the labels that `connected` finds for one penalty."""
    seconds = np.minimum(firsts + 1, ends)  # two places before these is another template
    cost = np.full(apart.shape[1], np.inf)
    cost[firsts] = apart[0, firsts] + penalty
    since = np.zeros(apart.shape[1], dtype=int)  # the frame where this place's template began
    leaves = []  # for each frame: cost, label and beginning of the best template that ends here
    for t in range(len(apart)):
        if t:
            by_one, by_two = np.roll(cost, 1), np.roll(cost, 2)
            begun, begun_two = np.roll(since, 1), np.roll(since, 2)
            by_two[seconds] = by_two[firsts] = np.inf
            by_one[firsts], begun[firsts] = leaves[-1][0] + penalty, t
            shorter = by_two < by_one
            by_one, begun = np.where(shorter, by_two, by_one), np.where(shorter, begun_two, begun)
            moves = by_one < cost
            cost, since = np.where(moves, by_one, cost) + apart[t], np.where(moves, begun, since)
        best = ends[cost[ends].argmin()]
        word = int(labels[np.searchsorted(ends, best)])
        leaves.append((cost[best], word, int(since[best])))
    said, t = [], len(apart) - 1
    while t >= 0:
        _, word, began = leaves[t]
        said, t = [word, *said], began - 1
    return said
