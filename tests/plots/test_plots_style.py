"""A colour is defined in one place, and each gate has its own."""

import ast
import re
from pathlib import Path

import pytest
from matplotlib.colors import CSS4_COLORS, TABLEAU_COLORS, to_hex, to_rgb

from unrolled import plots
from unrolled.plots import COLOURS, style

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


# What lies on which ground: words, lines and marks; and letters that lie on marks.
WORDS = [COLOURS[name] for name in "fiogzrch"] + [style.INK, style.SOFT_INK, style.NOTE]
LINES = {*COLOURS.values(), *style.NETWORK_COLOURS.values(), *style.LIBRARY_COLOURS.values()}
LINES |= {*style.OTHERS}
MARKS = [COLOURS[name] for name in "fiogzrch"]


def linear(colour):
    """Return how much red, green and blue light a colour sends, from 0 to 1."""
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in to_rgb(colour)]


def contrast(one, other):
    """Return the contrast of two colours, as WCAG counts it: from 1 to 21."""

    def brightness(colour):
        parts = linear(colour)
        return sum(
            weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def both(*colours):
    """Return colours as they are, and their counterparts on a dark page."""
    return [colours, [style.DARK[colour] for colour in colours]]


def test_contrast_is_that_of_wcag():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", WORDS)
def test_words_have_contrast_to_their_ground_in_light_and_in_dark(colour):
    for word, ground in both(colour, style.GROUND):
        assert contrast(word, ground) >= 4.5


@pytest.mark.parametrize("colour", sorted(LINES))
def test_lines_have_contrast_to_their_ground_in_light_and_in_dark(colour):
    for line, ground in both(colour, style.GROUND):
        assert contrast(line, ground) >= 3


@pytest.mark.parametrize("colour", MARKS)
def test_letters_on_marks_have_contrast_in_light_and_in_dark(colour):
    for letter, mark in both(style.ON_DARK, colour):
        assert contrast(letter, mark) >= 4.5


@pytest.mark.parametrize("name", style.MAPS)
def test_a_colour_map_rises_from_its_ground_in_light_and_in_dark(name):
    for colours, ground in zip(style.MAPS[name], both(style.GROUND), strict=True):
        away = [contrast(colours(level), ground[0]) for level in (0.5, 1.0) if name != "real steps"]
        assert away == sorted(away)
        assert contrast(colours(1.0), ground[0]) >= 3


def test_every_colour_of_the_style_has_a_counterpart_and_no_two_things_share_one():
    named = {
        value
        for name, value in vars(style).items()
        if name.isupper() and isinstance(value, str) and value.startswith("#")
    }
    assert named | LINES <= set(style.DARK)
    assert {to_hex(colour) for colour in style.DARK} == {colour.lower() for colour in style.DARK}


def as_seen(colour, lacking):
    """Return a colour as somebody without one kind of cone sees it (Viénot 1999), as light."""
    rgb = linear(colour)
    seen = {
        "green": [[0.2925, 0.7075, 0.0], [0.2925, 0.7075, 0.0], [-0.0223, 0.0223, 1.0]],
        "red": [[0.1124, 0.8876, 0.0], [0.1124, 0.8876, 0.0], [0.0040, -0.0040, 1.0]],
    }[lacking]
    return [sum(a * b for a, b in zip(row, rgb, strict=True)) for row in seen]


@pytest.mark.parametrize("lacking", ["red", "green"])
def test_what_is_compared_by_colour_differs_for_the_colour_blind(lacking):
    pairs = [(style.FOR, style.AGAINST), ("LSTM", "GRU"), ("RNN", "GRU"), ("f", "o"), ("i", "o")]
    for pair in pairs:
        codes = [COLOURS.get(name, name) for name in pair]
        for one, other in both(*codes):
            a, b = as_seen(one, lacking), as_seen(other, lacking)
            assert max(abs(x - y) for x, y in zip(a, b, strict=True)) > 0.1, pair
