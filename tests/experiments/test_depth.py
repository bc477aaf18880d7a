"""The depth experiment on a small scale, and its stack against the NumPy one."""

import numpy as np
import pytest
import torch

from unrolled.byhand.layers import from_torch
from unrolled.byhand.stacks import Stacked
from unrolled.data.synthetic import reset_sum_batch
from unrolled.experiments import depth
from unrolled.nets.sequence import SequenceLabeller


@pytest.mark.parametrize("residual", [False, True])
def test_the_stack_and_its_gradients_are_those_of_numpy(residual):
    torch.manual_seed(0)
    deep = depth.DeepLSTM(3, residual, 2, 4).double()
    ours = Stacked([from_torch(layer) for layer in deep.layers], residual=residual)
    rng = np.random.default_rng(0)
    x, upstream = rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 5, 4))
    outputs, every = deep(torch.tensor(x))
    for one in every:
        one.retain_grad()
    (outputs * torch.tensor(upstream)).sum().backward()
    found, _, caches = ours.forward(x)
    np.testing.assert_allclose(found, outputs.detach().numpy(), rtol=0, atol=1e-12)
    ours.backward(upstream, caches)
    for layer, module in zip(ours.layers, deep.layers, strict=True):
        for name, grad in layer.cell.grads.items():
            theirs = getattr(module, f"{name}_l0").grad.numpy()
            np.testing.assert_allclose(grad, theirs, rtol=0, atol=1e-10)


def test_the_gradient_at_the_top_is_the_heads():
    torch.manual_seed(0)
    model = SequenceLabeller(depth.DeepLSTM(2, False, 2, 4), 2, 4, 1)
    task = reset_sum_batch(3, 5, rng=np.random.default_rng(0))
    lower, top = depth.gradient_by_layer(model, task)
    error = model(torch.as_tensor(task.inputs))[..., 0] - torch.as_tensor(task.targets)
    by_outputs = 2 * error[..., None] * model.head.weight[0] / error.numel()
    assert top == pytest.approx(by_outputs.norm().item(), rel=1e-5)
    assert 0 < lower != top
    assert all(weight.grad is None for weight in model.parameters())


@pytest.mark.parametrize(("layers", "residual"), [(1, False), (4, False), (8, True)])
def test_the_gradient_is_measured_at_each_layer_and_at_no_other(layers, residual):
    found = depth.measure(layers, residual, 0.01, seed=0, steps=0)
    norms = [found[f"gradient_{number}"] for number in range(1, 9)]
    assert all(norm > 0 for norm in norms[:layers])
    assert norms[layers:] == [None] * (8 - layers)


def test_one_layer_has_nothing_to_be_added_to():
    assert not any(c["residual"] for c in depth.grid() if c["depth"] == 1)
