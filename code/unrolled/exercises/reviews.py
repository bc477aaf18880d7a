"""Exercises of the chapter on reviews: a vocabulary, and test texts that leaked."""

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
