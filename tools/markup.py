"""What Sphinx and the theme write, mended: for screen readers, and for paper.

Part of the Sphinx extension `course_sphinx`.
"""

import re

from docutils import nodes

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


def mended(page):
    """Return a page of HTML without the theme's faults."""
    for old, new in MENDED.items():
        page = page.replace(old, new)
    return page
