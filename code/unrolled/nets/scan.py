"""A linear recurrence over time in logarithmically many rounds, with its gradients.

The recurrence is ``h_t = a_t * h_(t-1) + b_t``, entry by entry. Two steps after each other are one
step of the same form, ``(a_2 a_1, a_2 b_1 + b_2)``, and it does not matter which are joined first.
So neighbours are joined in pairs, all pairs at once; what is left is half as long and is treated
likewise (Blelloch 1990). The work is about twice a loop's, in 2 log2(T) rounds instead of T steps.
"""

from __future__ import annotations

import torch


def scan(a: torch.Tensor, b: torch.Tensor, initial: torch.Tensor | None = None) -> torch.Tensor:
    """Return all states of ``h_t = a_t * h_(t-1) + b_t``, ``(B, T, H)``.

    Gradients are scans, too, and may be differentiated again.

    Parameters
    ----------
    a, b : torch.Tensor ``(B, T, H)``
        T at least 1.
    initial : torch.Tensor ``(B, H)``, optional
        The state before the first step; zeros, if it is left out.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    return _Scan.apply(*_checked(a, b, initial))


def loop(a: torch.Tensor, b: torch.Tensor, initial: torch.Tensor | None = None) -> torch.Tensor:
    """Return what `scan` returns, step after step; gradients are autograd's."""
    a, b, h = _checked(a, b, initial)
    states = []
    for a_t, b_t in zip(a.unbind(1), b.unbind(1), strict=True):
        h = a_t * h + b_t
        states.append(h)
    return torch.stack(states, 1)


def _checked(a, b, initial):
    """Return the three, zeros where there is no initial state; raise where shapes do not fit."""
    if a.ndim != 3 or a.shape != b.shape or a.shape[1] == 0:
        raise ValueError(
            f"The recurrence got a {tuple(a.shape)} and b {tuple(b.shape)}; both must be (B, T, H) "
            "with T at least 1."
        )
    first = b.new_zeros(b[:, 0].shape) if initial is None else initial
    if first.shape != b[:, 0].shape:
        raise ValueError(
            f"The recurrence got an initial state {tuple(first.shape)}; for b {tuple(b.shape)} it "
            f"must be {tuple(b[:, 0].shape)}."
        )
    return a, b, first


class _Scan(torch.autograd.Function):
    """The scan as one node of torch's graph: forward from the left, backward from the right."""

    @staticmethod
    def forward(ctx, a, b, initial):
        first = torch.addcmul(b[:, :1], a[:, :1], initial[:, None])
        states = joined(a, torch.cat([first, b[:, 1:]], 1))
        ctx.save_for_backward(a, states, initial)
        return states

    @staticmethod
    def backward(ctx, dstates):
        """Each state reaches the loss by itself and by the next: ``dh_t += a_(t+1) dh_(t+1)``."""
        a, states, initial = ctx.saved_tensors
        later = torch.cat([a[:, 1:], torch.zeros_like(a[:, :1])], 1)  # a_(t+1), and then nothing
        db = scan(later.flip(1), dstates.flip(1)).flip(1)
        before = torch.cat([initial[:, None], states[:, :-1]], 1)  # h_(t-1)
        return db * before, db, db[:, 0] * a[:, 0]


def joined(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the states from zero by joining neighbours, ``(B, T, H)``; without gradients."""
    steps = a.shape[1]
    if steps == 1:
        return b
    even, odd = slice(0, steps - 1, 2), slice(1, steps, 2)
    pairs_b = torch.addcmul(b[:, odd], a[:, odd], b[:, even])
    after_pairs = joined(a[:, odd] * a[:, even], pairs_b)  # the states at 1, 3, 5, ...
    states = torch.empty_like(b)
    states[:, odd] = after_pairs
    states[:, 0] = b[:, 0]
    rest = slice(2, steps, 2)
    before = after_pairs[:, : (steps - 1) // 2]
    torch.addcmul(b[:, rest], a[:, rest], before, out=states[:, rest])
    return states
