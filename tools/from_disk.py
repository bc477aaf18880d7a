"""What the site needs to work when it is opened from a disk (`file://`), without a server.

From a disk a browser loads no ES module and fetches no file, but it runs classic scripts. So the
build derives a classic script from each module of `book/_static/live`, a script that holds each
file of numbers there, and one that holds the words of all pages, for the search's excerpts. The
site loads figures as classic scripts everywhere: one way, which every test of the site goes.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

EXPORTED = re.compile(
    r"^export ((?:async )?(?:const|let|class|function\*?) (\w+))", flags=re.MULTILINE
)
DEFAULT = re.compile(r"^export default (.+);$", flags=re.MULTILINE)
UNKNOWN = re.compile(r"^(?:export\b|import\b(?!\()).*", flags=re.MULTILINE)
# The search page, from disk: what it asks for its excerpts with.
SEARCH = """
if (location.protocol === "file:") {
  const words = new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = "_static/excerpts.js";
    script.onload = () => resolve(courseExcerpts);
    script.onerror = () => resolve({});
    document.head.append(script);
  });
  window.fetch = async (page) => new Response((await words)[page.replace("./", "")] ?? "");
}
"""


def classic(name: str, module: str) -> str:
    """Return the classic script that keeps, under a module's name, what makes its exports.

    ``courseModules[name](importMeta, fetch)`` runs the module and returns its exports; the two
    arguments stand where the module says ``import.meta`` and ``fetch``. The module `mount` begins
    by itself.

    Raises
    ------
    ValueError
        If the module imports, or exports in a way that this does not know.
    """
    names = [exported for _, exported in EXPORTED.findall(module)]
    body = EXPORTED.sub(r"\1", module)
    defaults = [f"default: {value}" for value in DEFAULT.findall(body)]
    body = DEFAULT.sub("", body).replace("import.meta", "importMeta")
    if unknown := UNKNOWN.search(body):
        raise ValueError(
            f"{name}.mjs has the line `{unknown[0]}`, of which no classic script can be made. "
            "Export with `export const`, `let`, `class` or `function`, once with `export default`, "
            "and import nothing."
        )
    begin = "courseModules.mount({ url: document.currentScript.src }, fetch);\n"
    return (
        f"(globalThis.courseModules ??= {{}})[{json.dumps(name)}] = (importMeta, fetch) => {{\n"
        f'"use strict";\n{body}\nreturn {{ {", ".join([*names, *defaults])} }};\n}};\n'
        f"{begin if name == 'mount' else ''}"
    )


def holding(name: str, content: bytes) -> str:
    """Return the classic script that keeps a file as an address that holds it whole."""
    held = f"data:application/octet-stream;base64,{base64.b64encode(content).decode('ascii')}"
    return f"(globalThis.courseFiles ??= {{}})[{json.dumps(name)}] = {json.dumps(held)};\n"


def write_scripts(source: Path, target: Path) -> None:
    """Write into a folder the classic scripts of the modules and files of another."""
    target.mkdir(parents=True, exist_ok=True)
    for module in source.glob("*.mjs"):
        script = classic(module.stem, module.read_text(encoding="utf-8"))
        (target / f"{module.stem}.js").write_text(script, encoding="utf-8")
    for file in source.glob("*.bin"):
        script = holding(file.name, file.read_bytes())
        (target / f"{file.name}.js").write_text(script, encoding="utf-8")


def words(page: str) -> str:
    """Return the text of a page of HTML, of whose tags only those of its sections are left."""
    article = re.search(r"<article\b.*</article>", page, flags=re.DOTALL)
    text = re.sub(r"<(script|style)\b.*?</\1>", "", article[0] if article else "", flags=re.DOTALL)
    text = re.sub(r'<a class="headerlink".*?</a>', "", text, flags=re.DOTALL)
    text = re.sub(r"</(?:p|div|li|dt|dd|td|th|h\d|pre)>", " ", text)
    text = re.sub(r"<(?!/?section\b)[^>]*>", "", text)
    return f'<main role="main">{" ".join(text.split())}</main>'


def write_excerpts(site: Path) -> None:
    """Write the script that holds the words of all pages of a built site."""
    pages = {
        path.relative_to(site).as_posix(): words(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.relative_to(site).parts
    }
    script = f"globalThis.courseExcerpts = {json.dumps(pages, ensure_ascii=False)};\n"
    (site / "_static" / "excerpts.js").write_text(script, encoding="utf-8")
