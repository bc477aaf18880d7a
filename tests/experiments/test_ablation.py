"""The ablation's networks are what their names say."""

import torch

from unrolled.experiments import ablation


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
        layer = ablation.untrained("adding", name).recurrent
        forget = (layer.bias_ih_l0 + layer.bias_hh_l0).chunk(4)[1]
        assert (forget == wanted).all()


def test_the_start_as_if_coupled_has_input_gates_that_are_one_minus_the_forget_gates():
    torch.manual_seed(0)
    layer = ablation.untrained("adding", ablation.AS_IF_COUPLED).recurrent
    i, f, _, _ = (layer.bias_ih_l0 + layer.bias_hh_l0).detach().sigmoid().chunk(4)
    torch.testing.assert_close(i, 1 - f)


def test_the_second_look_has_seeds_that_the_first_had_not():
    first, again = ablation.grid() + ablation.start_grid(), ablation.again_grid()
    assert not {c["seed"] for c in first} & {c["seed"] for c in again}
    assert {c["network"] for c in again} <= {c["network"] for c in first}
