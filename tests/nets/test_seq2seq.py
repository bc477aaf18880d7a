"""Encoder and decoder: padding changes nothing, beams find the best, attention is that by hand."""

import itertools

import numpy as np
import pytest
import torch

from unrolled.byhand.attention import DotAttention
from unrolled.nets.seq2seq import (
    BEGIN,
    END,
    PAD,
    EncoderDecoder,
    batches_of,
    beam_search,
    greedy,
    in_order_of_length,
    pad_rows,
    teacher_forcing_loss,
    without_rest,
)

ROWS = [[3, 4, 5, 6], [4, 3], [7, 7, 3], [5]]
ANSWERS = [[3, 5], [4, 4, 4], [5], [3]]


def made(attention=True, seed=0, **options):
    torch.manual_seed(seed)
    return EncoderDecoder(8, 6, 5, 4, attention=attention, **options).double().eval()


def batch():
    return next(batches_of(ROWS, ANSWERS, 4, np.random.default_rng(0), alike=False))


@pytest.mark.parametrize("attention", [True, False])
def test_padding_changes_no_logit_and_no_loss(attention):
    model = made(attention)
    table, lengths = pad_rows(ROWS, 7)
    targets, _ = pad_rows([[*row, END] for row in ANSWERS])
    together = model(table, lengths, targets)
    for row, length in enumerate(lengths):
        alone = model(table[row : row + 1, :length], lengths[row : row + 1], targets[row : row + 1])
        torch.testing.assert_close(together[row], alone[0])
    spoilt = table.clone()
    spoilt[torch.arange(7) >= lengths[:, None]] = 5
    torch.testing.assert_close(model(spoilt, lengths, targets), together)


@pytest.mark.parametrize("attention", [True, False])
def test_a_network_that_reads_padding_answers_by_its_neighbours(attention):
    model = made(attention, reads_padding=True)
    short = pad_rows([[3, 4]]), pad_rows([[3, 4]], 6)
    targets = torch.tensor([[3, END]])
    narrow, wide = (model(*source, targets) for source in short)
    assert (narrow - wide).abs().max() > 1e-4


def test_the_attention_is_that_by_hand():
    model = made()
    table, lengths = pad_rows(ROWS)
    memory = model.encode(table, lengths)
    previous = torch.tensor([[BEGIN, 3], [BEGIN, 4], [BEGIN, 5], [BEGIN, 3]])
    _, _, weights = model.decode(previous, memory)
    queries, _ = model.decoder(model.target(previous), memory.start)
    for step in range(2):
        query, states = queries[:, step].detach().numpy(), memory.states.detach().numpy()
        _, by_hand, _ = DotAttention().forward(query, states, lengths.numpy())
        np.testing.assert_allclose(weights[:, step].detach().numpy(), by_hand, atol=1e-10)
    assert torch.equal(without_rest(weights, lengths), weights)


def test_teacher_forcing_tells_the_right_past_and_counts_no_padding():
    model, pairs = made(), batch()
    logits = model(*pairs)
    memory = model.encode(pairs.inputs, pairs.lengths)
    state, losses = None, []
    previous = torch.full((4, 1), BEGIN)
    for step in range(pairs.targets.shape[1]):  # one symbol at a time gives the same
        one, state, _ = model.decode(previous, memory, state)
        torch.testing.assert_close(one[:, 0], logits[:, step])
        previous = pairs.targets[:, step : step + 1]
        real = previous[:, 0] != PAD
        chosen = one[:, 0].log_softmax(-1).gather(1, previous)[:, 0]
        losses += (-chosen[real]).tolist()
    torch.testing.assert_close(teacher_forcing_loss(model, pairs).item(), float(np.mean(losses)))


@torch.no_grad()
def probability_of(model, table, lengths, row):
    """Return the log-probability that the model gives to a row of symbols."""
    targets = torch.tensor([row])
    logits = model(table, lengths, targets)
    logits[..., [PAD, BEGIN]] = -torch.inf
    return float(logits.log_softmax(-1)[0].gather(1, targets.T).sum())


@pytest.mark.parametrize("attention", [True, False])
def test_a_wide_beam_finds_the_likeliest_of_all_rows(attention):
    model = made(attention, seed=3)
    with torch.no_grad():
        model.head.weight *= 6  # opinions strong enough to differ
    table, lengths = pad_rows(ROWS)
    found = beam_search(model, table, lengths, 3, 200)
    symbols = (3, 4, 5)
    every = [(*row, END) for size in range(3) for row in itertools.product(symbols, repeat=size)]
    every += itertools.product(symbols, repeat=3)  # cut off at the limit
    for number in range(len(ROWS)):
        one = table[number : number + 1], lengths[number : number + 1]
        values = {row: probability_of(model, *one, row) for row in every}
        best = max(values, key=values.get)
        assert found[number] == [symbol for symbol in best if symbol != END]
        alone = beam_search(model, *one, 3, 200)
        assert alone == [found[number]], "a word's answer does not hang on its neighbours"


def test_a_beam_of_one_is_greedy_and_both_stop_at_the_limit():
    model = made(seed=1)
    table, lengths = pad_rows(ROWS)
    rows, weights = greedy(model, table, lengths, 5)
    assert beam_search(model, table, lengths, 5, 1) == rows
    assert all(len(row) <= 5 and not {PAD, BEGIN, END} & set(row) for row in rows)
    assert weights.shape[0::2] == (4, 4)
    torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:2]).double())
    assert greedy(made(attention=False), table, lengths, 5)[1] is None


def test_dividing_by_the_length_favours_longer_rows():
    model = made(seed=2)
    table, lengths = pad_rows(ROWS)
    plain, divided = (
        beam_search(model, table, lengths, 6, 30, by_length=power) for power in (0.0, 1.0)
    )
    assert sum(map(len, divided)) > sum(map(len, plain))


@pytest.mark.parametrize("alike", [True, False])
def test_a_pass_shows_each_pair_once(alike):
    rng = np.random.default_rng(5)
    rows = [rng.integers(3, 8, size=size).tolist() for size in rng.integers(1, 9, size=50)]
    shown = []
    for pairs in batches_of(rows, rows, 4, rng, alike=alike):
        for source, length, target in zip(*pairs, strict=True):
            row = source[:length].tolist()
            assert target[: length + 1].tolist() == [*row, END]
            assert not target[length + 1 :].any()
            assert not source[length:].any()
            shown.append(row)
    assert sorted(shown) == sorted(rows)


def test_rows_of_one_length_come_together():
    places = [part.tolist() for part in in_order_of_length([[1], [1, 2], [3], [4]], 2)]
    assert places == [[0, 2], [3], [1]]


def test_a_small_network_learns_to_turn_words_round():
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    model = EncoderDecoder(8, 8, 8, 16)
    rows = [rng.integers(3, 8, size=size).tolist() for size in rng.integers(1, 4, size=300)]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(12):
        for pairs in batches_of(rows, [row[::-1] for row in rows], 30, rng):
            optimizer.zero_grad()
            teacher_forcing_loss(model, pairs).backward()
            optimizer.step()
    table, lengths = pad_rows(rows)
    written, _ = greedy(model, table, lengths, 5)
    assert np.mean([a == b[::-1] for a, b in zip(written, rows, strict=True)]) > 0.9


def test_odd_widths_and_empty_beams_are_refused():
    with pytest.raises(ValueError, match="hidden_size is 5"):
        EncoderDecoder(8, 6, 5, 5)
    with pytest.raises(ValueError, match="width is 0"):
        beam_search(made(), *pad_rows(ROWS), 3, 0)
