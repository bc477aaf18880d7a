"""What the experiments on sentiment share: parts, recipes, and a training without surprises."""

import math

import numpy as np
import pytest
import torch

from unrolled.data.batching import bucketed_batches
from unrolled.experiments.reading import (
    Part,
    Recipe,
    balanced_rows,
    build_reader,
    logits_of,
    read_imdb,
    scores,
    train_reader,
)
from unrolled.nets.training import History
from unrolled.seeding import seed_everything

TINY = Recipe(embedding_size=5, hidden_size=4, max_tokens=20, batch_size=8, epochs=2, dropout=0.0)


def toy(count=24, seed=0):
    """Return reviews that hold the token 2 where they are positive, and 3 where they are not."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    ids = [
        np.append(rng.integers(4, 9, rng.integers(1, 30)), 2 if label else 3) for label in labels
    ]
    return Part(ids, labels)


def trained(recipe, seed=0, **options):
    rng = seed_everything(seed)
    model = build_reader(recipe, 9)
    return model, train_reader(model, recipe, toy(), rng, **options)


def test_a_reader_learns_and_the_same_seed_gives_the_same_reader():
    recipe = Recipe(**vars(TINY) | {"epochs": 40, "rate": 0.02})
    model, found = trained(recipe)
    again, _ = trained(recipe)
    logits = logits_of(model, toy(seed=1), 20)
    assert scores(logits, toy(seed=1).labels)["accuracy"] == 1
    assert found["train_loss"] < 0.1
    np.testing.assert_array_equal(logits, logits_of(again, toy(seed=1), 20))


def test_each_pass_reports_and_a_divergence_is_a_finding():
    seen = []
    trained(TINY, after_epoch=seen.append)
    assert seen == [1, 2]
    model = build_reader(TINY, 9)
    with torch.no_grad():
        model.head.weight.fill_(math.nan)
    assert train_reader(model, TINY, toy(), np.random.default_rng(0))["diverged"]


def test_a_constant_rate_stays_and_an_unknown_schedule_is_named():
    plain, _ = trained(Recipe(**vars(TINY) | {"schedule": "constant"}))
    cycle, _ = trained(TINY)
    assert not torch.equal(plain.head.weight, cycle.head.weight)
    with pytest.raises(ValueError, match="'one cycle', 'linear' or 'constant'"):
        trained(Recipe(**vars(TINY) | {"schedule": "cosine"}))


def test_logits_come_in_the_order_of_the_part():
    model, part = build_reader(TINY, 9), toy()
    alone = [logits_of(model, part.take([row]), 20)[0] for row in range(len(part.ids))]
    np.testing.assert_allclose(logits_of(model, part, 20), alone, atol=1e-6)


def test_scores_are_those_of_the_definitions():
    found = scores(np.array([2.0, -1.0, 0.5]), np.array([1, 0, 0]))
    expected = np.mean([np.log1p(np.exp(-2)), np.log1p(np.exp(-1)), np.log1p(np.exp(0.5))])
    assert found == {"accuracy": pytest.approx(2 / 3), "loss": pytest.approx(expected)}


def test_balanced_rows_are_distinct_and_of_both_labels():
    labels = np.array([1, 0, 0, 1, 1, 1, 0, 1])
    rows = balanced_rows(labels, 6, np.random.default_rng(0))
    assert len(set(rows)) == 6
    assert labels[rows].sum() == 3
    with pytest.raises(ValueError, match="even number up to 6"):
        balanced_rows(labels, 8, np.random.default_rng(0))


def test_the_parts_of_imdb_are_those_of_the_chapters():
    parts, vocabulary = read_imdb()
    assert {name: len(part.ids) for name, part in parts.items()} == {
        "train": 19_929,
        "valid": 2_492,
        "test": 2_482,
    }
    assert len(vocabulary) == 20_000
    batch = next(bucketed_batches(parts["valid"].ids, parts["valid"].labels, batch_size=4))
    assert batch.inputs.max() < 20_000


def test_xavier_keeps_the_bound_of_each_block_and_empties_the_biases():
    model = build_reader(Recipe(**vars(TINY) | {"start": "xavier", "hidden_size": 40}), 9)
    for block in model.forwards.weight_ih_l0.split(40):
        assert 0.95 * math.sqrt(6 / 45) < block.abs().max() <= math.sqrt(6 / 45)
    assert model.head.weight.abs().max() <= math.sqrt(6 / (160 + 1))
    assert not any(p.any() for name, p in model.named_parameters() if "bias" in name)


def test_a_penalty_pulls_weights_in_and_a_linear_rate_ends_at_nothing():
    def size(model):
        return sum(p.square().sum().item() for p in model.parameters())

    assert size(trained(Recipe(**vars(TINY) | {"penalty": 0.1}))[0]) < size(trained(TINY)[0])
    history = History()
    linear, _ = trained(Recipe(**vars(TINY) | {"schedule": "linear"}), history=history)
    assert len(history) == 6
    plain, _ = trained(Recipe(**vars(TINY) | {"schedule": "constant"}))
    assert not torch.equal(plain.head.weight, linear.head.weight)


def test_an_unknown_start_is_named():
    with pytest.raises(ValueError, match="'warm'; choose of default, xavier, orthogonal"):
        build_reader(Recipe(**vars(TINY) | {"start": "warm"}), 9)


def test_a_recipe_says_how_loud_the_embeddings_start():
    quiet, loud = (
        build_reader(Recipe(**vars(TINY) | {"embedding_std": std}), 900).embedding.weight
        for std in (0.1, 1.0)
    )
    assert (loud.std() / quiet.std()).item() == pytest.approx(10, rel=0.1)
