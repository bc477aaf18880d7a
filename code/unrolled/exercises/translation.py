"""Exercises of the chapter on translation: look back past no padding, and one step of a beam."""

import numpy as np

from unrolled.exercises.checker import check


def _softmax(scores):
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()


def _attend(query, states, length):
    real = states[:length]
    return _softmax(real @ query) @ real


def _attend_to_all(query, states, length):
    return _softmax(states @ query) @ states


def _zero_scores(query, states, length):
    scores = np.where(np.arange(len(states)) < length, states @ query, 0)
    return _softmax(scores) @ states


def _cut_afterwards(query, states, length):
    return _softmax(states @ query)[:length] @ states[:length]


def _even_mean(query, states, length):
    return states[:length].mean(axis=0)


def _only_the_best(query, states, length):
    return states[(states[:length] @ query).argmax()]


def check_attend(answer):
    """Check `attend(query, states, length)`: the context ``(H,)`` of the real states alone."""
    draw = np.random.default_rng(11).normal
    cases = [
        (draw(size=4), draw(size=(steps, 4)), length)
        for steps, length in ((6, 6), (6, 3), (5, 1), (7, 4))
    ]
    mistakes = {
        "it looks at the padding, too.": _attend_to_all,
        "a score of 0 is not no look: the softmax gives it a weight. Take minus infinity, or cut "
        "the states.": _zero_scores,
        "you cut the weights after the softmax, so that they no longer sum to 1.": _cut_afterwards,
        "that is the plain mean of the real states: where are the scores?": _even_mean,
        "that is the state with the highest score alone; take the mean with the softmax's "
        "weights.": _only_the_best,
        "these are the weights; the context is the mean of the states with them.": (
            lambda query, states, length: _softmax(states[:length] @ query)
        ),
        "return the context alone, not the weights beside it.": (
            lambda query, states, length: [
                _attend(query, states, length),
                _softmax(states[:length] @ query),
            ]
        ),
    }
    check(answer, _attend, cases, mistakes=mistakes)


def _ranked(totals, width):
    places = np.argsort(-totals, axis=None, kind="stable")[:width]
    return np.stack(np.unravel_index(places, totals.shape), axis=1)


def _beam_step(scores, log_probs, width):
    return _ranked(scores[:, None] + log_probs, width)


def _best_of_each(scores, log_probs, width):
    best = log_probs.argmax(axis=1)
    return np.stack([np.arange(len(scores)), best], axis=1)[:width]


def _best_rows(scores, log_probs, width):
    """Return the best symbol of each row, the rows by their new totals: one a row."""
    totals = scores[:, None] + log_probs
    order = np.argsort(-totals.max(axis=1), kind="stable")[:width]
    return np.stack([order, totals.argmax(axis=1)[order]], axis=1)


def check_beam_step(answer):
    """Check `beam_step(scores, log_probs, width)`: ``(width, 2)`` rows and symbols, best first."""
    rng = np.random.default_rng(12)
    cases = []
    for rows, symbols, width in ((3, 5, 3), (6, 8, 5), (4, 3, 2)):
        log_probs = np.log(rng.dirichlet(np.full(symbols, 0.6), size=rows))
        cases.append((-rng.gamma(1.0, 2.0, size=rows), log_probs, width))
    mistakes = {
        "the score of the row so far is missing.": lambda s, p, w: _ranked(p, w),
        "logarithms are added, not multiplied.": lambda s, p, w: _ranked(s[:, None] * p, w),
        "each row goes on with its own best symbol. All rows compete: one may go on twice, "
        "another not at all.": _best_of_each,
        "one row may go on twice, and another not at all: rank all totals at once.": _best_rows,
        "rows and symbols lie in two rows of numbers; they should stand in two columns, a pair a "
        "line.": lambda s, p, w: _beam_step(s, p, w).T,
        "these are the worst.": lambda s, p, w: _ranked(-(s[:, None] + p), w),
        "row and symbol are exchanged.": lambda s, p, w: _beam_step(s, p, w)[:, ::-1],
        "the best comes first.": lambda s, p, w: _beam_step(s, p, w)[::-1],
    }
    check(answer, _beam_step, cases, mistakes=mistakes)
