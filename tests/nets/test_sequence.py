"""Models of vectors read the last real step."""

import pytest
import torch

from unrolled.nets.sequence import SequenceLabeller, SequenceReader


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_reader_reads_the_last_real_step(cell):
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


def test_a_labellers_scores_at_real_steps_do_not_see_the_padding():
    torch.manual_seed(1)
    model = SequenceLabeller("gru", 3, 5, 2)
    inputs, lengths = torch.randn(2, 7, 3), torch.tensor([7, 4])
    spoilt = inputs.clone()
    spoilt[1, 4:] = torch.nan
    one, other = model(inputs, lengths), model(spoilt, lengths)
    assert one.shape == (2, 7, 2)
    assert torch.equal(one[0], other[0])
    assert torch.equal(one[1, :4], other[1, :4])


def test_a_start_and_a_forget_bias_reach_the_layer():
    model = SequenceReader("lstm", 2, 3, recurrent_start="identity", forget_bias=1.5)
    torch.testing.assert_close(model.recurrent.weight_hh_l0, torch.eye(3).repeat(4, 1))
    assert model.recurrent.bias_ih_l0[3:6].tolist() == [1.5] * 3
