"""Strings of digits, spoken without a pause: CTC, which is told no times, and warping, which is.

Strings are spliced from recordings of one voice. With the split "new" the seed is the voice that is
tested, and it is nowhere else. With "known" the seed is a deal: the recordings of the test were
dealt at random, and all six voices are among them. So the two are not paired by the seed. The
network sees new strings at every step, which cut recordings alone allow, and keeps the weights that
made the fewest edits on validation strings; the rival lays the recordings themselves along the
string, and its penalty is chosen there.
"""

from __future__ import annotations

import copy
import itertools

import numpy as np
import torch
from torch import nn

from unrolled.byhand.ctc import BLANK
from unrolled.data.sound import VOICES, Digits, digits_and_voices, spliced
from unrolled.evaluation.edits import error_rate
from unrolled.evaluation.warping import connected
from unrolled.experiments.registry import Experiment
from unrolled.experiments.speech import deals, padded
from unrolled.nets.ctc import Scribe, ctc_per_label, read_off
from unrolled.nets.padding import real_steps
from unrolled.seeding import seed_everything

READERS, SPLITS, SEEDS = ("ctc", "warping"), ("known", "new"), range(VOICES)
UNITS, RATE, BATCH, STEPS, NOISE, EVERY = 48, 0.01, 24, 600, 0.3, 20
VALID, TEST = 80, 150  # strings
TEMPLATES = 2_000
PENALTIES = (0.0, 2.5, 5.0, 10.0)


def grid() -> list[dict]:
    """Return all configurations."""
    cases = itertools.product(READERS, SPLITS, SEEDS)
    return [dict(zip(("reader", "split", "seed"), case, strict=True)) for case in cases]


def strings_of(split: str, seed: int, valid: int = VALID, test: int = TEST):
    """Return the recordings to learn from, and the strings to choose by and to test."""
    digits, voices = digits_and_voices()
    learn, choose, held = deals(split, seed)[seed % VOICES]
    rng = np.random.default_rng(1_000 + seed)
    return (
        learn,
        spliced(digits, voices, choose, valid, rng=rng),
        spliced(digits, voices, held, test, rng=rng),
    )


def measure(
    reader: str,
    split: str,
    seed: int,
    *,
    steps: int = STEPS,
    valid: int = VALID,
    test: int = TEST,
    templates: int = TEMPLATES,
) -> list[dict]:
    """Train on strings, or lay recordings along them; measure edits a digit.

    Returns
    -------
    list of dict
        step; loss (mean since the row before, in nats a digit) and blanks (share of the frames of
        the validation strings whose best class is the blank), None for warping; valid and test
        (edits a digit; test only where valid was best, for warping with the best penalty).
    """
    learn, chosen_by, tested = strings_of(split, seed, valid, test)
    if reader == "warping":
        return [by_warping(learn, chosen_by, tested, seed, templates)]
    return by_ctc(learn, chosen_by, tested, seed, steps=steps)


def by_ctc(learn, chosen_by, tested, seed, *, steps=STEPS, units=UNITS, rate=RATE, noise=NOISE):
    """Return the course of a training, one row every `EVERY` steps; see `measure`."""
    digits, voices = digits_and_voices()
    rng = seed_everything(seed)
    model = Scribe(13, units, 11)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(steps, 1))
    rows, losses, best, kept = [], [], float("inf"), None
    for step in range(steps + 1):
        strings = spliced(digits, voices, learn, BATCH, rng=rng)
        inputs, lengths, labels, counts = batch_of(strings)
        logits = model(inputs + noise * torch.randn(inputs.shape), lengths)
        loss = ctc_per_label(logits, lengths, labels, counts)
        losses.append(loss.item())
        if step % EVERY == 0 or step == steps:
            row = {"step": step, "loss": round(float(np.mean(losses)), 4)} | judged(
                model, chosen_by
            )
            losses = []
            rows.append(row | {"test": None})
            if row["valid"] < best:
                best, kept = row["valid"], copy.deepcopy(model.state_dict())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        falling.step()
    model.load_state_dict(kept)
    first = min(rows, key=lambda row: row["valid"])
    if tested is not None:
        first["test"] = judged(model, tested)["valid"]
    return rows


def batch_of(strings):
    """Return inputs ``(B, T, 13)``, lengths, labels (digit + 1) ``(B, U)`` and their counts."""
    inputs, lengths = padded([frames for frames, _, _ in strings], range(len(strings)))
    labels = [torch.as_tensor(digits + 1) for _, digits, _ in strings]
    counts = torch.tensor(list(map(len, labels)))
    return inputs, lengths, nn.utils.rnn.pad_sequence(labels, batch_first=True), counts


@torch.no_grad()
def judged(model: nn.Module, strings) -> dict:
    """Return the share of blank frames and the edits a digit on some strings."""
    inputs, lengths, _, _ = batch_of(strings)
    logits = model(inputs, lengths)
    real = real_steps(lengths, inputs.shape[1])
    blanks = (logits.argmax(-1) == BLANK)[real].float().mean().item()
    truths = [(digits + 1).tolist() for _, digits, _ in strings]
    rate = error_rate(read_off(logits, lengths), truths)
    return {"blanks": round(blanks, 4), "valid": round(rate, 5)}


def by_warping(learn, chosen_by, tested, seed, count=TEMPLATES) -> dict:
    """Return the one row of the rival; see `measure`."""
    digits, voices = digits_and_voices()
    chosen = np.random.default_rng(seed).permutation(learn)[:count]
    templates = scaled_by_voice(digits, voices, learn, chosen)
    labels = digits.labels[chosen]
    truths = [said.tolist() for _, said, _ in chosen_by]
    said = [connected(frames, templates, labels, PENALTIES) for frames, _, _ in chosen_by]
    rates = [error_rate(one, truths) for one in zip(*said, strict=True)]
    penalty = PENALTIES[int(np.argmin(rates))]
    found = {"step": 0, "loss": None, "blanks": None, "valid": round(min(rates), 5), "test": None}
    if tested is not None:
        said = [connected(frames, templates, labels, (penalty,))[0] for frames, _, _ in tested]
        truths = [digits.tolist() for _, digits, _ in tested]
        found["test"] = round(error_rate(said, truths), 5)
    return found


def scaled_by_voice(digits: Digits, voices, learn, chosen) -> list[np.ndarray]:
    """Return recordings scaled by the mean and the spread of all that their voice said.

    A string is scaled over its own frames; those are several digits of one voice, so this comes
    closer to it than scaling each recording by itself.
    """
    scales = {}
    for voice in np.unique(voices[learn]):
        frames = np.concatenate([digits.frames[k] for k in learn[voices[learn] == voice]])
        scales[voice] = frames.mean(0), frames.std(0)
    pairs = ((digits.frames[k], *scales[voices[k]]) for k in chosen)
    return [(frames - mean) / spread for frames, mean, spread in pairs]


EXPERIMENTS = [
    Experiment(
        "digit-strings",
        "Does a network that is told no times write down strings of digits?",
        grid,
        measure,
        minutes=10,
    ),
]
