"""How much of a gradient reaches back how far, in a torch layer, by autograd."""

from __future__ import annotations

import numpy as np
import torch


def norms_by_lag(rnn: torch.nn.RNN, inputs: torch.Tensor, upstream: torch.Tensor) -> np.ndarray:
    """Return the norm of dL/dh_{T-k} for every lag k = 0 ... T, with L = upstream . h_T.

    Parameters
    ----------
    rnn : torch.nn.RNN
        One layer, batch first.
    inputs : torch.Tensor (B, T, I)
    upstream : torch.Tensor (H,) or (B, H)

    Returns
    -------
    ndarray (T + 1,)
        Each the norm over all sequences of the batch together.
    """
    h = torch.zeros(1, len(inputs), rnn.hidden_size, dtype=inputs.dtype, requires_grad=True)
    states = [h]
    for t in range(inputs.shape[1]):
        _, h = rnn(inputs[:, t : t + 1], h)
        states.append(h)
    gradients = torch.autograd.grad((h * upstream).sum(), states)
    return np.array([gradient.norm().item() for gradient in reversed(gradients)])
