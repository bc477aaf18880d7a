"""Names of the package in the code of pages, linked to the lines that define them.

Every module has a source page (`tools/source_pages.py`). In a highlighted block of Python, the
names of an import from the package lead there, and so does the first use of such a name in each
block. Only the imports can be reached with the tabulator: their page has the rest.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(
    r'(?<=<div class="highlight-)((?:i?python3?) notranslate"><div class="highlight"><pre>)(.*?)'
    r"(?=</pre>)",
    re.DOTALL,
)
# A link back to the reference is no code; then a tag, a character written by its name, and text.
PIECE = re.compile(r'<a class="viewcode-back".*?</a>|<[^>]*>|&[^;\s]+;|[^<&]+', re.DOTALL)
# What IPython understands and Python does not.
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
CLASS = "source-name"


class Place(NamedTuple):
    """Where a name is defined: its module, and its name there, empty for the module itself."""

    module: str
    name: str = ""

    def address(self) -> str:
        """Return the address of its source, from the root of the site."""
        page = f"_modules/{self.module.replace('.', '/')}.html"
        return f"{page}#{self.name}" if self.name else page


class Link(NamedTuple):
    """A piece of code that leads somewhere: its line from 1, its column in bytes, as `ast` counts.

    ``imports`` tells whether it is a name that an import brings.
    """

    line: int
    column: int
    text: str
    place: Place
    imports: bool


class Mark(NamedTuple):
    """A tag to be set around a piece of code, and where it stands, as `ast` counts."""

    line: int
    column: int
    text: str
    tag: str


class Package:
    """What the modules of a package define, read from their text; nothing is imported.

    Attributes
    ----------
    name : str
        The package's own.
    modules : dict of str to Path
        Each module's file, by its full name.
    """

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.modules: dict[str, Path] = {}
        self._defined: dict[str, set[str]] = {}
        self._brought: dict[str, dict[str, Place]] = {}
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            body = ast.parse(path.read_text(encoding="utf-8")).body
            self.modules[module] = path
            self._defined[module] = {found[0] for statement in body for found in defined(statement)}
            self._brought[module] = {
                alias.asname or alias.name: Place(statement.module or "", alias.name)
                for statement in body
                if isinstance(statement, ast.ImportFrom)
                for alias in statement.names
            }

    def find(self, module: str, name: str = "") -> Place | None:
        """Return where a name of a module is defined, also if the module only brings it along."""
        if module not in self.modules:
            return None
        if not name or name in self._defined[module]:
            return Place(module, name)
        if f"{module}.{name}" in self.modules:
            return Place(f"{module}.{name}")
        brought = self._brought[module].get(name)
        return self.find(*brought) if brought else None


def defined(statement: ast.stmt) -> Iterator[tuple[str, int, int]]:
    """Yield the names that a statement at the margin defines, each with its line and column."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            keyword = {"FunctionDef": "def ", "ClassDef": "class "}
            before = len(keyword.get(type(statement).__name__, "async def "))
            yield statement.name, statement.lineno, statement.col_offset + before
        case ast.Assign() | ast.AnnAssign():
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id, node.lineno, node.col_offset


def characters(block: str) -> tuple[str, list[int]]:
    """Return the text of a block of HTML, and where in the block each of its characters stands."""
    text, places = [], []
    for piece in PIECE.finditer(block):
        found = piece[0]
        if found.startswith("<"):
            continue
        text.append(html.unescape(found))
        start = piece.start()
        places += [start] if found.startswith("&") else range(start, piece.end())
    return "".join(text), places


def with_marks(block: str, marks: list[Mark]) -> str:
    """Return a block of HTML with a tag around each of these pieces of its code, in their order."""
    text, places = characters(block)
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    for mark in reversed(marks):
        before = lines[mark.line - 1].encode()[: mark.column].decode()
        start = places[starts[mark.line - 1] + len(before)]
        end = start + len(mark.text)
        if block[start:end] == mark.text:
            name = re.match(r"<(\w+)", mark.tag)[1]
            block = f"{block[:start]}{mark.tag}{mark.text}</{name}>{block[end:]}"
    return block


def parsed(text: str) -> ast.Module | None:
    """Return the code of a block, or None for what is no whole Python, as `...` in a line."""
    try:
        return ast.parse(MAGIC.sub("", text))
    except SyntaxError:
        return None


def bound(tree: ast.AST) -> set[str]:
    """Return the names to which code gives a meaning of its own."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
    return names


def imports(tree: ast.AST, package: Package, known: dict[str, Place]) -> Iterator[Link]:
    """Yield the links of the imports of some code, and note in ``known`` what they name."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), level=0) if package.find(module):
                column = node.col_offset + len("from ")
                yield Link(node.lineno, column, module, package.find(module), imports=False)
                for alias in node.names:
                    place = package.find(module, alias.name)
                    if place:
                        known[alias.asname or alias.name] = place
                        yield Link(alias.lineno, alias.col_offset, alias.name, place, imports=True)
            case ast.Import():
                for alias in node.names:
                    place = package.find(alias.name)
                    if place:
                        known[alias.asname or package.name] = (
                            place if alias.asname else Place(package.name)
                        )
                        yield Link(alias.lineno, alias.col_offset, alias.name, place, imports=True)


def uses(tree: ast.AST, package: Package, known: dict[str, Place]) -> Iterator[Link]:
    """Yield a link for each use of a known name, and of what stands in a known module."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in known:
                yield Link(node.lineno, node.col_offset, name, known[name], imports=False)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in known:
                inside = known[name]
                place = None if inside.name else package.find(inside.module, attribute)
                if place:
                    column = node.end_col_offset - len(attribute)
                    yield Link(node.end_lineno, column, attribute, place, imports=False)


def first_of_each(links: list[Link]) -> Iterator[Link]:
    """Yield all imports, and of the other links the first to each place, in their order."""
    seen = {link.place for link in links if link.imports}
    for link in sorted(links):
        if link.imports or link.place not in seen:
            seen.add(link.place)
            yield link


def with_links(page: str, package: Package, root: str) -> str:
    """Return a page of HTML whose code leads to the source of what it takes from the package.

    A block that is no Python, and one that has its links, stay as they are. A name that the page
    itself gives a meaning is linked in imports only. ``root`` is the way to the site's root, such
    as ``../``.
    """
    trees = [parsed(characters(block[2])[0]) for block in BLOCK.finditer(page)]
    own = set().union(*(bound(tree) for tree in trees if tree))
    known: dict[str, Place] = {}
    each = iter(trees)

    def linked(match: re.Match[str]) -> str:
        tree = next(each)
        if tree is None or f'class="{CLASS}"' in match[2]:
            return match[0]
        links = list(imports(tree, package, known))
        free = {name: place for name, place in known.items() if name not in own}
        links += uses(tree, package, free)
        marks = [Mark(*link[:3], opened(link, root)) for link in first_of_each(links)]
        return f"{match[1]}{with_marks(match[2], marks)}"

    return BLOCK.sub(linked, page)


def opened(link: Link, root: str) -> str:
    """Return the tag that begins a link."""
    skipped = "" if link.imports else ' tabindex="-1"'
    return f'<a class="{CLASS}"{skipped} href="{root}{link.place.address()}">'
