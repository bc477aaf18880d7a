"""The figures of the built site: each drawing in two files, for a light page and for a dark one.

matplotlib's drawings stand on paper of their own, for notebooks. The site shows them on the page's
ground: once in the colours of the course, once in their counterparts (`unrolled.plots.style.DARK`).
"""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib.colors import to_hex
from PIL import Image

from unrolled.plots import style
from unrolled.plots.strokes import pale

#: The smallest letters of a figure on a page, in pixels, however narrow the screen.
LEAST_TEXT = 9
#: What a page puts behind its figures where it is light; the dark ground is the style's.
LIGHT_GROUND = "#ffffff"

COLOUR = re.compile(r"\b(fill|stroke): (#[0-9a-f]{6})\b")
#: The sheet under a figure, and under each of its panels.
SHEETS = re.compile(
    r'(<g id="(?:figure|axes)_\d+">\s*)<g id="patch_\d+">\s*<path d="[^"]*" style="fill: '
    + style.GROUND.lower()
    + r'"/>\s*</g>'
)
PIXELS = re.compile(r'(?<=xlink:href="data:image/png;base64,)[^"]+')
LETTERS = re.compile(r"scale\((0\.\d+) -0\.\d+\)")  # of outlines that are 100 points high
# Of live figures: the two palettes of their style sheet, and the colours and letters of a still.
LIVE_PALETTE = re.compile(r"\{([^{}]*--live-ground: #[^{}]*)\}")
LIVE_COLOUR = re.compile(r"--live-(\w+): (#[0-9a-f]{6})")
STILL_COLOUR = re.compile(r"(rgb\(|color\(srgb )([\d., ]*\d)(?: / ([\d.]+))?\)")
STILL_LETTERS = re.compile(r'<text [^>]*?font-size(?:: |=")([\d.]+)px')
SIZE = re.compile(r'<svg [^>]*width="([\d.]+)pt" height="([\d.]+)pt"')
SHOWN = re.compile(r'_images/([^"?]+)')
FIGURE = re.compile(r'<img (?![^>]*loading=)([^>]*?)src="((?:\.\./)*_images/[^"]+)\.svg"([^>]*)>')


@cache
def counterparts() -> dict[str, str]:
    """Return for each colour that a figure may have, as a hex code, the one of a dark page."""
    table = {to_hex(one).lower(): other.lower() for one, other in style.DARK.items()}
    body = np.array(hex_to_rgb(style.DARK[style.BODY]))
    for one, other in list(table.items()):
        mixed = 0.2 * np.array(hex_to_rgb(other)) + 0.8 * body
        table.setdefault(to_hex(pale(one)), to_hex(mixed / 255))
    for light, dark in style.MAPS.values():
        for level in range(light.N):
            table.setdefault(to_hex(light(level)), to_hex(dark(level)))
            pixel = np.array(light(level, bytes=True)) / 255  # cut, not rounded
            table.setdefault(to_hex(pixel), to_hex(dark(level)))
    return table


def hex_to_rgb(code: str) -> tuple[int, int, int]:
    """Return the three numbers of a colour, from 0 to 255."""
    return tuple(int(code[place : place + 2], 16) for place in (1, 3, 5))


def for_light(svg: str) -> str:
    """Return a drawing for a light page: without the paper under it."""
    return with_colours(without_paper(svg), {style.GROUND.lower(): LIGHT_GROUND})


def for_dark(svg: str) -> str:
    """Return a drawing for a dark page: without the paper, each colour as its counterpart."""
    return with_colours(without_paper(svg), counterparts())


def without_paper(svg: str) -> str:
    """Return a drawing without the sheets under it and its panels, so that the page shows."""
    return SHEETS.sub(r"\1", svg)


def with_colours(svg: str, table: dict[str, str]) -> str:
    """Return a drawing in other colours, those of its pixels too; what is not told stays."""
    svg = COLOUR.sub(lambda one: f"{one[1]}: {table.get(one[2], one[2])}", svg)
    return PIXELS.sub(lambda pixels: recoloured(pixels[0], table), svg)


def recoloured(pixels: str, table: dict[str, str]) -> str:
    """Return a PNG in base64 with other colours, as clear as they were."""
    values = pixels_of(pixels)
    changed = values.copy()
    for colour in np.unique(values[..., :3].reshape(-1, 3), axis=0):
        code = "#{:02x}{:02x}{:02x}".format(*colour)
        if code in table:
            changed[(values[..., :3] == colour).all(axis=-1), :3] = hex_to_rgb(table[code])
    file = io.BytesIO()
    Image.fromarray(changed).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


def pixels_of(pixels: str) -> np.ndarray:
    """Return the pixels of a PNG in base64: height, width, and red, green, blue, opacity."""
    return np.array(Image.open(io.BytesIO(base64.b64decode(pixels))).convert("RGBA"))


def colours_of(svg: str) -> set[str]:
    """Return all colours of a drawing as hex codes: of its lines, words, faces and pixels."""
    found = {colour for _, colour in COLOUR.findall(svg)}
    for pixels in PIXELS.findall(svg):
        values = pixels_of(pixels)
        seen = values[values[..., 3] > 0][:, :3]
        found |= {"#{:02x}{:02x}{:02x}".format(*one) for one in np.unique(seen, axis=0)}
    return found


def size_of(svg: str) -> tuple[float, float]:
    """Return the width and height of a drawing in the pixels of a style sheet."""
    width, height = SIZE.search(svg).groups()
    return float(width) * 4 / 3, float(height) * 4 / 3


def smallest_text(svg: str) -> float:
    """Return how high the smallest letters of a drawing are in its own pixels; without any, inf.

    What is raised or lowered within a formula counts as its line does.
    """
    return min((400 / 3 * float(scale) for scale in LETTERS.findall(svg)), default=math.inf)


def least_width(svg: str) -> int:
    """Return how narrow a drawing may be shown, in pixels, so that its letters can be read."""
    return math.ceil(size_of(svg)[0] * LEAST_TEXT / smallest_text(svg))


def write_dark_stills(source: Path, target: Path) -> None:
    """Write NAME-dark.svg of each live figure's still picture, in the dark colours of live.css."""
    css = (source / "live.css").read_text(encoding="utf-8")
    light, dark = (dict(LIVE_COLOUR.findall(rule)) for rule in LIVE_PALETTE.findall(css))
    table = {hex_to_rgb(light[name]): hex_to_rgb(dark[name]) for name in light}

    def counterpart(match: re.Match[str]) -> str:
        part = 255 if match[1] == "color(srgb " else 1
        colour = tuple(round(part * float(number)) for number in re.split(r",? ", match[2]))
        return f"rgba({', '.join(map(str, table.get(colour, colour)))}, {match[3] or 1})"

    target.mkdir(parents=True, exist_ok=True)
    for still in sorted(source.glob("*.svg")):
        drawn = STILL_COLOUR.sub(counterpart, still.read_text(encoding="utf-8"))
        (target / f"{still.stem}-dark.svg").write_text(drawn, encoding="utf-8")


def least_width_of_still(svg: str) -> int:
    """Return how narrow a live figure's still picture may be shown, so that it can be read."""
    letters = min(float(size) for size in STILL_LETTERS.findall(svg))
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    return math.ceil(width * LEAST_TEXT / letters)


def with_both_lights(page: str, folder: Path) -> str:
    """Return a page whose drawings stand there twice, for light and dark; write the files.

    ``folder`` is where the page lies. Only one of the two shows, and loads, when it comes near.
    """

    def both(match: re.Match[str]) -> str:
        source = match[2]
        before, after = (re.sub(r'class="[^"]*" ?', "", match[part]) for part in (1, 3))
        svg = (folder / f"{source}.svg").read_text(encoding="utf-8")
        width, height = size_of(svg)
        place = f'width="{width:.0f}" height="{height:.0f}" loading="lazy"'
        widths = f"--own: {width:.0f}px; --least: {least_width(svg)}px"
        room = f'<span class="drawing" style="{widths}"><span>'
        for light, drawn in (("light", for_light(svg)), ("dark", for_dark(svg))):
            file = f"{source}-{light}.svg"
            (folder / file).write_text(drawn, encoding="utf-8")
            room += f'<img class="only-{light}" {place} {before}src="{file}"{after}>'
        return f"{room}</span></span>"

    return FIGURE.sub(both, page)


def remove_unshown(site: Path, pages: Iterable[str]) -> None:
    """Delete what no page shows from the folder of figures: as matplotlib drew them, and old ones.

    ``pages`` are all pages of the site, as they are finished.
    """
    shown = {name for page in pages for name in SHOWN.findall(page)}
    for path in (site / "_images").glob("*"):
        if path.name not in shown:
            path.unlink()
