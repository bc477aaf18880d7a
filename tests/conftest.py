"""What all tests share: the tools can be imported, and examples are drawn the same every time."""

import os
import sys
from pathlib import Path

import hypothesis
import matplotlib
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

hypothesis.settings.register_profile("course", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("course")


def in_ci():
    """Say whether this runs where a missing browser or site is a failure, not a reason to skip."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


@pytest.fixture(autouse=True)
def figure_style():
    """Give matplotlib's defaults back after each test: the order of tests changes no figure."""
    with matplotlib.rc_context():
        yield
