"""Cells that are linear in their state: a step at a time, or all steps at once by a scan.

``h_t = a_t * h_{t-1} + b_t``, where a and b are computed from the input alone. A gate of such a
cell never sees the state; that is the price. What it buys: all a and b of a sequence are known
before the first step, so that `unrolled.byhand.scan` can do the rest in few rounds.

A cell here says how a and b come from x (`coefficients`), and how their gradients go back; the
shape before the last axis is free, (B, I) for a step and (B, T, I) for a sequence. `forward` and
`backward` do one step, as those of `unrolled.byhand.cells`, and run over time in
`unrolled.byhand.layers.Recurrent`; `forward_parallel` and `backward_parallel` do a sequence, and
give the same numbers.
"""

from collections import namedtuple

import numpy as np

from unrolled.byhand.cells import Cell, HiddenState
from unrolled.byhand.functional import sigmoid, softplus
from unrolled.byhand.layers import check_dfinal, check_sequence, check_upstream
from unrolled.byhand.scan import arriving, before, log_space, scan

LinearCache = namedtuple("LinearCache", "x h_prev a")


class LinearCell(Cell):
    """What linear cells share: the recurrence, in both forms, each forward and backward.

    There is no ``weight_hh``: the parameters are ``weight_ih (G*H, I)`` and ``bias_ih (G*H,)``.
    """

    Cache = LinearCache

    def param_shapes(self):
        """Return the shape of each parameter: no weight meets the state."""
        rows = len(self.blocks) * self.hidden_size
        return {"weight_ih": (rows, self.input_size), "bias_ih": (rows,)}

    def coefficients(self, x):
        """Return a and b (..., H) for x (..., I), and the tuple of what else the cache keeps."""
        raise NotImplementedError

    def coefficients_backward(self, da, db, cache):
        """Add the parameters' gradients; return dx (..., I)."""
        raise NotImplementedError

    def forward(self, x, state):
        """Return the next state ``(h,)``, (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        (h_prev,) = state
        a, b, kept = self.coefficients(x)
        return HiddenState(a * h_prev + b), self.Cache(x, h_prev, a, *kept)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev,)``."""
        (dh,) = dstate
        return self.coefficients_backward(dh * cache.h_prev, dh, cache), HiddenState(dh * cache.a)

    def forward_parallel(self, x, initial=None):
        """Return ``outputs (B, T, H)``, the final state ``(h,)`` and a cache, without a loop.

        Parameters
        ----------
        x : ndarray (B, T, I)
        initial : tuple ``(h,)`` of ndarray (B, H); zeros where None
        """
        x, (h_0,) = start(self, x, initial)
        a, b, kept = self.coefficients(x)
        states = scan(a, b, h_0)
        cache = self.Cache(x, before(states, h_0), a, *kept)
        return states, HiddenState(states[:, -1]), cache

    def backward_parallel(self, doutputs, cache, dfinal=None):
        """Add all steps' parameter gradients; return ``dx (B, T, I)`` and ``(dh_0,)``."""
        dh = arriving(cache.a, arriving_by_outputs(self, doutputs, cache.x, dfinal))
        dx = self.coefficients_backward(dh * cache.h_prev, dh, cache)
        return dx, HiddenState(dh[:, 0] * cache.a[:, 0])

    def blocks_of(self, x):
        """Return the pre-activations, one (..., H) for each block of the weights."""
        a = x @ self.params["weight_ih"].T + self.params["bias_ih"]
        return np.split(a, len(self.blocks), axis=-1)

    def blocks_backward(self, x, *da):
        """Add the gradients of the affine map; return dx (..., I)."""
        return affine_backward(self, x, np.concatenate(da, axis=-1))


def start(cell, x, initial):
    """Return x as an array, and the initial state; raise a ValueError unless both fit the cell."""
    x = check_sequence(x, cell)
    state = cell.initial_state(len(x)) if initial is None else initial
    cell.check_step(x[:, 0], state)
    return x, state


def arriving_by_outputs(cell, doutputs, x, dfinal):
    """Return the gradient by the outputs, that by the final h added at the last step."""
    batch, steps, _ = x.shape
    check_upstream(doutputs, (batch, steps, cell.hidden_size))
    if dfinal is None:
        return doutputs
    dh = check_dfinal(dfinal, cell, batch).h[:, None]
    return np.concatenate([doutputs[:, :-1], doutputs[:, -1:] + dh], axis=1)


def affine_backward(cell, x, da):
    """Add the gradients of ``a = W_ih x + b_ih`` over all leading axes; return dx (..., I)."""
    rows = da.reshape(-1, da.shape[-1])
    cell.grads["weight_ih"] += rows.T @ x.reshape(-1, x.shape[-1])
    cell.grads["bias_ih"] += rows.sum(axis=0)
    return da @ cell.params["weight_ih"]


def positive(a):
    """Return a + 1/2 from zero on and sigmoid(a) below: always positive, so it has a logarithm.

    The g of Feng et al. (2024). It is continuous; its slope jumps at zero from 1/4 to 1.
    """
    return np.where(a >= 0, a + 0.5, sigmoid(a))


def positive_slope(n):
    """Return the slope of `positive` where its value is n."""
    return np.where(n >= 0.5, 1, n * (1 - n))


CANDIDATES = {"positive": (positive, positive_slope), "linear": (np.array, np.ones_like)}


def log_positive(a):
    """Return the logarithm of `positive`, which does not underflow."""
    return np.where(a >= 0, np.log(np.maximum(a, 0) + 0.5), -softplus(-a))


class _MinimalCell(LinearCell):
    """What the two minimal cells share: the candidate n, and a form in logarithms."""

    def __init__(self, input_size, hidden_size, *, rng, candidate="positive", dtype=np.float64):
        if candidate not in CANDIDATES:
            known = " or ".join(CANDIDATES)
            raise ValueError(f"A minimal cell got candidate={candidate!r}. It takes {known}.")
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.candidate, self.candidate_slope = CANDIDATES[candidate]

    def log_coefficients(self, x):
        """Return log a and log b (..., H) for x (..., I)."""
        raise NotImplementedError

    def forward_log_space(self, x, initial=None):
        """Return the outputs (B, T, H) as `unrolled.byhand.scan.log_space` computes them.

        The initial state is a state: its logarithm enters as it is. Applying `positive` to it, as
        to a candidate, is the mistake after which the forms agree no longer, not even for zeros
        (`positive` of 0 is 1/2).

        Parameters
        ----------
        x : ndarray (B, T, I)
        initial : tuple ``(h,)`` of ndarray (B, H), not negative; zeros where None

        Raises
        ------
        ValueError
            If the candidate is not positive, or the initial state holds a negative number: there
            is no logarithm.
        """
        if self.candidate is not positive:
            raise ValueError(
                "forward_log_space got a cell whose candidate may be negative, which has no "
                "logarithm. forward_parallel takes it."
            )
        x, (h_0,) = start(self, x, initial)
        if (h_0 < 0).any():
            raise ValueError(
                f"forward_log_space got an initial state that holds {h_0.min():.3g}. A negative "
                "number has no logarithm; forward_parallel takes it."
            )
        with np.errstate(divide="ignore"):  # log 0 is minus infinity, and right
            return log_space(*self.log_coefficients(x), np.log(h_0))


MinGRUCache = namedtuple("MinGRUCache", "x h_prev a z n")


class MinGRUCell(_MinimalCell):
    """The minimal GRU of Feng et al. (2024): ``h = z * h_prev + (1 - z) * n``.

    A GRU without a reset gate whose z and n see the input only: ``z = sigmoid(W_z x + b_z)`` and
    ``n = positive(W_n x + b_n)``. Blocks z, n. Here z keeps, as in this course's GRU; in the paper
    it writes, so its W_z and b_z are the negative of these.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H.
    candidate : str
        "positive", which a form in logarithms needs, or "linear": ``n = W_n x + b_n``.
    rng, dtype
        As in `unrolled.byhand.cells.Cell`.
    """

    blocks = "zn"
    Cache = MinGRUCache

    def coefficients(self, x):
        """Return a and b (..., H) for x (..., I), and z and n for the cache."""
        a_z, a_n = self.blocks_of(x)
        z, n = sigmoid(a_z), self.candidate(a_n)
        return z, (1 - z) * n, (z, n)

    def coefficients_backward(self, da, db, cache):
        """Add the parameters' gradients; return dx (..., I)."""
        z, n = cache.z, cache.n
        da_z = (da - db * n) * z * (1 - z)
        da_n = db * (1 - z) * self.candidate_slope(n)
        return self.blocks_backward(cache.x, da_z, da_n)

    def log_coefficients(self, x):
        """Return log z and log((1 - z) n), (..., H), for x (..., I)."""
        a_z, a_n = self.blocks_of(x)
        return -softplus(-a_z), -softplus(a_z) + log_positive(a_n)


MinLSTMCache = namedtuple("MinLSTMCache", "x h_prev a i f n")


class MinLSTMCell(_MinimalCell):
    """The minimal LSTM of Feng et al. (2024): ``h = f' * h_prev + i' * n``, f' + i' = 1.

    ``f' = f / (f + i)`` and ``i' = i / (f + i)`` of two sigmoids that see the input only, and
    ``n = positive(W_n x + b_n)``; no cell state beside h and no output gate. Blocks i, f, n.
    Parameters are those of `MinGRUCell`.
    """

    blocks = "ifn"
    Cache = MinLSTMCache

    def coefficients(self, x):
        """Return a and b (..., H) for x (..., I), and i, f and n for the cache."""
        a_i, a_f, a_n = self.blocks_of(x)
        i, f, n = sigmoid(a_i), sigmoid(a_f), self.candidate(a_n)
        keep = sigmoid(softplus(-a_i) - softplus(-a_f))  # f / (f + i), also where both are tiny
        return keep, (1 - keep) * n, (i, f, n)

    def coefficients_backward(self, da, db, cache):
        """Add the parameters' gradients; return dx (..., I)."""
        keep, i, f, n = cache.a, cache.i, cache.f, cache.n
        du = (da - db * n) * keep * (1 - keep)  # keep = sigmoid(u), u = log f - log i
        da_i = -du * (1 - i)
        da_f = du * (1 - f)
        da_n = db * (1 - keep) * self.candidate_slope(n)
        return self.blocks_backward(cache.x, da_i, da_f, da_n)

    def log_coefficients(self, x):
        """Return log f' and log(i' n), (..., H), for x (..., I)."""
        a_i, a_f, a_n = self.blocks_of(x)
        u = softplus(-a_i) - softplus(-a_f)
        return -softplus(-u), -softplus(u) + log_positive(a_n)


RGLRUCache = namedtuple("RGLRUCache", "x h_prev a r i log_a s")


class RGLRUCell(LinearCell):
    """The real-gated linear recurrent unit of De et al. (2024): ``h = a h_prev + s (i * x)``.

    ``a = exp(-c softplus(Λ) r)`` with c = 8, and ``s = sqrt(1 - a^2)``: the more is kept, the less
    is written, so that white noise makes the state as large as itself, whatever a is. The gates r
    and i are sigmoids of the input; Λ, ``decay (H,)``, is one number a unit. x is as wide as the
    state.

    Near ``a = 1`` the slope of s by a is infinite. But ``log a`` is a factor of each gradient that
    goes on, and ``log a / s`` tends to zero: multiplied in this order nothing overflows, and
    nothing must be clipped.

    Parameters
    ----------
    size : int
        I and H.
    rng : numpy.random.Generator
        Draws weights as other cells, and Λ so that softplus(Λ) is minus the logarithm of a radius
        between 0.9 and 0.999, its square uniform, as in the authors' code.
    dtype : numpy dtype
    """

    blocks = "ri"
    c = 8.0
    Cache = RGLRUCache

    def __init__(self, size, *, rng, dtype=np.float64):
        super().__init__(size, size, rng=rng, dtype=dtype)
        minus_log_radius = -0.5 * np.log(rng.uniform(0.9**2, 0.999**2, size))
        self.params["decay"] = np.log(np.expm1(minus_log_radius)).astype(dtype)
        self.zero_grad()

    def coefficients(self, x):
        """Return a and b (..., H) for x (..., H), and what the cache keeps beside."""
        a_r, a_i = self.blocks_of(x)
        r, i = np.exp(-softplus(-a_r)), sigmoid(a_i)  # both sigmoids; a tiny r keeps its digits
        log_a = -self.c * softplus(self.params["decay"]) * r
        s = np.sqrt(-np.expm1(2 * log_a))  # 1 - a^2 would lose its digits near a = 1
        return np.exp(log_a), s * i * x, (r, i, log_a, s)

    def coefficients_backward(self, da, db, cache):
        """Add the parameters' gradients; return dx (..., H)."""
        x, _, a, r, i, log_a, s = cache
        over_s = np.divide(log_a, s, out=np.zeros_like(s), where=s > 0)
        by_log_a = da * a * log_a - db * i * x * a**2 * over_s  # dlog_a times log_a
        da_r = by_log_a * (1 - r)
        da_i = db * s * x * i * (1 - i)
        decay = self.params["decay"]
        rate = np.exp(-softplus(-decay)) / softplus(decay)  # of log softplus
        self.grads["decay"] += (by_log_a * rate).reshape(-1, len(decay)).sum(axis=0)
        return db * s * i + self.blocks_backward(x, da_r, da_i)
