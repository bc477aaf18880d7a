"""Exercises of the chapter *Tagging: what do seven points come from?*."""

from itertools import chain

import numpy as np

from unrolled.byhand.crf import viterbi
from unrolled.evaluation.spans import span_counts, span_f1
from unrolled.exercises.checker import check

SENTENCES = (
    (
        [[(0, 2, "PER"), (4, 5, "LOC")], [(1, 2, "ORG")], []],
        [[(0, 2, "PER"), (4, 6, "LOC")], [(1, 2, "PER")], [(3, 4, "ORG")]],
    ),
    (
        [[(0, 1, "LOC")], [(2, 4, "PER"), (5, 6, "ORG"), (7, 8, "LOC")]],
        [[], [(2, 4, "PER"), (5, 6, "ORG"), (7, 9, "LOC"), (0, 1, "LOC")]],
    ),
    ([[(0, 3, "ORG")]], [[(1, 3, "ORG")]]),
    ([[(0, 3, "ORG")], []], [[], []]),
)


def _strict_f1(truth, told):
    return span_f1(span_counts(truth, told))


def _by(hit):
    """Return the F1 for a rule that says when a told span is a hit."""

    def f1(truth, told):
        hits = sum(
            any(hit(a, b) for a in right)
            for right, said in zip(truth, told, strict=True)
            for b in said
        )
        return 2 * hits / (sum(map(len, truth)) + sum(map(len, told)))

    return f1


def _precision(truth, told):
    hits, said, _ = span_counts(truth, told).sum(axis=0)
    return hits / said if said else 0.0


def _mean_of_sentences(truth, told):
    return float(np.mean([_strict_f1([a], [b]) for a, b in zip(truth, told, strict=True)]))


def _pooled(truth, told):
    return _strict_f1([list(chain(*truth))], [list(chain(*told))])


def check_strict_f1(answer):
    """Check `strict_f1(truth, told)`: from spans by sentence, hits over the mean of both counts."""
    mistakes = {
        "a span counts as found only if both ends fit; yours needs the first word and the kind.": (
            _by(lambda a, b: (a[0], a[2]) == (b[0], b[2]))
        ),
        "the kind must be right, too; yours looks at the words only.": (
            _by(lambda a, b: a[:2] == b[:2])
        ),
        "an overlap is no hit: strict means both ends.": (
            _by(lambda a, b: a[2] == b[2] and a[0] < b[1] and b[0] < a[1])
        ),
        "spans of different sentences are compared: words are numbered anew in each sentence.": (
            _pooled
        ),
        "the page prints points; return the share, between 0 and 1.": (
            lambda truth, told: 100 * _strict_f1(truth, told)
        ),
        "divide the hits by the *mean* of both counts, not by their sum.": (
            lambda truth, told: _strict_f1(truth, told) / 2
        ),
        "that is the precision; spans that were missed count as well.": _precision,
        "count over all sentences, then divide; yours is a mean over sentences.": (
            _mean_of_sentences
        ),
    }
    check(answer, _strict_f1, SENTENCES, mistakes=mistakes)


def _best_path(scores, transitions):
    return viterbi(scores, transitions)


def _word_by_word(scores, transitions):
    return scores.argmax(axis=1)


def _greedy(scores, transitions):
    path = [scores[0].argmax()]
    for row in scores[1:]:
        path.append((row + transitions[path[-1]]).argmax())
    return np.array(path)


def _no_way_back(scores, transitions):
    best, path = scores[0], [scores[0].argmax()]
    for row in scores[1:]:
        best = row + (best[:, None] + transitions).max(axis=0)
        path.append(best.argmax())
    return np.array(path)


def _turned(scores, transitions):
    return viterbi(scores, transitions.T)


def check_best_path(answer):
    """Check `best_path(scores, transitions)`: the tags ``(T,)`` with the highest sum."""
    rng = np.random.default_rng(0)
    cases = [(rng.normal(size=(n, k)), 2 * rng.normal(size=(k, k))) for n, k in ((1, 3), (2, 2))]
    cases += [(rng.normal(size=(n, k)), 2 * rng.normal(size=(k, k))) for n, k in ((6, 4), (9, 5))]
    mistakes = {
        "you tag each word by itself; the transitions count, too.": _word_by_word,
        "you decide each word for good before you have seen the next: keep every tag open, and "
        "choose at the end.": _greedy,
        "the best tag at each word need not lie on the best path: note where each came from, and "
        "go back from the end.": _no_way_back,
        "your transitions are turned round: the row is the tag before, the column that after.": (
            _turned
        ),
        "the tags stand in reverse: going back from the end gives the last word first.": (
            lambda scores, transitions: viterbi(scores, transitions)[::-1]
        ),
        "the scores of the first word are missing.": (
            lambda scores, transitions: viterbi(
                np.vstack([np.zeros_like(scores[:1]), scores[1:]]), transitions
            )
        ),
    }
    check(answer, _best_path, cases, mistakes=mistakes)
