"""The figures of what layers cost show the ratios that they were given."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from unrolled.plots.cost import plot_ratio_rows, plot_ratios


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def times():
    rows = [("torch", 32, 3.0), ("torch", 128, 1.5), ("NumPy", 128, 0.9), ("NumPy", 32, 1.1)]
    table = pd.DataFrame(rows, columns=["library", "units", "ratio"])
    return table.assign(low=table["ratio"] - 0.1, high=table["ratio"] + 0.2)


def test_ratios_stand_at_their_sizes_in_order_with_their_intervals():
    ax = plot_ratios(times(), "units", ax=plt.figure().subplots())
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
    ax = plot_ratio_rows(table, labels, ax=plt.figure().subplots())
    places = {
        container.get_label(): (container[0].get_xdata()[0], container[0].get_ydata()[0])
        for container in ax.containers
    }
    assert places == {"any library": (0.75, -1), "PyTorch": (0.45, 0)}
    assert [text.get_text() for text in ax.get_yticklabels()] == list(labels.values())


def test_equality_and_three_quarters_are_marked():
    ax = plot_ratios(times(), "units", ax=plt.figure().subplots())
    levels = {line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1}
    assert {1, 0.75} <= levels
    assert ax.get_yscale() == "log"
