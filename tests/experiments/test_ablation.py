"""The ablation on a small scale: every network trains, fairly paired."""

import math

import pytest
import torch

from unrolled.experiments import ablation


@pytest.mark.parametrize("task", ablation.TASKS)
@pytest.mark.parametrize("network", ablation.NETWORKS)
def test_every_network_trains_on_every_task(task, network):
    found = ablation.measure(task, network, seed=0, steps=2)
    assert found["steps"] == 2
    assert math.isfinite(found["loss"])
    assert found["steps_to_solve"] is None


def test_a_variant_has_the_parameters_that_its_blocks_say():
    lstm, coupled, peephole = (
        ablation.measure("adding", name, seed=0, steps=1)["parameters"]
        for name in ("lstm", "coupled", "peephole")
    )
    assert coupled * 4 == lstm * 3
    assert peephole == lstm + 3 * ablation.HIDDEN


def test_the_forget_bias_is_the_one_named():
    torch.manual_seed(0)
    for name, wanted in (("lstm", 1), ("lstm, bias 0", 0)):
        layer = ablation.build("adding", name).recurrent
        forget = (layer.bias_ih_l0 + layer.bias_hh_l0).chunk(4)[1]
        assert (forget == wanted).all()


def test_the_same_seed_gives_the_same_finding():
    one, two = (ablation.measure("order", "coupled", seed=3, steps=3) for _ in range(2))
    assert one == two


def test_the_grid_pairs_every_network_with_every_seed_and_task():
    grid = ablation.grid()
    assert len(grid) == 3 * 5 * len(ablation.NETWORKS)
    assert len({tuple(c.values()) for c in grid}) == len(grid)


def test_the_start_as_if_coupled_has_input_gates_that_are_one_minus_the_forget_gates():
    torch.manual_seed(0)
    layer = ablation.build("adding", ablation.AS_IF_COUPLED).recurrent
    i, f, _, _ = (layer.bias_ih_l0 + layer.bias_hh_l0).detach().sigmoid().chunk(4)
    torch.testing.assert_close(i, 1 - f)
    assert ablation.measure(**ablation.start_grid()[0], steps=1)["steps"] == 1


def test_the_second_look_has_seeds_that_the_first_had_not():
    first, again = ablation.grid() + ablation.start_grid(), ablation.again_grid()
    assert not {c["seed"] for c in first} & {c["seed"] for c in again}
    assert {c["network"] for c in again} <= {c["network"] for c in first}
    assert len(again) == len({tuple(c.values()) for c in again}) == 2 * 10 * 4
