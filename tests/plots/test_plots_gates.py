"""The figures of gates draw what they are given, and refuse what is not a gate."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from unrolled.plots import COLOURS
from unrolled.plots.gates import (
    plot_belt,
    plot_by_distractors,
    plot_gate_traces,
    plot_gru_cell,
    plot_half_lives,
    plot_lstm_cell,
    plot_lstm_paths,
    plot_memory,
    plot_over_words,
    plot_state_jacobian,
    plot_surgery,
)

T = 7


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


@pytest.fixture
def gates():
    rng = np.random.default_rng(0)
    return {name: rng.random(T) for name in "fio"}


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_gate_traces_have_the_height_of_the_gate(ax, gates):
    assert plot_gate_traces(gates, ax=ax) is ax
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
    assert plot_memory(traces, ax=ax) is ax
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
    assert plot_belt(c, {"f": f, "i": i, "g": g, "o": o}, ax=ax) is ax
    shown = texts(ax)
    assert shown.count("×") == 1
    assert {"+0.5", "−0.4", "+0.46"} <= set(shown)
    parcels = [text for text in shown if text in {"0.0", "0.5", "−0.4"}]
    assert parcels == ["0.0", "0.5", "0.5", "0.0", "−0.4", "−0.4"]  # the last one is also written


def test_belt_does_not_wipe_what_is_empty(ax):
    nothing = np.zeros(3)
    plot_belt(nothing, dict.fromkeys("figo", nothing), ax=ax)
    assert "×" not in texts(ax)


@pytest.mark.parametrize(("draw", "names"), [(plot_lstm_cell, "figo"), (plot_gru_cell, "rzn")])
def test_wiring_shows_every_gate_in_its_colour(ax, draw, names):
    assert draw(ax=ax) is ax
    faces = {patch.get_facecolor() for patch in ax.patches}
    for name in names:
        assert to_rgba(COLOURS[name]) in faces
        assert f"${name}_t$" in texts(ax)


def test_plots_use_the_current_axes_by_default(ax):
    plt.sca(ax)
    assert plot_lstm_cell() is ax


def test_state_jacobian_is_drawn_as_given_around_a_neutral_zero(ax):
    jacobian = np.random.default_rng(1).normal(size=(6, 6))
    assert plot_state_jacobian(jacobian, ax=ax) is ax
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array(), jacobian)
    low, high = image.get_clim()
    assert -low == high == np.abs(jacobian).max()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["$h_t$", "$c_t$"]
    assert [line.get_ydata()[0] for line in ax.lines[:1]] == [2.5]  # between the blocks


@pytest.mark.parametrize("shape", [(4, 6), (5, 5), (4,)])
def test_state_jacobian_refuses_what_has_no_four_blocks(ax, shape):
    with pytest.raises(ValueError, match=r"Give a \(2H, 2H\) matrix"):
        plot_state_jacobian(np.zeros(shape), ax=ax)


def test_lstm_paths_draw_each_path_from_lag_zero_in_its_colour(ax):
    norms = 0.5 ** np.arange(T)
    assert plot_lstm_paths({"all": norms, "along c": norms / 2, "along h": norms / 3}, ax=ax) is ax
    assert [line.get_color() for line in ax.lines] == [COLOURS[n] for n in ("LSTM", "c", "h")]
    for line, share in zip(ax.lines, (1, 2, 3), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(T))
        np.testing.assert_allclose(line.get_ydata(), norms / share)
    assert ax.get_yscale() == "log"


def test_half_lives_draw_the_formula_and_the_measured(ax):
    biases = np.array([-1.0, 0, 2])
    cut_lives = np.array([[0.5, 0.6], [1, 1.1], [5, 6.0]])
    measured = {"cut": cut_lives, "intact": np.where(cut_lives > 5, np.inf, cut_lives)}
    assert plot_half_lives(biases, measured, ax=ax) is ax
    formula, cut, intact, never = ax.lines
    at_zero = np.interp(0.0, formula.get_xdata(), formula.get_ydata())
    assert at_zero == pytest.approx(1, rel=1e-3)  # sigmoid(0) = 1/2
    np.testing.assert_array_equal(cut.get_xdata(), [-1, -1, 0, 0, 2, 2])
    np.testing.assert_array_equal(cut.get_ydata(), cut_lives.ravel())
    np.testing.assert_array_equal(intact.get_ydata(), [0.5, 0.6, 1, 1.1, 5])
    assert (never.get_marker(), list(never.get_xdata())) == ("^", [2])
    assert intact.get_markerfacecolor() == never.get_markerfacecolor() == "none"


def test_accuracy_by_distractors_is_the_mean_with_its_interval(ax):
    values = {"RNN": np.array([[0.5, 0.6], [0.7, 0.6]]), "LSTM": np.array([[1.0, 1.0], [1.0, 1.0]])}
    assert plot_by_distractors([0, 32], values, ax=ax) is ax
    rnn, lstm = (container[0] for container in ax.containers)
    np.testing.assert_allclose(rnn.get_ydata(), [0.6, 0.6])
    np.testing.assert_allclose(lstm.get_ydata(), [1, 1])
    low, high = ax.containers[0][2][0].get_segments()[0][:, 1]
    assert low == 0  # two seeds this far apart: the interval is cut off at possible shares
    assert high == 1
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "32"]


def test_over_words_stand_the_words_and_the_means(ax):
    f = np.random.default_rng(3).random((4, 3))
    assert plot_over_words(["the", "cat", ","], {"f": f, "i": 1 - f}, ax=ax) is ax
    np.testing.assert_allclose(ax.lines[0].get_ydata(), f.mean(axis=0))
    assert [line.get_color() for line in ax.lines] == [COLOURS["f"], COLOURS["i"]]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["the", "cat", ","]
    with pytest.raises(ValueError, match=r"got f of shape \(4, 2\) for 3 words"):
        plot_over_words(["the", "cat", ","], {"f": f[:, :2]}, ax=ax)


def test_surgery_draws_every_seed_and_the_floor(ax):
    errors = {"intact": [0.0, 0.01], "f = 1": [0.5, 1.5], "f never there": [0.1, 0.3]}
    assert plot_surgery(errors, floor=1e-3, ax=ax) is ax
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    _chance, *means = (line for line in ax.lines if line.get_marker() != "o")
    np.testing.assert_allclose(dots[0].get_xdata(), [1e-3, 0.01])
    assert dots[1].get_markerfacecolor() == dots[1].get_markeredgecolor() == COLOURS["f"]
    assert dots[2].get_markerfacecolor() == "none"
    np.testing.assert_allclose([line.get_xdata()[0] for line in means], [0.0055, 1.0, 0.2])
    assert [label.get_text() for label in ax.get_yticklabels()] == list(errors)
