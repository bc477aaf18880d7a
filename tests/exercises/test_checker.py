"""The checker says what is wrong, whatever it is given."""

import contextlib
import io

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from unrolled.exercises.checker import check

CORRECT = "Correct, on all 1 cases."


def said(candidate, reference, cases=((),), **settings):
    """Return the sentence that the checker prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        check(candidate, reference, list(cases), **settings)
    return printed.getvalue().rstrip("\n")


def always(answer):
    """Return a function that gives one answer to everything."""
    return lambda *case: answer


def double(x):
    return 2 * x


@pytest.mark.parametrize(
    ("candidate", "sentence"),
    [
        (double, "Correct, on all 2 cases."),
        (lambda x: None, "Not yet: the function returns nothing."),
        (lambda x: ..., "Not yet: the function returns nothing."),
        (lambda x: x[:1], "Not yet: on case 1 your answer has shape (1,); expected (3,)."),
        (lambda x: x + 1, "Not yet: on case 1 at (0,) your answer is 1; expected 0."),
        (lambda x: -2 * x, "Not yet: the sign is wrong."),
        (lambda x: x.nothing, "Not yet: case 1 raised AttributeError"),
        (None, "Not yet: case 1 raised TypeError"),
    ],
)
def test_check_says_what_is_wrong(candidate, sentence):
    cases = [(np.arange(3.0),), (np.ones(2),)]
    verdict = said(candidate, double, cases, mistakes={"the sign is wrong.": lambda x: -2 * x})
    assert verdict.startswith(sentence)


def test_check_takes_scalars():
    assert said(always(1.0), always(2.0)) == "Not yet: on case 1 your answer is 1; expected 2."


def test_a_case_can_be_called_by_its_input():
    cases = [(1.0,), (3.0,)]
    verdict = said(abs, lambda x: min(x, 2.0), cases, describe=lambda x: f"at x = {x:g}")
    assert verdict == "Not yet: at x = 3 your answer is 3; expected 2."


def test_a_check_without_cases_is_refused():
    with pytest.raises(ValueError, match="no cases"):
        check(double, double, [])


# ---------------------------------------------------------------- whatever an answer is

REFERENCES = {
    "a number": 2.0,
    "a whole number": 2,
    "an array": np.array([1.0, 2.0]),
    "a list": [np.zeros(2), np.zeros((2, 3))],
    "a dict": {"a": np.ones(2), "b": 2.0},
}
NO_NUMBERS = {
    "arrays of different shapes": [np.ones(2), np.ones((2, 3))],
    "a ragged list": [[1.0, 2.0], [3.0]],
    "a string": "two",
    "a string of digits": "2",
    "None in a list": [None, 2.0],
    "text in a list": [1.0, "2"],
    "dots in a list": [..., 2.0],
    "a dict": {"a": 1.0},
    "a set": {1.0, 2.0},
    "an object": object(),
    "a function": double,
    "a generator": (i for i in range(2)),
    "objects in an array": np.array([None, {}]),
    "dates": np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"),
    "torch's short numbers": torch.ones(2, dtype=torch.bfloat16),
}


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES)
@pytest.mark.parametrize("answer", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_an_answer_that_is_no_number_is_reported_never_raised(answer, reference):
    verdict = said(always(answer), always(reference), mistakes={"no.": always(np.ones(5))})
    assert verdict.startswith("Not yet: ")
    assert "no." not in verdict


def test_an_answer_that_cannot_even_be_read_is_reported():
    class Hostile:
        def __array__(self, *args, **kwargs):
            raise RuntimeError("not an array")

    circle = []
    circle.append(circle)
    for answer in (Hostile(), [Hostile()], circle):
        for reference in REFERENCES.values():
            assert said(always(answer), always(reference)).startswith("Not yet: ")


def test_the_sentence_names_what_an_answer_is_instead_of_numbers():
    is_a = "Not yet: on case 1 your answer is of type "
    assert said(always("2"), always(2.0)) == is_a + "str, not a number."
    assert said(always([1, None]), always(np.ones(2))) == (
        is_a + "list, not an array of numbers; expected shape (2,)."
    )


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=6,
)


@given(ANYTHING, ANYTHING, st.sampled_from(list(REFERENCES.values())))
def test_no_answer_and_no_mistake_raises(answer, mistake, reference):
    verdict = said(always(answer), always(reference), mistakes={"this.": always(mistake)})
    assert verdict.startswith(("Not yet: ", "Correct"))


# ---------------------------------------------------------------- which numbers are equal

NUMBERS = st.recursive(
    arrays.arrays(
        st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_, np.complex128]),
        arrays.array_shapes(min_dims=0, max_dims=3, max_side=3),
        elements=st.sampled_from([0, 1]),
    ),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.text(), inner, min_size=1)
    ),
    max_leaves=4,
)


def mapped(function, answer):
    """Return an answer with a function applied to each of its arrays."""
    if isinstance(answer, dict):
        return {key: mapped(function, part) for key, part in answer.items()}
    if isinstance(answer, list):
        return [mapped(function, part) for part in answer]
    return function(answer)


def count(answer):
    """Return how many arrays an answer holds."""
    found = []
    mapped(found.append, answer)
    return len(found)


@given(NUMBERS)
def test_an_answer_agrees_with_itself_in_every_form(answer):
    assert said(always(answer), always(answer)) == CORRECT
    for form in (torch.tensor, np.ndarray.tolist, lambda array: array.astype(complex)):
        assert said(always(mapped(form, answer)), always(answer)) == CORRECT


@given(NUMBERS, st.sampled_from([0.01, -1, np.nan, np.inf, 1j, complex(np.nan, 0)]), st.data())
def test_one_wrong_entry_anywhere_is_found(answer, off, data):
    place = data.draw(st.integers(1, count(answer)))
    arrays_left = iter(range(count(answer), 0, -1))

    def spoil(array):
        if next(arrays_left) != place:
            return array
        array = array.astype(complex)
        array[data.draw(st.sampled_from(list(np.ndindex(array.shape))))] += off
        return array if isinstance(off, complex) else array.real

    wrong = mapped(spoil, answer)
    assert "your answer is" in said(always(wrong), always(answer))


def test_nan_where_the_reference_has_none_is_named_before_all_other_entries():
    got = np.array([100.0, np.nan, -7.0])
    assert said(always(got), always(np.zeros(3))).endswith(
        "at (1,) your answer is nan; expected 0."
    )


def test_nan_and_infinity_agree_only_with_themselves():
    special = np.array([np.nan, np.inf, -np.inf])
    assert said(always(special), always(special)) == CORRECT
    for place, wrong in [(0, 0.0), (1, -np.inf), (1, 1e308), (2, np.nan)]:
        got = special.copy()
        got[place] = wrong
        assert f" at ({place},) your answer is" in said(always(got), always(special))


def test_a_mistake_that_is_nan_is_not_named_for_an_answer_that_is_a_number():
    verdict = said(always(1.0), always(2.0), mistakes={"nan.": always(np.nan)})
    assert verdict == "Not yet: on case 1 your answer is 1; expected 2."


def test_booleans_count_as_one_and_zero():
    assert said(always(np.array([True, False])), always(np.array([1.0, 0.0]))) == CORRECT
    verdict = said(always(np.array([True, False])), always(np.array([True, True])))
    assert verdict.endswith("at (1,) your answer is 0; expected 1.")


def test_a_tensor_with_gradient_is_read_alone_and_in_parts():
    weight = torch.ones(2, dtype=torch.float64, requires_grad=True)
    assert said(always(3 * weight), always(np.full(2, 3.0))) == CORRECT
    assert said(always([weight.sum(), weight.sum()]), always(np.full(2, 2.0))) == CORRECT
    assert (
        said(always((weight, {"sum": weight.sum()})), always([np.ones(2), {"sum": 2}])) == CORRECT
    )


def test_a_right_answer_in_half_the_precision_passes_for_small_and_large_numbers():
    for expected in (1 / 3, 1e6 / 3):
        assert (
            said(always(torch.tensor(expected, dtype=torch.float32)), always(expected)) == CORRECT
        )
        assert said(always(expected * 1.0001), always(expected)).startswith("Not yet")


def test_a_large_whole_number_that_is_one_off_is_wrong_and_both_can_be_told_apart():
    verdict = said(always(12_345_679), always(12_345_678))
    assert verdict == "Not yet: on case 1 your answer is 12345679; expected 12345678."


# ---------------------------------------------------------------- answers of several parts


ZEROS, TWO = np.zeros(2), np.zeros((2, 3))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (0.0, " your answer has no parts; expected the parts 1, 2."),
        ([ZEROS], " your answer has the parts 1; expected the parts 1, 2."),
        ([TWO, {}], ", part 1 your answer has shape (2, 3); expected (2,)."),
        ([ZEROS, {"h": 0}], ", part 2 your answer has the parts h; expected the parts h, c."),
        ([ZEROS, {"h": None, "c": ZEROS}], ", part 2, part h your answer is of type NoneType, "),
        (
            [ZEROS, {"h": TWO, "c": [0, 5]}],
            ", part 2, part c, part 2 your answer is 5; expected 1.",
        ),
    ],
)
def test_the_sentence_says_which_part_is_wrong(answer, sentence):
    reference = always((ZEROS, {"h": TWO, "c": [0.0, 1.0]}))
    assert said(always((ZEROS, {"c": np.arange(2), "h": TWO})), reference) == CORRECT
    assert said(always(answer), reference).startswith("Not yet: on case 1" + sentence)


def test_a_mistake_may_have_parts_or_another_shape_than_the_reference():
    mistakes = {"one for all.": always(0.0), "each by itself.": always([np.ones(1), np.ones(3)])}
    reference = always([np.zeros(1), np.zeros(3)])
    assert said(always(0), reference, mistakes=mistakes) == "Not yet: one for all."
    each = always((np.ones(1), torch.ones(3, requires_grad=True)))
    assert said(each, reference, mistakes=mistakes) == "Not yet: each by itself."


# ---------------------------------------------------------------- no memory between calls


def test_no_function_sees_what_another_did_to_its_arguments():
    def spoiling(result):
        def function(x, parts):
            answer = result(x, parts)
            x *= 0
            parts.clear()
            return answer

        return function

    def total(x, parts):
        return x * sum(parts)

    cases = [(np.arange(1.0, 4.0), [1, 2]), (np.ones(2), [3])]
    wrong = spoiling(lambda x, parts: x + sum(parts))
    mistakes = {"first.": spoiling(lambda x, parts: 7 * x), "you added.": wrong}
    for _ in range(2):
        assert said(spoiling(total), spoiling(total), cases, mistakes=mistakes).startswith(
            "Correct"
        )
        assert said(wrong, spoiling(total), cases, mistakes=mistakes) == "Not yet: you added."
    assert np.array_equal(cases[0][0], np.arange(1.0, 4.0))
    assert cases[0][1] == [1, 2]


def test_a_mistake_that_raises_or_warns_is_passed_over_and_the_next_one_named():
    def raises_on_the_second(x):
        return {1.0: -1.0}[x]

    mistakes = {
        "raises.": raises_on_the_second,
        "warns.": lambda x: np.log(np.array(-x)),
        "you forgot the sign.": lambda x: -x,
    }
    for answer in (lambda x: -x, lambda x: -np.float64(x)):
        verdict = said(answer, lambda x: x, [(1.0,), (2.0,)], mistakes=mistakes)
        assert verdict == "Not yet: you forgot the sign."
    verdict = said(lambda x: -1.0, lambda x: x, [(1.0,), (2.0,)], mistakes=mistakes)
    assert verdict.splitlines()[0] == "Not yet: on case 1 your answer is -1; expected 1."


def test_a_mistake_that_warns_is_named_without_its_warning():
    mistakes = {"minus infinity.": lambda x: np.log(np.array(0.0))}
    verdict = said(always(-np.inf), lambda x: x, [(1.0,)], mistakes=mistakes)
    assert verdict == "Not yet: minus infinity."


def test_an_answer_that_is_right_once_and_raises_then_is_reported():
    verdict = said(lambda x: {1: 1}[x], lambda x: x, [(1,), (2,)])
    assert verdict == "Not yet: case 2 raised KeyError: 2\nCase 2 has the arguments 2"


def test_an_unnamed_mistake_shows_the_arguments_where_they_are_short():
    cases = [(np.arange(3.0), "ab"), (np.ones(2), "c")]
    verdict = said(lambda x, name: x * (len(name) - 1), lambda x, name: x, cases)
    assert verdict.splitlines()[1] == "Case 2 has the arguments array([1., 1.]), 'c'"
    long = [(np.random.default_rng(0).normal(size=(9, 9)).tolist(),)]
    assert "arguments" not in said(always(0.0), always(1.0), long)
