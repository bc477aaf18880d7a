"""Finite differences: the referee between a derivation and its code."""

import numpy as np


def numerical_gradient(f, x, *, eps=1e-6):
    """Return the gradient of a scalar function by central differences.

    Each entry is (f(x + eps) - f(x - eps)) / (2 eps), whose error is O(eps**2).

    Parameters
    ----------
    f : callable, ndarray -> float
        Must read `x` afresh each time it is called.
    x : ndarray of float64
        The point. It is moved one entry at a time and put back.
    eps : float
        The step. 1e-6 balances truncation against rounding in float64.

    Returns
    -------
    ndarray, shaped like `x`

    Raises
    ------
    TypeError
        If `x` is not float64: in float32 the difference would be mostly rounding.
    """
    if x.dtype != np.float64:
        raise TypeError(
            f"numerical_gradient got {x.dtype} values. "
            "Build the model with dtype=np.float64 to check its gradients."
        )
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + eps
        above = f(x)
        x[index] = kept - eps
        below = f(x)
        x[index] = kept
        grad[index] = (above - below) / (2 * eps)
    return grad


def relative_error(a, b):
    """Return the largest difference between two arrays, relative to their largest entry.

    Parameters
    ----------
    a, b : ndarray of the same shape

    Returns
    -------
    float
        0 where both are zero throughout.
    """
    scale = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    return float(np.abs(a - b).max(initial=0) / scale) if scale > 0 else 0.0


def check_gradient(f, x, gradient, *, tolerance=1e-6, eps=1e-6, name="the gradient"):
    """Compare a gradient with finite differences; return the relative error.

    Parameters
    ----------
    f : callable, ndarray -> float
    x : ndarray of float64
    gradient : ndarray, shaped like `x`
        What the derivation says.
    tolerance : float
        The largest relative error that passes.
    eps : float
        The step of the differences.
    name : str
        What to call it in the error.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the gradient is not shaped like `x`.
    AssertionError
        If they disagree; the message names the worst entry and both values.
    """
    if gradient.shape != x.shape:
        raise ValueError(f"{name} has shape {gradient.shape}; its variable has shape {x.shape}.")
    numeric = numerical_gradient(f, x, eps=eps)
    error = relative_error(gradient, numeric)
    if error > tolerance:
        worst = np.unravel_index(np.abs(gradient - numeric).argmax(), x.shape)
        at = tuple(int(i) for i in worst)
        raise AssertionError(
            f"{name} is wrong by {error:.1e} (allowed {tolerance:.0e}): at {at} the derivation "
            f"gives {gradient[worst]:.6g} and finite differences {numeric[worst]:.6g}."
        )
    return error
