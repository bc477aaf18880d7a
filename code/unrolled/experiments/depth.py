"""Does the gradient vanish over depth, do residual connections mend it, and does training gain?"""

from __future__ import annotations

import itertools

import numpy as np
import torch
from torch import nn

from unrolled.data.synthetic import reset_sum_batch, reset_sum_chance
from unrolled.experiments.race import train_until_solved
from unrolled.experiments.registry import Experiment
from unrolled.nets.initialization import start_forget_bias
from unrolled.nets.sequence import SequenceLabeller
from unrolled.nets.training import regression_loss
from unrolled.seeding import seed_everything

DEEPEST = 8
RATES = {0.01: (1, 2, 4, 8), 0.003: (1, 8)}  # learning rates, and the depths tried with each
SEEDS = range(5)
LENGTH, HIDDEN, BATCH, STEPS, TEST = 25, 32, 32, 1000, 256
SOLVED = 0.01


class DeepLSTM(nn.Module):
    """Torch's LSTM layers on top of each other, the sum of each forget bias 1 at the start.

    Equal to `unrolled.byhand.stacks.Stacked`, with the same meaning of `residual`.
    """

    def __init__(self, depth: int, residual: bool, input_size: int, hidden_size: int):
        super().__init__()
        sizes = [input_size, *[hidden_size] * (depth - 1)]
        self.layers = nn.ModuleList(nn.LSTM(n, hidden_size, batch_first=True) for n in sizes)
        for layer in self.layers:
            start_forget_bias(layer, 1.0)
        self.residual = residual

    def forward(self, inputs: torch.Tensor):
        """Return ``outputs of the top (B, T, H), all layers' outputs``; inputs ``(B, T, I)``."""
        every = [self.layers[0](inputs)[0]]
        for layer in self.layers[1:]:
            outputs, _ = layer(every[-1])
            every.append(outputs + every[-1] if self.residual else outputs)
        return every[-1], every


def gradient_by_layer(model: SequenceLabeller, batch) -> list[float]:
    """Return the norm of the loss's gradient by each layer's outputs, the lowest first."""
    outputs, every = model.recurrent(torch.as_tensor(batch.inputs))
    for one in every:
        one.retain_grad()
    prediction = model.head(outputs)
    targets = torch.as_tensor(batch.targets).reshape(prediction.shape)
    nn.functional.mse_loss(prediction, targets).backward()
    model.zero_grad()
    return [one.grad.norm().item() for one in every]


def grid() -> list[dict]:
    """Return all configurations; one layer has nothing to be added to."""
    return [
        {"depth": depth, "residual": residual, "rate": rate, "seed": seed}
        for rate, depths in RATES.items()
        for depth, seed, residual in itertools.product(depths, SEEDS, (False, True))
        if depth > 1 or not residual
    ]


def measure(depth: int, residual: bool, rate: float, seed: int, *, steps: int = STEPS) -> dict:
    """Measure the gradient by layer at the start, then train until solved.

    Networks of one seed see the same batches.

    Returns
    -------
    dict
        gradient_1 ... gradient_8 (the lowest layer first; None where there is none), chance, and
        what `unrolled.experiments.race.train_until_solved` found.
    """
    rng = seed_everything(seed)
    model = SequenceLabeller(DeepLSTM(depth, residual, 2, HIDDEN), 2, HIDDEN, 1)
    unseen = reset_sum_batch(TEST, LENGTH, rng=np.random.default_rng(10_000 + seed))
    norms = gradient_by_layer(model, unseen) + [None] * (DEEPEST - depth)
    found = train_until_solved(
        model,
        (reset_sum_batch(BATCH, LENGTH, rng=rng) for _ in range(steps)),
        unseen,
        regression_loss,
        target=SOLVED * reset_sum_chance(LENGTH),
        steps=steps,
        rate=rate,
    )
    gradients = {f"gradient_{number}": norm for number, norm in enumerate(norms, start=1)}
    return gradients | {"chance": reset_sum_chance(LENGTH)} | found


EXPERIMENTS = [
    Experiment(
        "depth",
        "Do residual connections mend the gradient of a deep stack, and does training gain?",
        grid,
        measure,
        minutes=10,
    ),
]
