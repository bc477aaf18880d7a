"""Films whose label no single frame holds: hand features and a forest against networks."""

from __future__ import annotations

import itertools

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from unrolled.data.motion import shuffle_time
from unrolled.data.moving_digits import PARTS, moving_digits
from unrolled.evaluation.hand_features import film_features, ink_middles, turn_about_middle, turns
from unrolled.evaluation.metrics import accuracy
from unrolled.experiments.registry import Experiment
from unrolled.nets.training import sentiment_loss
from unrolled.nets.window_reader import WindowReader, outputs_of, train_passes
from unrolled.seeding import seed_everything

READERS = ("one number", "forest, features", "forest, pixels", "GRU", "LSTM")
CELLS = {"GRU": "gru", "LSTM": "lstm"}
ORDERS = ("in order", "shuffled")
SEEDS = range(5)
FILMS = {"train": 2000, "valid": 500, "test": 1000}
TREES = 300
#: Tried by `tune` on seed 100; of the passes each number is looked at in one training.
RATES, WIDTHS, PASSES = (0.001, 0.003, 0.01), (32, 64), (5, 10, 20, 40)
FOREST = tuple(itertools.product(("sqrt", 0.3), (1, 3, 10)))
SPARSE = tuple(("sqrt", leaf) for leaf in (1, 3, 10, 30))  # for pixels: a third of 2,048 is slow
#: How "one number" may be reckoned, of which `tune` chooses: the side of the blur, the threshold of
#: ink, and the turn of steps in a row, or about the middle of the path. Nothing in it is trained.
TURNS = tuple(itertools.product((1, 3, 5), (0.0, 0.2, 0.3, 0.4, 0.5), ("steps", "middle")))
#: By reader: rate, hidden units and passes; the forest's features and leaf; or one of `TURNS`.
CHOSEN: dict[str, tuple] = {
    "one number": (3, 0.4, "middle"),
    "forest, features": ("sqrt", 3),
    "forest, pixels": ("sqrt", 3),
    "GRU": (0.001, 32, 5),
    "LSTM": (0.003, 32, 5),
}


def films_of(order: str, seed: int, films: dict[str, int] | None = None) -> dict:
    """Return each part's films and labels; the frames in their order, or in one of its own."""
    rng = np.random.default_rng([seed, 2])
    counts = FILMS if films is None else films
    parts = {part: moving_digits(counts[part], part, rng=rng) for part in PARTS}
    if order == "in order":
        return parts
    return {part: (shuffle_time(values, rng), labels) for part, (values, labels) in parts.items()}


def flat(films: np.ndarray) -> np.ndarray:
    """Return ``(N, T, height, width)`` films as sequences ``(N, T, height * width)``."""
    return films.reshape(*films.shape[:2], -1)


def one_number(setting: tuple):
    """Return a function from films to labels: the sign of a turn, without training."""
    blur, threshold, about = setting

    def judge(films):
        middles = ink_middles(films, blur, threshold)
        if about == "middle":
            return (turn_about_middle(middles) > 0).astype(int)
        return (turns(np.diff(middles, axis=1)).sum(axis=1) > 0).astype(int)

    return judge


def fit_forest(reader: str, setting: tuple, films, labels, seed: int):
    """Return a function from films to labels: a forest on hand features or on all pixels."""
    see = (
        film_features
        if reader == "forest, features"
        else lambda films: films.reshape(len(films), -1)
    )
    features, leaf = setting
    forest = RandomForestClassifier(
        TREES, max_features=features, min_samples_leaf=leaf, random_state=seed
    )
    forest.fit(see(films), labels)
    return lambda films: forest.predict(see(films))


def fit_network(reader: str, setting: tuple, films, labels, rng, after=None):
    """Return a function from films to labels: a network that reads a frame a step."""
    rate, hidden, passes = setting
    model = WindowReader(CELLS[reader], flat(films).shape[2], hidden, 2)

    def judge(films):
        return outputs_of(model, flat(films)).argmax(axis=1)

    look = None if after is None else lambda number: after(number, judge)
    options = {"rate": rate, "passes": passes, "rng": rng, "after": look}
    train_passes(model, flat(films), labels, sentiment_loss, **options)
    return judge


def tune(reader: str) -> list[tuple[float, tuple]]:
    """Return ``(accuracy on validation, setting)``, the best first; seed 100, frames in order."""
    parts = films_of("in order", 100)
    valid, truth = parts["valid"]
    found = []
    if reader == "one number":
        found = [(accuracy(one_number(s)(valid), truth), s) for s in TURNS]
        return sorted(found, key=lambda pair: -pair[0])
    if reader not in CELLS:
        for setting in FOREST if reader == "forest, features" else SPARSE:
            judge = fit_forest(reader, setting, *parts["train"], 100)
            found.append((accuracy(judge(valid), truth), setting))
        return sorted(found, key=lambda pair: -pair[0])
    for rate, hidden in itertools.product(RATES, WIDTHS):

        def note(number, judge, rate=rate, hidden=hidden):
            if number in PASSES:
                found.append((accuracy(judge(valid), truth), (rate, hidden, number)))

        setting = (rate, hidden, max(PASSES))
        fit_network(reader, setting, *parts["train"], seed_everything(100), note)
    return sorted(found, key=lambda pair: -pair[0])


def grid() -> list[dict]:
    """Return all configurations, seed after seed."""
    return [
        {"order": order, "reader": reader, "seed": seed}
        for seed, order, reader in itertools.product(SEEDS, ORDERS, READERS)
    ]


def measure(order: str, reader: str, seed: int, *, films: dict[str, int] | None = None) -> dict:
    """Train one reader and judge films of digits that it never saw.

    The seed makes the films, and starts the weights or draws the trees. Readers of one seed see the
    same films.

    Parameters
    ----------
    order, reader : str
        Of `ORDERS` and `READERS`.
    seed : int
    films : dict, optional
        How many films each part has.

    Returns
    -------
    dict
        accuracy on the test films.
    """
    rng = seed_everything(seed)
    parts = films_of(order, seed, films)
    setting = CHOSEN[reader]
    if reader == "one number":
        judge = one_number(setting)
    elif reader in CELLS:
        judge = fit_network(reader, setting, *parts["train"], rng)
    else:
        judge = fit_forest(reader, setting, *parts["train"], seed)
    values, truth = parts["test"]
    return {"accuracy": accuracy(judge(values), truth)}


EXPERIMENTS = [
    Experiment(
        "moving-digits",
        "Which way does a digit move: can networks and a forest tell what no frame tells?",
        grid,
        measure,
        minutes=6,
    ),
]
