"""Weights start as the names say, and other names are refused."""

import math

import pytest
import torch
from torch import nn

from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.initialization import (
    start_forget_bias,
    start_recurrent_weights,
    start_xavier_weights,
)
from unrolled.nets.layers import recurrent_layer


def test_forget_bias_is_the_sum_of_both_bias_vectors():
    layer = recurrent_layer("lstm", 2, 3, forget_bias=1.5)
    total = layer.bias_ih_l0 + layer.bias_hh_l0
    assert total[3:6].tolist() == [1.5] * 3
    assert not torch.isclose(total[:3], torch.tensor(1.5)).any()


def test_forget_bias_reaches_both_directions():
    layer = nn.LSTM(2, 3, bidirectional=True)
    start_forget_bias(layer, 2.0)
    total = layer.bias_ih_l0_reverse + layer.bias_hh_l0_reverse
    assert total[3:6].tolist() == [2.0] * 3


@pytest.mark.parametrize(("cell", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_recurrent_starts_fill_each_gate(cell, gates):
    layer = recurrent_layer(cell, 2, 3)
    before = layer.weight_hh_l0.clone()
    start_recurrent_weights(layer, "default")
    assert torch.equal(layer.weight_hh_l0, before)
    start_recurrent_weights(layer, "identity")
    torch.testing.assert_close(layer.weight_hh_l0, torch.eye(3).repeat(gates, 1))
    start_recurrent_weights(layer, "orthogonal")
    for block in layer.weight_hh_l0.split(3):
        torch.testing.assert_close(block @ block.T, torch.eye(3))


def test_an_unknown_start_is_named():
    with pytest.raises(ValueError, match="recurrent_start is 'zero'; choose one of default, ortho"):
        start_recurrent_weights(nn.RNN(2, 3), "zero")


def test_xavier_keeps_the_bound_of_each_block_and_empties_the_biases():
    model = SentimentClassifier(9, 5, 40, bidirectional=True, pooling="mean+max")
    start_xavier_weights(model)
    for block in model.forwards.weight_ih_l0.split(40):
        assert 0.95 * math.sqrt(6 / 45) < block.abs().max() <= math.sqrt(6 / 45)
    assert model.head.weight.abs().max() <= math.sqrt(6 / (160 + 1))
    assert not any(p.any() for name, p in model.named_parameters() if "bias" in name)
