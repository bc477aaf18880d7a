"""Attention by hand: equal to PyTorch's gradients, to finite differences, and blind to padding."""

import numpy as np
import pytest
import torch

from unrolled.byhand.attention import AdditiveAttention, DotAttention, weighted_mean
from unrolled.byhand.gradcheck import check_gradient, relative_error

B, T, H, Q, A = 3, 5, 4, 6, 7
LENGTHS = np.array([5, 2, 4])


def made(kind, seed=0):
    rng = np.random.default_rng(seed)
    layer = DotAttention() if kind == "dot" else AdditiveAttention(Q, H, A, rng=rng)
    query = rng.normal(size=(B, H if kind == "dot" else Q))
    return layer, query, rng.normal(size=(B, T, H)), rng.normal(size=(B, H))


def by_torch(layer, query, states, lengths):
    """Return context, weights, and the leaves whose gradients are asked for."""
    leaves = {"query": query, "states": states, **layer.params}
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in leaves.items()}
    q, h = leaves["query"], leaves["states"]
    if layer.params:
        hidden = torch.tanh((q @ leaves["weight_query"].T)[:, None] + h @ leaves["weight_states"].T)
        scores = hidden @ leaves["weight_score"]
    else:
        scores = (h @ q[:, :, None])[..., 0]
    if lengths is not None:
        scores = scores.masked_fill(torch.arange(T) >= torch.tensor(lengths)[:, None], -torch.inf)
    weights = scores.softmax(1)
    return (weights[:, None] @ h)[:, 0], weights, leaves


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_attention_and_its_gradients_match_torch(kind, lengths):
    layer, query, states, upstream = made(kind)
    context, weights, looked = layer.forward(query, states, lengths)
    wanted, wanted_weights, leaves = by_torch(layer, query, states, lengths)
    (wanted * torch.tensor(upstream)).sum().backward()
    dquery, dstates = layer.backward(upstream, looked)
    found = {"query": dquery, "states": dstates, **getattr(layer, "grads", {})}
    assert relative_error(context, wanted.detach().numpy()) < 1e-10
    assert relative_error(weights, wanted_weights.detach().numpy()) < 1e-10
    for name, gradient in found.items():
        assert relative_error(gradient, leaves[name].grad.numpy()) < 1e-10, name


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_attention_backward_matches_finite_differences(kind, lengths):
    layer, query, states, upstream = made(kind, seed=1)
    _, _, looked = layer.forward(query, states, lengths)
    dquery, dstates = layer.backward(upstream, looked)

    def loss(_):
        return float((layer.forward(query, states, lengths)[0] * upstream).sum())

    check_gradient(loss, query, dquery, name="the gradient by the query")
    check_gradient(loss, states, dstates, name="the gradient by the states")
    for name, weight in layer.params.items():
        check_gradient(loss, weight, layer.grads[name], name=name)


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_padding_changes_nothing_and_gets_no_gradient(kind):
    layer, query, states, upstream = made(kind, seed=2)
    spoilt = states.copy()
    spoilt[np.arange(T) >= LENGTHS[:, None]] = np.nan
    context, weights, looked = layer.forward(query, spoilt, LENGTHS)
    dquery, dstates = layer.backward(upstream, looked)
    np.testing.assert_array_equal(weights[np.arange(T) >= LENGTHS[:, None]], 0)
    np.testing.assert_array_equal(dstates[np.arange(T) >= LENGTHS[:, None]], 0)
    for row, length in enumerate(LENGTHS):
        one = slice(row, row + 1)
        alone, alone_weights, seen = layer.forward(query[one], states[one, :length])
        np.testing.assert_allclose(context[one], alone, atol=1e-12)
        np.testing.assert_allclose(weights[one, :length], alone_weights, atol=1e-12)
        back = layer.backward(upstream[one], seen)
        np.testing.assert_allclose(dquery[one], back[0], atol=1e-12)
        np.testing.assert_allclose(dstates[one, :length], back[1], atol=1e-12)


def test_the_order_of_the_states_does_not_matter_and_equal_scores_give_the_mean():
    layer, query, states, _ = made("additive", seed=3)
    turned = np.random.default_rng(4).permutation(T)
    context, weights, _ = layer.forward(query, states)
    again, moved, _ = layer.forward(query, states[:, turned])
    np.testing.assert_allclose(again, context)
    np.testing.assert_allclose(moved, weights[:, turned])
    flat, _ = weighted_mean(np.full((B, T), 3.0), states)
    np.testing.assert_allclose(flat, states.mean(axis=1))


def test_a_weight_s_gradient_sums_to_zero_over_the_scores():
    layer, query, states, upstream = made("dot", seed=5)
    same = states.copy()
    same[:] = states[:, :1]  # equal states: where it looks cannot matter
    _, _, looked = layer.forward(query, same)
    dquery, _ = layer.backward(upstream, looked)
    np.testing.assert_allclose(dquery, 0, atol=1e-12)
