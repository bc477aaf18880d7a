"""A cell over time, in NumPy: forward through a sequence and back again."""

from collections import namedtuple

import numpy as np

from unrolled.byhand.cells import GRUCell, LSTMCell, RNNCell
from unrolled.data.batching import check_lengths, length_mask

Step = namedtuple("Step", "real cache")  # where the step is real (B, 1), and the cell's cache

CELL_CLASSES = {"RNN": RNNCell, "LSTM": LSTMCell, "GRU": GRUCell}


class Recurrent:
    """Run a cell over a batch of sequences, with backpropagation through time.

    Parameters
    ----------
    cell : RNNCell, LSTMCell or GRUCell
        Its ``params`` are shared by all steps, its ``grads`` collect all steps' gradients.

    Notes
    -----
    Where a sequence is shorter than the batch (``lengths``), its state stands still after its last
    real step and its outputs are zero there, as ``torch.nn.utils.rnn.pack_padded_sequence`` and
    ``pad_packed_sequence`` give. Padding therefore changes no output, state or gradient, whatever
    stands in it, NaN and infinity included. A NaN at a real step goes on as it does in torch.

    A part of the state may have any shape that begins with B, such as a matrix (B, H, H); the first
    part is h (B, H).
    """

    def __init__(self, cell):
        self.cell = cell

    def forward(self, x, state=None, lengths=None):
        """Return the outputs, the final state, and the caches that `backward` needs.

        Parameters
        ----------
        x : ndarray (B, T, I)
        state : ndarray (B, H), or (h, c) for the LSTM; zeros where None
        lengths : ndarray of int (B,), each from 1 to T; all T where None

        Returns
        -------
        outputs : ndarray (B, T, H)
            h at every step; zero after a sequence's last real step.
        final : like `state`
            The state after each sequence's last real step.
        caches : list of T `Step`

        Raises
        ------
        ValueError
            If a shape does not fit or a length is not from 1 to T.
        """
        x = check_sequence(x, self.cell)
        batch, steps, _ = x.shape
        mask = real_steps(lengths, batch, steps)
        x = without_padding(x, mask)
        state = self.cell.initial_state(batch) if state is None else state
        outputs, caches = [], []
        for t in range(steps):
            real = mask[:, t, None]  # (B, 1)
            new_state, cache = self.cell.forward(x[:, t], state)
            state = _where(real, new_state, state)
            outputs.append(np.where(real, _h(state), 0))
            caches.append(Step(real, cache))
        return np.stack(outputs, axis=1), state, caches

    def backward(self, doutputs, caches, dfinal=None):
        """Backpropagate through time: fill ``cell.grads``, return the gradients of what went in.

        Parameters
        ----------
        doutputs : ndarray (B, T, H)
            The gradient of the loss by the outputs; ignored after a sequence's last real step.
        caches : list
            From `forward`.
        dfinal : like the state, optional
            The gradient of the loss by the final state, where the loss reads it.

        Returns
        -------
        dx : ndarray (B, T, I)
        dstate0 : like the state
            The gradient by the initial state.

        Raises
        ------
        ValueError
            If `doutputs` is not shaped like the outputs, or `dfinal` not like the state.
        """
        batch = len(caches[0].real)
        check_upstream(doutputs, (batch, len(caches), self.cell.hidden_size))
        dstate = self.cell.initial_state(batch)
        dstate = dstate if dfinal is None else check_dfinal(dfinal, dstate)
        dxs = []
        for t in reversed(range(len(caches))):
            real, cache = caches[t]
            arriving = _add_to_h(dstate, doutputs[:, t])
            dx, dprev = self.cell.backward(_where(real, arriving, _zeros(dstate)), cache)
            dxs.append(dx)
            dstate = _where(real, dprev, dstate)  # a padded step hands its gradient on untouched
        return np.stack(dxs[::-1], axis=1), dstate


def check_sequence(x, cell):
    """Return `x` as an array; raise a ValueError unless it is (B, T, I) and fits the cell."""
    x = np.asarray(x)
    if x.ndim != 3 or x.shape[2] != cell.input_size or 0 in x.shape:
        raise ValueError(
            f"The layer got x of shape {x.shape}. It takes (B, T, {cell.input_size}): "
            "batch first, at least one sequence and one step."
        )
    if x.dtype.kind not in "fiub":
        raise ValueError(
            f"The layer got x of type {x.dtype}, which holds something that is no number. Give "
            "real numbers, such as x.astype(float)."
        )
    return x


def without_padding(x, mask):
    """Return (B, T, ...) with zeros where the mask (B, T) is False; `x` itself if that is nowhere.

    Zeros are put in its place, not multiplied by: 0 times NaN is NaN.
    """
    return x if mask.all() else np.where(along(mask, x), x, 0)


def along(mask, array):
    """Return the mask with as many axes as the array, so that it picks along the first ones."""
    return mask.reshape(mask.shape + (1,) * (np.ndim(array) - mask.ndim))


def check_upstream(doutputs, expected):
    """Raise a ValueError unless the gradient by the outputs is shaped like them."""
    if np.shape(doutputs) != expected:
        raise ValueError(
            f"backward got doutputs of shape {np.shape(doutputs)}. Give the gradient of the loss "
            f"by the outputs, shaped like them: {expected}."
        )


def check_dfinal(dfinal, state):
    """Return `dfinal`; raise a ValueError unless its parts are shaped like those of a state."""
    given, expected = (_parts(nested) for nested in (dfinal, state))
    shapes, wanted = (", ".join(str(np.shape(p)) for p in parts) for parts in (given, expected))
    if shapes != wanted or isinstance(dfinal, tuple) != isinstance(state, tuple):
        raise ValueError(
            f"backward got dfinal of shape {shapes}. Give the gradient of the loss by the final "
            f"state, shaped like it: {wanted}."
        )
    return dfinal


def real_steps(lengths, batch, steps):
    """Return the mask (B, T) that is True on real steps and False on padding.

    Parameters
    ----------
    lengths : array of int (B,), or None for no padding
    batch, steps : int
        B and T.

    Raises
    ------
    ValueError
        If there is not one length a sequence, or one is not from 1 to T.
    """
    if lengths is None:
        return np.ones((batch, steps), dtype=bool)
    check_lengths(lengths, batch, steps)
    return length_mask(lengths, steps)


def from_torch(module):
    """Return a `Recurrent` layer with the weights of a one-layer, one-direction torch module.

    Parameters
    ----------
    module : torch.nn.RNN (tanh), torch.nn.LSTM or torch.nn.GRU
        Weights in bfloat16, which NumPy does not have, become float32; that is exact.

    Raises
    ------
    ValueError
        If the module is of another kind, or has several layers, two directions, a projection,
        no bias, or a nonlinearity other than tanh.
    """
    kind = type(module).__name__
    plain = (
        kind in CELL_CLASSES
        and module.num_layers == 1
        and not module.bidirectional
        and module.bias
        and not getattr(module, "proj_size", 0)
        and getattr(module, "nonlinearity", "tanh") == "tanh"
    )
    if not plain:
        raise ValueError(
            f"from_torch got {module}. It takes nn.RNN (tanh), nn.LSTM or nn.GRU with biases, "
            "one layer, one direction and no projection."
        )
    weights = {name: _as_numpy(value) for name, value in module.state_dict().items()}
    dtype = weights["weight_ih_l0"].dtype
    rng = np.random.default_rng(0)  # its draws are replaced at once
    cell = CELL_CLASSES[kind](module.input_size, module.hidden_size, rng=rng, dtype=dtype)
    cell.params = {name: weights[f"{name}_l0"] for name in cell.params}
    return Recurrent(cell)


def _as_numpy(tensor):
    """Return a tensor's values as an array of its own."""
    tensor = tensor.detach().cpu()
    tensor = tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor
    return tensor.numpy().copy()


def to_torch(layer):
    """Return the layer's weights under torch's names, for ``module.load_state_dict``.

    Parameters
    ----------
    layer : Recurrent

    Returns
    -------
    dict of str to ndarray
        ``weight_ih_l0`` and so on; wrap each in ``torch.from_numpy``.
    """
    return {f"{name}_l0": value.copy() for name, value in layer.cell.params.items()}


# A state is h alone, or a tuple such as (h, c). These five treat both alike.


def _parts(state):
    return state if isinstance(state, tuple) else (state,)


def _h(state):
    return _parts(state)[0]


def _where(real, state, otherwise):
    """Return `state` in the rows where `real` (B, 1) is True, else `otherwise`."""
    if isinstance(state, tuple):
        return tuple(_where(real, a, b) for a, b in zip(state, otherwise, strict=True))
    return np.where(along(real[:, 0], state), state, otherwise)


def _zeros(state):
    return tuple(map(np.zeros_like, state)) if isinstance(state, tuple) else np.zeros_like(state)


def _add_to_h(state, dh):
    return (state[0] + dh, *state[1:]) if isinstance(state, tuple) else state + dh
