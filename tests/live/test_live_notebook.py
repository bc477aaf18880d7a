"""A live figure in JupyterLab, in a browser: what a reader moves reaches Python, and comes back."""

import os
import re
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

CELLS = [
    'from unrolled import live\nmeter = live.figure("half-life")\nmeter',
    'print("Python sees", meter.bias)',
    "meter.bias = 4.0",
]
PATIENCE = 90_000  # ms; a kernel starts on a busy machine


def free_port():
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def jupyterlab(tmp_path):
    """Return the address of a JupyterLab over a folder with one notebook."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "figure.ipynb")
    port = free_port()
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"),
        *("--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}"),
        "--LabApp.news_url=None",
    ]
    own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    settings = {"JUPYTERLAB_SETTINGS_DIR": "s", "JUPYTERLAB_WORKSPACES_DIR": "w"}
    own |= {name: str(tmp_path / folder) for name, folder in settings.items()}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=os.environ | own | {"JUPYTER_PREFER_ENV_PATH": "1"}, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api", server, tmp_path / "log")
        yield address
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address, server, log):
    """Return when a server answers."""
    until = time.monotonic() + PATIENCE / 1000
    while True:
        assert server.poll() is None, log.read_text()
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.2)


def run_cell(page, number):
    """Run one cell."""
    page.locator(".jp-CodeCell .jp-InputArea-editor").nth(number).click()
    page.keyboard.press("Control+Enter")


def test_what_is_moved_in_jupyterlab_reaches_python_and_comes_back(chromium, jupyterlab):
    page = chromium.new_page(viewport={"width": 1280, "height": 1400})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{jupyterlab}/lab/tree/figure.ipynb")
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS), timeout=PATIENCE)
    expect(page.get_by_role("button", name="| Idle")).to_be_visible(timeout=PATIENCE)
    run_cell(page, 0)
    slider = page.locator(".live-figure input[type=range]")
    expect(slider).to_be_visible(timeout=PATIENCE)
    before = float(slider.input_value())
    slider.focus()
    page.keyboard.press("ArrowRight")
    moved = float(slider.input_value())
    assert moved > before, "the slider moves, and the notebook keeps out of it"
    run_cell(page, 1)
    told = page.locator(".jp-OutputArea-output", has_text="Python sees")
    expect(told).to_have_text(re.compile(rf"Python sees {moved:g}\b"), timeout=PATIENCE)
    run_cell(page, 2)
    expect(slider).to_have_value("4", timeout=PATIENCE)
    expect(page.locator(".live-figure [role=status]")).not_to_be_empty()
    assert errors == []
    page.close()
