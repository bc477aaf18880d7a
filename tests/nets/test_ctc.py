"""The network that writes down strings: padding changes nothing, and its loss is CTC's."""

import numpy as np
import torch

from unrolled.byhand.ctc import ctc_loss
from unrolled.nets.ctc import Scribe, ctc_per_label, read_off

LENGTHS = torch.tensor([7, 4, 9])


def scribe_and_inputs():
    torch.manual_seed(0)
    return Scribe(5, 6, 4).double(), torch.randn(3, 9, 5, dtype=torch.float64)


def test_padding_changes_no_score_before_it():
    model, inputs = scribe_and_inputs()
    changed = inputs.clone()
    for row, length in enumerate(LENGTHS):
        changed[row, length:] = 99.0
    one, other = model(inputs, LENGTHS), model(changed, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = model(inputs[row : row + 1, :length], LENGTHS[row : row + 1])[0]
        assert torch.equal(one[row, :length], other[row, :length])
        np.testing.assert_allclose(one[row, :length].detach(), alone.detach(), atol=1e-12)
    assert one.shape == (3, 9, 4)


def test_the_loss_a_label_is_that_by_hand():
    model, inputs = scribe_and_inputs()
    labels, counts = torch.tensor([[1, 1, 2], [3, 0, 0], [2, 3, 0]]), torch.tensor([3, 1, 2])
    logits = model(inputs, LENGTHS)
    by_hand = sum(
        ctc_loss(one[:length].detach().numpy(), row[:count].tolist())[0]
        for one, length, row, count in zip(logits, LENGTHS, labels, counts, strict=True)
    )
    loss = ctc_per_label(logits, LENGTHS, labels, counts)
    np.testing.assert_allclose(loss.item(), by_hand / 6, atol=1e-10)


def test_padding_is_not_read():
    logits = torch.zeros(2, 4, 3)
    logits[0, torch.arange(4), torch.tensor([1, 0, 1, 2])] = 1.0
    logits[1, torch.arange(4), torch.tensor([2, 2, 1, 1])] = 1.0
    assert read_off(logits, torch.tensor([4, 2])) == [[1, 1, 2], [2]]
