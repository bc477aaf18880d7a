"""The reader is built, trained and asked as its recipe says, and a divergence is a finding."""

import io
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from unrolled.nets.checkpoints import random_state, set_random_state
from unrolled.nets.training import adversarial_loss, sentiment_loss
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import (
    Training,
    build_reader,
    logits_of,
    loss_of,
    pretraining_recipe,
    scores,
    shuffled_batches,
    train_reader,
)

TINY = Recipe(
    embedding_size=5,
    hidden_size=4,
    max_tokens=20,
    batch_size=8,
    epochs=2,
    dropout=0.0,
    embedding_dropout=0.0,
)


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
    recipe = replace(TINY, epochs=40, rate=0.02)
    model, found = trained(recipe)
    again, _ = trained(recipe)
    logits = logits_of(model, toy(seed=1), 20)
    assert scores(logits, toy(seed=1).labels)["accuracy"] == 1
    assert found["train_loss"] < 0.1
    np.testing.assert_array_equal(logits, logits_of(again, toy(seed=1), 20))


def test_logits_come_in_the_order_of_the_part():
    model, part = build_reader(TINY, 9), toy()
    alone = [logits_of(model, part.take([row]), 20)[0] for row in range(len(part.ids))]
    np.testing.assert_allclose(logits_of(model, part, 20), alone, atol=1e-6)


def test_scores_are_those_of_the_definitions():
    found = scores(np.array([2.0, -1.0, 0.5]), np.array([1, 0, 0]))
    expected = np.mean([np.log1p(np.exp(-2)), np.log1p(np.exp(-1)), np.log1p(np.exp(0.5))])
    assert found == {"accuracy": pytest.approx(2 / 3), "loss": pytest.approx(expected)}


def test_xavier_keeps_the_bound_of_each_block_and_empties_the_biases():
    model = build_reader(replace(TINY, start="xavier", hidden_size=40), 9)
    for block in model.forwards.weight_ih_l0.split(40):
        assert 0.95 * math.sqrt(6 / 45) < block.abs().max() <= math.sqrt(6 / 45)
    assert model.head.weight.abs().max() <= math.sqrt(6 / (160 + 1))
    assert not any(p.any() for name, p in model.named_parameters() if "bias" in name)


def test_a_recipe_says_how_loud_the_embeddings_start():
    quiet, loud = (
        build_reader(replace(TINY, embedding_std=std), 900).embedding.weight for std in (0.1, 1.0)
    )
    assert (loud.std() / quiet.std()).item() == pytest.approx(10, rel=0.1)


def test_each_pass_reports_and_a_divergence_is_a_finding():
    seen = []
    _, found = trained(TINY, on_epoch=lambda training: seen.append(training.epoch))
    assert seen == [1, 2]
    assert not found["diverged"]
    model = build_reader(TINY, 9)
    with torch.no_grad():
        model.head.weight.fill_(math.nan)
    assert train_reader(model, TINY, toy(), np.random.default_rng(0))["diverged"]


def rates_of(recipe):
    """Return the learning rate of each step, and the weights at the end."""
    rates, model = [], build_reader(recipe, 9)
    training = Training(model, recipe, 3)
    training.run(
        lambda epoch: shuffled_batches(toy(), recipe, np.random.default_rng(epoch)),
        loss_of(recipe),
        on_step=lambda: rates.append(training.optimizer.param_groups[0]["lr"]),
    )
    return np.array(rates) / recipe.rate


def test_the_schedules_do_what_their_names_say():
    constant, linear, cycle = (
        rates_of(replace(TINY, schedule=name, epochs=10))
        for name in ("constant", "linear", "one cycle")
    )
    assert len(constant) == len(linear) == len(cycle) == 30  # of 30 steps, each after its own
    assert (constant == 1).all()
    np.testing.assert_allclose(linear, 1 - np.arange(1, 31) / 30, atol=1e-12)
    assert cycle.argmax() + 1 == pytest.approx(3, abs=1)
    assert cycle[-1] < 1e-2


def test_a_penalty_adds_half_the_sum_of_all_squared_weights():
    model = build_reader(TINY, 9)
    batch = next(shuffled_batches(toy(), TINY, np.random.default_rng(0)))
    squares = sum(weight.square().sum().item() for weight in model.parameters())
    plain, heavier = (
        loss_of(replace(TINY, penalty=penalty))(model, batch).item() for penalty in (0.0, 0.1)
    )
    assert heavier - plain == pytest.approx(0.05 * squares, rel=1e-4)


def test_a_recipe_chooses_between_the_plain_and_the_adversarial_loss():
    model = build_reader(TINY, 9)
    batch = next(shuffled_batches(toy(), TINY, np.random.default_rng(0)))
    assert loss_of(TINY)(model, batch) == sentiment_loss(model, batch)
    moved = loss_of(replace(TINY, adversarial=0.3))(model, batch)
    assert (
        moved
        == adversarial_loss(model, batch, size=0.3)
        != adversarial_loss(model, batch, size=0.1)
    )


@pytest.mark.parametrize("stop", [1, 2, 4])
def test_a_training_goes_on_within_a_pass_as_if_it_had_never_stopped(stop):
    recipe = replace(TINY, dropout=0.4, schedule="linear")

    def under_way(state=None):
        seed_everything(0)
        model = build_reader(recipe, 9)
        training = Training(model, recipe, 3)
        if state is not None:
            model.load_state_dict(state["model"])
            training.load_state_dict(state["training"])
            set_random_state(state["random"])
        return model, training

    def batches(epoch):
        return shuffled_batches(toy(), recipe, np.random.default_rng(epoch))

    whole, training = under_way()
    states, steps = {}, itertools.count(1)

    def keep():
        state = {"model": whole.state_dict(), "training": training.state_dict()}
        states[next(steps)] = torch_copy(state | {"random": random_state()})

    training.run(batches, loss_of(recipe), on_step=keep)
    resumed, again = under_way(states[stop])
    again.run(batches, loss_of(recipe))
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)
    assert again.history == training.history


def torch_copy(state):
    """Return a copy that later steps do not change."""
    file = io.BytesIO()
    torch.save(state, file)
    return torch.load(io.BytesIO(file.getvalue()), weights_only=True)


def test_a_pass_that_says_so_is_the_last():
    training = Training(build_reader(TINY, 9), TINY, 3)
    training.run(
        lambda _: shuffled_batches(toy(), TINY, np.random.default_rng(0)),
        loss_of(TINY),
        on_epoch=lambda: True,
    )
    assert (training.epoch, len(training.history), training.position) == (1, 3, 0)
    assert training.last_pass(training.history.losses) == training.history.losses


def test_a_rate_too_high_for_the_numbers_keeps_what_the_passes_before_found():
    part, recipe = toy(), replace(TINY, schedule="constant")
    model = build_reader(recipe, 9)

    def ruin(training):
        training.optimizer.param_groups[0]["lr"] = 3e38

    found = train_reader(model, recipe, part, np.random.default_rng(0), on_epoch=ruin)
    assert found["diverged"]
    assert math.isfinite(found["train_loss"])


def test_no_reviews_at_all_are_named():
    nothing = Part([], np.zeros(0, dtype=np.int64))
    model = build_reader(TINY, 9)
    with pytest.raises(ValueError, match="fit got no batch"):
        train_reader(model, TINY, nothing, np.random.default_rng(0))
    with pytest.raises(ValueError, match="evaluate got no batch"):
        logits_of(model, nothing, 20)


def test_a_review_is_read_as_far_as_it_is_told_wherever_it_is_learnt_or_judged():
    recipe = Recipe(max_tokens=4, max_tokens_judged=7)
    part = Part([np.arange(2, 12)], np.array([1]))
    (learnt,) = shuffled_batches(part, recipe, np.random.default_rng(0))
    assert learnt.inputs.shape == (1, 4)
    assert recipe.judging_tokens == 7
    assert Recipe(max_tokens=4).judging_tokens == 4


def test_a_language_model_has_the_sizes_of_its_reader():
    recipe = Recipe(pretraining_passes=4, pretraining_cycles=2, embedding_size=6, hidden_size=5)
    language = pretraining_recipe(recipe, bfloat16=True)
    assert (language.embedding_size, language.hidden_size) == (6, 5)
    assert (language.passes, language.cycles, language.bfloat16) == (4, 2, True)
