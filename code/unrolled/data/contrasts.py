"""Short texts in which order decides, made from labelled ones by two rules of English.

*Two clauses.* "A, but B": the one that "but" leads in decides; "although A, B": the main clause.
*Negation.* "Not dull" is no blame. The clauses are labelled sentences, and the adjectives are those
that reviews of one label call a film: nothing is taken from a list of opinions.

A network that learns from such texts has been told these rules. Where it then follows them in other
words, it has learnt to; where a test uses the same words, it shows no more than that it listened.
The frames hold neither the nouns nor the longer frames of `unrolled.data.negation`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from unrolled.data.batching import check_labels
from unrolled.data.tokenizer import tokenize

#: With places for two clauses of opposite labels; b decides.
CLAUSES = (
    "{a}, but {b}.",
    "{a}, yet {b}.",
    "{a}. Still, {b}.",
    "{a}. In the end, {b}.",
    "{a}; nevertheless, {b}.",
    "although {a}, {b}.",
    "even if {a}, {b}.",
    "while {a}, {b}.",
    "{b}, although {a}.",
    "{b}, even though {a}.",
)
SUBJECTS = (
    *("it", "this", "this one", "the movie", "the script", "the acting", "the plot"),
    *("the ending", "the whole thing", "the dialogue", "the music"),
)
#: With places for a subject and an adjective: as it says, and the other way round.
PLAIN = (
    *("{s} is {a}.", "{s} was {a}.", "{s} is really {a}.", "I found {s} {a}.", "{a}."),
    "{s} feels {a}.",
)
NEGATED = (
    *("{s} is not {a}.", "{s} wasn't {a}.", "{s} isn't {a}.", "I didn't find {s} {a}."),
    *("not {a}.", "{s} is anything but {a}.", "{s} was never {a}.", "{s} is hardly {a}."),
    *("nobody would call {s} {a}.", "I don't think {s} is {a}."),
)
LONGEST = 16  # tokens of a clause
CALLED = re.compile(
    r"\b(?:is|was|are|were)(?: (?:very|really|so|too|quite|just|also|simply|truly))?"
    r" ([a-z]{3,14})(?=[.,!;])",
    re.IGNORECASE,
)
ENDS = re.compile(r"[\s.!?,;:]+$")


def adjectives(
    texts: Sequence[str], labels: np.ndarray, *, least: int = 12, margin: float = 1.0
) -> tuple[list[str], list[str]]:
    """Return the words that mostly texts of label 0, and mostly texts of label 1, call something.

    Such a word stands after a form of "to be" and before a sign, as in "it was dull."

    Parameters
    ----------
    texts : sequence of str
    labels : ndarray ``(N,)``
    least : int
        How many texts at least call something so.
    margin : float
        By how much the logarithms of the two counts, one added to each, differ at least.

    Returns
    -------
    blame, praise : list of str
        The clearest words first.
    """
    labels, counts = check_labels(labels, len(texts)), (Counter(), Counter())
    for text, label in zip(texts, labels, strict=True):
        counts[label].update({word.lower() for word in CALLED.findall(text)})
    lead = {
        word: float(np.log1p(counts[1][word]) - np.log1p(counts[0][word]))
        for word in sorted(counts[0] | counts[1])
        if counts[0][word] + counts[1][word] >= least
    }
    clear = sorted((word for word in lead if abs(lead[word]) >= margin), key=lead.get)
    return [w for w in clear if lead[w] < 0], [w for w in clear[::-1] if lead[w] > 0]


def clause_contrasts(
    sentences: Sequence[str], labels: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[list[str], np.ndarray]:
    """Return `count` texts of two clauses of opposite labels, and their labels ``(count,)``.

    Parameters
    ----------
    sentences : sequence of str
        Those of 4 to `LONGEST` tokens become clauses.
    labels : ndarray
    count : int
        Half of each label, up to one.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If a label has no sentence that is short enough.
    """
    labels = check_labels(labels, len(sentences))
    short = [
        [
            ENDS.sub("", sentence)
            for sentence, label in zip(sentences, labels, strict=True)
            if label == wanted and 4 <= len(tokenize(sentence)) <= LONGEST
        ]
        for wanted in (0, 1)
    ]
    if not all(short):
        raise ValueError(
            f"clause_contrasts got {len(short[0])} negative and {len(short[1])} positive sentences "
            f"of 4 to {LONGEST} tokens; give one or more of each."
        )
    made = _labels(count, rng)
    texts = [
        rng.choice(CLAUSES).format(b=rng.choice(short[label]), a=rng.choice(short[1 - label]))
        for label in made
    ]
    return texts, made


def negation_contrasts(
    blame: Sequence[str], praise: Sequence[str], count: int, rng: np.random.Generator
) -> tuple[list[str], np.ndarray]:
    """Return `count` texts that call something good or bad, or not so, and their labels.

    Two in three are negated. For arguments see `adjectives` and `clause_contrasts`.

    Raises
    ------
    ValueError
        If there is no word of blame or none of praise.
    """
    words = (list(blame), list(praise))
    if not all(words):
        raise ValueError(
            f"negation_contrasts got {len(words[0])} words of blame and {len(words[1])} of praise; "
            "give one or more of each."
        )
    made, texts = _labels(count, rng), []
    for label in made:
        negated = rng.random() < 2 / 3
        frame = rng.choice(NEGATED if negated else PLAIN)
        word = rng.choice(words[1 - label if negated else label])
        texts.append(frame.format(s=rng.choice(SUBJECTS), a=word))
    return texts, made


def _labels(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return as many zeros as ones, up to one, in random order."""
    return rng.permutation(np.arange(count) % 2)
