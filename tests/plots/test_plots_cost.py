"""Costs stand at their sizes and kinds with their intervals, and a wait is a length."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from unrolled.plots.cost import plot_cost_by_kind, plot_cost_by_size, plot_speed


def times():
    rows = [("torch", 32, 3.0), ("torch", 128, 1.5), ("NumPy", 128, 0.9), ("NumPy", 32, 1.1)]
    table = pd.DataFrame(rows, columns=["library", "units", "ratio"])
    return table.assign(low=table["ratio"] - 0.1, high=table["ratio"] + 0.2)


def test_ratios_stand_at_their_sizes_in_order_with_their_intervals():
    ax = plot_cost_by_size(times(), "units", ax=plt.figure().subplots())
    for container, ratios in zip(ax.containers, [(3.0, 1.5), (1.1, 0.9)], strict=True):
        line, _, (bars,) = container
        assert list(line.get_xdata()) == [32, 128]
        assert list(line.get_ydata()) == list(ratios)
        spans = [segment[:, 1].tolist() for segment in bars.get_segments()]
        assert spans == [pytest.approx([r - 0.1, r + 0.2]) for r in ratios]
    labels = [text.get_text() for text in ax.get_xticklabels()]
    assert labels == ["32", "128"]
    assert ax.get_legend_handles_labels()[1] == ["PyTorch", "NumPy, ours"]


def test_rows_stand_from_the_top_in_the_order_asked_for():
    rows = [("any", "parameters", 0.75), ("torch", "kept", 0.45), ("torch", "other", 9.0)]
    table = pd.DataFrame(rows, columns=["library", "what", "ratio"])
    table = table.assign(low=table["ratio"], high=table["ratio"])
    labels = {"kept": "kept for backward", "parameters": "parameters"}
    ax = plot_cost_by_kind(table, labels, ax=plt.figure().subplots())
    places = {
        container.get_label(): (container[0].get_xdata()[0], container[0].get_ydata()[0])
        for container in ax.containers
    }
    assert places == {"any library": (0.75, -1), "PyTorch": (0.45, 0)}
    assert [text.get_text() for text in ax.get_yticklabels()] == list(labels.values())


def test_equality_and_three_quarters_are_marked():
    ax = plot_cost_by_size(times(), "units", ax=plt.figure().subplots())
    levels = {line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1}
    assert {1, 0.75} <= levels
    assert ax.get_yscale() == "log"


def test_a_wait_is_drawn_from_its_median_to_its_95th_percentile():
    _, axes = plt.subplots(1, 2)
    waits = {"slow": np.arange(101.0) + 1, "quick": np.full(5, 2.0)}
    rates = {"slow": [1, 2, 3], "quick": [4, 5, 6]}
    left, right = plot_speed((1, 2, 4), rates, waits, axes=axes)
    assert [list(line.get_ydata()) for line in left.lines] == [[1, 2, 3], [4, 5, 6]]
    assert list(right.lines[0].get_xdata()) == [51, 96]
    assert [text.get_text() for text in right.texts] == ["slow", "quick"]
    assert right.get_xscale() == "linear", "so that a line's length is a time"
    np.testing.assert_allclose(right.get_xlim(), [0, 1.6 * 96])
    plt.close("all")
