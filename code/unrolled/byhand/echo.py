"""The echo game, trained by hand: a network that repeats each sign some steps later."""

import numpy as np

from unrolled.byhand.cells import RNNCell
from unrolled.byhand.functional import mean_squared_error
from unrolled.byhand.layers import Recurrent
from unrolled.data.synthetic import echo_batch


def echo_network(*, rng, hidden_size=32, rotation=False):
    """Return a plain recurrent layer for one sign a step, and the weights (H,) that read it.

    Parameters
    ----------
    rng : numpy.random.Generator
    hidden_size : int
        H.
    rotation : bool
        Start `weight_hh` as a random orthogonal matrix instead of torch's uniform numbers.
    """
    layer = Recurrent(RNNCell(1, hidden_size, rng=rng))
    if rotation:
        square = rng.normal(size=(hidden_size, hidden_size))
        layer.cell.params["weight_hh"] = np.linalg.qr(square)[0]
    return layer, rng.normal(size=hidden_size) / 6


def echo_loss(layer, readout, batch, delay):
    """Return the mean squared error of the echo, and its gradients by name.

    The answer of a step is ``y = readout . h``; the first `delay` steps have none to give.

    Parameters
    ----------
    layer : Recurrent
    readout : ndarray (H,)
    batch : Batch
        From `echo_batch`.
    delay : int

    Returns
    -------
    float, dict of str to ndarray
        The gradients of the cell's parameters, and of "readout".
    """
    outputs, _, caches = layer.forward(batch.inputs.astype(float))  # (B, T, H)
    y = outputs @ readout  # (B, T)
    dy = np.zeros_like(y)
    loss, dy[:, delay:] = mean_squared_error(y[:, delay:], batch.targets[:, delay:])
    layer.cell.zero_grad()
    layer.backward(dy[:, :, None] * readout, caches)
    return loss, layer.cell.grads | {"readout": np.einsum("bt,bth->h", dy, outputs)}


def train_echo(delay, length, *, steps=500, seed=0, rotation=False):
    """Return the loss at every step of training: gradient descent with momentum, clipped at 1.

    Parameters
    ----------
    delay, length : int
        Of the sequences, as in `echo_batch`.
    steps : int
        How many batches of 32 to train on.
    seed : int
        Of the weights and of the sequences.
    rotation : bool
        As in `echo_network`.

    Returns
    -------
    list of float
    """
    rng = np.random.default_rng(seed)
    layer, readout = echo_network(rng=rng, rotation=rotation)
    params = layer.cell.params | {"readout": readout}
    velocity = {name: np.zeros_like(weight) for name, weight in params.items()}
    losses = []
    for _ in range(steps):
        batch = echo_batch(32, length, delay, rng=rng)
        loss, grads = echo_loss(layer, readout, batch, delay)
        losses.append(loss)
        norm = np.sqrt(sum((grad**2).sum() for grad in grads.values()))
        for name, weight in params.items():
            velocity[name] = 0.9 * velocity[name] - 0.05 * grads[name] / max(norm, 1)
            weight += velocity[name]  # in place: the layer sees it too
    return losses
