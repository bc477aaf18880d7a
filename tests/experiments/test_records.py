"""Records are whole or say what mends them, and are read without what made them."""

import subprocess
import sys

import numpy as np
import pytest

from unrolled.experiments import RecordError, load_record, records, results_folder
from unrolled.experiments.records import pack_logits, unpack_logits
from unrolled.experiments.runner import run


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
def test_a_broken_record_names_the_command_that_mends_it(break_it, message, toy, tmp_path):
    run(toy, tmp_path, progress=False)
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


def test_packed_logits_come_back_to_three_digits():
    logits = np.random.default_rng(0).normal(scale=3, size=50)
    np.testing.assert_allclose(unpack_logits(pack_logits(logits)), logits, rtol=5e-4)


def test_reading_a_record_imports_nothing_that_trains():
    code = (
        "import sys\n"
        "from unrolled.experiments import load_record\n"
        "from unrolled.experiments.records import unpack_logits\n"
        "table = load_record('sentiment-cells').table\n"
        "unpack_logits(table['logits'][0])\n"
        "print({'torch', 'sklearn', 'joblib', 'distributed'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
