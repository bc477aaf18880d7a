"""Exercise of the study of attention: other weights that give the same answer."""

import numpy as np

from unrolled.exercises.checker import check


def _softmax(scores):
    return np.exp(scores) / np.exp(scores).sum()


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
