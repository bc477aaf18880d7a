"""The joint n-gram: alignments add up, probabilities sum to 1, and it reads what it has learnt."""

import itertools

import numpy as np
import pytest

from unrolled.evaluation.graphones import END, Alignment, JointNgram, discounts_of

PAIRS = [
    ("cat", ("K", "AE", "T")),
    ("box", ("B", "AA", "K", "S")),
    ("tax", ("T", "AE", "K", "S")),
    ("bat", ("B", "AE", "T")),
    ("cab", ("K", "AE", "B")),
    ("tact", ("T", "AE", "K", "T")),
    ("boot", ("B", "UW", "T")),
    ("ox", ("AA", "K", "S")),
]


def ways(word, sounds):
    """Return every row of graphones of a pair: by enumeration."""
    for sizes in itertools.product(range(3), repeat=len(word)):
        if sum(sizes) == len(sounds):
            ends = np.cumsum(sizes)
            parts = [sounds[end - size : end] for end, size in zip(ends, sizes, strict=True)]
            yield list(zip(word, parts, strict=True))


def share_of(alignment, graphone):
    letter, sounds = graphone
    index = (alignment.letters.index(letter), *(alignment.phonemes.index(s) for s in sounds))
    return alignment.share[len(sounds)][index]


def test_one_round_counts_what_enumeration_counts():
    alignment = Alignment(PAIRS, rounds=1)
    before, counts = Alignment(PAIRS, rounds=0), {}
    for word, sounds in PAIRS:
        rows = list(ways(word, sounds))
        weights = np.array([np.prod([share_of(before, g) for g in row]) for row in rows])
        for row, weight in zip(rows, weights / weights.sum(), strict=True):
            for graphone in row:
                counts[graphone] = counts.get(graphone, 0) + weight
    total = sum(counts.values())
    for graphone, count in counts.items():
        assert share_of(alignment, graphone) == pytest.approx(count / total)
    assert sum(share.sum() for share in alignment.share) == pytest.approx(1)


def test_the_best_row_is_the_likeliest_of_all_and_says_the_word():
    alignment = Alignment(PAIRS, rounds=5)
    for pair in PAIRS:
        (best,) = alignment.best([pair])
        value = np.prod([share_of(alignment, g) for g in best])
        rows = ways(*pair)
        wanted = max(np.prod([share_of(alignment, g) for g in row]) for row in rows)
        assert value == pytest.approx(wanted)
        assert sum((sounds for _, sounds in best), ()) == pair[1]
    assert ("x", ("K", "S")) in alignment.best([PAIRS[1]])[0]


@pytest.mark.parametrize("order", [1, 2, 4])
def test_probabilities_after_any_graphones_sum_to_one(order):
    model = JointNgram(PAIRS, order)
    rows = [before for table in model.tables for before in table]
    for before in [*rows, (("c", ("K",)),) * (order - 1)]:
        total = sum(model.probabilities(before, letter).sum() for letter in model.of_letter)
        assert total == pytest.approx(1)
    assert model.of_letter[END[0]] == [END]


def test_it_says_the_words_it_has_learnt_and_a_new_one():
    model = JointNgram(PAIRS, 3)
    for word, sounds in PAIRS:
        assert model.pronounce(word) == sounds
    assert model.pronounce("tab") == ("T", "AE", "B")
    assert model.pronounce("ta-b") == ("T", "AE", "B"), "an unknown letter makes no sound"


def test_a_wide_beam_finds_the_likeliest_sounds_of_all_rows():
    model = JointNgram(PAIRS, 3)
    word, scores = "coat", {}
    for row in itertools.product(*(model.of_letter[letter] for letter in word)):
        padded, value = [("^", ())] * 2 + [*row, END], 0.0
        for end in range(2, len(padded)):
            letter = padded[end][0]
            place = model.of_letter[letter].index(padded[end])
            value += np.log(model.probabilities(tuple(padded[end - 2 : end]), letter)[place])
        said = sum((sounds for _, sounds in row), ())
        scores[said] = scores.get(said, 0) + np.exp(value)
    best = {said for said, value in scores.items() if value > max(scores.values()) * (1 - 1e-9)}
    assert model.pronounce(word, width=10_000) in best


def test_the_three_discounts_are_those_of_chen_and_goodman():
    counts = [1] * 10 + [2] * 4 + [3] * 3 + [4] + [9] * 5
    rest = 10 / 18
    wanted = [0, 1 - 2 * rest * 4 / 10, 2 - 3 * rest * 3 / 4, 3 - 4 * rest * 1 / 3]
    np.testing.assert_allclose(discounts_of(counts), wanted)
    np.testing.assert_array_equal(discounts_of([1, 1, 2]), [0, 0.5, 0.5, 0.5])


def test_an_order_below_one_is_refused():
    with pytest.raises(ValueError, match="order is 0"):
        JointNgram(PAIRS, 0)
