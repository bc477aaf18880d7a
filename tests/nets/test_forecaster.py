"""The forecaster: a line that is a line, a cell that reads hour by hour, a loss that is right."""

import numpy as np
import pytest
import torch

from unrolled.data.series import calendar
from unrolled.evaluation.forecasts import pinball
from unrolled.nets.forecaster import Forecaster, pinball_loss, with_weekend


@pytest.fixture
def inputs():
    return torch.from_numpy(np.random.default_rng(6).normal(size=(5, 48 + 3))).float()


def test_the_line_is_linear_in_its_inputs(inputs):
    torch.manual_seed(0)
    line = Forecaster("line", 48, 3, ahead=7, levels=2)
    zero = line(torch.zeros_like(inputs))
    assert line(inputs).shape == (5, 7, 2)
    together = line(inputs) + line(inputs.flip(0)) - zero
    torch.testing.assert_close(line(inputs + inputs.flip(0)), together)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_cell_reads_value_clock_and_what_is_known_at_each_hour(cell, inputs):
    torch.manual_seed(0)
    model = Forecaster(cell, 48, 3, 4, ahead=7)
    steps = model.steps_of(inputs)
    assert steps.shape == (5, 48, 6)
    torch.testing.assert_close(steps[2, :, 0], inputs[2, :48])
    torch.testing.assert_close(steps[3, 9, 3:], inputs[3, 48:])
    torch.testing.assert_close(steps[0, :24, 1:3], steps[4, 24:, 1:3])
    torch.testing.assert_close(steps[0, 0, 1:3], torch.tensor([0.0, 1.0]), atol=1e-5, rtol=0)
    state = model.recurrent(steps)[0][:, -1]
    torch.testing.assert_close(model(inputs)[..., 0], model.head(state))


def test_two_lines_are_a_line_on_workdays_and_another_one_on_weekends():
    rng = np.random.default_rng(8)
    dates = np.arange("2020-03-02", "2020-03-09", dtype="datetime64[D]")  # Monday to Sunday
    x = torch.tensor(np.hstack([rng.normal(size=(7, 48)), calendar(dates)]))
    torch.manual_seed(0)
    two = Forecaster("two lines", 48, 9, ahead=7).double()
    weight, bias = two.head.weight[:, : 48 + 9], two.head.bias
    torch.testing.assert_close(two(x)[:5, :, 0], x[:5] @ weight.T + bias)
    more = two.head.weight[:, 48 + 9 :]
    torch.testing.assert_close(two(x)[5:, :, 0], x[5:] @ weight.T + bias + x[5:, :48] @ more.T)
    assert np.array_equal(with_weekend(x.numpy(), 48), with_weekend(x, 48).numpy())


@pytest.mark.parametrize("reader", ["line", "lstm"])
def test_every_past_hour_and_the_known_reach_the_forecast(reader, inputs):
    torch.manual_seed(0)
    model = Forecaster(reader, 48, 3, 4).double()
    x = inputs.double().requires_grad_()
    (model(x) * torch.randn(5, 24, 1, dtype=torch.float64)).sum().backward()
    assert (x.grad != 0).all()


def test_too_short_a_row_is_refused(inputs):
    with pytest.raises(ValueError, match=r"expected \(B, 48 \+ K\)"):
        Forecaster("line", 48, 0)(inputs[:, :40])


def test_the_loss_is_twice_the_pinball_loss_and_its_gradient_the_share():
    rng = np.random.default_rng(7)
    said, truth, levels = rng.normal(size=(4, 6, 3)), rng.normal(size=(4, 6)), [0.2, 0.5, 0.9]
    q = torch.tensor(said, requires_grad=True)
    loss = pinball_loss(q, torch.tensor(truth), torch.tensor(levels, dtype=torch.float64))
    assert np.isclose(loss.item(), 2 * pinball(said, truth, levels).mean())
    loss.backward()
    below = truth[..., None] <= said
    assert np.allclose(q.grad.numpy() * said.size / 2, below - np.array(levels))
