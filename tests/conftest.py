"""What all tests share: the tools can be imported, and examples are drawn the same every time."""

import functools
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import matplotlib
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

hypothesis.settings.register_profile("course", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("course")


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
    from npm_packages import NODE  # slow to import, and few tests need it

    done = subprocess.run(
        [NODE, *arguments], input=given, capture_output=True, encoding="utf-8", check=False
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
def browsers():
    """Return the function that opens the system's browser of a kind, once."""
    from playwright.sync_api import expect, sync_playwright

    import site_browser  # slow to import, and few tests need it

    expect.set_options(timeout=20_000)  # ms: on a slow or busy machine, too
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())

        @functools.cache
        def opened(kind, **how):
            if site_browser.find(kind) is None:
                looked_for = ", ".join(site_browser.BROWSERS[kind].names)
                missing(f"No {kind.capitalize()} found (looked for {looked_for}).")
            return stack.enter_context(site_browser.opened(playwright, kind, **how))

        yield opened


@pytest.fixture(scope="session")
def chromium(browsers):
    """Return the system's Chromium."""
    return browsers("chromium")


@pytest.fixture
def browser(request, browsers):
    """Return one of the system's browsers: the test runs in each that the site promises."""
    return browsers(request.param)


@pytest.fixture
def dark_browser(request, browsers):
    """Return such a browser as it is where the reader's system is dark."""
    return browsers(request.param, dark=True)


def pytest_generate_tests(metafunc):
    """Run a test that asks for a browser in every one that `site_browser.BROWSERS` names."""
    for fixture in {"browser", "dark_browser"} & set(metafunc.fixturenames):
        from site_browser import BROWSERS

        metafunc.parametrize(fixture, BROWSERS, indirect=True)


def site_folder():
    """Return the folder of the built site; skip or fail where there is none."""
    from site_browser import HTML  # slow to import, and few tests need it

    if not (HTML / "index.html").exists():
        missing("There is no built site: run `make book`.")
    return HTML


@pytest.fixture(scope="session")
def site():
    """Return the address of the built site, served on localhost."""
    import site_browser

    with site_browser.served(site_folder()) as address:
        yield address


@pytest.fixture(scope="session")
def disk():
    """Return the address of the built site on the disk."""
    return site_folder().as_uri()


@pytest.fixture(autouse=True)
def figure_style():
    """Give matplotlib's defaults back after each test: the order of tests changes no figure."""
    with matplotlib.rc_context():
        yield
