"""Means over folds: their intervals keep their promise where neighbours belong together."""

import numpy as np
import pytest

from unrolled.evaluation.folded import folded_mean, neighbour_blocks
from unrolled.evaluation.metrics import mean_interval

K, B, SIZE = 5, 25, 8  # folds, blocks in a fold, examples in a block
TRUTH = 0.3
FOLDS, BLOCKS = np.repeat(np.arange(K), B * SIZE), np.repeat(np.arange(K * B), SIZE)


def drawn(rng, *, film=1.0, training=0.0):
    """Return values around TRUTH: noise, an effect of the film, and one of the training."""
    noise = rng.normal(0, 1, K * B * SIZE)
    films, trainings = rng.normal(0, film, K * B), rng.normal(0, training, K)
    return TRUTH + noise + films[BLOCKS] + trainings[FOLDS]


def coverage(interval, *, repeats=600, **effects):
    """Return how often an interval holds the truth."""
    rng = np.random.default_rng(0)
    ends = [interval(drawn(rng, **effects)) for _ in range(repeats)]
    return np.mean([low <= TRUTH <= high for low, high in ends])


def reported(values):
    found = folded_mean(values, FOLDS, BLOCKS)
    return found.low, found.high


@pytest.mark.parametrize("training", [0.0, 0.1, 0.4])
def test_the_reported_interval_holds_the_truth_in_95_percent_and_more(training):
    assert coverage(reported, training=training) > 0.94


def test_blocks_hold_their_promise_where_trainings_do_not_differ_and_break_it_where_they_do():
    by_block = lambda values: folded_mean(values, FOLDS, BLOCKS).by_block  # noqa: E731
    assert 0.93 < coverage(by_block) < 0.975
    assert coverage(by_block, training=0.4) < 0.7


def test_single_reviews_as_blocks_promise_too_much():
    alone = lambda values: folded_mean(values, FOLDS, np.arange(len(values))).by_block  # noqa: E731
    assert coverage(alone) < 0.75
    assert 0.93 < coverage(alone, film=0.0) < 0.975


def test_the_interval_by_fold_is_students_over_the_folds_means():
    values = drawn(np.random.default_rng(3))
    found = folded_mean(values, FOLDS, BLOCKS, level=0.9)
    means = values.reshape(K, -1).mean(axis=1)
    assert (found.mean, *found.by_fold) == pytest.approx(mean_interval(means, 0.9))
    assert found.means == pytest.approx(means)


def test_the_interval_by_block_is_that_of_block_means_where_blocks_are_equal():
    values = drawn(np.random.default_rng(4))
    found = folded_mean(values, FOLDS, BLOCKS)
    errors = values.reshape(K, B, SIZE).mean(axis=2).var(axis=1, ddof=1) / B
    half = 1.97993 * np.sqrt(errors.sum()) / K  # t of 120 degrees of freedom
    assert found.by_block == pytest.approx((found.mean - half, found.mean + half), abs=1e-5)


def test_the_wider_interval_is_reported():
    rng, wider = np.random.default_rng(5), set()
    for _ in range(30):
        found = folded_mean(drawn(rng), FOLDS, BLOCKS)
        kinds = {"fold": found.by_fold, "block": found.by_block}
        name = max(kinds, key=lambda kind: np.ptp(kinds[kind]))
        assert (found.low, found.high) == kinds[name]
        wider.add(name)
    assert wider == {"fold", "block"}


def test_each_fold_counts_the_same_whatever_its_size():
    found = folded_mean([0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 2, 3])
    assert found.mean == 0.5
    assert found.means == (0, 1)


def test_blocks_are_neighbours_of_one_group_of_about_one_size():
    groups = np.array([0] * 11 + [1] * 7 + [0] * 2)
    blocks = neighbour_blocks(groups, 3)
    for group, sizes in ((0, [4, 3, 3, 3]), (1, [4, 3])):
        here = blocks[groups == group]
        assert (np.diff(here) >= 0).all()
        assert sorted(np.unique(here, return_counts=True)[1], reverse=True) == sizes
    assert not set(blocks[groups == 0]) & set(blocks[groups == 1])


def test_a_group_smaller_than_a_block_is_one():
    assert neighbour_blocks(["a", "a", "b"], 5).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (([1, 2], [0, 1], [0]), r"values of shape \(2,\), folds of \(2,\) and blocks of \(1,\)"),
        (([1, np.nan], [0, 1], [0, 1]), "NaN or infinite"),
        (([1, 2, 3], [0, 0, 0], [0, 1, 2]), r"each fold: \{0: 3\}; at least two folds"),
        (([1, 2, 3], [0, 0, 1], [0, 1, 2]), r"each fold: \{0: 2, 1: 1\}; at least two folds"),
    ],
)
def test_what_gives_no_interval_is_told(told, message):
    with pytest.raises(ValueError, match=message):
        folded_mean(*told)


def test_a_block_of_nothing_is_told():
    with pytest.raises(ValueError, match="size=0; a block has at least one"):
        neighbour_blocks([0, 1], 0)
