"""Exercises of the chapter that reads the gates: running answers, other weights, a mirror."""

import numpy as np

from unrolled.exercises.checker import check


def _softmax(scores):
    return np.exp(scores) / np.exp(scores).sum()


def _running_logits(scores, verdicts):
    steps = range(1, len(scores) + 1)
    return np.array([_softmax(scores[:t]) @ verdicts[:t] for t in steps])


def check_running_logits(answer):
    """Check `running_logits(scores, verdicts)`: the answer (T,) after each step."""
    draw = np.random.default_rng(6).normal
    cases = [(draw(size=T), draw(size=T)) for T in (4, 7)]
    mistakes = {
        "you never divide by the weights so far: early answers come out too small.": (
            lambda s, q: np.cumsum(_softmax(s) * q)
        ),
        "the weights must be exponentials of the scores.": (
            lambda s, q: np.cumsum(s * q) / np.cumsum(s)
        ),
        "that is the plain running mean: where are the weights?": (
            lambda s, q: np.cumsum(q) / np.arange(1, len(q) + 1)
        ),
        "add up the weighted verdicts, too: yours holds the last one alone.": (
            lambda s, q: np.exp(s) * q / np.cumsum(np.exp(s))
        ),
        "those are the weights; multiply them by the verdicts.": lambda s, q: np.cumsum(
            _softmax(s)
        ),
    }
    check(answer, _running_logits, cases, mistakes=mistakes)


def _other_weights(weights, verdicts):
    heaviest = np.arange(len(weights)) == weights.argmax()
    high = np.where(heaviest, -np.inf, verdicts).argmax()
    low = np.where(heaviest, np.inf, verdicts).argmin()
    share = (weights @ verdicts - verdicts[low]) / (verdicts[high] - verdicts[low])
    new = np.zeros(len(weights))
    new[high], new[low] = share, 1 - share
    return new


def _exchanged(weights, verdicts):
    new = _other_weights(weights, verdicts)
    return np.where(new > 0, 1 - new, 0)


def _without_heaviest(weights, verdicts):
    return np.where(weights == weights.max(), 0, weights)


def _renormalised(weights, verdicts):
    left = _without_heaviest(weights, verdicts)
    return left / left.sum()


def _what_counts(weigh):
    """Return a function that measures new weights: their sum, answer, least, and the heaviest's.

    Many weights are right, so these four numbers are compared, and not the weights.
    """

    def measured(weights, verdicts):
        new = weigh(weights, verdicts)
        if new is None or new is Ellipsis:
            return None
        new = np.asarray(new)
        least = np.minimum(new, 0).min()
        return np.array([new.sum(), new @ verdicts, least, new[weights.argmax()]])

    return measured


def _lies_between(weights, verdicts):
    rest = np.delete(verdicts, weights.argmax())
    return rest.min() < weights @ verdicts < rest.max()


def check_other_weights(answer):
    """Check `other_weights(weights, verdicts)`: the same answer without the heaviest step."""
    draw = np.random.default_rng(7).normal
    draws = [(_softmax(draw(size=6)), draw(size=6)) for _ in range(9)]
    cases = [case for case in draws if _lies_between(*case)]
    mistakes = {
        "that only drops the heaviest step; now the answer is another.": _renormalised,
        "these are the same weights.": lambda weights, verdicts: weights,
        "the two shares are exchanged.": _exchanged,
        "the weights do not sum to 1.": _without_heaviest,
    }
    measured = {sentence: _what_counts(mistake) for sentence, mistake in mistakes.items()}
    check(_what_counts(answer), _what_counts(_other_weights), cases, mistakes=measured)


def _pair_and_mirror(w):
    return np.array([w["not"] < 0, w["not"] > 0], dtype=float)


def check_pair_and_mirror(answer):
    """Check `pair_and_mirror(w)`: whether "good" beats "not good", and "not bad" beats "bad"."""
    numbers = (-0.4, 0.3, -0.02)
    cases = [({"frame": 0.2, "not": number, "good": 0.7, "bad": -0.9},) for number in numbers]
    mistakes = {
        "in the mirror the text with the negation is the better one.": (
            lambda w: np.array([w["not"] < 0, w["not"] < 0], dtype=float)
        ),
        "that is how you read it; this reader has one number for a word.": lambda w: np.ones(2),
        "a reader that adds is moved by *not* in the other direction.": (
            lambda w: 1 - _pair_and_mirror(w)
        ),
        "those are the differences of the sums; asked is which text is better, 1 or 0.": (
            lambda w: np.array([-w["not"], w["not"]])
        ),
    }
    check(answer, _pair_and_mirror, cases, mistakes=mistakes)
