"""What Windows and macOS need, as far as it can be seen from elsewhere."""

import ast
import errno
import gc
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import npm_packages
import site_browser
from unrolled import files, streams
from unrolled.exercises import serving
from unrolled.sentiment.folder import alone_in

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for part in ("code", "tools") for path in (ROOT / part).rglob("*.py"))
TEXT = {"read_text", "write_text", "TextIOWrapper", "NamedTemporaryFile"}
PROCESSES = {"run", "Popen", "check_output", "check_call", "call"}


def without_encoding(text):
    """Return the lines of Python code that read or write text in the system's own encoding."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        told = {keyword.arg: keyword.value for keyword in node.keywords}
        literals = [one.value for one in (*node.args[:2], told.get("mode")) if is_text(one)]
        if name == "open" and ast.unparse(node.func) in ("open", "io.open"):
            bare = not any("b" in mode for mode in literals[-1:] if is_mode(mode))
        elif name == "open":  # of a path; others that are called so take a name or a number first
            bare = all(map(is_mode, literals)) and "b" not in "".join(literals)
            bare = bare and len(node.args) == len(literals)
        elif name in PROCESSES:
            bare = {"text", "universal_newlines"} & set(told)
        elif name in ("read_text", "write_text"):
            bare = len(node.args) == (name == "write_text")
        else:
            bare = name in TEXT
        if bare and "encoding" not in told:
            yield node.lineno


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_mode(text):
    return re.fullmatch(r"[rwaxbt+]{1,3}", text) is not None


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("path.read_text()", True),
        ("path.read_text('utf-8')", False),
        ("path.read_text(encoding='utf-8')", False),
        ("path.write_text(words)", True),
        ("path.write_text(words, encoding='utf-8')", False),
        ("open(name)", True),
        ("open(name, 'w')", True),
        ("open('x', 'rb')", False),
        ("open(name, encoding='utf-8')", False),
        ("path.open()", True),
        ("path.open('a')", True),
        ("path.open('rb')", False),
        ("path.open('w', encoding='utf-8')", False),
        ("subprocess.run(words, text=True)", True),
        ("subprocess.run(words, encoding='utf-8')", False),
        ("subprocess.run(words, capture_output=True)", False),
        ("tarfile.open(file, 'r|gz')", False),
        ("Image.open(io.BytesIO(x))", False),
    ],
)
def test_the_search_for_the_systems_own_encoding_finds_it(code, found):
    assert list(without_encoding(code)) == [1] * found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_is_in_the_encoding_of_a_system(path):
    lines = list(without_encoding(path.read_text("utf-8")))
    assert lines == [], f"{path}: say encoding='utf-8' in these lines"


def committed():
    """Return the files that git keeps, as paths in the repository."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no clone")
    command = ["git", "ls-files", "-z", "--eol"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    lines = [line for line in said.stdout.split("\0") if line]
    return {line.split("\t")[1]: line.split("\t")[0] for line in lines}


def test_every_name_in_git_can_stand_on_windows():
    names = list(committed())
    assert len(names) > 500
    forbidden = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .](/|$)')
    devices = re.compile(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.[^/]*)?(/|$)", re.IGNORECASE)
    assert [name for name in names if forbidden.search(name) or devices.search(name)] == []
    assert len({name.lower() for name in names}) == len(names), "two differ by case only"
    assert max(map(len, names)) < 120, "Windows has 260 letters for the whole path"
    links = subprocess.run(["git", "ls-files", "-s"], cwd=ROOT, check=True, capture_output=True)
    assert not any(line.startswith(b"120000") for line in links.stdout.splitlines())


def test_every_text_in_git_is_checked_out_with_line_feeds():
    kinds = committed()
    assert {kind.split()[0] for kind in kinds.values()} <= {"i/lf", "i/-text", "i/none"}
    binary = {Path(name).suffix for name, kind in kinds.items() if kind.startswith("i/-text")}
    attributes = (ROOT / ".gitattributes").read_text("utf-8")
    assert "* text=auto eol=lf\n" in attributes
    named = set(re.findall(r"^\*(\.\w+) binary$", attributes, re.MULTILINE))
    assert binary <= named
    for name, kind in kinds.items():
        assert ("attr/-text" in kind) == (Path(name).suffix in named), name


def test_a_file_is_flushed_through_a_handle_that_may_write(tmp_path, monkeypatch):
    flushed = []

    def fsync(number):  # Windows answers to any other: bad file descriptor
        os.write(number, b"")
        flushed.append(number)

    monkeypatch.setattr(files.os, "fsync", fsync)
    files.write_text(tmp_path / "x", "Ω\n")
    assert (tmp_path / "x").read_bytes() == "Ω\n".encode()
    assert flushed


def test_the_exercise_on_saving_holds_no_file_open_on_windows(tmp_path, monkeypatch):
    held, replace = [], Path.replace

    def noting(draft, path):
        held.extend(one for one in gc.get_objects() if is_reader_of(path, one))
        return replace(draft, path)

    monkeypatch.setattr(Path, "replace", noting)
    monkeypatch.setattr(serving, "WINDOWS", True)

    def save(path, pieces):
        list(pieces)
        draft = path.with_name("draft")
        draft.write_bytes(b"new")
        draft.replace(path)

    assert serving._outcome(save, tmp_path, ["new"], None).all()
    assert held == []
    monkeypatch.setattr(serving, "WINDOWS", False)
    assert serving._outcome(save, tmp_path, ["new"], None).all()
    assert held != []


def is_reader_of(path, one):
    return type(one) is io.TextIOWrapper and str(one.name) == str(path) and not one.closed


def test_where_the_system_has_no_locks_a_training_runs_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    with alone_in(tmp_path / "x"), alone_in(tmp_path / "x"):
        assert (tmp_path / "x").is_dir()


def test_node_and_npm_are_found_where_the_package_has_them():
    node, npm = npm_packages.programs()
    assert node.is_file()
    assert npm.is_file()
    folder = node.parents[0] if os.name == "nt" else node.parents[1]
    windows = [path.relative_to(folder).as_posix() for path in npm_packages.programs("nt")]
    assert windows == ["node.exe", "node_modules/npm/bin/npm-cli.js"]


def test_browsers_that_are_no_commands_are_found(tmp_path, monkeypatch):
    place = tmp_path / "Google Chrome.app"
    place.write_text("", encoding="utf-8")
    place.chmod(0o755)
    kind = site_browser.Kind("chromium", ["no-such-browser"], [str(place)], {})
    monkeypatch.setitem(site_browser.BROWSERS, "chromium", kind)
    assert site_browser.find("chromium") == str(place)
    for one in site_browser.BROWSERS.values():
        assert all(Path(name).name == name for name in one.names)


@pytest.mark.parametrize(
    ("error", "system", "closed"),
    [
        (BrokenPipeError(32, "Broken pipe"), "posix", True),
        (OSError(errno.EINVAL, "Invalid argument"), "nt", True),
        (OSError(errno.EINVAL, "Invalid argument"), "posix", False),
        (OSError(errno.EINVAL, "Invalid argument", "a|b.csv"), "nt", False),
        (OSError(errno.ENOSPC, "No space left"), "nt", False),
    ],
)
def test_a_reader_who_has_had_enough_is_known_on_every_system(error, system, closed):
    assert streams.is_closed_pipe(error, system) == closed


ANSWERS = """
import sys
from unrolled.sentiment.console import run_command
sys.stdout.reconfigure(encoding=sys.argv[1], errors="strict")  # what the system prefers
sys.exit(run_command(lambda: print("\\u5f88\\u597d \\xe9", flush=True), answers=True))
"""


@pytest.mark.parametrize(
    ("prefers", "told", "said"),
    [
        ("cp1252", {}, "很好 é"),
        ("ascii", {}, "很好 é"),
        ("cp1252", {"PYTHONIOENCODING": "cp1252"}, r"\u5f88\u597d é"),
        ("ascii", {"PYTHONIOENCODING": "ascii"}, r"\u5f88\u597d \xe9"),
    ],
)
def test_answers_are_utf_8_and_what_an_encoding_lacks_stops_none(prefers, told, said):
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONIOENCODING"}
    command = [sys.executable, "-c", ANSWERS, prefers]
    done = subprocess.run(command, env=plain | told, capture_output=True)
    assert done.returncode == 0, done.stderr
    encoding = told.get("PYTHONIOENCODING", "utf-8")
    assert done.stdout.decode(encoding).strip() == said
