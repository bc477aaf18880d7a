"""Records are whole, runs are resumable, and the command line answers in sentences."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from unrolled import experiments
from unrolled.experiments import Experiment, RecordError, load_record, records, results_folder, run
from unrolled.experiments import __main__ as command_line
from unrolled.experiments.runner import SchedulerUnreachable

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
        "from unrolled.experiments import Experiment, run\n"
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
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert 1 <= partial.read_text().count("\n") < 4
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    assert list(load_record("slow", tmp_path).table["value"]) == [0, 1, 4, 9]


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda folder: (folder / "toy.json").unlink(), "There is no toy.json"),
        (lambda folder: (folder / "toy.csv").unlink(), "There is no toy.csv"),
        (lambda folder: (folder / "toy.json").write_text("{"), "is broken"),
        (lambda folder: (folder / "toy.json").write_text("[]"), "provenance says unknown"),
        (lambda folder: (folder / "toy.csv").write_text("size\n1\n"), "has 1 rows"),
        (lambda folder: (folder / "toy.csv").write_bytes(b"\xff\xfe\x00"), "is broken"),
    ],
)
def test_a_broken_record_names_the_command_that_mends_it(break_it, message, tmp_path):
    run(make(), tmp_path, progress=False)
    break_it(tmp_path)
    with pytest.raises(RecordError, match=f"{message}.*experiments run toy"):
        load_record("toy", tmp_path)


def test_the_records_folder_can_be_named_by_the_environment(tmp_path, monkeypatch):
    assert results_folder().parts[-2:] == ("book", "results")
    monkeypatch.setenv("UNROLLED_RESULTS", str(tmp_path))
    assert results_folder() == tmp_path


def test_without_a_repository_the_records_of_the_package_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "__file__", str(tmp_path / "unrolled/experiments/records.py"))
    assert results_folder() == tmp_path / "unrolled" / "results"


@pytest.mark.parametrize("name", experiments.REGISTRY)
def test_every_experiment_has_a_record_of_its_whole_grid(name):
    record = load_record(name)
    grid = pd.DataFrame(experiments.REGISTRY[name].grid())
    kept = record.table[list(grid.columns)].drop_duplicates().reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, grid)
    assert len(record.provenance["seeds"]) >= 5


def test_every_table_beside_the_records_can_be_made_again_by_a_command():
    made_by_execution = {"runtimes"}  # `make notebooks` measures them
    tables = {path.stem for path in results_folder().glob("*.csv")} - made_by_execution
    assert tables == set(experiments.REGISTRY)
    for name in tables:
        command = load_record(name).provenance["command"]
        assert command == f"python -m unrolled.experiments run {name}"


def test_a_folder_of_records_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert command_line.main(["--results", str(tmp_path / "file" / "x"), "run", "timing"]) == 2
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "--results FOLDER run ..." in said


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


def test_the_command_line_lists_runs_and_shows(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(experiments.REGISTRY, "toy", make())
    assert command_line.main(["--results", str(tmp_path), "run", "toy"]) == 0
    assert command_line.main(["--results", str(tmp_path), "list"]) == 0
    listed = capsys.readouterr().out
    assert "toy                recorded" in listed
    assert "Does it run?" in listed
    assert command_line.main(["--results", str(tmp_path), "show", "toy"]) == 0
    shown = capsys.readouterr().out
    assert "value" in shown
    assert "python -m unrolled.experiments run toy" in shown


def test_the_command_line_says_where_unfinished_findings_are(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(experiments, "REGISTRY", {"toy": make()})
    assert command_line.main(["--results", str(tmp_path), "run", "toy", "--seed", "1"]) == 0
    assert "toy.partial.jsonl" in capsys.readouterr().out
    assert command_line.main(["--results", str(tmp_path), "run", "toy", "--seed", "9"]) == 2
    assert "no seed 9" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["run", "show"])
def test_an_unknown_name_lists_the_known_ones(verb, capsys):
    assert command_line.main([verb, "nothing"]) == 2
    error = capsys.readouterr().err
    assert "no experiment named 'nothing'" in error
    assert "long-memory" in error


def test_a_missing_record_is_a_sentence_not_a_traceback(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(experiments.REGISTRY, "toy", make())
    assert command_line.main(["--results", str(tmp_path), "show", "toy"]) == 2
    assert "There is no toy.csv" in capsys.readouterr().err


def test_every_experiment_has_a_plain_grid_with_seeds():
    for name, experiment in experiments.REGISTRY.items():
        configurations = experiment.grid()
        assert name == experiment.name
        assert json.loads(json.dumps(configurations)) == configurations
        assert len({c["seed"] for c in configurations}) >= 5
