"""The experiment on the craft of training: each trick is what its name says, and nothing else."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from unrolled.evaluation.metrics import mean_interval
from unrolled.experiments import craft
from unrolled.seeding import seed_everything
from unrolled.sentiment.training import build_reader

SMALL = {"embedding_size": 5, "hidden_size": 4, "max_tokens": 20, "batch_size": 8, "epochs": 2}
ALL = [
    (family, trick)
    for groups in (craft.TRICKS, craft.PLACES)
    for family, tricks in groups.items()
    for trick in tricks
]


@pytest.fixture
def watched(toy_reviews):
    """Return a function that trains a small reader by a recipe and returns what was watched."""

    def watch(recipe, **changes):
        small = dataclasses.replace(recipe, **SMALL | changes)
        return craft.train_and_watch(small, 9, toy_reviews(24, 0), toy_reviews(16, 1), seed=0)

    return watch


@pytest.mark.parametrize(("family", "trick"), ALL)
def test_every_trick_reports_each_pass_and_its_gradients(family, trick, watched):
    found = watched(craft.recipe_of(family, trick))
    assert [row["epoch"] for row in found] == [1, 2]
    assert not any(row["diverged"] for row in found)
    for row in found:
        assert 0 <= row["over_5"] <= row["over_1"] <= 1
        assert (row["over_1"] > 0) == (row["largest_norm"] > 1)
        assert 0 < row["median_norm"] <= row["largest_norm"]
        assert math.isfinite(row["train_loss"])
        assert math.isfinite(row["loss"])


def test_runs_of_one_seed_start_alike_and_see_the_same_first_batch(watched):
    rate = {"rate": 0.0}  # nothing moves: all that differs is what the trick changes
    plain = watched(craft.PLAIN, **rate)
    for family, trick in [("weight decay", "decoupled, 1"), ("clipping", "at 1")]:
        assert watched(craft.recipe_of(family, trick), **rate) == plain
    assert watched(craft.recipe_of("start", "Xavier"), **rate) != plain
    noisy = watched(craft.recipe_of("dropout 0.3", "on both"), **rate)
    assert noisy[0]["loss"] == plain[0]["loss"]
    assert noisy[0]["train_loss"] != plain[0]["train_loss"]


def test_a_tight_clip_changes_the_run_but_is_reported_before_clipping(watched):
    free, tight = watched(craft.PLAIN, rate=0.05), watched(craft.PLAIN, rate=0.05, clip_norm=1e-6)
    assert free[-1]["loss"] != tight[-1]["loss"]
    assert tight[0]["median_norm"] > 1e-3


def test_a_run_that_diverges_is_reported_as_such_and_never_as_a_number(watched):
    diverged = watched(craft.PLAIN, rate=3e38)
    assert diverged[-1]["diverged"]
    assert diverged[-1]["accuracy"] is None
    assert [row["epoch"] for row in diverged] == [1, 2]


def test_every_trick_differs_from_plain_and_from_the_others():
    recipes = [craft.recipe_of(family, trick) for family, trick in ALL]
    assert len({tuple(vars(recipe).items()) for recipe in [craft.PLAIN, *recipes]}) == len(ALL) + 1


def test_the_batch_size_moves_the_rate_with_its_root():
    recipes = [craft.recipe_of("batch", trick) for trick in craft.TRICKS["batch"]]
    found = {recipe.batch_size: recipe.rate / craft.RATE for recipe in recipes}
    assert found == {8: pytest.approx(0.5), 128: pytest.approx(2)}


def test_the_starts_start_as_they_say():
    def started(family, trick):
        seed_everything(0)
        return build_reader(craft.recipe_of(family, trick), 50)

    orthogonal = started("start", "orthogonal").forwards.weight_hh_l0[:32].detach()
    torch.testing.assert_close(orthogonal @ orthogonal.T, torch.eye(32))
    biased = started("start", "forget bias 1").backwards
    assert torch.equal((biased.bias_ih_l0 + biased.bias_hh_l0)[32:64], torch.ones(32))


def test_an_unknown_trick_is_named():
    with pytest.raises(LookupError, match="no trick 'prayer' in the family 'start'"):
        craft.recipe_of("start", "prayer")


def test_in_every_place_the_first_is_what_the_others_are_compared_with():
    assert all(next(iter(tricks)) == "plain" for tricks in craft.PLACES.values())


def test_the_noise_is_what_neither_seed_nor_recipe_explains():
    rng = np.random.default_rng(0)
    seeds, recipes = rng.normal(0, 9, (400, 1)), rng.normal(0, 9, (1, 6))
    scatter, freedom = craft.seed_noise(seeds + recipes + rng.normal(0, 0.5, (400, 6)))
    assert freedom == 399 * 5
    assert scatter == pytest.approx(0.5, rel=0.05)
    with pytest.raises(ValueError, match="at least two of each"):
        craft.seed_noise(np.full((5, 3), np.nan))


def test_with_two_recipes_the_band_is_students_interval_of_the_pairs():
    results = np.array([[1.0, 2.0], [3.0, 3.5], [0.0, 2.0], [1.0, 1.2]])
    mean, low, _ = mean_interval(results[:, 1] - results[:, 0])
    assert craft.noise_band(results, 1) == pytest.approx(mean - low)
    assert craft.noise_band(results, 20) > 2 * craft.noise_band(results, 1)


def test_the_band_keeps_its_promise():
    rng, missed = np.random.default_rng(1), 0
    for _ in range(400):
        results = rng.normal(size=(5, 21)) + rng.normal(size=(5, 1))
        differences = (results[:, 1:] - results[:, :1]).mean(0)
        missed += np.abs(differences).max() > craft.noise_band(results, 20)
    assert 0.01 < missed / 400 < 0.07
