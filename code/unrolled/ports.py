"""One GRU in the forms of several libraries: weights carried over, and layers to check them with.

torch's form, that of `unrolled.cells.GRUCell`, stacks the blocks r, z, n as rows, has two biases,
lets an open z keep, and resets after the product. cuDNN computes the same. Keras and ONNX write z
first and may reset before the product; Keras transposes. What moves by rearranging moves here both
ways, exactly. Between "after" and "before" there is no port in general, so none is offered.

`keras_gru` and `onnx_gru` are plain readings of the documented equations of ``keras.layers.GRU``
(keras.io, layers API) and of the operator GRU (onnx.ai, operators), with the default activations;
neither library is needed. They were compared once with the real ones, in both conventions, on
random weights and sequences. The largest difference was below 1e-13 with Keras 3.15.1 (TensorFlow
2.21.0, double precision) and below 1e-6 with ONNX Runtime 1.31.1 (single precision, weights as
large as torch's start; below 1e-5 with weights from the standard normal distribution).

Parameters of torch's form are dicts of arrays under the names ``weight_ih (3H, I)``,
``weight_hh (3H, H)``, ``bias_ih (3H,)``, ``bias_hh (3H,)``.
"""

import numpy as np

from unrolled.functional import sigmoid

SHAPES = {"weight_ih": "(3H, I)", "weight_hh": "(3H, H)", "bias_ih": "(3H,)", "bias_hh": "(3H,)"}


def flip_update_gate(params):
    """Return the parameters for the other meaning of z: "keeps" becomes "renews", and back.

    As sigmoid(-a) = 1 - sigmoid(a), it is enough to change the sign of the block of z everywhere.

    Parameters
    ----------
    params : dict of str to ndarray
        torch's form.

    Raises
    ------
    ValueError
        If the shapes are not those of a GRU.
    """
    _check(params)
    blocks = {name: np.split(value, 3) for name, value in params.items()}
    return {name: np.concatenate([r, -z, n]) for name, (r, z, n) in blocks.items()}


def gru_to_keras(params):
    """Return torch's parameters as Keras has them where ``reset_after=True``, its default.

    Parameters
    ----------
    params : dict of str to ndarray
        torch's form.

    Returns
    -------
    list of ndarray
        For ``layer.set_weights``: kernel (I, 3H), recurrent_kernel (H, 3H), bias (2, 3H), each
        with the blocks z, r, h as columns.

    Raises
    ------
    ValueError
        If the shapes are not those of a GRU.
    """
    _check(params)
    w = {name: _swap(value) for name, value in params.items()}
    return [w["weight_ih"].T, w["weight_hh"].T, np.stack([w["bias_ih"], w["bias_hh"]])]


def gru_from_keras(weights):
    """Return the weights of a Keras GRU with ``reset_after=True`` in torch's form.

    Parameters
    ----------
    weights : sequence of ndarray
        From ``layer.get_weights()``: kernel (I, 3H), recurrent_kernel (H, 3H), bias (2, 3H).

    Raises
    ------
    ValueError
        If there is one bias vector, as with ``reset_after=False``: that layer resets before the
        product, which no weights of torch's GRU do. Or if the shapes do not fit.
    """
    kernel, recurrent, bias = weights
    if np.ndim(bias) == 1:
        raise ValueError(
            f"gru_from_keras got one bias of shape {np.shape(bias)}, so the layer has "
            "reset_after=False: it resets before the product. torch's GRU resets after it, and no "
            "weights make up for that in general. Build and train the layer with reset_after=True."
        )
    bias_ih, bias_hh = bias
    arrays = (np.transpose(kernel), np.transpose(recurrent), bias_ih, bias_hh)
    params = dict(zip(SHAPES, map(np.asarray, arrays), strict=True))
    _check(params)
    return {name: _swap(value) for name, value in params.items()}


def gru_to_onnx(params):
    """Return torch's parameters as the operator's inputs, for ``linear_before_reset=1``.

    Parameters
    ----------
    params : dict of str to ndarray
        torch's form.

    Returns
    -------
    dict of str to ndarray
        W (1, 3H, I), R (1, 3H, H), B (1, 6H), the blocks in the order z, r, h; the leading 1 is
        the number of directions.

    Raises
    ------
    ValueError
        If the shapes are not those of a GRU.
    """
    _check(params)
    w = {name: _swap(value) for name, value in params.items()}
    both = np.concatenate([w["bias_ih"], w["bias_hh"]])
    return {"W": w["weight_ih"][None], "R": w["weight_hh"][None], "B": both[None]}


def gru_from_onnx(tensors):
    """Return the weights of a one-directional ONNX GRU (``linear_before_reset=1``) in torch's form.

    Parameters
    ----------
    tensors : dict of str to ndarray
        W (1, 3H, I), R (1, 3H, H), B (1, 6H).

    Raises
    ------
    ValueError
        If there are two directions, or the shapes do not fit.
    """
    if {len(tensors[name]) for name in "WRB"} != {1}:
        shapes = ", ".join(f"{name} {np.shape(tensors[name])}" for name in "WRB")
        raise ValueError(
            f"gru_from_onnx got {shapes}. It takes one direction, so each must begin with 1; "
            "of a bidirectional operator give one half after the other, such as W[:1], W[1:]."
        )
    arrays = (tensors["W"][0], tensors["R"][0], *np.split(tensors["B"][0], 2))
    params = dict(zip(SHAPES, arrays, strict=True))
    _check(params)
    return {name: _swap(value) for name, value in params.items()}


def keras_gru(x, weights, h=None, *, reset_after=True):
    """Return all states of a GRU as Keras computes it.

    Parameters
    ----------
    x : ndarray (B, T, I)
    weights : sequence of ndarray
        kernel (I, 3H), recurrent_kernel (H, 3H), and bias: (2, 3H), or (3H,) if not `reset_after`.
    h : ndarray (B, H), optional
        The state before the first step; zeros where None.
    reset_after : bool
        Whether the reset gate acts after the product with the recurrent kernel, or before.

    Returns
    -------
    ndarray (B, T, H)
    """
    kernel, recurrent, bias = weights
    bias, recurrent_bias = bias if reset_after else (bias, np.zeros_like(bias))
    from_h = _columns(recurrent, recurrent_bias)
    return _over_time(x @ kernel + bias, from_h, h, after=reset_after)


def onnx_gru(x, tensors, h=None, *, linear_before_reset=0):
    """Return all states of a GRU as ONNX defines it, for one direction.

    Parameters
    ----------
    x : ndarray (T, B, I)
        Time first, as the operator takes it by default.
    tensors : dict of str to ndarray
        W (1, 3H, I), R (1, 3H, H), B (1, 6H).
    h : ndarray (1, B, H), optional
        The state before the first step; zeros where None.
    linear_before_reset : int
        1: the reset gate acts after the product. 0, the operator's default: before.

    Returns
    -------
    ndarray (T, 1, B, H)
        As the operator's first output Y.
    """
    w_bias, r_bias = np.split(tensors["B"][0], 2)
    from_h = _columns(tensors["R"][0].T, r_bias)
    from_x = np.swapaxes(x, 0, 1) @ tensors["W"][0].T + w_bias
    states = _over_time(
        from_x, from_h, None if h is None else h[0], after=bool(linear_before_reset)
    )
    return states.swapaxes(0, 1)[:, None]


def _over_time(from_x, from_h, h, *, after):
    """Run z, r, h over time, batch first; `from_h` holds a function of h for each block."""
    to_z, to_r, to_candidate = from_h
    size = from_x.shape[2] // 3
    h = np.zeros((len(from_x), size), from_x.dtype) if h is None else h
    states = []
    for x_z, x_r, x_h in (np.split(step, 3, axis=1) for step in from_x.swapaxes(0, 1)):
        z, r = sigmoid(x_z + to_z(h)), sigmoid(x_r + to_r(h))
        candidate = np.tanh(x_h + (r * to_candidate(h) if after else to_candidate(r * h)))
        h = z * h + (1 - z) * candidate
        states.append(h)
    return np.stack(states, axis=1)


def _columns(matrix, bias):
    """Return the three affine functions that stand side by side in a matrix (H, 3H)."""
    blocks = zip(np.split(matrix, 3, axis=1), np.split(bias, 3), strict=True)
    return [lambda h, w=w, b=b: h @ w + b for w, b in blocks]


def _swap(weight):
    """Return the weight with its first two of three blocks of rows swapped: r z n to z r n."""
    first, second, third = np.split(weight, 3)
    return np.concatenate([second, first, third])


def _check(params):
    """Raise a ValueError unless the four parameters have the shapes of one GRU."""
    shapes = {name: np.shape(params[name]) for name in SHAPES}
    rows, inputs = (*shapes["weight_ih"], 0)[:2]
    size = rows // 3
    wanted = [(3 * size, inputs), (3 * size, size), (3 * size,), (3 * size,)]
    if size < 1 or list(shapes.values()) != wanted:
        given = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        asked = ", ".join(f"{name} {shape}" for name, shape in SHAPES.items())
        raise ValueError(f"The parameters have shapes {given}. A GRU's are {asked}.")
