"""Live figures: one file each, on the site as in a notebook, and right in their arithmetic."""

import re
from pathlib import Path

import pytest
from conftest import run_javascript, run_node

import live_kit
from unrolled import live
from unrolled.byhand import flow
from unrolled.byhand.functional import sigmoid

FIGURES = live.names()


def source(name):
    return (live.figures_folder() / f"{name}.mjs").read_text(encoding="utf-8")


def test_every_figure_has_the_shared_parts_as_they_are_now():
    assert live_kit.main(["--check"]) == 0, "Run python tools/live_kit.py."
    assert all(live_kit.marks("kit")[0] in source(name) for name in FIGURES)


def test_half_a_mark_is_refused():
    with pytest.raises(ValueError, match="each mark once"):
        live_kit.stamped(live_kit.marks("kit")[0] + "rest", "kit", "text")


@pytest.mark.parametrize("name", [*FIGURES, "mount"])
def test_a_module_stands_alone(name):
    text = source(name)
    assert not re.search(r"^\s*import\b(?!\()", text, re.MULTILINE), "no imports"
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
