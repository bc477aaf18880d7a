"""What `make` and `python tools/run.py` do: what is made before what, and what is said."""

import ast
import os
import re
import runpy
import shutil
import subprocess
import sys

import pytest
import yaml

import chapters
import pipeline
import run_parts
import steps

RUN = chapters.ROOT / "tools" / "run.py"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return a copy of what the pipeline looks at; what it would run is noted in `calls`."""
    root = tmp_path / "my course é 课"
    for name in ("ENVIRONMENT", "PYTHON", "READY", "LOCK", "SEARCH", "PROVERS", "SITE"):
        monkeypatch.setattr(steps, name, root / getattr(steps, name).relative_to(steps.ROOT))
    monkeypatch.setattr(steps, "PINS", [root / path.name for path in steps.PINS])
    monkeypatch.setattr(steps, "ROOT", root)
    for path in (*steps.PINS, steps.LOCK, steps.READY, steps.SEARCH, steps.PROVERS):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1000, 1000))
    for name in ("OMP_NUM_THREADS", *steps.SETTINGS):
        monkeypatch.delenv(name, raising=False)
    for name in ("JUPYTER_PREFER_ENV_PATH", "PYDEVD_DISABLE_FILE_VALIDATION", "PYTHONUTF8"):
        monkeypatch.setenv(name, "1")  # so that what is set is taken back
    monkeypatch.setenv("HOME", str(tmp_path))
    return root


@pytest.fixture
def calls(course, monkeypatch):
    """Return the commands that the pipeline has run, paths below the course without it."""
    noted = []

    def call(*words):
        words = [str(word).removeprefix(f"{course}{os.sep}") for word in words]
        noted.append(" ".join(words).replace(os.sep, "/"))

    monkeypatch.setattr(steps, "call", call)
    return noted


PYTHON = "Scripts/python.exe" if os.name == "nt" else "bin/python"
SEED = f".venv/{PYTHON} tools/seed_cache.py"
NPM = f".venv/{PYTHON} tools/npm_packages.py"


def of_pip(calls):
    return [call for call in calls if "-m pip" in call]


# ---------------------------------------------------------------- make and run.py


def test_make_knows_the_targets_of_the_pipeline():
    makefile = chapters.ROOT.joinpath("Makefile").read_text("utf-8").replace("\\\n", " ")
    (targets,) = re.findall(r"^TARGETS := (.*)$", makefile, re.MULTILINE)
    assert targets.split() != []
    assert set(targets.split()) == {name for name, one in steps.TARGETS.items() if one.listed}


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_make_hands_target_and_settings_on_and_does_nothing_else(tmp_path):
    folder = tmp_path / "two words é"
    (folder / "bin").mkdir(parents=True)
    shutil.copy(chapters.ROOT / "Makefile", folder)
    fake = folder / "bin" / "a python"
    fake.write_text('#!/bin/sh\necho "$@, ALL=$ALL, PAGES=$PAGES"\n', encoding="utf-8")
    fake.chmod(0o755)
    for target, one in steps.TARGETS.items():
        command = ["make", target, "PYTHON=bin/a python", "ALL=1", "PAGES=gates/gru map"]
        command += ["--no-print-directory"]
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
        if one.listed:
            assert done.stdout == f"tools/run.py {target}, ALL=1, PAGES=gates/gru map\n"
        else:
            assert done.returncode
    command = ["make", "--no-print-directory", "book", "PYTHON=no-such-python"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    assert "No 'no-such-python' here. Install Python 3.11 or newer" in done.stdout
    assert done.returncode


def test_what_runs_before_the_environment_needs_the_standard_library_alone():
    ours, seen = ["run"], set()
    while ours:
        name = ours.pop()
        seen.add(name)
        tree = ast.parse(RUN.with_name(f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in getattr(node, "names", ()) if hasattr(alias, "name")]
            if isinstance(node, ast.ImportFrom):
                names = [node.module]
            elif not isinstance(node, ast.Import):
                continue
            for module in {one.split(".")[0] for one in names} - set(sys.stdlib_module_names):
                if module != "jupyter_book":
                    assert RUN.with_name(f"{module}.py").exists(), module
                    ours += [module] if module not in seen else []
    assert seen == {"run", "pipeline", "steps", "run_parts"}, "all are copied by test_from_disk.py"


def test_an_old_python_is_told_what_is_needed(monkeypatch):
    text = RUN.read_text("utf-8")
    kinds = {type(node) for node in ast.walk(ast.parse(text))}
    assert not kinds & {ast.JoinedStr, ast.AnnAssign, ast.NamedExpr}, "Python 2.7 cannot read it"
    assert "__future__" not in text
    assert text.isascii()
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(SystemExit, match=r"is Python 3\.9; this course needs Python 3\.11"):
        runpy.run_path(str(RUN))


WORKFLOWS = sorted(chapters.ROOT.joinpath(".github", "workflows").glob("*.yml"))


def jobs():
    """Return the jobs of all workflows, by file and name."""
    return {
        (path.stem, name): job
        for path in WORKFLOWS
        for name, job in yaml.safe_load(path.read_text("utf-8"))["jobs"].items()
    }


def test_workflows_ask_for_targets_that_are_there():
    asked = set()
    for job in jobs().values():
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step), step
            found = re.search(r"^(?:make|python tools/run\.py) (.+)$", step.get("run", ""))
            asked |= {one for one in found[1].split() if "=" not in one} if found else set()
    assert asked <= set(steps.TARGETS)
    assert {"book", "test-package", "test-chapters", "pdf"} <= asked


def test_linux_runs_everything_and_other_systems_the_package_the_chapters_and_the_book():
    linux, other = jobs()["ci", "test"], jobs()["ci", "elsewhere"]
    readme = chapters.ROOT.joinpath("README.md").read_text("utf-8")
    (versions,) = re.findall(r"CI tests ([\d., and]+) on Linux", readme)
    assert linux["strategy"]["matrix"]["python"] == re.findall(r"[\d.]+\d", versions)
    assert [step["run"] for step in linux["steps"] if "run" in step] == [".ci/run"]
    assert "\nmake test\n" in chapters.ROOT.joinpath(".ci", "run").read_text("utf-8")
    assert other["strategy"]["matrix"]["os"] == ["macos-latest", "windows-latest"]
    ran = [step["run"].split()[-1] for step in other["steps"] if "run" in step]
    assert ran == ["venv", "book", "test-package", "test-chapters"]
    assert not any("shell" in step or "make " in str(step.get("run")) for step in other["steps"])


# ---------------------------------------------------------------- what is made before what


def test_a_finished_environment_is_left_alone_and_the_book_is_built_in_one_thread(
    course, calls, monkeypatch, capsys
):
    threads = []
    monkeypatch.setattr(steps, "tool", lambda *_: threads.append(os.environ.get("OMP_NUM_THREADS")))
    assert steps.main(["book"]) == 0
    assert threads == ["1"]
    assert "OMP_NUM_THREADS" not in os.environ
    (build,) = calls
    assert build.startswith(f".venv/{PYTHON} -P -c ")
    assert (
        "build book --config _config.yml --toc _toc.yml --path-output . -W -n --keep-going" in build
    )
    said = capsys.readouterr().out.splitlines()[-1]
    assert said == f"The site: {(course / '_build' / 'html' / 'index.html').as_uri()}"


def test_a_changed_pin_makes_the_environment_anew_and_only_once(course, calls):
    os.utime(steps.PINS[1], (2000, 2000))
    assert steps.main(["book", "test-site"]) == 0
    assert calls[0].split()[-3:] == ["-m", "venv", ".venv"]
    pinned, data, own = of_pip(calls)
    assert "-r requirements.txt -c constraints.txt" in pinned
    assert data.endswith("--no-deps --require-hashes -r requirements-data.txt")
    assert own.endswith("--no-deps --editable .")
    assert calls.index(own) < calls.index(SEED)
    assert sum(call == SEED for call in calls) == 1
    calls.clear()
    assert steps.main(["book"]) == 0
    assert of_pip(calls) == []


def test_an_environment_that_could_not_be_made_is_not_taken_for_ready(course, monkeypatch, capsys):
    def fail(*_):
        raise steps.Failed("no index", 7)

    monkeypatch.setattr(steps, "pip", fail)
    monkeypatch.setattr(steps, "call", lambda *_: None)
    steps.READY.unlink()
    assert steps.main(["venv"]) == 7
    assert capsys.readouterr().err == "no index\n"
    assert not steps.READY.exists()


def test_a_changed_lock_gets_the_packages_of_npm_anew(course, calls):
    os.utime(steps.LOCK, (2000, 2000))
    steps.main(["book"])
    assert calls[:2] == [NPM, SEED]
    calls.clear()
    steps.main(["lint"])
    assert calls[0] == f"{NPM} --dev"
    calls.clear()
    steps.main(["lint"])
    assert f"{NPM} --dev" not in calls
    later = steps.PROVERS.stat().st_mtime + 10
    os.utime(steps.READY, (later, later))
    steps.main(["lint"])
    assert f"{NPM} --dev" in calls, "a new environment may bring another npm"


def test_nothing_is_installed_to_clean_or_to_help(course, calls, capsys):
    steps.READY.unlink()
    (course / "_build" / "html").mkdir(parents=True)
    assert steps.main(["clean", "help"]) == 0
    assert steps.main(["clean"]) == 0
    assert calls == []
    assert not (course / "_build").exists()
    assert "  book            Build the site" in capsys.readouterr().out


def test_a_pdf_is_not_begun_where_no_browser_could_end_it(course, monkeypatch):
    asked = []

    def call(*words):
        asked.append(words)
        raise steps.Failed("none")

    monkeypatch.setattr(steps, "call", call)
    assert steps.main(["pdf"]) == 2
    assert [words[1:] for words in asked] == [(course / "tools" / "book_pdf.py", "--can")]


# ---------------------------------------------------------------- what is handed on


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["notebooks"], "tools/execute_chapters.py"),
        (["notebooks", "ALL=1", "OVERWRITE=1"], "tools/execute_chapters.py --all --overwrite"),
        (["measures", "PAGES=gates/gru map"], "tools/measures.py gates/gru map"),
        (["repository", "URL=https://x.y/z?a=b"], "tools/repository.py https://x.y/z?a=b --site "),
        (["pdf", "OFFER=1"], "tools/book_pdf.py --offer"),
        (["test-processors", "CHAPTERS=book/a.ipynb"], "tools/processors.py book/a.ipynb"),
    ],
)
def test_settings_reach_the_tools(asked, expected, course, calls, monkeypatch):
    for name in steps.SETTINGS:
        monkeypatch.setenv(name, "")  # so that what is set is taken back
    assert steps.main(asked) == 0
    assert calls[-1] == f".venv/{PYTHON} {expected}"


@pytest.mark.parametrize("asked", ["bok", "COLOUR=1", "--help"])
def test_what_is_not_known_is_refused_before_anything_runs(asked, course, calls, capsys):
    assert steps.main(["book", asked]) == 2
    said = capsys.readouterr().err
    assert f"Unknown: {asked.split('=')[0]}. Targets are venv, book, " in said
    assert "PORT" in said
    assert calls == []


@pytest.mark.parametrize(("uid", "root"), [(0, True), (1000, False), (None, False)])
def test_lab_starts_for_root_too_and_says_what_that_means(uid, root, calls, monkeypatch, capsys):
    if uid is None:  # as on Windows
        monkeypatch.delattr(os, "geteuid", raising=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: uid, raising=False)
    assert steps.main(["lab"]) == 0
    assert ("-m jupyterlab --allow-root --LabApp" in calls[-1]) == root
    assert ("You are root" in capsys.readouterr().out) == root


@pytest.mark.skipif(os.name == "nt", reason="Windows has no HOME")
def test_a_home_folder_that_cannot_be_written_is_replaced(course, tmp_path):
    found = {"HOME": str(tmp_path)}
    steps.prepare_environment(found)
    assert found["HOME"] == str(tmp_path)
    for lost in ({"HOME": str(tmp_path / "not there")}, {}):
        steps.prepare_environment(lost)
        assert lost["HOME"] == str(course / "_build" / "home")
        assert (course / "_build" / "home").is_dir()


def test_windows_is_told_that_all_text_is_utf_8(course, monkeypatch):
    for windows, told in ((True, "1"), (False, None)):
        monkeypatch.setattr(steps, "WINDOWS", windows)
        found = dict(os.environ, HOME=str(course))
        found.pop("PYTHONUTF8", None)
        steps.prepare_environment(found)
        assert found.get("PYTHONUTF8") == told
        assert found["JUPYTER_PREFER_ENV_PATH"] == "1"


# ---------------------------------------------------------------- what goes wrong


def test_a_command_that_fails_stops_the_rest_and_is_named(course, monkeypatch, capfd):
    monkeypatch.setattr(steps, "PYTHON", sys.executable)
    (course / "tools").mkdir()
    tool = course / "tools" / "seed_cache.py"
    tool.write_text("import sys; print('seeding'); sys.exit(3)", encoding="utf-8")
    assert steps.main(["book"]) == 3
    said = capfd.readouterr()
    assert "seeding" in said.out
    assert "The site" not in said.out
    assert "FAILED (exit status 3): " in said.err
    assert "seed_cache.py" in said.err


def test_a_missing_program_is_a_sentence(course, capfd):
    assert steps.main(["notebooks"]) == 2  # the environment has no Python
    said = capfd.readouterr().err
    assert "cannot be run" in said
    assert f"Remove {course / '.venv'} and try again." in said


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_made(
    course, calls, monkeypatch, capsys
):
    steps.READY.unlink()
    monkeypatch.setattr(steps.os, "access", lambda path, _: path != course)
    assert steps.main(["venv"]) == 2
    assert f"{course} cannot be written" in capsys.readouterr().err
    assert calls == []


def test_a_python_without_venv_is_told_what_to_install(course, calls, monkeypatch, capsys):
    steps.READY.unlink()
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert steps.main(["venv"]) == 2
    assert "apt install python3-venv" in capsys.readouterr().err
    assert calls == []


# ---------------------------------------------------------------- the parts of the proof


def parts(statuses):
    """Run parts that end as told; return which ran, and the sentence."""
    ran = []

    def run(part):
        ran.append(part)
        return statuses[part]

    return ran, run_parts.report(list(statuses), *run_parts.run_parts(list(statuses), run))


def test_all_parts_run_and_their_times_are_printed(capsys):
    ran, wrong = parts({"lint": 0, "book": 0})
    assert ran == ["lint", "book"]
    assert wrong == ""
    said = capsys.readouterr().out
    assert "where the time went" in said
    assert "Everything passed." in said


def test_a_failing_part_fails_the_whole_and_stops_it(capsys):
    ran, wrong = parts({"lint": 0, "bad": -9, "book": 0})
    assert ran == ["lint", "bad"]
    assert wrong.startswith("FAILED: bad. To see it alone: python tools/run.py bad")
    said = capsys.readouterr().out
    assert "Not run after the failure: book" in said
    assert "Everything passed" not in said


def test_each_part_is_a_process_of_its_own_and_plays_the_processor(course, monkeypatch, capfd):
    (course / "tools").mkdir()
    shown = "import os, sys; print('PART', sys.argv[1:], os.environ.get('ATEN_CPU_CAPABILITY'))"
    (course / "tools" / "run.py").write_text(shown, encoding="utf-8")
    said = "print('export ATEN_CPU_CAPABILITY=avx2'); print(\"export LIST='a b'\")"
    (course / "tools" / "processors.py").write_text(said, encoding="utf-8")
    monkeypatch.setattr(steps, "PYTHON", sys.executable)
    monkeypatch.setenv("PROCESSOR", "avx2")
    assert pipeline.as_processor("avx2") == {"ATEN_CPU_CAPABILITY": "avx2", "LIST": "a b"}
    assert steps.main(["test"]) == 0
    ran = [line for line in capfd.readouterr().out.splitlines() if line.startswith("PART")]
    assert ran == [f"PART ['{part}'] avx2" for part in pipeline.PROOF]
