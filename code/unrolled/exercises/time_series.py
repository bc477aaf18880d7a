"""Exercises of the chapter on time series: the forecast to beat, and the loss of a quantile."""

import numpy as np

from unrolled.exercises.checker import check


def _seasonal(past, period, ahead):
    last = past[len(past) - period :]
    return last[np.arange(ahead) % period]


def check_seasonal_naive(answer):
    """Check `seasonal_naive(past, period, ahead)`: the last period, again and again."""
    rng = np.random.default_rng(1)
    cases = [(rng.normal(size=n), p, a) for n, p, a in ((30, 7, 7), (20, 6, 4), (11, 4, 10))]
    mistakes = {
        "that repeats the last value, not the last period.": (
            lambda past, period, ahead: np.repeat(past[-1], ahead)
        ),
        "that is the first period of the past; take the last one.": (
            lambda past, period, ahead: past[np.arange(ahead) % period]
        ),
        "that is the end of the last period. Its first value comes first.": (
            lambda past, period, ahead: np.resize(past[-min(ahead, period) :], ahead)
        ),
        "that goes back in time: the forecast of the first hour comes first.": (
            lambda past, period, ahead: _seasonal(past, period, ahead)[::-1]
        ),
        "one step late: the first value stands `period` steps before the first forecast.": (
            lambda past, period, ahead: past[len(past) - period + (np.arange(ahead) + 1) % period]
        ),
        "one step early: the first value stands `period` steps before the first forecast.": (
            lambda past, period, ahead: past[len(past) - period - 1 + np.arange(ahead) % period]
        ),
        "return `ahead` values, also if that is more than one period.": (
            lambda past, period, ahead: past[len(past) - period :][:ahead]
        ),
        "return `ahead` values, also if that is less than one period.": (
            lambda past, period, ahead: np.resize(past[-period:], max(ahead, period))
        ),
    }

    def told(past, period, ahead):
        try:
            return answer(past, period, ahead)
        except IndexError as error:
            if ahead <= period:
                raise
            raise IndexError(
                f"{error}. With {ahead} values ahead and a period of {period}, the last period "
                "ends too early; begin it again (%)."
            ) from error

    check(told, _seasonal, cases, mistakes=mistakes)


def _pinball(truth, forecast, level):
    above = truth - forecast
    return np.mean(np.where(above > 0, level * above, (level - 1) * above))


def check_pinball(answer):
    """Check `pinball(truth, forecast, level)`: the mean loss of a quantile."""
    rng = np.random.default_rng(2)
    cases = [(rng.normal(size=9), rng.normal(size=9), level) for level in (0.1, 0.5, 0.8)]
    cases.append((np.array([100.0, 300.0]), np.array([200.0, 200.0]), 0.9))
    mistakes = {
        "the two sides are swapped: a truth above the forecast costs `level`.": (
            lambda truth, forecast, level: _pinball(truth, forecast, 1 - level)
        ),
        "that is the absolute error; the two sides cost differently.": (
            lambda truth, forecast, level: np.mean(np.abs(truth - forecast))
        ),
        "that is twice the loss.": (
            lambda truth, forecast, level: 2 * _pinball(truth, forecast, level)
        ),
        "a loss is never negative: below the forecast, turn the sign.": (
            lambda truth, forecast, level: np.mean(
                np.where(truth > forecast, level, 1 - level) * (truth - forecast)
            )
        ),
        "a loss is never negative: below the forecast, take (level - 1) times the difference.": (
            lambda truth, forecast, level: np.mean(
                np.maximum(level * (truth - forecast), (1 - level) * (truth - forecast))
            )
        ),
        "of the two products the larger one is the loss; that is the smaller one.": (
            lambda truth, forecast, level: np.mean(
                np.minimum(level * (truth - forecast), (level - 1) * (truth - forecast))
            )
        ),
        "first the loss of each number, then the mean; that is the loss of a mean.": (
            lambda truth, forecast, level: _pinball(np.mean(truth), np.mean(forecast), level)
        ),
        "return the mean, not the sum.": (
            lambda truth, forecast, level: _pinball(truth, forecast, level) * len(truth)
        ),
        "return one number, the mean.": (
            lambda truth, forecast, level: np.maximum(
                level * (truth - forecast), (level - 1) * (truth - forecast)
            )
        ),
        "that is only how often the truth lies below; how far counts, too.": (
            lambda truth, forecast, level: np.mean(truth <= forecast)
        ),
    }
    check(answer, _pinball, cases, mistakes=mistakes)
