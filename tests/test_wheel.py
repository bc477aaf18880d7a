"""The package as a wheel, far from the repository: what it brings, and what runs on it alone.

It is installed into empty environments, beside what it declares to need and nothing else. These
packages are linked from the environment of the tests, so that nothing is downloaded twice, and pip,
which may ask no index, refuses if one is missing. There the command line trains and predicts, and
the two quickest chapters run. With UNROLLED_WHEEL=all, once a week, pip gets everything from the
index instead, and every chapter runs.
"""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from email import message_from_bytes
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import chapters
import execute_chapters
import unrolled
from unrolled import live
from unrolled.sentiment.shipped import shipped_path

ROOT, BOOK = chapters.ROOT, chapters.BOOK
CHAPTERS = chapters.find_chapters()
QUICKEST = [BOOK / "recurrence" / "rnn.md", BOOK / "studies" / "both-directions.md"]
EVERYTHING = os.environ.get("UNROLLED_WHEEL") == "all"
EXECUTED = CHAPTERS if EVERYTHING else QUICKEST
EXTRAS = {"live", "onnx"}  # what the first cell of each chapter asks for
WHERE = "```{code-cell} ipython3\nimport unrolled\nprint(unrolled.__file__)\n```\n"

ASK = """
import unrolled

assert unrolled.__file__.startswith({wheel!r})
for chapter, texts in {asked!r}.items():
    space = {{}}
    for text in texts:
        try:
            exec(text, space)
        except Exception as error:
            print(chapter, text, repr(error))
"""


def name(path):
    """Return a chapter's name as in _toc.yml."""
    return path.relative_to(BOOK).with_suffix("").as_posix()


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """Return the wheel of the package, which no repository surrounds."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "code" / "unrolled", source / "code" / "unrolled")
    for part in ("results", "_static/live"):
        shutil.copytree(BOOK / part, source / "book" / part)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, source], check=True)
    shutil.rmtree(source)
    (packed,) = folder.glob("*.whl")
    return packed


@pytest.fixture(scope="module")
def wheel(packed):
    """Return the folder of the unpacked wheel."""
    ZipFile(packed).extractall(packed.parent / "site")
    return packed.parent / "site"


def needed(requirement, known=None):
    """Return the installed packages that a requirement needs, itself among them, and their extras.

    ``known`` are those that are known already.
    """
    name, known = canonicalize_name(requirement.name), known or {}
    if name in known and requirement.extras <= known[name]:
        return known
    known = {**known, name: requirement.extras | known.get(name, set())}
    for one in map(Requirement, metadata.requires(name) or ()):
        if holds(one, known[name]):
            known = needed(one, known)
    return known


def holds(requirement, extras):
    """Say whether a package with such extras needs what it states."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""})


def declared(packed):
    """Return what a wheel states that it needs."""
    with ZipFile(packed) as files:
        (told,) = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
        fields = message_from_bytes(files.read(told))
    return [Requirement(text) for text in fields.get_all("Requires-Dist")]


def link(names, target):
    """Put installed packages into another folder of packages; what one file system holds, once."""
    for name in names:
        for file in metadata.files(name):
            if file.parts[0] in ("..", "__pycache__"):  # a command of the environment
                continue
            here = target / file
            here.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file.locate(), here)
            except OSError:  # another disk
                shutil.copy2(file.locate(), here)


def environment(folder, packed, *extras):
    """Make an environment that holds the wheel and what it declares; return its Python."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = f"{packed}[{','.join(extras)}]" if extras else str(packed)
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    if EVERYTHING:
        pins = ["-c", ROOT / "requirements.txt", "-c", ROOT / "constraints.txt"]
        subprocess.run([*pip, *pins, wanted], check=True)
        return python
    known = {}
    for one in declared(packed):
        if holds(one, set(extras)):
            known = needed(one, known)
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = subprocess.run(ask, check=True, capture_output=True, encoding="utf-8").stdout.strip()
    link(known, Path(site))
    subprocess.run([*pip, "--no-index", wanted], check=True)
    return python


@pytest.fixture(scope="module")
def bare(packed, tmp_path_factory):
    """Return the Python of an environment with the wheel alone, without extras."""
    return environment(tmp_path_factory.mktemp("bare") / "empty é", packed)


@pytest.fixture(scope="module")
def full(packed, tmp_path_factory):
    """Return the Python of an environment with the wheel and the extras that chapters ask for."""
    return environment(tmp_path_factory.mktemp("full") / "empty é", packed, *sorted(EXTRAS))


@pytest.fixture
def far_away(tmp_path, monkeypatch):
    """Return an empty folder to run in, and let nothing lead back to the repository."""
    for name in ("PYTHONPATH", "UNROLLED_RESULTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONNOUSERSITE", "1")
    folder = tmp_path / "my course é"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def elsewhere(wheel, tmp_path, monkeypatch):
    """Return an empty folder to run in, with the wheel's package in place of the repository's."""
    monkeypatch.setenv("PYTHONPATH", str(wheel))
    monkeypatch.delenv("UNROLLED_RESULTS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_installed_package_brings_every_module_and_its_records(wheel):
    packed = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*")}
    modules = {p.relative_to(ROOT / "code").as_posix() for p in (ROOT / "code").rglob("*.py")}
    data = {p.relative_to(ROOT / "code").as_posix() for p in (ROOT / "code").rglob("*.csv")}
    kept = [p for p in (BOOK / "results").iterdir() if p.suffix in (".csv", ".json")]
    records = {f"unrolled/results/{p.name}" for p in kept}
    modules_of_figures = live.figures_folder().glob("*.mjs")
    figures = {f"unrolled/live_figures/{path.name}" for path in modules_of_figures}
    figures |= {"unrolled/live_figures/live.css", "unrolled/live_figures/reader.bin"}
    assert modules | data | records | figures <= packed


def needs(path):
    """Return what a chapter asks of the package: its imports, and calls that load by a name."""
    for cell in chapters.code_cells(chapters.read_source(path)):
        for node in ast.walk(ast.parse(cell.source)):
            text = ast.unparse(node)
            if isinstance(node, ast.ImportFrom) and node.module.startswith("unrolled"):
                yield text
            elif isinstance(node, ast.Call) and re.match(r"load_(record|imdb|rotten)", text):
                if isinstance(node.func, ast.Name) and all(
                    isinstance(argument, ast.Constant) for argument in node.args
                ):
                    yield text
            elif isinstance(node, ast.BinOp) and re.fullmatch(r"results_folder\(\) / '.*'", text):
                yield f"({text}).read_text(encoding='utf-8')"
    for figure in re.findall(r"^```+\{live\} (\S+)", chapters.read_text(path), re.MULTILINE):
        yield f"__import__('unrolled.live').live.initial_state({figure!r})"


def test_every_chapter_finds_in_the_wheel_what_it_loads(elsewhere, wheel):
    asked = {name(path): list(dict.fromkeys(needs(path))) for path in CHAPTERS}
    assert sum(text.startswith("load_record") for texts in asked.values() for text in texts) > 15
    script = ASK.format(wheel=str(wheel), asked=asked)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


def run(python, *arguments, **given):
    """Run the command line of the installed package."""
    command = [python, "-m", "unrolled", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, **given)


def test_an_installed_package_answers_with_the_model_that_it_ships(bare, far_away):
    texts = ["Slow at first, then unforgettable.", "A dull film."]
    asked = run(bare, "predict", *(flag for text in texts for flag in ("--text", text)))
    assert asked.returncode == 0, asked.stderr
    wanted = unrolled.load(shipped_path()).predict(texts)
    told = [f"{one.label}\t{one.probabilities[one.label]:.4f}" for one in wanted]
    assert asked.stdout.splitlines() == told
    assert asked.stderr.count("\n") == 1, asked.stderr
    (far_away / "texts.txt").write_text("\n".join(texts), encoding="utf-8")
    lines = run(bare, "predict", "shipped", "texts.txt")
    assert lines.stdout.split() == [f"{one.probabilities['positive']:.4f}" for one in wanted]
    card = run(bare, "predict", "--card")
    assert card.returncode == 0, card.stderr
    assert hashlib.sha256(shipped_path().read_bytes()).hexdigest() in card.stdout


def test_the_command_line_runs_where_nothing_but_the_wheel_is(bare, far_away):
    helped = run(bare, "--help")
    assert helped.returncode == 0, helped.stderr
    assert "train" in helped.stdout
    says = {"good": "a fine and lovely film", "bad": "a dull and dreary film", "so": "a film"}
    rows = [f"{says[label]} number {n},{label}" for n in range(30) for label in says]
    Path("own.csv").write_text("\n".join(["text,label", *rows]) + "\n", encoding="utf-8")
    own = ["--data", "own.csv", "--text-column", "text", "--label-column", "label"]
    small = ["--hidden-size", "4", "--embedding-size", "6", "--epochs", "1", "--threads", "1"]
    trained = run(bare, "train", *own, "--out", "model", *small, "--device", "cpu")
    assert trained.returncode == 0, trained.stderr
    assert json.loads(Path("model/classes.json").read_text(encoding="utf-8")) == sorted(says)
    told = run(bare, "predict", "model", input="a lovely film\na dreary film\n")
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("\n") >= 2
    lacks = run(bare, "export", "model", "model.onnx")
    assert lacks.returncode == 2
    assert "pip install" in lacks.stderr
    assert "Traceback" not in lacks.stderr


@pytest.fixture(scope="module")
def kernel(full, tmp_path_factory):
    """Return a folder of kernels whose python3 is that of the full environment."""
    folder = tmp_path_factory.mktemp("kernel")
    link(needed(Requirement("ipykernel")), folder / "jupyter")  # the reader's own; not the wheel's
    spec = {
        "argv": [str(full), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        "env": {"PYTHONPATH": str(folder / "jupyter")},
    }
    (folder / "kernels" / "python3").mkdir(parents=True)
    told = json.dumps(spec)
    (folder / "kernels" / "python3" / "kernel.json").write_text(told, encoding="utf-8")
    return folder


@pytest.mark.parametrize("path", EXECUTED, ids=name)
def test_a_chapter_runs_on_the_wheel_alone(path, full, kernel, far_away, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(kernel))
    copy = Path(shutil.copy(path, far_away))
    copy.write_text(chapters.read_text(copy) + "\n" + WHERE, encoding="utf-8")
    notebook, _ = execute_chapters.execute(copy)
    where = Path(notebook.cells[-1].outputs[0].text.strip())
    assert where.is_relative_to(full.parents[1])
