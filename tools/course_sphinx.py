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
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective

from addresses import whole, write_map
from code_links import with_links
from course_folds import fold_answers, name_folds, runtimes, with_minutes
from course_map import CourseMap, Route
from figures import (
    least_width_of_still,
    remove_unshown,
    with_both_lights,
    write_dark_stills,
)
from from_disk import write_scripts
from glossary_links import link_terms
from light_files import keep_shown_icons, with_lazy_figures
from light_or_dark import in_its_light
from mathematics import formulas_of, typeset_with_known, with_formulas, write_sheet
from page_scripts import Scripts, with_joined_scripts
from previews import with_previews
from reference_pages import Names, give_words_back, list_names, names
from site_search import write_search
from source_pages import add_undocumented, dress, find_source, package
from style_sheets import Sheets, with_own_style
from tables import with_tables

# What other extensions write, and screen readers cannot use: a name that hides the visible prompt,
# a role that ARIA has withdrawn, and the empty corner of a table as the header of nothing.
REPLACED = {
    ' aria-label="Toggle hidden content"': "",
    'role="doc-biblioentry"': 'role="listitem"',
    '<th class="head"><p></p></th>': "<td></td>",
    # ids that stand more than once on a page
    ' id="exercise-content"': "",
    ' id="solution-content"': "",
    # on paper a fold is open, and its line is its name
    ' admonition-title">Show ': ' admonition-title"><span class="d-print-none">Show </span>',
}
# What is said of a page to those who share it, and holds an address, whole where the site has one.
NEEDS_ADDRESS = r'<meta property="og:(?:url|image)[^>]*>\n?'
# What the theme loads and no page of ours needs: icons drawn by a script of 1.6 MB (the font beside
# it draws the same ones), and fonts ahead of time, which a browser refuses from a disk.
UNUSED = (
    r"\s*<script [^>]*fontawesome[^>]*></script>",
    r'\s*<link rel="preload" as="font"[^>]*>',
)
# The theme's button that opens a page's own pages in the contents has no name.
NAMELESS = '<summary><span class="toctree-toggle"'
NAMED = NAMELESS.replace("<summary>", '<summary aria-label="Its pages">')
# What the theme writes into a page around our text, and not every reader can use.
MENDED = {
    NAMELESS: NAMED,
    # the search field, on the search page once more beside the one that pops up
    ' id="search-input"': "",
    # the contents and the name of the course, in no landmark
    '<div class="bd-sidebar-primary': (
        '<div role="region" aria-label="Course" class="bd-sidebar-primary'
    ),
    # a button whose name is not what it shows
    'search-button-field search-button__button" title="Search" aria-label="Search"': (
        'search-button-field search-button__button" title="Search"'
    ),
}
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
        app.add_js_file("live/mount.js", onerror=NO_FIGURES)


def write_figures(app):
    """Put the live figures as classic scripts beside their modules."""
    if app.builder.format == "html":
        folder = Path("_static") / "live"
        write_scripts(Path(app.srcdir) / folder, Path(app.outdir) / folder)
        write_dark_stills(Path(app.srcdir) / folder, Path(app.outdir) / folder)


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


def mended(page):
    """Return a page of HTML without the theme's faults."""
    for old, new in MENDED.items():
        page = page.replace(old, new)
    return page


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
    for path, page in pages.items():
        name = path.relative_to(site).with_suffix("").as_posix()
        way = way_to_static(path, site)
        page = mended(in_its_light(page))
        notebook = take_home(app.srcdir, name, site)
        page = with_minutes(page, seconds.get(name), notebook and f"{way}/{notebook}")
        page = with_both_lights(with_formulas(page, formulas, way), path.parent)
        page = with_tables(with_lazy_figures(page, path.parent))
        pages[path] = with_links(page, package(), "../" * name.count("/"))
    pages = with_previews(pages, site)
    sheets, scripts = Sheets(static), Scripts(static)
    for path, page in pages.items():
        way = way_to_static(path, site)
        page = with_joined_scripts(lighter(page), scripts, way)
        path.write_text(with_own_style(page, sheets, way), encoding="utf-8")
    remove_unshown(site, pages.values())
    write_search(site)
    write_map(site, app.config.html_baseurl)


def way_to_static(path, site):
    """Return the way from a page of the site to its static files, as `../_static`."""
    return "../" * (len(path.relative_to(site).parts) - 1) + "_static"


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
    """Take the site's own address from SITE_URL, else from _config.yml; pages then name it."""
    try:
        address = whole(os.environ.get("SITE_URL") or config.html_baseurl or "")
    except ValueError as error:
        raise ConfigError(str(error)) from error
    config.html_baseurl = config.ogp_site_url = address


def setup(app):
    """Join the build."""
    app.add_directive("records", Records)
    app.add_directive("course-map", CourseMap)
    app.add_directive("route", Route)
    app.add_node(live, html=(visit_live, depart_live))
    app.add_directive("live", Live)
    app.add_node(names)
    app.add_directive("names", Names)
    app.connect("doctree-resolved", list_names)
    app.connect("autodoc-process-docstring", give_words_back, priority=600)  # after napoleon's
    app.connect("builder-inited", write_figures)
    app.connect("builder-inited", search_by_ourselves)
    app.connect("html-page-context", load_scripts)
    app.connect("config-inited", set_address)
    app.connect("html-page-context", mend_markup)
    app.connect("viewcode-find-source", find_source)
    app.connect("env-updated", add_undocumented)
    app.connect("html-page-context", dress)
    app.connect("doctree-read", name_folds)
    app.connect("doctree-read", fold_answers)
    app.connect("doctree-read", link_terms)
    app.connect("doctree-read", keep_per_cent)
    app.connect("build-finished", finish_pages, priority=900)  # after the theme's colours of code
    safe = {"parallel_read_safe": True, "parallel_write_safe": True}
    # Raise the second where pages must be read anew: what is changed as they are read has changed.
    return {"version": "1", "env_version": 1, **safe}
