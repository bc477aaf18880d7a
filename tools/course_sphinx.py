"""A small Sphinx extension of the book: what folded cells and references say of themselves."""

import json
import os
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

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


class Records(SphinxDirective):
    """The table of all recorded experiments, read from the records themselves."""

    def run(self):
        """Return the table."""
        from unrolled.experiments import REGISTRY

        folder = Path(self.env.doc2path(self.env.docname)).parents[1] / "results"
        columns = ["Record", "It asks", "Runs", "Seeds", "Time", "Code"]
        lines = [table_line(columns), table_line(["---"] * len(columns))]
        for name, experiment in sorted(REGISTRY.items()):
            path = folder / f"{name}.json"
            self.env.note_dependency(str(path))
            if path.exists():
                lines.append(record_row(experiment, json.loads(path.read_text(encoding="utf-8"))))
        table = nodes.Element()
        self.state.nested_parse(StringList(lines, source="records"), 0, table)
        return table.children


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


def set_address(app, config):
    """Take the site's own address from SITE_URL, where it is published; pages then name it."""
    config.html_baseurl = config.ogp_site_url = os.environ.get("SITE_URL", "")


def setup(app):
    """Join the build."""
    app.add_directive("records", Records)
    app.connect("config-inited", set_address)
    app.connect("html-page-context", mend_markup)
    app.connect("doctree-read", name_prompts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
