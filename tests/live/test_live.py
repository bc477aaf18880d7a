"""Live figures: the same modules on the site and in a notebook, and right in their arithmetic."""

import re
from pathlib import Path

import pytest
from conftest import run_javascript, run_node

from unrolled import live
from unrolled.byhand import flow
from unrolled.byhand.functional import sigmoid

FIGURES = live.names()


def source(name):
    return (live.figures_folder() / f"{name}.mjs").read_text(encoding="utf-8")


MODULES = sorted(path.stem for path in live.figures_folder().glob("*.mjs"))


def test_only_what_can_be_shown_is_named_a_figure():
    assert {"half-life", "reader"} <= set(FIGURES)
    assert not {"kit", "network", "mount"} & set(FIGURES)
    assert not [name for name in FIGURES if name.startswith("reader-")]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_loads_nothing_from_outside_and_sets_text_as_text(name):
    text = source(name)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", ""), "nothing from outside"
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write", text), "text is text"


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_in_a_notebook_carries_its_state_both_ways(name):
    widget = live.figure(name)
    begins = live.initial_state(name)
    assert {key: getattr(widget, key) for key in begins} == begins
    assert set(begins) <= set(widget.keys), "each part of the state is sent to the page"
    key = next(iter(begins))
    heard = []
    widget.observe(lambda change: heard.append(change["new"]), key)
    widget.set_state({key: "moved"})  # what the page sends
    assert heard == ["moved"]
    widget.close()


def test_a_figure_begins_where_it_is_told():
    assert live.figure("half-life", bias=3.0).bias == 3.0


def test_wrong_names_end_in_a_sentence():
    with pytest.raises(live.FigureError, match="There is no figure 'halflife'; there are"):
        live.figure("halflife")
    with pytest.raises(live.FigureError, match="has no 'biass'; it has bias"):
        live.figure("half-life", biass=3.0)
    with pytest.raises(live.FigureError, match="There is no figure 'mount'"):
        live.initial_state("mount")


def test_a_module_without_a_state_is_named(tmp_path, monkeypatch):
    (tmp_path / "still.mjs").write_text("export default {};", encoding="utf-8")
    monkeypatch.setattr(live, "figures_folder", lambda: tmp_path)
    with pytest.raises(live.FigureError, match=r"still\.mjs needs one line"):
        live.initial_state("still")


def test_the_pure_functions_pass_their_own_tests():
    found = sorted(Path(__file__).parent.glob("*.test.mjs"))
    assert {path.name.removesuffix(".test.mjs") for path in found} >= set(FIGURES)
    run_node("--test", *found)


def test_half_lives_are_those_of_the_package():
    biases = [-2.0, 0.0, 1.0, 5.5]
    found = run_javascript(*(("half-life", "halfLife", bias) for bias in biases))
    assert found == pytest.approx([flow.half_life(sigmoid(bias)) for bias in biases], rel=1e-10)
