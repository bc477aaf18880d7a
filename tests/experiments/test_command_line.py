"""The command line of the experiments answers in sentences."""

import pytest

from unrolled.experiments import __main__ as command_line


@pytest.fixture
def known_toy(toy, monkeypatch):
    """Make the command line know one experiment, the toy."""
    monkeypatch.setattr(command_line, "modules", lambda: {"toy": "nowhere"})
    monkeypatch.setattr(command_line, "find", {"toy": toy}.__getitem__)


def test_a_folder_of_records_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert command_line.main(["--results", str(tmp_path / "file" / "x"), "run", "timing"]) == 2
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "--results FOLDER run ..." in said


def test_the_command_line_lists_runs_and_shows(known_toy, tmp_path, capsys):
    assert command_line.main(["--results", str(tmp_path), "run", "toy"]) == 0
    assert command_line.main(["--results", str(tmp_path), "list"]) == 0
    listed = capsys.readouterr().out
    assert "toy                recorded" in listed
    assert "Does it run?" in listed
    assert command_line.main(["--results", str(tmp_path), "show", "toy"]) == 0
    shown = capsys.readouterr().out
    assert "value" in shown
    assert "python -m unrolled.experiments run toy" in shown


def test_the_command_line_says_where_unfinished_findings_are(known_toy, tmp_path, capsys):
    assert command_line.main(["--results", str(tmp_path), "run", "toy", "--seed", "1"]) == 0
    assert "toy.partial.jsonl" in capsys.readouterr().out
    assert command_line.main(["--results", str(tmp_path), "run", "toy", "--seed", "9"]) == 2
    assert "no seed 9" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["run", "show"])
def test_an_unknown_name_lists_the_known_ones(verb, capsys):
    assert command_line.main([verb, "nothing"]) == 2
    error = capsys.readouterr().err
    assert "no experiment named 'nothing'" in error
    assert "long-memory" in error


def test_a_missing_record_is_a_sentence_not_a_traceback(known_toy, tmp_path, capsys):
    assert command_line.main(["--results", str(tmp_path), "show", "toy"]) == 2
    assert "There is no toy.csv" in capsys.readouterr().err
