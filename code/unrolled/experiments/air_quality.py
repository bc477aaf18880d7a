"""Does the LSTM of a famous tutorial forecast Beijing's air better than the last hour does?

The tutorial is Jason Brownlee's "Multivariate Time Series Forecasting with LSTMs in Keras" (2017).
Here its network is built in PyTorch as it stands there: one hour of eight numbers in, 50 units, the
dust one hour later out; all numbers scaled to 0..1 by *all* hours; the absolute error, Adam, 50
passes in batches of 72, not shuffled. Nothing is tuned: the tutorial does not.
"""

from __future__ import annotations

import numpy as np
import torch

from unrolled.data.batching import Batch, row_batches
from unrolled.data.series import TUTORIAL_TRAINING, WEEK, tutorial_hours
from unrolled.evaluation import forecasts
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.nets.sequence import SequenceReader
from unrolled.nets.training import evaluate, fit
from unrolled.seeding import seed_everything

SEEDS = range(5)
UNITS, PASSES, BATCH, RATE = 50, 50, 72, 0.001
PUBLISHED = 26.496  # the tutorial's root mean squared error


def grid() -> list[dict]:
    """Return all configurations."""
    return [{"seed": seed} for seed in SEEDS]


def measure(seed: int, *, passes: int = PASSES) -> dict:
    """Train the tutorial's network and forecast its test hours.

    Returns
    -------
    dict
        rmse (of all test hours), weeks (mean squared error of each week, packed).
    """
    truth = tutorial_hours()[1][TUTORIAL_TRAINING:]
    squares = (tutorial_forecasts(seed, passes=passes) - truth) ** 2
    return {
        "rmse": float(np.sqrt(squares.mean())),
        "weeks": pack_logits(forecasts.blocks(squares, WEEK)),
    }


def tutorial_forecasts(seed: int, *, passes: int = PASSES) -> np.ndarray:
    """Return what the tutorial's network says of its test hours ``(N,)``, in the file's units.

    The seed decides how the weights start; the batches come in the order of time.
    """
    seed_everything(seed)
    inputs, targets = tutorial_hours()
    low, high = inputs.min(axis=0), inputs.max(axis=0)  # of all hours: the tutorial's way
    x = ((inputs - low) / (high - low)).astype(np.float32)[:, None]  # (N, 1, 8)
    y = ((targets - low[0]) / (high[0] - low[0])).astype(np.float32)
    model = SequenceReader("lstm", x.shape[2], UNITS, forget_bias=1.0)
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE)
    n = TUTORIAL_TRAINING
    for _ in range(passes):
        fit(model, row_batches(x[:n], y[:n], BATCH), absolute_error, optimiser)
    outputs, _ = evaluate(model, row_batches(x[n:], y[n:], 4096))
    return outputs[:, 0].astype(float) * (high[0] - low[0]) + low[0]


def absolute_error(model: torch.nn.Module, batch: Batch) -> torch.Tensor:
    """Return the mean absolute error of the model's outputs, a scalar tensor."""
    said = model(torch.from_numpy(batch.inputs))[:, 0]
    return torch.nn.functional.l1_loss(said, torch.from_numpy(batch.targets))


EXPERIMENTS = [
    Experiment(
        "air-quality",
        "Does the LSTM of a famous tutorial beat the last hour?",
        grid,
        measure,
        minutes=1,
    ),
]
