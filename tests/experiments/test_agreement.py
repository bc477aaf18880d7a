"""The agreement experiment on a small scale, and its reading of the gates."""

import numpy as np
import pytest
import torch

from unrolled.data.grammar import PLURAL, SINGULAR, the_sentence
from unrolled.experiments import agreement
from unrolled.experiments.agreement import BOTH, Reader


@pytest.fixture(scope="module")
def trained():
    model, solved = agreement.trained("lstm", (0, 1), seed=0, steps=1500)
    assert solved is not None
    return model


@pytest.fixture(scope="module")
def reader(trained):
    return Reader(trained)


@pytest.mark.parametrize("cell", agreement.NETWORKS)
def test_every_network_is_tested_at_every_number_of_distractors(cell):
    rows = agreement.measure("8 only", cell, seed=0, steps=0)
    by = {(row["what"], row["at"]): row["value"] for row in rows}
    assert by["steps to solve", None] is None
    for k in agreement.TESTED_ON:
        assert 0 <= by["accuracy", k] <= 1
    assert {at for what, at in by if what == "accuracy, all against"} == set(range(1, 9))


def test_what_is_trained_on_is_not_tested_on():
    rng = np.random.default_rng(0)
    seen = {s for k in range(3) for s in agreement.draw_pairs(300, k, rng=rng)}
    assert not seen & {s for k in range(3) for s in agreement.exam(k)}
    assert not seen & set(BOTH)


def test_a_simple_case_is_solved_and_the_reader_reads_the_same_verbs(trained, reader):
    sentences = agreement.exam(1)
    assert agreement.verb_accuracy(trained, sentences) > 0.95
    assert reader.accuracy(sentences) == pytest.approx(agreement.verb_accuracy(trained, sentences))


def test_a_network_may_be_trained_on_after_it_has_solved():
    short = agreement.trained("gru", (0,), seed=0, steps=600)
    long = agreement.trained("gru", (0,), seed=0, steps=600, stop=False)
    assert short[1] == long[1] < 600
    weights = [model.head.weight.detach() for model, _ in (short, long)]
    assert not torch.equal(*weights)


def test_shares_sum_to_one(reader):
    assert reader.shares(agreement.exam(2)).sum() == pytest.approx(1)


def test_swapping_all_units_flips_what_was_right_in_both_and_none_flips_nothing(reader):
    twins = agreement.exam(1)
    assert reader.flips(twins, 0) == 0
    assert reader.flips(twins, agreement.HIDDEN) > 0.9


def test_no_memory_at_all_leaves_a_coin_toss(reader):
    twins = agreement.exam(2)
    assert reader.accuracy(twins, ("o", 0.0, "after")) == 0.5


def test_a_gate_is_held_where_it_should_be(reader):
    sentence = the_sentence()
    places = {w: agreement._places(sentence, w) for w in ("distractors", "after", "everywhere")}
    assert places == {"distractors": [7], "after": [2, 3, 4, 5, 6, 7, 8], "everywhere": [*range(9)]}
    assert reader.accuracy(BOTH, ("o", 0.0, "everywhere")) == 0.5


def test_the_subject_leaves_a_mark_from_its_own_word_on(reader):
    along = reader.along(the_sentence(SINGULAR), the_sentence(PLURAL))
    assert along["mark"][0] == 0
    assert (along["mark"][1:] > 0).all()
    assert all(((along[gate] > 0) & (along[gate] < 1)).all() for gate in "fi")
    for who in ("subject", "distractor"):
        marks = reader.marks(agreement.exam(4), who)
        assert marks.shape == (agreement.AFTER,)
        assert (marks > 0).all()


def test_gates_at_nouns_are_means_of_gates(reader):
    found = reader.at_nouns(agreement.exam(4))
    assert set(found) == {
        f"{gate} {where} {kind}"
        for gate in "fi"
        for where in ("at", "beside")
        for kind in ("distractors", "fish")
    }
    assert all(0 < value < 1 for value in found.values())


def test_gates_are_read_of_lstms_only_where_all_lengths_were_trained():
    rows = agreement.measure("0 to 8", "lstm", seed=0, steps=0)
    names = {row["what"] for row in rows}
    assert {f"accuracy, {name}" for name in agreement.CLAMPS} <= names
    assert {"f in the sentence", "mark of the distractor", "largest share"} <= names
    assert {row["at"] for row in rows if row["what"] == "opening, f = 1 at every word"} == {0, 1}
