"""Spoken digits: deals that leave no voice on two sides, and rivals that choose what is best."""

import numpy as np
import pytest

from unrolled.data.sound import digits_and_voices
from unrolled.experiments import digit_strings, speech


@pytest.mark.parametrize("split", speech.SPLITS)
@pytest.mark.parametrize("seed", [0, 4, 100])
def test_every_recording_is_tested_once_and_teaches_nobody_who_is_tested_on_it(split, seed):
    deals = speech.deals(split, seed)
    tested = np.concatenate([test for _, _, test in deals])
    np.testing.assert_array_equal(np.sort(tested), np.arange(3000))
    for parts in deals:
        assert np.unique(np.concatenate(parts)).size == sum(map(len, parts)) == 3000
        assert [len(part) for part in parts] == [2000, 500, 500]


@pytest.mark.parametrize("seed", range(5))
def test_a_new_voice_stands_on_one_side_only_and_a_known_one_on_all(seed):
    _, voices = digits_and_voices()
    for fold, (learn, choose, test) in enumerate(speech.deals("new", seed)):
        assert set(voices[test]) == {fold}
        assert len(set(voices[choose])) == 1
        assert len(set(voices[learn])) == 4
    for parts in speech.deals("known", seed):
        assert all(set(voices[part]) == set(range(6)) for part in parts)


def test_over_five_seeds_every_other_voice_chooses_once():
    _, voices = digits_and_voices()
    for fold in range(6):
        choosers = {voices[speech.deals("new", seed)[fold][1][0]] for seed in range(5)}
        assert choosers == set(range(6)) - {fold}


def test_the_rival_takes_the_setting_that_is_best_where_it_chooses(monkeypatch):
    digits, _ = digits_and_voices()
    deal = tuple(part[:120] for part in speech.deals("known", 0)[0])
    distances = np.random.default_rng(0).uniform(1, 2, (3000, 3000)).astype(np.float32)
    distances[digits.labels[:, None] == digits.labels] -= 0.1  # the nearest is often another digit
    said, best = speech.read_by_warping(distances, deal)
    alone = {}
    for neighbours in speech.NEIGHBOURS:
        monkeypatch.setattr(speech, "NEIGHBOURS", (neighbours,))
        answers, valid = speech.read_by_warping(distances, deal)
        alone[valid] = answers
    assert best == max(alone) > min(alone)
    np.testing.assert_array_equal(said, alone[best])


def test_strings_to_choose_by_and_to_test_are_of_other_voices_than_those_learnt_from():
    _, voices = digits_and_voices()
    learn, chosen_by, tested = digit_strings.strings_of("new", 2, 5, 7)
    assert (len(chosen_by), len(tested)) == (5, 7)
    assert 2 not in voices[learn]
    inputs, lengths, labels, counts = digit_strings.batch_of(tested)
    assert inputs.shape == (7, int(lengths.max()), 13)
    for row, (frames, said, ends) in enumerate(tested):
        assert lengths[row] == len(frames) == ends[-1]
        assert labels[row, : counts[row]].tolist() == [digit + 1 for digit in said]
