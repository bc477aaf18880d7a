"""BLEU, and two translators without a network: word for word, and the nearest known sentence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

ORDERS = 4


def bleu(answers: Sequence[Sequence[str]], references: Sequence[Sequence[str]]) -> float:
    """Return BLEU of tokenised answers against one reference each, from 0 to 100.

    The geometric mean of the shares of runs of one to four tokens that stand in the reference too
    (each counted as often as it stands there, over all sentences together), times a penalty if the
    answers are shorter in sum (Papineni et al. 2002). It equals sacreBLEU's ``corpus_bleu`` with
    ``tokenize="none"`` (Post 2018) wherever each length of run has a match; else it is 0.

    Raises
    ------
    ValueError
        If there are not as many answers as references, or none.
    """
    if len(answers) != len(references) or not len(answers):
        raise ValueError(
            f"bleu got {len(answers)} answers and {len(references)} references; give one reference "
            "for each answer, at least one."
        )
    hits, runs = np.zeros(ORDERS), np.zeros(ORDERS)
    for answer, reference in zip(answers, references, strict=True):
        for order in range(ORDERS):
            said, wanted = (_runs(tokens, order + 1) for tokens in (answer, reference))
            hits[order] += sum((said & wanted).values())
            runs[order] += sum(said.values())
    if not hits.all():
        return 0.0
    said, wanted = sum(map(len, answers)), sum(map(len, references))
    penalty = min(0.0, 1 - wanted / said)
    return float(100 * math.exp(penalty + np.mean(np.log(hits / runs))))


def _runs(tokens, size):
    """Return how often each run of `size` tokens occurs."""
    return Counter(tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1))


class WordForWord:
    """Each word becomes the word that it most probably stands for; the order stays.

    The probabilities are those of IBM's model 1 (Brown et al. 1993): every target word comes from
    one source word of its sentence, or from none; expectation maximisation finds which.

    Parameters
    ----------
    sources, targets : sequence of sequence of str
    rounds : int
    keep : float
        A word whose best target has less probability than this is left out.
    """

    def __init__(self, sources, targets, *, rounds: int = 5, keep: float = 0.0):
        self.keep = keep
        names = sorted({word for row in sources for word in row})
        self.targets = sorted({word for row in targets for word in row})
        number = {word: place for place, word in enumerate(names, start=1)}  # 0: from none
        said = {word: place for place, word in enumerate(self.targets)}
        links = [
            (number.get(f, 0), said[e], place)
            for place, (source, e) in enumerate(
                (source, e) for source, target in zip(sources, targets, strict=True) for e in target
            )
            for f in ("", *source)
        ]
        f, e, token = np.array(links).T
        pair, which = np.unique(f * len(self.targets) + e, return_inverse=True)
        share = np.full(len(pair), 1.0)
        source_of = pair // len(self.targets)
        for _ in range(rounds):
            weight = share[which]
            weight = weight / np.bincount(token, weight)[token]
            counts = np.bincount(which, weight, len(pair))
            share = counts / np.bincount(source_of, counts)[source_of]
        order = np.lexsort((share, source_of))  # the likeliest of each source word comes last
        last = order[np.append(np.diff(source_of[order]) > 0, True)]
        best = {
            int(source_of[one]): (self.targets[pair[one] % len(self.targets)], float(share[one]))
            for one in last
        }
        self.best = {word: best[place] for word, place in number.items()}

    def translate(self, source: Sequence[str]) -> tuple[str, ...]:
        """Return the translation; a word that was never seen stays as it is."""
        said = [self.best.get(word, (word, 1.0)) for word in source]
        return tuple(word for word, share in said if share >= self.keep)


class Nearest:
    """The translation of the known sentence that shares most words, rare words counting more.

    Parameters
    ----------
    sources, targets : sequence of sequence of str
    longest : int
        Runs of up to so many words are compared.
    """

    def __init__(self, sources, targets, *, longest: int = 1):
        self.targets = list(targets)
        self.vectors = TfidfVectorizer(
            analyzer=lambda row: [run for n in range(longest) for run in _runs(row, n + 1)],
            sublinear_tf=True,
        )
        self.known = self.vectors.fit_transform(sources)

    def translate(self, source: Sequence[str]) -> tuple[str, ...]:
        """Return the target of the nearest source; of equally near ones the first."""
        likeness = self.known @ self.vectors.transform([source]).T
        return tuple(self.targets[int(likeness.toarray()[:, 0].argmax())])
