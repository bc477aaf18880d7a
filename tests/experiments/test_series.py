"""The experiments on hourly series, on a small scale."""

from dataclasses import replace

import numpy as np
import pytest

from unrolled.data.series import TUTORIAL_TRAINING, bicycles, days_of, tutorial_hours
from unrolled.evaluation import forecasts
from unrolled.experiments import air_quality, optimism
from unrolled.experiments import bicycles as b
from unrolled.experiments.records import unpack_logits


@pytest.fixture(scope="module")
def days():
    """Return a few days of each part."""
    return {name: part.take(np.arange(28)) for name, part in b.parts().items()}


def test_the_parts_follow_each_other_and_the_test_is_as_long_as_the_page_says():
    parts = b.parts()
    assert [len(part) for part in parts.values()] == [2_266, 365, 608]
    last = [part.dates[-1] for part in parts.values()]
    first = [part.dates[0] for part in parts.values()]
    assert [str(day) for day in first[1:]] == ["2017-01-01", "2018-01-01"]
    assert all(a + 1 == b for a, b in zip(last[:-1], first[1:], strict=True))


def test_no_input_of_a_day_comes_from_that_day_or_later(days):
    scale = b.Scale.of(days["train"])
    part = days["test"]
    later = replace(part, future=part.future + 1000)
    assert np.array_equal(scale.inputs(part), scale.inputs(later))
    assert np.allclose(
        scale.inputs(part)[:, :168] * scale.deviation + scale.mean, part.past[:, -168:]
    )


@pytest.mark.parametrize("anchor", [False, True])
def test_targets_and_forecasts_undo_each_other(days, anchor):
    scale, part = b.Scale.of(days["train"]), days["test"]
    back = scale.targets(part, anchor) * scale.deviation + scale.base(part, anchor)
    assert np.allclose(back, part.future, atol=1e-3)


def test_a_record_holds_the_errors_of_its_weeks(days):
    found = b.measure("line", 0, days=days, epochs=2)
    assert unpack_logits(found["weeks"]).mean() == pytest.approx(found["test"], rel=1e-3)
    assert unpack_logits(found["weeks_pinball"]).mean() == pytest.approx(
        found["test_pinball"], rel=1e-3
    )
    below = unpack_logits(found["below"])
    assert len(below) == 9
    assert (np.diff(below) >= 0).all()


def test_training_keeps_the_best_epoch(days):
    setting, scale = b.Setting("lstm", units=5, epochs=6, rate=0.1), b.Scale.of(days["train"])
    level = np.full_like(days["valid"].future, scale.mean)  # what training soon leaves
    valid = replace(days["valid"], future=level)
    model, losses = b.trained(setting, days["train"], valid, scale, 0)
    said = b.quantiles_by(model, valid, scale, setting)
    loss = forecasts.pinball(said, valid.future, b.LEVELS).mean()
    assert min(losses) < losses[-1]
    # clipping at zero and sorting can only help
    assert 2 * loss / scale.deviation <= min(losses) + 1e-6


def test_the_ridge_of_weekends_is_the_ridge_where_no_weekend_is(days):
    workdays = {name: part.take(part.calendar[:, 5:7].sum(1) == 0) for name, part in days.items()}
    plain, more = (b.ridge(workdays, 10.0, weekends=how) for how in (False, True))
    assert np.allclose(plain["test"], more["test"])
    plain, more = (b.ridge(days, 10.0, weekends=how) for how in (False, True))
    assert not np.allclose(plain["test"], more["test"])


def test_a_split_by_time_holds_out_the_last_days_and_a_random_one_does_not():
    days = days_of(bicycles()).between("2010", "2014")
    for how in ("time", "random"):
        train, held = optimism.split(days, how, np.random.default_rng(1))
        assert len(held) == round(len(days) / 5)
        both = np.concatenate([train.dates, held.dates])
        assert np.array_equal(np.sort(both), days.dates)
        assert (train.dates.max() < held.dates.min()) == (how == "time")
        assert (np.diff(train.dates) > np.timedelta64(0)).all()


def test_ways_differ_in_one_thing_each_and_nobody_sees_what_comes_later(monkeypatch):
    seen = []

    def spy(setting, train, held, scale, seed):
        seen.append((max(train.dates.max(), held.dates.max()), scale, setting))
        return None, []

    monkeypatch.setattr(optimism, "trained", spy)
    monkeypatch.setattr(
        optimism, "quantiles_by", lambda model, days, *_: np.zeros((len(days), 24, 1))
    )
    found = [optimism.measure(way, 1) for way in optimism.WAYS]
    assert {str(last) for last, *_ in seen} == {"2014-12-31"}
    assert len({scale.mean for _, scale, _ in seen}) == 3, "training, all, and random training"
    assert len({row["later"] for row in found}) == 1
    assert [row["cut"] for row in found] == [2015] * 5


def test_the_tutorials_network_forecasts_every_test_hour_in_its_units():
    said = air_quality.tutorial_forecasts(0, passes=1)
    truth = tutorial_hours()[1][TUTORIAL_TRAINING:]
    assert said.shape == truth.shape == (35_039,)
    found = air_quality.measure(0, passes=1)
    squares = (said - truth) ** 2
    assert found["rmse"] == pytest.approx(np.sqrt(squares.mean()))
    assert unpack_logits(found["weeks"]) == pytest.approx(forecasts.blocks(squares, 168), rel=1e-3)
