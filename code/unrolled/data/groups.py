"""Words in a group: sequences of moves, and after each the place that one has come to.

To follow is called state tracking. The group of two is parity. A5 is the smallest group that is not
solvable: what follows all words in it can follow any finite automaton, up to the depth of its
circuit (Barrington 1989; Merrill, Petty & Sabharwal 2024).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from unrolled.data.batching import Batch

#: The moves of each group as permutations: where each entry goes.
MOVES = {
    "parity": ((0, 1), (1, 0)),  # stay, swap: a one swaps
    "S3": ((1, 0, 2), (1, 2, 0)),
    "A5": ((1, 2, 0, 3, 4), (1, 2, 3, 4, 0)),
}


@cache
def table(group: str) -> np.ndarray:
    """Return to which element each move leads from each, int64 ``(elements, moves)``.

    Elements are numbered as they are found, from the one that changes nothing, which is 0.

    Raises
    ------
    ValueError
        If there is no group of that name.
    """
    if group not in MOVES:
        raise ValueError(f"group is {group!r}; choose one of {', '.join(MOVES)}.")
    moves = MOVES[group]
    found = {tuple(range(len(moves[0]))): 0}
    rows, waiting = [], list(found)
    for element in waiting:  # grows while it is walked
        reached = [tuple(move[place] for place in element) for move in moves]
        for other in reached:
            if other not in found:
                found[other] = len(found)
                waiting.append(other)
        rows.append([found[other] for other in reached])
    return np.array(rows)


def word_batch(group: str, batch: int, length: int, *, rng: np.random.Generator) -> Batch:
    """Return random moves, and after each of them which element one has come to.

    Parameters
    ----------
    group : str
        One of `MOVES`.
    batch, length : int
        B and T.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, T) int64, numbers of moves; targets (B, T) int64, numbers of elements, as `table`
        counts them. Guessing is right once in as many times as there are elements.
    """
    leads = table(group)
    moves = rng.integers(leads.shape[1], size=(batch, length))
    places, at = np.empty_like(moves), np.zeros(batch, dtype=np.int64)
    for t in range(length):
        at = leads[at, moves[:, t]]
        places[:, t] = at
    return Batch(moves, np.full(batch, length), places)
