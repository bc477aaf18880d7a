"""All that happens to a page after Sphinx has written it, in its order.

Part of the Sphinx extension `course_sphinx`. Each step is a module of its own: a page
of HTML goes in, and a page of HTML comes out.
"""

import shutil
from pathlib import Path

from addresses import write_map
from code_links import with_links
from course_folds import runtimes, with_minutes
from figures import remove_unshown, with_both_lights
from light_files import keep_shown_icons
from light_or_dark import in_its_light
from markup import mended
from mathematics import formulas_of, typeset_with_known, with_formulas, write_sheet
from page_scripts import Scripts, with_joined_scripts
from previews import with_previews
from site_search import write_search
from source_pages import package
from style_sheets import Sheets, with_own_style
from tables import with_tables


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
        root = way_to_root(path, site)
        way = f"{root}_static"
        page = mended(in_its_light(page))
        notebook = take_home(app.srcdir, name, site)
        page = with_minutes(page, seconds.get(name), notebook and f"{way}/{notebook}")
        page = with_both_lights(with_formulas(page, formulas, way), path.parent)
        pages[path] = with_links(with_tables(page), package(), root)
    pages = with_previews(pages, site)
    scripts, sheets = Scripts(static), Sheets(static)
    for path, page in pages.items():
        way = f"{way_to_root(path, site)}_static"
        page = with_joined_scripts(page, scripts, way)
        path.write_text(with_own_style(page, sheets, way), encoding="utf-8")
    remove_unshown(site, pages.values())
    write_search(site, pages)
    write_map(site, app.config.html_baseurl)


def way_to_root(path, site):
    """Return the way from a page of the site to its root, as `../`."""
    return "../" * (len(path.relative_to(site).parts) - 1)


def take_home(book, name, site):
    """Copy a page's executed notebook into the site; return its way from `_static`, if any."""
    stored = Path(book) / f"{name}.ipynb"
    if not stored.exists():
        return ""
    kept = Path("notebooks") / f"{name.replace('/', '-')}.ipynb"
    (site / "_static" / kept).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(stored, site / "_static" / kept)
    return kept.as_posix()
