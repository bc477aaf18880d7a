"""The live LSTM step computes what the package and PyTorch compute."""

import numpy as np
import pytest
import torch
from conftest import run_javascript

from unrolled import live
from unrolled.byhand.cells import LSTMCell

B, T, I, H = 2, 12, 3, 5
HELD = {"none": None, "f=1": ("f", 1), "f=0": ("f", 0), "i=0": ("i", 0), "o=1": ("o", 1)}


def belts(gates, c_0, clamp="none"):
    """Return c and h, each (T, B, H), of the figure's belt for every unit of every sequence."""
    series = {name: values.reshape(T, -1) for name, values in gates.items()}
    states = [
        {"step": 1, "c0": start, "clamp": clamp}
        | {name: values[:, unit].tolist() for name, values in series.items()}
        for unit, start in enumerate(c_0.ravel().tolist())
    ]
    found = run_javascript(*(("lstm-step", "run", state) for state in states))
    return [np.array([belt[key] for belt in found]).T.reshape(T, B, H) for key in "ch"]


def walk(cell, x, state):
    """Return the gates, c and h that a cell of the package has at every step, each (T, B, H)."""
    kept = {name: [] for name in ("i", "f", "g", "o", "c", "h")}
    for x_t in x:
        state, cache = cell.forward(x_t, state)
        for name, values in kept.items():
            values.append(getattr(state if name in "ch" else cache, name))
    kept = {name: np.array(values) for name, values in kept.items()}
    return kept, kept.pop("c"), kept.pop("h")


def drawn(seed):
    """Return a cell with large random weights, an input, and a state to start from."""
    rng = np.random.default_rng(seed)
    cell = LSTMCell(I, H, rng=rng)
    cell.params = {name: 2 * rng.normal(size=w.shape) for name, w in cell.params.items()}
    return cell, rng.normal(size=(T, B, I)), tuple(rng.normal(size=(2, B, H))), rng


def hold(cell, gate, at):
    """Saturate one gate of the cell, so that it stands at 0 or 1 whatever comes in."""
    rows = cell.rows(gate)
    for values in cell.params.values():
        values[rows] = 0
    cell.params["bias_ih"][rows] = 700 * (2 * at - 1)


def in_torch(cell, x, state):
    """Return c and h, each (T, B, H), of torch's LSTMCell with the weights of ours."""
    theirs = torch.nn.LSTMCell(I, H, dtype=torch.float64)
    theirs.load_state_dict({name: torch.from_numpy(w) for name, w in cell.params.items()})
    h, c = (torch.from_numpy(part) for part in state)
    hs, cs = [], []
    with torch.no_grad():
        for x_t in torch.from_numpy(x):
            h, c = theirs(x_t, (h, c))
            hs.append(h.numpy())
            cs.append(c.numpy())
    return np.array(cs), np.array(hs)


@pytest.mark.parametrize("clamp", HELD)
def test_the_belt_is_that_of_the_package_and_of_torch(clamp):
    cell, x, state, rng = drawn(seed=3)
    if HELD[clamp]:
        hold(cell, *HELD[clamp])
    gates, c, h = walk(cell, x, state)
    if HELD[clamp]:
        gates[HELD[clamp][0]] = rng.uniform(size=(T, B, H))  # the reader's own, overridden
    found_c, found_h = belts(gates, state[1], clamp)
    np.testing.assert_allclose(found_c, c, rtol=0, atol=1e-10)
    np.testing.assert_allclose(found_h, h, rtol=0, atol=1e-10)
    for found, theirs in zip((found_c, found_h), in_torch(cell, x, state), strict=True):
        np.testing.assert_allclose(found, theirs, rtol=0, atol=1e-10)


def test_the_chapters_belt_says_what_the_chapter_says():
    steps = np.arange(1, 13)
    state = {
        "step": 1,
        "c0": 0,
        "clamp": "none",
        "f": (steps != 8).astype(float).tolist(),
        "i": np.isin(steps, (2, 10)).astype(float).tolist(),
        "g": [0.3, 0.9, -0.2, 0.5, 0.7, -0.6, 0.1, -0.4, 0.8, -0.6, 0.2, 0.5],
        "o": np.isin(steps, (6, 12)).astype(float).tolist(),
    }
    (found,) = run_javascript(("lstm-step", "run", state))
    assert np.count_nonzero(found["c"]) == 9
    assert np.count_nonzero(found["h"]) == 2
    assert (round(found["h"][5], 2), round(found["h"][11], 2)) == (0.72, -0.54)


def test_a_notebook_begins_with_the_first_story():
    (story,) = run_javascript(("lstm-step", "preset", "keep"))
    assert live.initial_state("lstm-step") == story


def test_the_clamps_are_those_compared_here():
    (clamps,) = run_javascript(("lstm-step", "CLAMPS"))
    held = {name: (one["gate"], one["at"]) for name, one in clamps.items()}
    assert held == {name: one for name, one in HELD.items() if one}
