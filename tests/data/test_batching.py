"""Batches lose nothing, pad little, and know which steps are real."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.batching import (
    Batch,
    bucketed_batches,
    check_lengths,
    keep_ends,
    length_mask,
    pad_sequences,
    row_batches,
)

sequences = st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=12), min_size=1, max_size=30)


def rng():
    return np.random.default_rng(3)


@given(sequences)
def test_padding_keeps_each_sequence_and_adds_only_padding(ids):
    inputs, lengths = pad_sequences(ids)
    assert inputs.shape == (len(ids), max(map(len, ids)))
    mask = length_mask(lengths, inputs.shape[1])
    assert inputs[mask].tolist() == [token for sequence in ids for token in sequence]
    assert (inputs[~mask] == 0).all()


@given(sequences, st.integers(1, 7), st.booleans(), st.sampled_from([None, 1, 3]))
def test_batches_hold_each_review_once_with_its_label(ids, size, shuffle, pool):
    labels = np.arange(len(ids)) % 2
    batches = list(
        bucketed_batches(
            ids, labels, batch_size=size, rng=rng() if shuffle else None, bucket_batches=pool
        )
    )
    rows = np.concatenate([batch.rows for batch in batches])
    assert sorted(rows) == list(range(len(ids)))
    assert max(map(len, batches)) <= size
    assert len(batches) == -(-len(ids) // size)
    for batch in batches:
        np.testing.assert_array_equal(batch.targets, labels[batch.rows])
        for inputs, real, row in zip(batch.inputs, batch.mask, batch.rows, strict=True):
            assert inputs[real].tolist() == ids[row]


@given(st.lists(st.integers(), min_size=1, max_size=20), st.integers(1, 22))
def test_keep_ends_keeps_the_first_and_the_last(sequence, limit):
    kept = list(keep_ends(sequence, limit))
    assert len(kept) == min(len(sequence), limit)
    head = min(len(sequence), limit) if limit >= len(sequence) else limit // 2
    assert kept[:head] == sequence[:head]
    if len(kept) > head:
        assert kept[head:] == sequence[-(len(kept) - head) :]


def uneven(count=400):
    generator = rng()
    ids = [[1] * n for n in generator.integers(1, 100, size=count)]
    return ids, generator.integers(0, 2, size=count)


def padded_share(batches):
    batches = list(batches)
    return 1 - sum(b.mask.sum() for b in batches) / sum(b.inputs.size for b in batches)


def test_buckets_pad_less_than_mixed_batches():
    ids, labels = uneven()
    mixed = bucketed_batches(ids, labels, batch_size=20, rng=rng(), bucket_batches=None)
    bucketed = bucketed_batches(ids, labels, batch_size=20, rng=rng())
    assert padded_share(mixed) > 0.3
    assert padded_share(bucketed) < 0.1


def test_passes_differ_but_a_seed_repeats_them():
    ids, labels = uneven()

    def rows(generator):
        batches = bucketed_batches(ids, labels, batch_size=20, rng=generator, bucket_batches=3)
        return np.concatenate([batch.rows for batch in batches]).tolist()

    generator = rng()
    first, second = rows(generator), rows(generator)
    assert first != second
    assert first == rows(rng())


def test_max_tokens_limits_every_batch():
    ids, labels = uneven()
    batches = list(bucketed_batches(ids, labels, batch_size=20, rng=rng(), max_tokens=10))
    assert max(batch.inputs.shape[1] for batch in batches) == 10


def test_evaluation_order_is_from_short_to_long():
    ids, labels = uneven()
    lengths = np.concatenate([b.lengths for b in bucketed_batches(ids, labels, batch_size=32)])
    assert (np.diff(lengths) >= 0).all()


def test_bad_arguments_fail_when_called_and_not_at_the_first_batch():
    with pytest.raises(ValueError, match="batch_size is 0"):
        bucketed_batches([[1]], [0], batch_size=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bucketed_batches([[1]], [2], batch_size=1), r"Label .*2.* neither 0 nor 1"),
        (lambda: bucketed_batches([[1]], [np.nan], batch_size=1), "neither 0 nor 1"),
        (lambda: bucketed_batches([[1], [2]], [0], batch_size=1), r"2 sequences but labels has"),
        (lambda: bucketed_batches([[1]], [1], batch_size=1, max_tokens=0), "max_tokens is 0"),
        (lambda: list(bucketed_batches([[1], []], [0, 1], batch_size=2)), "is empty"),
        (lambda: bucketed_batches([[1]], [1], batch_size=None), "batch_size is None"),
        (lambda: bucketed_batches([[1]], [1], batch_size=np.nan), "batch_size is nan"),
        (lambda: bucketed_batches([[1]], [1], batch_size=1, max_tokens=2.5), "max_tokens is 2.5"),
        (lambda: bucketed_batches([[1]], [1], batch_size=1, bucket_batches=0), "is 0; a pool"),
        (lambda: pad_sequences([]), "got no sequence"),
        (lambda: pad_sequences([[1], [np.nan, 2]]), "Sequence 1 holds .* no token number: float64"),
        (lambda: pad_sequences([[1, None]]), "Sequence 0 holds .* no token number: object"),
        (lambda: pad_sequences([[1], []]), "Sequence 1 is empty"),
        (lambda: keep_ends([1, 2, 3], 0), "max_tokens is 0"),
        (lambda: check_lengths([2, 0], 2, 3), r"A length is 0 \(sequence 1\)"),
        (
            lambda: check_lengths([2, 4], 2, 3),
            r"A length is 4 \(sequence 1\), longer than the T = 3",
        ),
        (lambda: check_lengths([2], 2, 3), r"lengths has shape \(1,\)"),
        (lambda: check_lengths([2.0, 1.0], 2, 3), "type float64; expected"),
        (lambda: check_lengths([2, None], 2, 3), "type object; expected"),
        (lambda: Batch(None, np.array([1]), [0]), r"inputs of shape \(\)"),
        (lambda: Batch(np.zeros((1, 3)), np.array([1]), None), "1 sequences but no targets"),
        (lambda: Batch(np.zeros(3), np.array([1]), [0]), "inputs of shape"),
        (lambda: Batch(np.zeros((1, 3)), np.array([1]), [0, 1]), "1 sequences but 2 targets"),
        (lambda: Batch(np.zeros((1, 3)), np.array([1]), [0], np.arange(2)), "rows of shape"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_batch_is_frozen():
    batch = Batch(np.zeros((1, 3)), np.array([2]), np.array([0]))
    assert batch.mask.tolist() == [[True, True, False]]
    with pytest.raises(AttributeError):
        batch.lengths = np.array([3])


@pytest.mark.parametrize("shape", [(7, 3), (7, 3, 2)])
def test_rows_become_batches_in_their_order_or_shuffled_each_once(shape):
    inputs, targets = np.arange(np.prod(shape)).reshape(shape), np.arange(7)
    for rng in (None, np.random.default_rng(0)):
        batches = list(row_batches(inputs, targets, 3, rng))
        assert [len(batch.targets) for batch in batches] == [3, 3, 1]
        assert all((batch.lengths == 3).all() for batch in batches)
        places = np.concatenate([batch.targets for batch in batches])
        assert (rng is None) == (places.tolist() == list(range(7)))
        assert sorted(places) == list(range(7))
        assert np.array_equal(np.concatenate([batch.inputs for batch in batches]), inputs[places])
