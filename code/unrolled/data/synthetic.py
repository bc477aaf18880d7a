"""Tasks made to measure memory: what to remember is known, and so is chance level."""

import numpy as np

from unrolled.data.batching import Batch


def echo_batch(batch, length, delay, *, rng):
    """Return sequences of random signs to be repeated `delay` steps later.

    Parameters
    ----------
    batch, length : int
        B and T.
    delay : int, from 0 to length - 1
        How many steps back the answer lies.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, T, 1) float32 of -1 and 1; targets (B, T) float32, ``targets[:, t] =
        inputs[:, t - delay, 0]`` and zero in the first `delay` steps, where there is no answer.
        Answering zero throughout scores a mean squared error of 1 on the other steps.

    Raises
    ------
    ValueError
        If `delay` is negative or leaves no step with an answer.
    """
    _check_sizes(batch, length)
    if not 0 <= delay < length:
        raise ValueError(
            f"echo_batch got delay={delay} for length={length}. "
            f"Choose a delay from 0 to {length - 1}, so that some step has an answer."
        )
    inputs = rng.choice(np.array([-1, 1], dtype=np.float32), size=(batch, length, 1))
    targets = np.zeros((batch, length), dtype=np.float32)
    targets[:, delay:] = inputs[:, : length - delay, 0]
    return Batch(inputs, np.full(batch, length), targets)


def adding_batch(batch, length, *, rng):
    """Return a batch of the adding task: the sum of the two marked numbers.

    Each step shows a number drawn uniformly from [0, 1) and a mark. One number of the first half
    is marked and one of the second (Hochreiter & Schmidhuber 1997, experiment 4, in the form that
    has become usual since). Always answering 1, the mean, scores the variance of the sum of two
    such numbers: a mean squared error of 1/6.

    Parameters
    ----------
    batch, length : int
        B and T; T at least 2.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, T, 2) float32: number, mark; targets (B,) float32.

    Raises
    ------
    ValueError
        If there is no room for two marks.
    """
    _check_sizes(batch, length)
    if length < 2:
        raise ValueError(f"adding_batch got length={length}. Two marks need at least 2 steps.")
    numbers = rng.random((batch, length), dtype=np.float32)
    rows, half = np.arange(batch), length // 2
    first, second = rng.integers(0, half, batch), rng.integers(half, length, batch)
    marks = np.zeros_like(numbers)
    marks[rows, first] = marks[rows, second] = 1
    targets = numbers[rows, first] + numbers[rows, second]
    return Batch(np.stack([numbers, marks], axis=2), np.full(batch, length), targets)


def adding_stream(batch, length, steps, *, rng):
    """Yield `steps` fresh batches of the adding task, for one pass of training.

    Parameters
    ----------
    batch, length, steps : int
        B, T, and how many batches.
    rng : numpy.random.Generator
    """
    for _ in range(steps):
        yield adding_batch(batch, length, rng=rng)


COPY_SYMBOLS, COPY_COUNT = 8, 10


def copy_batch(batch, length, *, rng):
    """Return a batch of the copy task: ten symbols, a long wait, then the same ten symbols.

    The form of Arjovsky et al. (2016): ten symbols out of eight, `length` - 1 blanks, a signal,
    ten blanks; to be answered are blanks, and after the signal the ten symbols in order. Answering
    blanks and then guessing scores a cross-entropy of 10 ln 8 / (length + 20) a step.

    Parameters
    ----------
    batch, length : int
        B and the wait T.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, T + 20, 10) float32, one-hot: eight symbols, blank (8), signal (9);
        targets (B, T + 20) int64, classes 0 to 8.
    """
    _check_sizes(batch, length)
    steps, blank, signal = length + 2 * COPY_COUNT, COPY_SYMBOLS, COPY_SYMBOLS + 1
    symbols = rng.integers(0, COPY_SYMBOLS, (batch, COPY_COUNT))
    shown = np.full((batch, steps), blank)
    shown[:, :COPY_COUNT] = symbols
    shown[:, COPY_COUNT + length - 1] = signal
    targets = np.full((batch, steps), blank)
    targets[:, -COPY_COUNT:] = symbols
    inputs = np.eye(signal + 1, dtype=np.float32)[shown]
    return Batch(inputs, np.full(batch, steps), targets)


def temporal_order_batch(batch, length, *, rng):
    """Return a batch of the temporal order task: in which order came the two that mattered?

    After Hochreiter & Schmidhuber (1997), experiment 6a. Every step shows one of four distractors,
    save two: one from the second tenth of the sequence and one from its sixth tenth show X or Y.
    The class is which of the four orders XX, XY, YX, YY it was; chance is ln 4 in cross-entropy.

    Parameters
    ----------
    batch, length : int
        B and T; T at least 10.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, T, 6) float32, one-hot: four distractors, X (4), Y (5); targets (B,) int64.

    Raises
    ------
    ValueError
        If `length` is below 10.
    """
    _check_sizes(batch, length)
    if length < 10:
        raise ValueError(
            f"temporal_order_batch got length={length}. The task divides a sequence into tenths: "
            "choose at least 10."
        )
    shown = rng.integers(0, 4, (batch, length))
    first, second = rng.integers(0, 2, (2, batch))
    rows, tenth = np.arange(batch), length // 10
    shown[rows, rng.integers(tenth, 2 * tenth, batch)] = 4 + first
    shown[rows, rng.integers(5 * tenth, 6 * tenth, batch)] = 4 + second
    inputs = np.eye(6, dtype=np.float32)[shown]
    return Batch(inputs, np.full(batch, length), 2 * first + second)


def _check_sizes(batch, length):
    if batch < 1 or length < 1:
        raise ValueError(
            f"The task got batch={batch} and length={length}. Both must be at least 1."
        )
