"""Which exercise is it: on people never seen, on windows of people seen, and without the order?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from unrolled.data.motion import Windows, cut_windows, read_recordings, shuffle_time
from unrolled.evaluation.hand_features import hand_features
from unrolled.evaluation.metrics import accuracy
from unrolled.experiments.registry import Experiment
from unrolled.nets.training import sentiment_loss
from unrolled.nets.window_reader import WindowReader, outputs_of, train_passes
from unrolled.seeding import seed_everything

READERS = ("logistic", "forest", "GRU", "LSTM")
CELLS = {"GRU": "gru", "LSTM": "lstm"}
#: What is judged, and the order of the steps inside a window: training and test alike.
ARMS = (("people", "in order"), ("people", "shuffled"), ("windows", "in order"))
SEEDS = range(10)  # a fold each: the person who is held out, or a tenth of the windows
CLASSES, TREES, BATCH = 7, 300, 64
WIDTH, STEP, EVERY = 200, 100, 4  # four seconds, half overlapping, 12.5 steps a second

#: Tried by `tune`; of the passes each number is looked at in one training. Where, in order, the
#: best rate or number of passes stood at an edge, one rate more and up to 80 passes were tried.
STRENGTHS = (1e-5, 1e-4, 0.001, 0.01, 0.1, 1.0, 10.0)
FOREST = tuple(itertools.product(("sqrt", 0.3), (1, 3, 10)))
NETWORK = tuple(itertools.product((0.003, 0.01, 0.03), (48,), ("last", "mean")))
PASSES = (5, 10, 20, 40)


@dataclass(frozen=True)
class Setting:
    """What validation chooses for a reader.

    Parameters
    ----------
    strength : float
        C of the logistic regression.
    features, leaf, trees : object
        Of the forest: features tried at a split, windows in a leaf at least, and its trees.
    rate, hidden, readout, passes
        Of a network.
    """

    strength: float = 1.0
    features: str | float = "sqrt"
    leaf: int = 1
    trees: int = TREES
    rate: float = 0.003
    hidden: int = 32
    readout: str = "last"
    passes: int = 20


#: By reader and order: what people 0, 2, 4, 6, 8 chose for the others, and these for them.
CHOSEN: dict[tuple[str, str], tuple[Setting, Setting]] = {
    ("logistic", "in order"): (Setting(strength=0.001), Setting(strength=0.001)),
    ("forest", "in order"): (Setting(features="sqrt", leaf=3), Setting(features="sqrt", leaf=1)),
    ("GRU", "in order"): (
        Setting(rate=0.03, hidden=48, readout="mean", passes=80),
        Setting(rate=0.03, hidden=48, readout="mean", passes=20),
    ),
    ("LSTM", "in order"): (
        Setting(rate=0.01, hidden=48, readout="mean", passes=40),
        Setting(rate=0.03, hidden=48, readout="mean", passes=40),
    ),
    ("logistic", "shuffled"): (Setting(strength=0.001), Setting(strength=0.001)),
    ("forest", "shuffled"): (Setting(features="sqrt", leaf=1), Setting(features=0.3, leaf=3)),
    ("GRU", "shuffled"): (
        Setting(rate=0.03, hidden=48, readout="mean", passes=10),
        Setting(rate=0.03, hidden=48, readout="last", passes=10),
    ),
    ("LSTM", "shuffled"): (
        Setting(rate=0.01, hidden=48, readout="mean", passes=20),
        Setting(rate=0.03, hidden=48, readout="mean", passes=20),
    ),
}


def half_of(fold: int) -> int:
    """Return which half of the people a fold belongs to: 0 the even ones, 1 the odd ones."""
    return fold % 2


def all_windows(order: str, seed: int) -> Windows:
    """Return all windows, the steps of each in their order or in one of its own."""
    windows = cut_windows(read_recordings(), WIDTH, STEP, EVERY)
    if order == "in order":
        return windows
    values = shuffle_time(windows.values, np.random.default_rng([seed, 1]))
    return Windows(values, windows.exercises, windows.people, windows.recordings)


def split(windows: Windows, judged: str, fold: int) -> np.ndarray:
    """Return ``(N,)`` booleans, True for what is held out: a person, or a tenth at random."""
    if judged == "people":
        return windows.people == fold
    return np.random.default_rng(7).permutation(len(windows)) % len(SEEDS) == fold


def fit_reader(reader: str, setting: Setting, train: Windows, seed: int, passes=(), after=None):
    """Return a function from windows to classes: one reader, trained.

    Networks call ``after(number, judge)`` after each of the `passes`.
    """
    rng = seed_everything(seed)
    if reader in CELLS:
        return _fit_network(reader, setting, train, rng, passes, after)
    model = {
        "logistic": LogisticRegression(C=setting.strength, max_iter=3000),
        "forest": RandomForestClassifier(
            setting.trees,
            max_features=setting.features,
            min_samples_leaf=setting.leaf,
            random_state=seed,
        ),
    }[reader]
    model = make_pipeline(StandardScaler(), model)
    model.fit(hand_features(train.values), train.exercises)
    return lambda windows: model.predict(hand_features(windows.values))


def _fit_network(reader, setting, train, rng, passes, after):
    mean, spread = train.values.mean(axis=(0, 1)), train.values.std(axis=(0, 1))
    channels = train.values.shape[2]
    model = WindowReader(CELLS[reader], channels, setting.hidden, CLASSES, setting.readout)

    def judge(windows):
        return outputs_of(model, (windows.values - mean) / spread).argmax(axis=1)

    def look(number):
        if number in passes:
            after(number, judge)

    inputs, most = (train.values - mean) / spread, max([setting.passes, *passes])
    options = {"rate": setting.rate, "passes": most, "rng": rng, "batch_size": BATCH}
    train_passes(model, inputs, train.exercises, sentiment_loss, after=look, **options)
    return judge


def settings_of(reader: str) -> list[Setting]:
    """Return what `tune` tries for a reader, but for the passes."""
    if reader == "logistic":
        return [Setting(strength=strength) for strength in STRENGTHS]
    if reader == "forest":
        return [Setting(features=features, leaf=leaf) for features, leaf in FOREST]
    return [Setting(rate=rate, hidden=h, readout=r, passes=0) for rate, h, r in NETWORK]


def tune(reader: str, order: str, half: int, settings: list[Setting]) -> list[tuple]:
    """Return ``(accuracy, setting)``, the best first, from the people of one half alone.

    Twice, three of them train and two validate.
    """
    windows = all_windows(order, 100)
    people = np.arange(half, len(SEEDS), 2)
    found: dict[Setting, list[float]] = {}
    for setting, kept in itertools.product(settings, (people[:2], people[2:4])):
        valid = windows.take(np.isin(windows.people, kept))
        train = windows.take(np.isin(windows.people, np.setdiff1d(people, kept)))

        def note(number, judge, setting=setting, valid=valid):
            named = replace(setting, passes=number)
            found.setdefault(named, []).append(accuracy(judge(valid), valid.exercises))

        if reader in CELLS:
            fit_reader(reader, setting, train, 100, PASSES, note)
        else:
            note(setting.passes, fit_reader(reader, setting, train, 100))
    means = [(float(np.mean(scores)), setting) for setting, scores in found.items()]
    return sorted(means, key=lambda pair: -pair[0])


def grid() -> list[dict]:
    """Return all configurations, fold after fold."""
    return [
        {"judged": judged, "order": order, "reader": reader, "seed": seed}
        for seed, (judged, order), reader in itertools.product(SEEDS, ARMS, READERS)
    ]


def measure(
    judged: str,
    order: str,
    reader: str,
    seed: int,
    *,
    passes: int | None = None,
    trees: int = TREES,
) -> dict:
    """Train one reader on nine tenths and judge the rest; the seed is the fold, and starts weights.

    The settings were chosen on people of the other half, the one that the fold does not judge.

    Parameters
    ----------
    judged : {"people", "windows"}
    order : {"in order", "shuffled"}
    reader : str
        One of `READERS`.
    seed : int
        From 0 to 9.
    passes : int, optional
        Train a network so long only.
    trees : int
        Of the forest.

    Returns
    -------
    dict
        windows (how many were judged), accuracy (the share judged rightly).
    """
    windows = all_windows(order, seed)
    held = split(windows, judged, seed)
    setting = CHOSEN[reader, order][1 - half_of(seed)]
    setting = replace(setting, trees=trees, passes=passes or setting.passes)
    judge = fit_reader(reader, setting, windows.take(~held), seed)
    test = windows.take(held)
    return {"windows": len(test), "accuracy": accuracy(judge(test), test.exercises)}


EXPERIMENTS = [
    Experiment(
        "motion",
        "Which exercise is it: on new people, on windows of known people, and without order?",
        grid,
        measure,
        minutes=15,
    ),
]
