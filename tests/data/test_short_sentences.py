"""The short sentences: their number, the balance of their words, and what is refused."""

from collections import Counter

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from unrolled.data import short_sentences
from unrolled.data.reviews import DataError, load_imdb, read_source
from unrolled.data.short_sentences import (
    COLUMNS,
    SENTENCE_KINDS,
    SENTENCE_PARTS,
    ShortSentence,
    load_short_sentences,
)
from unrolled.data.tokenizer import is_word, tokenize

DOC = " ".join(short_sentences.__doc__.split())
PARTS = {part: load_short_sentences(part) for part in SENTENCE_PARTS}
EVERY = PARTS["test"] + PARTS["dev"]
LABELS = np.array([sentence.label for sentence in PARTS["test"]])
LEXICON = {kind: 0.5 for kind in SENTENCE_KINDS} | {"plain": 0.525, "negation": 0.525, "all": 0.508}
RUN = 6  # words; a shorter sentence is one run


def words_of(text):
    return [token for token in tokenize(text) if is_word(token)]


def runs_of(words, length):
    return {tuple(words[k : k + length]) for k in range(len(words) - length + 1)}


def groups_of(sentences, name):
    """Return the sentences of each pair, or of each pair with its mirror."""
    groups = {}
    for sentence in sentences:
        groups.setdefault(getattr(sentence, name), []).append(sentence)
    return groups


def tokens_by_label(sentences):
    """Return how often each token stands under the label 0, and under 1."""
    counts = Counter(), Counter()
    for sentence in sentences:
        counts[sentence.label].update(tokenize(sentence.text))
    return counts


def share_right(scores, sentences):
    return np.mean([(score > 0) == s.label for score, s in zip(scores, sentences, strict=True)])


def test_each_kind_has_20_pairs_to_test_on_and_5_to_choose_with():
    for part, pairs in (("test", 20), ("dev", 5)):
        counts = Counter((s.kind, s.label) for s in PARTS[part])
        assert counts == {(kind, label): pairs for kind in SENTENCE_KINDS for label in (0, 1)}
        assert all(s.part == part for s in PARTS[part])
    assert (len(PARTS["test"]), len(PARTS["dev"])) == (240, 60)


def test_no_sentence_stands_twice_and_no_pair_in_two_parts():
    assert len({tuple(words_of(s.text)) for s in EVERY}) == len(EVERY)
    groups = groups_of(EVERY, "group")
    assert all(len({(s.part, s.kind) for s in group}) == 1 for group in groups.values())


def test_sentences_have_3_to_21_words_as_the_dataclass_says():
    lengths = [len(words_of(s.text)) for s in EVERY]
    assert (min(lengths), max(lengths)) == (3, 21)
    assert "3 to 21 words" in ShortSentence.__doc__


@pytest.mark.parametrize("part", SENTENCE_PARTS)
def test_both_labels_hold_the_same_tokens_equally_often_in_each_group(part):
    groups = groups_of(PARTS[part], "group")
    assert {len(group) for group in groups.values()} == {2, 4}
    for group in groups.values():
        blame, praise = tokens_by_label(group)
        assert blame == praise


def test_a_pair_without_a_mirror_has_the_same_words_and_most_are_so():
    pairs = groups_of(EVERY, "pair")
    same = {
        name
        for name, (one, other) in pairs.items()
        if Counter(tokenize(one.text)) == Counter(tokenize(other.text))
    }
    assert same == {name for name in pairs if name[-1].isdigit()}
    assert (len(same), len(pairs)) == (94, 150)
    assert "94 of 150 pairs" in DOC


@pytest.mark.parametrize("seed", range(3))
def test_any_sum_over_words_scores_both_labels_alike_on_average(seed):
    rng = np.random.default_rng(seed)
    weight = {t: rng.integers(-50, 50) for s in EVERY for t in tokenize(s.text)}
    for kind in SENTENCE_KINDS:
        of_kind = [s for s in PARTS["test"] if s.kind == kind]
        totals = [sum(weight[t] * n for t, n in c.items()) for c in tokens_by_label(of_kind)]
        assert totals[0] == totals[1]


def left_out(longest, name):
    """Return the accuracy of a logistic regression that learns from all groups but the one."""
    told = {"tokenizer": tokenize, "lowercase": False, "token_pattern": None}
    counts = CountVectorizer(ngram_range=(1, longest), **told).fit_transform(
        [s.text for s in PARTS["test"]]
    )
    groups = np.array([getattr(s, name) for s in PARTS["test"]])
    scores = np.zeros(len(LABELS))
    for group in dict.fromkeys(groups):
        out = groups == group
        model = LogisticRegression().fit(counts[~out], LABELS[~out])
        scores[out] = model.decision_function(counts[out])
    return share_right(scores, PARTS["test"])


def test_a_bag_that_learns_from_the_other_groups_does_not_beat_chance_as_the_module_says():
    found = [left_out(1, "group"), left_out(2, "group"), left_out(2, "pair")]
    np.testing.assert_allclose(found, [0.50, 0.51, 0.36], atol=0.006)
    assert found[1] < 0.5 + 1.96 * np.sqrt(0.25 / len(LABELS))
    assert "0.50 of words, and 0.51 of words and pairs" in DOC


@pytest.fixture(scope="module")
def training():
    """Return the sets of words of the IMDb training reviews, with their labels."""
    train = load_imdb().train
    return [set(tokenize(text)) for text in train.texts], train.labels


def test_the_reviews_log_count_ratios_score_as_the_module_says(training):
    held = Counter(), Counter()
    for words, label in zip(*training, strict=True):
        held[label].update(words)
    vocabulary = held[0].keys() | held[1].keys()
    sizes = [sum(counts.values()) + len(vocabulary) for counts in held]
    ratio = {
        word: np.log((held[1][word] + 1) / sizes[1]) - np.log((held[0][word] + 1) / sizes[0])
        for word in vocabulary
    }
    for kind, expected in LEXICON.items():
        of_kind = [s for s in PARTS["test"] if kind in (s.kind, "all")]
        scores = [sum(ratio.get(t, 0) for t in tokenize(s.text)) for s in of_kind]
        assert share_right(scores, of_kind) == pytest.approx(expected, abs=0.001), kind
    assert "0.525 of plain sentences and of negations, 0.50 of each other kind" in DOC


def test_no_sentence_and_no_run_of_6_words_stands_in_any_review_of_the_course():
    wanted = {}
    for sentence in EVERY:
        words = words_of(sentence.text)
        length = min(RUN, len(words))
        wanted.setdefault(length, set()).update(runs_of(words, length))
    begin = {run[:3] for runs in wanted.values() for run in runs}
    texts = [text for source in ("imdb", "rotten_tomatoes") for text in read_source(source)[0]]
    for text in texts:
        words = words_of(text)
        if begin.isdisjoint(zip(words, words[1:], words[2:], strict=False)):
            continue
        for length, runs in wanted.items():
            assert not runs & runs_of(words, length), text


def write(folder, *records, columns=COLUMNS):
    file = folder / "own.csv"
    lines = [",".join(columns), *(",".join(record) for record in records)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


GOOD = ("test", "plain", "plain-01", "positive", "Fine.")
BAD = ("test", "plain", "plain-01", "negative", "Not fine.")


def test_a_file_of_ones_own_is_read(tmp_path):
    praise, blame = load_short_sentences(path=write(tmp_path, GOOD, BAD))
    assert praise == ShortSentence("Fine.", 1, "plain", "plain-01", "test")
    assert (blame.label, blame.group) == (0, "plain-01")


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ([GOOD], "plain-01 .* labels \\['positive'\\]; expected one of each"),
        ([GOOD, GOOD, BAD], "plain-01 .* expected one of each"),
        ([], "no sentence of the part 'test'"),
        ([("train", *GOOD[1:]), BAD], "Line 2 of .* has the part 'train'"),
        ([GOOD, ("test", "pun", *BAD[2:])], "Line 3 of .* has the kind 'pun'"),
        ([(*GOOD[:3], "1", "Fine."), BAD], "has the label '1'"),
        ([(*GOOD[:4], " "), BAD], "empty text"),
        ([GOOD[:4], BAD], "does not have 5 fields"),
        ([(*GOOD, "more"), BAD], "does not have 5 fields"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(tmp_path, records, told):
    with pytest.raises(DataError, match=told):
        load_short_sentences(path=write(tmp_path, *records))


def test_other_columns_another_encoding_and_no_file_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"columns .* expected"):
        load_short_sentences(path=write(tmp_path, GOOD, columns=[*COLUMNS[:4], "words"]))
    (tmp_path / "latin.csv").write_bytes(b"part,kind,pair,label,text\n\xe9")
    with pytest.raises(DataError, match="UTF-8"):
        load_short_sentences(path=tmp_path / "latin.csv")
    with pytest.raises(DataError, match="is not there"):
        load_short_sentences(path=tmp_path / "none.csv")


def test_another_part_is_refused():
    with pytest.raises(ValueError, match="choose 'test' or 'dev'"):
        load_short_sentences("train")
