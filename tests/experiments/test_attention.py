"""The experiment on poolings, on a small scale."""

import numpy as np
import pytest

from unrolled.experiments import attention


def test_the_accuracies_by_length_average_to_that_of_all_reviews():
    rows = attention.measure("mean", seed=0, reviews=64)
    groups = {row["group"]: row for row in rows}
    whole = groups.pop("all")
    assert list(groups) == ["1", "2", "3", "4"]
    assert sum(row["reviews"] for row in groups.values()) == whole["reviews"] == 2_492
    assert np.average(
        [row["accuracy"] for row in groups.values()],
        weights=[r["reviews"] for r in groups.values()],
    ) == pytest.approx(whole["accuracy"])
    assert (np.diff([row["median_tokens"] for row in groups.values()]) > 0).all()
    assert groups["1"]["accuracy"] == pytest.approx(groups["1"]["accuracy_whole"], abs=0.002)


def test_groups_go_by_length_and_equal_lengths_stay_together():
    lengths = np.array([5, 1, 9, 7, 3, 3, 8, 2])
    groups = attention.length_groups(lengths)
    assert groups.tolist() == [2, 0, 3, 2, 1, 1, 3, 0]
    on_an_edge = attention.length_groups(np.array([1, 2, 2, 2, 3, 4, 5, 6, 7]))
    assert on_an_edge.tolist() == [0, 0, 0, 0, 1, 2, 2, 3, 3]
