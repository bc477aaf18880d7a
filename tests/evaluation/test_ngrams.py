"""Counted language models are what their formulas say, and give one in all."""

import bz2
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.evaluation.ngrams import (
    METHODS,
    NGramModel,
    _discounts,
    bits_per_symbol,
    choose_order,
    compressed_bits,
    probabilities_recounted,
)

TEXTS = st.lists(st.integers(0, 4), min_size=1, max_size=40)


def literal(text, order, symbols, method):
    """Return p(w | h) as a function, by dictionaries and the recursion as it is printed."""
    padded = [0] * (order - 1) + list(text)
    tables = {order: Counter(tuple(padded[k : k + order]) for k in range(len(text)))}
    for length in range(order - 1, 0, -1):
        if method == "witten-bell":
            ends = range(order - 1, len(padded))
            runs = [tuple(padded[end - length + 1 : end + 1]) for end in ends]
        else:
            runs = [run[1:] for run in tables[length + 1]]
        tables[length] = Counter(runs)
    discounts = {n: _discounts(np.array(list(t.values()))) for n, t in tables.items()}

    def probability(history, symbol):
        lower = 1 / symbols if len(history) == 0 else probability(history[1:], symbol)
        length = len(history) + 1
        followers = {run[-1]: c for run, c in tables[length].items() if run[:-1] == history}
        if not followers:
            return lower
        total = sum(followers.values())
        if method == "witten-bell":
            different = len(followers)
            return (followers.get(symbol, 0) + different * lower) / (total + different)
        off = {w: discounts[length][min(c, 3)] for w, c in followers.items()}
        kept = followers[symbol] - off[symbol] if symbol in followers else 0
        return (kept + sum(off.values()) * lower) / total

    return probability


@given(TEXTS, TEXTS, st.integers(1, 4), st.sampled_from(METHODS))
def test_probabilities_are_those_of_the_formula(text, other, order, method):
    model = NGramModel(np.array(text), order, 5, method)
    expected = literal(text, order, 5, method)
    padded = [0] * (order - 1) + other
    wanted = [expected(tuple(padded[k : k + order - 1]), symbol) for k, symbol in enumerate(other)]
    np.testing.assert_allclose(model.probabilities(np.array(other)), wanted, rtol=1e-12)


@given(TEXTS, st.integers(1, 4), st.sampled_from(METHODS), st.integers(0, 2**32 - 1))
def test_what_may_follow_a_context_has_probability_one(text, order, method, seed):
    model = NGramModel(np.array(text), order, 5, method)
    contexts = np.random.default_rng(seed).integers(5, size=(7, order + 1))
    p = model.next_probabilities(contexts)
    np.testing.assert_allclose(p.sum(1), 1)
    assert p.min() > 0
    row = np.append(contexts[3], 2)
    assert p[3, 2] == pytest.approx(model.probabilities(row)[-1])


def test_bits_are_those_of_the_probabilities_and_the_order_with_fewest_is_chosen():
    rng = np.random.default_rng(3)
    text = np.cumsum(rng.integers(1, 3, size=900)) % 5  # the next is one or two steps further
    learn, valid = text[:600], text[600:]
    model, bits = choose_order(learn, valid, 5, (1, 2, 4), "kneser-ney")
    assert model.order == 2
    assert 0.95 < bits < 1.1
    expected = -np.log2(model.probabilities(valid)[1:]).mean()
    assert bits == bits_per_symbol(model, valid) == pytest.approx(expected)


def test_who_goes_on_counting_predicts_from_all_that_came_before_and_from_nothing_later():
    rng = np.random.default_rng(2)
    text, other = rng.integers(0, 5, 60), rng.integers(0, 5, 23)
    found = probabilities_recounted(text, other, 3, 5, every=8)
    assert found.shape == other.shape
    for start in (0, 8, 16):
        model = NGramModel(np.concatenate([text, other[:start]]), 3, 5)
        expected = model.probabilities(other)[start : start + 8]
        np.testing.assert_allclose(found[start : start + 8], expected, rtol=1e-12)
    changed = np.append(other[:20], 4 - other[20:])
    again = probabilities_recounted(text, changed, 3, 5, every=8)
    np.testing.assert_array_equal(again[:20], found[:20])
    assert (again[20:] != found[20:]).any()
    with pytest.raises(ValueError, match="every is 0"):
        probabilities_recounted(text, other, 3, 5, every=0)


def test_compressors_cost_less_after_the_same_text():
    rng = np.random.default_rng(1)
    text = "".join(rng.choice(list("abcdefgh"), 3000))
    assert compressed_bits(text) == 8 * len(bz2.compress(text.encode())) / 3000
    for by in ("bz2", "xz"):
        assert 2.9 < compressed_bits(text, by=by) < 4.1
        assert compressed_bits(text, text, by=by) < 0.8 * compressed_bits(text, by=by)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: NGramModel(np.zeros(3, int), 2, 5, "kneser"), "choose one of"),
        (lambda: NGramModel(np.zeros(3, int), 10, 84), "63 bits"),
        (lambda: NGramModel(np.zeros(0, int), 2, 5), "empty"),
        (lambda: compressed_bits("abc", by="zip"), "by='bz2' or 'xz'"),
    ],
)
def test_what_cannot_be_counted_is_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
