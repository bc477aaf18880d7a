"""Notebooks in JupyterLab, in a browser: figures reach Python, and answers wait to be asked for."""

import os
import re
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect

import chapter_rules
import chapters
from notebook_folds import fold

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


def write(notebook, path):
    """Write a notebook for Python's kernel."""
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


def chapter_with_answers():
    """Return the template of a chapter, each cell with an output, folded as it is stored."""
    notebook = chapters.read_source(chapter_rules.TEMPLATE)
    for cell in chapters.code_cells(notebook):
        cell.outputs = [new_output("stream", text="output of a cell\n")]
    return fold(notebook)


@pytest.fixture
def jupyterlab(tmp_path):
    """Return the address of a JupyterLab over a folder with two notebooks."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    write(notebook, tmp_path / "figure.ipynb")
    write(chapter_with_answers(), tmp_path / "chapter.ipynb")
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


def test_in_jupyterlab_answers_solutions_and_proofs_wait_to_be_asked_for(chromium, jupyterlab):
    page = chromium.new_page(viewport={"width": 1280, "height": 20_000})
    page.goto(f"{jupyterlab}/lab/tree/chapter.ipynb")
    cells = page.locator(".jp-Notebook .jp-Cell")
    count = len(chapter_with_answers().cells)
    expect(cells).to_have_count(count, timeout=PATIENCE)
    stub = page.locator(".jp-InputArea-editor", has_text="def half_life_of(f)")
    expect(stub).to_be_visible(timeout=PATIENCE)
    # of what is folded JupyterLab shows the first line
    for hidden in ("return np.log(2)", "print(f", "assert round(share", "Take log", "A bit more"):
        expect(page.locator(".jp-Cell", has_text=hidden)).to_have_count(0)
    shown = page.get_by_text("output of a cell").locator("visible=true")
    code = chapters.code_cells(chapter_with_answers())
    folded = [cell.metadata.get("jupyter", {}).get("outputs_hidden", False) for cell in code]
    expect(shown).to_have_count(folded.count(False))
    page.locator(".jp-InputPlaceholder").nth(1).click()
    expect(page.locator(".jp-Cell", has_text="print(f")).to_have_count(1)
    page.close()
