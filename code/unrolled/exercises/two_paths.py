"""Exercise of the study on the gradient's two paths: the longest sequence that fits."""

from unrolled.exercises.checker import check


def _longest(budget, batch, inputs, units, itemsize):
    return budget // (batch * (inputs + 7 * units) * itemsize)


def check_longest(answer):
    """Check `longest(budget, batch, inputs, units, itemsize)`: the most steps that fit."""
    cases = [(2**30, 32, 100, 256, 4), (10**6, 8, 3, 16, 8), (10**9, 64, 300, 512, 4)]
    mistakes = {
        "that is for one sequence; each keeps its own.": (
            lambda m, b, i, h, s: m // ((i + 7 * h) * s)
        ),
        "that counts numbers, not bytes.": lambda m, b, i, h, s: m // (b * (i + 7 * h)),
        "h, c and tanh c are kept too.": lambda m, b, i, h, s: m // (b * (i + 4 * h) * s),
        "the input is kept too.": lambda m, b, i, h, s: m // (b * 7 * h * s),
        "a part of a step does not fit.": lambda m, b, i, h, s: m / (b * (i + 7 * h) * s),
        "that is one step too many: round down.": lambda *case: _longest(*case) + 1,
    }
    check(answer, _longest, cases, mistakes=mistakes)
