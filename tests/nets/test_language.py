"""The language model sees one side only; its sampled loss is the full one on average."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.language import CandidateLoss, LanguageModel, perplexity, reading_stream

V, E, H, B, T = 23, 5, 7, 3, 4


def model(seed=0):
    torch.manual_seed(seed)
    return LanguageModel(V, E, H, dropout=0.0).double()


def counts():
    return np.random.default_rng(0).integers(1, 9, V + 1)


def drawn(seed=1):
    return torch.randint(0, V + 1, (B, T), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("direction", ["forwards", "backwards"])
def test_a_prediction_depends_on_what_was_read_and_on_nothing_later(direction):
    lm, tokens = model(), drawn()
    expected, _ = lm(tokens, direction)
    changed = tokens.clone()
    changed[:, 2] = (changed[:, 2] + 1) % V
    other, _ = lm(changed, direction)
    assert torch.equal(expected[:, :2], other[:, :2])
    assert not torch.equal(expected[:, 2], other[:, 2])


def test_pieces_with_their_states_are_the_whole():
    lm, tokens = model(), drawn()
    whole, _ = lm(tokens, "forwards")
    first, state = lm(tokens[:, :1], "forwards")
    second, _ = lm(tokens[:, 1:], "forwards", state)
    torch.testing.assert_close(whole, torch.cat([first, second], dim=1), rtol=0, atol=1e-12)


def test_with_every_token_a_candidate_the_loss_is_the_cross_entropy():
    lm, targets = model(), drawn(2)
    expected, _ = lm(drawn(), "forwards")
    full = F.nll_loss(lm.log_probabilities(expected).flatten(0, 1), targets.flatten())
    loss = CandidateLoss(counts(), B * T, frequent=V + 1)
    assert loss(lm, expected, targets).item() == pytest.approx(full.item(), rel=1e-6)


def test_the_denominator_over_candidates_is_right_on_average():
    torch.manual_seed(3)
    share = counts() / counts().sum()
    loss = CandidateLoss(counts(), B * T, frequent=4, drawn=3)
    scores = torch.randn(V + 1, dtype=torch.float64)
    rng, sums = np.random.default_rng(4), []
    for _ in range(4000):
        targets = torch.as_tensor(rng.choice(V + 1, size=(B, T), p=share))
        chosen = loss.candidates(targets)
        assert set(targets.flatten().tolist()) <= set(chosen.tolist())
        sums.append((scores[chosen] - loss.log_chance[chosen]).exp().sum().item())
    error = np.std(sums) / math.sqrt(len(sums))
    assert abs(np.mean(sums) - scores.exp().sum().item()) < 4 * error


def test_candidates_carry_their_probability_into_the_loss():
    lm, targets = model(), drawn(2)
    expected, _ = lm(drawn(), "forwards")
    loss = CandidateLoss(counts(), B * T, frequent=4, drawn=0)
    chosen = loss.candidates(targets)
    scores = F.linear(expected, lm.embedding.weight, lm.bias)[..., chosen]
    scores = scores - loss.log_chance[chosen].double()
    place = torch.searchsorted(chosen, targets)
    by_hand = F.cross_entropy(scores.flatten(0, 1), place.flatten())
    assert loss(lm, expected, targets).item() == pytest.approx(by_hand.item(), rel=1e-6)


def test_a_stream_holds_each_review_once_between_boundaries():
    ids = [np.array([1, 2, 3]), np.array([4]), np.array([5, 6])]
    inputs, targets = reading_stream(ids, [2, 0, 1], 9, 3)
    np.testing.assert_array_equal(inputs.ravel(), [9, 5, 6, 9, 1, 2, 3, 9, 4])
    np.testing.assert_array_equal(targets.ravel(), [5, 6, 9, 1, 2, 3, 9, 4, 9])
    back, _ = reading_stream(ids, [2, 0, 1], 9, 3, direction="backwards")
    np.testing.assert_array_equal(back.ravel(), [9, 6, 5, 9, 3, 2, 1, 9, 4])
    with pytest.raises(ValueError, match="'sideways'"):
        reading_stream(ids, [0], 9, 1, direction="sideways")
    with pytest.raises(ValueError, match="smaller batch_size"):
        reading_stream(ids, [1], 9, 5)


def test_perplexity_is_that_of_the_full_softmax_across_pieces():
    lm = model()
    ids = [np.random.default_rng(5).integers(0, V, 130)]
    inputs, targets = reading_stream(ids, [0], V, 2)
    expected, _ = lm(torch.as_tensor(inputs), "backwards")
    log = lm.log_probabilities(expected).gather(2, torch.as_tensor(targets)[..., None])
    by_hand = math.exp(-log.mean().item())
    turned = [ids[0][::-1]]
    assert perplexity(lm, turned, "backwards", batch_size=2) == pytest.approx(by_hand, rel=1e-9)


def test_a_classifier_takes_over_the_parts_of_the_same_name():
    lm = LanguageModel(V, E, H)
    reader = SentimentClassifier(V, E, H, bidirectional=True)
    shared = {k: v for k, v in lm.state_dict().items() if k.startswith(("forwards.", "backwards."))}
    assert reader.load_state_dict(shared, strict=False).unexpected_keys == []


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_model_that_is_no_number_has_no_perplexity(value):
    lm = model()
    with torch.no_grad():
        lm.bias[3] = value
    with pytest.raises(ValueError, match="is no finite number"):
        perplexity(lm, [np.arange(20)], "forwards", batch_size=2)
