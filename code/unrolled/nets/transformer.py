"""A small causal Transformer: attention that looks back, and the blocks that it stands in."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

Cache = tuple[torch.Tensor, torch.Tensor]  # keys and values, each (B, heads, t, D)


def rotated(x: torch.Tensor, start: int = 0) -> torch.Tensor:
    """Return vectors turned by their place, so that products of two depend on their distance.

    Rotary positions (Su et al. 2021, RoFormer, equation 34): pairs of entries (k, k + D/2) are
    turned by the angle ``place * 10000 ** (-2k / D)``.

    Parameters
    ----------
    x : torch.Tensor ``(..., T, D)``
        D is even.
    start : int
        The place of the first.
    """
    steps, half = x.shape[-2], x.shape[-1] // 2
    places = torch.arange(start, start + steps, device=x.device, dtype=x.dtype)
    pace = torch.exp(-math.log(10_000) / half * torch.arange(half, device=x.device, dtype=x.dtype))
    angle = places[:, None] * pace  # (T, D/2)
    cos, sin = angle.cos(), angle.sin()
    left, right = x.chunk(2, -1)
    return torch.cat([left * cos - right * sin, left * sin + right * cos], -1)


class CausalAttention(nn.Module):
    """Attention of each step to itself and all before it (Vaswani et al. 2017), rotary positions.

    Parameters
    ----------
    width : int
        E, of inputs and outputs.
    heads : int
        How many look back side by side, each with E / heads entries.

    Raises
    ------
    ValueError
        If the heads do not divide the width into even parts.
    """

    def __init__(self, width: int, heads: int):
        super().__init__()
        if width % (2 * heads):
            raise ValueError(
                f"CausalAttention got width={width} for heads={heads}; rotary positions turn "
                "pairs, so the width must be a multiple of twice the heads."
            )
        self.heads = heads
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: torch.Tensor, cache: Cache | None = None):
        """Return ``(B, T, E)``, and the keys and values of all steps so far.

        `cache` holds those of the steps before x ``(B, T, E)``, where there were any.
        """
        seen = 0 if cache is None else cache[0].shape[2]
        q, k, v = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, heads, T, D)
            for part in self.queries_keys_values(x).chunk(3, -1)
        )
        q, k = rotated(torch.stack([q, k]), seen)
        if cache is not None:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        looked = F.scaled_dot_product_attention(q, k, v, **_may_see(x.shape[1], seen, x.device))
        return self.out(looked.transpose(1, 2).flatten(2)), (k, v)


def _may_see(steps: int, seen: int, device) -> dict:
    """Return which steps each may look at, as `scaled_dot_product_attention` is told."""
    if steps == 1 or seen == 0:
        return {"is_causal": steps > 1}
    return {"attn_mask": torch.ones(steps, seen + steps, device=device).tril(seen).bool()}


class Block(nn.Module):
    """What mixes steps and then a network on each step, both added to what was there.

    The layer norms stand before them (Xiong et al. 2020).

    Parameters
    ----------
    mixer : torch.nn.Module
        ``mixer(x, state)`` returns ``(B, T, E), state``: attention, or a recurrent layer.
    width, inner : int
        E, and the hidden units of the network on each step.
    dropout : float
        Share of what both add that is zeroed in training.
    """

    def __init__(self, mixer: nn.Module, width: int, inner: int, *, dropout: float = 0.0):
        super().__init__()
        self.before_mixer, self.mixer = nn.LayerNorm(width), mixer
        self.on_each = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, state=None):
        """Return ``(B, T, E)`` and the mixer's state; x ``(B, T, E)``."""
        mixed, state = self.mixer(self.before_mixer(x), state)
        x = x + self.dropout(mixed)
        return x + self.dropout(self.on_each(x)), state
