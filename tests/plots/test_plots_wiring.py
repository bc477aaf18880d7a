"""The wiring of one step names each gate, and what is not inked is pale."""

import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.style import COLOURS, INK
from unrolled.plots.wiring import LSTM_PARTS, plot_gru_cell, plot_lstm_cell

from .drawings import texts


@pytest.mark.parametrize(("draw", "names"), [(plot_lstm_cell, "figo"), (plot_gru_cell, "rzn")])
def test_wiring_shows_every_gate_in_its_colour(ax, draw, names):
    draw(ax=ax)
    faces = {patch.get_facecolor() for patch in ax.patches}
    for name in names:
        assert to_rgba(COLOURS[name]) in faces
        assert f"${name}_t$" in texts(ax)


@pytest.mark.parametrize("inked", ["f", "ci", "igo", ""])
def test_of_an_lstm_what_is_inked_has_its_colour_and_nothing_else(ax, inked):
    plot_lstm_cell(inked, ax=ax)
    drawn = {to_rgba(line.get_color()) for line in ax.lines}
    drawn |= {patch.get_facecolor() for patch in ax.patches}
    for name in "figo":
        assert (to_rgba(COLOURS[name]) in drawn) == (name in inked)
    assert (to_rgba(COLOURS["c"]) in drawn) == bool(set("co") & set(inked))  # h reads c
    assert to_rgba(INK) not in drawn  # the inputs are pale


def test_an_lstm_shows_the_same_parts_whatever_is_inked(ax):
    plot_lstm_cell(ax=ax)
    named = texts(ax)
    ax.clear()
    plot_lstm_cell(["inputs"], ax=ax)
    assert sorted(texts(ax)) == sorted(named)


def test_each_box_of_an_lstm_is_fed_by_two_wires_one_from_x_and_one_from_h(ax):
    plot_lstm_cell(["inputs"], ax=ax)
    arrows = [text.arrow_patch for text in ax.texts if getattr(text, "arrow_patch", None)]
    heads = [arrow.get_edgecolor() for arrow in arrows]
    assert heads.count(to_rgba(INK)) == heads.count(to_rgba(COLOURS["h"])) == 4


def test_the_neighbours_of_an_lstm_read_the_inputs_before_and_after(ax):
    plot_lstm_cell(ax=ax)
    assert not {"$x_{t-1}$", "$x_{t+1}$"} & set(texts(ax))
    ax.clear()
    plot_lstm_cell(neighbours=True, ax=ax)
    assert {"$x_{t-1}$", "$x_t$", "$x_{t+1}$"} <= set(texts(ax))


def test_a_small_lstm_has_the_words_of_what_is_inked_and_not_what_its_boxes_compute(ax):
    plot_lstm_cell("ci", small=True, ax=ax)
    assert {"$i_t$", "write", "$c_t$"} <= set(texts(ax))
    assert not {"σ", "tanh", "drop", "$f_t$", "$h_t$"} & set(texts(ax))


def test_an_lstm_has_no_part_of_another_name(ax):
    with pytest.raises(ValueError, match=f"no part z. Choose from {', '.join(LSTM_PARTS)}"):
        plot_lstm_cell("fz", ax=ax)


@pytest.mark.parametrize(("change", "here", "gone"), [(1, "zgo", "i"), (2, "zg", "io")])
def test_each_change_of_the_gru_draws_what_is_there_and_outlines_what_went(ax, change, here, gone):
    plot_gru_cell(change, ax=ax)
    faces = [patch.get_facecolor() for patch in ax.patches]
    assert all(to_rgba(COLOURS[name]) in faces for name in here)
    assert all(f"${name}_t$" in texts(ax) for name in here + gone)
    assert not any(to_rgba(COLOURS[name]) in faces for name in gone)


def test_there_is_no_fourth_change_of_the_gru(ax):
    with pytest.raises(ValueError, match=r"got change=4\. There are three: 1, 2 and 3"):
        plot_gru_cell(4, ax=ax)
