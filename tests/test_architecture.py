"""Imports point only downwards, and the NumPy floors stay free of torch."""

import ast
from pathlib import Path

import pytest

import unrolled

ROOT = Path(unrolled.__file__).parent
FLOORS = [
    {"functional", "gradcheck", "seeding", "exercises"},
    {"cells", "data", "ports"},
    {"models", "layers", "variants", "portable", "language", "checkpoints"},
    {
        "training",
        "metrics",
        "flow",
        "fast",
        "stacks",
        "bridge",
        "surgery",
        "pretraining",
        "quantization",
    }
    | {"baselines", "calibration", "probes"},
    {"plots", "experiments"},
    {"cli", "live"},
    {"__main__"},
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}
WITH_TORCH = {
    "models",
    "language",
    "checkpoints",
    "bridge",
    "quantization",
    "training",
    "pretraining",
    "experiments",
    "cli",
}
MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def room(path):
    """Return the top-level module or subpackage that a file belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(source):
    """Return the dotted names that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write absolute imports: they show the floor"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def faults(name, source):
    """Return what is wrong with the imports of a module that stands in room `name`."""
    found = []
    for target in imported(source):
        top, *rest = target.split(".")
        abroad = top == "unrolled" and rest and rest[0] not in (name, "__version__")
        if abroad and FLOOR_OF[rest[0]] >= FLOOR_OF[name]:
            found.append(f"{name} (floor {FLOOR_OF[name]}) imports {target}: not below it")
        if top == "torch" and name not in WITH_TORCH:
            found.append(f"{name} imports torch")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downwards(path):
    assert room(path) in FLOOR_OF, f"Give {path.name} a floor in this test and in the docstring."
    assert faults(room(path), path.read_text(encoding="utf-8")) == []


def test_the_rule_catches_an_upward_arrow_and_torch():
    assert faults("cells", "from unrolled.layers import Recurrent")
    assert faults("cells", "import unrolled.cells, torch")
    assert faults("cells", "from unrolled import flow")
    assert not faults("cells", "from unrolled.functional import sigmoid")


def test_code_is_a_source_root_not_a_package():
    # code/__init__.py would shadow the standard library's module `code`.
    assert not (ROOT.parent / "__init__.py").exists()
