"""Batches: sequences of different lengths, padded to one array, with their true lengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

PAD_ID = 0


@dataclass(frozen=True)
class Batch:
    """B sequences in one array, padded at the end to the longest of them.

    Parameters
    ----------
    inputs : numpy.ndarray
        ``(B, T)`` token numbers or ``(B, T, I)`` real inputs.
    lengths : numpy.ndarray
        ``(B,)`` number of real steps in each row, from 1 to T.
    targets : numpy.ndarray
        One target (of any shape) a row: the first axis is B.
    rows : numpy.ndarray, optional
        ``(B,)`` where each sequence stood in the data it came from, so that
        predictions can be put back in order.

    Raises
    ------
    ValueError
        If the sizes do not fit together, or a length is zero or longer than T.
    """

    inputs: np.ndarray
    lengths: np.ndarray
    targets: np.ndarray
    rows: np.ndarray | None = field(default=None)

    def __post_init__(self):
        if np.ndim(self.inputs) < 2:
            raise ValueError(
                f"Batch got inputs of shape {np.shape(self.inputs)}; expected (B, T) token numbers "
                "or (B, T, I) real inputs. For one sequence, add a batch axis: inputs[None]."
            )
        batch, steps = np.shape(self.inputs)[:2]
        check_lengths(self.lengths, batch, steps)
        count = len(self.targets) if hasattr(self.targets, "__len__") else "no"
        if count != batch:
            raise ValueError(
                f"Batch got {batch} sequences but {count} targets; "
                "give one target for each sequence."
            )
        if self.rows is not None and np.shape(self.rows) != (batch,):
            raise ValueError(
                f"Batch got rows of shape {np.shape(self.rows)}; expected ({batch},), "
                "one position for each sequence."
            )

    def __len__(self):
        """Return B, the number of sequences."""
        return len(self.inputs)

    @property
    def mask(self) -> np.ndarray:
        """Return ``(B, T)`` booleans, True where a step is real and not padding."""
        return length_mask(self.lengths, np.shape(self.inputs)[1])


def check_lengths(lengths, batch: int, steps: int) -> None:
    """Raise ``ValueError`` unless `lengths` is ``(batch,)`` whole numbers from 1 to `steps`."""
    lengths = np.asarray(lengths)
    if lengths.shape != (batch,) or lengths.dtype.kind not in "iu":
        raise ValueError(
            f"lengths has shape {lengths.shape} and type {lengths.dtype}; expected ({batch},) "
            "whole numbers, one for each sequence."
        )
    if batch and lengths.min() < 1:
        raise ValueError(
            f"A length is {lengths.min()} (sequence {int(lengths.argmin())}); each sequence needs "
            "at least one real step, or there is no last state to read. Drop empty sequences first."
        )
    if batch and lengths.max() > steps:
        raise ValueError(
            f"A length is {lengths.max()} (sequence {int(lengths.argmax())}), longer than the "
            f"T = {steps} steps of the batch. Pad to the longest sequence, or cut the lengths too."
        )


def length_mask(lengths, steps: int) -> np.ndarray:
    """Return ``(B, steps)`` booleans, True at the first ``lengths[b]`` steps of row b."""
    return np.arange(steps) < np.asarray(lengths)[:, None]


def pad_sequences(sequences: Sequence[Sequence[int]], *, pad_id: int = PAD_ID):
    """Return ``(B, T)`` token numbers padded at the end, and the ``(B,)`` true lengths.

    Raises
    ------
    ValueError
        If there is no sequence, or one of them is empty or holds something but whole numbers.
    """
    if len(sequences) == 0:
        raise ValueError("pad_sequences got no sequence; give it at least one.")
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    if lengths.min() == 0:
        raise ValueError(
            f"Sequence {int(lengths.argmin())} is empty, so it has no last step to read. "
            "Drop empty sequences before padding."
        )
    inputs = np.full((len(sequences), lengths.max()), pad_id, dtype=np.int64)
    for number, (row, sequence) in enumerate(zip(inputs, sequences, strict=True)):
        tokens = np.asarray(sequence)
        if tokens.dtype.kind not in "iu":
            raise ValueError(
                f"Sequence {number} holds something that is no token number: {tokens.dtype} "
                "values. Give whole numbers; for real inputs build the (B, T, I) array yourself."
            )
        row[: len(tokens)] = tokens
    return inputs, lengths


def keep_ends(sequence: Sequence[int], max_tokens: int | None) -> Sequence[int]:
    """Return the first and the last ``max_tokens / 2`` items, or all if there are no more.

    An odd `max_tokens` gives the extra item to the end of the sequence.

    Raises
    ------
    ValueError
        If `max_tokens` is smaller than 1.
    """
    if max_tokens is None:
        return sequence
    _check_count("max_tokens", max_tokens, "keep at least 1 token, or give None")
    if len(sequence) <= max_tokens:
        return sequence
    head = max_tokens // 2
    return np.concatenate([sequence[:head], sequence[len(sequence) - (max_tokens - head) :]])


def _check_count(name: str, count, advice: str) -> None:
    """Raise ``ValueError`` with an advice unless `count` is a whole number, at least 1."""
    if not isinstance(count, int | np.integer) or isinstance(count, bool) or count < 1:
        raise ValueError(f"{name} is {count}; {advice}. It is a whole number.")


def check_labels(labels, count: int, n_classes: int = 2) -> np.ndarray:
    """Return `labels` as ``(count,)`` int64; each must be a class, 0 to ``n_classes - 1``.

    Raises
    ------
    ValueError
        If there are not so many, or one is no class.
    """
    labels = np.asarray(labels)
    if labels.shape != (count,):
        raise ValueError(
            f"There are {count} sequences but labels has shape {labels.shape}; "
            "give one label for each sequence."
        )
    bad = ~np.isin(labels, np.arange(n_classes))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        if n_classes > 2:
            raise ValueError(
                f"Label {labels[row]!r} (row {row}) is no whole number from 0 to {n_classes - 1}, "
                f"one of {n_classes} classes. Recode the labels."
            )
        raise ValueError(
            f"Label {labels[row]!r} (row {row}) is neither 0 nor 1; the course writes 0 for a "
            "negative review and 1 for a positive one. Recode the labels."
        )
    return labels.astype(np.int64)


def row_batches(
    inputs: np.ndarray, targets: np.ndarray, size: int, rng: np.random.Generator | None = None
) -> Iterator[Batch]:
    """Yield the rows of arrays as batches without padding: in their order, or shuffled by `rng`.

    Parameters
    ----------
    inputs : ndarray (N, T) or (N, T, I)
        All T steps of each row are real.
    targets : ndarray (N, ...)
    size : int
        Rows of a batch; the last one may have fewer.
    rng : numpy.random.Generator, optional
    """
    order = np.arange(len(inputs)) if rng is None else rng.permutation(len(inputs))
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        yield Batch(inputs[rows], np.full(len(rows), inputs.shape[1]), targets[rows])


def bucketed_batches(
    ids: Sequence[Sequence[int]],
    labels,
    *,
    batch_size: int,
    rng: np.random.Generator | None = None,
    max_tokens: int | None = None,
    bucket_batches: int | None = 50,
    n_classes: int = 2,
) -> Iterator[Batch]:
    """Yield the data once, in batches whose sequences have similar lengths.

    The order is shuffled, cut into pools of `bucket_batches` batches, each pool is
    sorted by length and cut into batches, and the batches are shuffled. Similar
    lengths need little padding; the shuffles keep the passes different.

    Parameters
    ----------
    ids : sequence of sequences of int
        One list of token numbers for each review.
    labels : array_like
        ``(N,)`` zeros and ones, or classes from 0 to ``n_classes - 1``.
    batch_size : int
        Sequences in a batch; the last batch of a pass may be smaller.
    rng : numpy.random.Generator, optional
        Shuffles. Without it nothing is shuffled and the pool is the whole data,
        from short to long, which is right for evaluation.
    max_tokens : int, optional
        Keep only the first and the last ``max_tokens / 2`` tokens of longer sequences.
    bucket_batches : int or None
        Batches in a pool. None turns sorting off: batches of mixed lengths.
    n_classes : int
        K, of which each label must be one.

    Raises
    ------
    ValueError
        If sizes do not match, a label is no class, a sequence is empty, or `batch_size`,
        `max_tokens` or `bucket_batches` is no whole number from 1 on.
    """
    _check_count("batch_size", batch_size, "a batch needs at least one sequence")
    if max_tokens is not None:
        _check_count("max_tokens", max_tokens, "keep at least 1 token, or give None")
    if bucket_batches is not None:
        _check_count("bucket_batches", bucket_batches, "a pool needs one batch, or give None")
    labels = check_labels(labels, len(ids), n_classes)
    return _bucketed_batches(ids, labels, batch_size, rng, max_tokens, bucket_batches)


def _bucketed_batches(ids, labels, batch_size, rng, max_tokens, bucket_batches):
    """Yield the batches of `bucketed_batches`, whose arguments have been checked."""
    short = [keep_ends(sequence, max_tokens) for sequence in ids]
    lengths = np.array([len(sequence) for sequence in short], dtype=np.int64)
    for rows in bucketed_rows(lengths, batch_size, rng, bucket_batches):
        inputs, true_lengths = pad_sequences([short[row] for row in rows])
        yield Batch(inputs, true_lengths, labels[rows], rows)


def bucketed_rows(
    lengths: np.ndarray,
    batch_size: int,
    rng: np.random.Generator | None = None,
    bucket_batches: int | None = 50,
) -> Iterator[np.ndarray]:
    """Yield the positions of the sequences of each batch, as `bucketed_batches` groups them."""
    order = np.arange(len(lengths)) if rng is None else rng.permutation(len(lengths))
    if bucket_batches is not None:
        pool = len(order) if rng is None else batch_size * bucket_batches
        order = np.concatenate(
            [
                part[np.argsort(lengths[part], kind="stable")]
                for part in np.split(order, np.arange(pool, len(order), max(pool, 1)))
            ]
        )
    groups = np.split(order, np.arange(batch_size, len(order), batch_size))
    sequence_of_groups = range(len(groups)) if rng is None else rng.permutation(len(groups))
    yield from (groups[k] for k in sequence_of_groups if len(groups[k]))
