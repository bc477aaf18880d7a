"""Each figure draws what it is given, on the axes it is given, and returns them."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt

from unrolled.plots.sentiment import (
    plot_batch,
    plot_confusion,
    plot_coverage,
    plot_lengths,
    plot_scores,
)


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_coverage_draws_the_curve(ax):
    assert plot_coverage([10, 100, 1000], [0.4, 0.7, 0.9], ax=ax, label="train") is ax
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0.4, 0.7, 0.9])
    assert ax.get_xscale() == "log"


def test_lengths_count_every_sequence_even_the_longest(ax):
    plot_lengths([3, 30, 40, 5_000, 70_000], marks=[(30, "median")], longest=1000, ax=ax)
    assert sum(bar.get_height() for bar in ax.patches) == 5
    assert ax.patches[-1].get_height() == 2
    assert "median" in texts(ax)


def test_batch_draws_the_mask(ax):
    mask = np.array([[True, True, False], [True, False, False]])
    plot_batch(mask, ax=ax)
    np.testing.assert_array_equal(ax.images[0].get_array(), mask)


def test_confusion_writes_counts_in_the_right_cells(ax):
    plot_confusion([[90, 10], [30, 1_070]], ax=ax)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written[(1, 0)].startswith("10\n10%")
    assert written[(0, 1)].startswith("30\n3%")
    assert ax.get_xlabel() == "predicted"


def test_scores_stand_beside_their_names(ax):
    plot_scores(["one", "two"], [0.5, 0.8], [(0.4, 0.6), (0.7, 0.9)], chance=0.5, ax=ax)
    heights = dict(
        zip([label.get_text() for label in ax.get_yticklabels()], ax.get_yticks(), strict=True)
    )
    assert heights["one"] > heights["two"]
    assert texts(ax) == ["0.500", "0.800"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_coverage([10, 100], [0.4, 0.7]),
        lambda: plot_lengths([3, 4]),
        lambda: plot_batch(np.ones((2, 3), bool)),
        lambda: plot_confusion([[1, 0], [0, 1]]),
        lambda: plot_scores(["a"], [0.5], [(0.4, 0.6)]),
    ],
)
def test_without_axes_the_current_ones_are_used_and_labelled(ax, draw):
    plt.sca(ax)
    assert draw() is ax
    assert ax.get_xlabel()
