"""The place of a figure that moves: the block `{live}` of a chapter, and what a page loads for it.

Part of the Sphinx extension `course_sphinx`.
"""

import re
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from figures import least_width_of_still, write_dark_stills
from from_disk import write_scripts

# Without the script that puts figures in place, their still pictures take no more than they need.
NO_FIGURES = "document.documentElement.dataset.live = 'failed'"


class live(nodes.General, nodes.Element):
    """A figure that moves; its children are the caption."""


def heights(argument):
    """Return a figure's heights in pixels, in a wide page and on a phone, of one number or two."""
    found = [directives.nonnegative_int(number) for number in (argument or "").split()]
    if len(found) not in (1, 2):
        raise ValueError("give the height in a wide page, and after a space that on a phone")
    return found[0], found[-1]


class Live(SphinxDirective):
    """A figure that moves: its name, ``:alt:`` for the still picture, ``:height:``; a caption.

    The height is that of the figure as it begins, in pixels: `674 816` in a wide page and on a
    phone. The page keeps that place, so that nothing moves when the figure comes.
    """

    required_arguments = 1
    option_spec: ClassVar = {
        "alt": directives.unchanged_required,
        "height": heights,
    }
    has_content = True

    def run(self):
        """Return the figure's node."""
        name = self.arguments[0]
        folder = Path(self.env.srcdir) / "_static" / "live"
        for kind in ("mjs", "svg"):
            self.env.note_dependency(str(folder / f"{name}.{kind}"))
            if not (folder / f"{name}.{kind}").is_file():
                raise self.error(f"The live figure {name!r} needs the file {name}.{kind}.")
        if "alt" not in self.options:
            raise self.error(f"Give the live figure {name!r} an :alt: for its still picture.")
        height = self.options.get("height", (360, 360))
        node = live(name=name, alt=self.options["alt"], height=height)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def visit_live(self, node):
    """Write the place of a live figure: its still picture and a sentence, until it moves."""
    static = "../" * self.builder.current_docname.count("/") + "_static/live/"
    name, alt = node["name"], self.attval(node["alt"])
    picture = Path(self.builder.srcdir) / "_static" / "live" / f"{name}.svg"
    width, height = drawn_size(picture)
    least = least_width_of_still(picture.read_text(encoding="utf-8"))
    stills = "".join(
        f'<img class="live-still only-{light}" src="{static}{name}{end}.svg" alt="{alt}" '
        f'width="{width}" height="{height}" loading="lazy">'
        for light, end in (("light", ""), ("dark", "-dark"))
    )
    wide, narrow = node["height"]
    self.body.append(
        f'<figure class="live" id="live-{name}" data-live="{name}">'
        f'<div class="live-stage" style="--live-wide: {wide}px; --live-narrow: {narrow}px">'
        f'<span class="live-stills" style="--least: {least}px">{stills}</span>'
        '<p class="live-still-note">This figure moves where JavaScript runs. '
        "Here it stands as it begins.</p></div><figcaption>"
    )


def drawn_size(picture):
    """Return the width and height of an SVG, so that a page keeps its place before it loads."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.read_text(encoding="utf-8"))
    return round(float(box[1])), round(float(box[2]))


def depart_live(self, node):
    """Close the figure."""
    self.body.append("</figcaption></figure>")


def load_scripts(app, pagename, templatename, context, doctree):
    """Load the script of live figures where there are some."""
    if doctree is not None and next(doctree.findall(live), None) is not None:
        app.add_js_file("live/mount.js", defer="defer", onerror=NO_FIGURES)


def write_figures(app):
    """Put the live figures as classic scripts beside their modules."""
    if app.builder.format == "html":
        folder = Path("_static") / "live"
        write_scripts(Path(app.srcdir) / folder, Path(app.outdir) / folder)
        write_dark_stills(Path(app.srcdir) / folder, Path(app.outdir) / folder)
