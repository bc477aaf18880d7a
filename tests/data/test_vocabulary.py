"""A vocabulary is the same every time, and comes back from its file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.tokenizer import tokenize
from unrolled.data.vocabulary import Vocabulary

tokens = st.text("abcde", min_size=1, max_size=2)
token_lists = st.lists(st.lists(tokens, min_size=1, max_size=15), min_size=1, max_size=10)


@given(token_lists)
def test_decode_undoes_encode(lists):
    vocabulary = Vocabulary.build(lists)
    for token_list in lists:
        assert vocabulary.decode(vocabulary.encode(token_list)) == token_list


@given(token_lists, st.integers(2, 12), st.randoms())
def test_vocabulary_does_not_depend_on_the_order_of_reviews(lists, size, random):
    shuffled = random.sample(lists, len(lists))
    one, other = (Vocabulary.build(x, max_size=size) for x in (lists, shuffled))
    assert one.tokens == other.tokens
    assert len(one) <= size


@given(token_lists, st.integers(2, 12))
def test_coverage_counts_running_tokens(lists, size):
    vocabulary = Vocabulary.build(lists, max_size=size)
    running = [token for token_list in lists for token in token_list]
    unknown = sum((vocabulary.encode(token_list) == 1).sum() for token_list in lists)
    assert vocabulary.coverage(lists) == pytest.approx(1 - unknown / len(running))


def test_numbers_go_by_count_then_by_alphabet():
    vocabulary = Vocabulary.build([["b", "a", "c"], ["c", "<pad>", "d", "d"]])
    assert vocabulary.tokens == ["<pad>", "<unk>", "c", "d", "a", "b"]
    assert Vocabulary.build([["b", "a", "a"]], min_count=2).tokens == ["<pad>", "<unk>", "a"]
    assert "a" in vocabulary
    assert "z" not in vocabulary


def test_unknown_tokens_become_one_and_padding_is_not_decoded():
    vocabulary = Vocabulary.build([["a"]])
    assert vocabulary.encode(["a", "zebra"]).tolist() == [2, 1]
    assert vocabulary.decode([2, 1, 0, 0]) == ["a", "<unk>"]


def test_save_and_load_give_the_same_vocabulary(tmp_path):
    vocabulary = Vocabulary.build([["naïve", "😀", "a", "a"]])
    vocabulary.save(tmp_path / "words.json")
    assert Vocabulary.load(tmp_path / "words.json").tokens == vocabulary.tokens


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[", "is not JSON"),
        ('{"a": 1}', "is not a list of tokens"),
        ('["a", "b"]', "begins with '<pad>' and '<unk>'"),
        ('["<pad>", "<unk>", "a", "a"]', "Token 'a' stands twice"),
    ],
)
def test_a_damaged_vocabulary_file_is_named(tmp_path, content, message):
    (tmp_path / "words.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        Vocabulary.load(tmp_path / "words.json")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda v: v.encode(tokenize("")), "This review is empty: it has no tokens"),
        (lambda v: v.encode("a text"), "not a list of tokens. Tokenise it first"),
        (lambda v: v.decode([7]), "Token numbers run from 7 to 7, but this vocabulary has 0 to 2"),
        (lambda v: v.coverage([]), "coverage got no tokens"),
        (lambda v: v.build([["a"]], max_size=1), "max_size is 1"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(Vocabulary.build([["a"]]))
