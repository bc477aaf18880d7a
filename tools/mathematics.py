"""Formulas of the site, set when it is built: a page needs no script to show them.

MathJax runs under node, once for all pages. Each formula becomes HTML for the eye and MathML for
screen readers. One style sheet holds the characters that the site uses, and the fonts that these
need lie beside it.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from npm_packages import NODE

PROGRAM = Path(__file__).with_name("mathematics.cjs")
# What Sphinx writes: the number of an equation, if it has one, and TeX between \( \) or \[ \].
FORMULA = re.compile(
    r'(<(span|div) class="math[^"]*"[^>]*>\s*(?:<span class="eqno">.*?</span>)?)'
    r"\\([(\[])(.*?)\\[)\]]\s*(?=</\2>)",
    re.DOTALL,
)
# The script that would do it in the browser, and its settings.
SCRIPT = re.compile(r"\s*<script[^>]*(?:mathjax[^>]*>|>\s*window\.MathJax).*?</script>", re.DOTALL)
SHEET = "mathematics.css"

Formula = tuple[str, bool]


def mathjax() -> Path:
    """Return the folder of MathJax, which a package of Python brings."""
    found = find_spec("sphinx-mathjax-offline")
    if found is None or found.origin is None:
        raise FileNotFoundError(
            "MathJax is missing. Install what requirements.txt names: `make venv`."
        )
    return Path(found.origin).parent / "static" / "mathjax"


def formulas_of(page: str) -> list[Formula]:
    """Return the formulas of a page of HTML: their TeX, and whether they stand by themselves."""
    return [(html.unescape(tex), kind == "[") for _, _, kind, tex in FORMULA.findall(page)]


def typeset(formulas: Iterable[Formula]) -> tuple[dict[Formula, str], str]:
    """Return the HTML of each formula, and the style sheet of all.

    Raises
    ------
    ValueError
        If MathJax cannot read a formula; the sentence names it.
    RuntimeError
        If node fails.
    """
    wanted = sorted(set(formulas))
    asked = json.dumps([{"tex": tex, "display": display} for tex, display in wanted])
    done = subprocess.run(
        [NODE, PROGRAM, mathjax()], input=asked, capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise RuntimeError(f"MathJax under node failed: {done.stderr.strip()}")
    answer = json.loads(done.stdout)
    for (tex, _), set_html in zip(wanted, answer["formulas"], strict=True):
        wrong = re.search(r'<mjx-merror[^>]*data-mjx-error="([^"]*)"', set_html)
        if wrong:
            raise ValueError(f"MathJax cannot read the formula {tex!r}: {html.unescape(wrong[1])}")
    return dict(zip(wanted, answer["formulas"], strict=True)), answer["css"]


def typeset_with_known(formulas: Iterable[Formula], known: Path) -> tuple[dict[Formula, str], str]:
    """Return what `typeset` does, of these formulas and of all that were set before.

    A page that is not built anew shows its formulas already, and the style sheet must go on holding
    their characters. So the file ``known`` keeps all formulas; without new ones, node is not asked.
    """
    wanted = set(formulas)
    if known.exists():
        kept = json.loads(known.read_text(encoding="utf-8"))
        before = {(tex, display): set_html for tex, display, set_html in kept["formulas"]}
        if wanted <= before.keys():
            return before, kept["css"]
        wanted |= before.keys()
    found, css = typeset(wanted)
    kept = {"css": css, "formulas": [[*formula, set_html] for formula, set_html in found.items()]}
    known.write_text(json.dumps(kept), encoding="utf-8")
    return found, css


def with_formulas(page: str, found: dict[Formula, str], static: str) -> str:
    """Return a page of HTML with its formulas set; ``static`` is the way to the style sheet."""

    def replace(match: re.Match[str]) -> str:
        before, _, kind, tex = match.groups()
        return before + found[html.unescape(tex), kind == "["]

    page = SCRIPT.sub("", page)
    page, count = FORMULA.subn(replace, page)
    link = f'<link rel="stylesheet" href="{static}/{SHEET}">\n</head>'
    return page.replace("</head>", link, 1) if count else page


def write_sheet(css: str, static: Path) -> None:
    """Write the style sheet, and beside it the fonts, of which a browser loads what it shows."""
    fonts = mathjax() / "output" / "chtml" / "fonts" / "woff-v2"
    shutil.copytree(fonts, static / "mathematics", dirs_exist_ok=True)
    (static / SHEET).write_text(css, encoding="utf-8")
