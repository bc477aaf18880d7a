"""The rival's record: each setting is tried, and judged after the threshold has been chosen."""

from itertools import product

import numpy as np
import pytest

from unrolled.experiments import nb_svm
from unrolled.experiments.records import unpack_logits
from unrolled.sentiment.corpus import Part

V = 12
STRENGTHS = (0.01, 0.1)


def toy(count, seed):
    """Return reviews that hold the token 2 mostly where they are positive; a third is."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 3 == 0).astype(int)
    hints = np.where(rng.random(count) < 0.8, labels, 1 - labels)
    ids = [np.append(rng.integers(4, V, rng.integers(1, 30)), 2 + hint) for hint in hints]
    return Part(ids, labels)


PARTS = {"train": toy(90, 0), "valid": toy(60, 1), "test": toy(60, 2)}


@pytest.fixture(scope="module")
def found():
    return nb_svm.measure(V, 2, 0, parts=PARTS, strengths=STRENGTHS)


def test_each_strength_and_share_is_tried_once(found):
    assert [(f["C"], f["beta"]) for f in found] == list(product(STRENGTHS, nb_svm.SHARES))


def test_the_threshold_never_loses_a_validation_review_and_is_needed(found):
    assert all(f["valid"] >= f["valid_at_0"] for f in found)
    assert any(f["valid"] > f["valid_at_0"] + 0.01 for f in found)


def test_the_kept_scores_are_those_of_the_best_on_validation_reviews(found):
    (kept,) = [f for f in found if "test_scores" in f]
    assert kept["valid"] == max(f["valid"] for f in found)
    for name in ("valid", "test"):
        share = np.mean((unpack_logits(kept[f"{name}_scores"]) > 0) == PARTS[name].labels)
        assert round(share, 5) == kept[name]


def test_scores_are_kept_for_one_seed_only():
    again = nb_svm.measure(V, 2, 1, parts=PARTS, strengths=STRENGTHS)
    assert not any("test_scores" in f for f in again)
