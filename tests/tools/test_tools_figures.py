"""Drawings for light pages and dark ones: without paper, in known colours, legible letters."""

import base64
import io
import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from PIL import Image

import chapters
import figures
from unrolled.plots import COLOURS, use_course_style
from unrolled.plots.notebook import drawing
from unrolled.plots.style import DARK, GROUND, SHARES

PHONE = 390  # pixels; there a figure spans the screen
MOST_IN_A_NOTEBOOK = 1_000_000  # bytes


@pytest.fixture
def svg():
    """Return a drawing with a line, a note on a sheet of its own, and a heat map."""
    use_course_style()
    left, right = plt.figure(figsize=(7, 3)).subplots(1, 2)
    left.plot([0, 1], color=COLOURS["f"])
    left.text(0.5, 0.5, "note", bbox={"facecolor": GROUND, "edgecolor": "none", "pad": 1})
    right.imshow([[0.0, 0.5], [0.8, 1.0]], cmap=SHARES, vmin=0, vmax=1)
    return drawing(left.figure)


def stored():
    """Return all figures of the stored chapters, each with a name."""
    found = {}
    for chapter in chapters.find_chapters():
        cells = chapters.code_cells(chapters.read_stored(chapter))
        outputs = [output.get("data", {}) for cell in cells for output in cell.outputs]
        drawn = [data for data in outputs if any(kind.startswith("image/") for kind in data)]
        for number, data in enumerate(drawn, 1):
            found[f"{chapters.relative(chapter)} {number}"] = data
    return found


STORED = stored()


def test_a_page_shows_through_a_drawing_but_not_through_its_notes(svg):
    sheets = re.findall(rf'd="([^"]+)" style="fill: {GROUND.lower()}"', svg)
    left = re.findall(r'd="([^"]+)" style="fill: #ffffff"', figures.for_light(svg))
    assert len(sheets) == 4  # the figure, two panels, the note
    assert left == sheets[-1:] or len(left) == 1


def test_on_a_dark_page_every_colour_is_its_counterpart(svg):
    table = figures.counterparts()
    dark = figures.colours_of(figures.for_dark(svg))
    assert dark <= set(table.values())
    assert DARK[COLOURS["f"]].lower() in dark
    assert COLOURS["f"].lower() not in dark


def test_the_numbers_of_a_heat_map_keep_their_places(svg):
    before, after = (
        figures.pixels_of(figures.PIXELS.search(one)[0]) for one in (svg, figures.for_dark(svg))
    )
    assert before.shape == after.shape
    assert len(np.unique(before.reshape(-1, 4), axis=0)) == len(
        np.unique(after.reshape(-1, 4), axis=0)
    )


def test_pixels_of_another_colour_stay_and_their_opacity_too():
    picture = np.array([[[1, 2, 3, 40], [184, 78, 0, 90]]], dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    told = base64.b64encode(file.getvalue()).decode()
    changed = figures.pixels_of(figures.recoloured(told, {"#b84e00": "#f08a4b"}))
    assert changed.tolist() == [[[1, 2, 3, 40], [240, 138, 75, 90]]]


def test_the_smallest_letters_decide_how_narrow_a_drawing_may_be():
    svg = '<svg width="300pt" height="75pt"><g transform="translate(1 2) scale(0.12 -0.12)">'
    assert figures.size_of(svg) == (400, 100)
    assert figures.smallest_text(svg) == pytest.approx(16)
    assert figures.least_width(svg) == 225  # 9 of 16, of 400
    assert figures.smallest_text("<svg>") == float("inf")


def test_a_page_gets_both_drawings_lazy_and_with_their_place(svg, tmp_path):
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "x.svg").write_text(svg, encoding="utf-8")
    page = '<img alt="A &gt; line" class="a b" src="_images/x.svg" /> <img src="y.svg">'
    both = figures.with_both_lights(page, tmp_path)
    for light in ("light", "dark"):
        assert f'class="only-{light}"' in both
        assert f'src="_images/x-{light}.svg"' in both
        assert (tmp_path / "_images" / f"x-{light}.svg").exists()
    assert both.count('loading="lazy"') == both.count('alt="A &gt; line"') == 2
    assert both.endswith(' <img src="y.svg">')
    assert figures.with_both_lights(both, tmp_path) == both  # a page that was built before


def test_a_still_picture_has_a_dark_twin_in_the_colours_of_the_style_sheet(tmp_path):
    (tmp_path / "live.css").write_text(
        ".a {\n  --live-ground: #fcfcfa;\n  --live-f: #b84e00;\n}\n"
        ".b {\n  --live-ground: #1b2227;\n  --live-f: #f08a4b;\n}\n",
        encoding="utf-8",
    )
    still = '<svg viewBox="0 0 640 99"><text style="fill: {}; font-size: 12px">f</text></svg>'
    (tmp_path / "x.svg").write_text(still.format("rgb(184, 78, 0)"), encoding="utf-8")
    figures.write_dark_stills(tmp_path, tmp_path / "out")
    dark = (tmp_path / "out" / "x-dark.svg").read_text(encoding="utf-8")
    assert dark == still.format("rgba(240, 138, 75, 1)")
    assert figures.least_width_of_still(dark) == 480  # 9 of 12, of 640


def test_every_colour_of_the_still_pictures_has_a_counterpart():
    folder = chapters.BOOK / "_static" / "live"
    css = (folder / "live.css").read_text(encoding="utf-8")
    light, _ = (
        dict(figures.LIVE_COLOUR.findall(rule)) for rule in figures.LIVE_PALETTE.findall(css)
    )
    known = {figures.hex_to_rgb(code) for code in light.values()} | {(0, 0, 0)}
    for still in folder.glob("*.svg"):
        told = re.findall(r"rgb\((\d+), (\d+), (\d+)\)", still.read_text(encoding="utf-8"))
        assert {tuple(map(int, colour)) for colour in told} <= known, still.name


def test_figures_that_no_page_shows_are_deleted(tmp_path):
    (tmp_path / "_images").mkdir()
    for name in ("shown-light.svg", "shown.svg", "old.png"):
        (tmp_path / "_images" / name).touch()
    figures.remove_unshown(tmp_path, ['<img src="../_images/shown-light.svg">'])
    assert [path.name for path in (tmp_path / "_images").glob("*")] == ["shown-light.svg"]


@pytest.mark.parametrize("name", STORED)
def test_a_stored_figure_is_a_drawing_in_the_courses_colours_that_a_phone_shows_well(name):
    assert "image/png" not in STORED[name], f"{name}: execute the chapter, so that it is SVG"
    svg = STORED[name]["image/svg+xml"]
    unknown = figures.colours_of(svg) - set(figures.counterparts())
    assert unknown == set(), f"give {unknown} a counterpart in unrolled.plots.style.DARK"
    assert figures.least_width(svg) <= PHONE + 1, (
        f"on a phone its smallest letters have less than {figures.LEAST_TEXT} pixels"
    )


def test_no_notebook_is_larger_than_a_megabyte():
    sizes = {chapter.stem: chapters.stored_path(chapter) for chapter in chapters.find_chapters()}
    large = {name: path.stat().st_size for name, path in sizes.items()}
    assert {name: size for name, size in large.items() if size >= MOST_IN_A_NOTEBOOK} == {}


def test_every_stored_notebook_is_read_by_nbformat():
    for chapter in chapters.find_chapters():
        nbformat.validate(chapters.read_stored(chapter))
