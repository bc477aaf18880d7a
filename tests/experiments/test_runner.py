"""Runs are resumable, measure under the same conditions, and leave everything as it was."""

import subprocess
import sys
import time

import pandas as pd
import pytest
import torch

from unrolled.experiments import Experiment, RecordError, load_record
from unrolled.experiments.runner import SchedulerUnreachable, measuring, run

CALLS = []


def grid():
    return [{"size": size, "seed": seed} for size in (1, 2) for seed in (0, 1)]


def measure(size, seed):
    CALLS.append((size, seed))
    return {"value": 10 * size + seed}


def measure_two(size, seed):
    return [{"part": part, "value": size * part} for part in (1, 2)]


def measure_until_second(size, seed):
    if (size, seed) == (2, 0):
        raise KeyboardInterrupt
    return measure(size, seed)


def make(function=measure, **changes):
    fields = {"name": "toy", "question": "Does it run?", "grid": grid, "measure": function}
    return Experiment(**(fields | {"minutes": 0.1} | changes))


@pytest.fixture(autouse=True)
def _forget_calls():
    CALLS.clear()


def test_a_run_writes_a_tidy_record_with_its_provenance(tmp_path):
    record = run(make(), tmp_path, progress=False)
    loaded = load_record("toy", tmp_path)
    assert loaded.table.to_dict("records") == [c | measure(**c) for c in grid()]
    pd.testing.assert_frame_equal(record.table, loaded.table)
    wanted = {"command", "code", "seeds", "packages", "machine", "seconds", "date", "rows"}
    assert loaded.provenance.keys() == wanted
    assert loaded.provenance["command"] == "python -m unrolled.experiments run toy"
    assert loaded.provenance["seeds"] == [0, 1]
    assert loaded.provenance["packages"]["numpy"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["toy.csv", "toy.json"]


def test_a_measurement_may_give_several_rows(tmp_path):
    table = run(make(measure_two), tmp_path, progress=False).table
    assert list(table.columns) == ["size", "seed", "part", "value"]
    assert len(table) == 8


def test_an_interrupted_run_goes_on_and_loses_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(make(measure_until_second), tmp_path, progress=False)
    assert CALLS == [(1, 0), (1, 1)]
    assert not (tmp_path / "toy.csv").exists()
    CALLS.clear()
    record = run(make(), tmp_path, progress=False)
    assert CALLS == [(2, 0), (2, 1)], "what was finished must not run again"
    assert list(record.table["value"]) == [10, 11, 20, 21]


def test_fresh_forgets_what_was_finished(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(make(measure_until_second), tmp_path, progress=False)
    CALLS.clear()
    run(make(), tmp_path, fresh=True, progress=False)
    assert len(CALLS) == 4


def test_seeds_can_be_run_one_by_one_until_the_record_is_whole(tmp_path):
    assert run(make(), tmp_path, seeds=[1], progress=False) is None
    assert CALLS == [(1, 1), (2, 1)]
    assert [path.name for path in tmp_path.iterdir()] == ["toy.partial.jsonl"]
    record = run(make(), tmp_path, seeds=[0], progress=False)
    assert list(record.table["value"]) == [10, 11, 20, 21]
    with pytest.raises(LookupError, match="no seed 7; its seeds are 0, 1"):
        run(make(), tmp_path, seeds=[0, 7], progress=False)


def test_a_line_cut_short_by_a_kill_is_run_again(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(make(measure_until_second), tmp_path, progress=False)
    partial = tmp_path / "toy.partial.jsonl"
    partial.write_text(partial.read_text()[:-20])
    CALLS.clear()
    record = run(make(), tmp_path, progress=False)
    assert CALLS == [(1, 1), (2, 0), (2, 1)]
    assert list(record.table["value"]) == [10, 11, 20, 21]


def test_a_broken_line_in_the_middle_is_named(tmp_path):
    (tmp_path / "toy.partial.jsonl").write_text("nonsense\n{}\n")
    with pytest.raises(RecordError, match=r"Line 1 of .* is broken .*--fresh"):
        run(make(), tmp_path, progress=False)


def test_findings_of_another_grid_are_refused(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(make(measure_until_second), tmp_path, progress=False)
    with pytest.raises(RecordError, match="not in the grid any more"):
        run(make(grid=lambda: [{"size": 7, "seed": 0}]), tmp_path, progress=False)


def test_two_processes_give_the_record_of_one(tmp_path):
    one = run(make(), tmp_path / "one", progress=False).table
    two = run(make(), tmp_path / "two", jobs=2, progress=False).table
    pd.testing.assert_frame_equal(one, two)


def test_a_killed_command_resumes_with_the_same_result(tmp_path):
    """Kill -9 in the middle of a real run; the same command then finishes it."""
    script = tmp_path / "slow.py"
    script.write_text(
        "import sys, time, pathlib\n"
        "from unrolled.experiments import Experiment\n"
        "from unrolled.experiments.runner import run\n"
        "def grid(): return [{'seed': seed} for seed in range(4)]\n"
        "def measure(seed):\n"
        "    time.sleep(0.2)\n"
        "    return {'value': seed * seed}\n"
        "run(Experiment('slow', '?', grid, measure, 0.1), pathlib.Path(sys.argv[1]))\n"
    )
    command = [sys.executable, str(script), str(tmp_path)]
    first = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    partial, limit = tmp_path / "slow.partial.jsonl", time.monotonic() + 60
    while not (partial.exists() and partial.read_text().count("\n")) and time.monotonic() < limit:
        time.sleep(0.02)
    first.kill()
    first.wait()
    assert 1 <= partial.read_text().count("\n") < 4
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    assert list(load_record("slow", tmp_path).table["value"]) == [0, 1, 4, 9]


def test_an_unreachable_scheduler_is_named(tmp_path):
    with pytest.raises(
        SchedulerUnreachable, match=r"No Dask scheduler answers at tcp://127.0.0.1:9"
    ):
        run(make(), tmp_path, dask="tcp://127.0.0.1:9", progress=False)


def test_two_dask_workers_give_the_record_of_one_process(tmp_path):
    from distributed import LocalCluster

    here = run(make(), tmp_path / "here", progress=False).table
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        there = run(make(), tmp_path / "there", dask=address, progress=False).table
    pd.testing.assert_frame_equal(here, there)


def denormal():
    return (torch.tensor(1e-38) / 100).item()


def measure_conditions(size, seed):
    return {"threads": torch.get_num_threads(), "denormal": denormal()}


@pytest.fixture(params=[(1, False), (3, True)], ids=["one thread", "three threads, flushed"])
def conditions(request):
    """Set threads and treatment of denormal numbers; return a function that reads both."""
    threads, flushed = request.param
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    torch.set_flush_denormal(flushed)
    yield lambda: (torch.get_num_threads(), denormal() == 0)
    torch.set_num_threads(before)
    torch.set_flush_denormal(False)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_measurement_has_one_thread_and_no_denormal_numbers(jobs, conditions, tmp_path):
    before = conditions()
    table = run(make(measure_conditions), tmp_path, jobs=jobs, progress=False).table
    assert (table["threads"] == 1).all()
    assert (table["denormal"] == 0).all()
    assert conditions() == before


def test_a_run_that_fails_leaves_threads_and_denormal_numbers_as_they_were(conditions, tmp_path):
    before = conditions()
    with pytest.raises(KeyboardInterrupt):
        run(make(measure_until_second), tmp_path, progress=False)
    assert conditions() == before


def test_measuring_is_for_the_inside_of_its_block(conditions):
    before = conditions()
    with measuring():
        assert conditions() == (1, True)
        with measuring():
            pass
        assert conditions() == (1, True), "the inner block has put back what it found"
    assert conditions() == before
