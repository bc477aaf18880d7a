"""A cell over time, in NumPy: forward through a sequence and back again."""

from collections import namedtuple

import numpy as np

from unrolled.byhand.cells import GRUCell, LSTMCell, RNNCell, in_words
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

    A part of the state may have any shape that begins with B, such as a matrix (B, H, H), if the
    cell's ``state_shapes`` say so; the first part is h (B, H).
    """

    def __init__(self, cell):
        self.cell = cell

    def forward(self, x, state=None, lengths=None):
        """Return the outputs, the final state, and the caches that `backward` needs.

        Parameters
        ----------
        x : ndarray (B, T, I)
        state : tuple of ndarray, ``(h,)`` or, for the LSTM, ``(h, c)``; zeros where None
        lengths : ndarray of int (B,), each from 1 to T; all T where None

        Returns
        -------
        outputs : ndarray (B, T, H)
            h at every step; zero after a sequence's last real step.
        final : the cell's named tuple, such as ``final.h``
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
            state = self._where(real, new_state, state)
            outputs.append(np.where(real, state.h, 0))
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
        dfinal : tuple like the state, optional
            The gradient of the loss by the final state, where the loss reads it.

        Returns
        -------
        dx : ndarray (B, T, I)
        dstate0 : like `final`
            The gradient by the initial state.

        Raises
        ------
        ValueError
            If `doutputs` is not shaped like the outputs, or `dfinal` not like the state.
        """
        batch = len(caches[0].real)
        check_upstream(doutputs, (batch, len(caches), self.cell.hidden_size))
        zero = self.cell.initial_state(batch)
        dstate = zero if dfinal is None else check_dfinal(dfinal, self.cell, batch)
        dxs = []
        for t in reversed(range(len(caches))):
            real, cache = caches[t]
            arriving = dstate._replace(h=dstate.h + doutputs[:, t])
            dx, dprev = self.cell.backward(self._where(real, arriving, zero), cache)
            dxs.append(dx)
            dstate = self._where(real, dprev, dstate)  # a padded step hands its gradient on
        return np.stack(dxs[::-1], axis=1), dstate

    def _where(self, real, state, otherwise):
        """Return `state` in the rows where `real` (B, 1) is True, else `otherwise`."""
        parts = zip(state, otherwise, strict=True)
        return self.cell.State(*[np.where(along(real[:, 0], a), a, b) for a, b in parts])


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


def check_dfinal(dfinal, cell, batch):
    """Return `dfinal` as a state of the cell; raise a ValueError unless it is shaped like one."""
    if not cell.is_state(dfinal, batch):
        raise ValueError(
            f"backward got as dfinal {in_words(dfinal)}. Give the gradient of the loss by the "
            f"final state, a tuple like it: {cell.wanted_state(batch)}."
        )
    return cell.State(*dfinal)


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
