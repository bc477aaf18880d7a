"""One GRU or LSTM in the forms of several libraries: weights carried over, and layers to check.

torch's form, that of `unrolled.byhand.cells.GRUCell`, stacks the blocks r, z, n as rows, has two
biases, lets an open z keep, and resets after the product. cuDNN computes the same. Keras and ONNX
write z first and may reset before the product; Keras transposes. What moves by rearranging moves
here both ways, exactly. Between "after" and "before" there is no port in general, so none is
offered.

`keras_gru` and `onnx_gru` are plain readings of the documented equations of ``keras.layers.GRU``
(keras.io, layers API) and of the operator GRU (onnx.ai, operators), with the default activations;
neither library is needed. They were compared once with the real ones, in both conventions, on
random weights and sequences. The largest difference was below 1e-13 with Keras 3.15.1 (TensorFlow
2.21.0, double precision) and below 1e-6 with ONNX Runtime 1.31.1 (single precision, weights as
large as torch's start; below 1e-5 with weights from the standard normal distribution).

An LSTM is the same everywhere, but for the order of its blocks: torch, cuDNN and Keras have
i, f, g, o (Keras calls g "c"), ONNX has i, o, f, c (onnx.ai, operator LSTM). Keras transposes, and
has one bias, the sum of torch's two.

Parameters of torch's form are dicts of arrays under the names ``weight_ih (G*H, I)``,
``weight_hh (G*H, H)``, ``bias_ih (G*H,)``, ``bias_hh (G*H,)``, with G = 3 for the GRU and 4 for the
LSTM.
"""

import numpy as np

from unrolled.byhand.functional import sigmoid

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


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
    params = dict(zip(NAMES, map(np.asarray, arrays), strict=True))
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
    _check_one_direction(tensors, "gru_from_onnx")
    arrays = (tensors["W"][0], tensors["R"][0], *np.split(tensors["B"][0], 2))
    params = dict(zip(NAMES, arrays, strict=True))
    _check(params)
    return {name: _swap(value) for name, value in params.items()}


def lstm_to_keras(params):
    """Return an LSTM's parameters as ``keras.layers.LSTM`` has them.

    Parameters
    ----------
    params : dict of str to ndarray
        torch's form.

    Returns
    -------
    list of ndarray
        For ``layer.set_weights``: kernel (I, 4H), recurrent_kernel (H, 4H), bias (4H,), each with
        the blocks i, f, c, o as columns. The bias is the sum of torch's two.

    Raises
    ------
    ValueError
        If the shapes are not those of an LSTM.
    """
    _check(params, "LSTM")
    bias = np.add(params["bias_ih"], params["bias_hh"])
    return [np.transpose(params["weight_ih"]), np.transpose(params["weight_hh"]), bias]


def lstm_from_keras(weights):
    """Return the weights of a ``keras.layers.LSTM`` in torch's form.

    Parameters
    ----------
    weights : sequence of ndarray
        From ``layer.get_weights()``: kernel (I, 4H), recurrent_kernel (H, 4H), bias (4H,).

    Returns
    -------
    dict of str to ndarray
        The whole bias is in ``bias_ih``; ``bias_hh`` is zero.

    Raises
    ------
    ValueError
        If there are not three arrays, or their shapes are not those of an LSTM.
    """
    if len(weights) != 3:
        raise ValueError(
            f"lstm_from_keras got {len(weights)} arrays. It takes kernel, recurrent_kernel and "
            "bias; of a layer built with use_bias=False add np.zeros(4 * H)."
        )
    kernel, recurrent, bias = map(np.asarray, weights)
    arrays = (kernel.T, recurrent.T, bias, np.zeros_like(bias))
    params = dict(zip(NAMES, arrays, strict=True))
    _check(params, "LSTM")
    return params


def lstm_to_onnx(params):
    """Return an LSTM's parameters as the inputs of the ONNX operator LSTM.

    Parameters
    ----------
    params : dict of str to ndarray
        torch's form.

    Returns
    -------
    dict of str to ndarray
        W (1, 4H, I), R (1, 4H, H), B (1, 8H), the blocks in the order i, o, f, c; B holds both
        biases, the leading 1 is the number of directions.

    Raises
    ------
    ValueError
        If the shapes are not those of an LSTM.
    """
    _check(params, "LSTM")
    w = {name: _reorder(value, (0, 3, 1, 2)) for name, value in params.items()}
    both = np.concatenate([w["bias_ih"], w["bias_hh"]])
    return {"W": w["weight_ih"][None], "R": w["weight_hh"][None], "B": both[None]}


def lstm_from_onnx(tensors):
    """Return the weights of a one-directional ONNX LSTM without peepholes in torch's form.

    Parameters
    ----------
    tensors : dict of str to ndarray
        W (1, 4H, I), R (1, 4H, H), B (1, 8H).

    Raises
    ------
    ValueError
        If there are two directions or peepholes P that are not zero, or the shapes do not fit.
    """
    if np.any(tensors.get("P", 0)):
        raise ValueError(
            "lstm_from_onnx got peepholes P; torch's LSTM has none. "
            "unrolled.byhand.variants.PeepholeLSTMCell has."
        )
    _check_one_direction(tensors, "lstm_from_onnx")
    arrays = (tensors["W"][0], tensors["R"][0], *np.split(tensors["B"][0], 2))
    params = dict(zip(NAMES, arrays, strict=True))
    _check(params, "LSTM")
    return {name: _reorder(value, (0, 2, 3, 1)) for name, value in params.items()}


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
    return _reorder(weight, (1, 0, 2))


def _reorder(weight, order):
    """Return the weight with its blocks of rows in another order."""
    blocks = np.split(weight, len(order))
    return np.concatenate([blocks[number] for number in order])


def _check_one_direction(tensors, name):
    """Raise a ValueError unless W, R and B of an ONNX operator are of one direction."""
    if {len(tensors[key]) for key in "WRB"} != {1}:
        shapes = ", ".join(f"{key} {np.shape(tensors[key])}" for key in "WRB")
        raise ValueError(
            f"{name} got {shapes}. It takes one direction, so each must begin with 1; "
            "of a bidirectional operator give one half after the other, such as W[:1], W[1:]."
        )


def _check(params, kind="GRU"):
    """Raise a ValueError unless the parameters have the shapes of one GRU or LSTM."""
    gates = {"GRU": 3, "LSTM": 4}[kind]
    shapes = {name: np.shape(params[name]) for name in NAMES}
    rows, inputs = (*shapes["weight_ih"], 0, 0)[:2]
    size = rows // gates
    whole = gates * size
    if size < 1 or list(shapes.values()) != [(whole, inputs), (whole, size), (whole,), (whole,)]:
        given = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        wanted = (f"({gates}H, I)", f"({gates}H, H)", f"({gates}H,)", f"({gates}H,)")
        asked = ", ".join(f"{name} {shape}" for name, shape in zip(NAMES, wanted, strict=True))
        article = "A GRU" if kind == "GRU" else "An LSTM"
        raise ValueError(f"The parameters have shapes {given}. {article}'s are {asked}.")
