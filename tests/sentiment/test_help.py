"""Help and what is wrong with a flag come at once, and beginners' flags stand before experts'."""

import re
import subprocess
import sys

import pytest

from unrolled.__main__ import COMMANDS, main
from unrolled.data.reviews import DataError
from unrolled.nets.checkpoints import CheckpointError
from unrolled.nets.training import TrainingDiverged
from unrolled.sentiment.console import run_command
from unrolled.sentiment.folder import FolderError
from unrolled.sentiment.graph import ExportError
from unrolled.sentiment.grid import BaselineError
from unrolled.sentiment.portable import PortableError
from unrolled.sentiment.recipe import SETTINGS, RecipeError
from unrolled.sentiment.serving import ServeError
from unrolled.sentiment.source import OF_DATA

SLOW = ("torch", "sklearn", "pandas", "onnxruntime", "matplotlib")
PROGRAM = f"""
import sys
from unrolled.__main__ import main
try:
    status = main(sys.argv[1:])
except SystemExit as left:
    status = left.code
print("imported:", [name for name in {SLOW} if name in sys.modules])
sys.exit(status)
"""


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--help"], 0, "usage: "),
        *(([name, "--help"], 0, f"unrolled {name}") for name in COMMANDS),
        (["train", "--out", "x", "--hiden-size", "3"], 2, "unrecognized arguments: --hiden-size"),
        (["train", "--out", "x", "--hidden-size", "0"], 2, "hidden_size is 0; expected at least"),
        (["train", "--out", "x", "--dropout", "much"], 2, "invalid float value: 'much'"),
        (["predict", "x", "--delimiter", ";"], 2, "--delimiter is for tables"),
        (["serve", "x", "--port", "70000"], 2, "--port is 70000; expected a number from 0"),
    ],
)
def test_help_and_bad_flags_wait_for_no_slow_library(arguments, status, said, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == status, done.stderr
    assert said in done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "imported: []"
    assert not list(tmp_path.iterdir())


def groups_of(command, capsys):
    """Return the flags of each group in the help of a command."""
    with pytest.raises(SystemExit):
        main([command, "--help"])
    parts = re.split(r"\n\n(\S.*):\n(?=  -)", capsys.readouterr().out)[1:]
    return {
        title: re.findall(r"^  (--[\w-]+)", flags, flags=re.MULTILINE)
        for title, flags in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_flags_of_a_file_stand_together_and_experts_flags_last(capsys):
    groups = groups_of("train", capsys)
    assert list(groups) == [
        *("options", "your texts", "what you may want to change", "this machine", "for experts")
    ]
    assert groups["your texts"][:3] == ["--data", "--text-column", "--label-column"]
    assert {"--tokenizer", "--class-weights"} <= set(groups["what you may want to change"])
    assert {"--adversarial", "--forget-bias", "--penalty"} <= set(groups["for experts"])
    told = [flag for title, flags in groups.items() if title != "options" for flag in flags]
    assert sorted(told) == sorted(f"--{one.name.replace('_', '-')}" for one in SETTINGS)


def test_a_baseline_takes_the_flags_of_its_texts_and_threads(capsys):
    groups = groups_of("baseline", capsys)
    assert groups["this machine"] == ["--threads"]
    told = {flag for title, flags in groups.items() if title != "options" for flag in flags}
    assert told == {"--threads", *(f"--{one.name.replace('_', '-')}" for one in OF_DATA)}


def raising(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    "error",
    [
        *(kind("Do this.") for kind in (DataError, CheckpointError, FolderError, ExportError)),
        *(kind("Do this.") for kind in (BaselineError, PortableError, RecipeError, ServeError)),
        ValueError("Do this."),
        TrainingDiverged(1, "Do this.", 1.0, 1.0, "Do this."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_the_package_is_a_sentence(error, capsys):
    assert run_command(raising(error)) == 2
    assert "Do this." in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyError("a"), RuntimeError("b"), TypeError("c")])
def test_an_error_that_is_a_slip_of_the_program_stays_one(error):
    with pytest.raises(type(error)):
        run_command(raising(error))
