"""A small Sphinx extension of the book: folds, records, figures that move, lighter pages."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from course_folds import fold_answers, name_folds, runtimes, with_minutes
from course_map import CourseMap, Route
from from_disk import write_scripts
from light_files import keep_shown_icons, with_lazy_figures
from mathematics import formulas_of, typeset_with_known, with_formulas, write_sheet
from page_scripts import Scripts, with_joined_scripts
from site_search import write_search
from style_sheets import Sheets, with_own_style

# What other extensions write, and screen readers cannot use: a name that hides the visible prompt,
# a role that ARIA has withdrawn, and the empty corner of a table as the header of nothing.
REPLACED = {
    ' aria-label="Toggle hidden content"': "",
    'role="doc-biblioentry"': 'role="listitem"',
    '<th class="head"><p></p></th>': "<td></td>",
    # ids that stand more than once on a page
    ' id="exercise-content"': "",
    ' id="solution-content"': "",
}
# What is said of a page to those who share it, and holds an address, whole where the site has one.
NEEDS_ADDRESS = r'<meta property="og:(?:url|image)[^>]*>\n?'
# What the theme loads and no page of ours needs: icons drawn by a script of 1.6 MB (the font beside
# it draws the same ones), and fonts ahead of time, which a browser refuses from a disk.
UNUSED = (
    r"\s*<script [^>]*fontawesome[^>]*></script>",
    r'\s*<link rel="preload" as="font"[^>]*>',
)
# The theme's script chooses light or dark from what was stored, on a first visit nothing: a page in
# neither. Ours looks at what the reader's system prefers, before a style sheet is read.
THEMES_LIGHT = r'<script data-cfasync="false">.*?</script>'
LIGHT = """<meta name="color-scheme" content="light dark">
  <script>
    {
      const { dataset } = document.documentElement;
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      dataset.mode = localStorage.getItem("mode") || "auto";
      dataset.theme = dataset.mode === "auto" ? (dark ? "dark" : "light") : dataset.mode;
    }
  </script>"""
# The theme's button that opens a page's own pages in the contents has no name.
NAMELESS = '<summary><span class="toctree-toggle"'
NAMED = NAMELESS.replace("<summary>", '<summary aria-label="Its pages">')
# The theme's search field, on the search page once more beside the one that pops up.
FIELDS_ID = ' id="search-input"'
# Without the script that puts figures in place, their still pictures take no more than they need.
NO_FIGURES = "document.documentElement.dataset.live = 'failed'"
# A script of the head that holds up the page. Lines within the head need the one that is left out.
BLOCKING = r'<script (?=[^>]*src=)(?![^>]*(?:defer|type="module"|documentation_options))'


def keep_per_cent(app, doctree):
    """Tie each per cent sign to its number, so that no line begins with it."""
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, (nodes.literal, nodes.literal_block, nodes.raw)):
            tied = re.sub(r"(?<=\d) (?=%)", "\u00a0", text)
            if tied != text:
                text.parent.replace(text, nodes.Text(tied))


def mend_markup(app, pagename, templatename, context, doctree):
    """Take out of a finished page what screen readers cannot use, and addresses without a site."""
    for old, new in REPLACED.items():
        context["body"] = context.get("body", "").replace(old, new)
    if not app.config.html_baseurl:
        context["metatags"] = re.sub(NEEDS_ADDRESS, "", context.get("metatags", ""))


class Records(SphinxDirective):
    """The table of all recorded experiments, read from the records themselves."""

    def run(self):
        """Return the table."""
        from unrolled.experiments.registry import find, modules

        folder = Path(self.env.doc2path(self.env.docname)).parents[1] / "results"
        columns = ["Record", "It asks", "Runs", "Seeds", "Time", "Code"]
        lines = [table_line(columns), table_line(["---"] * len(columns))]
        for name in sorted(modules()):
            path = folder / f"{name}.json"
            self.env.note_dependency(str(path))
            if path.exists():
                lines.append(record_row(find(name), json.loads(path.read_text(encoding="utf-8"))))
        table = nodes.Element()
        self.state.nested_parse(StringList(lines, source="records"), 0, table)
        return table.children


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
    width, height = drawn_size(Path(self.builder.srcdir) / "_static" / "live" / f"{name}.svg")
    wide, narrow = node["height"]
    self.body.append(
        f'<figure class="live" id="live-{name}" data-live="{name}">'
        f'<div class="live-stage" style="--live-wide: {wide}px; --live-narrow: {narrow}px">'
        f'<img class="live-still" src="{static}{name}.svg" alt="{alt}" '
        f'width="{width}" height="{height}" loading="lazy">'
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
        app.add_js_file("live/mount.js", onerror=NO_FIGURES)


def write_figures(app):
    """Put the live figures as classic scripts beside their modules."""
    if app.builder.format == "html":
        folder = Path("_static") / "live"
        write_scripts(Path(app.srcdir) / folder, Path(app.outdir) / folder)


def record_row(experiment, known):
    """Return one line of the table of records, in Markdown."""
    seconds = known["seconds"]
    time = f"{seconds / 60:.0f}\u00a0min" if seconds >= 90 else f"{seconds:.0f}\u00a0s"
    commit = known["code"]["commit"]
    cells = [
        f"`{experiment.name}`",
        experiment.question,
        str(len(experiment.grid())),
        str(len(known["seeds"])),
        time,
        f"`{commit[:7]}{'+' * commit.endswith('+')}`",
    ]
    return table_line(cells)


def table_line(cells):
    """Return one line of a table in Markdown."""
    return "| " + " | ".join(cells) + " |"


def lighter(page):
    """Return a page of HTML that loads only what it shows, and its scripts after its text."""
    head, end, rest = page.partition("</head>")
    if not end:
        return page
    for pattern in UNUSED:
        head = re.sub(pattern, "", head)
    return re.sub(BLOCKING, "<script defer ", head) + end + rest


def in_its_light(page):
    """Return a page of HTML that is light or dark from its first paint, as its reader is."""
    page = re.sub(r'(<html [^>]*?) data-theme="auto"', r"\1", page)
    return re.sub(THEMES_LIGHT, LIGHT, page, flags=re.DOTALL)


def finish_pages(app, exception):
    """Rewrite what is built, and make it searchable."""
    if exception is not None or app.builder.format != "html":
        return
    seconds, site = runtimes(app.srcdir), Path(app.outdir)
    static = site / "_static"
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    found = [formula for page in pages.values() for formula in formulas_of(page)]
    formulas, css = typeset_with_known(found, Path(app.doctreedir) / "mathematics.json")
    write_sheet(css, static)
    keep_shown_icons(site, pages.values())
    sheets, scripts = Sheets(static), Scripts(static)
    for path, page in pages.items():
        name = path.relative_to(site).with_suffix("").as_posix()
        way = "../" * name.count("/") + "_static"
        page = in_its_light(page).replace(FIELDS_ID, "").replace(NAMELESS, NAMED)
        notebook = take_home(app.srcdir, name, site)
        page = with_minutes(page, seconds.get(name), notebook and f"{way}/{notebook}")
        page = with_lazy_figures(with_formulas(page, formulas, way), path.parent)
        page = with_joined_scripts(lighter(page), scripts, way)
        path.write_text(with_own_style(page, sheets, way), encoding="utf-8")
    write_search(site)


def search_by_ourselves(app):
    """Build no index for Sphinx's search: `site_search` takes its place, on a page of its own."""
    app.builder.search = False


def take_home(book, name, site):
    """Copy a page's executed notebook into the site; return its way from `_static`, if any."""
    stored = Path(book) / f"{name}.ipynb"
    if not stored.exists():
        return ""
    kept = Path("notebooks") / f"{name.replace('/', '-')}.ipynb"
    (site / "_static" / kept).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(stored, site / "_static" / kept)
    return kept.as_posix()


def set_address(app, config):
    """Take the site's own address from SITE_URL, where it is published; pages then name it."""
    address = os.environ.get("SITE_URL", "")
    config.html_baseurl = config.ogp_site_url = f"{address.rstrip('/')}/" if address else ""


def setup(app):
    """Join the build."""
    app.add_directive("records", Records)
    app.add_directive("course-map", CourseMap)
    app.add_directive("route", Route)
    app.add_node(live, html=(visit_live, depart_live))
    app.add_directive("live", Live)
    app.connect("builder-inited", write_figures)
    app.connect("builder-inited", search_by_ourselves)
    app.connect("html-page-context", load_scripts)
    app.connect("config-inited", set_address)
    app.connect("html-page-context", mend_markup)
    app.connect("doctree-read", name_folds)
    app.connect("doctree-read", fold_answers)
    app.connect("doctree-read", keep_per_cent)
    app.connect("build-finished", finish_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
