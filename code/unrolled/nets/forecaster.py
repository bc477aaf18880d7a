"""Forecasts of the next hours by PyTorch: a line or a recurrent network, on the same inputs."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from unrolled.data.series import DAY, WEEKEND
from unrolled.nets.layers import recurrent_layer


class Forecaster(nn.Module):
    """Return forecasts from the values of the past hours, and from what is known in advance.

    ``"line"`` is one matrix: each output is a weighted sum of all inputs. ``"two lines"`` has other
    weights of the past on Saturdays and Sundays. A cell reads the past hour by hour, each with what
    is known in advance and with the hour of the day; the head reads its last state.

    Parameters
    ----------
    reader : {"line", "two lines", "rnn", "lstm", "gru"}
    past : int
        P, hours that are read; the last one ends a day.
    known : int
        K, numbers that are known in advance, those of `unrolled.data.series.calendar` first.
    hidden_size : int
        H, units of the cell; lines have none.
    ahead : int
        Hours to forecast.
    levels : int
        Forecasts for each hour: 1, or Q quantiles.
    """

    def __init__(
        self,
        reader: str,
        past: int,
        known: int,
        hidden_size: int = 32,
        *,
        ahead: int = DAY,
        levels: int = 1,
    ):
        super().__init__()
        self.past, self.shape = past, (ahead, levels)
        self.recurrent, features = None, past + known
        self.by_weekend = reader == "two lines"
        if self.by_weekend:
            features += past
        elif reader != "line":
            self.recurrent, features = recurrent_layer(reader, 3 + known, hidden_size), hidden_size
        self.head = nn.Linear(features, ahead * levels)
        angle = 2 * math.pi * (torch.arange(past) - past) / DAY
        clock = torch.stack([angle.sin(), angle.cos()], dim=1)  # (P, 2)
        self.register_buffer("clock", clock, persistent=False)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return ``(B, ahead, levels)`` from inputs ``(B, P + K)``: the past, then the known.

        Raises
        ------
        ValueError
            If there is less in a row than the past.
        """
        if inputs.ndim != 2 or inputs.shape[1] < self.past:
            raise ValueError(
                f"inputs has shape {tuple(inputs.shape)}; expected (B, {self.past} + K): the past "
                "hours, then what is known in advance."
            )
        features = with_weekend(inputs, self.past) if self.by_weekend else inputs
        if self.recurrent is not None:
            outputs, _ = self.recurrent(self.steps_of(inputs))  # (B, P, H)
            features = outputs[:, -1]
        return self.head(features).unflatten(1, self.shape)

    def steps_of(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return what the cell reads at each hour ``(B, P, 3 + K)``: value, clock, the known."""
        past, known = inputs[:, : self.past, None], inputs[:, None, self.past :]
        clock = self.clock.expand(len(inputs), -1, -1)
        return torch.cat([past, clock, known.expand(-1, self.past, -1)], dim=2)


def with_weekend(inputs, past: int):
    """Return inputs ``(B, P + K)`` and their past once more, zero but on Saturdays and Sundays.

    Array or tensor. A line through the result has weights of the past for all days, and what to add
    to them on a weekend.
    """
    weekend = inputs[:, past:][:, WEEKEND].sum(1)[:, None]  # (B, 1): 1 or 0
    join = torch.cat if isinstance(inputs, torch.Tensor) else np.concatenate
    return join([inputs, weekend * inputs[:, :past]], 1)


def pinball_loss(
    forecasts: torch.Tensor, targets: torch.Tensor, levels: torch.Tensor
) -> torch.Tensor:
    """Return the mean of twice the pinball loss, a scalar: at the level 0.5 the absolute error.

    Parameters
    ----------
    forecasts : torch.Tensor
        ``(..., Q)``, a quantile for each level.
    targets : torch.Tensor
        ``(...)``
    levels : torch.Tensor
        ``(Q,)`` between 0 and 1.
    """
    above = targets[..., None] - forecasts
    return 2 * torch.maximum(levels * above, (levels - 1) * above).mean()
