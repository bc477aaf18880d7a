"""The gradient by lag of a torch layer is what the layer by hand says."""

import numpy as np
import pytest
import torch

from unrolled.byhand import flow
from unrolled.byhand.layers import from_torch
from unrolled.nets.lags import norms_by_lag


def test_norms_by_lag_are_those_of_bptt_by_hand():
    torch.manual_seed(0)
    rnn = torch.nn.RNN(2, 5, batch_first=True).double()
    x, v = torch.randn(3, 7, 2).double(), torch.randn(3, 5).double()
    by_hand = flow.gradient_by_lag(from_torch(rnn), x.numpy(), (v.numpy(),))
    expected = np.linalg.norm(by_hand.reshape(8, -1), axis=1)
    np.testing.assert_allclose(norms_by_lag(rnn, x, v), expected, rtol=1e-10)
    assert all(parameter.grad is None for parameter in rnn.parameters())


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.1])
def test_a_relu_that_is_on_passes_the_multiple_of_the_identity(scale):
    rnn = torch.nn.RNN(1, 4, batch_first=True, nonlinearity="relu").double()
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter.fill_(1.0)
        rnn.weight_hh_l0.copy_(scale * torch.eye(4).double())
    norms = norms_by_lag(rnn, torch.ones(1, 6, 1).double(), torch.ones(4).double())
    np.testing.assert_allclose(norms, 2 * scale ** np.arange(7.0), rtol=1e-12)
