"""Exercises of the chapter on one's own texts: texts on both sides, and an F1 for each class."""

import numpy as np

from unrolled.exercises.checker import check


def _key(text):
    return " ".join(text.lower().split())


def _share_leaked(train, test):
    seen = {_key(text) for text in train}
    return np.mean([_key(text) in seen for text in test])


def _only_spaces(train, test):
    seen = {" ".join(text.split()) for text in train}
    return np.mean([" ".join(text.split()) in seen for text in test])


def _only_capitals(train, test):
    seen = {text.lower() for text in train}
    return np.mean([text.lower() in seen for text in test])


def _inside(train, test):
    return np.mean([any(_key(text) in _key(one) for one in train) for text in test])


def _once_each(train, test):
    seen, asked = {_key(text) for text in train}, {_key(text) for text in test}
    return len(seen & asked) / len(asked)


TRAIN = ("Dull, and too long.", "A joy!", "a  joy!", "Fine", "I left early\n", "So so. Fine.")
TESTS = (
    ("a JOY!", "A joy", "dull, and\ttoo long.", "Never seen", "fine"),
    ("So so.  Fine.", "So so.", "i left  early", "Fine", "fine ", "Fine"),
    ("Something new", "Dull", "nothing"),
)


def check_share_leaked(answer):
    """Check `share_leaked(train, test)`: the share of test texts that stand in training."""
    mistakes = {
        "that is the share of the training texts; how large a part of the test is it?": (
            lambda train, test: _share_leaked(test, train)
        ),
        "that is how many they are; divide by the number of test texts.": (
            lambda train, test: _share_leaked(train, test) * len(test)
        ),
        "texts that differ in capitals or in white space leak, too.": (
            lambda train, test: np.mean([text in set(train) for text in test])
        ),
        "texts that differ in capitals leak, too.": _only_spaces,
        "texts that differ in white space leak, too; also inside of a text.": _only_capitals,
        "a text that is a piece of a training text is no copy. Compare whole texts.": _inside,
        "a text that stands twice in the test is judged twice, so count it twice.": _once_each,
    }
    check(answer, _share_leaked, [(TRAIN, test) for test in TESTS], mistakes=mistakes)


def _counts(truth, predicted, n_classes):
    """Return hits, texts and answers of each class, each ``(K,)``."""
    classes = np.arange(n_classes)[:, None]
    true, told = classes == truth, classes == predicted  # (K, N)
    return (true & told).sum(1), true.sum(1), told.sum(1)


def _f1(truth, predicted, n_classes):
    hits, true, told = _counts(truth, predicted, n_classes)
    return 2 * hits / np.maximum(true + told, 1)


def _macro_f1(truth, predicted, n_classes):
    return _f1(truth, predicted, n_classes).mean()


def _by_size(truth, predicted, n_classes):
    return np.average(_f1(truth, predicted, n_classes), weights=np.bincount(truth))


def _of_told_classes(truth, predicted, n_classes):
    return _f1(truth, predicted, n_classes)[np.unique(predicted)].mean()


def _recall(truth, predicted, n_classes):
    hits, true, _ = _counts(truth, predicted, n_classes)
    return (hits / np.maximum(true, 1)).mean()


def _precision(truth, predicted, n_classes):
    hits, _, told = _counts(truth, predicted, n_classes)
    return (hits / np.maximum(told, 1)).mean()


def _with_nan(truth, predicted, n_classes):
    hits, true, told = _counts(truth, predicted, n_classes)
    precision, recall = hits / told, hits / true
    return np.mean(2 * precision * recall / (precision + recall))


def check_macro_f1(answer):
    """Check `macro_f1(truth, predicted, n_classes)`: the mean of each class's F1."""
    rng = np.random.default_rng(5)
    truth = rng.permutation(np.repeat([0, 1, 2], [30, 9, 3]))
    near = np.where(rng.random(42) < 0.7, truth, rng.integers(0, 3, 42))
    cases = [(truth, near, 3), (truth, np.minimum(near, 1), 3), (truth, np.zeros(42, int), 3)]
    mistakes = {
        "that is the accuracy; the large class drowns the small ones.": (
            lambda truth, predicted, n: np.mean(truth == predicted)
        ),
        "each class counts the same here, however many texts it has.": _by_size,
        "a class that is never predicted has an F1 of 0; it must not be left out.": (
            _of_told_classes
        ),
        "a class that is never predicted gives 0 / 0; its F1 is 0.": _with_nan,
        "that is the mean recall. F1 also asks how many answers were right.": _recall,
        "that is the mean precision. F1 also asks how many texts were found.": _precision,
        "return one number, the mean over the classes.": _f1,
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        check(answer, _macro_f1, cases, mistakes=mistakes)
