"""The experiment on both directions, on a small scale."""

import pytest

from unrolled.experiments import directions


@pytest.mark.parametrize("where", directions.PLACES)
@pytest.mark.parametrize("network", directions.NETWORKS)
def test_every_network_trains(where, network):
    found = directions.measure(where, network, seed=0, steps=2)
    assert found["steps"] == 2
    assert 0.3 < found["accuracy"] < 0.7


def test_both_ways_learns_what_one_way_cannot():
    both = directions.measure("ahead", "both ways", seed=0, steps=150)
    one = directions.measure("ahead", "one way", seed=0, steps=100)
    assert both["steps_to_solve"] is not None
    assert both["accuracy"] > 0.97
    assert one["accuracy"] < 0.6


def test_twice_the_units_is_more_parameters_than_both_ways():
    sizes = {
        name: directions.measure("behind", name, seed=0, steps=1)["parameters"]
        for name in directions.NETWORKS
    }
    assert 2 * sizes["one way"] == sizes["both ways"] < sizes["one way, twice the units"]


def test_the_grid_is_complete():
    assert len(directions.grid()) == 2 * 5 * 3
