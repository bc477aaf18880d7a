"""Does an LSTM forecast tomorrow's bicycles better than a line that reads the same week?

At each midnight the next 24 hours are forecast. The years before 2017 are for training, 2017 chose
all settings, and the test begins in 2018. Nothing is fitted again during the test, but every
midnight is a new origin: the past of each forecast reaches up to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from sklearn.linear_model import Ridge

from unrolled.data.batching import row_batches
from unrolled.data.series import WEEK, Days, bicycles, days_of
from unrolled.evaluation import forecasts
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.nets.forecaster import Forecaster, pinball_loss, with_weekend
from unrolled.nets.training import fit, one_cycle
from unrolled.seeding import seed_everything

SEEDS = range(5)
LEVELS = np.arange(1, 10) / 10
MEDIAN = 4  # which of the levels
SPLIT = {"train": ("2010", "2017"), "valid": ("2017", "2018"), "test": ("2018", "2019-09")}
BATCH = 64
#: A week of the test that the chapter draws, chosen before any test: Monday to Sunday, with the
#: Fourth of July in it.
SHOWN = ("2018-07-02", "2018-07-09")


@dataclass(frozen=True)
class Setting:
    """What was chosen for a reader on 2017.

    Parameters
    ----------
    reader : {"line", "two lines", "lstm", "gru"}
    units : int
    rate : float
        Of Adam or SGD, the highest of one cycle.
    decay : float
        Weight decay (AdamW).
    anchor : bool
        Forecast the difference from the same hour a week ago.
    epochs : int
        At most; the best by its loss on validation days is kept.
    """

    reader: str
    units: int = 32
    rate: float = 0.01
    decay: float = 0.0
    anchor: bool = False
    epochs: int = 20
    optimiser: str = "adam"
    loss: str = "pinball"


@dataclass(frozen=True)
class Scale:
    """The mean and the standard deviation that make counts small numbers."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, days: Days) -> Scale:
        """Measure the hours of these days."""
        return cls(float(days.future.mean()), float(days.future.std()))

    def inputs(self, days: Days) -> np.ndarray:
        """Return what every reader gets ``(D, 168 + 9)``: the week before, scaled; the calendar."""
        past = (days.past[:, -WEEK:] - self.mean) / self.deviation
        return np.hstack([past, days.calendar]).astype(np.float32)

    def base(self, days: Days, anchor: bool) -> np.ndarray:
        """Return what a network's output is added to ``(D, 24)``, in counts."""
        return forecasts.same_hours(days.past, [7]) if anchor else np.full((1, 24), self.mean)

    def targets(self, days: Days, anchor: bool) -> np.ndarray:
        """Return what a network is to say ``(D, 24)``."""
        return ((days.future - self.base(days, anchor)) / self.deviation).astype(np.float32)


def parts() -> dict[str, Days]:
    """Return the days of training, validation and test."""
    days = days_of(bicycles())
    return {name: days.between(*ends) for name, ends in SPLIT.items()}


def quantiles_by(model: Forecaster, days: Days, scale: Scale, setting: Setting) -> np.ndarray:
    """Return a network's forecasts in counts ``(D, 24, Q)``, in order, none below zero."""
    with torch.no_grad():
        outputs = model(torch.from_numpy(scale.inputs(days))).numpy().astype(float)
    counts = outputs * scale.deviation + scale.base(days, setting.anchor)[..., None]
    return np.sort(counts, axis=2).clip(0)


def trained(
    setting: Setting, train: Days, valid: Days, scale: Scale, seed: int
) -> tuple[Forecaster, list[float]]:
    """Train with one setting; keep the weights of the epoch that is best on validation days.

    Returns
    -------
    model : unrolled.nets.forecaster.Forecaster
    losses : list of float
        On the validation days, after each epoch.
    """
    rng = seed_everything(seed)
    levels = torch.tensor(LEVELS if setting.loss == "pinball" else [0.5], dtype=torch.float32)
    x, y = scale.inputs(train), scale.targets(train, setting.anchor)
    model = Forecaster(setting.reader, WEEK, x.shape[1] - WEEK, setting.units, levels=len(levels))
    optimiser = OPTIMISERS[setting.optimiser](
        model.parameters(), lr=setting.rate, weight_decay=setting.decay
    )
    held = (
        torch.from_numpy(scale.inputs(valid)),
        torch.from_numpy(scale.targets(valid, setting.anchor)),
    )

    def compare(outputs, targets):
        if setting.loss == "mse":
            return torch.nn.functional.mse_loss(outputs[..., 0], targets)
        return pinball_loss(outputs, targets, levels)

    def loss(model, batch):
        return compare(model(torch.from_numpy(batch.inputs)), torch.from_numpy(batch.targets))

    steps = setting.epochs * math.ceil(len(x) / BATCH)
    schedule = one_cycle(optimiser, setting.rate, steps)
    losses, best = [], None
    for _ in range(setting.epochs):
        fit(model, row_batches(x, y, BATCH, rng), loss, optimiser, clip_norm=1.0, schedule=schedule)
        with torch.no_grad():
            losses.append(compare(model(held[0]), held[1]).item())
        if losses[-1] == min(losses):
            best = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(best)
    return model, losses


OPTIMISERS: dict[str, Callable] = {
    "adam": torch.optim.AdamW,
    "sgd": lambda parameters, **options: torch.optim.SGD(parameters, momentum=0.9, **options),
}


#: Chosen on 2017 with a seed outside the record. Lines: rates 0.001 to 0.03, weight decay 0, 0.3
#: and 1, with and without `anchor`, 20 or 40 epochs. Cells: 32 and 64 units, rates 0.003 to 0.01,
#: decay 0 and 0.3, 20 or 30 epochs, not every combination; the LSTM with `anchor` once.
SETTINGS = {
    "line": Setting("line", rate=0.03, epochs=40),
    "two lines": Setting("two lines", rate=0.01, decay=0.3, epochs=40),
    "LSTM": Setting("lstm", units=64, rate=0.005, epochs=30),
    "GRU": Setting("gru", units=64, rate=0.005, epochs=30),
}
PENALTIES = {False: 10.0, True: 30.0}  # of the ridge, without and with weekends


def grid() -> list[dict]:
    """Return all configurations."""
    return [{"reader": reader, "seed": seed} for reader in SETTINGS for seed in SEEDS]


def measure(
    reader: str, seed: int, *, days: dict[str, Days] | None = None, epochs: int | None = None
) -> dict:
    """Train a reader and forecast every day of the test, once.

    The seed decides how the weights start and in which order the days come.

    Returns
    -------
    dict
        epoch (the best on validation), valid and test (mean absolute error of the median, in
        bicycles an hour), test_pinball, weeks and weeks_pinball (both errors for each week of the
        test, packed), below (share of the test's hours at or below each quantile, packed), covered
        (share between the first and the last quantile, for each week, packed), shown (the first,
        the middle and the last quantile of each hour of the week `SHOWN`, packed).
    """
    days = parts() if days is None else days
    setting = SETTINGS[reader]
    setting = setting if epochs is None else replace(setting, epochs=epochs)
    scale = Scale.of(days["train"])
    model, losses = trained(setting, days["train"], days["valid"], scale, seed)
    said = {name: quantiles_by(model, days[name], scale, setting) for name in ("valid", "test")}
    valid = forecasts.absolute_error(said["valid"][..., MEDIAN], days["valid"].future)
    found = {"epoch": int(np.argmin(losses)) + 1, "valid": float(valid.mean())}
    return found | scores(said["test"], days["test"])


def scores(quantiles: np.ndarray, days: Days) -> dict:
    """Return the errors of quantiles ``(D, 24, 9)`` over all days, and by week as text."""
    truth = days.future
    shown = (days.dates >= np.datetime64(SHOWN[0])) & (days.dates < np.datetime64(SHOWN[1]))
    error = forecasts.absolute_error(quantiles[..., MEDIAN], truth)
    loss = forecasts.pinball(quantiles, truth, LEVELS)
    below = forecasts.shares_below(quantiles, truth, LEVELS).mean(axis=0)
    covered = forecasts.coverage(quantiles, truth, LEVELS, low=LEVELS[0], high=LEVELS[-1])
    return {
        "test": float(error.mean()),
        "test_pinball": float(loss.mean()),
        "weeks": pack_logits(forecasts.blocks(error, 7)),
        "weeks_pinball": pack_logits(forecasts.blocks(loss, 7)),
        "below": pack_logits(below),
        "covered": pack_logits(forecasts.blocks(covered, 7)),
        "shown": pack_logits(quantiles[shown][..., [0, MEDIAN, -1]].ravel()),
    }


def ridge(
    days: dict[str, Days], penalty: float, *, weekends: bool = False
) -> dict[str, np.ndarray]:
    """Return forecasts ``(D, 24)`` of validation and test by a ridge on the readers' own inputs.

    With `weekends` it has other weights on Saturdays and Sundays, as the reader "two lines".
    """
    scale = Scale.of(days["train"])

    def inputs(part):
        plain = scale.inputs(part).astype(float)
        return with_weekend(plain, WEEK) if weekends else plain

    line = Ridge(alpha=penalty)
    line.fit(inputs(days["train"]), scale.targets(days["train"], False))
    return {
        name: (line.predict(inputs(days[name])) * scale.deviation + scale.mean).clip(0)
        for name in ("valid", "test")
        if name in days
    }


EXPERIMENTS = [
    Experiment(
        "bicycles",
        "Does an LSTM or a GRU forecast tomorrow's bicycles better than a line?",
        grid,
        measure,
        minutes=6,
    ),
]
