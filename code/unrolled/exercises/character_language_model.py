"""Exercises of the chapter on a language model of characters: a discount, and the nucleus."""

import numpy as np

from unrolled.exercises.checker import check


def _discounted(counts, discount, shorter):
    kept = np.maximum(counts - discount, 0)
    return (kept + (counts.sum() - kept.sum()) * shorter) / counts.sum()


def _given_once(counts, discount, shorter):
    kept = np.maximum(counts - discount, 0)
    return (kept + discount * shorter) / counts.sum()


def _given_for_every_symbol(counts, discount, shorter):
    kept = np.maximum(counts - discount, 0)
    return (kept + discount * len(counts) * shorter) / counts.sum()


def _negative(counts, discount, shorter):
    return (counts - discount + discount * (counts > 0).sum() * shorter) / counts.sum()


def _nothing_given(counts, discount, shorter):
    return np.maximum(counts - discount, 0) / counts.sum()


def _evenly_given(counts, discount, shorter):
    return _discounted(counts, discount, np.full(len(counts), 1 / len(counts)))


def check_discounted(answer):
    """Check `discounted(counts, discount, shorter)`: counts and a shorter context in one."""
    rng = np.random.default_rng(3)
    cases = []
    for size, discount in ((4, 0.5), (6, 0.75), (7, 0.3)):
        counts = rng.permutation(np.append(rng.integers(1, 9, size=size - 2), [0, 0]))
        cases.append((counts, discount, rng.dirichlet(np.ones(size))))
    mistakes = {
        "the discount was taken off each symbol seen, and given back only once.": _given_once,
        "nothing was taken off symbols that were never seen, so nothing comes back from them.": (
            _given_for_every_symbol
        ),
        "a count of 0 must not get negative: only what was seen is discounted.": _negative,
        "what was taken off is given to nobody; the sum must be 1.": _nothing_given,
        "what was taken off goes to all alike; it should go as `shorter` says.": _evenly_given,
    }
    check(answer, _discounted, cases, mistakes=mistakes)


def _top_p(probabilities, share):
    order = np.argsort(-probabilities)
    before = np.cumsum(probabilities[order]) - probabilities[order]
    kept = np.zeros(len(probabilities))
    kept[order[before < share]] = probabilities[order[before < share]]
    return kept / kept.sum()


def _one_too_few(probabilities, share):
    order = np.argsort(-probabilities)
    inside = np.cumsum(probabilities[order]) <= share
    inside[0] = True
    kept = np.zeros(len(probabilities))
    kept[order[inside]] = probabilities[order[inside]]
    return kept / kept.sum()


def _not_renormalised(probabilities, share):
    kept = _top_p(probabilities, share) > 0
    return probabilities * kept


def _left_in_order(probabilities, share):
    found = _top_p(probabilities, share)
    return -np.sort(-found)


def _by_height(probabilities, share):
    kept = probabilities * (probabilities >= (1 - share) * probabilities.max())
    return kept / kept.sum()


def _least_probable(probabilities, share):
    order = np.argsort(probabilities)
    before = np.cumsum(probabilities[order]) - probabilities[order]
    kept = np.zeros(len(probabilities))
    kept[order[before < share]] = probabilities[order[before < share]]
    return kept / kept.sum()


def check_top_p(answer):
    """Check `top_p(probabilities, share)`: the nucleus alone, summing to one."""
    rng = np.random.default_rng(8)
    pairs = ((5, 0.6), (9, 0.9), (7, 0.4), (6, 0.5), (8, 0.75))
    cases = [(rng.dirichlet(np.ones(size)), share) for size, share in pairs]
    mistakes = {
        "the symbol that reaches the share is in the nucleus, too.": _one_too_few,
        "what is left does not sum to 1.": _not_renormalised,
        "the probabilities are sorted; each must stay with its symbol.": _left_in_order,
        "that keeps all that is nearly as probable as the best; the nucleus goes by the sum.": (
            _by_height
        ),
        "that keeps the least probable.": _least_probable,
    }
    check(answer, _top_p, cases, mistakes=mistakes)
