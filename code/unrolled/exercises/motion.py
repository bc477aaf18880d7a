"""Exercises of the chapter on motion: windows that overlap, a split by person, and a skill."""

import numpy as np

from unrolled.exercises.checker import check


def _share_overlapping(test, train, width):
    return np.mean([any(r == s and abs(a - b) < width for s, b in train) for r, a in test])


def _whatever_recording(test, train, width):
    return np.mean([any(abs(a - b) < width for _, b in train) for _, a in test])


def _one_side(test, train, width):
    return np.mean([any(r == s and 0 <= a - b < width for s, b in train) for r, a in test])


def _other_side(test, train, width):
    return np.mean([any(r == s and 0 <= b - a < width for s, b in train) for r, a in test])


def _pairs(test, train, width):
    return np.mean([r == s and abs(a - b) < width for r, a in test for s, b in train])


def _touching(test, train, width):
    return np.mean([any(r == s and abs(a - b) <= width for s, b in train) for r, a in test])


def _only_equal(test, train, width):
    return np.mean([pair in train for pair in test])


def _same_recording(test, train, width):
    known = {r for r, _ in train}
    return np.mean([r in known for r, _ in test])


WINDOWS = (
    ([(0, 100), (0, 400), (1, 100), (2, 0)], [(0, 0), (0, 200), (1, 300), (3, 0)], 150),
    ([(0, 100), (1, 0)], [(0, 200), (0, 300), (1, 99)], 100),
    ([(4, 0), (4, 50), (4, 100), (5, 50)], [(4, 25), (5, 200), (6, 60)], 50),
)


def check_share_overlapping(answer):
    """Check `share_overlapping(test, train, width)`: of the test windows, which share leaks."""
    mistakes = {
        "windows of different recordings share no sample, wherever they start.": (
            _whatever_recording
        ),
        "a training window may also start after the test window.": _one_side,
        "a training window may also start before the test window.": _other_side,
        "count test windows, not pairs: several neighbours make one window leak only once.": _pairs,
        "windows whose starts differ by the whole width touch, but share no sample.": _touching,
        "not only a window that is in both parts leaks: half of one is enough.": _only_equal,
        "to come from one recording is not yet to overlap.": _same_recording,
        "that is how many they are; divide by the number of test windows.": (
            lambda test, train, width: _share_overlapping(test, train, width) * len(test)
        ),
        "a share lies between 0 and 1; do not multiply by 100.": (
            lambda test, train, width: _share_overlapping(test, train, width) * 100
        ),
        "that is the share of the training windows.": (
            lambda test, train, width: _share_overlapping(train, test, width)
        ),
    }
    check(answer, _share_overlapping, WINDOWS, mistakes=mistakes)


def _skill(predicted, last, truth):
    return 1 - np.abs(predicted - truth).mean() / np.abs(last - truth).mean()


def check_skill(answer):
    """Check `skill(predicted, last, truth)`: the share of the copy's error that is saved."""
    draw = np.random.default_rng(8).normal
    cases = []
    for size in (0.3, 1.5, 0.0):
        truth = draw(size=(3, 4, 5))
        last = truth + draw(size=truth.shape)
        cases.append((truth + size * draw(size=truth.shape), last, truth))
    mistakes = {
        "that is the ratio; the skill is 1 less it.": (
            lambda predicted, last, truth: 1 - _skill(predicted, last, truth)
        ),
        "take absolute errors: those above and below must not cancel.": (
            lambda predicted, last, truth: (
                1 - abs((predicted - truth).mean()) / abs((last - truth).mean())
            )
        ),
        "without absolute values errors above and below cancel.": (
            lambda predicted, last, truth: 1 - (predicted - truth).mean() / (last - truth).mean()
        ),
        "take one mean over all frames; do not take the mean of the frames' ratios.": (
            lambda predicted, last, truth: np.mean(
                [_skill(*frame) for frame in zip(predicted, last, truth, strict=True)]
            )
        ),
        "the prediction's error is its distance from the truth, not from the last frame.": (
            lambda predicted, last, truth: (
                1 - np.abs(predicted - last).mean() / np.abs(last - truth).mean()
            )
        ),
        "divide the two means; do not take the mean of the ratios.": (
            lambda predicted, last, truth: (
                1 - np.mean(np.abs(predicted - truth) / np.abs(last - truth))
            )
        ),
        "the copy's error is the last frame's distance from the truth, not from the prediction.": (
            lambda predicted, last, truth: (
                1 - np.abs(predicted - truth).mean() / np.abs(last - predicted).mean()
            )
        ),
        "a share: do not multiply by 100.": lambda *frames: _skill(*frames) * 100,
        "those are squared errors.": (
            lambda predicted, last, truth: (
                1 - ((predicted - truth) ** 2).mean() / ((last - truth) ** 2).mean()
            )
        ),
        "divide by the error of the copy.": (
            lambda predicted, last, truth: (
                np.abs(last - truth).mean() - np.abs(predicted - truth).mean()
            )
        ),
        "the copy's error stands below, the prediction's above.": (
            lambda predicted, last, truth: (
                1 - np.abs(last - truth).mean() / np.abs(predicted - truth).mean()
            )
        ),
    }
    with np.errstate(divide="ignore"):
        check(answer, _skill, cases, mistakes=mistakes)
