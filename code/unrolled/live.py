"""Figures that move: the same ES modules that the site shows, as widgets of a live notebook."""

from __future__ import annotations

import json
import re
from pathlib import Path

_INITIAL = re.compile(r"^export const initial = (\{.*?\});$", re.MULTILINE | re.DOTALL)
_DEFAULT = re.compile(r"^export default (.+);$", re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:const|class|function\*?) (\w+))", re.MULTILINE)
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.mjs";$', re.MULTILINE)
_UNKNOWN_IMPORT = re.compile(r"^import\b(?![(.]).*", re.MULTILINE)
_UNKNOWN_EXPORT = re.compile(r"^export\b.*", re.MULTILINE)


class FigureError(Exception):
    """There is no such figure, or its module is not in order; the message says what to do."""


def figures_folder() -> Path:
    """Return where the modules are: in the repository's book, or a copy in the package."""
    repository = Path(__file__).resolve().parents[2] / "book" / "_static" / "live"
    return repository if repository.exists() else Path(__file__).resolve().parent / "live_figures"


def is_figure(module: Path) -> bool:
    """Say whether a module is a figure: it exports by default. The others are parts of figures."""
    text = module.read_text(encoding="utf-8")
    return re.search(r"^export default\b", text, re.MULTILINE) is not None


def names() -> list[str]:
    """Return the names of all figures."""
    return sorted(path.stem for path in figures_folder().glob("*.mjs") if is_figure(path))


def initial_state(name: str) -> dict:
    """Return the state that a figure begins with: what its module exports as ``initial``.

    Raises
    ------
    FigureError
        If there is no such figure, or its module exports no such state, written as JSON.
    """
    found = _INITIAL.search(_path(name).read_text(encoding="utf-8"))
    try:
        return json.loads(found[1])
    except (TypeError, ValueError) as error:
        raise FigureError(
            f"{name}.mjs needs one line `export const initial = {{...}};`, written as JSON."
        ) from error


def figure(name: str, **state):
    """Return a figure as a widget; what a reader moves is an attribute of it, both ways.

    ``meter = figure("half-life", bias=3.0)`` shows the figure as the last line of a cell. Later,
    ``meter.bias`` is where the reader left it, and ``meter.bias = 5.0`` moves it.

    Parameters
    ----------
    name : str
        One of `names`.
    **state
        Other than the figure's initial state.

    Returns
    -------
    anywidget.AnyWidget

    Raises
    ------
    FigureError
        If there is no such figure, or it has no such part of its state.
    ImportError
        If anywidget is not installed.
    """
    import anywidget
    import traitlets

    begins = initial_state(name)
    unknown = sorted(set(state) - set(begins))
    if unknown:
        raise FigureError(
            f"The figure {name!r} has no {unknown[0]!r}; it has {', '.join(sorted(begins))}."
        )
    parts = {key: traitlets.Any(value).tag(sync=True) for key, value in begins.items()}
    sheet = (figures_folder() / "live.css").read_text(encoding="utf-8")
    title = "".join(word.capitalize() for word in name.split("-"))
    files = {"_esm": bundled(_path(name)), "_css": sheet}
    return type(title, (anywidget.AnyWidget,), files | parts)(**state)


def bundled(module: Path) -> str:
    """Return a module and all that it imports as one module that imports nothing.

    A widget is one text, and from a disk a browser loads no module: neither can import. So what
    stands beside a figure is put before it, each part once and in a scope of its own::

        const $kit = (() => { ...; return { html, svg }; })();
        const { html, svg } = $kit;  // import { html, svg } from "./kit.mjs";

    Raises
    ------
    FigureError
        If a part is not there, imports itself in a circle, or imports or exports in another way
        than with `import { name } from "./part.mjs";` and `export const`, `class` or `function`.
    """
    parts: dict[str, str] = {}
    own = _with_parts(module, parts, inside=())
    return "".join([*parts.values(), own])


def _with_parts(module: Path, parts: dict[str, str], inside: tuple[str, ...]) -> str:
    """Return a module's text, its imports taken from `parts`, to which it adds what is missing."""
    if module.stem in inside or not module.is_file():
        why = "imports itself" if module.stem in inside else "is not there"
        raise FigureError(f"{module.name} {why}: {' -> '.join([*inside, module.stem])}.")

    def taken(found: re.Match) -> str:
        imported, part = found.groups()
        variable = f"${part.replace('-', '_')}"
        if part not in parts:
            path = module.with_name(f"{part}.mjs")
            text = function_body(part, _with_parts(path, parts, (*inside, module.stem)))
            parts[part] = f"const {variable} = (() => {{\n{text}}})();\n"
        return f"const {{{imported.replace(' as ', ': ')}}} = {variable};"

    text = _IMPORT.sub(taken, module.read_text(encoding="utf-8"))
    _refuse(_UNKNOWN_IMPORT, module.stem, text)
    return text


def function_body(name: str, module: str) -> str:
    """Return a module that imports nothing as the body of a function that returns its exports.

    Raises
    ------
    FigureError
        If the module exports in a way that this does not know.
    """
    exported = [name for _, name in _EXPORT.findall(module)]
    body = _EXPORT.sub(r"\1", module)
    exported += [f"default: {value}" for value in _DEFAULT.findall(body)]
    body = _DEFAULT.sub("", body)
    _refuse(_UNKNOWN_EXPORT, name, body)
    return f"{body}\nreturn {{ {', '.join(exported)} }};\n"


def _refuse(unknown: re.Pattern, name: str, text: str) -> None:
    if found := unknown.search(text):
        raise FigureError(
            f"{name}.mjs has the line `{found[0]}`, which cannot be bundled. Import with "
            '`import { name } from "./part.mjs";`, and export with `export const`, `class` or '
            "`function`, once with `export default NAME;`."
        )


def _path(name: str) -> Path:
    path = figures_folder() / f"{name}.mjs"
    if not (path.is_file() and is_figure(path)):
        raise FigureError(f"There is no figure {name!r}; there are {', '.join(names())}.")
    return path
