"""A name chooses torch's layer; a choice that a layer does not have is refused."""

import pytest

from unrolled.nets.choices import TORCH_CELLS
from unrolled.nets.layers import TORCH_LAYERS, recurrent_layer


@pytest.mark.parametrize("cell", TORCH_CELLS)
def test_a_name_chooses_torchs_layer_batch_first_and_a_layer_stays_as_it_is(cell):
    layer = recurrent_layer(cell, 2, 3)
    assert isinstance(layer, TORCH_LAYERS[cell])
    assert type(layer).__name__.lower() == cell
    assert layer.batch_first
    assert recurrent_layer(layer, 7, 8) is layer


def test_relu_is_the_plain_rnns_choice():
    assert recurrent_layer("rnn", 2, 3, nonlinearity="relu").nonlinearity == "relu"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: recurrent_layer("elman", 2, 3), "cell is 'elman'; choose one of rnn, lstm, gru"),
        (lambda: recurrent_layer("gru", 2, 3, forget_bias=1), "only the LSTM has a forget gate"),
        (lambda: recurrent_layer("lstm", 2, 3, nonlinearity="relu"), "only the plain RNN"),
    ],
)
def test_wrong_choices_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
