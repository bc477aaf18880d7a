"""Words in a group: the tables are those of groups, and places follow them."""

import itertools

import numpy as np
import pytest

from unrolled.data.groups import MOVES, table, word_batch


@pytest.mark.parametrize(("group", "elements"), [("parity", 2), ("S3", 6), ("A5", 60)])
def test_moves_reach_all_elements_and_each_move_can_be_undone(group, elements):
    leads = table(group)
    assert leads.shape == (elements, len(MOVES[group]))
    for column in leads.T:
        assert sorted(column) == list(range(elements))


def permutations_of(moves, word):
    """Return the permutation that a word makes, by multiplying matrices."""
    size = len(moves[0])
    made = np.eye(size, dtype=int)
    for move in word:
        matrix = np.zeros((size, size), dtype=int)
        matrix[np.arange(size), moves[move]] = 1
        made = made @ matrix
    return tuple(made.argmax(1))


@pytest.mark.parametrize("group", MOVES)
def test_words_come_to_the_same_place_where_their_products_are_equal(group):
    moves, leads = MOVES[group], table(group)
    places = {}
    for word in itertools.chain(*(itertools.product((0, 1), repeat=k) for k in range(8))):
        at = 0
        for move in word:
            at = leads[at, move]
        assert places.setdefault(permutations_of(moves, word), at) == at
    assert len(set(places.values())) == len(places)


def test_a5_is_made_of_even_permutations_and_does_not_commute():
    for move in MOVES["A5"]:
        inversions = sum(move[i] > move[j] for i, j in itertools.combinations(range(5), 2))
        assert inversions % 2 == 0
    leads = table("A5")
    assert leads[leads[0, 0], 1] != leads[leads[0, 1], 0]


def test_parity_is_the_sum_of_the_ones():
    made = word_batch("parity", 4, 13, rng=np.random.default_rng(0))
    assert made.inputs.shape == (4, 13)
    np.testing.assert_array_equal(made.targets, made.inputs.cumsum(1) % 2)


def test_places_of_a_batch_follow_the_table():
    made = word_batch("S3", 3, 17, rng=np.random.default_rng(1))
    for moves, places in zip(made.inputs, made.targets, strict=True):
        at = 0
        for move, place in zip(moves, places, strict=True):
            at = table("S3")[at, move]
            assert at == place


def test_long_words_are_everywhere_equally_often():
    made = word_batch("A5", 6000, 60, rng=np.random.default_rng(2))
    counts = np.bincount(made.targets[:, -1], minlength=60)
    assert counts.min() > 60
    assert counts.max() < 145


def test_an_unknown_group_is_told_the_known_ones():
    with pytest.raises(ValueError, match="parity, S3, A5"):
        table("S5")
