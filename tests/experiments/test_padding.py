"""The experiments on padding: which read-outs hear it, and what batches cost."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from unrolled.experiments import padding
from unrolled.sentiment.corpus import Part

DEAF = {
    "packed",
    "last token",
    "masked mean",
    "masked max",
    "backward, wrong end",
    "backward, right end",
}


RECIPE = replace(padding.RECIPE, embedding_size=5, hidden_size=6)


@pytest.fixture
def parts(toy_reviews):
    return {"train": toy_reviews(40), "valid": toy_reviews(40, seed=1)}


def answers(readout, inputs, lengths):
    torch.manual_seed(0)
    model = padding.PaddedReader(20, 5, 6, readout)
    with torch.no_grad():
        return model(torch.as_tensor(inputs), torch.as_tensor(lengths))


def rows(extra=0, fill=0):
    """Three reviews of 6, 4 and 1 tokens, and so much more padding, filled with a token."""
    inputs = np.full((3, 6 + extra), fill)
    for row, n in zip(inputs, (6, 4, 1), strict=True):
        row[:n] = np.arange(4, 4 + n)
    return inputs, np.array([6, 4, 1])


@pytest.mark.parametrize("readout", padding.READOUTS)
def test_only_the_read_outs_that_know_the_lengths_are_deaf_to_padding(readout):
    before = answers(readout, *rows())
    for moved in (answers(readout, *rows(extra=3)), answers(readout, *rows(fill=9))):
        assert torch.allclose(before, moved, atol=1e-6) == (readout in DEAF)


def test_packed_is_the_last_token_and_the_wrong_end_reads_that_token_only():
    inputs, lengths = rows()
    torch.testing.assert_close(answers("packed", *rows()), answers("last token", *rows()))
    other = inputs.copy()
    other[:, 0] = 19  # the first token of all; the third review has no other
    wrong = answers("backward, wrong end", inputs, lengths)
    moved = answers("backward, wrong end", other, lengths)
    assert torch.equal(wrong[:2], moved[:2])
    assert wrong[2] != moved[2]
    right = answers("backward, right end", inputs, lengths)
    assert (right != answers("backward, right end", other, lengths)).all()


def test_padding_first_moves_the_padding_and_keeps_the_order():
    inputs, lengths = (torch.as_tensor(a) for a in rows(extra=1))
    moved = padding.padding_first(inputs.unsqueeze(2), lengths).squeeze(2)
    assert moved.tolist() == [[0, 4, 5, 6, 7, 8, 9], [0, 0, 0, 4, 5, 6, 7], [0, 0, 0, 0, 0, 0, 4]]


def test_width_pads_every_batch_and_never_cuts():
    inputs, lengths = (torch.as_tensor(a) for a in rows())
    model = padding.PaddedReader(20, 5, 6, "plain mean")
    bare = model(inputs, lengths)
    model.width = 3
    assert torch.equal(model(inputs, lengths), bare)
    model.width = 9
    torch.testing.assert_close(
        model(inputs, lengths), answers_of(model, torch.as_tensor(rows(extra=3)[0]), lengths)
    )


def answers_of(model, inputs, lengths):
    model.width = None
    return model(inputs, lengths)


@pytest.mark.parametrize(("readout", "padded"), padding.TRAINED)
def test_only_deaf_read_outs_keep_their_loss_beside_more_padding(readout, padded, parts):
    found = padding.measure(readout, padded, seed=0, recipe=RECIPE, parts=parts)
    assert [finding["width"] for finding in found] == [0, padding.FIXED]
    usual = found[int(padded)]
    assert usual["flipped"] == 0
    assert not usual["diverged"]
    if readout in DEAF:
        assert found[0]["loss"] == pytest.approx(found[1]["loss"], abs=1e-6)
    else:
        assert found[0]["loss"] != found[1]["loss"]


def test_both_batchings_read_the_same_tokens_in_arrays_of_different_size(parts):
    found = {
        way: padding.measure_cost(
            way, 0, recipe=replace(padding.COST_RECIPE, hidden_size=4), reviews=40, parts=parts
        )
        for way in padding.BATCHINGS
    }
    assert found["fixed"]["tokens"] == found["bucketed"]["tokens"]
    assert found["fixed"]["array_steps"] == 40 * padding.FIXED
    assert found["bucketed"]["array_steps"] < found["fixed"]["array_steps"]


def test_both_batchings_cut_long_reviews_alike_and_keeps_each_row_once():
    part = Part([np.full(n, 5) for n in (3, 700, 40, 12)], np.array([0, 1, 0, 1]))
    for way in padding.BATCHINGS:
        batches = list(padding.batches_by(part, way, np.random.default_rng(0)))
        lengths = np.concatenate([batch.lengths for batch in batches])
        assert sorted(lengths) == [3, 12, 40, padding.FIXED]
        rows_seen = np.concatenate([batch.rows for batch in batches])
        assert sorted(rows_seen) == [0, 1, 2, 3]
