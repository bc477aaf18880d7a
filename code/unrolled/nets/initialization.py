"""How recurrent layers of torch start: forget biases, orthogonal and Glorot weights, in place."""

from __future__ import annotations

import torch
from torch import nn


def start_forget_bias(layer: nn.LSTM, value: float) -> None:
    """Set the sum of the two forget biases of each direction to `value`, in place."""
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            _, forget, _, _ = parameter.chunk(4)  # rows: i, f, g, o
            if name.startswith("bias_ih"):
                forget.fill_(value)
            elif name.startswith("bias_hh"):
                forget.zero_()


def start_for_length(layer: nn.LSTM | nn.GRU, length: int) -> None:
    """Start the gates for memories of 1 to `length` steps, in place.

    The chrono start of Tallec & Ollivier (2018): the forget biases are the logarithms of numbers
    drawn uniformly from 1 to `length` - 1, the input biases their negatives. A unit with forget
    bias ln(n) keeps n / (n + 1) per step, so half-lives spread over the length. In a GRU the
    update gate, which in torch's form keeps the old state, gets those of the forget gate.

    Raises
    ------
    ValueError
        If the layer is neither an LSTM nor a GRU, or `length` is below 2.
    """
    if not isinstance(layer, nn.LSTM | nn.GRU):
        raise ValueError(
            f"start_for_length got {layer}; only the gates of nn.LSTM and nn.GRU can be started so."
        )
    if length < 2:
        raise ValueError(f"start_for_length got length={length}; memory begins at 2 steps.")
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith("bias"):
                parameter.zero_()
            if name.startswith("bias_ih"):
                blocks = parameter.split(layer.hidden_size)  # i, f, g, o or r, z, n
                blocks[1].uniform_(1, length - 1).log_()
                if isinstance(layer, nn.LSTM):
                    blocks[0].copy_(-blocks[1])


def start_recurrent_weights(layer: nn.RNNBase, start: str) -> None:
    """Fill `weight_hh` of each gate in place: "default" leaves it, else "orthogonal"/"identity"."""
    fillers = {"orthogonal": nn.init.orthogonal_, "identity": nn.init.eye_}
    if start == "default":
        return
    if start not in fillers:
        raise ValueError(
            f"recurrent_start is {start!r}; choose one of default, {', '.join(fillers)}."
        )
    for name, parameter in layer.named_parameters():
        if name.startswith("weight_hh"):
            with torch.no_grad():
                for block in parameter.split(layer.hidden_size):
                    fillers[start](block)


def start_xavier_weights(module: nn.Module) -> None:
    """Fill the weights of recurrent and linear layers by Glorot & Bengio (2010), in place.

    Each gate's block is filled for itself: uniformly up to ``sqrt(6 / (fan_in + fan_out))``, so
    that signals and gradients keep their variance on average. The biases become zero.
    """
    with torch.no_grad():
        for layer in module.modules():
            if isinstance(layer, nn.RNNBase | nn.Linear):
                rows = layer.hidden_size if isinstance(layer, nn.RNNBase) else layer.out_features
                for name, parameter in layer.named_parameters():
                    if name.startswith("bias"):
                        parameter.zero_()
                    else:
                        for block in parameter.split(rows):
                            nn.init.xavier_uniform_(block)
