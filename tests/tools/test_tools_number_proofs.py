"""For each number of a text the tool names the assertion that holds it."""

import subprocess
import sys

import chapter_rules
from chapter_rules import Chapter
from number_proofs import NOTHING, number_proofs


def test_each_number_of_the_template_is_shown_with_its_proof():
    shown = dict(number_proofs(Chapter.load(chapter_rules.TEMPLATE)))
    assert shown["0.35"] == [
        "cell 5: assert round(share, 2) == 0.35, 'ten steps at 90 % leave 0.35'"
    ]
    assert all(shown.values())


def test_a_number_without_a_proof_is_named_by_the_command(tmp_path):
    page = tmp_path / "page.md"
    text = chapter_rules.TEMPLATE.read_text(encoding="utf-8")
    page.write_text(text.replace("third is left: 0.35", "third is left: 0.77"), encoding="utf-8")
    tool = chapter_rules.TEMPLATE.with_name("number_proofs.py")
    said = subprocess.run(
        [sys.executable, tool, page], capture_output=True, text=True, check=True
    ).stdout
    assert f"     0.77  {NOTHING}\n" in said
