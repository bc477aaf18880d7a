"""What is no number, or nothing at all, is refused by everything that measures."""

import numpy as np
import pytest

from unrolled.evaluation import baselines, calibration, metrics, probes

RIGHT = np.array([0.0, 1.0, 1.0, 0.0])
RNG = np.random.default_rng(0)
TWO_VECTORS = {  # each takes (N,) numbers and as many targets
    "accuracy": metrics.accuracy,
    "confusion matrix": metrics.confusion_matrix,
    "precision": metrics.precision,
    "recall": metrics.recall,
    "f1": metrics.f1,
    "mcnemar": metrics.mcnemar,
    "mean loss": calibration.mean_loss,
    "reliability": calibration.reliability,
    "calibration error": calibration.expected_calibration_error,
    "temperature": calibration.fit_temperature,
    "brier": calibration.brier_score,
    "surest first": calibration.surest_first,
    "confident errors": calibration.confident_errors,
    "threshold": baselines.best_threshold,
}


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, None])
@pytest.mark.parametrize("name", TWO_VECTORS)
def test_one_value_that_is_no_number_is_refused_on_either_side(name, bad):
    broken = [0.0, bad, 1.0, 0.0]
    for arguments in ((broken, RIGHT), (RIGHT, broken)):
        with pytest.raises(ValueError, match=r"\w+ \w+ .*\w"):
            TWO_VECTORS[name](*arguments)


@pytest.mark.parametrize("name", TWO_VECTORS)
def test_nothing_is_refused(name):
    with pytest.raises(ValueError, match=r"empty|filled|both classes|at least one"):
        TWO_VECTORS[name](np.zeros(0), np.zeros(0))


@pytest.mark.parametrize("bad", [np.nan, np.inf, None])
def test_a_bootstrap_refuses_what_is_no_number(bad):
    with pytest.raises(ValueError, match=r"values holds (NaN or infinity|something that is no)"):
        metrics.bootstrap_interval([1.0, bad, 2.0], rng=RNG)


def test_a_bootstrap_refuses_a_statistic_without_a_value():
    def share(rows):
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.float64(rows.sum()) / rows.sum()

    with pytest.raises(ValueError, match="is no finite number"):
        metrics.bootstrap_interval([0, 0, 1], rng=RNG, statistic=share)


@pytest.mark.parametrize("pair", [(np.nan, 4), (1, np.nan), (1, np.inf)])
def test_wilson_refuses_counts_that_are_no_numbers(pair):
    with pytest.raises(ValueError, match="expected at least one trial"):
        metrics.wilson_interval(*pair)


def test_a_confidence_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="least is nan"):
        calibration.confident_errors(RIGHT, RIGHT, np.nan)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "got no text"),
        ([[1, 2], [np.nan]], "no token number"),
        ([[1, -1], [1]], "no token number"),
        ([[1, 9], [1]], "token number 9; the vocabulary has 9"),
        ([[1], [2]], "No run of tokens occurs in 2 of the 2 texts"),
    ],
)
def test_ngrams_refuse_what_is_no_text(texts, message):
    with pytest.raises(ValueError, match=message):
        baselines.NGrams().fit_transform(texts, 9)


def test_a_token_beyond_the_vocabulary_is_not_mistaken_for_a_run():
    grams = baselines.NGrams(2, least=1)
    grams.fit_transform([[0, 1], [2]], 6)  # in base 7 the pair 0, 1 has the key 1 * 7 + 2
    assert grams.transform([[8]]).sum() == 0
    assert grams.transform([[8, 2]]).sum() == 1
    grams.fit_transform([[1, 1]], 6)  # the pair 1, 1 has the key 2 * 7 + 2, and 0, 8 has 1 * 7 + 9
    assert grams.transform([[0, 8]]).sum() == 0


@pytest.mark.parametrize("labels", [[0, np.nan], [0, 2], [0, -1], [0], [0, None]])
def test_labels_that_are_neither_zero_nor_one_are_refused(labels):
    table = baselines.NGrams(least=1).fit_transform([[1], [2]], 9)
    for call in (
        lambda: baselines.log_count_ratio(table, labels),
        lambda: probes.word_verdicts([[1], [2]], labels, 9),
    ):
        with pytest.raises(ValueError, match=r"neither 0 nor 1|one label for each"):
            call()


@pytest.mark.parametrize("labels", [[], [True, True], [True, np.nan], [True, None]])
def test_probes_need_labels_of_both_kinds(labels):
    states = np.zeros((len(labels), 3))
    for call in (
        lambda: probes.even_weights(labels),
        lambda: probes.BestUnit(states, labels),
    ):
        with pytest.raises(ValueError, match=r"all the same|neither True nor False"):
            call()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_probes_refuse_states_and_values_that_are_no_numbers(bad):
    states = np.array([[1.0, 2.0], [bad, 0.0]])
    with pytest.raises(ValueError, match="NaN or infinity"):
        probes.BestUnit(states, np.array([True, False]))
    with pytest.raises(ValueError, match="NaN or infinite"):
        probes.by_group([1.0, bad], [0, 0])
