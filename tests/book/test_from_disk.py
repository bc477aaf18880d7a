"""The site from a disk: a module and the classic script that is made of it are one and the same."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from conftest import run_node

import chapters
import from_disk
from unrolled import live

# Runs a classic script, then the module; says what each exports, a function as its text.
BOTH = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const [script, module, name] = process.argv.slice(2);
const address = pathToFileURL(module).href;
new Function(readFileSync(script, "utf8"))();
const plain = (_, value) => typeof value === "function" ? value.toString() : value;
const told = (exported) => Object.fromEntries(Object.keys(exported).sort().map((key) =>
  [key, JSON.stringify(exported[key], plain).replaceAll("import.meta", "importMeta")]));
const made = courseModules[name]({ url: address }, fetch);
console.log(JSON.stringify([told(made), told(await import(address))]));
"""


@pytest.fixture
def both(tmp_path):
    """Return a function that tells what a figure exports as a classic script and as a module."""
    program = tmp_path / "both.mjs"
    program.write_text(BOTH, encoding="utf-8")

    def told(name):
        from_disk.write_scripts(live.figures_folder(), tmp_path)
        module = live.figures_folder() / f"{name}.mjs"
        return json.loads(run_node(program, tmp_path / f"{name}.js", module, name))

    return told


@pytest.mark.parametrize("name", live.names())
def test_a_classic_script_exports_what_its_module_exports(name, both):
    script, module = both(name)
    assert script == module, "what it imports is inside it"
    assert {"initial", "default"} <= set(script)


def test_a_module_runs_in_strict_mode_and_knows_its_own_address(tmp_path):
    script = from_disk.classic(
        "one",
        'export const here = new URL("./a.bin", import.meta.url).href;\n'
        "export const strict = (function () { return this === undefined; })();\n",
    )
    program = tmp_path / "one.mjs"
    program.write_text(
        f"new Function({json.dumps(script)})();\n"
        'const { here, strict } = courseModules.one({ url: "file:///b/one.js" }, fetch);\n'
        "console.log(JSON.stringify([here, strict]));\n",
        encoding="utf-8",
    )
    assert json.loads(run_node(program)) == ["file:///b/a.bin", True]


def test_a_file_is_held_whole(tmp_path):
    content = bytes(range(256)) * 3
    script = from_disk.holding("a.bin", content)
    program = tmp_path / "held.mjs"
    program.write_text(
        f"new Function({json.dumps(script)})();\n"
        'const held = new Uint8Array(await (await fetch(courseFiles["a.bin"])).arrayBuffer());\n'
        "console.log(JSON.stringify([...held]));\n",
        encoding="utf-8",
    )
    assert bytes(json.loads(run_node(program))) == content


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
@pytest.mark.parametrize("folder", ["plain", "two words 课", "ä#b%20?"])
def test_make_book_prints_an_address_that_leads_to_the_site(folder, tmp_path):
    root = tmp_path / folder
    pins = ("requirements.txt", "requirements-data.txt", "constraints.txt", "pyproject.toml")
    for name in (*pins, "package-lock.json", ".venv/bin/x", "fake/jupyter_book/cli/main.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("main = lambda: 0\n", encoding="utf-8")
    (root / ".venv/bin/python").symlink_to(sys.executable)
    (root / ".venv/ready").touch()
    (root / "node_modules").mkdir()
    (root / "node_modules" / ".package-lock.json").touch()
    (root / "tools").mkdir()
    (root / "tools" / "seed_cache.py").touch()
    (root / "_build" / "html").mkdir(parents=True)
    (root / "_build" / "html" / "index.html").touch()
    shutil.copy(chapters.ROOT / "Makefile", root)
    for tool in ("run", "pipeline", "steps", "run_parts"):
        shutil.copy(chapters.ROOT / "tools" / f"{tool}.py", root / "tools")
    # (As a part of `make test` make would also say which folder it leaves.)
    command = ["make", "--no-print-directory", "book"]
    fakes = os.environ | {"PYTHONPATH": str(root / "fake")}
    done = subprocess.run(command, cwd=root, env=fakes, capture_output=True, text=True, check=True)
    address = done.stdout.splitlines()[-1].removeprefix("The site: ")
    assert urlsplit(address).scheme == "file"
    assert not set(address) & set(' "<>#?'), "a terminal or a browser would end it there"
    assert Path(unquote(urlsplit(address).path)) == root / "_build" / "html" / "index.html"
