"""Pictures by length show what was measured, and say where a number is none."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.lengths import (
    FORM_LOOKS,
    looks_of,
    plot_accuracy_by_length,
    plot_bits_by_seconds,
    plot_cost_by_length,
    plot_errors_by_length,
)
from unrolled.plots.seeds import mean_over_seeds
from unrolled.plots.style import MODEL_COLOURS

from .drawings import texts

LENGTHS = (16, 128, 1024)
NAN = float("nan")


def line_of(ax, label):
    """Return the line with this name in the legend."""
    (line,) = [line for line in ax.lines if line.get_label() == label]
    return line


def test_models_and_forms_have_looks_of_their_own():
    looks = looks_of(MODEL_COLOURS)
    for part in ("color", "marker"):
        assert len({look[part] for look in looks.values()}) == len(MODEL_COLOURS)
    for part in zip(*FORM_LOOKS.values(), strict=True):
        assert len(set(part)) == len(FORM_LOOKS)


def test_variants_of_a_model_share_its_colour_and_differ_in_their_lines():
    looks = looks_of(["minGRU, 1 layer", "LSTM", "minGRU, 4 layers"])
    one, lstm, four = looks.values()
    assert (one["color"], one["marker"]) == (four["color"], four["marker"])
    assert one["color"] != lstm["color"]
    assert (one["ls"], lstm["ls"], four["ls"]) == ("-", "-", "--")


@pytest.mark.parametrize("names", [["Mamba"], [f"GRU, {k} layers" for k in range(1, 5)]])
def test_a_model_without_a_look_is_told(names):
    with pytest.raises(ValueError, match="There is no look for"):
        looks_of(names)


def test_errors_stand_at_their_lengths_and_what_is_not_finite_in_the_band(ax):
    errors = {"scan": [1e-7, 0.0, 3e-6], "divided": [1e-5, np.inf, NAN]}
    plot_errors_by_length(LENGTHS, errors, precision=1e-7, ax=ax)
    scan, divided = line_of(ax, "scan"), line_of(ax, "divided")
    np.testing.assert_allclose(scan.get_ydata(), [1e-7, 1e-8, 3e-6])
    np.testing.assert_allclose(divided.get_ydata(), [1e-5, NAN, NAN])
    marks = [line for line in ax.lines if line.get_markerfacecolor() == "none"]
    assert [list(mark.get_xdata()) for mark in marks] == [[], [128, 1024]]
    band = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert band.y0 > 1e-5
    assert all(band.y0 < y < band.y1 for mark in marks for y in mark.get_ydata())
    assert texts(ax) == ["not finite", "one rounding"]
    assert max(ax.get_yticks()) < band.y0
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_the_band_lies_above_every_error_that_is_a_number(ax):
    errors = {"scan": [1e-7] * 3, "divided": [1e-3, 40.0, 7e5]}
    plot_errors_by_length(LENGTHS, errors, precision=1e-7, ax=ax)
    band = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert 7e5 < band.y0 < 1e8


def test_of_repetitions_the_median_is_the_line_and_all_lie_in_the_band():
    _, axes = plt.subplots(1, 2)
    often = {"GRU": np.array([[1.0, 2, 9], [2, 2, 9], [9, 3, 9]])}
    once = {"GRU": np.array([5.0, NAN, NAN])}
    left, right = plot_cost_by_length(LENGTHS, often, once, axes=axes)
    np.testing.assert_allclose(line_of(left, "GRU").get_ydata(), [2, 2, 9])
    (band,) = left.collections
    heights = {tuple(point) for point in band.get_paths()[0].vertices.tolist()}
    assert {(16, 1), (16, 9), (128, 2), (128, 3)} <= heights
    np.testing.assert_allclose(line_of(right, "GRU").get_ydata(), [5, NAN, NAN])
    assert (left.get_ylabel(), right.get_ylabel()) == ("seconds", "megabytes")


def test_accuracy_is_the_mean_over_seeds_beside_chance_and_the_length_of_training(ax):
    rows = np.array([[1.0, 0.9, 0.5], [1.0, 0.7, 0.6]])
    plot_accuracy_by_length(LENGTHS, {"minGRU": rows}, chance=0.5, trained=100, ax=ax)
    line = line_of(ax, "minGRU")
    np.testing.assert_allclose(line.get_ydata(), [1, 0.8, 0.55])
    assert to_rgba(line.get_color()) == to_rgba(MODEL_COLOURS["minGRU"])
    beyond = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert beyond.x0 == pytest.approx(100)
    assert beyond.x1 > 1024
    assert texts(ax)[0].startswith("longer than in training")
    (chance,) = [text for text in ax.texts if text.get_text() == "chance"]
    assert 0.45 < chance.get_position()[1] < 0.5, "below its line"
    assert 0.5 in {line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == "--"}
    low, high = ax.get_ylim()
    assert low < 0.5
    assert high > 1


def test_bits_stand_at_the_seconds_of_their_own_model(ax):
    rng = np.random.default_rng(3)
    seconds = {"LSTM": np.array([1.0, 5, 20]), "minGRU": np.array([0.5, 2, 8])}
    bits = {name: rng.random((4, 3)) + 2 for name in seconds}
    plot_bits_by_seconds(seconds, bits, ax=ax)
    for name, when in seconds.items():
        np.testing.assert_array_equal(line_of(ax, name).get_xdata(), when)
        np.testing.assert_allclose(line_of(ax, name).get_ydata(), mean_over_seeds(bits[name])[0])
    assert len(ax.collections) == 2
