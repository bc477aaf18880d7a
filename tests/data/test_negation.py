"""The pairs are balanced: no sum over words does better, or worse, than a coin."""

from collections import Counter

import numpy as np
import pytest

from unrolled.data.negation import (
    KINDS,
    VERDICTS,
    mean_by_kind,
    negation_pairs,
    pair_scores,
)
from unrolled.data.tokenizer import tokenize
from unrolled.sentiment.corpus import read_imdb

PAIRS = negation_pairs()
TURN_ROUND = {"not", "never", "hardly", "wasn't"}  # what a pair has one more or one less of


def of_kind(kind):
    return [pair for pair in PAIRS if pair.kind == kind]


def negations(text):
    return sum(token in TURN_ROUND for token in tokenize(text))


def test_there_are_at_least_200_different_pairs_and_each_kind_has_as_many():
    assert len({(pair.better, pair.worse) for pair in PAIRS}) == len(PAIRS) >= 200
    assert {len(of_kind(kind)) for kind in KINDS} == {len(PAIRS) // len(KINDS)}


@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_of_a_kind_hold_the_same_words_equally_often(kind):
    better, worse = (
        Counter(token for pair in of_kind(kind) for token in tokenize(getattr(pair, side)))
        for side in ("better", "worse")
    )
    assert better == worse


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_any_sum_over_words_scores_one_half(kind, seed):
    weights = np.random.default_rng(seed)
    weight = {
        t: int(weights.integers(-50, 50)) for p in PAIRS for t in tokenize(p.better + p.worse)
    }
    pairs = of_kind(kind)
    right = pair_scores(pairs, lambda texts: [sum(weight[t] for t in text) for text in texts])
    assert right.mean() == 0.5
    mirrors = [pair.mirror for pair in pairs]
    assert len(set(Counter(mirrors).values())) == 1


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_the_pairs_of_a_change_differ_by_one_negation(kind):
    for pair in of_kind(kind):
        assert abs(negations(pair.better) - negations(pair.worse)) == 1
        shorter, longer = sorted((pair.better, pair.worse), key=negations)
        assert len(tokenize(longer)) - len(tokenize(shorter)) == (kind != "n't")


def test_the_words_between_negation_and_adjective_are_as_many_as_the_kind_says():
    adjectives = {word for pair in VERDICTS for word in pair}
    for pair in PAIRS:
        if pair.kind.startswith("far"):
            tokens = tokenize(max(pair.better, pair.worse, key=len))
            place = next(i for i, token in enumerate(tokens) if token in adjectives)
            between = [t for t in tokens[tokens.index("not") + 1 : place] if t != ","]
            assert len(between) == int(pair.kind.split()[1])


def test_neither_the_first_nor_the_last_adjective_decides_among_the_same_words():
    praise = {word for word, _ in VERDICTS}
    blame = {word for _, word in VERDICTS}
    for end in (0, -1):

        def by_place(texts, end=end):
            found = [[t for t in text if t in praise | blame][end] for text in texts]
            return [float(word in praise) for word in found]

        assert pair_scores(of_kind("same words"), by_place).mean() == 0.5


def test_a_judge_that_counts_negations_by_parity_orders_all_rightly():
    praise = {word for word, _ in VERDICTS}
    adjectives = praise | {word for _, word in VERDICTS}

    def by_parity(texts):
        verdicts = []
        for text in texts:
            sign, verdict = 1, 0
            for token in text:
                sign = -sign if token in TURN_ROUND else sign
                if token in adjectives:
                    verdict += sign * (1 if token in praise else -1)
                sign = 1 if token in (",", "but") and "say" not in text[:4] else sign
            verdicts.append(verdict)
        return verdicts

    near = [pair for pair in PAIRS if pair.kind != "far, 21 words"]
    assert pair_scores(near, by_parity).mean() == 1


def test_every_word_is_in_the_vocabulary_of_the_reviews():
    _, vocabulary = read_imdb()
    assert all(t in vocabulary for p in PAIRS for t in tokenize(p.better + " " + p.worse))


def test_scores_count_right_wrong_and_ties_and_means_go_by_kind():
    pairs = [of_kind("not")[0], of_kind("not")[1], of_kind("never")[0]]
    right = pair_scores(pairs, lambda texts: [-len(text) for text in texts])
    np.testing.assert_array_equal(right, [1, 0, 1])
    assert mean_by_kind(pairs, right) == {"not": 0.5, "never": 1.0, "all": pytest.approx(2 / 3)}
    assert pair_scores(pairs, lambda texts: [0.0] * len(texts)).tolist() == [0.5] * 3
