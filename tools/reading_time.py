"""How much stands open on a built page, and how many minutes a reader needs for it.

What stands in a fold, and what only screen readers or scripts read, is not counted. The answer to a
prediction is: everybody opens it. Exercises and the questions at the end have a time of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

# Seconds of a reader's time, for one of each.
READING = {"words": 60 / 110, "lines": 60 / 8, "equations": 25, "predictions": 90, "figures": 45}
PRACTISING = {"exercises": 10 * 60, "questions": 30}
FOLDS = (
    "details:not(.answer), .dropdown, .toggle, .tag_remove-cell, script, style, .headerlink, "
    ".live-still-note, details.answer > summary, .minutes"
)
EXERCISES = "section[id^=exercises], .exercise, .solution, section[id^=check-yourself]"
WORD = re.compile(r"\w[\w'’-]*")
# Of a page only its article is parsed, without formulas as they are drawn: they are half of it.
ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
DRAWN = re.compile(r"<mjx-container\b.*?</mjx-container>", re.DOTALL)


@dataclass(frozen=True)
class Length:
    """How much of each kind stands open on a page.

    Parameters
    ----------
    words : int
        Of prose: paragraphs, lists, tables, captions. A formula counts as one.
    lines : int
        Of code and of its printed output, empty lines left out.
    equations : int
        Those that stand by themselves.
    predictions : int
        Boxes "Predict, then run".
    figures : int
        Pictures and live figures.
    exercises, questions : int
        Exercises, and questions "Check yourself"; of them nothing else is counted.
    """

    words: int
    lines: int
    equations: int
    predictions: int
    figures: int
    exercises: int
    questions: int

    @property
    def minutes(self) -> int:
        """Minutes of reading, exercises apart."""
        return self._minutes(READING)

    @property
    def practice(self) -> int:
        """Minutes for the exercises and questions."""
        return self._minutes(PRACTISING)

    def _minutes(self, seconds: dict[str, float]) -> int:
        return round(sum(getattr(self, kind) * each for kind, each in seconds.items()) / 60)


def length_of(html: str) -> Length:
    """Return how much stands open on a built page.

    Raises
    ------
    ValueError
        If the page has no article.
    """
    found = ARTICLE.search(html)
    if found is None:
        raise ValueError("The page has no <article>. Give a chapter of the built site.")
    article = BeautifulSoup(DRAWN.sub("", found[0]), "html.parser").article
    exercises = len(article.select(".exercise"))
    questions = len(article.select(".choice.check"))
    predictions = len(article.select(".choice.predict"))
    _drop(article, EXERCISES)
    _drop(article, FOLDS)
    figures = len(article.select("img:not(.live-still, .only-dark), .live"))
    equations = len(_drop(article, "div.math"))
    lines = sum(_filled_lines(block.get_text()) for block in _drop(article, "pre"))
    for formula in article.select("span.math"):
        formula.replace_with(" formula ")
    words = len(WORD.findall(article.get_text(" ")))
    return Length(words, lines, equations, predictions, figures, exercises, questions)


def _drop(article: Tag, selector: str) -> list[Tag]:
    """Take what a selector finds out of the article, and return it."""
    found = [one for one in article.select(selector) if one.find_parent() is not None]
    for one in found:
        one.extract()
    return found


def _filled_lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())
