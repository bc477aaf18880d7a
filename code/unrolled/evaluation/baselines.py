"""What a network has to beat: a lexicon of opinions, and naive Bayes with a linear model."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from unrolled.data.batching import check_labels


def lexicon_scores(texts: Sequence[str]) -> np.ndarray:
    """Return VADER's compound score of each text ``(N,)``, from -1 to 1.

    VADER (Hutto & Gilbert, 2014) adds up hand-made valences of words, turns them round after a
    negation, and weighs what follows a "but" more. It has learnt nothing from our reviews.
    """
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return np.array([analyzer.polarity_scores(text)["compound"] for text in texts])


def load_lexicon() -> dict[str, float]:
    """Return VADER's valence of each word, from -4 to 4."""
    file = resources.files("vaderSentiment") / "vader_lexicon.txt"
    lines = file.read_text(encoding="utf-8").splitlines()
    fields = (line.split("\t") for line in lines if line.strip())
    return {field[0]: float(field[1]) for field in fields}


def best_threshold(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the threshold above which "positive" is right most often.

    It lies half-way between two neighbouring scores, or just outside all of them; of equally good
    ones it is the lowest.

    Raises
    ------
    ValueError
        If there is no score, or not one label a score.
    """
    scores, labels = np.asarray(scores, dtype=float), np.asarray(labels)
    if scores.ndim != 1 or len(scores) == 0 or labels.shape != scores.shape:
        raise ValueError(
            f"best_threshold got scores of shape {scores.shape} and labels of {labels.shape}; "
            "give two vectors of the same length, at least one of each."
        )
    if not np.isfinite(scores).all():
        raise ValueError("best_threshold got a score that is NaN or infinite; nothing splits it.")
    labels = check_labels(labels, len(scores))
    values, place = np.unique(scores, return_inverse=True)
    gain = np.bincount(place, weights=1 - 2 * labels)  # of raising the threshold over a value
    right = labels.sum() + np.concatenate([[0], np.cumsum(gain)])
    ends = [values[0] - 1, *(values[:-1] + values[1:]) / 2, values[-1] + 1]
    return float(ends[right.argmax()])


class NGrams:
    """Which runs of one to `longest` tokens a text holds, as a sparse table.

    Parameters
    ----------
    longest : int
        3 for words, pairs and triples.
    least : int
        Keep a run that occurs in at least so many of the texts that it was fitted on.
    counted : bool
        Write how often a text holds a run, in place of zeros and ones; `least` then counts the
        occurrences in all texts together.

    Attributes
    ----------
    keys : numpy.ndarray (V,)
        A number for each run that was kept, in rising order.
    """

    def __init__(self, longest: int = 3, least: int = 2, *, counted: bool = False):
        if longest < 1 or least < 1:
            raise ValueError(f"NGrams got longest={longest}, least={least}; give at least 1.")
        self.longest, self.least, self.counted = longest, least, counted

    def fit_transform(self, ids: Sequence[np.ndarray], vocab_size: int) -> sparse.csr_array:
        """Choose the runs to keep from texts as token numbers; return their table ``(N, V)``."""
        if len(ids) == 0:
            raise ValueError("NGrams got no text to learn from; give at least one.")
        if vocab_size**self.longest >= 2**62:
            raise ValueError(
                f"Runs of {self.longest} tokens from a vocabulary of {vocab_size:,} have too many "
                "different keys for 64 bits; take a smaller vocabulary or shorter runs."
            )
        self.base = vocab_size + 1
        runs = [self._runs(text) for text in ids]
        largest = max((int(np.max(text)) for text in ids if len(text)), default=0)
        if largest >= vocab_size:
            raise ValueError(
                f"A text holds token number {largest}; the vocabulary has {vocab_size}, numbered "
                "from 0. Number the texts with that vocabulary."
            )
        keys, counts = np.unique(np.concatenate(runs), return_counts=True)
        self.keys = keys[counts >= self.least]
        if len(self.keys) == 0:
            raise ValueError(
                f"No run of tokens occurs in {self.least} of the {len(ids)} texts, so nothing is "
                "kept. Give more texts, or a smaller `least`."
            )
        return self._table(runs)

    def transform(self, ids: Sequence[np.ndarray]) -> sparse.csr_array:
        """Return the table ``(N, V)`` of other texts; runs that were not kept are left out."""
        return self._table([self._runs(text) for text in ids])

    def _runs(self, text: np.ndarray) -> np.ndarray:
        """Return the keys of a text, its runs read as numbers in base V + 1, in rising order."""
        tokens = np.asarray(text)
        if tokens.size and (tokens.dtype.kind not in "iu" or not tokens.min() >= 0):
            raise ValueError("A text holds something that is no token number from 0 on.")
        digits = tokens.astype(np.int64) + 1  # no digit is 0, so lengths do not mix
        known = digits < self.base  # a run with another token is none of ours, nor mistaken for one
        key, whole, found = digits, known, [digits[known]]
        for order in range(1, self.longest):
            key = key[:-1] * self.base + digits[order:]
            whole = whole[:-1] & known[order:]
            found.append(key[whole])
        keys = np.concatenate(found)
        return np.sort(keys) if self.counted else np.unique(keys)

    def _table(self, runs: Sequence[np.ndarray]) -> sparse.csr_array:
        columns, ends = [], [0]
        for keys in runs:
            place = np.searchsorted(self.keys, keys)
            known = self.keys[np.minimum(place, len(self.keys) - 1)] == keys
            columns.append(place[known])
            ends.append(ends[-1] + int(known.sum()))
        shape = (len(runs), len(self.keys))
        columns, ends = np.concatenate(columns).astype(np.int32), np.array(ends, np.int32)
        table = sparse.csr_array((np.ones(len(columns)), columns, ends), shape=shape)
        table.sum_duplicates()
        return table


def log_count_ratio(presence: sparse.csr_array, labels: np.ndarray, alpha: float = 1.0):
    """Return how much more common each run is in positive texts ``(V,)``, as a logarithm.

    ``r = ln((p / |p|) / (q / |q|))``, where ``p = alpha + sum of the positive rows``, ``q`` the
    same of the negative ones, and ``|.|`` is the sum (Wang & Manning, 2012).
    """
    labels = check_labels(labels, presence.shape[0])
    p = alpha + presence[labels == 1].sum(axis=0)
    q = alpha + presence[labels == 0].sum(axis=0)
    return np.log(p / p.sum()) - np.log(q / q.sum())


class NaiveBayesSVM:
    """Naive Bayes and a support vector machine, interpolated (Wang & Manning, 2012).

    The machine learns ``(r * x) . w + b`` on features scaled by naive Bayes' log-count ratios.
    Naive Bayes is the same with equal weights: ``m * ((r * x) . 1 + p)``, where p is the logarithm
    of how many more texts are positive, and ``m = mean|w|`` gives it the machine's size. Their mean
    ``(1 - beta) * (naive Bayes) + beta * (machine)`` decides, *intercepts included*: b belongs to
    the whole of w, and beside beta * w it would be too large.

    Parameters
    ----------
    C : float
        How large the weights may become.
    alpha, beta : float
        Smoothing of the counts; share of the support vector machine.
    seed : int
        Of the order in which the machine visits the texts.
    class_weight : {None, "balanced"}
        Whether the machine counts a text of the rarer class more (naive Bayes does not).
    max_iter : int
        Passes over the texts that the machine may take.

    Attributes
    ----------
    weights : numpy.ndarray (V,)
    bias : float
    """

    def __init__(
        self,
        C: float = 1.0,
        alpha: float = 1.0,
        beta: float = 0.25,
        seed: int = 0,
        *,
        class_weight: str | None = None,
        max_iter: int = 1000,
    ):
        self.C, self.alpha, self.beta, self.seed = C, alpha, beta, seed
        self.class_weight, self.max_iter = class_weight, max_iter

    def fit(self, presence: sparse.csr_array, labels: np.ndarray) -> NaiveBayesSVM:
        """Learn from a table of runs ``(N, V)`` and labels ``(N,)``; return self."""
        self.ratio = log_count_ratio(presence, labels, self.alpha)
        told = {"class_weight": self.class_weight, "max_iter": self.max_iter}
        machine = LinearSVC(C=self.C, random_state=self.seed, **told)
        machine.fit(_scaled(presence, self.ratio), labels)
        self.machine = machine.coef_[0], float(machine.intercept_[0])
        self.prior = float(np.log(np.mean(labels) / (1 - np.mean(labels))))
        return self.interpolate(self.beta)

    def interpolate(self, beta: float) -> NaiveBayesSVM:
        """Give the machine another share, without learning anew; return self."""
        w, b = self.machine
        size = np.abs(w).mean()
        self.beta = beta
        self.weights = self.ratio * ((1 - beta) * size + beta * w)
        self.bias = (1 - beta) * size * self.prior + beta * b
        return self

    def choose_threshold(self, presence: sparse.csr_array, labels: np.ndarray) -> NaiveBayesSVM:
        """Move the bias to where most of these texts are judged rightly; return self.

        Give it validation texts: the bias is a setting like C and beta (see `best_threshold`).
        """
        self.bias -= best_threshold(self.decision_function(presence), labels)
        return self

    def decision_function(self, presence: sparse.csr_array) -> np.ndarray:
        """Return a score for each text ``(N,)``, above 0 if positive."""
        return presence @ self.weights + self.bias

    def score(self, presence: sparse.csr_array, labels: np.ndarray) -> float:
        """Return the accuracy."""
        return float(np.mean((self.decision_function(presence) > 0) == (np.asarray(labels) == 1)))


def _scaled(table: sparse.csr_array, factors: np.ndarray) -> sparse.csr_array:
    """Return the table with each column times its factor."""
    return sparse.csr_array(
        (table.data * factors[table.indices], table.indices, table.indptr), shape=table.shape
    )
