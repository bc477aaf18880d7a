"""A cell over time, in NumPy: forward through a sequence and back again."""

from collections import namedtuple

import numpy as np

from unrolled.cells import GRUCell, LSTMCell, RNNCell
from unrolled.data.batching import check_lengths, length_mask

Step = namedtuple("Step", "real cache")  # where the step is real (B, 1), and the cell's cache

CELLS = {"RNN": RNNCell, "LSTM": LSTMCell, "GRU": GRUCell}


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
    ``pad_packed_sequence`` give. Padding therefore changes no output, state or gradient.
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
            If `doutputs` is not shaped like the outputs.
        """
        expected = (len(caches[0].real), len(caches), self.cell.hidden_size)
        if doutputs.shape != expected:
            raise ValueError(
                f"backward got doutputs of shape {doutputs.shape}. Give the gradient of the loss "
                f"by the outputs, shaped like them: {expected}."
            )
        dstate = self.cell.initial_state(expected[0]) if dfinal is None else dfinal
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
    return x


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

    Raises
    ------
    ValueError
        If the module is of another kind, or has several layers, two directions, a projection,
        no bias, or a nonlinearity other than tanh.
    """
    kind = type(module).__name__
    plain = (
        kind in CELLS
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
    weights = {k: v.detach().cpu().numpy().copy() for k, v in module.state_dict().items()}
    dtype = weights["weight_ih_l0"].dtype
    rng = np.random.default_rng(0)  # its draws are replaced at once
    cell = CELLS[kind](module.input_size, module.hidden_size, rng=rng, dtype=dtype)
    cell.params = {name: weights[f"{name}_l0"] for name in cell.params}
    return Recurrent(cell)


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


# A state is h alone, or the pair (h, c). These four treat both alike.


def _h(state):
    return state[0] if isinstance(state, tuple) else state


def _where(condition, state, otherwise):
    if isinstance(state, tuple):
        return tuple(np.where(condition, a, b) for a, b in zip(state, otherwise, strict=True))
    return np.where(condition, state, otherwise)


def _zeros(state):
    return tuple(map(np.zeros_like, state)) if isinstance(state, tuple) else np.zeros_like(state)


def _add_to_h(state, dh):
    return (state[0] + dh, *state[1:]) if isinstance(state, tuple) else state + dh
