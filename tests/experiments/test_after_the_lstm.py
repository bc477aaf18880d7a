"""What the experiments on networks after the LSTM compute beside their models."""

import time

import numpy as np
import pytest
import torch

from unrolled.data.batching import Batch
from unrolled.data.groups import word_batch
from unrolled.data.recall import marker_batch
from unrolled.experiments import after_characters, length_cost, long_recall, state_tracking
from unrolled.experiments.records import unpack_logits
from unrolled.nets.symbols import bits_in_windows


class Told(torch.nn.Module):
    """Answer with a table of scores ``(B, T, K)``, whatever is read."""

    def __init__(self, scores):
        super().__init__()
        self.scores, self.weight = torch.as_tensor(scores), torch.nn.Parameter(torch.zeros(()))

    def forward(self, numbers, state=None):
        start = int(numbers[0, 0]) if self.scores.shape[0] > len(numbers) else 0
        return self.scores[start : start + len(numbers)] + self.weight, ()


# ---------------------------------------------------------------- characters


def test_all_kinds_have_equally_many_numbers_within_two_percent():
    counts = [
        sum(weight.numel() for weight in after_characters.untrained(kind).parameters())
        for kind in after_characters.SETTINGS
    ]
    assert len(counts) == 4
    assert max(counts) / min(counts) < 1.02


def test_no_context_of_a_transformer_is_shorter_than_what_it_is_scored_on():
    read = after_characters.WARM + after_characters.WINDOW
    assert after_characters.SETTINGS["transformer"].steps >= read


def test_the_clock_stands_while_the_validation_play_is_read(monkeypatch):
    def slow(model, numbers):
        end = time.process_time() + 0.3
        while time.process_time() < end:
            pass
        return np.zeros(3)

    monkeypatch.setattr(after_characters, "in_windows", slow)
    model, text = after_characters.untrained("lstm"), np.arange(4000) % 84
    rng = np.random.default_rng(0)
    began = time.process_time()
    found = after_characters.trained(model, "lstm", text, text, rng=rng, characters=5 * 1024)
    total = time.process_time() - began
    assert [row["read"] for row in found] == [1024 * k for k in range(1, 6)]
    assert found[-1]["cpu_seconds"] <= total - 5 * 0.3
    assert np.diff([row["cpu_seconds"] for row in found]).min() > 0


def test_bits_are_those_of_windows():
    torch.manual_seed(0)
    model, text = after_characters.untrained("mingru"), np.arange(900) % 84
    expected = bits_in_windows(model, text, warm=64, window=64)
    np.testing.assert_array_equal(after_characters.in_windows(model, text), expected.ravel())


# ---------------------------------------------------------------- state tracking


def test_a_network_is_judged_at_each_step():
    batch = word_batch("S3", 50, 160, rng=np.random.default_rng(0))
    scores = np.eye(6)[batch.targets] * 5.0
    scores[:10, 7] = np.roll(scores[:10, 7], 1, axis=1)  # a fifth is wrong at one step
    scores[:, 100:] = np.roll(scores[:, 100:], 1, axis=2)  # and all from here on
    found = state_tracking.judged(Told(scores), batch)
    assert found["kept"] == 7
    assert found["right"] == pytest.approx(1 - 0.2 / 40)
    assert found["beyond"] == pytest.approx(60 / 120)
    assert found["last"] == 0
    by_step = unpack_logits(found["by_step"])
    assert by_step.shape == (160,)
    assert by_step[7] == pytest.approx(0.8, abs=1e-3)
    right = np.log(1 + 5 * np.exp(-5.0))
    assert found["loss"] == pytest.approx(right + 5.0 * 0.2 / 40, abs=1e-6)
    whole = state_tracking.judged(Told(np.eye(6)[batch.targets]), batch)
    assert whole["kept"] == 160


def test_networks_of_one_seed_read_the_same_words(monkeypatch):
    read = []

    def noted(*args, **kwargs):
        made = word_batch(*args, **kwargs)
        read.append(made.inputs.tobytes())
        return made

    monkeypatch.setattr(state_tracking, "word_batch", noted)
    for network in ("LSTM", "Transformer, 2 layers"):
        state_tracking.measure("A5", network, 3, steps=2)
    assert read[:3] == read[3:]
    assert len(set(read)) == 3


def test_every_network_has_a_rate_for_each_group():
    assert tuple(state_tracking.RATES) == state_tracking.GROUPS
    for rates in state_tracking.RATES.values():
        assert list(rates) == list(state_tracking.NETWORKS)
        assert set(rates.values()) <= set(state_tracking.TRIED)


# ---------------------------------------------------------------- recall


def test_only_what_is_asked_for_is_judged():
    batch = marker_batch(40, 12, rng=np.random.default_rng(0))
    scores = np.zeros((40, batch.inputs.shape[1], 8))
    scores[np.arange(40), -1, batch.targets[:, -1]] = 1
    scores[:10, -1] = np.roll(scores[:10, -1], 1, axis=1)
    numbered = Batch(batch.inputs.copy(), batch.lengths, batch.targets)
    numbered.inputs[:, 0] = np.arange(40)  # tells the stand-in which rows it reads
    assert long_recall.right_answers(Told(scores), numbered) == 0.75


def test_a_wait_follows_when_the_one_before_is_answered_and_all_ends_with_the_last(monkeypatch):
    asked, trained_on = [], []

    def knows(model, batch):
        asked.append(batch.inputs.shape[1] - 51)
        return 0.97 if len(asked) in (2, 3, 5) else 0.94

    def noted(model, batches, *_, history, **__):
        trained_on.extend(batch.inputs.shape[1] - 51 for batch in batches)
        for _ in range(len(trained_on) - len(history)):
            history.record(0.0, 0.0)

    monkeypatch.setattr(long_recall, "right_answers", knows)
    monkeypatch.setattr(long_recall, "fit", noted)
    settings = {"rng": np.random.default_rng(0), "seed": 0, "rate": 1e-3, "seconds": 9}
    model = Told(np.zeros((16, 1, 8)))
    found = long_recall.trained(model, "marker", (5, 10, 20), **settings)
    assert asked == [5, 5, 10, 20, 20]
    assert trained_on == [5] * long_recall.CHECK_EVERY + [20] * long_recall.CHECK_EVERY
    assert (found["reached"], found["updates"]) == (20, 2 * long_recall.CHECK_EVERY)


def test_training_ends_when_its_time_is_up():
    shape = marker_batch(16, 12, rng=np.random.default_rng(0)).inputs.shape
    model = Told(np.zeros((16, shape[1], 8)))
    settings = {"rng": np.random.default_rng(0), "seed": 0, "rate": 1e-3, "seconds": 0.2}
    found = long_recall.trained(model, "marker", (12,), **settings)
    assert found["reached"] == 0
    assert 0.2 <= found["cpu_seconds"] < 0.4


def test_what_is_reported_has_decided_nothing(monkeypatch):
    judged = []

    def noted(model, batch):
        judged.append(batch.inputs.tobytes())
        return 0.0

    monkeypatch.setattr(long_recall, "right_answers", noted)
    long_recall.measure("copying", "GRU, for length", 0, updates=1, waits=(7,))
    assert len(judged) == 3
    assert judged[0] == judged[1] != judged[2]


# ---------------------------------------------------------------- cost


def test_the_state_of_a_transformer_grows_with_what_was_read_and_no_other():
    sizes = {}
    for length in (5, 50):
        for kind in ("lstm", "gru", "mingru", "transformer"):
            model = after_characters.untrained(kind)
            state = length_cost.state_after(model, kind, length)
            assert length_cost.writing(model, state)()[0].shape == (1, 1, 84)
            sizes[kind, length] = sum(part.nbytes for part in state)
    assert sizes["transformer", 50] == 10 * sizes["transformer", 5]
    width = after_characters.SETTINGS["transformer"].shape.width
    assert sizes["transformer", 5] == 5 * 2 * 2 * width * 4  # keys and values of two layers
    assert sizes["lstm", 5] == sizes["lstm", 50] == 2 * 128 * 4
    assert sizes["gru", 5] == sizes["gru", 50] == 148 * 4


@pytest.mark.parametrize("kind", ["lstm", "gru", "mingru", "transformer"])
def test_what_is_kept_for_the_backward_pass_grows_with_length(kind):
    model = after_characters.untrained(kind)
    short, long = (
        length_cost.kept_bytes(model, torch.zeros(2, steps, dtype=torch.long))
        for steps in (20, 200)
    )
    assert 7 < long / short < 11
    at_least = 2 * 200 * after_characters.SETTINGS[kind].shape.width * 4
    assert long > 2 * at_least


def test_turns_time_each_call_and_give_it_back_in_order():
    def busy(duration):
        def run():
            end = time.process_time() + duration
            while time.process_time() < end:
                pass

        return run

    calls = [busy(0.02), busy(0.005), busy(0.05)]
    found = length_cost.in_turns(calls, np.random.default_rng(0), 3)
    assert 20 <= found[0] < 40
    assert 5 <= found[1] < 10
    assert 50 <= found[2] < 80
