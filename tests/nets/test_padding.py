"""What reads around padding reads each row to its own end, and wrong lengths are refused."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.padding import last_read_states, turn_round
from unrolled.nets.sequence import SequenceLabeller, SequenceReader


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_turning_round_twice_gives_the_sequences_back(lengths):
    sequences = torch.arange(len(lengths) * 6 * 2).reshape(len(lengths), 6, 2)
    lengths = torch.tensor(lengths)
    turned = turn_round(sequences, lengths)
    assert torch.equal(turn_round(turned, lengths), sequences)
    for row, back, n in zip(sequences, turned, lengths.tolist(), strict=True):
        assert torch.equal(back[:n], row[:n].flip(0))
        assert torch.equal(back[n:], row[n:])


def test_last_pooling_reads_the_backward_direction_at_the_first_step():
    torch.manual_seed(3)
    layer = nn.LSTM(3, 4, batch_first=True, bidirectional=True).double()
    inputs = torch.randn(2, 5, 3, dtype=torch.float64)
    outputs, (final, _) = layer(inputs)
    read = last_read_states(outputs, torch.tensor([5, 5]), bidirectional=True)
    torch.testing.assert_close(read, torch.cat([final[0], final[1]], dim=1))


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
