"""Exercises of the page after the LSTM: a scan's operator, dividing by a product, and a choice."""

import numpy as np

from unrolled.exercises.checker import check


def _combine(earlier, later):
    (a1, b1), (a2, b2) = earlier, later
    return a1 * a2, a2 * b1 + b2


def _gates_added(earlier, later):
    return earlier[0] + later[0], later[0] * earlier[1] + later[1]


def _never_scaled(earlier, later):
    return earlier[0] * later[0], earlier[1] + later[1]


def _by_its_own_gate(earlier, later):
    return earlier[0] * later[0], earlier[0] * earlier[1] + later[1]


def _by_both_gates(earlier, later):
    return earlier[0] * later[0], earlier[0] * later[0] * earlier[1] + later[1]


def _all_scaled(earlier, later):
    return earlier[0] * later[0], later[0] * (earlier[1] + later[1])


def _last_gate_only(earlier, later):
    return later[0], later[0] * earlier[1] + later[1]


def _last_input_only(earlier, later):
    return earlier[0] * later[0], later[1]


def _two_pairs(earlier, later):
    """Write the pairs of a case of numbers; of arrays, their shape."""
    if np.ndim(earlier[0]):
        return f"with arrays of shape {np.shape(earlier[0])}"
    pairs = (f"({float(a):g}, {float(b):g})" for a, b in (earlier, later))
    return "with {} before {}".format(*pairs)


def check_combine(answer):
    """Check `combine(earlier, later)`: the pair ``(a, b)`` of two steps of ``h = a * h + b``."""
    draw = np.random.default_rng(21)
    cases = [((0.5, 3.0), (0.2, 1.0)), ((0.25, -1.0), (1.0, 2.0)), ((0.5, 2.0), (0.0, 3.0))]
    for shape in ((4,), (2, 3)):
        pairs = [(draw.random(shape), draw.normal(size=shape)) for _ in range(2)]
        cases.append(tuple(pairs))
    mistakes = {
        "earlier and later are exchanged. With (0.5, 3) before (0.2, 1), the second step takes 0.2 "
        "of the 3 and adds 1.": lambda earlier, later: _combine(later, earlier),
        "gates are multiplied, not added: 0.5 and then 0.2 leave 0.1 of a state.": _gates_added,
        "what the earlier step added is not scaled. The later gate meets it, too: 0.2 of the 3 is "
        "left.": _never_scaled,
        "what the earlier step added is scaled by its own gate. That gate was over when it came; "
        "the one that it meets is the later.": _by_its_own_gate,
        "what the earlier step added is scaled by both gates. The first was over when it "
        "came.": _by_both_gates,
        "what the later step adds is scaled as well. No gate follows it.": _all_scaled,
        "your gate is the later one alone. Both scale the state that came in.": _last_gate_only,
        "what the earlier step added is lost; the later gate leaves a part of "
        "it.": _last_input_only,
        "the gate stands first, then what is added.": lambda *pairs: _combine(*pairs)[::-1],
    }
    check(answer, _combine, cases, mistakes=mistakes, describe=_two_pairs)


def _loop(a, b):
    states, h = [], 0.0
    for a_t, b_t in zip(a, b, strict=True):
        h = a_t * h + b_t
        states.append(h)
    return np.array(states)


def _divided(a, b):
    product = np.cumprod(a)
    return product * np.cumsum(b / product)


def _is_wrong(a):
    """Say whether dividing in float32 gives nan, infinity, or a state that is 1 % off."""
    exact, b = _loop(a.astype(float), np.ones(len(a))), np.ones(len(a), np.float32)
    with np.errstate(all="ignore"):
        found = _divided(a, b)
        return not (np.abs(found - exact) <= 0.01 * exact).all()


def _seen(choose):
    """Return a function that measures gates: how many, within (0, 1), and dividing goes wrong.

    Many gates are right, so these three are compared, and not the gates.
    """

    def measured(steps):
        a = choose(steps)
        if a is None or a is Ellipsis:
            return None
        with np.errstate(all="ignore"):
            a = np.asarray(a, dtype=np.float32)
        if a.shape != (steps,):
            return np.zeros(3, dtype=int)
        inside = bool(((a > 0) & (a < 1)).all())
        return np.array([True, inside, inside and _is_wrong(a)], dtype=int)

    return measured


def _gates(steps):
    return np.full(steps, 10 ** (-60 / steps))


def check_break_division(answer):
    """Check `break_division(steps)`: gates ``(steps,)`` for which dividing fails in float32.

    They lie within (0, 1), and each step adds 1, so the loop has no trouble. Dividing has failed
    if a state is not finite, or 1 % off the loop's in float64.
    """
    cases = [(2,), (16,), (200,), (1000,)]
    mistakes = {
        "gates near 1 do no harm: 0.99 to the power of 1,000 is 0.00004, and float32 divides by "
        "that. Their product must get smaller than its smallest numbers.": lambda steps: np.full(
            steps, 0.99
        ),
        "for 1,000 steps that breaks; for 200 the product is not small enough. Choose the gates "
        "by the number of steps.": lambda steps: np.full(steps, 0.9),
        "for 200 steps that breaks; after 16, the product is not small enough. Choose the gates "
        "by the number of steps.": lambda steps: np.full(steps, 0.5),
        "for 16 steps that breaks; after 2, the product is not small enough. Choose the gates "
        "by the number of steps.": lambda steps: np.full(steps, 1e-3),
        "a gate is 0 or less, or 1 or more. All lie strictly between (in float32, too, where a "
        "number below 1e-45 is 0).": lambda steps: np.zeros(steps),
        "give one gate a step, in an array (steps,).": lambda steps: _gates(steps)[:-1],
    }
    measured = {sentence: _seen(mistake) for sentence, mistake in mistakes.items()}
    check(
        _seen(answer),
        _seen(_gates),
        cases,
        mistakes=measured,
        describe=lambda steps: f"for {steps} steps, of (as many as steps, within (0, 1), broken),",
    )


MODELS = ("LSTM or GRU", "Transformer", "linear recurrence")

#: By situation: what each model that does not fit is told.
_WRONG = {
    "phone": {
        "Transformer": "a Transformer keeps a key and a value of every character so far. What it "
        "keeps grows as long as it writes.",
    },
    "copy": {
        "LSTM or GRU": "10,000 random symbols of 64 are 60,000 bits. States of 256 numbers of 32 "
        "bits have 8,192: they cannot hold them, however well it is trained.",
        "linear recurrence": "a linear recurrence, too, has nothing but its state: 8,192 bits for "
        "the 60,000 of 10,000 symbols. What looks back needs to store none of them in a state.",
    },
    "lamp": {
        "Transformer": "a softmax takes a weighted mean of all steps, and one press among 10,000 "
        "hardly moves a mean; yet it changes the answer. There is a way round that, but it is "
        "hard to learn, and 40 steps show little of it. A state is turned round at each press.",
        "linear recurrence": "a press must turn the state round, whichever way it stands. A gate "
        "between 0 and 1 that does not see the state only keeps a part of it.",
    },
    "long": {
        "LSTM or GRU": "each step waits for the state before it: 65,536 steps, one after another, "
        "however many processors there are. A scan needs 16 rounds.",
        "Transformer": "65,536 steps are over two billion pairs in each layer, since each step "
        "looks at all before it. A scan's work grows far more slowly.",
    },
    "small": {
        "Transformer": "no difference was detected, so what is simplest decides, and what you "
        "would have to write yourself is not that.",
        "linear recurrence": "no difference was detected, so what is simplest decides. With 20 "
        "steps on one core there is nothing to compute side by side.",
    },
}


def _first_wrong(choose):
    """Return a function that tells the first wrong choice of an answer, and 0 for all others.

    So a reader is told of one at a time, and why, whatever is wrong behind it.
    """
    codes = {name: code for code, name in enumerate(MODELS, start=1)}

    def said(situation):
        choice = choose(situation)
        if choice is None or choice is Ellipsis:
            return None
        wrong = choice not in codes or choice in _WRONG[situation]
        return codes.get(choice, -1) if wrong else 0

    def measured(situation):
        for earlier in _WRONG:
            code = said(earlier)
            if earlier == situation or code is None:
                return code
            if code:
                return 0
        raise KeyError(situation)

    return measured


def _choose_model(situation):
    return next(name for name in MODELS if name not in _WRONG[situation])


def _but(situation, choice):
    return lambda asked: choice if asked == situation else _choose_model(asked)


def check_choose_model(answer):
    """Check `choose_model(situation)`: a name of `MODELS` for each of the five situations.

    - "phone": a keyboard proposes letters for hours. What it keeps of the text must not grow.
    - "copy": 10,000 random symbols of 64 kinds come in, and are to be written out again exactly.
      All recurrent states together have room for 256 numbers of 32 bits; a cache may grow.
    - "lamp": at some of 10,000 steps a switch is pressed. After each: is the lamp on? Examples to
      learn from are 40 steps long. A linear recurrence has gates between 0 and 1.
    - "long": a GPU learns from sequences of 65,536 steps, one at a time. Each step needs a summary
      of all before it. A fast scan is at hand; the hours of the GPU are what is short.
    - "small": 600 sequences of 20 steps, one core. On validation data the three, tuned with the
      same care, came out alike, within their intervals. The library you use has LSTM and GRU, and
      neither of the others.
    """
    mistakes = {
        f"'{situation}': {why}": _but(situation, choice)
        for situation, wrong in _WRONG.items()
        for choice, why in wrong.items()
    }
    names = "'LSTM or GRU', 'Transformer', 'linear recurrence'"
    mistakes |= {
        f"'{situation}': answer with one of these: {names}.": _but(situation, "")
        for situation in _WRONG
    }
    measured = {sentence: _first_wrong(mistake) for sentence, mistake in mistakes.items()}
    check(
        _first_wrong(answer),
        _first_wrong(_choose_model),
        [(situation,) for situation in _WRONG],
        mistakes=measured,
    )
