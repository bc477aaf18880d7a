"""The surgery experiment on a small scale."""

import numpy as np
import pytest
import torch

from unrolled.experiments import surgery


@pytest.mark.parametrize("network", surgery.NETWORKS)
def test_only_in_a_network_with_all_gates_each_is_held_in_turn(network):
    rows = surgery.measure("agreement", network, seed=0, steps=1)
    held = [row["held"] for row in rows]
    assert held[0] == "nothing"
    gates = [f"{gate} = {at}" for gate in "fio" for at in ("1", "0", "mean")]
    assert held[1:] == (gates if network == "lstm" else [])
    assert all(np.isfinite(row["error"]) for row in rows)


@pytest.mark.parametrize("network", ["lstm", "no input gate", "no output gate"])
def test_forget_gates_start_at_a_bias_of_one(network):
    torch.manual_seed(0)
    layer = surgery.untrained(network, 2).recurrent
    biases = {n: v.detach() for n, v in layer.named_parameters() if n.startswith("bias")}
    blocks = sum(biases.values()).split(surgery.HIDDEN)
    place = {"lstm": 1, "no input gate": 0, "no output gate": 1}[network]
    assert (blocks[place] == 1).all()
    assert all((block != 1).any() for n, block in enumerate(blocks) if n != place)


def test_errors_are_shares_of_the_chance_level():
    targets = surgery.unseen("adding").targets
    assert surgery.error("adding", np.ones_like(targets), targets) == pytest.approx(1, abs=0.05)
    verbs = surgery.unseen("agreement").targets
    assert surgery.error("agreement", np.ones_like(verbs), verbs) == 1
    assert surgery.error("agreement", verbs - 0.5, verbs) == 0


def test_a_memory_without_writing_or_saying_is_no_better_than_chance():
    torch.manual_seed(0)
    model = surgery.untrained("lstm", len(surgery.WORDS))
    errors = surgery.clamped_errors(model, "agreement")
    assert errors["i = 0"] == errors["o = 0"] == 1
