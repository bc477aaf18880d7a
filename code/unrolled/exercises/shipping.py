"""Exercises of the chapter on shipping: the same model, eight bits, a word exchanged."""

import numpy as np

from unrolled.exercises.checker import check


def _differences(one, other, batches):
    return np.concatenate([one(*batch) - other(*batch) for batch in batches])


def _or_inf(gap):
    return np.inf if np.isnan(gap) else gap


def _largest_gap(one, other, batches):
    return _or_inf(np.abs(_differences(one, other, batches)).max())


def _with_pythons_max(one, other, batches):
    return max(0.0, *(np.abs(one(*batch) - other(*batch)).max() for batch in batches))


def _total(inputs, lengths):
    return inputs.sum(axis=1) / 10


#: The total, and models that differ from it in another way each; the last answers nan.
MODELS = [
    _total,
    lambda inputs, lengths: _total(inputs, lengths) - 0.05 * (lengths == 1),
    lambda inputs, lengths: _total(inputs, lengths) + 0.01 * lengths,
    lambda inputs, lengths: _total(inputs, lengths) - 0.02 * (lengths > 1),
    lambda inputs, lengths: np.where(lengths == lengths.max(), np.nan, inputs[:, 0]),
]


def _gap_cases():
    draw = np.random.default_rng(3).integers
    batches = [(draw(1, 9, (len(n), max(n))), np.array(n)) for n in ([3, 1], [6, 2, 5, 4])]
    for model in MODELS:
        yield _total, model, batches
    yield MODELS[-1], _total, batches


def check_largest_gap(answer):
    """Check `largest_gap(one, other, batches)`: the largest difference, inf where it is nan."""
    mistakes = {
        "look at every batch, not at the first alone.": (
            lambda one, other, batches: _largest_gap(one, other, batches[:1])
        ),
        "take the absolute value: a model that is too low is wrong as well.": (
            lambda *case: _or_inf(_differences(*case).max())
        ),
        "nan slips through. Every comparison with nan is false, so ask for it.": (
            lambda *case: np.nanmax(np.abs(_differences(*case)))
        ),
        "that is the mean. One wrong answer hides among many right ones.": (
            lambda *case: _or_inf(np.abs(_differences(*case)).mean())
        ),
        "you return nan where a logit is no number; return np.inf.": (
            lambda *case: np.abs(_differences(*case)).max()
        ),
        "Python's max loses the nan: max(0.0, nan) is 0.0. Ask for it before.": _with_pythons_max,
    }
    check(answer, _largest_gap, _gap_cases(), mistakes=mistakes)


def _eight_bits(vectors):
    scales = np.abs(vectors).max(axis=1) / 127
    scales = np.where(scales == 0, 1, scales)
    return np.round(vectors / scales[:, None]), scales


def _rounded_by(scale_of):
    """Return an answer that takes its scales (N,) from the vectors by a rule."""

    def answer(vectors):
        scales = np.broadcast_to(scale_of(np.abs(vectors)), len(vectors)) / 127
        return np.round(vectors / scales[:, None]), scales

    return answer


def _cut_off(vectors):
    _, scales = _eight_bits(vectors)
    return np.trunc(vectors / scales[:, None]), scales


def _given_back(vectors):
    codes, scales = _eight_bits(vectors)
    return codes * scales[:, None], scales


def check_eight_bits(answer):
    """Check `eight_bits(vectors)`: whole numbers (N, E) from -127 to 127, and scales (N,)."""
    draw = np.random.default_rng(8).normal
    with_zeros = draw(size=(3, 5)) * np.array([[1.0], [0.1], [0.0]])
    cases = [(draw(size=(4, 3)) * np.array([[1], [10], [0.01], [3]]),), (with_zeros,)]
    mistakes = {
        "a row of zeros has no largest number: take the scale 1 there.": (
            _rounded_by(lambda sizes: sizes.max(axis=1))
        ),
        "one scale for all rows wipes out the small ones; take one for each row.": (
            _rounded_by(np.max)
        ),
        "round to the nearest whole number; you cut the rest off.": _cut_off,
        "the scale is the largest size divided by 127.": (
            lambda vectors: (_eight_bits(vectors)[0], 127 * _eight_bits(vectors)[1])
        ),
        "return whole numbers and scales, not the vectors that they stand for.": _given_back,
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        check(answer, _eight_bits, cases, mistakes=mistakes)


def _word_gap(probabilities, template, words):
    answers = np.array(probabilities([template.format(word) for word in words]))
    return answers.max() - answers.min()


def _answers(template, words, probabilities):
    return np.array(probabilities([template.format(word) for word in words]))


def _probabilities(texts):
    """Return a probability for each text that depends on its letters alone."""
    return np.array([(sum(map(ord, text)) % 97) / 97 for text in texts])


def check_word_gap(answer):
    """Check `word_gap(probabilities, template, words)`: how far one exchanged word moves p."""
    names = ("Anna", "Carlos", "Emma", "Uwe", "Wei")
    templates = ("{} directed this film.", "The film is by {}.")
    cases = [(_probabilities, template, names) for template in templates]
    mistakes = {
        "compare the highest with the lowest, not the first with the last.": (
            lambda p, template, words: np.ptp(_answers(template, (words[0], words[-1]), p))
        ),
        "that is the highest p; how far is the lowest from it?": (
            lambda p, template, words: _answers(template, words, p).max()
        ),
        "put each word into the template; you judge the words alone.": (
            lambda p, template, words: np.ptp(p(list(words)))
        ),
        "that is how much they scatter; take the distance of the two ends.": (
            lambda p, template, words: _answers(template, words, p).std()
        ),
        "the gap is the highest minus the lowest, so it is never below zero.": (
            lambda *case: -_word_gap(*case)
        ),
    }
    check(answer, _word_gap, cases, mistakes=mistakes)
