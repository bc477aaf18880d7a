"""Attention that looks back only, with rotary positions, gives the same with a cache."""

import math

import pytest
import torch

from unrolled.nets.transformer import Block, CausalAttention, rotated

BATCH, STEPS, HEADS, WIDTH = 2, 7, 3, 12


def attention_and_data(seed=0):
    torch.manual_seed(seed)
    return CausalAttention(WIDTH, HEADS).double(), torch.randn(
        BATCH, STEPS, WIDTH, dtype=torch.float64
    )


def turned(vector, place):
    """Return a vector turned pair by pair, each by its matrix."""
    size = len(vector)
    out = torch.empty_like(vector)
    for k in range(size // 2):
        angle = place * 10_000 ** (-2 * k / size)
        turn = torch.tensor(
            [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]],
            dtype=vector.dtype,
        )
        out[[k, k + size // 2]] = turn @ vector[[k, k + size // 2]]
    return out


def from_the_equation(layer, x):
    """Return what attention gives by softmax(q k / sqrt(D)) v, one query at a time."""
    size = WIDTH // HEADS
    q, k, v = layer.queries_keys_values(x).chunk(3, -1)
    out = torch.empty_like(x)
    for b in range(BATCH):
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            for t in range(STEPS):
                query = turned(q[b, t, part], t)
                scores = [query @ turned(k[b, s, part], s) / math.sqrt(size) for s in range(t + 1)]
                out[b, t, part] = torch.stack(scores).softmax(0) @ v[b, : t + 1, part]
    return layer.out(out)


def test_attention_and_all_gradients_are_those_of_the_equation():
    found = []
    for form in (lambda layer, x: layer(x)[0], from_the_equation):
        layer, x = attention_and_data()
        leaves = [x.requires_grad_(), *layer.parameters()]
        out = form(layer, x)
        upstream = torch.randn(
            out.shape, dtype=out.dtype, generator=torch.Generator().manual_seed(1)
        )
        found.append((out, *torch.autograd.grad(out, leaves, upstream)))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("pieces", [(1,) * STEPS, (3, 4), (2, 1, 4)])
def test_in_pieces_with_a_cache_is_all_at_once(pieces):
    layer, x = attention_and_data()
    whole, (keys, values) = layer(x)
    cache, parts = None, []
    for piece in x.split(pieces, 1):
        out, cache = layer(piece, cache)
        parts.append(out)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=0, atol=1e-10)
    torch.testing.assert_close(cache, (keys, values), rtol=0, atol=1e-10)


def test_nothing_comes_from_the_future():
    layer, x = attention_and_data()
    changed = x.clone()
    changed[:, 4:] = 9.0
    torch.testing.assert_close(layer(x)[0][:, :4], layer(changed)[0][:, :4], rtol=0, atol=0)


def test_products_of_turned_vectors_depend_on_their_distance():
    torch.manual_seed(0)
    q, k = torch.randn(2, 1, 8, dtype=torch.float64)
    near = (rotated(q, 5) * rotated(k, 2)).sum()
    far = (rotated(q, 105) * rotated(k, 102)).sum()
    other = (rotated(q, 6) * rotated(k, 2)).sum()
    torch.testing.assert_close(near, far, rtol=0, atol=1e-10)
    assert abs(near - other) > 1e-3
    torch.testing.assert_close(rotated(q).norm(), q.norm())
    both = torch.cat([q, k])
    torch.testing.assert_close(rotated(both, 3)[1:], rotated(k, 4), rtol=0, atol=1e-12)


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match="twice the heads"):
        CausalAttention(12, 4)


def test_a_block_whose_last_layers_are_zero_changes_nothing():
    layer, x = attention_and_data()
    block = Block(layer, WIDTH, 5, dropout=0.5).double()
    assert not torch.equal(block(x)[0], x)
    with torch.no_grad():
        for last in (layer.out, block.on_each[-1]):
            last.weight.zero_()
            last.bias.zero_()
    assert torch.equal(block(x)[0], x)


def test_a_block_is_its_equation_and_drops_only_in_training():
    layer, x = attention_and_data()
    block = Block(layer, WIDTH, 5, dropout=0.5).double().eval()
    _, first, gelu, second = block.on_each
    norm = torch.nn.functional.layer_norm
    middle = x + layer(norm(x, (WIDTH,)))[0]
    expected = middle + second(gelu(first(norm(middle, (WIDTH,)))))
    torch.testing.assert_close(block(x)[0], expected, rtol=0, atol=1e-12)
    assert not torch.equal(block.train()(x)[0], block(x)[0])
