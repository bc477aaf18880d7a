"""Spans: tags and back, the rule of repair, which tags may follow, and the strict F1."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.evaluation.metrics import crossed_interval
from unrolled.evaluation.spans import (
    SCHEMES,
    all_tags,
    f1_shares,
    legal,
    span_counts,
    span_f1,
    spans_of,
    tags_of,
)

KINDS = ("LOC", "PER")


@st.composite
def sentences(draw):
    """Return a number of words and spans that do not overlap."""
    n = draw(st.integers(1, 9))
    cuts = sorted(draw(st.sets(st.integers(0, n), min_size=2)))
    kinds = draw(st.lists(st.sampled_from((None, *KINDS)), min_size=9, max_size=9))
    pairs = zip(itertools.pairwise(cuts), kinds, strict=False)
    return n, [(start, stop, kind) for (start, stop), kind in pairs if kind]


@pytest.mark.parametrize("scheme", SCHEMES)
@given(sentence=sentences())
def test_spans_come_back_from_their_tags_in_both_schemes(scheme, sentence):
    n, spans = sentence
    assert spans_of(tags_of(spans, n, scheme)) == spans


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_any_tags_tell_spans_that_do_not_overlap(scheme, data):
    tags = data.draw(st.lists(st.sampled_from(all_tags(KINDS, scheme)), min_size=1, max_size=8))
    spans = spans_of(tags)
    tags_of(spans, len(tags), scheme)  # raises where two overlap
    outside = set(range(len(tags))) - {t for a, b, _ in spans for t in range(a, b)}
    assert outside == {t for t, tag in enumerate(tags) if tag == "O"}


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (["I-PER", "I-PER"], [(0, 2, "PER")]),
        (["B-PER", "I-LOC"], [(0, 1, "PER"), (1, 2, "LOC")]),
        (["B-PER", "B-PER"], [(0, 1, "PER"), (1, 2, "PER")]),
        (["S-PER", "I-PER"], [(0, 1, "PER"), (1, 2, "PER")]),
        (["B-PER", "E-PER", "E-PER"], [(0, 2, "PER"), (2, 3, "PER")]),
        (["B-PER", "S-PER", "O"], [(0, 1, "PER"), (1, 2, "PER")]),
        (["E-LOC", "O", "B-LOC"], [(0, 1, "LOC"), (2, 3, "LOC")]),
    ],
)
def test_tags_that_do_not_fit_are_repaired_by_the_rule(tags, spans):
    assert spans_of(tags) == spans


@pytest.mark.parametrize("scheme", SCHEMES)
def test_legal_paths_are_those_that_some_spans_write(scheme):
    tags, n = all_tags(KINDS, scheme), 3
    follow, begin, end = legal(tags, scheme)
    for path in itertools.product(range(len(tags)), repeat=n):
        may = begin[path[0]] and end[path[-1]]
        may = may and all(follow[a, b] for a, b in itertools.pairwise(path))
        named = [tags[k] for k in path]
        assert may == (tags_of(spans_of(named), n, scheme) == named)


def test_only_a_span_with_both_ends_and_its_kind_counts():
    truth = [[(0, 2, "PER"), (3, 4, "LOC")], [], [(1, 2, "LOC")]]
    told = [[(0, 2, "PER"), (3, 4, "PER")], [(0, 1, "PER")], [(1, 3, "LOC")]]
    counts = span_counts(truth, told)
    assert counts.tolist() == [[1, 2, 2], [0, 1, 0], [0, 1, 1]]
    assert span_f1(counts) == pytest.approx(2 * 1 / (4 + 3))
    assert span_f1(span_counts(truth, truth)) == 1
    assert span_f1(span_counts([[]], [[]])) == 0


def test_shares_have_the_f1_as_mean_and_its_bootstrapped_scatter():
    rng = np.random.default_rng(0)
    true, told = rng.poisson(1.3, 400), rng.poisson(1.1, 400)
    counts = np.stack([rng.binomial(np.minimum(true, told), 0.6), told, true], axis=1)
    shares = f1_shares(counts)
    assert shares.mean() == pytest.approx(span_f1(counts), abs=1e-12)
    drawn = [span_f1(counts[rng.integers(400, size=400)]) for _ in range(2000)]
    assert shares.std(ddof=1) / 20 == pytest.approx(np.std(drawn), rel=0.05)
    crossed_interval(np.stack([shares, shares + rng.normal(size=400)]))


def test_what_is_no_tag_or_scheme_or_sentence_is_told():
    for tag in ("PER", "B", "X-PER", "B-", "O-PER"):
        with pytest.raises(ValueError, match="is no tag"):
            spans_of(["O", tag])
    with pytest.raises(ValueError, match="choose 'BIO' or 'BIOSE'"):
        tags_of([], 3, "IOB")
    with pytest.raises(ValueError, match="choose 'BIO' or 'BIOSE'"):
        all_tags(KINDS, "IOB")
    for spans in ([(0, 2, "PER"), (1, 3, "LOC")], [(2, 4, "PER")], [(1, 1, "PER")]):
        with pytest.raises(ValueError, match="overlaps with another"):
            tags_of(spans, 3, "BIO")
    with pytest.raises(ValueError, match="1 sentences of truth and 2"):
        span_counts([[]], [[], []])
