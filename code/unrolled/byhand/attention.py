"""Attention, forwards and backwards: a query looks back at all states and takes a weighted mean.

A query ``s`` ``(B, Q)`` gets a score with every state ``h_t`` of ``(B, T, H)``; the softmax makes
weights of the scores, and the context is the mean of the states with these weights. Padded steps
get the weight zero.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from unrolled.byhand.functional import softmax


class Looked(NamedTuple):
    """What `backward` needs of one look back."""

    query: np.ndarray
    states: np.ndarray
    weights: np.ndarray
    hidden: np.ndarray | None = None  # (B, T, A), of additive attention only


def weighted_mean(scores, states, lengths=None):
    """Return the context ``(B, H)`` and the weights ``(B, T)``, whose sum is 1.

    Bahdanau, Cho & Bengio (2015), equations 5 and 6.

    Parameters
    ----------
    scores : ndarray (B, T)
    states : ndarray (B, T, H)
    lengths : ndarray of int (B,), optional
        Real steps of each row, at least one; what stands after them, NaN too, is not looked at.
    """
    if lengths is not None:
        real = np.arange(scores.shape[1]) < np.asarray(lengths)[:, None]
        scores = np.where(real, scores, -np.inf)
        states = np.where(real[..., None], states, 0)  # 0 times NaN would be NaN
    weights = softmax(scores)
    return np.einsum("bt,bth->bh", weights, states), weights


def weighted_mean_backward(dcontext, states, weights):
    """Return the gradients by the scores ``(B, T)`` and by the states ``(B, T, H)``.

    A score raises its weight at the cost of the others: ``dscore = w * (dw - sum(w * dw))``.
    """
    dweights = np.einsum("bh,bth->bt", dcontext, states)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=1, keepdims=True))
    return dscores, weights[..., None] * dcontext[:, None]


class DotAttention:
    """Attention whose score is the dot product ``s . h_t`` (Luong, Pham & Manning 2015).

    It has no weights of its own; query and states must be equally wide.
    """

    def __init__(self):
        self.params = {}

    def forward(self, query, states, lengths=None):
        """Return the context ``(B, H)``, the weights ``(B, T)`` and what `backward` needs."""
        if lengths is not None:
            real = np.arange(states.shape[1]) < np.asarray(lengths)[:, None]
            states = np.where(real[..., None], states, 0)
        scores = np.einsum("bh,bth->bt", query, states)
        context, weights = weighted_mean(scores, states, lengths)
        return context, weights, Looked(query, states, weights)

    def backward(self, dcontext, looked):
        """Return the gradients by the query ``(B, H)`` and by the states ``(B, T, H)``."""
        query, states, weights, _ = looked
        dscores, dstates = weighted_mean_backward(dcontext, states, weights)
        dquery = np.einsum("bt,bth->bh", dscores, states)
        return dquery, dstates + dscores[..., None] * query[:, None]


class AdditiveAttention:
    """Attention whose score is ``v . tanh(W s + U h_t)`` (Bahdanau, Cho & Bengio 2015).

    Parameters
    ----------
    query_size, state_size, attention_size : int
        Q, H and A.
    rng : numpy.random.Generator
        Draws the weights.

    Attributes
    ----------
    params : dict
        weight_query ``(A, Q)``, weight_states ``(A, H)``, weight_score ``(A,)``.
    grads : dict
        What `backward` has added, under the same names.
    """

    def __init__(self, query_size: int, state_size: int, attention_size: int, *, rng):
        shapes = {
            "weight_query": (attention_size, query_size),
            "weight_states": (attention_size, state_size),
            "weight_score": (attention_size,),
        }
        self.params = {
            name: rng.normal(size=shape) / np.sqrt(shape[-1]) for name, shape in shapes.items()
        }
        self.zero_grad()

    def zero_grad(self):
        """Set all gradients to zero."""
        self.grads = {name: np.zeros_like(weight) for name, weight in self.params.items()}

    def forward(self, query, states, lengths=None):
        """Return the context ``(B, H)``, the weights ``(B, T)`` and what `backward` needs."""
        p = self.params
        if lengths is not None:
            real = np.arange(states.shape[1]) < np.asarray(lengths)[:, None]
            states = np.where(real[..., None], states, 0)
        a = (query @ p["weight_query"].T)[:, None] + states @ p["weight_states"].T
        hidden = np.tanh(a)  # (B, T, A)
        context, weights = weighted_mean(hidden @ p["weight_score"], states, lengths)
        return context, weights, Looked(query, states, weights, hidden)

    def backward(self, dcontext, looked):
        """Add the weights' gradients; return those by the query and by the states."""
        query, states, weights, hidden = looked
        p, g = self.params, self.grads
        dscores, dstates = weighted_mean_backward(dcontext, states, weights)
        da = dscores[..., None] * p["weight_score"] * (1 - hidden**2)  # (B, T, A)
        g["weight_score"] += np.einsum("bt,bta->a", dscores, hidden)
        g["weight_states"] += np.einsum("bta,bth->ah", da, states)
        g["weight_query"] += np.einsum("bta,bq->aq", da, query)
        dstates = dstates + da @ p["weight_states"]
        return np.einsum("bta,aq->bq", da, p["weight_query"]), dstates
