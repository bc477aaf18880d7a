"""How a figure is stored in a notebook: as a drawing, small, and the same bytes at every run."""

import io
import re
import sys

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

#: What a drawing would tell of the day and the program that made it.
UNSTAMPED = dict.fromkeys(("Creator", "Date", "Format", "Type"))
#: Dots an inch of what is stored as pixels within a drawing.
DOTS = 220
#: A path with more letters is a noisy curve, of which a tenth of a point is enough.
LONG = 4000

_NUMBER = re.compile(r"-?\d+\.\d+")
_PLACE = re.compile(r' [xy]="[^"]+"|translate\([^)]+\)')
_PATH = re.compile(r' d="([^"]+)"')
_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")


def draw_in_notebooks():
    """Let the notebook that runs, if one does, show figures as SVG; elsewhere nothing changes."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if shell is None or "inline" not in plt.get_backend():
        return
    # The backend chooses its formats when it is loaded: load it before ours.
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg")
    shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, drawing)


def drawing(figure):
    """Return a figure as SVG, cropped to what is drawn; None where nothing is.

    Parameters
    ----------
    figure : matplotlib Figure

    Returns
    -------
    str or None
    """
    if not figure.axes and not figure.lines:
        return None
    file = io.BytesIO()
    look = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor()}
    frame = {"bbox_inches": "tight", "pad_inches": 0.02, "dpi": DOTS}
    figure.canvas.print_figure(file, format="svg", metadata=UNSTAMPED, **look, **frame)
    return compact(file.getvalue().decode("utf-8"))


def compact(svg):
    """Return an SVG of matplotlib's in a third of its length: a hundredth of a point is enough."""
    svg = _PATH.sub(lambda path: f' d="{_shorter(path[1])}"', svg)
    svg = _PLACE.sub(lambda place: _NUMBER.sub(lambda one: _rounded(one[0]), place[0]), svg)
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*\n\s*", "\n", svg)
    return re.sub(r"(?<=>)\n(?=</|<defs|<path|<use)", "", svg)


def _shorter(path):
    """Return the data of a path on one line, without commands that repeat the one before."""
    told, last = [], ""
    digits = 2 if len(path) < LONG else 1
    for command, numbers in _COMMAND.findall(path):
        numbers = " ".join(_rounded(number, digits) for number in numbers.split())
        told.append(numbers if command == last and command != "M" else command + numbers)
        last = command
    return " ".join(told)


def _rounded(number, digits=2):
    """Return a number as it stands in a drawing, shorter; whole numbers stay as they are."""
    if "." not in number:
        return number
    return f"{round(float(number), digits) + 0:.{digits}f}".rstrip("0").rstrip(".")
