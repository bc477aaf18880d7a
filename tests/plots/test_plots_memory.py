"""Pictures of long memory show every network, and nothing that was not measured."""

import numpy as np
from matplotlib.colors import to_rgba

from unrolled.evaluation.metrics import wilson_interval
from unrolled.experiments.long_memory import STARTS
from unrolled.plots.memory import (
    LOOKS,
    name_of,
    plot_forecast,
    plot_ratio_of_steps,
    plot_sequence,
    plot_share_key,
    plot_solved,
    plot_steps_to_solve,
)
from unrolled.plots.style import GROUND

LENGTHS, BUDGET = (10, 30, 100), 400


def marks(ax, face):
    """Return the points of all lines with this face colour."""
    lines = [
        line for line in ax.lines if line.get_markerfacecolor() == face and len(line.get_xdata())
    ]
    return np.concatenate([line.get_xydata() for line in lines])


def test_every_network_of_the_experiment_has_a_look_of_its_own():
    assert set(LOOKS) == set(STARTS)
    assert len({colour for colour, _ in LOOKS.values()}) == len(STARTS)
    assert len({marker for _, marker in LOOKS.values()}) == len(STARTS)


def test_names_are_written_as_in_the_text():
    assert name_of("lstm, bias 1") == "LSTM, bias 1"
    assert name_of("rnn") == "RNN"
    assert name_of("no forget gate, for length") == "no forget gate, for length"


def test_a_sequence_shows_its_inputs_row_by_row(ax):
    inputs = np.array([[0.0, 1.0], [0.5, 0.0], [1.0, 0.0]])
    plot_sequence(inputs, [("mark", 1, "#000000"), ("number", 0, "#000000")], ax=ax, answer="1.5")
    shown = ax.images[0].get_array()
    assert shown.shape == (2, 3, 4)  # red, green, blue, opacity
    np.testing.assert_array_equal(shown[..., 3], inputs[:, ::-1].T)
    np.testing.assert_array_equal(shown[..., :3], 0)
    assert ax.texts[0].get_text() == "1.5"


def test_solved_networks_are_full_marks_and_unsolved_ones_open_above_the_budget(ax, table):
    plot_steps_to_solve(table, LENGTHS, budget=BUDGET, ax=ax)
    solved, unsolved = marks(ax, LOOKS["gru"][0]), marks(ax, "none")
    assert sorted(solved[:5, 1]) == [100, 200, 200, 300, 300]
    assert len(unsolved) == 3
    assert (unsolved[:, 1] > BUDGET).all()
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_the_median_counts_what_was_not_solved_as_longest(ax, table):
    plot_steps_to_solve(table, LENGTHS, budget=BUDGET, ax=ax)
    (median,) = [line for line in ax.lines if line.get_markersize() == 0]
    np.testing.assert_array_equal(median.get_ydata(), [200, 300])  # of T = 100 there is none


def test_the_table_of_what_was_solved_tells_none_from_not_tried(ax):
    plot_solved([[5, 0, 0]], [[5, 5, 0]], ["GRU"], LENGTHS, of=5, ax=ax)
    assert [text.get_text() for text in ax.texts] == ["5", "0", "·"]


def test_the_key_shows_wilson_s_intervals(ax):
    plot_share_key(5, ax=ax)
    bars = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    np.testing.assert_allclose(bars, [wilson_interval(count, 5) for count in range(6)])


def test_ratios_have_intervals_and_empty_lines_stay_empty(ax):
    ratios = np.array([[2, 1.5, 3], [np.nan] * 3])
    plot_ratio_of_steps(["one", "two"], ratios, ax=ax, color="#000000", notes=["", "only one"])
    assert [text.get_text() for text in ax.texts] == ["", "only one"]
    assert ax.get_xscale() == "log"
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), ratios[:, 0])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1, 0])


def test_the_forecast_fills_the_marks_of_what_was_solved(ax):
    plot_forecast("rnn", LENGTHS, [1e-2, 1e-9, 1e-80], [5, 0, None], of=5, least=1e-40, ax=ax)
    faces = [to_rgba(line.get_markerfacecolor()) for line in ax.lines if line.get_marker() == "X"]
    assert len(faces) == 3, "two lengths that were tried, and the entry of the legend"
    assert faces[:2] == [to_rgba(LOOKS["rnn"][0]), to_rgba(GROUND)]
    assert min(ax.lines[0].get_ydata()) >= 1e-40 / 10
