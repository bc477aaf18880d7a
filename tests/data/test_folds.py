"""Folds: every review is tested once, and the films of a made-up file stay on one side."""

import csv

import numpy as np
import pytest

from unrolled.data import folds
from unrolled.data.folds import (
    CUTS,
    Cuts,
    beside,
    divided,
    equal_pieces,
    film_cuts,
    folds_of,
    imdb_folds,
    landmarks,
    leaks,
    name_places,
    narrow,
    places_in_class,
    rare_names,
    rotten_tomatoes_folds,
    shared_end,
)
from unrolled.data.leakage import whole_imdb
from unrolled.data.reviews import DataError, Reviews

FILMS, OTHERS = 120, 60  # with reviews of both kinds; with blame only
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def hero(film):
    """Return a name of its own for each film."""
    return (SYLLABLES[film // 60] + SYLLABLES[film % 60] + "x").capitalize()


def cinema(rng, *, others=OTHERS):
    """Return texts, labels and films: 4 blames and 9 praises a film, then films with blame only."""
    blamed = np.repeat(np.arange(FILMS + others), 4)
    praised = np.repeat(np.arange(FILMS), 9)
    texts = [f"it is bad how {hero(film)} does {rng.random():.9f}" for film in blamed]
    texts += [f"it is good how {hero(film)} does {rng.random():.9f}" for film in praised]
    labels = np.repeat([0, 1], [len(blamed), len(praised)])
    return texts, labels, np.concatenate([blamed, praised])


@pytest.fixture(scope="module")
def made_up():
    return cinema(np.random.default_rng(0))


@pytest.fixture(scope="module")
def films_apart():
    return imdb_folds()


@pytest.fixture(scope="module")
def whole():
    return whole_imdb()


def test_films_of_a_made_up_file_stay_in_one_piece_with_their_praise_and_their_blame(made_up):
    texts, labels, films = made_up
    pieces = film_cuts(texts, labels).pieces(labels)
    for film in range(FILMS):
        assert len(set(pieces[films == film])) == 1, f"film {film} is divided"
    assert min(np.bincount(pieces[labels == 0], minlength=10)) > 60
    assert min(np.bincount(pieces[labels == 1], minlength=10)) > 90


def test_equal_blocks_of_the_same_file_divide_most_films(made_up):
    _, labels, films = made_up
    pieces = equal_pieces(labels)
    divided_films = sum(len(set(pieces[films == film])) > 1 for film in range(FILMS))
    assert divided_films > 0.6 * FILMS


def test_the_end_of_the_films_that_both_classes_share_is_found(made_up):
    texts, labels, _ = made_up
    assert abs(film_cuts(texts, labels).end - 4 * FILMS) <= 4


def test_classes_with_no_film_in_common_are_told():
    texts, _, films = cinema(np.random.default_rng(1))
    alone = [text for text, film in zip(texts, films, strict=True) if film >= FILMS]
    alone += [f"it is good {n}" for n in range(200)]
    with pytest.raises(ValueError, match=r"no films in the same order \(0 names.*equal blocks"):
        film_cuts(alone, np.repeat([0, 1], [len(alone) - 200, 200]))


def test_an_end_is_where_dense_links_become_rare():
    rng = np.random.default_rng(2)
    along = np.sort(rng.uniform(0, 400, 300))
    near = np.stack([along, along * 2.5 + rng.normal(0, 20, 300)], axis=1)
    chance = rng.uniform(0, 1_000, (40, 2))
    assert abs(shared_end(np.concatenate([near, chance]), 1_000, 1_000) - 400) < 15


def test_beside_means_less_than_six_percent_above_or_below():
    links = np.array([[50, 100], [50, 161], [50, 159], [50, 41], [50, 39]])
    assert beside(links, 500, 1_000).tolist() == [True, False, True, True, False]


def test_a_cut_divides_a_span_that_has_reviews_on_both_sides():
    spans = np.array([[3, 5], [5, 9]])
    assert divided(spans, np.array([3, 4, 5, 6, 9, 10])).tolist() == [0, 1, 1, 1, 1, 0]


def test_a_name_marks_a_place_if_four_of_five_stand_together():
    assert narrow(np.array([5, 6, 7, 8, 900]))
    assert not narrow(np.array([5, 6, 7, 800, 900]))


def test_names_are_found_in_capitals_alone_and_in_pairs():
    texts = ["so it was Uma Thurman's, and Uma", "we saw Uma Thurman, as Thurman there", "an uma"]
    found = {name: numbers.tolist() for name, numbers in name_places(texts).items()}
    assert found == {"uma": [0, 1], "thurman": [0, 1], "uma thurman": [0, 1]}
    assert set(name_places(texts, pairs=False)) == {"uma", "thurman"}


def test_places_are_counted_within_a_class():
    assert places_in_class(np.array([1, 0, 0, 1, 1])).tolist() == [0, 0, 1, 1, 2]


def test_pieces_follow_the_cuts_in_each_class_and_after_the_end():
    nine = np.arange(1, 10)
    cuts = Cuts(tuple(nine * 2), tuple(nine * 3), 20, tuple(20 + nine))
    labels = np.repeat([0, 1], 30)
    expected = [*np.repeat(np.arange(10), 2), *range(10), *np.repeat(np.arange(10), 3)]
    assert cuts.pieces(labels).tolist() == expected


def test_shuffled_pieces_have_the_same_sizes_and_are_set_by_the_generator():
    labels = np.repeat([0, 1], [50, 30])
    one, again, other = (equal_pieces(labels, np.random.default_rng(s)) for s in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()
    assert (one != equal_pieces(labels)).any()
    for label, size in ((0, 5), (1, 3)):
        assert (np.bincount(one[labels == label]) == size).all()


def test_every_review_is_tested_once_and_a_copy_never():
    texts = [f"film {n}" for n in range(40)]
    texts[21] = texts[3]
    labels = np.repeat([0, 1], 20)
    found = folds_of(Reviews(texts, labels, np.arange(40)), equal_pieces(labels))
    assert sorted(row for fold in found for row in fold.test.rows) == sorted({*range(40)} - {21})
    for fold in found:
        parts = [set(part.rows.tolist()) for part in fold]
        assert sum(map(len, parts)) == len(set.union(*parts)) == 39
        assert fold.removed == 1


def test_rare_names_are_those_of_two_to_so_many_texts():
    texts = ["so Ada and Eve and Bob and Bob", "so Ada and Eve", "so Ada"]
    assert rare_names(texts, most=2).toarray().tolist() == [[1], [1], [0]]  # Eve; Bob has one text


def test_a_leak_is_a_training_review_with_as_many_names():
    names = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]])
    labels = np.array([0, 1, 0, 1])
    everything = Reviews(list("abcd"), labels, np.arange(4))
    fold = folds.Splits(*(everything.take(rows) for rows in ([1, 2], [], [0, 3])), removed=0)
    table = folds.sparse.csr_array(names)
    zeros = {(0, "same"): 0, (1, "same"): 0, (1, "other"): 0}
    assert leaks(table, labels, [fold], least=2) == zeros | {(0, "other"): 1}
    assert leaks(table, labels, [fold], least=1) == {
        (0, "same"): 1,
        (0, "other"): 1,
        (1, "same"): 0,
        (1, "other"): 1,
    }


def test_the_folds_of_imdb_test_each_review_once(films_apart):
    tested = np.concatenate([fold.test.rows for fold in films_apart])
    assert len(tested) == len(set(tested.tolist())) == 24_903
    for fold in films_apart:
        assert sum(map(len, fold)) == 24_903
        assert fold.removed == 97
        for part, wanted in zip(fold, (17_400, 2_500, 5_000), strict=True):
            assert len(part) == pytest.approx(wanted, abs=260)
            assert part.labels.mean() == pytest.approx(0.5, abs=0.06)


def test_a_part_of_a_fold_is_contiguous_blocks(films_apart):
    known = set(np.concatenate([part.rows for part in films_apart[0]]).tolist())
    for fold in films_apart:
        for part, blocks in ((fold.test, 3), (fold.valid, 3)):
            steps = zip(part.rows[:-1], part.rows[1:], strict=True)
            holes = sum(any(row in known for row in range(a + 1, b)) for a, b in steps)
            assert holes == blocks - 1


def test_the_cuts_that_are_written_down_are_those_that_the_names_give(whole):
    assert film_cuts(whole.texts, whole.labels) == CUTS


def test_training_reviews_of_the_other_label_know_no_more_of_a_film_than_those_of_the_same(
    whole, films_apart
):
    names = rare_names(whole.texts)
    apart = leaks(names, whole.labels, films_apart)
    sides = [(0, "same"), (0, "other"), (1, "same"), (1, "other")]
    found = [100 * apart[side] for side in sides]
    np.testing.assert_allclose(found, [1.3, 1.5, 2.1, 1.8], atol=0.05)
    blocks = leaks(names, whole.labels, imdb_folds("blocks"))
    found = [100 * blocks[side] for side in sides]
    np.testing.assert_allclose(found, [1.3, 4.5, 2.2, 8.3], atol=0.05)


def test_names_that_link_the_classes_lie_beside_one_line_and_nearly_all_in_one_fold(whole):
    links = landmarks(whole.texts, whole.labels).links
    near = links[beside(links, CUTS.end, 12_500)]
    assert (len(links), len(near)) == (1_942, 942)
    cuts = (CUTS.negative[1::2], CUTS.positive[1::2])
    fold = [np.searchsorted(cuts[side], near[:, side], side="right") for side in (0, 1)]
    assert (fold[0] != fold[1]).sum() == 3


def test_the_same_folds_come_again_and_a_random_split_has_a_seed(films_apart):
    for one, again in zip(films_apart, imdb_folds(), strict=True):
        assert all((a.rows == b.rows).all() for a, b in zip(one, again, strict=True))
    first, second = (imdb_folds("random", seed=seed)[0].test.rows.tolist() for seed in (1, 2))
    assert first != second


def test_another_file_is_cut_at_its_own_films(made_up, tmp_path):
    texts, labels, films = made_up
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = zip(texts, labels.tolist(), ["imdb"] * len(texts), strict=True)
        csv.writer(file).writerows([["text", "label", "source"], *rows])
    for fold in imdb_folds(path=path):
        assert min(map(len, fold)) > 100
        both = set(films[fold.test.rows]) & set(films[fold.train.rows])
        assert not {film for film in both if film < FILMS}


def test_the_folds_of_rotten_tomatoes_test_each_sentence_once_and_share_none():
    found = rotten_tomatoes_folds()
    tested = np.concatenate([fold.test.rows for fold in found])
    assert len(tested) == len(set(tested.tolist()))
    for fold in found:
        texts = [set(part.texts) for part in fold]
        assert sum(map(len, texts)) == len(set.union(*texts)) == len(tested)
        assert sum(map(len, fold)) + fold.removed == 8_530
        for part, wanted in zip(fold, (5_971, 853, 1_706), strict=True):
            assert len(part) == pytest.approx(wanted, abs=3)
            assert part.labels.mean() == pytest.approx(0.5, abs=0.002)
            assert len({*np.diff(part.rows).tolist()} - {1, 2}) <= 2  # blocks, less copies


def test_another_file_of_sentences_is_cut_in_the_same_way(tmp_path):
    path = tmp_path / "sentences.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [[f"film {n}", n % 2, "rotten_tomatoes"] for n in range(40)]
        csv.writer(file).writerows([["text", "label", "source"], *rows])
    assert rotten_tomatoes_folds(path=path)[1].test.texts == [f"film {n}" for n in range(8, 16)]


def test_a_split_of_another_name_is_refused():
    with pytest.raises(ValueError, match="split is 'film'; choose one of films, blocks, random"):
        imdb_folds("film")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="is not there"):
        imdb_folds(path=tmp_path / "none.csv")
