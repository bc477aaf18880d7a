"""Layers made of layers, in NumPy: both directions of time, and depth with or without residuals.

They have the interface of `unrolled.byhand.layers.Recurrent`, so they can be put into each other. A
state is a list with one entry a part, each as that part gives it.
"""

from collections import namedtuple

import numpy as np

from unrolled.byhand.layers import real_steps

BothWays = namedtuple("BothWays", "order ahead behind")  # positions (B, T), and two caches


class Bidirectional:
    """Read every sequence forwards and backwards, and put both outputs side by side.

    Equal to a torch layer with ``bidirectional=True`` on packed sequences: the second reader turns
    each sequence round within its own length, so padding never comes first.

    Parameters
    ----------
    forwards, backwards : Recurrent or another layer
        Two layers with weights of their own and inputs of the same size.
    """

    def __init__(self, forwards, backwards):
        self.forwards, self.backwards = forwards, backwards

    def forward(self, x, state=None, lengths=None):
        """Return ``outputs (B, T, 2H), [final forwards, final backwards], cache``.

        The backward reader's final state is the one after a sequence's *first* step: what it read
        last. Shapes and errors as in `unrolled.byhand.layers.Recurrent.forward`.
        """
        there, back = (None, None) if state is None else state
        order = _turned_round(lengths, *np.shape(x)[:2])
        ahead, final_ahead, cache_ahead = self.forwards.forward(x, there, lengths)
        behind, final_behind, cache_behind = self.backwards.forward(_take(x, order), back, lengths)
        outputs = np.concatenate([ahead, _take(behind, order)], axis=2)
        return outputs, [final_ahead, final_behind], BothWays(order, cache_ahead, cache_behind)

    def backward(self, doutputs, cache, dfinal=None):
        """Fill both parts' gradients; return ``dx (B, T, I), [dstate forwards, backwards]``."""
        order, cache_ahead, cache_behind = cache
        dthere, dback = (None, None) if dfinal is None else dfinal
        dahead, dbehind = np.split(doutputs, 2, axis=2)
        dx_ahead, dstate_ahead = self.forwards.backward(dahead, cache_ahead, dthere)
        dx_behind, dstate_behind = self.backwards.backward(
            _take(dbehind, order), cache_behind, dback
        )
        return dx_ahead + _take(dx_behind, order), [dstate_ahead, dstate_behind]


class Stacked:
    """Layers on top of each other: each reads the outputs of the one below.

    Parameters
    ----------
    layers : list
        From the bottom to the top; each layer's input size is the output size of the one below.
    residual : bool
        Add each layer's input to its output, but for the lowest, whose input has another meaning
        and mostly another size (He et al. 2016; for recurrent stacks Wu et al. 2016).

    Raises
    ------
    ValueError
        If there is no layer.
    """

    def __init__(self, layers, *, residual=False):
        if not layers:
            raise ValueError("Stacked got no layer. Give at least one, the lowest first.")
        self.layers, self.residual = list(layers), residual

    def forward(self, x, state=None, lengths=None):
        """Return ``outputs of the top (B, T, H), [final state a layer], caches``.

        Shapes and errors as in `unrolled.byhand.layers.Recurrent.forward`.
        """
        states = [None] * len(self.layers) if state is None else state
        finals, caches, outputs = [], [], x
        for depth, (layer, start) in enumerate(zip(self.layers, states, strict=True)):
            below = outputs
            outputs, final, cache = layer.forward(below, start, lengths)
            if self.residual and depth > 0:
                outputs = outputs + below
            finals.append(final)
            caches.append(cache)
        return outputs, finals, caches

    def backward(self, doutputs, caches, dfinal=None):
        """Fill all layers' gradients; return ``dx (B, T, I), [dstate a layer]``."""
        dfinals = [None] * len(self.layers) if dfinal is None else dfinal
        dstates, dabove = [], doutputs
        for depth in reversed(range(len(self.layers))):
            dbelow, dstate = self.layers[depth].backward(dabove, caches[depth], dfinals[depth])
            dabove = dbelow + dabove if self.residual and depth > 0 else dbelow
            dstates.append(dstate)
        return dabove, dstates[::-1]


def _turned_round(lengths, batch, steps):
    """Return (B, T) positions that reverse each sequence within its length and leave padding."""
    mask = real_steps(lengths, batch, steps)
    time = np.arange(steps)
    return np.where(mask, mask.sum(axis=1)[:, None] - 1 - time, time)


def _take(x, order):
    return np.take_along_axis(np.asarray(x), order[:, :, None], axis=1)
