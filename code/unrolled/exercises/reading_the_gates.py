"""Exercises of the chapter that looks inside: running answers, runs left out, a mirror."""

import numpy as np

from unrolled.exercises.checker import check


def _softmax(scores):
    return np.exp(scores) / np.exp(scores).sum()


def _running_logits(scores, verdicts):
    steps = range(1, len(scores) + 1)
    return np.array([_softmax(scores[:t]) @ verdicts[:t] for t in steps])


def check_running_logits(answer):
    """Check `running_logits(scores, verdicts)`: the answer (T,) after each step."""
    draw = np.random.default_rng(6).normal
    cases = [(draw(size=T), draw(size=T)) for T in (4, 7)]
    mistakes = {
        "you never divide by the weights so far: early answers come out too small.": (
            lambda s, q: np.cumsum(_softmax(s) * q)
        ),
        "the weights must be exponentials of the scores.": (
            lambda s, q: np.cumsum(s * q) / np.cumsum(s)
        ),
        "that is the plain running mean: where are the weights?": (
            lambda s, q: np.cumsum(q) / np.arange(1, len(q) + 1)
        ),
        "add up the weighted verdicts, too: yours holds the last one alone.": (
            lambda s, q: np.exp(s) * q / np.cumsum(np.exp(s))
        ),
        "those are the weights; multiply them by the verdicts.": lambda s, q: np.cumsum(
            _softmax(s)
        ),
    }
    check(answer, _running_logits, cases, mistakes=mistakes)


def _moved_by_runs(judge, ids, width):
    runs = [range(t, t + width) for t in range(len(ids) - width + 1)]
    return judge([ids])[0] - np.array([judge([np.delete(ids, run)])[0] for run in runs])


def _moved_by_words(judge, ids, width):
    return _moved_by_runs(judge, ids, 1)


def _by_number(judge, ids, width):
    """Leave out the run's words wherever they stand in the text."""
    runs = [ids[t : t + width] for t in range(len(ids) - width + 1)]
    rest = [judge([ids[~np.isin(ids, run)]])[0] for run in runs]
    return judge([ids])[0] - np.array(rest)


def _blanked(judge, ids, width):
    """Put word 0 in the place of the run's words."""
    rest = []
    for t in range(len(ids) - width + 1):
        text = ids.copy()
        text[t : t + width] = 0
        rest.append(judge([text])[0])
    return judge([ids])[0] - np.array(rest)


def _count_of_starts(judge, ids, width):
    """Go on to the end, where the runs are shorter."""
    rest = [judge([np.delete(ids, np.s_[t : t + width])])[0] for t in range(len(ids))]
    return judge([ids])[0] - np.array(rest)


def _judge(texts):
    """Return a logit for each text that depends on the order, and not in a straight line."""
    return np.array([np.tanh(np.sum(text * 0.7 ** np.arange(len(text))) / 4) for text in texts])


def check_moved_by_runs(answer):
    """Check `moved_by_runs(judge, ids, width)`: what each run of words moves (T - width + 1,)."""
    text = np.array([3, 1, 4, 1, 5, 9, 2])
    cases = [(_judge, text[:5], 1), (_judge, text, 2), (_judge, text, 3)]
    mistakes = {
        "the sign is turned: a word that is there moves the logit by *with* minus *without*.": (
            lambda *case: -_moved_by_runs(*case)
        ),
        "you leave out one word each time; leave out `width` neighbours.": _moved_by_words,
        "delete by place: a word that stands in the text twice is left out once.": _by_number,
        "take the words out. Another word in their place is another text.": _blanked,
        "the last runs are too short: there are T - width + 1 of them.": _count_of_starts,
        "those are the logits without the runs; how far did each move?": (
            lambda judge, ids, width: judge([ids])[0] - _moved_by_runs(judge, ids, width)
        ),
    }
    check(answer, _moved_by_runs, cases, mistakes=mistakes)


def _pair_and_mirror(w):
    return np.array([w["not"] < 0, w["not"] > 0], dtype=float)


def check_pair_and_mirror(answer):
    """Check `pair_and_mirror(w)`: whether "good" beats "not good", and "not bad" beats "bad"."""
    numbers = (-0.4, 0.3, -0.02)
    cases = [({"frame": 0.2, "not": number, "good": 0.7, "bad": -0.9},) for number in numbers]
    mistakes = {
        "in the mirror the text with the negation is the better one.": (
            lambda w: np.array([w["not"] < 0, w["not"] < 0], dtype=float)
        ),
        "that is how you read it; this reader has one number for a word.": lambda w: np.ones(2),
        "a reader that adds is moved by *not* in the other direction.": (
            lambda w: 1 - _pair_and_mirror(w)
        ),
        "those are the differences of the sums; asked is which text is better, 1 or 0.": (
            lambda w: np.array([-w["not"], w["not"]])
        ),
    }
    check(answer, _pair_and_mirror, cases, mistakes=mistakes)
