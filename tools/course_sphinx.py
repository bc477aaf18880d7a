"""A small Sphinx extension of the book: what folded cells and references say of themselves."""

import os

from docutils import nodes

PROMPTS = {
    "input": ("Show the code", "Hide the code"),
    "output": ("Show the output", "Hide the output"),
    "all": ("Show the code and its output", "Hide the code and its output"),
}
# What other extensions write, and screen readers cannot use: a name that hides the visible prompt,
# a role that ARIA has withdrawn, and the empty corner of a table as the header of nothing.
REPLACED = {
    ' aria-label="Toggle hidden content"': "",
    'role="doc-biblioentry"': 'role="listitem"',
    '<th class="head"><p></p></th>': "<td></td>",
}
ANSWER = ("Run it: show the answer", "Hide the answer")


def name_prompts(app, doctree):
    """Give each folded cell a prompt; right after a box of class "predict" it is the answer."""
    for cell in doctree.findall(nodes.container):
        if cell.get("hide_mode") in PROMPTS:
            prompts = ANSWER if follows_prediction(cell) else PROMPTS[cell["hide_mode"]]
            cell["prompt_show"], cell["prompt_hide"] = prompts


def follows_prediction(cell):
    """Say whether the box right before a cell asks for a prediction."""
    siblings = cell.parent.children
    before = siblings[siblings.index(cell) - 1] if siblings.index(cell) else None
    return isinstance(before, nodes.Element) and "predict" in before.get("classes", [])


def mend_markup(app, pagename, templatename, context, doctree):
    """Replace in a finished page what screen readers cannot use."""
    for old, new in REPLACED.items():
        context["body"] = context.get("body", "").replace(old, new)


def set_address(app, config):
    """Take the site's own address from SITE_URL, where it is published; pages then name it."""
    config.html_baseurl = config.ogp_site_url = os.environ.get("SITE_URL", "")


def setup(app):
    """Join the build."""
    app.connect("config-inited", set_address)
    app.connect("html-page-context", mend_markup)
    app.connect("doctree-read", name_prompts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
