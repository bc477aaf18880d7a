"""Imports point only downwards, and the NumPy floors stay free of torch, whatever they import.

The floors, and which modules may reach torch, are read from CONTRIBUTING.md.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import unrolled

ROOT = Path(unrolled.__file__).parent
CONTRIBUTING = (ROOT.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
TOP = "__main__"
# Imports inside a function that may do what the rules forbid: (file, what) and why.
EXCEPTIONS = {
    ("", "unrolled.sentiment.predictor.load"): "`unrolled.load` waits for torch when it is called",
}


def floors_of(text):
    """Return the floor of each room, from the table of CONTRIBUTING.md."""
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", text, flags=re.MULTILINE)
    return {room: int(floor) for floor, room in rows}


def with_torch_of(text):
    """Return the rooms and modules that may import PyTorch, and modules of these that may not."""
    rooms, without = re.search(
        r"Only (.*) import PyTorch, and .* modules (.*) do without", text
    ).groups()
    return set(re.findall(r"`([\w.]+)`", rooms)), set(re.findall(r"`([\w.]+)`", without))


FLOOR_OF = floors_of(CONTRIBUTING)
WITH_TORCH, WITHOUT_TORCH = with_torch_of(CONTRIBUTING)


def may_reach_torch(name):
    """Say whether a module may import PyTorch, by itself or through others."""
    return bool({name, name.split(".")[0]} & (WITH_TORCH | {TOP})) and name not in WITHOUT_TORCH


def name_of(path):
    """Return a file's dotted name: ``data.tokenizer``, and ``data`` for its __init__."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


SOURCES = {name_of(path): path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py"))}
MODULES = [name for name in SOURCES if name]


def imported(source):
    """Return the dotted names that a module imports, and those that only its functions import."""
    tree = ast.parse(source)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    late = {id(node) for function in functions for node in ast.walk(function)}
    at_once, in_functions = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write absolute imports: they show the floor"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
        else:
            continue
        (in_functions if id(node) in late else at_once).update(names)
    return at_once, in_functions - at_once


def modules_in(target, sources):
    """Return the modules of the package that importing a dotted name runs, parents included."""
    parts = target.split(".")
    if parts[0] != "unrolled":
        return set()
    names = {".".join(parts[1:end]) for end in range(1, len(parts) + 1)}
    return names & set(sources)


def way_to_torch(name, sources, exceptions=()):
    """Return the modules from `name` to the one that imports torch, or None: the shortest way."""
    ways, seen = [[name]], {name}
    for way in ways:
        for target in sorted(set().union(*imported(sources[way[-1]]))):
            if (way[-1], target) in exceptions:
                continue
            if target.split(".")[0] == "torch":
                return [*way, target]
            for module in modules_in(target, sources) - seen:
                seen.add(module)
                ways.append([*way, module])
    return None


def faults(name, sources, exceptions=()):
    """Return what is wrong with the imports of a module."""
    room, found = name.split(".")[0], []
    for target in sorted(set().union(*imported(sources[name]))):
        rooms = {module.split(".")[0] for module in modules_in(target, sources)} - {"", room}
        if (name, target) not in exceptions:
            found += [
                f"{name} (floor {FLOOR_OF[room]}) imports {target}: not below it"
                for other in rooms
                if FLOOR_OF[other] >= FLOOR_OF[room]
            ]
    way = None if may_reach_torch(name) else way_to_torch(name, sources, exceptions)
    return found + ([f"{name} reaches torch: {' -> '.join(way)}"] if way else [])


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_downwards_and_numpy_modules_never_reach_torch(name):
    room = name.split(".")[0]
    assert room in FLOOR_OF, f"Give {room} a floor in the table of CONTRIBUTING.md."
    assert faults(name, SOURCES, EXCEPTIONS) == []


def test_no_exception_and_no_leave_is_given_for_nothing():
    for name, target in EXCEPTIONS:
        assert target in imported(SOURCES[name])[1], f"{name} imports {target} in no function"
    assert set(FLOOR_OF) == {name.split(".")[0] for name in MODULES}
    for room in WITH_TORCH:
        assert any(way_to_torch(n, SOURCES) for n in MODULES if room in (n, n.split(".")[0])), room


def test_the_docstring_of_the_package_has_the_same_floors():
    _, *rows = re.split(r"^(\d+)(?= )", unrolled.__doc__, flags=re.MULTILINE)
    told = {
        name: int(floor)
        for floor, names in zip(rows[::2], rows[1::2], strict=True)
        for name in re.findall(r"`(\w+)`", names)
    }
    assert told == FLOOR_OF


@pytest.mark.parametrize(
    ("name", "line", "what"),
    [
        ("byhand.cells", "from unrolled.nets.layers import recurrent_layer", "not below"),
        ("byhand.cells", "from unrolled import plots", "not below"),
        ("byhand.cells", "import unrolled.evaluation.metrics", "not below"),
        ("data.tokenizer", "from unrolled.evaluation.metrics import accuracy", "not below"),
        ("evaluation.metrics", "from unrolled.byhand.flow import half_life", "not below"),
        ("sentiment.session", "from unrolled.experiments.records import Record", "not below"),
        ("byhand.cells", "import torch", "byhand.cells reaches torch: byhand.cells -> torch"),
        ("byhand.cells", "def late():\n    import torch", "byhand.cells reaches torch"),
        ("byhand.cells", "if True:\n    from torch import nn", "byhand.cells reaches torch"),
        ("byhand.flow", "from unrolled.nets.layers import TORCH_LAYERS", "flow -> nets.layers"),
        ("evaluation.metrics", "from unrolled.nets.checkpoints import load", "-> torch"),
        ("plots.memory", "from unrolled.nets.training import fit", "plots.memory -> nets.training"),
        ("sentiment.lines", "from unrolled.sentiment.session import train", "lines -> sentiment"),
        (
            "live",
            "def late():\n    from unrolled.nets import layers",
            "live -> nets.layers -> torch",
        ),
        ("plots.traces", "from unrolled.byhand import surgery", None),
        ("byhand.cells", "from unrolled.byhand.functional import sigmoid", None),
        ("nets.training", "from unrolled.byhand import functional", None),
    ],
)
def test_the_rule_catches_planted_arrows_and_no_others(name, line, what):
    found = faults(name, SOURCES | {name: f"{SOURCES[name]}\n{line}\n"}, EXCEPTIONS)
    assert (what in " ".join(found)) if what else not found


def test_an_arrow_is_found_behind_two_honest_modules():
    planted = SOURCES | {
        "byhand.functional": SOURCES["byhand.functional"] + "\nfrom torch import nn\n"
    }
    assert "cells -> byhand.functional -> torch.nn" in " ".join(
        faults("byhand.cells", planted, EXCEPTIONS)
    )
    assert "layers -> " in " ".join(faults("byhand.stacks", planted, EXCEPTIONS))


def test_importing_every_numpy_module_does_not_import_torch():
    free = [name for name in MODULES if not may_reach_torch(name)]
    code = "import importlib, sys\n"
    code += "".join(f"importlib.import_module('unrolled.{name}')\n" for name in free)
    code += "assert 'torch' not in sys.modules, 'something has imported torch'\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_code_is_a_source_root_not_a_package():
    # code/__init__.py would shadow the standard library's module `code`.
    assert not (ROOT.parent / "__init__.py").exists()
