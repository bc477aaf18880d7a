"""How far a gradient reaches: step Jacobians, their products, norms by lag, half-life, windows.

All functions take the NumPy layers. The lag k of a gradient is the number of steps between the
state it arrives at and the state the loss reads: lag k means ``h_{T-k}``.
"""

from contextlib import contextmanager

import numpy as np

from unrolled.byhand.cells import RNNCell
from unrolled.byhand.layers import Recurrent, check_dfinal


def step_jacobian(cell, x, state):
    """Return the Jacobian of one step: d state_t / d state_{t-1} at one point.

    The cell's own `backward` is fed the identity, one row a unit, so that the Jacobian of every
    cell comes from the code that trains it. For the plain RNN it equals diag(1 - h**2) W_hh.

    Parameters
    ----------
    cell : Cell
    x : ndarray (I,)
        The input of that step.
    state : tuple ``(h,)`` or ``(h, c)``, each part (H,)
        The state before the step. A part of another shape, such as (H, H), is read row by row.

    Returns
    -------
    ndarray (S, S), with S = H, or 2H for (h, c)
        Row: a unit after the step; column: a unit before.
    """
    sizes = [part.size for part in state]
    size = sum(sizes)
    repeated = tuple(np.repeat(part[None], size, axis=0) for part in state)
    _, cache = cell.forward(np.tile(x, (size, 1)), repeated)
    blocks = np.split(np.eye(size, dtype=state[0].dtype), np.cumsum(sizes)[:-1], axis=1)
    upstream = tuple(b.reshape(part.shape) for b, part in zip(blocks, repeated, strict=True))
    with _grads_untouched(cell):
        _, dprev = cell.backward(upstream, cache)
    return _side_by_side(dprev)


def step_jacobians(layer, x, state=None):
    """Return the Jacobians of all steps of one sequence.

    Parameters
    ----------
    layer : Recurrent
    x : ndarray (T, I)
    state : like the cell's state without the batch axis, optional

    Returns
    -------
    ndarray (T, S, S)
        Entry t is d state_{t+1} / d state_t, counting states from the initial one as 0.
    """
    cell = layer.cell
    one = cell.initial_state(1) if state is None else tuple(part[None] for part in state)
    jacobians = []
    for x_t in x:
        jacobians.append(step_jacobian(cell, x_t, tuple(part[0] for part in one)))
        one, _ = cell.forward(x_t[None], one)
    return np.stack(jacobians)


def jacobian_products(jacobians):
    """Return d state_T / d state_{T-k} for every lag k, by the chain rule.

    Parameters
    ----------
    jacobians : ndarray (T, S, S)
        From `step_jacobians`.

    Returns
    -------
    ndarray (T + 1, S, S)
        Entry k is J_T J_{T-1} ... J_{T-k+1}; entry 0 is the identity.
    """
    products = [np.eye(jacobians.shape[1])]
    for jacobian in jacobians[::-1]:
        products.append(products[-1] @ jacobian)
    return np.stack(products)


def gradient_by_lag(layer, x, dfinal, state=None):
    """Backpropagate a gradient from the last state and return it at every lag.

    Parameters
    ----------
    layer : Recurrent
    x : ndarray (B, T, I)
    dfinal : tuple like the state: ``(dh,)`` or ``(dh, dc)``, each (B, H)
        The gradient of the loss by the last state.
    state : like the state, optional
        The initial one; zeros where None.

    Returns
    -------
    ndarray (T + 1, B, S)
        Entry k is the gradient of the loss by state_{T-k}; the parts of (h, c) stand side by side.

    Raises
    ------
    ValueError
        If `dfinal` is not shaped like the state.
    """
    _, _, caches = layer.forward(x, state)
    dstate = check_dfinal(dfinal, layer.cell, len(x))
    gradients = [_side_by_side(dstate)]
    with _grads_untouched(layer.cell):
        for _, cache in reversed(caches):
            _, dstate = layer.cell.backward(dstate, cache)
            gradients.append(_side_by_side(dstate))
    return np.stack(gradients)


def lstm_paths(layer, x, dh):
    """Return an LSTM's gradient by lag: all of it, and what the two straight paths bring.

    Along c, only the blocks dc_t/dc_{t-1} are multiplied, which in the LSTM are diag(f_t); along h,
    only the blocks dh_t/dh_{t-1}. Paths that change from one to the other are in neither, but in
    the whole.
    All three are taken in the same network, with the gates that it really had.

    Parameters
    ----------
    layer : Recurrent
        With an LSTMCell or one of `unrolled.byhand.variants`.
    x : ndarray (T, I)
        One sequence, from a zero state.
    dh : ndarray (H,)
        The gradient of the loss by the last h.

    Returns
    -------
    dict of str to ndarray
        "all" (T + 1, 2H) is the gradient by (h, c) at every lag. "along c" and "along h", each
        (T + 1, H): at lag 0 what reaches c_T through h_T, which is dh * dh_T/dc_T, and `dh` itself.

    Raises
    ------
    ValueError
        If the layer's cell has no state (h, c), or no gates i and f by these names in its cache.
    """
    cell = layer.cell
    if cell.State._fields != ("h", "c"):
        raise ValueError(
            f"lstm_paths got a {type(cell).__name__}, whose state is "
            f"({', '.join(cell.State._fields)}). Give a layer with an LSTMCell: the paths are its "
            "h and c."
        )
    size = cell.hidden_size
    jacobians = step_jacobians(layer, x)
    _, _, caches = layer.forward(x[None])
    into_c = _through_h_into_c(cell, dh, caches[-1].cache)
    whole, along_c, along_h = [np.append(dh, np.zeros(size))], [into_c], [dh]
    for jacobian in jacobians[::-1]:
        whole.append(whole[-1] @ jacobian)
        along_c.append(along_c[-1] @ jacobian[size:, size:])
        along_h.append(along_h[-1] @ jacobian[:size, :size])
    return {"all": np.stack(whole), "along c": np.stack(along_c), "along h": np.stack(along_h)}


def _through_h_into_c(cell, dh, cache):
    """Return ``dh * dh_T/dc_T`` (H,): what the last step's `backward` sends through h into c.

    With the forget gate held open and the input gate shut, c_T is c_{T-1}, so what the cell's own
    `backward` returns for c_{T-1} is what had reached c_T.
    """
    held = {"f": np.ones((1, len(dh))), "i": np.zeros((1, len(dh)))}
    names = getattr(cache, "_fields", ())
    if names:
        cache = cache._replace(**{name: value for name, value in held.items() if name in names})
    zero, one = np.zeros((1, len(dh))), np.ones((1, len(dh)))
    with _grads_untouched(cell):
        _, (_, kept) = cell.backward((zero, one), cache)
        _, (_, into_c) = cell.backward((dh[None], zero), cache)
    if not np.array_equal(kept, one):
        raise ValueError(
            f"lstm_paths got a {type(cell).__name__} that does not keep c where its forget gate is "
            "held open. Let its cache be a named tuple in which the forget gate is f and the input "
            "gate i."
        )
    return into_c[0]


def kept_bytes(caches):
    """Return how many bytes a forward pass keeps for the backward pass.

    Parameters
    ----------
    caches : list
        From ``Recurrent.forward``. What two steps share is counted once, and of a view only what
        it shows, so the input counts step by step.
    """
    arrays = [array for real, cache in caches for array in (real, *cache)]
    return sum({(a.ctypes.data, a.shape, a.strides): a.nbytes for a in arrays}.values())


def truncated_bptt(layer, x, window, output_gradient, state=None):
    """Backpropagate in windows that hand on the state but no gradient; return the bytes kept.

    Truncated backpropagation with k1 = k2 = `window`: ``cell.grads`` receives the exact gradient
    of each window's own loss, its first state taken for a constant. A window as long as the
    sequence gives the full gradient.

    Parameters
    ----------
    layer : Recurrent
    x : ndarray (B, T, I)
    window : int, at least 1
        The last window is shorter where it does not divide T.
    output_gradient : callable
        ``output_gradient(outputs, start)`` returns the gradient of the loss by these outputs
        (B, steps, H), the first of which belongs to step `start`, counted from 0.
    state : like the cell's state, optional

    Returns
    -------
    int
        The most bytes that had to be kept at one time, see `kept_bytes`.

    Raises
    ------
    ValueError
        If `window` is below 1.
    """
    if window < 1:
        raise ValueError(f"truncated_bptt got window={window}. A window has at least 1 step.")
    most = 0
    for start in range(0, x.shape[1], window):
        outputs, state, caches = layer.forward(x[:, start : start + window], state)
        layer.backward(output_gradient(outputs, start), caches)
        most = max(most, kept_bytes(caches))
    return most


def spectral_radius(matrix):
    """Return the largest absolute eigenvalue of a square matrix.

    Parameters
    ----------
    matrix : ndarray (H, H)
    """
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def with_spectral_radius(matrix, radius):
    """Return the matrix scaled so that its largest absolute eigenvalue is `radius`.

    Parameters
    ----------
    matrix : ndarray (H, H)
    radius : float, at least 0

    Raises
    ------
    ValueError
        If every eigenvalue is zero: no factor can then give another radius.
    """
    present = spectral_radius(matrix)
    if present == 0:
        raise ValueError(
            "with_spectral_radius got a matrix whose eigenvalues are all zero. "
            "Scaling cannot change that; start from a random matrix."
        )
    return matrix * (radius / present)


def random_network(radius, strength, *, rng, hidden_size=64):
    """Return a plain recurrent network with a random W_hh of a given spectral radius.

    Parameters
    ----------
    radius : float, at least 0
    strength : float
        Standard deviation of the weights from its one input; 0 for a network that hears nothing.
        The biases are zero.
    rng : numpy.random.Generator
    hidden_size : int
        H.

    Returns
    -------
    Recurrent
    """
    cell = RNNCell(1, hidden_size, rng=rng)
    cell.params = {name: np.zeros_like(weight) for name, weight in cell.params.items()}
    matrix = rng.normal(size=(hidden_size, hidden_size))
    cell.params["weight_hh"] = with_spectral_radius(matrix, radius)
    cell.params["weight_ih"] = strength * rng.normal(size=(hidden_size, 1))
    return Recurrent(cell)


def half_life(factor):
    """Return the number of steps after which repeated multiplication leaves one half.

    ``factor ** half_life(factor) == 1/2``, so half_life = ln 2 / -ln(factor).

    Parameters
    ----------
    factor : float or ndarray, between 0 and 1, ends excluded

    Returns
    -------
    float or ndarray, in steps

    Raises
    ------
    ValueError
        If a factor is not between 0 and 1: it would not decay, or not be a factor.
    """
    factor = np.asarray(factor, dtype=float)
    if np.any(factor <= 0) or np.any(factor >= 1):
        raise ValueError(
            f"half_life got {factor}. Give a factor above 0 and below 1, such as 0.9: "
            "only such a factor halves something after a finite number of steps."
        )
    steps = np.log(2) / -np.log(factor)
    return float(steps) if steps.ndim == 0 else steps


@contextmanager
def _grads_untouched(cell):
    """Let `backward` run for a measurement: the parameter gradients are afterwards as before."""
    kept = cell.grads
    cell.zero_grad()
    try:
        yield
    finally:
        cell.grads = kept


def _side_by_side(state):
    """Return the parts of a state as one array (B, S)."""
    return np.concatenate([part.reshape(len(part), -1) for part in state], axis=1)
