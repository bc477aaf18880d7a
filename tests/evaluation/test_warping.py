"""Dynamic time warping: all paths enumerated, laws, many pairs at once, and connected words."""

import functools

import numpy as np
import pytest

from unrolled.evaluation import warping


def series(rng, *lengths, size=3):
    return [rng.normal(size=(length, size)) for length in lengths]


def by_every_path(a, b):
    """Return the least sum over all paths, by recursion."""
    apart = np.linalg.norm(a[:, None] - b[None], axis=-1)

    @functools.cache
    def to(t, s):
        if t < 0 or s < 0:
            return np.inf
        if t == s == 0:
            return apart[0, 0]
        return apart[t, s] + min(to(t - 1, s - 1), to(t - 1, s), to(t, s - 1))

    return to(len(a) - 1, len(b) - 1)


def test_the_distance_is_the_least_of_all_paths_and_the_path_gives_it():
    a, b = series(np.random.default_rng(0), 7, 5)
    distance, path = warping.warp(a, b)
    assert distance == pytest.approx(by_every_path(a, b))
    assert path[0] == (0, 0)
    assert path[-1] == (6, 4)
    steps = np.diff(path, axis=0)
    assert steps.min() >= 0
    assert steps.max() == 1
    assert (steps.sum(1) >= 1).all()
    assert sum(np.linalg.norm(a[t] - b[s]) for t, s in path) == pytest.approx(distance)


def test_many_pairs_at_once_are_what_each_pair_is(monkeypatch):
    rng = np.random.default_rng(1)
    a, b = series(rng, 4, 7, 4, 2, 1), series(rng, 3, 7, 7, 4)
    for block in (10, warping.BLOCK):
        monkeypatch.setattr(warping, "BLOCK", block)
        together = warping.warped_distances(a, b)
        for i, one in enumerate(a):
            for j, other in enumerate(b):
                assert together[i, j] == pytest.approx(warping.warp(one, other)[0], rel=1e-5)


def test_a_stretched_sequence_is_at_no_distance():
    (a,) = series(np.random.default_rng(2), 5)
    stretched = np.repeat(a, [1, 3, 2, 1, 4], axis=0)
    assert warping.warp(a, stretched)[0] == pytest.approx(0, abs=1e-6)
    assert warping.warp(a, stretched[::-1])[0] > 1


def test_the_commonest_of_the_nearest_wins_and_of_equals_the_nearest():
    distances = np.array([[0.1, 0.2, 0.3, 0.4], [9, 1, 3, 2]])
    labels = np.array([5, 7, 7, 8])
    assert warping.nearest_labels(distances, labels, 1).tolist() == [5, 7]
    assert warping.nearest_labels(distances, labels, 2).tolist() == [5, 7]
    assert warping.nearest_labels(distances, labels, 3).tolist() == [7, 7]


def test_words_said_one_after_another_are_found_in_their_order():
    rng = np.random.default_rng(3)
    templates, labels = series(rng, 5, 8, 6, 4), np.array([4, 9, 2, 4])
    said = [2, 0, 0, 1]
    frames = np.concatenate([templates[k] for k in said])
    slow = np.repeat(frames, 2, axis=0)
    for heard in (frames, slow, frames + 0.1 * rng.normal(size=frames.shape)):
        (found,) = warping.connected(heard, templates, labels, (0.5,))
        assert found == labels[said].tolist()


def test_a_higher_penalty_never_gives_more_words():
    rng = np.random.default_rng(4)
    templates, (frames,) = series(rng, 3, 4, 5), series(rng, 30)
    counts = [
        len(said)
        for said in warping.connected(frames, templates, np.array([1, 2, 3]), (0.0, 2.0, 5.0, 1e6))
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] == 1


@pytest.mark.parametrize("seed", range(6))
def test_of_single_words_the_one_whose_best_alignment_costs_least_is_found(seed):
    rng = np.random.default_rng(seed)
    (frames,), templates = series(rng, 6), series(rng, 4, 5, 3)
    costs = []
    for template in templates:
        apart = np.linalg.norm(frames[:, None] - template[None], axis=-1)
        costs.append(by_every_alignment(apart, len(template)))
    (found,) = warping.connected(frames, templates, np.array([1, 2, 3]), (1e3,))
    assert found == [1 + int(np.argmin(costs))]


def by_every_alignment(apart, length):
    """Return the least cost where each frame is laid once and the place goes on by 0 to 2."""

    def least(t, s):
        if s < 0:
            return np.inf
        if t == 0:
            return apart[0, 0] if s == 0 else np.inf
        return apart[t, s] + min(least(t - 1, s - k) for k in range(3))

    return least(len(apart) - 1, length - 1)
