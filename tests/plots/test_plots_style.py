"""A colour is defined in one place, and each gate has its own."""

import ast
import re
from pathlib import Path

import pytest
from matplotlib.colors import CSS4_COLORS, TABLEAU_COLORS

from unrolled import plots
from unrolled.plots import COLOURS

SOURCES = {path.stem: path.read_text("utf-8") for path in Path(plots.__file__).parent.glob("*.py")}
MAPS = {"LinearSegmentedColormap", "ListedColormap", "colormaps", "get_cmap"}


def colours_in(source):
    """Return the colours that a module names itself: hex codes, names, and colour maps."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if re.fullmatch(r"#(?:[0-9a-fA-F]{3,4}){1,2}|C[0-9]", text) or text in {
                *CSS4_COLORS,
                *TABLEAU_COLORS,
            }:
                found.append(text)
        names = {getattr(node, key, None) for key in ("id", "attr", "name")}
        found += sorted(names & MAPS, key=str)
    return found


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"style"}))
def test_colours_are_defined_in_style_only(name):
    assert colours_in(SOURCES[name]) == []


@pytest.mark.parametrize(
    "line",
    [
        'ax.plot(x, color="#8A8A8A")',
        'ink = "white"',
        'ink = "tab:blue"',
        'ink = "C0"',
        "from matplotlib.colors import ListedColormap",
        'plt.get_cmap("viridis")',
    ],
)
def test_a_colour_outside_style_is_found(line):
    assert colours_in(line)


def test_colours_of_the_gates_are_distinct():
    gates = ["f", "i", "o", "g", "z", "r", "c", "h"]
    assert len({COLOURS[name] for name in gates}) == len(gates)


def test_no_name_stands_for_two_things():
    homes = {}
    for module, source in SOURCES.items():
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(module)
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}
