"""What the site needs to work when it is opened from a disk (`file://`), without a server.

From a disk a browser loads no ES module and fetches no file, but it runs classic scripts. So the
build derives a classic script from each figure of `book/_static/live`, with what it imports inside,
and a script that holds each file of numbers there. The site loads figures as classic scripts
everywhere: one way, which every test of the site goes.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from unrolled import live


def classic(name: str, module: str) -> str:
    """Return the classic script that keeps, under a module's name, what makes its exports.

    ``courseModules[name](importMeta, fetch)`` runs the module and returns its exports; the two
    arguments stand where the module says ``import.meta`` and ``fetch``. The module `mount` begins
    by itself.
    """
    body = live.function_body(name, module).replace("import.meta", "importMeta")
    begin = "courseModules.mount({ url: document.currentScript.src }, fetch);\n"
    return (
        f"(globalThis.courseModules ??= {{}})[{json.dumps(name)}] = (importMeta, fetch) => {{\n"
        f'"use strict";\n{body}}};\n'
        f"{begin if name == 'mount' else ''}"
    )


def holding(name: str, content: bytes) -> str:
    """Return the classic script that keeps a file as an address that holds it whole."""
    held = f"data:application/octet-stream;base64,{base64.b64encode(content).decode('ascii')}"
    return f"(globalThis.courseFiles ??= {{}})[{json.dumps(name)}] = {json.dumps(held)};\n"


def write_scripts(source: Path, target: Path) -> None:
    """Write into a folder the classic scripts of the figures and files of another."""
    target.mkdir(parents=True, exist_ok=True)
    figures = [module for module in source.glob("*.mjs") if live.is_figure(module)]
    for module in (*figures, source / "mount.mjs"):
        script = classic(module.stem, live.bundled(module))
        (target / f"{module.stem}.js").write_text(script, encoding="utf-8")
    for file in source.glob("*.bin"):
        script = holding(file.name, file.read_bytes())
        (target / f"{file.name}.js").write_text(script, encoding="utf-8")
