"""Exercises of the chapter on the recurrent network: run one, go back through one, build one."""

import numpy as np

from unrolled.exercises.checker import check


def _linear_state(x, w):
    h = 0.0
    for value in x:
        h = value + w * h
    return h


def check_linear_state(answer):
    """Check `linear_state(x, w)`: the last state of h = x + w h, for inputs of shape (T,)."""
    cases = [(np.array([1.0, 2.0, -1.0, 0.5]), 0.5), (np.array([2.0, -3.0]), -0.9)]
    mistakes = {
        "the powers run the wrong way: the LAST input has weight 1, the first has w**(T - 1).": (
            lambda x, w: float((w ** np.arange(len(x)) * x).sum())
        ),
        "the last input is not multiplied by w: the powers start at 0, not at 1.": (
            lambda x, w: w * _linear_state(x, w)
        ),
        "only the first input is weighed; each later one decays as well.": (
            lambda x, w: w ** (len(x) - 1) * x[0] + x[1:].sum()
        ),
    }
    check(answer, _linear_state, cases, mistakes=mistakes)


def _relu_step_backward(dh, h, weight_hh):
    return np.where(h > 0, dh, 0) @ weight_hh


def check_relu_step_backward(answer):
    """Check `relu_step_backward(dh, h, weight_hh)`: the gradient by the state before, (B, H)."""
    draw = np.random.default_rng(5).normal
    cases = [
        (draw(size=(2, 3)), np.maximum(0, draw(size=(2, 3))), draw(size=(3, 3))) for _ in range(3)
    ]
    mistakes = {
        "you multiplied by the transpose. Forward is h_prev @ weight_hh.T, so backward is "
        "@ weight_hh.": lambda dh, h, w: (dh * (h > 0)) @ w.T,
        "that is still the derivative of tanh, 1 - h**2.": lambda dh, h, w: (dh * (1 - h**2)) @ w,
        "units whose ReLU was off (h = 0) must pass no gradient.": lambda dh, h, w: dh @ w,
        "the ReLU belongs to this step's units, so it comes before the product with weight_hh.": (
            lambda dh, h, w: (dh @ w) * (h > 0)
        ),
        "the slope of the ReLU is 1 where it is on, not h.": lambda dh, h, w: (dh * h) @ w,
    }
    check(answer, _relu_step_backward, cases, mistakes=mistakes)


def _input_gradients(dh_last, states, weight_ih, weight_hh):
    dh, found = dh_last, []
    for h in states[:0:-1]:
        da = dh * (1 - h**2)
        found.append(da @ weight_ih)
        dh = da @ weight_hh
    return np.stack(found[::-1], axis=1)


def _without_slopes(dh, states, weight_ih, weight_hh):
    return _input_gradients(dh, [0 * h for h in states], weight_ih, weight_hh)


def _last_step_only(dh, states, weight_ih, weight_hh):
    full = _input_gradients(dh, states, weight_ih, weight_hh)
    return full * (np.arange(full.shape[1]) == full.shape[1] - 1)[:, None]


def _from_the_loss_at_every_step(dh, states, weight_ih, weight_hh):
    from_next, found = np.zeros_like(dh), []
    for h in states[:0:-1]:
        da = (dh + from_next) * (1 - h**2)
        found.append(da @ weight_ih)
        from_next = da @ weight_hh
    return np.stack(found[::-1], axis=1)


def check_input_gradients(answer):
    """Check `input_gradients(dh_last, states, weight_ih, weight_hh)`: by every input, (B, T, I)."""
    draw = np.random.default_rng(11).normal
    cases = [
        (draw(size=(2, 3)), list(np.tanh(draw(size=(t + 1, 2, 3)))), draw(size=(3, 4)), w)
        for t, w in ((5, draw(size=(3, 3))), (2, draw(size=(3, 3))))
    ]
    mistakes = {
        "the steps stand in the order of the walk, last first. Turn them round.": (
            lambda *case: _input_gradients(*case)[:, ::-1]
        ),
        "the slope of the tanh, 1 - h**2, is missing.": _without_slopes,
        "each step takes the slope at the state before it. Step t squashes into states[t].": (
            lambda dh, states, w_ih, w_hh: _input_gradients(
                dh, [states[0], *states[:-1]], w_ih, w_hh
            )
        ),
        "you multiplied by the transpose of weight_hh. Forward is h_prev @ weight_hh.T.": (
            lambda dh, states, w_ih, w_hh: _input_gradients(dh, states, w_ih, w_hh.T)
        ),
        "only the last input gets a gradient: hand da @ weight_hh on to the step before.": (
            _last_step_only
        ),
        "the loss reads the last state only; you add dh_last at every step.": (
            _from_the_loss_at_every_step
        ),
    }
    check(answer, _input_gradients, cases, mistakes=mistakes)


def _echo_weights(delay):
    first = np.eye(delay + 1)[:, :1]
    return first, np.eye(delay + 1, k=-1), np.eye(delay + 1)[-1]


def _answers_of(build):
    """Return what an RNN with the built weights says of signs, from the first that it can know."""

    def run(delay, signs):
        weights = build(delay)
        if weights is None:
            return None
        weight_ih, weight_hh, readout = (np.asarray(weight, dtype=float) for weight in weights)
        h, answers = np.zeros(len(weight_hh)), []
        for sign in signs:
            h = np.tanh(weight_ih @ [sign] + weight_hh @ h)
            answers.append(np.sign(readout @ h))
        return np.array(answers[delay:])

    return run


def _turned(delay):
    weight_ih, weight_hh, readout = _echo_weights(delay)
    return weight_ih, weight_hh.T, readout


def _into_every_unit(delay):
    weight_ih, weight_hh, readout = _echo_weights(delay)
    return np.ones_like(weight_ih), weight_hh, readout


def check_echo_weights(answer):
    """Check `echo_weights(delay)`: W_ih (H, 1), W_hh (H, H) and a readout (H,) that echo signs.

    Any weights pass with which the sign of readout . h is the sign `delay` steps before.
    """
    draw = np.random.default_rng(13).choice
    cases = [(delay, draw([-1.0, 1.0], size=delay + 12)) for delay in (1, 3, 20)]
    mistakes = {
        "it answers one step too early. The present sign needs a unit too: H = delay + 1.": (
            _answers_of(lambda delay: _echo_weights(delay - 1))
        ),
        "it answers one step too late: the first unit holds the present sign already.": (
            _answers_of(lambda delay: _echo_weights(delay + 1))
        ),
        "nothing reaches the unit that you read. Row j of weight_hh holds what unit j hears.": (
            _answers_of(_turned)
        ),
        "it repeats the present sign. Let the input into one unit only; it drowns old ones.": (
            _answers_of(_into_every_unit)
        ),
    }
    check(_answers_of(answer), _answers_of(_echo_weights), cases, mistakes=mistakes)
