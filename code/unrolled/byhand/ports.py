"""One GRU or LSTM in the forms of several libraries: weights carried over, and layers to check.

====== ===== ============== ================= ============ ================================
cell   from  blocks         W and U           two biases   the GRU's reset
====== ===== ============== ================= ============ ================================
GRU    torch r, z, n        rows              apart        after the product
GRU    Keras z, r, n        columns           as two rows  after, or before, as you choose
GRU    ONNX  z, r, n        rows              end to end   before, or after, as you choose
LSTM   torch i, f, g, o     rows              apart
LSTM   Keras i, f, g, o     columns           their sum
LSTM   ONNX  i, o, f, g     rows              end to end
====== ===== ============== ================= ============ ================================

(Keras and ONNX call n "h" and g "c"; cuDNN computes what torch does; everywhere an open z keeps.)
What moves by rearranging moves here both ways, exactly. Between "after" and "before" there is no
port in general, so none is offered.

Parameters in torch's form are dicts of arrays, those of `unrolled.byhand.cells`: ``weight_ih
(G*H, I)``, ``weight_hh (G*H, H)``, ``bias_ih (G*H,)``, ``bias_hh (G*H,)``, with G = 3 for the GRU
and 4 for the LSTM.

`keras_gru` and `onnx_gru` are plain readings of the documented equations of ``keras.layers.GRU``
(keras.io, layers API) and of the operator GRU (onnx.ai, operators), with the default activations;
neither library is needed. They were compared once with the real ones, in both conventions, on
random weights and sequences. The largest difference was below 1e-13 with Keras 3.15.1 (TensorFlow
2.21.0, double precision) and below 1e-6 with ONNX Runtime 1.31.1 (single precision, weights as
large as torch's start; below 1e-5 with weights from the standard normal distribution).
"""

from collections import namedtuple

import numpy as np

from unrolled.byhand.cells import GRUCell, LSTMCell
from unrolled.byhand.functional import sigmoid

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
TORCH = {"GRU": GRUCell.blocks, "LSTM": LSTMCell.blocks}

# How a library writes both biases: from torch's two, and back to two.
Biases = namedtuple("Biases", "join part")
TWO_ROWS = Biases(np.stack, tuple)
THEIR_SUM = Biases(sum, lambda bias: (bias, np.zeros_like(bias)))
END_TO_END = Biases(np.concatenate, lambda bias: np.split(bias, 2))

Form = namedtuple("Form", "blocks transposed biases")
FORMS = {
    ("Keras", "GRU"): Form("zrn", True, TWO_ROWS),
    ("Keras", "LSTM"): Form("ifgo", True, THEIR_SUM),
    ("ONNX", "GRU"): Form("zrn", False, END_TO_END),
    ("ONNX", "LSTM"): Form("iofg", False, END_TO_END),
}


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
    _check(params, "GRU")
    blocks = {name: np.split(value, 3) for name, value in params.items()}
    return {name: np.concatenate([r, -z, n]) for name, (r, z, n) in blocks.items()}


def to_keras(kind, params):
    """Return torch's parameters as ``keras.layers.GRU`` or ``keras.layers.LSTM`` has them.

    A GRU's are those of a layer with ``reset_after=True``, which is Keras' default.

    Parameters
    ----------
    kind : "GRU" or "LSTM"
    params : dict of str to ndarray
        torch's form.

    Returns
    -------
    list of ndarray
        For ``layer.set_weights``: kernel (I, G*H), recurrent_kernel (H, G*H), and bias: (2, 3H) of
        a GRU, (4H,) of an LSTM.

    Raises
    ------
    ValueError
        If the shapes are not those of such a layer, or there is no such kind.
    """
    return _to("Keras", kind, params)


def from_keras(kind, weights):
    """Return the weights of a ``keras.layers.GRU`` or ``keras.layers.LSTM`` in torch's form.

    Parameters
    ----------
    kind : "GRU" or "LSTM"
    weights : sequence of ndarray
        From ``layer.get_weights()``, shaped as `to_keras` returns them.

    Returns
    -------
    dict of str to ndarray
        An LSTM's whole bias is in ``bias_ih``; ``bias_hh`` is zero.

    Raises
    ------
    ValueError
        If a GRU has one bias vector, as with ``reset_after=False``: that layer resets before the
        product, which no weights of torch's GRU do. Or if there are not three arrays, their shapes
        are not those of such a layer, or there is no such kind.
    """
    if len(weights) != 3:
        raise ValueError(
            f"from_keras got {len(weights)} arrays. It takes kernel, recurrent_kernel and bias; of "
            "a layer built with use_bias=False add zeros: np.zeros((2, 3 * H)) for a GRU, "
            "np.zeros(4 * H) for an LSTM."
        )
    if kind == "GRU" and np.ndim(weights[2]) == 1:
        raise ValueError(
            f"from_keras got one bias of shape {np.shape(weights[2])}, so the GRU has "
            "reset_after=False: it resets before the product. torch's GRU resets after it, and no "
            "weights make up for that in general. Build and train the layer with reset_after=True."
        )
    return _from("Keras", kind, weights)


def to_onnx(kind, params):
    """Return torch's parameters as the inputs of the ONNX operator GRU or LSTM.

    A GRU's are those for ``linear_before_reset=1``, which is not the operator's default.

    Parameters
    ----------
    kind : "GRU" or "LSTM"
    params : dict of str to ndarray
        torch's form.

    Returns
    -------
    dict of str to ndarray
        W (1, G*H, I), R (1, G*H, H), B (1, 2*G*H); the leading 1 is the number of directions.

    Raises
    ------
    ValueError
        If the shapes are not those of such a layer, or there is no such kind.
    """
    return {key: array[None] for key, array in zip("WRB", _to("ONNX", kind, params), strict=True)}


def from_onnx(kind, tensors):
    """Return the weights of a one-directional ONNX GRU or LSTM in torch's form.

    Parameters
    ----------
    kind : "GRU" or "LSTM"
    tensors : dict of str to ndarray
        W, R and B, shaped as `to_onnx` returns them; a GRU's for ``linear_before_reset=1``.

    Raises
    ------
    ValueError
        If there are two directions or peepholes P that are not zero, the shapes do not fit, or
        there is no such kind.
    """
    if np.any(tensors.get("P", 0)):
        raise ValueError(
            "from_onnx got peepholes P; torch's LSTM has none. "
            "unrolled.byhand.variants.PeepholeLSTMCell has."
        )
    if {len(tensors[key]) for key in "WRB"} != {1}:
        shapes = ", ".join(f"{key} {np.shape(tensors[key])}" for key in "WRB")
        raise ValueError(
            f"from_onnx got {shapes}. It takes one direction, so each must begin with 1; "
            "of a bidirectional operator give one half after the other, such as W[:1], W[1:]."
        )
    return _from("ONNX", kind, [tensors[key][0] for key in "WRB"])


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


def _form(library, kind):
    """Return the form of a kind in a library; raise a ValueError if there is none."""
    if kind not in TORCH:
        raise ValueError(f"There is no port for {kind!r}; there is one for {' and '.join(TORCH)}.")
    return FORMS[library, kind]


def _to(library, kind, params):
    """Return W, U and the bias as a library has them, from torch's form."""
    form = _form(library, kind)
    _check(params, kind)
    w, u, *biases = (_reorder(params[name], TORCH[kind], form.blocks) for name in NAMES)
    return [w.T if form.transposed else w, u.T if form.transposed else u, form.biases.join(biases)]


def _from(library, kind, arrays):
    """Return torch's form from W, U and the bias as a library has them."""
    form = _form(library, kind)
    w, u, bias = map(np.asarray, arrays)
    arrays = (w.T if form.transposed else w, u.T if form.transposed else u, *form.biases.part(bias))
    params = dict(zip(NAMES, arrays, strict=True))
    _check(params, kind)
    return {name: _reorder(value, form.blocks, TORCH[kind]) for name, value in params.items()}


def _reorder(weight, present, wanted):
    """Return the weight with its blocks of rows, whose letters are `present`, as in `wanted`."""
    blocks = dict(zip(present, np.split(weight, len(present)), strict=True))
    return np.concatenate([blocks[letter] for letter in wanted])


def _check(params, kind):
    """Raise a ValueError unless the parameters have the shapes of one GRU or LSTM."""
    g = len(TORCH[kind])
    shapes = {name: np.shape(params[name]) for name in NAMES}
    rows, inputs = (*shapes["weight_ih"], 0, 0)[:2]
    size = rows // g
    whole = g * size
    if size < 1 or list(shapes.values()) != [(whole, inputs), (whole, size), (whole,), (whole,)]:
        given = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        wanted = (f"({g}H, I)", f"({g}H, H)", f"({g}H,)", f"({g}H,)")
        asked = ", ".join(f"{name} {shape}" for name, shape in zip(NAMES, wanted, strict=True))
        article = "A GRU" if kind == "GRU" else "An LSTM"
        raise ValueError(f"The parameters have shapes {given}. {article}'s are {asked}.")
