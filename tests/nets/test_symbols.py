"""One model for four kinds: each reads in pieces as at once, and is scored by the same windows."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from unrolled.data.batching import Batch
from unrolled.nets.characters import bits_by_character, train_characters, write_characters
from unrolled.nets.symbols import KINDS, Shape, SymbolModel, bits_in_windows, symbol_loss

SYMBOLS, CLASSES = 7, 5
SHAPE = Shape(width=12, layers=2, inner=9, embedding=5, heads=3)


def small(kind, classes=CLASSES, seed=0):
    torch.manual_seed(seed)
    return SymbolModel(kind, SYMBOLS, classes, SHAPE).eval()


def some(*shape, seed=0):
    return torch.as_tensor(np.random.default_rng(seed).integers(SYMBOLS, size=shape))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pieces", [(4, 11), (1,) * 15])
def test_reading_in_pieces_is_reading_at_once(kind, pieces):
    model, numbers = small(kind), some(3, 15)
    whole, last = model(numbers)
    assert whole.shape == (3, 15, CLASSES)
    state, parts = None, []
    for piece in numbers.split(pieces, 1):
        scores, state = model(piece, state)
        parts.append(scores)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=0, atol=1e-5)
    torch.testing.assert_close(state, last, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_no_score_knows_what_comes_later(kind):
    model, numbers = small(kind), some(2, 9)
    changed = numbers.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % SYMBOLS
    torch.testing.assert_close(model(changed)[0][:, :5], model(numbers)[0][:, :5])
    assert (model(changed)[0][:, 5:] != model(numbers)[0][:, 5:]).any(-1).all()


@pytest.mark.parametrize(("kind", "parts"), [("lstm", 4), ("gru", 2), ("mingru", 2)])
def test_the_state_of_recurrent_layers_does_not_grow_and_that_of_a_transformer_does(kind, parts):
    for steps in (1, 6):
        state = small(kind)(some(3, steps))[1]
        assert [tuple(part.shape) for part in state] == [(1, 3, 12)] * parts
        grown = small("transformer")(some(3, steps))[1]
        assert [tuple(part.shape) for part in grown] == [(3, 3, steps, 4)] * 4


def test_the_gru_is_that_of_torch():
    model, numbers = small("gru"), some(3, 8)
    theirs = torch.nn.GRU(5, 12, num_layers=2, batch_first=True)
    for layer, ours in enumerate(model.layers):
        for name, value in ours.layer.named_parameters():
            theirs.get_parameter(name.replace("_0", f"_l{layer}")).data = value.data
    expected = model.linear(theirs(model.embedding(numbers))[0])
    torch.testing.assert_close(model(numbers)[0], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_gets_a_gradient(kind):
    model, numbers = small(kind).train(), some(3, 8)
    scores, _ = model(numbers)
    (scores * torch.randn_like(scores)).sum().backward()
    assert all(weight.grad.abs().max() > 0 for weight in model.parameters())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns_a_text_that_repeats_and_goes_on_writing_it(kind):
    model, text = small(kind, SYMBOLS), np.tile([0, 3, 1, 0, 5, 2], 60)
    carried = kind != "transformer"
    before = bits_in_windows(model, text, warm=9, window=9)
    assert before.mean() > 2
    rng = np.random.default_rng(0)
    settings = {"budget": 24_000, "steps": 18, "rate": 0.02, "carried": carried, "warm_up": 0.1}
    train_characters(model, text, rng=rng, **settings)
    assert bits_in_windows(model, text, warm=9, window=9).mean() < 0.05
    went_on = write_characters(model, text[None, :9], 6, rng=rng, temperature=0.3)
    assert went_on[0].tolist() == [0, 5, 2, 0, 3, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_windows_cost_what_they_cost_when_each_is_read_alone(kind):
    model, text = small(kind, SYMBOLS), some(43).numpy()
    found = bits_in_windows(model, text, warm=4, window=6, batch=2)
    assert found.shape == (6, 6)
    for start, row in zip(range(4, 43, 6), found, strict=False):
        scores = model(torch.as_tensor(text[None, start - 4 : start + 6]))[0][0].double()
        p = scores.softmax(-1).detach().numpy()
        expected = [-math.log2(p[3 + k, text[start + k]]) for k in range(6)]
        np.testing.assert_allclose(row, expected, atol=1e-5)
    with pytest.raises(ValueError, match="text enough"):
        bits_in_windows(model, text[:9], warm=4, window=6)


@pytest.mark.parametrize("kind", ["lstm", "gru", "mingru"])
def test_a_text_read_with_the_state_carried_costs_what_a_single_reading_costs(kind):
    model, text = small(kind, SYMBOLS), some(50).numpy()
    p = model(torch.as_tensor(text[None, :-1]))[0][0].double().softmax(-1).detach().numpy()
    expected = -np.log2(p[np.arange(49), text[1:]])
    found = bits_by_character(model, text, columns=3, warm=10)
    np.testing.assert_allclose(found[:17], expected[:17], atol=1e-5)  # the first column
    assert found.shape == (49,)


def test_an_unknown_kind_is_told_the_known_ones():
    with pytest.raises(ValueError, match="lstm, gru, mingru"):
        SymbolModel("rnn", 3, 3, SHAPE)


@pytest.mark.parametrize("kind", ["lstm", "gru", "mingru"])
def test_gates_start_for_a_length_where_that_is_asked_for(kind):
    torch.manual_seed(0)
    model = SymbolModel(kind, SYMBOLS, CLASSES, replace(SHAPE, width=300, memory=80))
    for layer in model.layers:
        if kind == "mingru":
            keeps = layer.mixer.bias_ih[:300]
        else:
            name = {"lstm": "bias_ih_l0", "gru": "bias_ih_0"}[kind]
            keeps = layer.layer.get_parameter(name)[300:600]  # f of i, f, g, o; z of r, z, n
        steps = keeps.detach().exp()
        assert 1 <= steps.min() < 3
        assert 76 < steps.max() <= 79.01


def test_the_embedding_of_blocks_starts_as_wide_as_asked():
    torch.manual_seed(0)
    model = SymbolModel("mingru", 400, CLASSES, replace(SHAPE, width=30, start=0.02))
    assert model.embedding.weight.std().item() == pytest.approx(0.02, rel=0.05)


def test_the_loss_counts_only_what_is_asked_for():
    model, numbers = small("lstm"), some(2, 6)
    targets = np.full((2, 6), -100)
    targets[0, 3], targets[1, 5] = 4, 1
    found = symbol_loss(model, Batch(numbers.numpy(), np.full(2, 6), targets))
    p = model(numbers)[0].softmax(-1)
    expected = -(p[0, 3, 4].log() + p[1, 5, 1].log()) / 2
    torch.testing.assert_close(found, expected)
