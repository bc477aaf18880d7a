"""Padding changes no answer of the reader of reviews; its parts do what they say."""

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from unrolled.nets.choices import POOLINGS
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.layers import TORCH_LAYERS
from unrolled.nets.padding import real_steps


def random_state(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_amount_and_content_of_padding_change_no_logit(cell, bidirectional, pooling):
    torch.manual_seed(2)
    model = SentimentClassifier(
        11, 4, 5, cell=cell, bidirectional=bidirectional, pooling=pooling, dropout=0.5
    ).double()
    model.eval()
    inputs = torch.randint(2, 11, (3, 6), generator=random_state())
    lengths = torch.tensor([6, 2, 4])
    garbage = torch.randint(2, 11, (3, 9), generator=random_state(1))
    for row, n in enumerate(lengths.tolist()):
        garbage[row, :n] = inputs[row, :n]
    alone = torch.cat(
        [model(inputs[r : r + 1, :n], lengths[r : r + 1]) for r, n in enumerate(lengths.tolist())]
    )
    torch.testing.assert_close(model(inputs, lengths), alone, rtol=0, atol=1e-12)
    torch.testing.assert_close(model(garbage, lengths), alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_bidirectional_states_equal_torchs_packed_ones(cell):
    torch.manual_seed(4)
    model = SentimentClassifier(11, 4, 5, cell=cell, bidirectional=True).double()
    torchs = TORCH_LAYERS[cell](4, 5, batch_first=True, bidirectional=True).double()
    names = dict(torchs.named_parameters())
    with torch.no_grad():
        for layer, suffix in ((model.forwards, ""), (model.backwards, "_reverse")):
            for name, value in layer.named_parameters():
                names[name + suffix].copy_(value)
    embedded = torch.randn(3, 7, 4, dtype=torch.float64)
    lengths = torch.tensor([3, 7, 1])
    packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
    theirs, _ = pad_packed_sequence(torchs(packed)[0], batch_first=True)
    ours = model.states(embedded, lengths)
    real = real_steps(lengths, 7)
    torch.testing.assert_close(ours[real], theirs[real], rtol=0, atol=1e-12)


def test_padding_embedding_is_zero_and_stays_zero():
    model = SentimentClassifier(6, 3, 4, padding_idx=0)
    model(torch.tensor([[2, 3, 0]]), torch.tensor([3])).sum().backward()
    assert model.embedding.weight[0].abs().sum() == 0
    assert model.embedding.weight.grad[0].abs().sum() == 0
    assert model.embedding.weight.grad[2].abs().sum() > 0


def test_embeddings_start_with_the_given_spread():
    model = SentimentClassifier(5_000, 20, 4, embedding_std=0.3)
    assert model.embedding.weight[1:].std().item() == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_lengths_may_be_a_list_or_an_array(pooling):
    model = SentimentClassifier(11, 4, 5, pooling=pooling, bidirectional=True)
    inputs, tensor = torch.randint(2, 11, (3, 6), generator=random_state()), torch.tensor([6, 2, 4])
    for lengths in (tensor.tolist(), tensor.numpy(), tensor.int()):
        assert torch.equal(model(inputs, lengths), model(inputs, tensor))
        states = model.states(model.embedding(inputs), lengths)
        assert torch.equal(model.pool(states, lengths), model.pool(states, tensor))


@pytest.mark.parametrize("inputs", [torch.ones(2, 4), torch.zeros(0, 4, dtype=torch.int64)])
def test_a_classifier_takes_filled_tables_of_whole_numbers(inputs):
    with pytest.raises(ValueError, match=r"expected \(B, T\) token numbers"):
        SentimentClassifier(5, 2, 3)(inputs, [4] * len(inputs))


def test_attention_weights_are_a_mean_over_real_steps_only():
    model = SentimentClassifier(11, 4, 5, pooling="attention", bidirectional=True).double()
    states = torch.randn(3, 6, 10, dtype=torch.float64, generator=random_state())
    lengths = torch.tensor([6, 2, 4])
    weights = model.attention_weights(states, lengths)
    torch.testing.assert_close(weights.sum(1), torch.ones(3, dtype=torch.float64))
    assert (weights[~real_steps(lengths, 6)] == 0).all()
    assert weights[real_steps(lengths, 6)].min() > 0
    by_hand = torch.stack([w @ s for w, s in zip(weights, states, strict=True)])
    torch.testing.assert_close(model.pool(states, lengths), by_hand)
    with pytest.raises(ValueError, match="pools by 'mean'"):
        SentimentClassifier(11, 4, 5, pooling="mean").attention_weights(states, lengths)


def test_embedding_dropout_is_apart_from_that_of_the_features():
    model = SentimentClassifier(11, 4, 5, dropout=0.0, embedding_dropout=0.9)
    inputs, lengths = torch.randint(2, 11, (2, 6), generator=random_state()), torch.tensor([6, 6])
    assert model.embedding_dropout.p == 0.9
    assert model.dropout.p == 0.0
    assert not torch.equal(model(inputs, lengths), model(inputs, lengths))
    both = SentimentClassifier(11, 4, 5, dropout=0.3)
    assert both.embedding_dropout.p == both.dropout.p == 0.3


def test_an_unknown_pooling_is_named():
    with pytest.raises(ValueError, match="pooling is 'first'; choose one of last, mean"):
        SentimentClassifier(5, 2, 3, pooling="first")
