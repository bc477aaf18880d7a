"""The tagger and torch's CRF: parity by hand, padding, what each reader sees, equal sizes."""

import numpy as np
import pytest
import torch

from unrolled.byhand import crf as byhand
from unrolled.nets import tagging
from unrolled.nets.tagging import CRF, READERS, PieceNumbers, Tagger

B, T, P, K, D, H = 3, 6, 2, 4, 5, 7
LENGTHS = torch.tensor([6, 1, 4])


def tagger(reader):
    torch.manual_seed(0)
    return Tagger(11, K, reader, embedding_size=D, hidden_size=H).double()


def pieces():
    return torch.from_numpy(np.random.default_rng(1).integers(2, 11, (B, T, P)))


def test_crf_loss_and_gradients_match_those_by_hand():
    rng = np.random.default_rng(0)
    layer = CRF(K).double()
    with torch.no_grad():
        layer.transitions.copy_(torch.from_numpy(rng.normal(size=(K, K))))
    scores = torch.tensor(rng.normal(size=(B, T, K)), requires_grad=True)
    tags = torch.from_numpy(rng.integers(0, K, (B, T)))
    upstream = torch.from_numpy(rng.normal(size=B))
    losses = layer(scores, tags, LENGTHS)
    (losses * upstream).sum().backward()
    steps = layer.transitions.detach().numpy()
    summed = np.zeros((K, K))
    for b, n in enumerate(LENGTHS.tolist()):
        ours = byhand.crf_loss(scores[b, :n].detach().numpy(), steps, tags[b, :n].numpy())
        assert losses[b].item() == pytest.approx(ours[0], abs=1e-10)
        weight = upstream[b].item()
        np.testing.assert_allclose(scores.grad[b, :n].numpy(), weight * ours[1], atol=1e-10)
        assert not scores.grad[b, n:].any(), "padding has no gradient"
        summed += weight * ours[2]
    np.testing.assert_allclose(layer.transitions.grad.numpy(), summed, atol=1e-10)


def test_crf_transitions_start_as_none():
    assert not CRF(K).transitions.any()


@pytest.mark.parametrize("reader", READERS)
def test_padding_and_neighbours_in_the_batch_change_nothing(reader):
    model, x = tagger(reader), pieces()
    together = model(x, LENGTHS)
    x[1, 1:] = 9  # behind the end of the second
    again = model(x, LENGTHS)
    for b, n in enumerate(LENGTHS.tolist()):
        alone = model(x[b : b + 1, :n], LENGTHS[b : b + 1])
        torch.testing.assert_close(together[b, :n], alone[0], rtol=0, atol=1e-12)
        torch.testing.assert_close(again[b, :n], alone[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("reader", "ahead"), [("one way", 0), ("one way, next word", 1), ("both ways", 3)]
)
def test_a_reader_sees_so_many_words_ahead_and_all_behind(reader, ahead):
    model, at = tagger(reader), 2
    vectors = model.embedding(pieces()[:1]).detach()
    model.embedding = torch.nn.Identity()
    vectors.requires_grad_()
    scores = model(vectors, torch.tensor([T]))
    upstream = torch.from_numpy(np.random.default_rng(2).normal(size=K))
    (scores[0, at] * upstream).sum().backward()
    seen = vectors.grad[0].abs().sum(dim=(1, 2)) > 0
    assert seen.tolist() == [t <= at + ahead for t in range(T)]


def test_both_ways_matches_torchs_bidirectional_layer():
    model, x = tagger("both ways"), pieces()
    theirs = torch.nn.LSTM(D, H, batch_first=True, bidirectional=True).double()
    for ending, layer in zip(("l0", "l0_reverse"), model.recurrent, strict=True):
        for name, weight in layer.named_parameters():
            getattr(theirs, name.replace("l0", ending)).data.copy_(weight.data)
    words = model.embedding(x).sum(dim=2)
    how = {"batch_first": True, "enforce_sorted": False}
    packed = torch.nn.utils.rnn.pack_padded_sequence(words, LENGTHS, **how)
    out, _ = torch.nn.utils.rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)
    expected, scores = model.head(out), model(x, LENGTHS)
    for b, n in enumerate(LENGTHS.tolist()):
        torch.testing.assert_close(scores[b, :n], expected[b, :n], rtol=0, atol=1e-10)


@pytest.mark.parametrize("n_tags", [19, 37])
@pytest.mark.parametrize("reader", READERS)
def test_readers_of_one_budget_have_the_same_size_to_two_per_cent(reader, n_tags):
    units = tagging.hidden_size_for(reader, n_tags, 48, 40_000)
    model = Tagger(2, n_tags, reader, embedding_size=48, hidden_size=units)
    size = tagging.parameters_beside_embedding(model)
    assert abs(size / 40_000 - 1) < 0.02


def test_pieces_have_numbers_and_unknown_ones_share_one():
    numbers = PieceNumbers([["ab", "a"], ["ab", "b"]], list, least=3)
    assert len(numbers) == 4, "a and b are known"
    first, second = numbers.encode([["ab", "c"], ["b"]])
    assert first.tolist() == [[2, 3], [1, 0]]
    assert second.tolist() == [[3, 0]]


@pytest.mark.parametrize("with_crf", [False, True])
def test_training_learns_a_rule_that_looks_one_word_ahead(with_crf):
    rng = np.random.default_rng(0)
    words = [torch.from_numpy(rng.integers(2, 6, (n, 1))) for n in rng.integers(2, 9, 60)]
    tags = [torch.cat([one[1:, 0], one[:1, 0] * 0 + 2]) - 2 for one in words]
    torch.manual_seed(0)
    model = Tagger(6, 4, "one way, next word", embedding_size=8, hidden_size=8)
    layer = CRF(4) if with_crf else None
    how = {"passes": 12, "rate": 0.05, "batch_size": 10}
    losses = tagging.train_tagger(model, words, tags, crf=layer, rng=rng, **how)
    assert len(losses) == 12
    assert losses[-1] < 0.1 < 1 < losses[0] * 2
    scores = tagging.tag_scores(model, words, batch_size=7)
    right = [(s.argmax(1) == y.numpy()).mean() for s, y in zip(scores, tags, strict=True)]
    assert np.mean(right) > 0.95


def test_batches_hold_every_sentence_once_and_like_lengths_together():
    rng = np.random.default_rng(0)
    words = [torch.full((n, 1), n) for n in rng.integers(1, 30, 50)]
    tags = [one[:, 0] for one in words]
    every = list(tagging.batches(words, tags, 8, rng))
    assert sorted(np.concatenate([batch.rows for batch in every]).tolist()) == list(range(50))
    assert np.mean([np.ptp(batch.lengths) for batch in every]) < 8
    for batch in every:
        assert batch.inputs[:, 0, 0].tolist() == batch.lengths.tolist()
        assert ((batch.inputs[:, :, 0] > 0) == batch.mask).all()
        assert (batch.targets == batch.inputs[:, :, 0]).all()


def test_an_unknown_reader_is_refused():
    with pytest.raises(ValueError, match="choose one of one way"):
        tagger("backwards")
