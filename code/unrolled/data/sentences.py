"""Sentences of a text, and short texts that are cut from long ones.

A model that has learnt reviews of hundreds of words has met no sentence that stands alone. Runs of
one to a few sentences, cut from reviews, are such texts; a label they do not have, for praise holds
sentences that blame, and most that do neither. A teacher can judge them
(`unrolled.nets.distillation`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from unrolled.data.tokenizer import is_word, tokenize

END = re.compile(r"([.!?…]+[\"'”’)\]]*)\s+(?=[\"'“‘(\[]*[^\Wa-z])")
#: A point that ends no sentence stands behind a title, a single letter as in "J. R. Ewing" (but not
#: "I"), or letters with points between them.
ABBREVIATED = re.compile(
    r"(?<![\w'])(?:mr|mrs|ms|dr|prof|st|jr|sr|vs|capt|lt|[a-hj-z]|(?:[a-z]\.)+[a-z])\.$",
    re.IGNORECASE,
)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of an English text, in order, without the blanks between them.

    A sentence ends at a line break, and at marks such as ``.``, ``?!`` or ``...``, with whatever
    closes quotations and brackets, where white space and something else than a small letter
    follow. It does not end at the point of an abbreviation or of a single letter. What holds no
    letter, digit or emoji, such as a row of stars, is no sentence.

    This is a rule of thumb: "at 5 p.m. He left" stays whole, and so does what is written without
    capitals.
    """
    found = []
    for line in text.splitlines():
        begin = 0
        for end in END.finditer(line):
            if not ABBREVIATED.search(line[begin : end.end(1)]):
                found.append(line[begin : end.end(1)])
                begin = end.end()
        found.append(line[begin:])
    return [one.strip() for one in found if any(map(is_word, tokenize(one)))]


def cut_runs(
    texts: Iterable[str], each: int, rng: np.random.Generator, *, longest: int = 3
) -> list[str]:
    """Return short texts: from each text `each` runs of 1 to `longest` sentences next to another.

    How many sentences a run has, and where it begins, is drawn evenly. A run may come twice; a text
    with fewer sentences than are drawn gives all of them, and one without a word gives nothing.

    Raises
    ------
    ValueError
        If `each` is negative or `longest` less than 1.
    """
    if each < 0 or longest < 1:
        raise ValueError(
            f"cut_runs got each={each}, longest={longest}; give a number of runs from 0 on, and at "
            "least one sentence."
        )
    runs = []
    for sentences in filter(None, map(split_sentences, texts)):
        for size in np.minimum(rng.integers(1, longest + 1, each), len(sentences)):
            begin = rng.integers(len(sentences) - size + 1)
            runs.append(" ".join(sentences[begin : begin + size]))
    return runs
