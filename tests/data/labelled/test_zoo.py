"""Each animal of the zoo is refused, or read, with the sentence that helps its owner."""

import re

import pytest
from data.labelled.zoo import REFUSED, TOLD

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
