"""One pass at a time, recorded; a divergence says where it happened and what to do."""

from functools import partial

import numpy as np
import pytest
import torch

from unrolled.data.batching import Batch, bucketed_batches
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.pretraining import half_precision, has_bfloat16
from unrolled.nets.sequence import SequenceReader
from unrolled.nets.training import (
    History,
    TrainingDiverged,
    adversarial_loss,
    evaluate,
    fit,
    one_cycle,
    predict_proba,
    regression_loss,
    sentiment_loss,
)


def sum_batches(count, rng, *, length=5):
    """Sequences whose target is the sum of their numbers."""
    for _ in range(count):
        inputs = rng.normal(size=(16, length, 1)).astype(np.float32)
        lengths = rng.integers(1, length + 1, size=16)
        mask = np.arange(length) < lengths[:, None]
        yield Batch(inputs, lengths, (inputs[:, :, 0] * mask).sum(1))


def one_batch(inputs=0.5, target=1.0):
    return Batch(
        np.full((2, 3, 1), inputs, np.float32), np.array([3, 2]), np.full(2, target, np.float32)
    )


def test_fit_learns_to_add():
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    model = SequenceReader("lstm", 1, 12)
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    history = fit(model, sum_batches(300, rng), regression_loss, optimizer, clip_norm=1.0)
    assert np.mean(history.losses[-20:]) < 0.2 * np.mean(history.losses[:20])


def test_no_batch_at_all_is_named_as_is_a_generator_used_twice():
    model = SequenceReader("rnn", 1, 4)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    stream = sum_batches(2, np.random.default_rng(1))
    fit(model, stream, regression_loss, optimizer)
    for nothing in ([], stream):
        with pytest.raises(ValueError, match="fit got no batch"):
            fit(model, nothing, regression_loss, optimizer)


def test_each_step_is_reported_when_it_is_done_and_before_the_next_batch_is_drawn():
    model = SequenceReader("rnn", 1, 4)
    history, log = History(), []

    def stream():
        for number in range(3):
            log.append(f"draw {number}")
            yield one_batch()

    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    options = {"history": history, "on_step": lambda: log.append(f"done {len(history)}")}
    fit(model, stream(), regression_loss, optimizer, **options)
    assert log == ["draw 0", "done 1", "draw 1", "done 2", "draw 2", "done 3"]


def test_history_goes_on_over_passes():
    torch.manual_seed(0)
    model = SequenceReader("rnn", 1, 4)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    rng = np.random.default_rng(1)
    history = fit(model, sum_batches(3, rng), regression_loss, optimizer)
    again = fit(model, sum_batches(2, rng), regression_loss, optimizer, history=history)
    assert again is history
    assert history.steps == [1, 2, 3, 4, 5]
    assert len(history) == len(history.losses) == len(history.grad_norms) == 5


def test_grad_norm_is_the_one_before_clipping_and_the_step_is_clipped():
    torch.manual_seed(0)
    model = SequenceReader("rnn", 1, 4)
    before = [p.detach().clone() for p in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    history = fit(model, [one_batch(target=50.0)], regression_loss, optimizer, clip_norm=0.1)
    moved = sum(((p - b) ** 2).sum() for p, b in zip(model.parameters(), before, strict=True))
    assert history.grad_norms[0] > 1
    assert moved.sqrt().item() == pytest.approx(0.1, rel=1e-4)


def test_schedule_steps_once_a_batch():
    model = SequenceReader("rnn", 1, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    fit(model, [one_batch()] * 3, regression_loss, optimizer, schedule=schedule)
    assert optimizer.param_groups[0]["lr"] == 0.125


def test_progress_bar_does_not_disturb(capsys):
    model = SequenceReader("rnn", 1, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    assert len(fit(model, [one_batch()], regression_loss, optimizer, progress=True)) == 1
    assert capsys.readouterr().err == ""


def test_divergence_by_explosion_names_step_loss_norm_and_clipping():
    torch.manual_seed(0)
    model = SequenceReader("rnn", 1, 4, nonlinearity="relu")
    optimizer = torch.optim.SGD(model.parameters(), lr=1e6)
    batches = [Batch(np.ones((2, 30, 1), np.float32), np.array([30, 30]), np.ones(2))] * 50
    with pytest.raises(
        TrainingDiverged,
        match=r"diverged at step \d+: .* last finite loss was .* gradient norm .* exploding "
        r"gradients. Clip them \(clip_norm=1.0\), or lower the learning rate \(it is 1e\+06\)",
    ) as caught:
        fit(model, batches, regression_loss, optimizer)
    assert caught.value.step > 1
    assert np.isfinite(caught.value.last_loss)


def test_divergence_from_data_names_the_batch():
    model = SequenceReader("rnn", 1, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(
        TrainingDiverged, match=r"step 2: the loss is nan; .* the batch itself holds a number"
    ):
        fit(model, [one_batch(), one_batch(target=np.nan)], regression_loss, optimizer)


def test_divergence_without_explosion_names_the_learning_rate():
    model = SequenceReader("rnn", 1, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def log_of_zero(model, batch):
        return (regression_loss(model, batch) * 0).log()

    with pytest.raises(
        TrainingDiverged, match="step 1: the loss is -inf; there was no finite loss"
    ):
        fit(model, [one_batch()], log_of_zero, optimizer)


def test_infinite_gradient_is_caught_before_it_reaches_the_weights():
    model = SequenceReader("rnn", 1, 4)
    before = [p.detach().clone() for p in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def root_at_zero(model, batch):
        return (regression_loss(model, batch) * 0).sqrt()  # value 0, slope infinite

    with pytest.raises(TrainingDiverged, match="loss is 0 but its gradient norm is nan"):
        fit(model, [one_batch()], root_at_zero, optimizer)
    for parameter, old in zip(model.parameters(), before, strict=True):
        assert torch.equal(parameter, old)


def toy_reviews():
    rng = np.random.default_rng(4)
    return [list(rng.integers(2, 9, size=n)) for n in (5, 1, 3, 8, 2, 4, 7)], [0, 1, 1, 0, 1, 0, 0]


def test_evaluate_puts_predictions_back_in_the_order_of_the_data():
    torch.manual_seed(5)
    ids, labels = toy_reviews()
    model = SentimentClassifier(9, 3, 4, dropout=0.5)
    shuffled = bucketed_batches(ids, labels, batch_size=3, rng=np.random.default_rng(0))
    outputs, targets = evaluate(model, shuffled)
    model.eval()
    alone = [model(torch.tensor([i]), torch.tensor([len(i)])).item() for i in ids]
    np.testing.assert_allclose(outputs, alone, atol=1e-6)
    np.testing.assert_array_equal(targets, labels)


def test_evaluate_leaves_the_mode_and_needs_batches():
    model = SentimentClassifier(9, 3, 4)
    ids, labels = toy_reviews()
    evaluate(model.train(), bucketed_batches(ids, labels, batch_size=4))
    assert model.training
    with pytest.raises(
        ValueError, match=r"evaluate got no batch. A generator can be used only once"
    ):
        evaluate(model, iter([]))


def test_evaluate_without_rows_keeps_the_order_of_the_batches():
    torch.manual_seed(6)
    model = SequenceReader("gru", 1, 3, output_size=1)
    outputs, targets = evaluate(model, [one_batch(target=1.0), one_batch(target=2.0)])
    assert outputs.shape == (4, 1)
    assert targets.tolist() == [1, 1, 2, 2]


def test_probabilities_are_sigmoids_of_logits():
    torch.manual_seed(7)
    ids, labels = toy_reviews()
    model = SentimentClassifier(9, 3, 4)
    logits, _ = evaluate(model, bucketed_batches(ids, labels, batch_size=4))
    probability = predict_proba(model, bucketed_batches(ids, labels, batch_size=4))
    np.testing.assert_allclose(probability, 1 / (1 + np.exp(-logits)), atol=1e-6)


def test_losses_equal_their_formulas():
    torch.manual_seed(8)
    ids, labels = toy_reviews()
    model = SentimentClassifier(9, 3, 4).eval()
    (batch,) = bucketed_batches(ids, labels, batch_size=9)
    probability = predict_proba(model, [batch])[batch.rows]
    by_hand = -np.log(np.where(batch.targets == 1, probability, 1 - probability)).mean()
    assert sentiment_loss(model, batch).item() == pytest.approx(by_hand, rel=1e-5)

    regressor = SequenceReader("rnn", 1, 3)
    outputs, targets = evaluate(regressor, [one_batch(target=3.0)])
    by_hand = np.mean((outputs[:, 0] - targets) ** 2)
    loss = regression_loss(regressor, one_batch(target=3.0))
    assert loss.item() == pytest.approx(by_hand, rel=1e-5)


def reviews():
    rng = np.random.default_rng(0)
    return Batch(rng.integers(2, 11, (3, 7)), np.array([7, 2, 5]), np.array([1, 0, 1]))


def reader(pooling="mean+max"):
    torch.manual_seed(0)
    return SentimentClassifier(11, 4, 5, bidirectional=True, pooling=pooling).double()


def gradients(model):
    return [parameter.grad.clone() for parameter in model.parameters()]


def test_a_loss_in_half_precision_is_close_and_comes_in_the_weights_own():
    model, batch, there = reader().float(), reviews(), has_bfloat16()
    plain = sentiment_loss(model, batch)
    half = sentiment_loss(model, batch, precision=partial(half_precision, there))
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(plain.item(), rel=0.05)
    assert (half.item() != plain.item()) == there
    if not there:
        with pytest.raises(RuntimeError, match="primitive"):
            sentiment_loss(model, batch, precision=partial(half_precision, True))


@pytest.mark.parametrize("pooling", ["mean", "attention"])
def test_without_a_move_the_adversarial_loss_is_twice_the_plain_one(pooling):
    model, batch = reader(pooling), reviews()
    plain = sentiment_loss(model, batch)
    plain.backward()
    wanted = gradients(model)
    model.zero_grad()
    doubled = adversarial_loss(model, batch, size=0.0)
    doubled.backward()
    assert doubled.item() == pytest.approx(2 * plain.item(), rel=1e-12)
    for found, one in zip(gradients(model), wanted, strict=True):
        torch.testing.assert_close(found, 2 * one, rtol=0, atol=1e-12)


def test_a_small_move_raises_the_loss_as_the_gradient_says():
    model, batch, size = reader("mean"), reviews(), 1e-5
    inputs, lengths = torch.as_tensor(batch.inputs), torch.as_tensor(batch.lengths)
    embedded = model.embedding(inputs).detach().requires_grad_()
    plain = sentiment_loss(model, batch).item()
    logits = model(inputs, lengths, embedded - model.embedding(inputs).detach())
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, torch.as_tensor(batch.targets).double(), reduction="none"
    )
    (slope,) = torch.autograd.grad(losses.sum(), embedded)
    rise = [
        size * embedded[row, :n].norm() * slope[row, :n].norm()
        for row, n in enumerate(batch.lengths)
    ]
    found = adversarial_loss(model, batch, size=size).item() - 2 * plain
    assert found == pytest.approx(sum(rise).item() / 3, rel=1e-3)


def test_what_stands_at_padding_is_no_part_of_a_reviews_length():
    model, batch = reader("mean"), reviews()
    with torch.no_grad():  # a token that stands only where nothing is read
        model.embedding.weight[0] = torch.nan
    for row, length in zip(batch.inputs, batch.lengths, strict=True):
        row[length:] = 0
    assert torch.isfinite(adversarial_loss(model, batch, size=0.1))


@pytest.mark.parametrize("steps", [1, 2, 9, 10, 11, 200])
def test_one_cycle_goes_up_to_its_rate_and_down_whatever_the_number_of_steps(steps):
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)])
    schedule, rates = one_cycle(optimizer, 0.1, steps), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates[0] == pytest.approx(0.02)
    if steps > 1:
        assert max(rates) == pytest.approx(0.1)
        assert rates.index(max(rates)) == max(1, steps // 10 - 1)
    if steps > 2:
        assert rates[-1] < 0.001
