"""Gates and memories are drawn as given, and what is not a gate is refused."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.style import COLOURS
from unrolled.plots.traces import plot_belt, plot_gate_traces, plot_memory, plot_over_words

from .drawings import texts

T = 7


@pytest.fixture
def gates():
    rng = np.random.default_rng(0)
    return {name: rng.random(T) for name in "fio"}


def test_gate_traces_have_the_height_of_the_gate(ax, gates):
    plot_gate_traces(gates, ax=ax)
    bars = [bar for bar in ax.patches if bar.get_facecolor() == to_rgba(COLOURS["i"])]
    np.testing.assert_allclose([bar.get_height() / 0.8 for bar in bars], gates["i"])
    assert [round(bar.get_x() + bar.get_width() / 2) for bar in bars] == list(range(1, T + 1))


def test_gate_traces_put_the_first_gate_on_top(ax, gates):
    plot_gate_traces(gates, ax=ax)
    labels = [label.get_text()[0] for label in ax.get_yticklabels()]
    assert labels == ["o", "i", "f"]  # ticks count upwards


def test_gate_traces_refuse_what_is_not_a_gate(ax):
    with pytest.raises(ValueError, match=r"got g from -0.5 to 0.5. A gate lies from 0 to 1"):
        plot_gate_traces({"g": np.array([-0.5, 0.5])}, ax=ax)
    with pytest.raises(ValueError, match=r"Give one \(T,\) row for each gate"):
        plot_gate_traces({"f": np.zeros(3), "i": np.zeros(4)}, ax=ax)
    with pytest.raises(ValueError, match=r"Give one \(T,\) row for each gate"):
        plot_gate_traces({"f": np.zeros((2, 3))}, ax=ax)


def test_memory_draws_each_trace_over_steps_from_one(ax):
    traces = {"with": np.arange(T) / 2, "without": -np.arange(T)}
    plot_memory(traces, ax=ax)
    for line, values in zip(ax.lines, traces.values(), strict=False):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, T + 1))
        np.testing.assert_array_equal(line.get_ydata(), values)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["with", "without"]


def test_memory_refuses_more_traces_than_it_can_tell_apart(ax):
    with pytest.raises(ValueError, match=r"got 4 traces\. It can tell three apart"):
        plot_memory({str(n): np.zeros(T) for n in range(4)}, ax=ax)


def test_belt_marks_writes_wipes_and_readings_and_nothing_else(ax):
    f = np.array([1, 1, 1, 0, 1.0])
    i = np.array([0, 1, 0, 0, 1.0])
    o = np.array([0, 0, 1, 0, 0.0])
    g = np.array([0.3, 0.5, 0.9, 0.9, -0.4])
    c = np.array([0, 0.5, 0.5, 0, -0.4])
    plot_belt(c, {"f": f, "i": i, "g": g, "o": o}, ax=ax)
    shown = texts(ax)
    assert shown.count("×") == 1
    assert {"+0.5", "−0.4", "+0.46"} <= set(shown)
    parcels = [text for text in shown if text in {"0.0", "0.5", "−0.4"}]
    assert parcels == ["0.0", "0.5", "0.5", "0.0", "−0.4", "−0.4"]  # the last one is also written


def test_belt_does_not_wipe_what_is_empty(ax):
    nothing = np.zeros(3)
    plot_belt(nothing, dict.fromkeys("figo", nothing), ax=ax)
    assert "×" not in texts(ax)


def test_over_words_stand_the_words_and_the_means(ax):
    f = np.random.default_rng(3).random((4, 3))
    plot_over_words(["the", "cat", ","], {"f": f, "i": 1 - f}, ax=ax)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), f.mean(axis=0))
    assert [line.get_color() for line in ax.lines] == [COLOURS["f"], COLOURS["i"]]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["the", "cat", ","]
    with pytest.raises(ValueError, match=r"got f of shape \(4, 2\) for 3 words"):
        plot_over_words(["the", "cat", ","], {"f": f[:, :2]}, ax=ax)
