"""The echo game: its gradient is one, and what is learnt is the past."""

import numpy as np
import pytest

from unrolled.byhand.echo import echo_loss, echo_network, train_echo
from unrolled.byhand.gradcheck import check_gradient
from unrolled.data.synthetic import echo_batch


@pytest.mark.parametrize("name", ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "readout"])
def test_the_gradient_of_the_echo_matches_finite_differences(name):
    rng = np.random.default_rng(0)
    layer, readout = echo_network(rng=rng, hidden_size=4)
    batch = echo_batch(3, 6, 2, rng=rng)
    _, grads = echo_loss(layer, readout, batch, 2)
    weight = (layer.cell.params | {"readout": readout})[name]
    gradient = grads[name].copy()
    check_gradient(lambda _: echo_loss(layer, readout, batch, 2)[0], weight, gradient, name=name)


def test_always_answering_zero_scores_one():
    rng = np.random.default_rng(1)
    layer, readout = echo_network(rng=rng, hidden_size=3)
    assert echo_loss(layer, 0 * readout, echo_batch(5, 7, 2, rng=rng), 2)[0] == 1


def test_a_rotation_keeps_every_length_and_the_usual_start_does_not():
    for rotation in (True, False):
        layer, _ = echo_network(rng=np.random.default_rng(2), hidden_size=5, rotation=rotation)
        matrix = layer.cell.params["weight_hh"]
        assert np.allclose(matrix @ matrix.T, np.eye(5), atol=1e-12) == rotation


def test_a_short_echo_is_learnt_and_a_seed_repeats_its_losses():
    losses = train_echo(1, 6, steps=120, seed=3)
    assert len(losses) == 120
    assert losses[0] > 0.5
    assert np.mean(losses[-10:]) < 0.1
    assert train_echo(1, 6, steps=5, seed=3) == losses[:5]
    assert train_echo(1, 6, steps=5, seed=3, rotation=True)[0] != losses[0]
