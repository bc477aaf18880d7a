"""The table of recorded experiments: the block `{records}`.

Part of the Sphinx extension `course_sphinx`.
"""

import json
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective


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
