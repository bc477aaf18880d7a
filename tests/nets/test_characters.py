"""The character model reads, learns and writes as its docstrings say."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from unrolled.nets.characters import (
    CharacterModel,
    bits_by_character,
    bits_from_nothing,
    in_columns,
    train_characters,
    write_characters,
)

SYMBOLS = 7


def small(seed=0, hidden=6):
    torch.manual_seed(seed)
    return CharacterModel(SYMBOLS, 4, hidden).double()


def some_text(length, seed=0):
    return np.random.default_rng(seed).integers(SYMBOLS, size=length)


def literal_bits(model, numbers):
    scores, _ = model(torch.as_tensor(numbers[None, :-1]))
    p = scores[0].softmax(-1).detach().numpy()
    return -np.log2(p[np.arange(len(numbers) - 1), numbers[1:]])


def test_reading_in_pieces_is_reading_at_once():
    model, numbers = small().eval(), torch.as_tensor(some_text(30).reshape(2, 15))
    whole, last = model(numbers)
    first, state = model(numbers[:, :4])
    rest, end = model(numbers[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, rest], 1), whole, rtol=0, atol=1e-10)
    torch.testing.assert_close(end, last, rtol=0, atol=1e-10)


def test_columns_lie_one_behind_the_other():
    x, y = in_columns(np.arange(12), 3)
    assert x.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert y.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    with pytest.raises(ValueError, match="longer text"):
        in_columns(np.arange(3), 3)


@pytest.mark.parametrize("length", [2, 20, 61, 300])
def test_one_column_costs_what_a_single_reading_costs(length):
    model, text = small(), some_text(length)
    bits = bits_by_character(model, text, columns=1, warm=5)
    np.testing.assert_allclose(bits, literal_bits(model, text), atol=1e-10)


def test_columns_cost_what_a_reading_after_their_warm_up_costs():
    model, text = small(), some_text(100)
    bits = bits_by_character(model, text, columns=3, warm=11)
    np.testing.assert_allclose(bits[:33], literal_bits(model, text[:34]), atol=1e-10)
    second = literal_bits(model, text[33 - 11 : 67])[11:]
    np.testing.assert_allclose(bits[33:66], second, atol=1e-10)
    assert len(bits) == 99


def test_bits_from_nothing_are_means_over_windows():
    model, text = small(), some_text(23)
    windows = [literal_bits(model, text[k : k + 8]) for k in (0, 7, 14)]
    np.testing.assert_allclose(bits_from_nothing(model, text, 7), np.mean(windows, 0), atol=1e-10)


def by_hand(model, numbers, start, columns, steps, updates, rate, carried, warm_up=0.0):
    """Take the steps of training one by one; return the weights."""
    optimizer = torch.optim.Adam(model.parameters(), rate)
    x, y = in_columns(np.roll(numbers, -start), columns)
    state = None
    for done in range(updates):
        piece = slice(done * steps, (done + 1) * steps)
        states, state = model.lstm(model.embedding(x[:, piece]), state)
        state = tuple(part.detach() for part in state) if carried else None
        loss = F.cross_entropy(model.linear(states).flatten(0, 1), y[:, piece].flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        rise = min(1, (done + 1) / (warm_up * updates)) if warm_up else 1
        optimizer.param_groups[0]["lr"] = rate * rise * (1 - done / updates)
        optimizer.step()
    return model


@pytest.mark.parametrize(("carried", "warm_up"), [(True, 0.0), (False, 0.0), (True, 2 / 3)])
def test_training_is_truncated_backpropagation(carried, warm_up):
    text = some_text(60)
    settings = {"columns": 3, "steps": 5, "rate": 0.05, "warm_up": warm_up}
    model = small()
    rng = np.random.default_rng(2)
    train_characters(model, text, rng=rng, budget=45, clip=0.1, carried=carried, **settings)
    start = int(np.random.default_rng(2).integers(60))
    other = by_hand(small(), text, start, updates=3, carried=carried, **settings)
    for one, expected in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(one, expected, rtol=0, atol=1e-10)


def test_training_learns_a_text_that_repeats_and_reports_on_its_way():
    model, text, seen = small(hidden=16).float(), np.tile([0, 3, 1, 0, 5, 2], 60), []
    before = bits_by_character(model, text).mean()
    rng = np.random.default_rng(0)
    train_characters(
        model, text, rng=rng, budget=12_000, steps=12, rate=0.02, at_checkpoint=seen.append
    )
    assert len(seen) == 8
    assert seen[-1] == 12_000
    assert abs(before - math.log2(SYMBOLS)) < 0.3
    assert bits_by_character(model, text).mean() < 0.05
    went_on = write_characters(model, text[None, :9], 6, rng=rng, temperature=0.5)
    assert went_on[0].tolist() == [0, 5, 2, 0, 3, 1]


def test_what_is_written_has_the_models_probabilities():
    model = small(3)
    prompts = np.tile(some_text(4, seed=9), (4000, 1))
    first = write_characters(model, prompts, 1, rng=np.random.default_rng(1), temperature=0.3)
    scores = model(torch.as_tensor(prompts[:1]))[0][0, -1] / 0.3
    often = np.bincount(first[:, 0], minlength=SYMBOLS) / 4000
    np.testing.assert_allclose(often, scores.softmax(-1).detach().numpy(), atol=0.03)
    best = write_characters(model, prompts[:3], 1, rng=np.random.default_rng(1), top_p=1e-9)
    assert (best == scores.argmax().item()).all()
