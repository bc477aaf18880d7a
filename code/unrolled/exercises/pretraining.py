"""Exercises of the study on pretraining: perplexity, and the move that hurts most."""

import numpy as np

from unrolled.exercises.checker import check


def _perplexity_of(p):
    with np.errstate(divide="ignore"):
        return np.prod(1 / p) ** (1 / len(p))


def check_perplexity_of(answer):
    """Check `perplexity_of(p)`: of the probabilities (N,) that the tokens which came had."""
    draw = np.random.default_rng(3)
    cases = [(draw.uniform(0.01, 0.9, n),) for n in (3, 8)] + [(np.array([0.5, 0.0]),)]
    mistakes = {
        "a zero must count: something that came was called impossible.": (
            lambda p: _perplexity_of(p[p > 0])
        ),
        "a floor below the zeros hides that something was called impossible.": (
            lambda p: _perplexity_of(np.maximum(p, 1e-10))
        ),
        "that is one over the mean; take the mean of the logarithms.": lambda p: 1 / np.mean(p),
        "that is of the whole text. Divide the sum by the number of tokens.": (
            lambda p: np.exp(-np.sum(np.log(p)))
        ),
        "that is the mean of 1/p, which one small p rules. Take the mean of the logarithms.": (
            lambda p: np.mean(1 / p)
        ),
        "that is the cross-entropy. Take its exponential.": lambda p: -np.mean(np.log(p)),
        "that is below 1: you forgot the minus sign.": lambda p: np.exp(np.mean(np.log(p))),
        "2 to the power of a natural logarithm: take e.": lambda p: 2 ** -np.mean(np.log(p)),
    }
    check(answer, _perplexity_of, cases, mistakes=mistakes)


def _worst_move(e, g, size, read):
    return size * np.linalg.norm(e[read]) * g / np.linalg.norm(g)


def _by_token(e, g, size, read, least=0.0):
    lengths = np.linalg.norm(g, axis=1, keepdims=True)  # (T, 1)
    return size * np.linalg.norm(e[read]) * g / np.maximum(lengths, least)


def _move_cases():
    draw = np.random.default_rng(4).normal
    for T in (4, 6):
        read = np.arange(T) < T - 1  # the last step is padding: nothing flows back to it
        e, g = draw(size=(2, T, 3))
        yield e, g * read[:, None], 0.02, read


BY_TOKEN = "you made each token's gradient of one length; it is the whole review's that counts."
MOVE_MISTAKES = {
    "you measured the padding's embedding too.": (
        lambda e, g, size, read: _worst_move(e, g, size, np.full(len(e), True))
    ),
    BY_TOKEN: lambda *case: _by_token(*case, least=1e-12),
    BY_TOKEN + " And 0 / 0 made nan of the padding.": _by_token,
    "that is the moved review. Return the move alone.": (
        lambda e, g, size, read: e + _worst_move(e, g, size, read)
    ),
    "you forgot `size`.": lambda e, g, size, read: _worst_move(e, g, 1, read),
    "you forgot the review's own length.": lambda e, g, size, read: size * g / np.linalg.norm(g),
    "keep the gradient's numbers, not their signs alone.": (
        lambda e, g, size, read: _worst_move(e, np.sign(g), size, read)
    ),
    "that is downhill: the loss falls.": lambda *case: -_worst_move(*case),
    "the gradient's own length must not matter: divide by it.": (
        lambda e, g, size, read: size * np.linalg.norm(e[read]) * g
    ),
}


def check_worst_move(answer):
    """Check `worst_move(e, g, size, read)`: the move (T, E) of the tokens that are read."""
    check(answer, _worst_move, _move_cases(), mistakes=MOVE_MISTAKES)
