"""The checker behind the exercises: it says what is wrong, not only that something is."""

import copy
import warnings

import numpy as np

LONGEST = 400  # characters of a case's arguments that are shown


def check(candidate, reference, cases, *, mistakes=None, tolerance=1e-6, describe=None):
    """Compare a reader's function with a reference and print a verdict.

    Parameters
    ----------
    candidate : callable
        The reader's answer.
    reference : callable
        The right answer. It returns numbers: one, an array, or several arrays of any shapes in a
        list, a tuple or a dict, and these may stand in one another.
    cases : list of tuple
        The arguments to try, one tuple a case. Every call gets a copy of its own.
    mistakes : dict of str to callable, optional
        Wrong answers that people give, keyed by a sentence that says what went wrong. If the
        candidate agrees with one on every case, that sentence is printed.
    tolerance : float
        The largest difference that counts as equal: absolute and, where the reference is no whole
        number, also relative. The default lets an answer in half of NumPy's precision (float32)
        pass.
    describe : callable, optional
        Says which case it was, from its arguments ("for 16 steps"); it has no name else but its
        number. Give one where a reader wants to see the input that failed.

    Raises
    ------
    ValueError
        If there is no case: such a check would pass every answer.

    Notes
    -----
    A wrong answer is reported, never raised, and nothing is returned: the sentence is the result.
    """
    cases = list(cases)
    if not cases:
        raise ValueError("check got no cases, so any answer would pass; give at least one.")
    verdict = _verdict(candidate, reference, cases, mistakes or {}, tolerance, describe)
    print(verdict or f"Correct, on all {len(cases)} cases.")


def _verdict(candidate, reference, cases, mistakes, tolerance, describe):
    """Return a sentence that says what is wrong, or None."""
    for number, case in enumerate(cases, start=1):
        expected = _answer(reference, case)
        try:
            got = _answer(candidate, case)
        except Exception as error:
            raised = f"case {number} raised {type(error).__name__}: {error}"
            return f"Not yet: {raised}{_told(number, case)}"
        if got is None or got is Ellipsis:
            return "Not yet: the function returns nothing. Replace the dots, and return the answer."
        difference = _difference(got, expected, tolerance)
        if difference:
            named = _known_mistake(candidate, cases, mistakes, tolerance)
            where = describe(*case) if describe else f"on case {number}"
            told = "" if describe else _told(number, case)
            return f"Not yet: {named or where + difference + told}"
    return None


def _told(number, case):
    """Return a line with the arguments of a case, if they are short enough to be of help."""
    with np.printoptions(precision=4, suppress=True, threshold=30):
        arguments = ", ".join(map(repr, case))
    short = arguments and len(arguments) <= LONGEST
    return f"\nCase {number} has the arguments {arguments}" if short else ""


def _known_mistake(candidate, cases, mistakes, tolerance):
    """Return the sentence of the first mistake that a wrong answer agrees with, or None."""
    for sentence, mistake in mistakes.items():
        if _agree(candidate, mistake, cases, tolerance):
            return sentence
    return None


def _agree(candidate, mistake, cases, tolerance):
    """Say whether two functions agree on all cases; one that raises agrees with none."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return not any(
                _difference(_answer(candidate, case), _answer(mistake, case), tolerance)
                for case in cases
            )
    except Exception:
        return False


def _answer(function, case):
    """Return what a function says to a copy of the case: an answer may change its arguments."""
    return _plain(function(*copy.deepcopy(case)))


def _plain(answer):
    """Return an answer with its torch tensors, if any, as arrays without gradient."""
    if isinstance(answer, (list, tuple)):
        return [_plain(part) for part in answer]
    if isinstance(answer, dict):
        return {key: _plain(part) for key, part in answer.items()}
    return np.asarray(answer.detach().cpu()) if hasattr(answer, "detach") else answer


def _difference(got, expected, tolerance, part=""):
    """Say where two plain answers differ (" at (0,) your answer is 1; expected 0."), or None."""
    if not isinstance(expected, (list, dict)):
        return _difference_of_arrays(got, expected, tolerance, part)
    wanted, parts = _parts(expected), _parts(got)
    if parts.keys() != wanted.keys():
        has = f"the parts {_listed(parts)}" if parts else "no parts"
        return f"{part} your answer has {has}; expected the parts {_listed(wanted)}."
    found = (_difference(parts[k], wanted[k], tolerance, f"{part}, part {k}") for k in wanted)
    return next(filter(None, found), None)


def _parts(answer):
    """Return the named parts of an answer (its numbered ones, where they have no names)."""
    if isinstance(answer, dict):
        return answer
    has_parts = isinstance(answer, list) or (isinstance(answer, np.ndarray) and answer.ndim)
    return dict(enumerate(answer, start=1)) if has_parts else {}


def _listed(parts):
    return ", ".join(map(str, parts))


def _difference_of_arrays(got, expected, tolerance, part):
    wanted = _numbers(expected)
    relative = 0 if np.asarray(expected).dtype.kind in "biu" else tolerance
    try:
        numbers = _numbers(got)
    except Exception:
        wish = f"an array of numbers; expected shape {wanted.shape}" if wanted.ndim else "a number"
        return f"{part} your answer is of type {type(got).__name__}, not {wish}."
    if numbers.shape != wanted.shape:
        return f"{part} your answer has shape {numbers.shape}; expected {wanted.shape}."
    with np.errstate(all="ignore"):
        same = np.isclose(numbers, wanted, rtol=relative, atol=tolerance, equal_nan=True)
        return None if same.all() else part + _worst_entry(numbers, wanted, same)


def _numbers(answer):
    """Return an answer as an array of real or complex numbers; raise where it is none."""
    array = np.asarray(answer)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{answer!r} is not made of numbers")
    return array.astype(complex if array.dtype.kind == "c" else float)


def _worst_entry(got, expected, same):
    gap = np.where(same, -1, np.abs(got - expected))
    worst = np.unravel_index(gap.argmax(), gap.shape)  # the first nan, where there is one
    where = f" at {tuple(int(i) for i in worst)}" if worst else ""
    digits = 6 if f"{got[worst]:.6g}" != f"{expected[worst]:.6g}" else 17
    return f"{where} your answer is {got[worst]:.{digits}g}; expected {expected[worst]:.{digits}g}."
