"""Each animal of the zoo is refused, or read, with the sentence that helps its owner."""

import errno
import os
import re
import tracemalloc
from pathlib import Path

import pytest
from data.labelled.zoo import COLUMNS, REFUSED, TOLD

from unrolled.data.labelled.reading import read_labelled
from unrolled.data.labelled.rows import LabelledError
from unrolled.data.labelled.split import split


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_a_sentence_that_helps(name, tmp_path):
    animal = REFUSED[name]
    path = animal.put(tmp_path)
    with pytest.raises(LabelledError) as caught:
        split(read_labelled(path, **animal.settings), seed=0)
    told = str(caught.value)
    for part in animal.told:
        assert part in told
    assert path.name in told or "delimiter" in told, "the file is named"
    assert re.search(r"\.$|\?$|letter by letter\.$", told)
    assert len(told.replace(str(tmp_path), "")) < 500, "a reader takes it in"


@pytest.mark.parametrize("name", TOLD)
def test_an_odd_file_is_read_and_what_is_odd_is_told(name, tmp_path):
    animal = TOLD[name]
    report = str(split(read_labelled(animal.put(tmp_path), **animal.settings), seed=0).report)
    for part in animal.told:
        assert part in report
    assert len(report.splitlines()) <= 15


def test_a_file_without_leave_to_read_is_refused(tmp_path, monkeypatch):
    path = REFUSED["header only"].put(tmp_path)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root, or Windows: play it

        def refuse(self):
            raise PermissionError(errno.EACCES, "Permission denied", str(self))

        monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(
        LabelledError, match=r"own.csv may not be read by you \(Permission denied\)"
    ):
        read_labelled(path, **COLUMNS)

    def shut(self):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", shut)
    with pytest.raises(LabelledError, match=r"cannot be looked into \(Permission denied\)"):
        read_labelled(tmp_path)


def many(path, count):
    """Write so many rows of about 100 letters."""
    rows = (f"row {k} {'has a few words ' * 6},{('no', 'yes')[k % 2]}\n" for k in range(count))
    path.write_text("text,label\n" + "".join(rows), encoding="utf-8")
    return path


def test_a_hundred_thousand_rows_are_read_and_split(tmp_path):
    parts = split(read_labelled(many(tmp_path / "own.csv", 100_000), **COLUMNS), seed=0)
    assert [len(part) for part in parts] == [80_000, 10_000, 10_000]
    assert parts.train.rows[-1] > 99_000


def test_rows_take_little_more_memory_than_they_are_long(tmp_path):
    path = many(tmp_path / "own.csv", 10_000)
    tracemalloc.start()
    try:
        split(read_labelled(path, **COLUMNS), seed=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * path.stat().st_size
