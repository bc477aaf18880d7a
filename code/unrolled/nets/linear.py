"""Recurrent layers whose gates do not see the state, so that a scan computes them."""

from __future__ import annotations

import math

import torch
from torch import nn

from unrolled.nets.scan import scan


class MinGRU(nn.Module):
    """The minimal GRU of Feng et al. (2024): gate and candidate are made of the input alone.

    ``z_t = sigmoid(W_z x_t + b_z)``, ``n_t = W_n x_t + b_n``, and
    ``h_t = z_t h_(t-1) + (1 - z_t) n_t``: that of their main text, without the logarithms and the
    positive candidate of their appendix. As in torch's GRU z keeps; in the paper it writes.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H. `weight_ih` ``(2H, I)`` and `bias_ih` ``(2H,)`` have the rows of z, then those of
        the candidate n.
    signed : bool
        True lets the factor of the state be negative: ``2 z_t - 1``, from -1 to 1, instead of
        ``z_t`` (after Grazzi et al. 2024).
    """

    def __init__(self, input_size: int, hidden_size: int, *, signed: bool = False):
        super().__init__()
        self.input_size, self.hidden_size, self.signed = input_size, hidden_size, signed
        self.weight_ih = nn.Parameter(torch.empty(2 * hidden_size, input_size))
        self.bias_ih = nn.Parameter(torch.empty(2 * hidden_size))
        for parameter in self.parameters():  # as torch starts its linear layers
            nn.init.uniform_(parameter, -1 / math.sqrt(input_size), 1 / math.sqrt(input_size))

    def coefficients(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the factor of the state and what is added, each ``(..., H)``; x ``(..., I)``."""
        a_z, n = nn.functional.linear(x, self.weight_ih, self.bias_ih).chunk(2, -1)
        z = torch.sigmoid(a_z)
        return (2 * z - 1 if self.signed else z), (1 - z) * n

    def forward(self, x: torch.Tensor, initial: torch.Tensor | None = None):
        """Return all states ``(B, T, H)`` and the last ``(B, H)``; x ``(B, T, I)``.

        `initial` ``(B, H)`` is the state before the first step; zeros, if it is left out.
        """
        states = scan(*self.coefficients(x), initial)
        return states, states[:, -1]

    def step(self, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        """Return the next state ``(B, H)``; x ``(B, I)``, h ``(B, H)``."""
        a, b = self.coefficients(x)
        return a * h + b

    def start_for_length(self, length: int) -> None:
        """Start the gates for memories of 1 to `length` steps, in place.

        The chrono start of Tallec & Ollivier (2018): b_z is the logarithm of numbers k drawn
        uniformly from 1 to `length` - 1, so that a unit keeps k / (k + 1) a step.

        Raises
        ------
        ValueError
            If `length` is below 2, or the factor may be negative.
        """
        if length < 2 or self.signed:
            raise ValueError(
                f"start_for_length got length={length}, signed={self.signed}; memory begins at 2 "
                "steps, and only a factor from 0 to 1 can be started so."
            )
        with torch.no_grad():
            self.bias_ih.zero_()
            self.bias_ih[: self.hidden_size].uniform_(1, length - 1).log_()
