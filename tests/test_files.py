"""A file is at every moment the old one or the new one, whole."""

import os

import pytest

from unrolled import files


def test_the_new_file_takes_the_old_ones_place_only_at_the_end(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with files.whole(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
        assert draft != path
        assert draft.parent == path.parent
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError("of ours"), KeyboardInterrupt()])
def test_an_error_on_the_way_leaves_the_old_file_and_no_draft(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(type(error)), files.whole(path) as draft:  # noqa: PT012
        draft.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_of_the_system_names_the_file_and_keeps_its_number(tmp_path):
    path = tmp_path / "a.txt"
    with pytest.raises(OSError, match=r"cannot be written \(full\)") as caught, files.whole(path):
        raise OSError(28, "full")
    assert caught.value.errno == 28
    assert caught.value.filename == str(path)


def test_a_text_is_written_in_utf_8_with_its_own_line_ends(tmp_path):
    files.write_text(tmp_path / "a.txt", "é\r\n−\n")
    assert (tmp_path / "a.txt").read_bytes() == "é\r\n−\n".encode()


def test_drafts_of_one_file_go_and_everything_else_stays(tmp_path):
    for name in ("a.txt", f"a.txt.draft{os.getpid()}", "a.txt.draft7", "b.txt.draft7"):
        (tmp_path / name).write_text(name)
    files.remove_drafts(tmp_path / "a.txt")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "b.txt.draft7"]
