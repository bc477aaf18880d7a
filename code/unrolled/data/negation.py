"""Minimal pairs of sentences in which a negation, and nothing else, turns the verdict round.

Every pair has a mirror: the same change at an adjective of the opposite sense. "The film was good"
beats "the film was not good", but "the film was bad" loses to "the film was not bad". What adds up
one number a word, whatever the numbers are, puts just one of the two in the right order; or, where
both texts hold the same words, neither. So a bag of words scores one half, on each kind of pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from unrolled.data.tokenizer import tokenize

SUBJECTS = ("film", "story")
VERDICTS = (  # praise, blame
    ("good", "bad"),
    ("great", "terrible"),
    ("interesting", "boring"),
    ("funny", "awful"),
    ("excellent", "poor"),
    ("brilliant", "stupid"),
    ("wonderful", "horrible"),
    ("entertaining", "dull"),
)
CHANGES = {  # kind: (plain, negated), with places for a noun and an adjective
    "not": ("the {n} was {a} .", "the {n} was not {a} ."),
    "n't": ("the {n} was {a} .", "the {n} wasn't {a} ."),
    "never": ("the {n} was {a} .", "the {n} was never {a} ."),
    "hardly": ("the {n} was {a} .", "the {n} was hardly {a} ."),
    "far, 4 words": ("i do think the {n} was {a} .", "i do not think the {n} was {a} ."),
    "far, 11 words": (
        "i do think that someone who has seen the {n} would call it {a} .",
        "i do not think that someone who has seen the {n} would call it {a} .",
    ),
    "far, 21 words": (
        "i do think that someone who has seen the {n} from the first minute to the last , "
        "as i have , would call it {a} .",
        "i do not think that someone who has seen the {n} from the first minute to the last , "
        "as i have , would call it {a} .",
    ),
    "twice": (  # the second one takes back what the first one says
        "i would not say that the {n} was not {a} .",
        "i would say that the {n} was not {a} .",
    ),
}
SAME_WORDS = {"first": "the {n} was {a} , not {b} .", "last": "the {n} was not {b} but {a} ."}
KINDS = (*CHANGES, "same words")


@dataclass(frozen=True)
class NegationPair:
    """Two short texts; the first speaks better of the film than the second.

    Parameters
    ----------
    better, worse : str
        Tokens with blanks between them, as `unrolled.data.tokenizer.tokenize` cuts them.
    kind : str
        One of `KINDS`. A number of words is how many stand between negation and adjective.
    mirror : str
        "praise" if the adjective that the change touches praises, "blame" if it blames. Of the
        same words, "first" or "last": which of the two adjectives is the verdict.
    """

    better: str
    worse: str
    kind: str
    mirror: str


def negation_pairs() -> list[NegationPair]:
    """Return all pairs, kind after kind; each kind has as many."""
    pairs = []
    for kind, noun, (praise, blame) in product(CHANGES, SUBJECTS, VERDICTS):
        praised, blamed = (
            [text.format(n=noun, a=word) for text in CHANGES[kind]] for word in (praise, blame)
        )
        pairs.append(NegationPair(*praised, kind, "praise"))
        pairs.append(NegationPair(*blamed[::-1], kind, "blame"))
    for noun, (praise, blame), (mirror, text) in product(SUBJECTS, VERDICTS, SAME_WORDS.items()):
        better, worse = (
            text.format(n=noun, a=a, b=b) for a, b in ((praise, blame), (blame, praise))
        )
        pairs.append(NegationPair(better, worse, "same words", mirror))
    return pairs


def pair_scores(
    pairs: Sequence[NegationPair], judge: Callable[[list[list[str]]], np.ndarray]
) -> np.ndarray:
    """Return for each pair ``(N,)``: 1 in the right order, 0 in the wrong one, 0.5 for a tie.

    Parameters
    ----------
    pairs : sequence of NegationPair
    judge : callable
        Takes lists of tokens and returns one number each: the better, the higher.
    """
    better, worse = (
        np.asarray(judge([tokenize(getattr(pair, side)) for pair in pairs]), dtype=float)
        for side in ("better", "worse")
    )
    tied = np.isclose(better, worse, rtol=0, atol=1e-9)
    return np.where(tied, 0.5, (better > worse).astype(float))


def mean_by_kind(pairs: Sequence[NegationPair], right: np.ndarray) -> dict[str, float]:
    """Return the mean score of each kind of pair, and of "all"."""
    kinds = [pair.kind for pair in pairs]
    means = {k: float(np.mean(right[np.array(kinds) == k])) for k in dict.fromkeys(kinds)}
    return means | {"all": float(np.mean(right))}
