"""The course's Sphinx extension: it says what joins the build, and when. The parts are modules.

As a chapter is read: folds, links to the glossary, live figures, records, the map. As a page is
written: mended markup. Once all are written: `finished_pages`.
"""

import os
from pathlib import Path

from sphinx.errors import ConfigError

from addresses import whole
from chapters import stored_path
from course_folds import fold_answers, name_folds
from course_map import CourseMap, Route
from finished_pages import finish_pages
from glossary_links import link_terms
from live_figures import Live, depart_live, live, load_scripts, visit_live, write_figures
from markup import keep_per_cent, mend_markup
from records_table import Records
from reference_pages import Names, give_words_back, list_names, names
from source_pages import choose_modules, dress, find_source, reuse_menu


def search_by_ourselves(app):
    """Build no index for Sphinx's search: `site_search` takes its place, on a page of its own."""
    app.builder.search = False


def depend_on_outputs(app, doctree):
    """Let a page be read again when its outputs have changed, though its text has not."""
    outputs = stored_path(Path(app.env.doc2path(app.env.docname)))
    if outputs.exists():
        app.env.note_dependency(str(outputs))


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
    app.connect("env-updated", choose_modules)
    app.connect("html-page-context", dress)
    app.connect("html-page-context", reuse_menu, priority=800)  # after the theme's own
    app.connect("doctree-read", depend_on_outputs)
    app.connect("doctree-read", name_folds)
    app.connect("doctree-read", fold_answers)
    app.connect("doctree-read", link_terms)
    app.connect("doctree-read", keep_per_cent)
    app.connect("build-finished", finish_pages, priority=900)  # after the theme's colours of code
    safe = {"parallel_read_safe": True, "parallel_write_safe": True}
    # Raise the second where pages must be read anew: what is changed as they are read has changed.
    return {"version": "1", "env_version": 2, **safe}
