"""The tool that plays other processors finds what differs, what fails, and what holds by little."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient

import assertion_margins
import chapters as pairs
import processors

TOOLS = Path(processors.__file__).parent
PLAYS = "import torch, numpy; print(torch.backends.cpu.get_cpu_capability())"


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Return a function that reads what was logged."""
    path = tmp_path / "margins.jsonl"
    monkeypatch.setenv(assertion_margins.LOG, str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


def run_rewritten(source, **names):
    """Execute a cell as a kernel with the recorder does."""
    rewriter = assertion_margins.Rewriter()
    rewriter.cell = "cell"
    tree = ast.fix_missing_locations(rewriter.visit(ast.parse(source)))
    exec(compile(tree, "<cell>", "exec"), names)


@pytest.mark.parametrize(
    ("setting", "capability"), [("avx2", {"AVX2", "DEFAULT"}), ("baseline", {"DEFAULT"})]
)
def test_a_setting_makes_the_libraries_play_that_processor(setting, capability):
    environment = os.environ | processors.environment(setting)
    command = [sys.executable, "-W", "error", "-c", PLAYS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in capability


def test_slack_is_the_distance_to_the_bound(log):
    run_rewritten("assert 0.25 < x < 1 and (y >= x), 'message'", x=0.375, y=0.5)
    assert [entry["slack"] for entry in log()] == [0.125, 0.625, 0.125]
    assert {entry["assertion"] for entry in log()} == {"0.25 < x < 1 and y >= x"}


def test_comparisons_in_a_generator_count_and_those_outside_an_assertion_do_not(log):
    run_rewritten("a = x[0] < 1\nassert all(v < 1 for v in x)", x=[0.5, 0.75])
    assert [entry["slack"] for entry in log()] == [0.5, 0.25]


def test_what_is_no_number_is_compared_and_not_logged(log, tmp_path):
    run_rewritten(
        "assert 'a' < 'b' and x is not None and 'a' in x and (z < 2).all()",
        x=["a"],
        z=np.array([0.0, 1.0]),
    )
    assert not (tmp_path / "margins.jsonl").exists()


@given(
    st.lists(st.integers(-3, 3), min_size=2, max_size=4),
    st.lists(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), min_size=3, max_size=3),
)
def test_a_rewritten_assertion_says_what_the_original_says(values, operators):
    chain = str(values[0])
    for operator, value in zip(operators, values[1:], strict=False):
        chain += f" {operator} {value}"
    expected = eval(chain)
    if expected:
        run_rewritten(f"assert {chain}")
    else:
        with pytest.raises(AssertionError):
            run_rewritten(f"assert {chain}")


def findings(**slacks):
    return processors.Findings(slacks={(cell, "x < 1", 0): value for cell, value in slacks.items()})


def test_an_assertion_is_close_that_holds_by_less_than_it_moved():
    one = findings(near=0.010, far=0.5, still=0.001)
    other = findings(near=0.018, far=0.4, still=0.001)
    close = processors.narrow({"default": one, "avx2": findings(near=0.004, far=0.45, still=0.001)})
    assert list(close) == [("near", "x < 1")]
    assert close["near", "x < 1"] == pytest.approx((0.004, 0.006))
    assert processors.narrow({"default": one, "avx2": other}) == {}


def test_a_chapter_is_compared_under_two_settings(tmp_path, capsys, monkeypatch):
    cells = [
        "import os\nold = 'ATEN_CPU_CAPABILITY' in os.environ",
        "print('same')",
        "print(2 if old else 1)",
        "value = 1.001 if old else 1.0\nassert value < 1.0015",
        "assert not old, 'never on an old one'",
        "assert value < 2",
    ]
    for name in processors.LIBRARIES["baseline"]:
        monkeypatch.delenv(name, raising=False)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    pairs.set_cell_ids(notebook)
    NotebookClient(notebook, kernel_name="python3", record_timing=False).execute()
    path = tmp_path / "chapter.ipynb"
    nbformat.write(notebook, path)
    found = {name: processors.compare([path], name, 1) for name in ("default", "baseline")}
    assert [len(found[name].differ) for name in found] == [0, 1]
    assert [len(found[name].failed) for name in found] == [0, 1]
    assert found["default"].compared == len(cells)
    assert processors.report(found, processors.places([path])) == 2
    printed = capsys.readouterr().out
    assert "never on an old one" in printed
    assert "code cell 4: assert value < 1.0015" in printed
    assert "value < 2" not in printed


def test_what_is_no_stored_chapter_is_refused(tmp_path):
    command = [sys.executable, str(TOOLS / "processors.py"), str(tmp_path / "x.md")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no stored chapter" in done.stderr
