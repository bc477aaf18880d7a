"""Pretraining learns what there is to learn, resumes exactly, and hands its weights over."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

import unrolled.nets.pretraining as pretraining
from unrolled.nets.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.language import perplexity
from unrolled.nets.pretraining import (
    PretrainingRecipe,
    half_precision,
    hand_over,
    has_bfloat16,
    pretrain,
)

V = 8
TINY = PretrainingRecipe(
    embedding_size=6, hidden_size=12, dropout=0.0, passes=3, texts=3, steps=5, rate=0.02
)


def counting(reviews=30, seed=0):
    """Return reviews that count round 2, 3, ... 7, 2, ...: each token follows from the last."""
    rng = np.random.default_rng(seed)
    return [2 + (rng.integers(6) + np.arange(rng.integers(4, 15))) % 6 for _ in range(reviews)]


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.values(), other.values(), strict=True))


def test_it_learns_to_count_in_both_directions():
    model, losses = pretrain(counting(), V, replace(TINY, passes=25), 0)
    assert losses[-1] < losses[0]
    for direction in ("forwards", "backwards"):  # only ends and beginnings stay unknown
        assert perplexity(model, counting(seed=1), direction, batch_size=3) < 2.5


@pytest.mark.parametrize("cycles", [1, 3])
def test_an_interrupted_pretraining_ends_with_the_same_weights(cycles, tmp_path, monkeypatch):
    recipe, file = replace(TINY, dropout=0.3, cycles=cycles), tmp_path / "lm.pt"
    whole, losses = pretrain(counting(), V, recipe, 5)
    one_pass, calls = pretraining._one_pass, []

    def killed_in_the_third(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return one_pass(*arguments)

    monkeypatch.setattr(pretraining, "_one_pass", killed_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        pretrain(counting(), V, recipe, 5, checkpoint=file)
    monkeypatch.setattr(pretraining, "_one_pass", one_pass)
    resumed, again = pretrain(counting(), V, recipe, 5, checkpoint=file)
    assert again == losses
    assert same(whole.state_dict(), resumed.state_dict())
    with pytest.raises(CheckpointError, match="another recipe or seed"):
        pretrain(counting(), V, recipe, 6, checkpoint=file)


def test_the_rate_rises_once_a_cycle(monkeypatch):
    rates, step = [], torch.optim.Adam.step

    def watched(adam, *arguments):
        rates.append(adam.param_groups[0]["lr"])
        return step(adam, *arguments)

    monkeypatch.setattr(torch.optim.Adam, "step", watched)
    pretrain(counting(), V, replace(TINY, passes=4, cycles=2), 0)
    half = len(rates) // 2
    assert rates[:half] == rates[half:]
    assert np.argmax(rates[:half]) < half / 3
    assert rates[half - 1] < max(rates) / 100


def test_cycles_that_do_not_divide_the_passes_are_refused():
    with pytest.raises(ValueError, match="3 passes cannot be split evenly among 2 cycles"):
        replace(TINY, cycles=2)


def test_no_reviews_too_few_tokens_and_a_divergence_are_said():
    with pytest.raises(ValueError, match="pretrain got no reviews"):
        pretrain([], V, TINY, 0)
    with pytest.raises(ValueError, match="fewer than one step"):
        pretrain([np.array([2, 3])], V, TINY, 0)
    with pytest.raises(ValueError, match="Pretraining diverged"):
        pretrain(counting(), V, replace(TINY, rate=math.inf), 0)


def test_a_classifier_takes_over_the_language_models_weights():
    model, _ = pretrain(counting(), V, replace(TINY, passes=1), 0)
    reader = SentimentClassifier(V, 6, 12, bidirectional=True)
    hand_over(model, reader)
    assert (reader.embedding.weight[0] == 0).all()
    assert torch.equal(reader.embedding.weight[1:], model.embedding.weight[1:V])
    for way in ("forwards", "backwards"):
        parts = getattr(reader, way).state_dict(), getattr(model, way).state_dict()
        assert same(*parts)
    for wrong in (
        SentimentClassifier(V, 6, 12, cell="gru"),
        SentimentClassifier(V, 6, 11, bidirectional=True),
        SentimentClassifier(V, 6, 12, cell="gru", bidirectional=True),
        SentimentClassifier(V + 1, 6, 12, bidirectional=True),
    ):
        with pytest.raises(ValueError, match="does not fit the language model"):
            hand_over(model, wrong)


@pytest.mark.parametrize("backwards", [True, False])
def test_a_classifier_that_reads_forwards_takes_over_what_it_has(backwards):
    model, _ = pretrain(counting(), V, replace(TINY, passes=1, backwards=backwards), 0)
    reader = SentimentClassifier(V, 6, 12, pooling="attention")
    hand_over(model, reader)
    assert same(reader.forwards.state_dict(), model.forwards.state_dict())
    assert torch.equal(reader.embedding.weight[1:], model.embedding.weight[1:V])


def test_a_language_model_that_reads_forwards_learns_to_count_and_has_nothing_else_to_hand_over():
    model, losses = pretrain(counting(), V, replace(TINY, passes=25, backwards=False), 0)
    assert losses[-1] < losses[0]
    assert perplexity(model, counting(seed=1), "forwards", batch_size=3) < 2.5
    assert not any(name.startswith("backwards") for name in model.state_dict())
    with pytest.raises(ValueError, match=r"bidirectional=False, V = 8, E = 6 and H = 12"):
        hand_over(model, SentimentClassifier(V, 6, 12, bidirectional=True))


def test_a_checkpoint_that_is_older_than_a_setting_is_still_read(tmp_path):
    file = tmp_path / "lm.pt"
    whole, losses = pretrain(counting(), V, TINY, 5, checkpoint=file)
    state = load_checkpoint(file)
    del state["told"]["backwards"]
    save_checkpoint(file, state)
    again, same_losses = pretrain(counting(), V, TINY, 5, checkpoint=file)
    assert same_losses == losses
    assert same(whole.state_dict(), again.state_dict())
    with pytest.raises(CheckpointError, match="another recipe"):
        pretrain(counting(), V, replace(TINY, backwards=False), 5, checkpoint=file)


def test_half_precision_changes_a_product_only_where_it_is_asked_for():
    a = torch.rand(5, 5, generator=torch.Generator().manual_seed(0))
    with half_precision(False):
        assert (a @ a).dtype == torch.float32
    with half_precision(True):
        assert (a @ a).dtype == torch.bfloat16


def test_whether_there_is_bfloat16_is_found_out_by_trying_and_moves_no_random_number():
    has_bfloat16.cache_clear()
    torch.manual_seed(0)
    before = torch.get_rng_state()
    found = has_bfloat16()
    assert torch.equal(torch.get_rng_state(), before)
    layer, x = torch.nn.LSTM(3, 2), torch.ones(5, 1, 3)
    with half_precision(True):
        if found:
            layer(x)[0].float().sum().backward()
        else:
            with pytest.raises(RuntimeError, match="LSTM forward"):
                layer(x)


def test_bfloat16_where_there_is_none_is_named(monkeypatch):
    monkeypatch.setattr(pretraining, "has_bfloat16", lambda *_: False)
    with pytest.raises(ValueError, match=r"has no bfloat16 LSTM for this processor\. Take"):
        pretrain([np.arange(2, 9)], V, PretrainingRecipe(bfloat16=True), 0)
