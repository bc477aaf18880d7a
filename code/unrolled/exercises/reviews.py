"""Exercises of the chapter on reviews: leaked test texts, a vocabulary, an array."""

from collections import Counter

import numpy as np

from unrolled.exercises.checker import check


def _numbered(reviews, size, first=2, count=None, ranked=True):
    counts = Counter(token for review in reviews for token in (count or list)(review))
    tokens = sorted(counts, key=lambda token: (-counts[token] if ranked else 0, token))
    return {token: number for number, token in enumerate(tokens[: size - first], start=first)}


def check_numbered(answer):
    """Check `numbered(reviews, size)`: the number of each token, from 2, by falling frequency."""
    first = [["a", "bad", "film", ",", "a", "film"], ["bad", ",", "bad", "!"], ["zebra", "film"]]
    second = [["good", "good", "good", "good", "plot"], ["plot"], ["it", "plot"], ["a", "it"]]
    cases = [(first, 9), (first, 5), (second, 5), (second, 20)]
    mistakes = {
        "your numbers begin at 0, which means padding: begin at 2, for 1 means unknown.": (
            lambda reviews, size: _numbered(reviews, size, first=0)
        ),
        "your numbers begin at 1, which means unknown: begin at 2.": (
            lambda reviews, size: _numbered(reviews, size, first=1)
        ),
        "your table has two tokens too many: padding and unknown count in `size`.": (
            lambda reviews, size: _numbered(reviews, size + 2)
        ),
        "you go by the alphabet alone: the most frequent token comes first.": (
            lambda reviews, size: _numbered(reviews, size, ranked=False)
        ),
        "you count in how many reviews a token stands; count each time that it occurs.": (
            lambda reviews, size: _numbered(reviews, size, count=set)
        ),
    }
    check(answer, _numbered, cases, mistakes=mistakes)


def _plain(text):
    return " ".join(text.lower().split())


def _leaked(train, test, form=_plain):
    seen = {form(text) for text in train}
    return np.array([form(text) in seen for text in test])


def check_leaked(answer):
    """Check `leaked(train, test)`: (N,) True for test texts that stand in the training too."""
    train = ["A good film.", "Bad!", "  Never again  ", "never", "Bad!"]
    cases = [
        (train, ["Bad!", "bad!", "Fine.", "a good\n film.", "good film.", "Never again"]),
        (train[:2], ["A good film. And long.", "Bad!", "Bad! Bad!", "bad"]),
    ]
    mistakes = {
        "you find exact copies only: first make texts lower case and their gaps single spaces.": (
            lambda train, test: _leaked(train, test, str)
        ),
        "white space hides copies from you: `text.split()` cuts at any of it.": (
            lambda train, test: _leaked(train, test, str.lower)
        ),
        "capitals hide copies from you: compare the texts in lower case.": (
            lambda train, test: _leaked(train, test, lambda text: " ".join(text.split()))
        ),
        "you mark the training texts; mark those of the test.": (
            lambda train, test: _leaked(test, train)
        ),
        "you mark what does not leak: True means that the text stands in the training.": (
            lambda train, test: ~_leaked(train, test)
        ),
        "you look whether a text stands inside another; only a whole text is a copy.": (
            lambda train, test: np.array(
                [any(_plain(text) in _plain(other) for other in train) for text in test]
            )
        ),
    }
    check(answer, _leaked, cases, mistakes=mistakes)


def _as_array(reviews, numbers, unknown=1, padding=0, front=False):
    ids = [[numbers.get(token, unknown) for token in review] for review in reviews]
    ids = [[number for number in row if number is not None] for row in ids]
    longest = max(map(len, ids))
    filled = [[padding] * (longest - len(row)) for row in ids]
    inputs = [fill + row if front else row + fill for row, fill in zip(ids, filled, strict=True)]
    return [np.array(inputs), np.array([len(row) for row in ids])]


def check_as_array(answer):
    """Check `as_array(reviews, numbers)`: inputs (B, T), 0 behind each review, and lengths (B,)."""
    numbers = {"the": 2, "film": 3, "good": 4, "!": 5}
    first = [["the", "good", "film", "!"], ["good"], ["a", "film"]]
    second = [["the", "plot", "!"], ["good", "plot", "good", "film", "twist"]]
    mistakes = {
        "unknown tokens became 0, which means padding; they are number 1.": (
            lambda *case: _as_array(*case, unknown=0)
        ),
        "you left unknown tokens out: they keep their place, as number 1.": (
            lambda *case: _as_array(*case, unknown=None)
        ),
        "you filled up with 1, which means unknown; padding is number 0.": (
            lambda *case: _as_array(*case, padding=1)
        ),
        "your padding stands in front; it belongs behind each review.": (
            lambda *case: _as_array(*case, front=True)
        ),
        "your lengths count the padding: give the number of tokens of each review.": (
            lambda *case: [(inputs := _as_array(*case)[0]), np.full(len(inputs), inputs.shape[1])]
        ),
    }
    check(answer, _as_array, [(first, numbers), (second, numbers)], mistakes=mistakes)
