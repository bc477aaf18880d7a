"""The pages of the reference: all their names at the top (``{names}``), whole sentences below."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

TYPE = ":type: "


class names(nodes.General, nodes.Element):
    """The place of the list, until everything has been read."""


class Names(SphinxDirective):
    """The list of what this page explains, module by module; members of classes are left out."""

    def run(self):
        """Return the list's place."""
        return [names()]


def give_words_back(app, what, name, obj, options, lines):
    """Give a constant the words before its colon back, which napoleon takes for its type."""
    found = next((at for at, line in enumerate(lines) if line.startswith(TYPE)), None)
    if what == "data" and found is not None:
        lines[:] = [f"{lines[found].removeprefix(TYPE)}: {lines[0]}", *lines[1:found]]


def list_names(app, doctree, docname):
    """Put the list into its place."""
    domain = app.env.domains["py"]
    modules = {name: entry for name, entry in domain.modules.items() if entry.docname == docname}
    found = {module: [] for module in modules}
    for name, entry in domain.objects.items():
        module, _, last = name.rpartition(".")
        if entry.docname == docname and module in found and name not in modules:
            found[module].append(link(last, entry.node_id))
    for place in list(doctree.findall(names)):
        items = nodes.bullet_list(classes=["api-names"])
        for module, links in found.items():
            line = nodes.paragraph("", "", link(module.partition(".")[2], modules[module].node_id))
            for number, one in enumerate(links):
                line += [nodes.Text(", " if number else ": "), one]
            items += nodes.list_item("", line)
        place.replace_self(items)


def link(name, anchor):
    """Return a name of code that leads to a place on its page."""
    return nodes.reference("", "", nodes.literal("", name), internal=True, refuri=f"#{anchor}")
