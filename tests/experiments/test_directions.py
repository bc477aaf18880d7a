"""The experiment on both directions, on a small scale."""

from unrolled.experiments import directions


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
