"""The checker behind the exercises: it says what is wrong, not only that something is."""

import numpy as np


def check(candidate, reference, cases, *, mistakes=None, tolerance=1e-8):
    """Compare a reader's function with a reference and print a verdict.

    Parameters
    ----------
    candidate : callable
        The reader's answer.
    reference : callable
        The right answer.
    cases : list of tuple
        The arguments to try, one tuple a case.
    mistakes : dict of str to callable, optional
        Wrong answers that people give, keyed by a sentence that says what went wrong. If the
        candidate agrees with one on every case, that sentence is printed.
    tolerance : float
        The largest absolute difference that counts as equal.

    Notes
    -----
    A wrong answer is reported, never raised, and nothing is returned: the sentence is the result.
    """
    verdict = _verdict(candidate, reference, cases, mistakes or {}, tolerance)
    print(verdict or f"Correct, on all {len(cases)} cases.")


def _verdict(candidate, reference, cases, mistakes, tolerance):
    """Return a sentence that says what is wrong, or None."""
    for number, case in enumerate(cases, start=1):
        expected = np.asarray(reference(*case))
        try:
            got = candidate(*case)
        except Exception as error:
            return f"Not yet: case {number} raised {type(error).__name__}: {error}"
        if got is None or got is Ellipsis:
            return "Not yet: the function returns nothing. Replace the dots, and return the answer."
        got = np.asarray(got)
        if got.shape != expected.shape:
            return (
                f"Not yet: on case {number} your answer has shape {got.shape}; "
                f"expected {expected.shape}."
            )
        if not _close(got, expected, tolerance):
            named = _known_mistake(candidate, cases, mistakes, tolerance)
            return f"Not yet: {named}" if named else _worst_entry(number, got, expected)
    return None


def _close(a, b, tolerance):
    return np.allclose(a, b, rtol=0, atol=tolerance, equal_nan=True)


def _known_mistake(candidate, cases, mistakes, tolerance):
    for sentence, wrong in mistakes.items():
        answers = [(np.asarray(candidate(*case)), np.asarray(wrong(*case))) for case in cases]
        if all(a.shape == b.shape and _close(a, b, tolerance) for a, b in answers):
            return sentence
    return None


def _worst_entry(number, got, expected):
    worst = np.unravel_index(np.abs(got - expected).argmax(), expected.shape)
    where = f" at {tuple(int(i) for i in worst)}" if worst else ""
    return (
        f"Not yet: on case {number}{where} your answer is {got[worst]:.6g}; "
        f"expected {expected[worst]:.6g}."
    )
