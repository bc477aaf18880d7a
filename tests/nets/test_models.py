"""The torch models read the last real step, and padding changes nothing."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from unrolled.nets.classifier import POOLINGS, SentimentClassifier
from unrolled.nets.initialization import start_forget_bias
from unrolled.nets.layers import TORCH_LAYERS
from unrolled.nets.padding import last_read_states, real_steps, turn_round
from unrolled.nets.sequence import SequenceLabeller, SequenceReader


def random_state(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_regressor_reads_the_last_real_step(cell):
    torch.manual_seed(1)
    model = SequenceReader(cell, input_size=3, hidden_size=5, output_size=2).double()
    inputs = torch.randn(4, 7, 3, dtype=torch.float64)
    lengths = torch.tensor([7, 1, 4, 6])
    together = model(inputs, lengths)
    alone = torch.cat(
        [model(row[None, :n]) for row, n in zip(inputs, lengths.tolist(), strict=True)]
    )
    assert together.shape == (4, 2)
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_amount_and_content_of_padding_change_no_logit(cell, bidirectional, pooling):
    torch.manual_seed(2)
    model = SentimentClassifier(
        11, 4, 5, cell=cell, bidirectional=bidirectional, pooling=pooling, dropout=0.5
    ).double()
    model.eval()
    inputs = torch.randint(2, 11, (3, 6), generator=random_state())
    lengths = torch.tensor([6, 2, 4])
    garbage = torch.randint(2, 11, (3, 9), generator=random_state(1))
    for row, n in enumerate(lengths.tolist()):
        garbage[row, :n] = inputs[row, :n]
    alone = torch.cat(
        [model(inputs[r : r + 1, :n], lengths[r : r + 1]) for r, n in enumerate(lengths.tolist())]
    )
    torch.testing.assert_close(model(inputs, lengths), alone, rtol=0, atol=1e-12)
    torch.testing.assert_close(model(garbage, lengths), alone, rtol=0, atol=1e-12)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_turning_round_twice_gives_the_sequences_back(lengths):
    sequences = torch.arange(len(lengths) * 6 * 2).reshape(len(lengths), 6, 2)
    lengths = torch.tensor(lengths)
    turned = turn_round(sequences, lengths)
    assert torch.equal(turn_round(turned, lengths), sequences)
    for row, back, n in zip(sequences, turned, lengths.tolist(), strict=True):
        assert torch.equal(back[:n], row[:n].flip(0))
        assert torch.equal(back[n:], row[n:])


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_bidirectional_states_equal_torchs_packed_ones(cell):
    torch.manual_seed(4)
    model = SentimentClassifier(11, 4, 5, cell=cell, bidirectional=True).double()
    torchs = TORCH_LAYERS[cell](4, 5, batch_first=True, bidirectional=True).double()
    names = dict(torchs.named_parameters())
    with torch.no_grad():
        for layer, suffix in ((model.forwards, ""), (model.backwards, "_reverse")):
            for name, value in layer.named_parameters():
                names[name + suffix].copy_(value)
    embedded = torch.randn(3, 7, 4, dtype=torch.float64)
    lengths = torch.tensor([3, 7, 1])
    packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
    theirs, _ = pad_packed_sequence(torchs(packed)[0], batch_first=True)
    ours = model.states(embedded, lengths)
    real = real_steps(lengths, 7)
    torch.testing.assert_close(ours[real], theirs[real], rtol=0, atol=1e-12)


def test_last_pooling_reads_the_backward_direction_at_the_first_step():
    torch.manual_seed(3)
    layer = nn.LSTM(3, 4, batch_first=True, bidirectional=True).double()
    inputs = torch.randn(2, 5, 3, dtype=torch.float64)
    outputs, (final, _) = layer(inputs)
    read = last_read_states(outputs, torch.tensor([5, 5]), bidirectional=True)
    torch.testing.assert_close(read, torch.cat([final[0], final[1]], dim=1))


def test_forget_bias_is_the_sum_of_both_bias_vectors():
    model = SequenceReader("lstm", 2, 3, forget_bias=1.5)
    total = model.recurrent.bias_ih_l0 + model.recurrent.bias_hh_l0
    assert total[3:6].tolist() == [1.5] * 3
    assert not torch.isclose(total[:3], torch.tensor(1.5)).any()


def test_forget_bias_reaches_both_directions():
    layer = nn.LSTM(2, 3, bidirectional=True)
    start_forget_bias(layer, 2.0)
    total = layer.bias_ih_l0_reverse + layer.bias_hh_l0_reverse
    assert total[3:6].tolist() == [2.0] * 3


@pytest.mark.parametrize(("cell", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_recurrent_starts_fill_each_gate(cell, gates):
    identity = SequenceReader(cell, 2, 3, recurrent_start="identity").recurrent.weight_hh_l0
    torch.testing.assert_close(identity, torch.eye(3).repeat(gates, 1))
    orthogonal = SequenceReader(cell, 2, 3, recurrent_start="orthogonal").recurrent.weight_hh_l0
    for block in orthogonal.split(3):
        torch.testing.assert_close(block @ block.T, torch.eye(3))


def test_relu_is_the_plain_rnns_choice():
    model = SequenceReader("rnn", 2, 3, nonlinearity="relu")
    assert model.recurrent.nonlinearity == "relu"


def test_padding_embedding_is_zero_and_stays_zero():
    model = SentimentClassifier(6, 3, 4, padding_idx=0)
    model(torch.tensor([[2, 3, 0]]), torch.tensor([3])).sum().backward()
    assert model.embedding.weight[0].abs().sum() == 0
    assert model.embedding.weight.grad[0].abs().sum() == 0
    assert model.embedding.weight.grad[2].abs().sum() > 0


def test_embeddings_start_with_the_given_spread():
    model = SentimentClassifier(5_000, 20, 4, embedding_std=0.3)
    assert model.embedding.weight[1:].std().item() == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SequenceReader("elman", 2, 3), "cell is 'elman'; choose one of rnn, lstm, gru"),
        (lambda: SequenceReader("gru", 2, 3, forget_bias=1), "only the LSTM has a forget gate"),
        (lambda: SequenceReader("lstm", 2, 3, nonlinearity="relu"), "only the plain RNN"),
        (lambda: SequenceReader("rnn", 2, 3, recurrent_start="zero"), "recurrent_start is"),
        (lambda: SentimentClassifier(5, 2, 3, pooling="first"), "pooling is 'first'; choose one"),
    ],
)
def test_wrong_choices_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ([3, 0], "lengths runs from 0 to 3; each must be from 1 to T = 4"),
        ([3, 5], "lengths runs from 3 to 5"),
        ([3], r"lengths has shape \(1,\); expected \(2,\)"),
        ([3.0, 2.0], "lengths has type torch.float32; expected whole numbers"),
        ([3.0, torch.nan], "lengths has type torch.float32; expected whole numbers"),
        ([True, True], "lengths has type torch.bool; expected whole numbers"),
    ],
)
def test_wrong_lengths_are_refused(lengths, message):
    for given_lengths in (lengths, torch.tensor(lengths)):
        for model, inputs in (
            (SentimentClassifier(5, 2, 3), torch.ones(2, 4, dtype=torch.int64)),
            (SequenceReader("gru", 2, 3), torch.ones(2, 4, 2)),
            (SequenceLabeller("gru", 2, 3, 2), torch.ones(2, 4, 2)),
        ):
            with pytest.raises(ValueError, match=message):
                model(inputs, given_lengths)


@pytest.mark.parametrize("lengths", [[3, None], ["3", "4"], "34"])
def test_lengths_that_are_no_numbers_are_refused(lengths):
    with pytest.raises(ValueError, match=r"lengths is .* expected 2 whole numbers"):
        SentimentClassifier(5, 2, 3)(torch.ones(2, 4, dtype=torch.int64), lengths)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_lengths_may_be_a_list_or_an_array(pooling):
    model = SentimentClassifier(11, 4, 5, pooling=pooling, bidirectional=True)
    inputs, tensor = torch.randint(2, 11, (3, 6), generator=random_state()), torch.tensor([6, 2, 4])
    for lengths in (tensor.tolist(), tensor.numpy(), tensor.int()):
        assert torch.equal(model(inputs, lengths), model(inputs, tensor))
        states = model.states(model.embedding(inputs), lengths)
        assert torch.equal(model.pool(states, lengths), model.pool(states, tensor))


@pytest.mark.parametrize(
    ("number", "message"),
    [(5, r"run from 0 to 5; .* 5 tokens, numbered from 0 to 4"), (-1, "run from -1 to 1; ")],
)
def test_token_numbers_beyond_the_vocabulary_are_refused(number, message):
    inputs = torch.ones(2, 4, dtype=torch.int64)
    inputs[0, 1] = number
    with pytest.raises(ValueError, match=message):
        SentimentClassifier(5, 2, 3)(inputs, torch.tensor([4, 2]))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (torch.zeros(4, 3), r"inputs has shape \(4, 3\); expected \(B, T, I\)"),
        (torch.zeros(0, 4, 3), r"inputs has shape \(0, 4, 3\)"),
        (torch.zeros(2, 0, 3), r"inputs has shape \(2, 0, 3\)"),
        (torch.zeros(2, 4, 3, dtype=torch.int64), "inputs has type torch.int64; .* real inputs"),
        ([[[0.0, 1.0, 2.0]]], "inputs is a list; expected a tensor"),
        (None, "inputs is a NoneType; expected a tensor"),
    ],
)
def test_wrong_inputs_are_refused(inputs, message):
    with pytest.raises(ValueError, match=message):
        SequenceReader("rnn", 3, 2)(inputs)


@pytest.mark.parametrize("inputs", [torch.ones(2, 4), torch.zeros(0, 4, dtype=torch.int64)])
def test_a_classifier_takes_filled_tables_of_whole_numbers(inputs):
    with pytest.raises(ValueError, match=r"expected \(B, T\) token numbers"):
        SentimentClassifier(5, 2, 3)(inputs, [4] * len(inputs))


def test_attention_weights_are_a_mean_over_real_steps_only():
    model = SentimentClassifier(11, 4, 5, pooling="attention", bidirectional=True).double()
    states = torch.randn(3, 6, 10, dtype=torch.float64, generator=random_state())
    lengths = torch.tensor([6, 2, 4])
    weights = model.attention_weights(states, lengths)
    torch.testing.assert_close(weights.sum(1), torch.ones(3, dtype=torch.float64))
    assert (weights[~real_steps(lengths, 6)] == 0).all()
    assert weights[real_steps(lengths, 6)].min() > 0
    by_hand = torch.stack([w @ s for w, s in zip(weights, states, strict=True)])
    torch.testing.assert_close(model.pool(states, lengths), by_hand)
    with pytest.raises(ValueError, match="pools by 'mean'"):
        SentimentClassifier(11, 4, 5, pooling="mean").attention_weights(states, lengths)


def test_embedding_dropout_is_apart_from_that_of_the_features():
    model = SentimentClassifier(11, 4, 5, dropout=0.0, embedding_dropout=0.9)
    inputs, lengths = torch.randint(2, 11, (2, 6), generator=random_state()), torch.tensor([6, 6])
    assert model.embedding_dropout.p == 0.9
    assert model.dropout.p == 0.0
    assert not torch.equal(model(inputs, lengths), model(inputs, lengths))
    both = SentimentClassifier(11, 4, 5, dropout=0.3)
    assert both.embedding_dropout.p == both.dropout.p == 0.3
