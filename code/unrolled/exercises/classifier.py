"""Exercises of the chapter on the classifier: pooling, early stopping, the size of a test."""

import numpy as np

from unrolled.exercises.checker import check


def _masked_max(states, lengths):
    real = np.arange(states.shape[1]) < lengths[:, None]
    return np.where(real[..., None], states, -np.inf).max(axis=1)


def _with_mask(real_up_to, value):
    """Return a wrong answer: other steps count as real, or the padding gets another value."""

    def pooled(states, lengths):
        real = np.arange(states.shape[1]) < real_up_to(lengths)[:, None]
        return np.where(real[..., None], states, value).max(axis=1)

    return pooled


def check_masked_max(answer):
    """Check `masked_max(states, lengths)`: the highest state of each unit over the real steps."""
    rng = np.random.default_rng(0)
    lengths = np.array([2, 5, 3])
    low = -1 - rng.random((3, 5, 4))  # all below zero, and the padding above them
    loud = low + 5 * (np.arange(5) >= lengths[:, None])[..., None]
    cases = [(rng.standard_normal((3, 5, 4)), lengths), (loud, lengths), (low, lengths)]
    mistakes = {
        "that is the maximum over all steps, padding included.": lambda s, n: s.max(axis=1),
        "the padding counts as 0, so a unit that is always negative gets 0. Give it -inf.": (
            _with_mask(lambda n: n, 0)
        ),
        "one step of padding is in it: a row of length 2 has the steps 0 and 1.": (
            _with_mask(lambda n: n + 1, -np.inf)
        ),
        "the last real step is missing.": _with_mask(lambda n: n - 1, -np.inf),
        "that is the mean; take the maximum.": (
            lambda s, n: np.stack([row[:k].mean(0) for row, k in zip(s, n, strict=True)])
        ),
        "you took the maximum over the units; take it over the steps, axis 1.": (
            lambda s, n: s.max(axis=2)
        ),
    }
    check(answer, _masked_max, cases, mistakes=mistakes)


def _stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses) - 1


def _stop_on_rises(losses, patience):
    rises = 0
    for epoch in range(1, len(losses)):
        rises = rises + 1 if losses[epoch] > losses[epoch - 1] else 0
        if rises >= patience:
            return int(np.argmin(losses[: epoch + 1])), epoch
    return int(np.argmin(losses)), len(losses) - 1


def check_stop(answer):
    """Check `stop(losses, patience)`: the best epoch, and the last that is trained."""
    cases = [
        ([0.50, 0.40, 0.42, 0.41, 0.43, 0.30], 3),
        ([0.50, 0.40, 0.42, 0.38, 0.39, 0.45], 2),
        ([0.50, 0.40, 0.45, 0.30], 1),
        ([0.50, 0.40, 0.30], 2),
    ]
    mistakes = {
        "the two numbers are exchanged: the best epoch comes first.": (
            lambda losses, patience: _stop(losses, patience)[::-1]
        ),
        "you looked at epochs that are never trained: stop first, then take the best.": (
            lambda losses, patience: (int(np.argmin(losses)), _stop(losses, patience)[1])
        ),
        "compare with the best epoch so far, not with the one before.": _stop_on_rises,
        "you stop one epoch too late.": lambda losses, patience: _stop(losses, patience + 1),
        "count from 0, as the list does.": (
            lambda losses, patience: tuple(n + 1 for n in _stop(losses, patience))
        ),
        "keep the weights of the best epoch, not of the last.": (
            lambda losses, patience: (_stop(losses, patience)[1],) * 2
        ),
    }
    check(answer, _stop, cases, mistakes=mistakes)


def _reviews_needed(share, half_width):
    return int(np.ceil(share * (1 - share) * (1.96 / half_width) ** 2))


def check_reviews_needed(answer):
    """Check `reviews_needed(share, half_width)`: how many reviews make an interval that narrow."""
    cases = [(0.87, 0.01), (0.5, 0.05), (0.8, 0.02)]  # 1.95996 gives the same whole numbers
    mistakes = {
        "round up: a review cannot be split, and fewer are too few.": (
            lambda s, w: int(s * (1 - s) * (1.96 / w) ** 2)
        ),
        "square 1.96 / half_width: the error falls with the root of n.": (
            lambda s, w: int(np.ceil(s * (1 - s) * 1.96 / w))
        ),
        "one standard error is not enough; take 1.96 of them.": (
            lambda s, w: int(np.ceil(s * (1 - s) / w**2))
        ),
        "half_width is the reach to one side, not the whole interval.": (
            lambda s, w: _reviews_needed(s, w / 2)
        ),
        "that is for the widest case, a share of one half.": lambda s, w: _reviews_needed(0.5, w),
    }
    check(answer, _reviews_needed, cases, mistakes=mistakes)
