"""Which exercise is it: on people never seen, on windows of people seen, and without the order?"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from unrolled.data.motion import Windows, cut_windows, read_recordings, shuffle_time
from unrolled.evaluation.hand_features import hand_features, without_order
from unrolled.evaluation.metrics import accuracy
from unrolled.experiments.registry import Experiment
from unrolled.nets.training import sentiment_loss
from unrolled.nets.window_reader import WindowReader, outputs_of, train_steps
from unrolled.seeding import seed_everything

CELLS = {"GRU": "gru", "LSTM": "lstm"}
READERS = ("logistic", "forest", *CELLS)
#: What is judged, and what becomes of a window, in training and test alike. "no order": as it is,
#: but only the features are used that do not ask for the order of the steps.
ARMS = (
    ("people", "in order", READERS),
    ("people", "shuffled", READERS),
    ("people", "no order", READERS[:2]),
    ("windows", "in order", READERS),
)
SEEDS = range(10)  # a fold each: the person who is held out, or a tenth of the windows
#: What a reflection in x does to acceleration, and to turning: one wrist becomes the other.
MIRROR = np.array([-1, 1, 1, 1, -1, -1], dtype=np.float32)
CLASSES, TREES, BATCH, HIDDEN, READOUT = 7, 300, 64, 48, "mean"
WIDTH, STEP, EVERY = 200, 100, 4  # four seconds, half overlapping, 12.5 steps a second

#: Tried by `tune`, alike in order and shuffled: C of the logistic regression; of the forest the
#: features tried at a split and the windows in a leaf at least; of a network the highest rate of
#: its cycle and the steps of training, as many with three people as with nine.
STRENGTHS = (1e-5, 1e-4, 0.001, 0.01, 0.1, 1.0, 10.0)
FOREST = tuple(itertools.product(("sqrt", 0.3), (1, 3, 10)))
RATES, STEPS = (0.003, 0.01, 0.03), (200, 600)

#: What `tune` found, by reader and order: from the even people, and from the odd ones.
TUNED: dict[tuple[str, str], tuple[dict[tuple, float], dict[tuple, float]]] = {
    ("logistic", "in order"): (
        {
            (1e-05,): 0.2486,
            (0.0001,): 0.7575,
            (0.001,): 0.8234,
            (0.01,): 0.8089,
            (0.1,): 0.7745,
            (1.0,): 0.763,
            (10.0,): 0.7534,
        },
        {
            (1e-05,): 0.2255,
            (0.0001,): 0.5766,
            (0.001,): 0.76,
            (0.01,): 0.755,
            (0.1,): 0.7475,
            (1.0,): 0.7343,
            (10.0,): 0.7117,
        },
    ),
    ("logistic", "shuffled"): (
        {
            (1e-05,): 0.2514,
            (0.0001,): 0.5675,
            (0.001,): 0.7923,
            (0.01,): 0.7565,
            (0.1,): 0.7171,
            (1.0,): 0.7137,
            (10.0,): 0.6965,
        },
        {
            (1e-05,): 0.2373,
            (0.0001,): 0.3619,
            (0.001,): 0.7705,
            (0.01,): 0.7662,
            (0.1,): 0.7473,
            (1.0,): 0.7118,
            (10.0,): 0.691,
        },
    ),
    ("logistic", "no order"): (
        {
            (1e-05,): 0.2276,
            (0.0001,): 0.5234,
            (0.001,): 0.8047,
            (0.01,): 0.7618,
            (0.1,): 0.7271,
            (1.0,): 0.7305,
            (10.0,): 0.7352,
        },
        {
            (1e-05,): 0.2282,
            (0.0001,): 0.3688,
            (0.001,): 0.7694,
            (0.01,): 0.7541,
            (0.1,): 0.7415,
            (1.0,): 0.7072,
            (10.0,): 0.6703,
        },
    ),
    ("forest", "in order"): (
        {
            ("sqrt", 1): 0.879,
            ("sqrt", 3): 0.8839,
            ("sqrt", 10): 0.8837,
            (0.3, 1): 0.8227,
            (0.3, 3): 0.8208,
            (0.3, 10): 0.8387,
        },
        {
            ("sqrt", 1): 0.7533,
            ("sqrt", 3): 0.7517,
            ("sqrt", 10): 0.7513,
            (0.3, 1): 0.7347,
            (0.3, 3): 0.7314,
            (0.3, 10): 0.7209,
        },
    ),
    ("forest", "shuffled"): (
        {
            ("sqrt", 1): 0.873,
            ("sqrt", 3): 0.8666,
            ("sqrt", 10): 0.8719,
            (0.3, 1): 0.8284,
            (0.3, 3): 0.8372,
            (0.3, 10): 0.8328,
        },
        {
            ("sqrt", 1): 0.7246,
            ("sqrt", 3): 0.7272,
            ("sqrt", 10): 0.7262,
            (0.3, 1): 0.7374,
            (0.3, 3): 0.7433,
            (0.3, 10): 0.7403,
        },
    ),
    ("forest", "no order"): (
        {
            ("sqrt", 1): 0.8627,
            ("sqrt", 3): 0.8662,
            ("sqrt", 10): 0.8734,
            (0.3, 1): 0.8478,
            (0.3, 3): 0.8398,
            (0.3, 10): 0.8613,
        },
        {
            ("sqrt", 1): 0.7343,
            ("sqrt", 3): 0.7408,
            ("sqrt", 10): 0.7379,
            (0.3, 1): 0.7251,
            (0.3, 3): 0.7262,
            (0.3, 10): 0.7161,
        },
    ),
    ("GRU", "in order"): (
        {
            (0.003, 200): 0.7137,
            (0.003, 600): 0.7527,
            (0.01, 200): 0.7811,
            (0.01, 600): 0.7661,
            (0.03, 200): 0.7554,
            (0.03, 600): 0.759,
            (0.01, 100): 0.7556,
        },
        {
            (0.003, 200): 0.5733,
            (0.003, 600): 0.6339,
            (0.01, 200): 0.6678,
            (0.01, 600): 0.623,
            (0.03, 200): 0.6934,
            (0.03, 600): 0.6562,
            (0.09, 200): 0.6918,
            (0.03, 100): 0.6517,
        },
    ),
    ("GRU", "shuffled"): (
        {
            (0.003, 200): 0.7043,
            (0.003, 600): 0.7529,
            (0.01, 200): 0.7811,
            (0.01, 600): 0.738,
            (0.03, 200): 0.7837,
            (0.03, 600): 0.7572,
            (0.09, 200): 0.7808,
            (0.03, 100): 0.7618,
        },
        {
            (0.003, 200): 0.5463,
            (0.003, 600): 0.576,
            (0.01, 200): 0.6051,
            (0.01, 600): 0.6071,
            (0.03, 200): 0.6335,
            (0.03, 600): 0.6764,
            (0.09, 600): 0.3043,
            (0.03, 1200): 0.6473,
        },
    ),
    ("LSTM", "in order"): (
        {
            (0.003, 200): 0.6737,
            (0.003, 600): 0.7432,
            (0.01, 200): 0.7665,
            (0.01, 600): 0.7648,
            (0.03, 200): 0.7591,
            (0.03, 600): 0.7554,
            (0.01, 100): 0.6742,
        },
        {
            (0.003, 200): 0.529,
            (0.003, 600): 0.5959,
            (0.01, 200): 0.6264,
            (0.01, 600): 0.6224,
            (0.03, 200): 0.67,
            (0.03, 600): 0.6361,
            (0.09, 200): 0.6504,
            (0.03, 100): 0.645,
        },
    ),
    ("LSTM", "shuffled"): (
        {
            (0.003, 200): 0.6698,
            (0.003, 600): 0.7584,
            (0.01, 200): 0.7793,
            (0.01, 600): 0.7393,
            (0.03, 200): 0.767,
            (0.03, 600): 0.759,
            (0.01, 100): 0.641,
        },
        {
            (0.003, 200): 0.5267,
            (0.003, 600): 0.5761,
            (0.01, 200): 0.5996,
            (0.01, 600): 0.6204,
            (0.03, 200): 0.6051,
            (0.03, 600): 0.6132,
            (0.01, 1200): 0.6238,
        },
    ),
}

#: The best of each: what people 0, 2, 4, 6, 8 chose for the others, and these for them.
CHOSEN = {
    key: tuple(max(found, key=found.get) for found in halves) for key, halves in TUNED.items()
}


def half_of(fold: int) -> int:
    """Return which half of the people a fold belongs to: 0 the even ones, 1 the odd ones."""
    return fold % 2


def all_windows(order: str, seed: int) -> Windows:
    """Return all windows, the steps of each in their order or in one of its own."""
    windows = cut_windows(read_recordings(), WIDTH, STEP, EVERY)
    if order != "shuffled":
        return windows
    values = shuffle_time(windows.values, np.random.default_rng([seed, 1]))
    return Windows(values, windows.exercises, windows.people, windows.recordings)


def split(windows: Windows, judged: str, fold: int) -> np.ndarray:
    """Return ``(N,)`` booleans, True for what is held out: a person, or a tenth at random."""
    if judged == "people":
        return windows.people == fold
    return np.random.default_rng(7).permutation(len(windows)) % len(SEEDS) == fold


def fit_reader(reader: str, order: str, setting: tuple, train: Windows, seed: int):
    """Return a function from windows to classes: one reader, trained."""
    rng = seed_everything(seed)
    if reader in CELLS:
        return _fit_network(reader, setting, train, rng)
    if reader == "logistic":
        model = LogisticRegression(C=setting[0], max_iter=3000)
    else:
        features, leaf = setting
        options = {"max_features": features, "min_samples_leaf": leaf, "random_state": seed}
        model = RandomForestClassifier(TREES, **options)
    see = without_order if order == "no order" else hand_features
    model = make_pipeline(StandardScaler(), model).fit(see(train.values), train.exercises)
    return lambda windows: model.predict(see(windows.values))


def _fit_network(reader, setting, train, rng):
    (rate, steps), channels = setting, train.values.shape[2]
    mean, spread = train.values.mean(axis=(0, 1)), train.values.std(axis=(0, 1))
    model = WindowReader(CELLS[reader], channels, HIDDEN, CLASSES, READOUT)
    options = {"rate": rate, "steps": steps, "rng": rng, "batch_size": BATCH}
    train_steps(model, (train.values - mean) / spread, train.exercises, sentiment_loss, **options)
    return lambda windows: outputs_of(model, (windows.values - mean) / spread).argmax(axis=1)


def validated(reader: str, order: str, half: int, setting: tuple) -> float:
    """Return the accuracy on validation of one setting, from the people of one half alone.

    Twice, three of them train and two validate.
    """
    windows, scores = all_windows(order, 100), []
    people = np.arange(half, len(SEEDS), 2)
    for kept in (people[:2], people[2:4]):
        valid = windows.take(np.isin(windows.people, kept))
        train = windows.take(np.isin(windows.people, np.setdiff1d(people, kept)))
        judge = fit_reader(reader, order, setting, train, 100)
        scores.append(accuracy(judge(valid), valid.exercises))
    return float(np.mean(scores))


def tune(reader: str, order: str, half: int) -> dict[tuple, float]:
    """Return the accuracy on validation of each setting; the best one is chosen.

    Where a network's best rate or number of steps stands at an edge of the grid, one step further
    is tried: three times the rate, or a third of it; twice the steps, or half of them.
    """

    def look(*settings):
        found.update((one, validated(reader, order, half, one)) for one in settings)
        return max(found, key=found.get)

    found: dict[tuple, float] = {}
    if reader not in CELLS:
        look(*([(c,) for c in STRENGTHS] if reader == "logistic" else FOREST))
        return found
    rate, steps = look(*itertools.product(RATES, STEPS))
    further = {RATES[0]: 1 / 3, RATES[-1]: 3}
    if rate in further:
        rate, steps = look((round(rate * further[rate], 6), steps))
    if steps in STEPS:
        look((rate, steps * 2 if steps == STEPS[-1] else steps // 2))
    return found


def may_be_near() -> dict[str, np.ndarray]:
    """Return which windows ``(N, N)`` may be whose neighbour, from all others to other people."""
    windows, sides = all_windows("in order", 0), read_recordings().sides
    steps = np.arange(len(windows))
    apart = np.abs(steps[:, None] - steps)

    def same(kind):
        return kind[:, None] == kind

    here, person = same(windows.recordings), same(windows.people)
    return {
        "all others": apart > 0,
        "no overlap": ~here | (apart >= WIDTH // STEP),
        "eight seconds off": ~here | (apart > 4),
        "not this arm": ~(person & same(sides[windows.recordings])),
        "not this person": ~person,
    }


def as_left_wrists(windows: Windows) -> Windows:
    """Return windows with those of right wrists mirrored, so that the two arms can be compared."""
    right = read_recordings().sides[windows.recordings] == 1
    values = np.where(right[:, None, None], windows.values * MIRROR, windows.values)
    return replace(windows, values=values)


def nearest_neighbour(
    windows: Windows, allowed: np.ndarray, features: slice = slice(None)
) -> np.ndarray:
    """Return ``(N,)`` booleans: does the nearest allowed window show the same exercise?

    Near is what has nearly the same features, each counted in its standard deviation.

    Parameters
    ----------
    windows : Windows
    allowed : array of bool (N, N)
        A row says which windows may be a window's neighbour.
    features : slice
        Of the 117, those that count; the first six are the means, the next six the spreads.
    """
    seen = StandardScaler().fit_transform(hand_features(windows.values)[:, features])
    size = (seen**2).sum(axis=1)
    distances = size[:, None] + size - 2 * seen @ seen.T
    nearest = np.where(allowed, distances, np.inf).argmin(axis=1)
    return windows.exercises[nearest] == windows.exercises


def grid() -> list[dict]:
    """Return all configurations, fold after fold."""
    return [
        {"judged": judged, "order": order, "reader": reader, "seed": seed}
        for seed in SEEDS
        for judged, order, readers in ARMS
        for reader in readers
    ]


def measure(
    judged: str,
    order: str,
    reader: str,
    seed: int,
    *,
    steps: int | None = None,
) -> dict:
    """Train one reader on nine tenths and judge the rest; the seed is the fold, and starts weights.

    The settings were chosen on people of the other half, the one that the fold does not judge.

    Parameters
    ----------
    judged : {"people", "windows"}
    order : {"in order", "shuffled", "no order"}
    reader : str
        One of `READERS`.
    seed : int
        From 0 to 9.
    steps : int, optional
        Train a network so long only.

    Returns
    -------
    dict
        windows (how many were judged), accuracy (the share judged rightly).
    """
    windows = all_windows(order, seed)
    held = split(windows, judged, seed)
    setting = CHOSEN[reader, order][1 - half_of(seed)]
    if reader in CELLS and steps is not None:
        setting = (setting[0], steps)
    judge = fit_reader(reader, order, setting, windows.take(~held), seed)
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
