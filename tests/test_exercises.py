"""The checker says what is wrong."""

import numpy as np
import pytest

from unrolled.exercises import check

CASES = [(np.arange(3.0),), (np.ones(2),)]


def double(x):
    return 2 * x


@pytest.mark.parametrize(
    ("candidate", "sentence"),
    [
        (double, "Correct, on all 2 cases."),
        (lambda x: None, "Not yet: the function returns nothing."),
        (lambda x: ..., "Not yet: the function returns nothing."),
        (lambda x: x[:1], r"Not yet: on case 1 your answer has shape (1,); expected (3,)."),
        (lambda x: x + 1, "Not yet: on case 1 at (0,) your answer is 1; expected 0."),
        (lambda x: -2 * x, "Not yet: the sign is wrong."),
        (lambda x: x.nothing, "Not yet: case 1 raised AttributeError"),
    ],
)
def test_check_says_what_is_wrong(candidate, sentence, capsys):
    check(candidate, double, CASES, mistakes={"the sign is wrong.": lambda x: -2 * x})
    assert capsys.readouterr().out.startswith(sentence)


def test_check_takes_scalars(capsys):
    check(lambda x: 1.0, lambda x: 2.0, [(0,)])
    assert "your answer is 1; expected 2" in capsys.readouterr().out
