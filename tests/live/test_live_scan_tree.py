"""The figure of a scan's tree computes what NumPy and the package do, and is moved by keys."""

import itertools

import numpy as np
import pytest
from conftest import run_javascript
from playwright.sync_api import expect

import accessibility
from unrolled.byhand import scan

NAME = "scan-tree"
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def given(steps, seed=0):
    """Return gates, inputs and an initial state: negative ones, too, all different."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, steps), rng.normal(size=steps), rng.normal()


def by_numpy(a, b, start):
    """Return the states from products of gates: h_t is the sum of a_{s+1} ... a_t b_s."""
    steps = np.arange(len(a) + 1)
    weights = [[np.prod(a[s:t]) if s <= t else 0.0 for s in steps] for t in steps]
    return (np.array(weights) @ np.array([start, *b]))[1:]


@pytest.mark.parametrize("steps", [1, 2, 7, 8, 13, 16])
def test_loop_and_scan_are_numpys_sums_of_products(steps):
    a, b, start = given(steps, steps)
    told = (a.tolist(), b.tolist(), start)
    looped, doubled, paired = run_javascript(
        (NAME, "loop", *told), (NAME, "scan", *told), (NAME, "scan", *told, "pairs")
    )
    expected = by_numpy(a, b, start)
    np.testing.assert_allclose(looped, expected, **EXACT)
    for rows in (doubled, paired):
        np.testing.assert_allclose(np.array(rows)[-1, :, 1], expected, **EXACT)
        np.testing.assert_allclose(np.array(rows)[-1, :, 0], np.cumprod(a), **EXACT)


def test_every_box_of_every_round_is_numpys():
    steps = 11
    a, b, _ = given(steps, 3)
    (rows,) = run_javascript((NAME, "scan", a.tolist(), b.tolist(), 0))
    for k, row in enumerate(rows):
        for t, (product, state) in enumerate(row):
            span = slice(max(0, t + 1 - 2**k), t + 1)
            assert product == pytest.approx(np.prod(a[span]), rel=1e-12)
            assert state == pytest.approx(by_numpy(a[span], b[span], 0.0)[-1], rel=1e-10)


def test_rounds_and_states_are_those_of_the_package():
    for steps, way in itertools.product((1, 2, 7, 8, 16, 21), ("doubling", "pairs")):
        a, b, start = given(steps)
        pairs, rows = run_javascript(
            (NAME, "rounds", steps, way), (NAME, "scan", a.tolist(), b.tolist(), start, way)
        )
        theirs = [
            [[*pair] for pair in zip(round_.left, round_.right, strict=True)]
            for round_ in scan.rounds(steps, way)
        ]
        assert pairs == theirs
        shaped = (a[None, :, None], b[None, :, None], np.array([[start]]))
        np.testing.assert_allclose(
            np.array(rows)[-1, :, 1], scan.scan(*shaped, way=way)[0, :, 0], **EXACT
        )


def test_what_is_drawn_is_the_recurrence_that_is_named(open_figure):
    begins, inputs = run_javascript((NAME, "initial"), (NAME, "INPUTS"))
    page = open_figure(NAME)
    steps = begins["steps"]
    h, states = 0.0, []
    for a_t, b_t in zip(begins["gates"][:steps], inputs, strict=False):
        h = a_t * h + b_t
        states.append(h)
    page.get_by_role("slider", name="Moment").press("End")
    whole = page.locator("svg text.h").all_text_contents()
    assert whole[-steps:] == [f"{h:.2f}" for h in states], "the loop's row"
    last_round = whole[-2 * steps : -steps]
    assert last_round == whole[-steps:], "the last round's boxes hold the same"
    assert page.said == []


def test_keys_move_every_part_and_are_told_in_words(open_figure):
    page = open_figure(NAME)
    status = page.locator("[role=status]")
    page.get_by_role("slider", name="Moment").press("Home")
    expect(status).to_contain_text("Neither has begun.")
    page.get_by_role("button", name="Next").press("Enter")
    expect(status).to_contain_text("After 1 of 3 rounds")
    page.get_by_role("slider", name="Step t").press("Home")
    expect(status).to_contain_text("h1 = 1 stands since the beginning.")
    page.get_by_role("slider", name="Step t").press("ArrowRight")
    expect(status).to_contain_text("0.9 · 0.5 = 0.45")
    page.get_by_role("slider", name="Its gate").press("Home")
    expect(status).to_contain_text("0 · 0.5 = 0, and 0 · 1 + 0 = 0, which is h2.")
    page.get_by_label("16", exact=True).press("Space")
    expect(status).to_contain_text("After 1 of 4 rounds")
    page.get_by_role("slider", name="Moment").press("End")
    expect(status).to_contain_text("16 steps, 16 multiplications in all.")
    page.get_by_role("button", name="Next").press("Enter")
    expect(status).to_contain_text("Neither has begun.")
    assert page.said == []


def test_with_fewer_steps_what_was_chosen_beyond_them_is_the_last(open_figure):
    page = open_figure(NAME)
    page.get_by_role("slider", name="Moment").press("End")
    page.get_by_label("4", exact=True).press("Space")
    for name in ("Moment", "Step t"):
        slider = page.get_by_role("slider", name=name)
        expect(slider).to_have_value("4")
        expect(slider).to_have_attribute("max", "4")
        expect(slider).to_have_attribute("aria-valuetext", "4")
    assert page.said == []


def test_it_plays_from_the_start_to_the_loops_end_and_stops_when_asked(open_figure):
    page = open_figure(NAME)
    page.clock.install()
    moment = page.get_by_role("slider", name="Moment")
    page.get_by_role("button", name="Play").press("Enter")
    expect(moment).to_have_value("0")
    page.clock.run_for(2300)
    expect(moment).to_have_value("2")
    page.get_by_role("button", name="Stop").press("Enter")
    page.clock.run_for(5000)
    expect(moment).to_have_value("2")
    page.get_by_role("button", name="Play").press("Enter")
    page.clock.run_for(20_000)
    expect(moment).to_have_value("8")
    expect(page.get_by_role("button", name="Play from the start")).to_be_visible()
    assert page.said == []


def test_a_gate_is_drawn_where_it_is_dragged_and_a_box_is_chosen_by_a_click(open_figure):
    page = open_figure(NAME)
    bar = page.locator("rect.f").nth(2).bounding_box()  # of step 3, a half as high as it can be
    x, y = bar["x"] + bar["width"] / 2, bar["y"] + bar["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 1.6 * bar["height"], steps=3)
    page.mouse.up()
    page.mouse.move(x, y - 0.2 * bar["height"])  # after it is let go, it stays
    gate = page.get_by_role("slider", name="Its gate")
    expect(page.get_by_role("slider", name="Step t")).to_have_value("3")
    expect(gate).to_have_value("0.8")
    box = page.locator(".live-scan-tree-box").nth(5).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("slider", name="Step t")).to_have_value("6")
    expect(gate).to_have_value("0.5")  # as it was: only among the bars does a pointer set gates
    assert page.said == []


def test_it_is_accessible(open_figure):
    page = open_figure(NAME)
    assert accessibility.findings(page, f'figure[data-live="{NAME}"]') == []
