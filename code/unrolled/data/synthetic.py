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


RESETS = 0.1  # share of the steps that begin a new count


def reset_sum_batch(batch, length, *, rng):
    """Return a batch of a task that asks to forget: say at each step the sum since the last reset.

    Each step shows a number drawn uniformly from [-1, 1) and whether a new sum begins with it,
    which happens at one step in ten and at the first. Answering 0 throughout scores a mean squared
    error of a third of the mean number of summands; see `reset_sum_chance`.

    Parameters
    ----------
    batch, length : int
        B and T.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, T, 2) float32: number, reset; targets (B, T) float32.
    """
    _check_sizes(batch, length)
    numbers = rng.uniform(-1, 1, (batch, length)).astype(np.float32)
    resets = rng.random((batch, length)) < RESETS
    resets[:, 0] = True
    targets, total = np.empty_like(numbers), np.zeros(batch, np.float32)
    for t in range(length):
        total = np.where(resets[:, t], 0, total) + numbers[:, t]
        targets[:, t] = total
    inputs = np.stack([numbers, resets.astype(np.float32)], axis=2)
    return Batch(inputs, np.full(batch, length), targets)


def reset_sum_chance(length):
    """Return the mean squared error of always answering 0 in `reset_sum_batch`.

    Of the number of summands at step t the mean is (1 - (1 - p)**t) / p, with p the share of
    resets; each summand has the variance 1/3.

    Parameters
    ----------
    length : int
        T.
    """
    summands = (1 - (1 - RESETS) ** np.arange(1, length + 1)) / RESETS
    return float(summands.mean() / 3)


def spike_distance_batch(batch, distance, *, rng):
    """Return a batch of a timing task: were the two spikes `distance` steps apart, or one more?

    The fine distinction of Gers, Schraudolph & Schmidhuber (2002). The first spike comes at one of
    the first ten steps, and a sequence ends with the second. Guessing scores ln 2.

    Parameters
    ----------
    batch, distance : int
        B, and the shorter distance.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, distance + 11, 1) float32, 1 at a spike, zero in the padding; targets (B,)
        int64, 1 where it was one step more.
    """
    _check_sizes(batch, distance)
    first, more = rng.integers(0, 10, batch), rng.integers(0, 2, batch)
    last, rows = first + distance + more, np.arange(batch)
    inputs = np.zeros((batch, distance + 11, 1), np.float32)
    inputs[rows, first] = inputs[rows, last] = 1
    return Batch(inputs, last + 1, more)


def spike_train_batch(batch, period, *, rng):
    """Return a batch of a timing task: after a start signal, spike every `period` steps.

    After the task of generating timed spikes of Gers, Schraudolph & Schmidhuber (2002). The signal
    comes at one of the first ten steps; nothing else is ever shown. The network's own answers are
    not fed back, so it must keep time by itself.

    Parameters
    ----------
    batch, period : int
        B, and the steps from the signal to the first spike, and from spike to spike.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, T, 1) float32, 1 at the signal; targets (B, T) int64, 1 at each step with a
        spike. T is 10 + 3 * period, so each sequence has three spikes.
    """
    _check_sizes(batch, period)
    start, rows = rng.integers(0, 10, batch), np.arange(batch)
    inputs = np.zeros((batch, 10 + 3 * period, 1), np.float32)
    targets = np.zeros(inputs.shape[:2], np.int64)
    inputs[rows, start] = 1
    for spike in (1, 2, 3):
        targets[rows, start + spike * period] = 1
    return Batch(inputs, np.full(batch, inputs.shape[1]), targets)


MARKED_SHARE = 0.1  # share of the steps that carry a mark


def mark_batch(batch, length, where, *, rng):
    """Return sequences with a few marks A or B; label each step by the next mark or by the last.

    One step in ten carries a mark, and the first and the last step do. Steps without show one of
    two distractors. The answer at a step is the kind of the nearest mark that comes after it
    ("ahead"; at the last step, its own), or before it ("behind"; at the first step, its own).

    Parameters
    ----------
    batch, length : int
        B and T.
    where : {"ahead", "behind"}
        Where the answer lies.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, T, 4) float32, one-hot: two distractors, A (2), B (3); targets (B, T) int64,
        0 for A and 1 for B. Guessing scores ln 2.

    Raises
    ------
    ValueError
        If `where` is neither.
    """
    _check_sizes(batch, length)
    if where not in ("ahead", "behind"):
        raise ValueError(f"mark_batch got where={where!r}; choose 'ahead' or 'behind'.")
    kinds, marked = rng.integers(0, 2, (batch, length)), rng.random((batch, length)) < MARKED_SHARE
    marked[:, [0, -1]] = True
    inputs = np.eye(4, dtype=np.float32)[kinds + 2 * marked]
    towards = slice(None, None, -1 if where == "ahead" else 1)  # walk away from the answers
    kinds, marked = kinds[:, towards], marked[:, towards]
    targets, nearest = np.empty_like(kinds), kinds[:, 0]
    for t in range(length):
        targets[:, t] = nearest
        nearest = np.where(marked[:, t], kinds[:, t], nearest)
    return Batch(inputs, np.full(batch, length), np.ascontiguousarray(targets[:, towards]))


def _check_sizes(batch, length):
    if batch < 1 or length < 1:
        raise ValueError(
            f"The task got batch={batch} and length={length}. Both must be at least 1."
        )
