"""The two cells of xLSTM (Beck et al. 2024): exponential gates, a normaliser, a stabiliser.

The input gate is ``exp(a_i)``, which nothing bounds, so that one input can outweigh all before it.
What was kept is therefore divided by what was written: the normaliser n. And as exp soon leaves the
range of the numbers, both are kept divided by ``exp(m)``, where the stabiliser m is the logarithm
of the largest gate product so far: ``m = max(log f + m_prev, a_i)``.

What m is changes no output, for it cancels. So backward takes it as a constant. (Its derivative,
which max would give, is multiplied by a sum that is zero.) A loss may read h; it may read c, n or C
of the last state only as products with ``exp(m)``, as the steps that follow do.

With ``stabilise=False`` m stays zero, and the cells are the equations as they stand: to be looked
at where they break. ``forget`` says whether the forget gate is a sigmoid or exponential, too.

`SLSTMCell` sees its own h, so that it must go step by step. `MLSTMCell` does not: its memory is a
matrix that all inputs can be written into at once, and it has a parallel form of T x T weights.
"""

from collections import namedtuple

import numpy as np

from unrolled.byhand.cells import Cell
from unrolled.byhand.functional import sigmoid, softplus
from unrolled.byhand.linear import affine_backward, arriving_by_outputs, start

FORGET_GATES = ("sigmoid", "exp")


class _ExponentialCell(Cell):
    """What both cells share: the logarithm of the forget gate, the stabiliser, the start.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H.
    forget : str
        "sigmoid" or "exp".
    stabilise : bool
        Whether m follows the largest gate; otherwise it is zero.
    rng, dtype
        As in `unrolled.byhand.cells.Cell`.
    """

    def __init__(
        self, input_size, hidden_size, *, rng, forget="sigmoid", stabilise=True, dtype=np.float64
    ):
        if forget not in FORGET_GATES:
            name = type(self).__name__
            raise ValueError(f"{name} got forget={forget!r}. It takes {' or '.join(FORGET_GATES)}.")
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.forget, self.stabilise = forget, stabilise

    def initial_state(self, batch):
        """Return the state of an empty memory: zeros, and m the logarithm of nothing written."""
        state = super().initial_state(batch)
        return state._replace(m=np.full_like(state.m, -np.inf)) if self.stabilise else state

    def log_forget(self, a_f):
        """Return log f for the pre-activation of the forget gate."""
        return -softplus(-a_f) if self.forget == "sigmoid" else a_f

    def log_forget_backward(self, dlog_f, log_f):
        """Return the gradient by the forget gate's pre-activation."""
        return dlog_f * -np.expm1(log_f) if self.forget == "sigmoid" else dlog_f

    def gates(self, a_i, log_f, m_prev):
        """Return the input and the forget gate, both in units of the new exp(m), and m."""
        kept = log_f + m_prev
        m = np.maximum(kept, a_i) if self.stabilise else np.zeros_like(a_i)
        return np.exp(a_i - m), np.exp(kept - m), m


SLSTMState = namedtuple("SLSTMState", "h c n m")  # (B, H) each
SLSTMCache = namedtuple("SLSTMCache", "x h_prev c_prev n_prev i f g o log_f c n")


class SLSTMCell(_ExponentialCell):
    """The sLSTM of Beck et al. (2024): ``c = f c_prev + i g``, ``n = f n_prev + i``, ``h = o c/n``.

    Blocks i, f, g, o, of which all see x and h_prev (one head; g is the paper's z). c / n is a
    mean of all g so far, weighted by the gates. Because h comes back into the gates, there is no
    parallel form.
    """

    blocks = "ifgo"
    State = SLSTMState

    def forward(self, x, state):
        """Return the next state ``(h, c, n, m)``, each (B, H), and the cache for `backward`."""
        self.check_step(x, state)
        h_prev, c_prev, n_prev, m_prev = state
        p = self.params
        a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
        a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)  # (B, 4H) -> four (B, H)
        log_f, g, o = self.log_forget(a_f), np.tanh(a_g), sigmoid(a_o)
        i, f, m = self.gates(a_i, log_f, m_prev)
        c = f * c_prev + i * g
        n = f * n_prev + i
        cache = SLSTMCache(x, h_prev, c_prev, n_prev, i, f, g, o, log_f, c, n)
        return SLSTMState(o * c / n, c, n, m), cache

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I)`` and the state's gradient.

        The part by m that comes in is not read, m being a constant. The part by m that goes out is
        right where a state is given whose m may be moved.
        """
        dh, dc, dn, _ = dstate
        x, h_prev, c_prev, n_prev, i, f, g, o, log_f, c, n = cache
        dc = dc + dh * o / n
        dn = dn - dh * o * c / n**2
        da_i = (dc * g + dn) * i
        dlog_f = (dc * c_prev + dn * n_prev) * f
        da_g = dc * i * (1 - g**2)
        da_o = dh * c / n * o * (1 - o)
        da_f = self.log_forget_backward(dlog_f, log_f)
        da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)  # (B, 4H)
        dx, dh_prev = self._add_grads(x, h_prev, da, da)
        return dx, SLSTMState(dh_prev, dc * f, dn * f, dlog_f)


MLSTMState = namedtuple("MLSTMState", "h C n m")  # (B, H), (B, H, K), (B, K), (B, 1)
Written = namedtuple("Written", "q k v a_i log_f o")  # (..., K), K, H, 1, 1, H


class _MatrixCell(_ExponentialCell):
    """What x alone says in an mLSTM: queries, keys, values and gates, of different sizes."""

    blocks = "qkvifo"
    State = MLSTMState

    def __init__(self, input_size, hidden_size, *, key_size=None, **settings):
        self.key_size = hidden_size if key_size is None else key_size
        if self.key_size < 1:
            raise ValueError(f"An mLSTM got key_size={key_size}. It must be at least 1.")
        super().__init__(input_size, hidden_size, **settings)

    def block_sizes(self):
        """Return how many rows of the weights each block has."""
        return self.key_size, self.key_size, self.hidden_size, 1, 1, self.hidden_size

    def param_shapes(self):
        """Return the shape of each parameter: no weight meets the state."""
        rows = sum(self.block_sizes())
        return {"weight_ih": (rows, self.input_size), "bias_ih": (rows,)}

    def rows(self, block):
        """Return where a block stands in the weights."""
        at, sizes = self.blocks.index(block), self.block_sizes()
        return slice(sum(sizes[:at]), sum(sizes[: at + 1]))

    def state_shapes(self, batch):
        """Return the shape of each part of the state."""
        size, keys = self.hidden_size, self.key_size
        return MLSTMState((batch, size), (batch, size, keys), (batch, keys), (batch, 1))

    def written(self, x):
        """Return q, k, v, a_i, log f and o for x (..., I)."""
        a = x @ self.params["weight_ih"].T + self.params["bias_ih"]
        q, k, v, a_i, a_f, a_o = np.split(a, np.cumsum(self.block_sizes())[:-1], axis=-1)
        return Written(q, k / self.key_size**0.5, v, a_i, self.log_forget(a_f), sigmoid(a_o))

    def written_backward(self, dq, dk, dv, da_i, dlog_f, do, cache):
        """Add the parameters' gradients; return dx (..., I)."""
        da_f = self.log_forget_backward(dlog_f, cache.log_f)
        da_o = do * cache.o * (1 - cache.o)
        da = [dq, dk / self.key_size**0.5, dv, da_i, da_f, da_o]
        return affine_backward(self, cache.x, np.concatenate(da, axis=-1))


MLSTMCache = namedtuple("MLSTMCache", "x C_prev n_prev q k v i f o log_f C n nq floor read")
AtOnceCache = namedtuple("AtOnceCache", "x C_0 n_0 q k v o log_f C n weights kept nq floor read")


class MLSTMCell(_MatrixCell):
    """The mLSTM of Beck et al. (2024): a matrix of keys and values, ``C = f C_prev + i v k^T``.

    A query reads ``C q``, divided by ``max(|n q|, 1)`` with ``n = f n_prev + i k``, and an output
    gate shows ``h = o * read``. Everything is computed from x alone. One head: i and f are one
    number a sequence and step. Blocks q, k (K rows each), v (H), i, f (1 each), o (H); keys are
    divided by the root of K.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H, the size of values and of h.
    key_size : int, optional
        K, the size of keys and queries; H if left out, as in the paper.
    rng, forget, stabilise, dtype
        As in `SLSTMCell`.
    """

    def forward(self, x, state):
        """Return the next state ``(h, C, n, m)`` and the cache that `backward` needs."""
        self.check_step(x, state)
        _, C_prev, n_prev, m_prev = state
        q, k, v, a_i, log_f, o = self.written(x)
        i, f, m = self.gates(a_i, log_f, m_prev)  # (B, 1) each
        C = f[..., None] * C_prev + (i * v)[..., None] * k[:, None]  # (B, H, K)
        n = f * n_prev + i * k
        nq, floor = np.sum(n * q, axis=1, keepdims=True), one_in_units_of(m)
        read = np.einsum("bhk,bk->bh", C, q) / np.maximum(np.abs(nq), floor)
        cache = MLSTMCache(x, C_prev, n_prev, q, k, v, i, f, o, log_f, C, n, nq, floor, read)
        return MLSTMState(o * read, C, n, m), cache

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I)`` and the state's gradient.

        As to m, see `SLSTMCell.backward`. No weight reads h_prev: its gradient is zero.
        """
        dh, dC, dn, _ = dstate
        q, k, v, i, f = cache.q, cache.k, cache.v, cache.i, cache.f
        dnum, dnq = read_backward(dh * cache.o, cache)
        dC = dC + dnum[..., None] * q[:, None]
        dn = dn + dnq * q
        dq = np.einsum("bhk,bh->bk", cache.C, dnum) + dnq * cache.n
        dv = i * np.einsum("bhk,bk->bh", dC, k)
        dk = i * (np.einsum("bhk,bh->bk", dC, v) + dn)
        da_i = np.sum(dk * k, axis=1, keepdims=True)  # k and i stand in the same products
        dlog_f = f * memory_products(dC, cache.C_prev, dn, cache.n_prev)
        dx = self.written_backward(dq, dk, dv, da_i, dlog_f, dh * cache.read, cache)
        return dx, MLSTMState(np.zeros_like(dh), dC * f[..., None], dn * f, dlog_f)

    def forward_parallel(self, x, initial=None):
        """Return ``outputs (B, T, H)``, the final state and a cache, without a loop over time.

        A long sequence is better given in pieces, each from the final state of the one before:
        T x T numbers become fewer, and in float32 more exact.

        Parameters
        ----------
        x : ndarray (B, T, I)
        initial : tuple ``(h, C, n, m)``; an empty memory where None
        """
        x, state = start(self, x, initial)
        written = self.written(x)
        memory, cache = attend(written, state, self.stabilise)
        outputs = written.o * cache.read
        return outputs, MLSTMState(outputs[:, -1], *memory), cache._replace(x=x)

    def backward_parallel(self, doutputs, cache, dfinal=None):
        """Add all steps' parameter gradients; return ``dx (B, T, I)`` and the initial state's.

        As to m, see `SLSTMCell.backward`.
        """
        dh = arriving_by_outputs(self, doutputs, cache.x, dfinal)
        dh_0, dC, dn, _ = self.initial_state(len(dh)) if dfinal is None else dfinal
        dread = read_backward(dh * cache.o, cache)
        (dq, dk, dv), (dC_0, dn_0) = attend_backward(*dread, dC, dn, cache)
        da_i = np.sum(dk * cache.k, axis=2, keepdims=True)
        # f_t scales whatever is read from step t on, except what was written from step t on
        scaled = np.sum(dq * cache.q, axis=2, keepdims=True) - da_i
        scaled[:, -1] += memory_products(dC, cache.C, dn, cache.n)
        dlog_f = np.cumsum(scaled[:, ::-1], axis=1)[:, ::-1]
        dx = self.written_backward(dq, dk, dv, da_i, dlog_f, dh * cache.read, cache)
        dm_0 = memory_products(dC_0, cache.C_0, dn_0, cache.n_0)
        return dx, MLSTMState(np.zeros_like(dh_0), dC_0, dn_0, dm_0)


def gates_at_once(a_i, log_f, m_0, stabilise=True):
    """Return how much of step s is left at t (B, T, T), of the initial memory, and m (B, T, 1).

    The logarithm of the first is the sum of log f from s + 1 to t, plus a_i of s. All is in units
    of exp(m), and m the largest logarithm in a row, which is the m of the recurrent form. As in
    `unrolled.byhand.scan.log_space`, the sum loses digits over a long sequence.
    """
    total = np.cumsum(log_f, axis=1)  # (B, T, 1)
    logs = total - (total - a_i).swapaxes(1, 2)  # (B, T, T)
    logs = np.where(np.tri(logs.shape[1], dtype=bool), logs, -np.inf)  # nothing from later
    kept = total + m_0[:, None]
    largest = np.maximum(logs.max(axis=2, keepdims=True), kept)
    m = largest if stabilise else np.zeros_like(largest)
    return np.exp(logs - m), np.exp(kept - m), m


def attend(written, initial, stabilise=True):
    """Return the memory after the last step, ``(C, n, m)``, and a cache with all that was read.

    Each query meets each key up to its own, as in attention; instead of a softmax, products of
    gates weigh them. It takes T x T numbers a sequence.

    Parameters
    ----------
    written : Written
        Of a sequence: q and k (B, T, K), v and o (B, T, H), a_i and log_f (B, T, 1).
    initial : tuple ``(h, C, n, m)``
    stabilise : bool
    """
    q, k, v, a_i, log_f, o = written
    _, C_0, n_0, m_0 = initial
    weights, kept, m = gates_at_once(a_i, log_f, m_0, stabilise)
    seen = weights * (q @ k.swapaxes(1, 2))  # (B, T, T)
    num = seen @ v + kept * (q @ C_0.swapaxes(1, 2))  # (B, T, H)
    nq = seen.sum(axis=2, keepdims=True) + kept * (q @ n_0[..., None])  # (B, T, 1)
    floor = one_in_units_of(m)
    read = num / np.maximum(np.abs(nq), floor)
    last = weights[:, -1, :, None]  # (B, T, 1)
    C = kept[:, -1:] * C_0 + (last * v).swapaxes(1, 2) @ k
    n = kept[:, -1] * n_0 + np.sum(last * k, axis=1)
    cache = AtOnceCache(None, C_0, n_0, q, k, v, o, log_f, C, n, weights, kept, nq, floor, read)
    return (C, n, m[:, -1]), cache


def attend_backward(dnum, dnq, dC, dn, cache):
    """Return the gradients by q, k and v, and by the C and n of the initial memory.

    Parameters
    ----------
    dnum, dnq : ndarray (B, T, H), (B, T, 1)
        The gradients by ``C q`` and ``n q`` of every step.
    dC, dn : ndarray (B, H, K), (B, K)
        The gradients by the memory after the last step.
    cache : AtOnceCache
    """
    q, k, v, weights, kept = cache.q, cache.k, cache.v, cache.weights, cache.kept
    last = weights[:, -1, :, None]
    dqk = weights * (dnum @ v.swapaxes(1, 2) + dnq)  # (B, T, T)
    seen = weights * (q @ k.swapaxes(1, 2))
    dq = dqk @ k + kept * (dnum @ cache.C_0 + dnq * cache.n_0[:, None])
    dk = dqk.swapaxes(1, 2) @ q + last * (v @ dC + dn[:, None])
    dv = seen.swapaxes(1, 2) @ dnum + last * (k @ dC.swapaxes(1, 2))
    dC_0 = (kept * dnum).swapaxes(1, 2) @ q + kept[:, -1:] * dC
    dn_0 = np.sum(kept * dnq * q, axis=1) + kept[:, -1] * dn
    return (dq, dk, dv), (dC_0, dn_0)


def one_in_units_of(m):
    """Return exp(-m): what 1 is where all is divided by exp(m). Infinity, where nothing is left."""
    with np.errstate(over="ignore"):
        return np.exp(-m)


def read_backward(dread, cache):
    """Return the gradients by ``C q`` and by ``n q`` of ``read = C q / max(|n q|, floor)``."""
    nq, floor = cache.nq, cache.floor
    divisor = np.maximum(np.abs(nq), floor)
    ddivisor = -np.sum(dread * cache.read, axis=-1, keepdims=True) / divisor
    return dread / divisor, np.where(np.abs(nq) > floor, np.sign(nq) * ddivisor, 0)


def memory_products(dC, C, dn, n):
    """Return each sequence's sum of ``dC * C`` and ``dn * n`` (B, 1): a gradient by their scale."""
    return (np.sum(dC * C, axis=(1, 2)) + np.sum(dn * n, axis=1))[:, None]
