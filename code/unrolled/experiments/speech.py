"""Spoken digits: what does it cost if the voice is new? A GRU, logistic regression and warping.

Six deals of the recordings, in each 2,000 to learn from, 500 to choose by and 500 to test. With
the split "known" they are dealt at random within each voice and digit; with "new" each voice is the
test once, and another voice is what settings are chosen by. The seed varies the random deal, the
voice that is chosen by, and the network's start. The GRU keeps the weights of the pass that was
best on what is chosen by; the rivals choose each of their settings there.
"""

from __future__ import annotations

import copy
import itertools
import warnings
from functools import lru_cache

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from torch import nn

from unrolled.data.batching import Batch
from unrolled.data.sound import VOICES, digits_and_voices, normalised, resampled
from unrolled.evaluation.warping import nearest_labels, warped_distances
from unrolled.experiments.registry import Experiment
from unrolled.nets.sequence import SequenceReader
from unrolled.nets.training import batch_tensors, cross_entropy, fit
from unrolled.seeding import seed_everything

SEEDS = range(5)
READERS, SPLITS, FEATURES = ("gru", "logistic", "warping"), ("known", "new"), ("raw", "normalised")
UNITS, RATE, BATCH, PASSES, NOISE = 64, 0.02, 64, 12, 1.0
FRAMES, STRENGTHS = (8, 16), (0.003, 0.03, 0.3)  # of the logistic regression
NEIGHBOURS, BY_LENGTH = (1, 3, 5, 9), (False, True)  # of the warping


def grid() -> list[dict]:
    """Return all configurations."""
    cases = itertools.product(READERS, FEATURES, SPLITS, SEEDS)
    names = ("reader", "features", "split", "seed")
    return [dict(zip(names, case, strict=True)) for case in cases]


@lru_cache(maxsize=2)
def features_of(features: str) -> list[np.ndarray]:
    """Return the frames of every recording, ``(T, 13)`` each.

    "raw" is scaled once, so that each coefficient has mean 0 and standard deviation 1 over all
    frames of all recordings; "normalised" has that within each recording.
    """
    digits, _ = digits_and_voices()
    if features == "normalised":
        return [normalised(one) for one in digits.frames]
    every = np.concatenate(digits.frames)
    mean, spread = every.mean(0), every.std(0)
    return [(one - mean) / spread for one in digits.frames]


def deals(split: str, seed: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return for each of six folds the recordings to learn from, to choose by and to test."""
    digits, voices = digits_and_voices()
    part = voices if split == "new" else _dealt(digits.labels, voices, np.random.default_rng(seed))
    found = []
    for fold in range(VOICES):
        chooser = (fold + 1 + seed % (VOICES - 1)) % VOICES
        learn = (part != fold) & (part != chooser)
        found.append(tuple(map(np.flatnonzero, (learn, part == chooser, part == fold))))
    return found


def _dealt(labels, voices, rng):
    """Return ``(N,)`` numbers of six parts, dealt at random within each voice and digit."""
    part = np.empty(len(labels), dtype=int)
    for number, (voice, digit) in enumerate(itertools.product(range(VOICES), np.unique(labels))):
        rows = rng.permutation(np.flatnonzero((voices == voice) & (labels == digit)))
        part[rows] = (np.arange(len(rows)) + number) % VOICES
    return part


def measure(
    reader: str, features: str, split: str, seed: int, *, folds: int = VOICES, passes: int = PASSES
) -> list[dict]:
    """Train and test on each fold; say for each voice how many of its recordings were right.

    Returns
    -------
    list of dict
        voice; right, of so many recordings of this voice (tested); valid (accuracy on what was
        chosen by, mean over the folds that tested this voice).
    """
    digits, voices = digits_and_voices()
    right, tested, valid = np.zeros((3, folds, VOICES))
    for fold, deal in enumerate(deals(split, seed)[:folds]):
        said, valid[fold] = _read(reader, features, deal, seed, fold, passes)
        test = deal[2]
        right[fold] = np.bincount(voices[test], said == digits.labels[test], VOICES)
        tested[fold] = np.bincount(voices[test], minlength=VOICES)
    return [
        {
            "voice": voice,
            "right": int(right[:, voice].sum()),
            "tested": int(tested[:, voice].sum()),
            "valid": round(float(valid[tested[:, voice] > 0, voice].mean()), 4),
        }
        for voice in range(VOICES)
        if tested[:, voice].any()
    ]


def _read(reader, features, deal, seed, fold, passes):
    """Return the answers to the test recordings and the accuracy on what was chosen by."""
    if reader == "gru":
        return read_by_gru(features_of(features), deal, VOICES * seed + fold, passes=passes)
    if reader == "logistic":
        return read_by_line(features, deal)
    return read_by_warping(distances_of(features), deal)


def read_by_gru(
    frames, deal, seed, *, passes=PASSES, units=UNITS, rate=RATE, noise=NOISE
) -> tuple[np.ndarray, float]:
    """Train a GRU; return its answers to the test recordings and its accuracy where it was chosen.

    Parameters
    ----------
    frames : list of ndarray (T, 13)
    deal : three arrays of int
        Recordings to learn from, to choose by and to test.
    seed : int
    passes, units, rate, noise
        Passes over what it learns from; units; Adam's learning rate, which falls to 0 along half a
        cosine; standard deviation of noise that is added to the inputs in training.
    """
    rng = seed_everything(seed)
    labels = digits_and_voices()[0].labels
    model = SequenceReader("gru", 13, units, 10)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    learn, choose, test = deal
    steps = passes * -(-len(learn) // BATCH)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    best, kept = -1.0, None

    def loss(model, batch):
        inputs, lengths, targets = batch_tensors(batch, model)
        return cross_entropy(model(inputs + noise * torch.randn(inputs.shape), lengths), targets)

    for _ in range(passes):
        batches = _batches(frames, labels, learn, rng)
        fit(model, batches, loss, optimiser, clip_norm=1.0, schedule=falling)
        valid = np.mean(answers(model, frames, choose) == labels[choose])
        if valid > best:
            best, kept = float(valid), copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    return answers(model, frames, test), best


def _batches(frames, labels, places, rng):
    """Yield batches of recordings of about the same length, in random order."""
    mixed = rng.permutation(places)
    about = [len(frames[k]) + rng.uniform(0, 4) for k in mixed]
    batches = np.array_split(mixed[np.argsort(about)], -(-len(places) // BATCH))
    for k in rng.permutation(len(batches)):
        inputs, lengths = padded(frames, batches[k])
        yield Batch(inputs.numpy(), lengths.numpy(), labels[batches[k]])


def padded(frames, places) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the recordings at these places as one batch ``(B, T, 13)``, and their lengths."""
    parts = [torch.as_tensor(frames[k], dtype=torch.float32) for k in places]
    lengths = torch.tensor([len(part) for part in parts])
    return nn.utils.rnn.pad_sequence(parts, batch_first=True), lengths


@torch.no_grad()
def answers(model, frames, places) -> np.ndarray:
    """Return the digit that a network gives each of these recordings, ``(N,)``."""
    return model(*padded(frames, places)).argmax(1).numpy()


def read_by_line(features: str, deal) -> tuple[np.ndarray, float]:
    """Return what logistic regression on a fixed number of frames says, as `read_by_gru` does."""
    labels, (learn, choose, test) = digits_and_voices()[0].labels, deal
    best, said = -1.0, None
    for count, strength in itertools.product(FRAMES, STRENGTHS):
        table = _squeezed(features, count)
        with warnings.catch_warnings():  # a hundred steps are enough to choose by
            warnings.simplefilter("ignore", ConvergenceWarning)
            line = LogisticRegression(C=strength, max_iter=100).fit(table[learn], labels[learn])
        valid = np.mean(line.predict(table[choose]) == labels[choose])
        if valid > best:
            best, said = float(valid), line.predict(table[test])
    return said, best


@lru_cache(maxsize=4)
def _squeezed(features, count):
    """Return each recording in so many frames, and how long it was, as one row."""
    frames = features_of(features)
    long = np.log([[len(one)] for one in frames])
    return np.hstack([[resampled(one, count).ravel() for one in frames], long - long.mean()])


@lru_cache(maxsize=2)
def distances_of(features: str) -> np.ndarray:
    """Return the warped distance of every recording to every other, ``(N, N)``."""
    frames = features_of(features)
    return warped_distances(frames, frames)


def read_by_warping(distances, deal) -> tuple[np.ndarray, float]:
    """Return what the nearest recordings say, as `read_by_gru` does."""
    digits, _ = digits_and_voices()
    labels, lengths, (learn, choose, test) = digits.labels, digits.lengths, deal
    best, said = -1.0, None
    for divided, neighbours in itertools.product(BY_LENGTH, NEIGHBOURS):
        by = lengths[:, None] + lengths if divided else np.ones((1, 1))
        apart = distances / by
        valid = nearest_labels(apart[np.ix_(choose, learn)], labels[learn], neighbours)
        valid = np.mean(valid == labels[choose])
        if valid > best:
            near = nearest_labels(apart[np.ix_(test, learn)], labels[learn], neighbours)
            best, said = float(valid), near
    return said, best


EXPERIMENTS = [
    Experiment(
        "speech",
        "How much of the accuracy on spoken digits is knowing the voices?",
        grid,
        measure,
        minutes=20,
    ),
]
