"""The window tagger: what it sees, and that it tags by it."""

import numpy as np
import pytest

from unrolled.evaluation.windows import WindowTagger


def test_a_window_sees_its_neighbours_pieces_with_their_places():
    tagger = WindowTagger(lambda word: [word, word[0]], width=1)
    assert tagger.seen(["ab", "cd"]) == [
        ["-1 edge", "0 ab", "0 a", "1 cd", "1 c"],
        ["-1 ab", "-1 a", "0 cd", "0 c", "1 edge"],
    ]


def test_it_learns_a_tag_that_the_next_word_decides():
    rng = np.random.default_rng(0)
    sentences = [rng.choice(["a", "b"], n).tolist() for n in rng.integers(1, 6, 80)]
    tags = [[*words[1:], "end"] for words in sentences]
    tagger = WindowTagger(lambda word: [word], width=1, strength=100.0).fit(sentences, tags)
    assert tagger.tags == ["a", "b", "end"]
    unseen = [["b", "a", "a", "b", "b", "a", "b"], ["zzz"]]
    tables = tagger.log_probabilities(unseen)
    assert [table.shape for table in tables] == [(7, 3), (1, 3)]
    np.testing.assert_allclose(np.exp(tables[0]).sum(axis=1), 1, atol=1e-5)
    assert [tagger.tags[k] for k in tables[0].argmax(axis=1)] == [*"aabbab", "end"]


def test_rare_pieces_are_not_seen():
    tagger = WindowTagger(lambda word: [word], width=0, least=2)
    tagger.fit([["a", "a"], ["b", "b"], ["c"]], [["x", "x"], ["y", "y"], ["x"]])
    assert sorted(tagger.columns) == ["0 a", "0 b"]
    first, second = tagger.log_probabilities([["c"], ["never"]])
    assert first == pytest.approx(second)
