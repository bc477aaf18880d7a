"""The pages that show the package's source: one for each module, and an overview of them.

`sphinx.ext.viewcode` writes the pages of the modules that the reference documents, with a link to
and from each name. Here every other module gets its page too, and all of them plain words, a list
of what they define, and a place to point to for each name at the margin.
"""

from __future__ import annotations

import ast
import html
import posixpath
import re
from functools import cache
from pathlib import Path

from sphinx.pycode import ModuleAnalyzer

import unrolled
from code_links import Mark, Package, characters, defined, with_marks

FOLDER = "_modules/"
OVERVIEW = f"{FOLDER}index"
BLOCK = re.compile(r'<div class="highlight"><pre>(.*)</pre></div>', re.DOTALL)
BACK = re.compile(
    r'(<div class="viewcode-block" id="([^"]+)">)\n(<a class="viewcode-back")([^>]*>)\[docs\]</a>\n'
)
ENDS = re.compile(r"(?:</div>\n)+\n")
TOP = re.compile(r'\bid="(\w+)"')


@cache
def package() -> Package:
    """Return what the modules of `unrolled` define."""
    return Package(Path(unrolled.__file__).parent)


@cache
def first_sentence(module: str) -> str:
    """Return what the first line of a module's docstring says, or nothing."""
    tree = ast.parse(package().modules[module].read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def find_source(app, module):
    """Return a module's code and what it defines; what is told in this way is always written anew.

    Otherwise viewcode keeps a page for as long as its module stays as it is, with links to what
    the reference has lost, and none to what it has won.
    """
    analyzer = ModuleAnalyzer.for_module(module)
    analyzer.find_tags()
    return analyzer.code, analyzer.tags


def choose_modules(app, env):
    """Let viewcode write a page for every module of the package, and for no other.

    By itself it leaves out those of which the reference names nothing, and takes in the module of
    a constant's class, as `re`.
    """
    if app.builder.format != "html":
        return
    known = vars(env).setdefault("_viewcode_modules", {})
    known.update(dict.fromkeys(known.keys() - package().modules.keys(), False))
    for module in package().modules:
        if not known.get(module):
            known[module] = (*find_source(app, module), {}, module)


def with_calm_blocks(code: str) -> str:
    """Return code of viewcode, line by line as in its file, its links back in words."""
    code = BACK.sub(r'\1\3 aria-label="reference: \2"\4reference</a>', code)
    return ENDS.sub(lambda match: "\n" + "</div>" * match[0].count("/"), code)


def with_places(code: str) -> str:
    """Return highlighted code in which every name that is defined at the margin has an id."""
    taken = set(TOP.findall(code))
    marks = []
    for statement in ast.parse(characters(code)[0]).body:
        for name, line, column in defined(statement):
            if name not in taken:
                marks.append(Mark(line, column, name, f'<span id="{name}">'))
                taken.add(name)
    return with_marks(code, sorted(marks))


def dress(app, pagename, templatename, context, doctree):
    """Give a source page plain words, a list of what it defines, and ways to other pages."""
    if pagename == OVERVIEW:
        title = "The source of the package"
        context.update(title=title, body=overview(title))
    elif pagename.startswith(FOLDER):
        module = context["title"]
        context["title"] = f"Source of {module}"
        context["body"] = source_page(app, pagename, module, context["body"])
        context["toc"] = contents(context["title"], context["body"])


def reuse_menu(app, pagename, templatename, context, doctree):
    """Make the site's menu once for all source pages of a folder, as none of them stands in it.

    The theme makes it anew for each page, from a copy of the whole table of contents: with 240
    source pages this was a quarter of the build.
    """
    if not pagename.startswith(FOLDER) or "generate_toctree_html" not in context:
        return
    made = vars(app.builder).setdefault("menus_of_source_pages", {})
    make, folder = context["generate_toctree_html"], posixpath.dirname(pagename)

    def menu(**how):
        key = (folder, *sorted(how.items()))
        if key not in made:
            made[key] = make(**how)
        return made[key]

    context["generate_toctree_html"] = menu


def source_page(app, pagename: str, module: str, body: str) -> str:
    """Return the body of a module's page: what it is, the ways from it, its code."""
    code = with_places(with_calm_blocks(BLOCK.search(body)[1]))
    uri = app.builder.get_relative_uri
    ways = f'<a href="{uri(pagename, OVERVIEW)}">All source pages</a>.'
    documented = app.env.domains["py"].modules.get(module)
    if documented:
        address = f"{uri(pagename, documented.docname)}#{documented.node_id}"
        ways = f'Its names are explained in <a href="{address}">the reference</a>. {ways}'
    inside = [name for name in package().modules if name.rpartition(".")[0] == module]
    lines = len(package().modules[module].read_text(encoding="utf-8").splitlines())
    return (
        f"<h1>Source of {breakable(module)}</h1>\n"
        f"<p>The file <code>{path_of(module)}</code>, {lines} lines. {ways}</p>\n"
        + (module_list(inside, lambda name: uri(pagename, address_of(name))) if inside else "")
        + '<div class="highlight-python notranslate"><div class="highlight">'
        f"<pre>{code}</pre></div></div>\n"
    )


def contents(title: str, body: str) -> str:
    """Return the list of a page's names, as the theme takes it."""
    code = body.partition("<pre>")[2]
    names = [name for name in TOP.findall(code) if not name.startswith("_")]
    entries = "".join(f'<li><a class="reference internal" href="#{n}">{n}</a></li>' for n in names)
    inner = f"<ul>{entries}</ul>" if entries else ""
    return f'<ul><li><a class="reference internal" href="#">{title}</a>{inner}</li></ul>'


def overview(title: str) -> str:
    """Return the body of the page that lists all modules, room by room."""
    modules = package().modules
    rooms = [name for name in modules if any(other.startswith(f"{name}.") for other in modules)]
    alone = [name for name in modules if name not in rooms and name.rpartition(".")[0] in rooms[:1]]
    found = [
        f"<h1>{title}</h1>\n<p>Every module of <code>{rooms[0]}</code>, and what it is for.</p>"
    ]
    for room in rooms:
        inside = alone if room == rooms[0] else [n for n in modules if n.startswith(f"{room}.")]
        listed = module_list([room, *inside], lambda n: f"{address_of(n)[len(FOLDER) :]}.html")
        found.append(f"<section><h2>{breakable(room)}</h2>\n{listed}</section>")
    return "\n".join(found)


def module_list(modules, address) -> str:
    """Return a list of modules, each with what its docstring says first."""
    items = (
        f'<li><a href="{address(name)}"><code>{breakable(name)}</code></a>: '
        f"{plain(first_sentence(name))}</li>"
        for name in modules
    )
    return f'<ul class="source-list">\n{"".join(items)}\n</ul>\n'


def address_of(module: str) -> str:
    """Return the name of a module's page."""
    return FOLDER + module.replace(".", "/")


def path_of(module: str) -> str:
    """Return a module's path within the repository."""
    path = package().modules[module]
    return f"code/{path.relative_to(Path(unrolled.__file__).parents[1]).as_posix()}"


def breakable(name: str) -> str:
    """Return a dotted name that a narrow line may break after a dot."""
    return name.replace(".", ".<wbr>").replace("_", "_<wbr>")


def plain(sentence: str) -> str:
    """Return a sentence of a docstring as HTML, its code as code."""
    sentence = html.escape(sentence, quote=False).replace(" %", "&nbsp;%")
    sentence = re.sub(r"`+([^`]+)`+", r"<code>\1</code>", sentence)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", sentence)
