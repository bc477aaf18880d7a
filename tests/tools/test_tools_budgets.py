"""The lengths of a page: what stands open is counted, what is folded or an exercise is not."""

import csv

import pytest

import budgets
import reading_time
from reading_time import Length, length_of

PAGE = """
<html><body><p>outside</p><article>
<section><h1>Five words stand up here<a class="headerlink">#</a></h1>
<p>A formula <span class="math">\\(x\\)</span> counts once.</p>
<div class="math">\\[ y = x \\]</div>
<div class="cell"><div class="cell_input"><pre>a = 1

b = 2
</pre></div><div class="cell_output"><pre>3</pre><img alt="many words here" src="a.png">
<img class="only-dark" alt="the same once more" src="b.png"></div></div>
<details><summary>Show</summary><pre>hidden = 1</pre><p>hidden words</p><img></details>
<div class="choice predict"><p>What?</p>
<details><summary>one</summary><p>Why so.</p></details></div>
<details class="answer"><summary>Show the answer</summary><p>It is this.</p>
<pre>b = 4</pre></details>
<p class="minutes">Reading 5 min</p>
<figure class="live"><img class="live-still"></figure>
<section id="exercises"><h2>Exercises</h2>
<div class="exercise admonition"><p>Do it.</p><pre>def stub(): ...</pre></div>
<div class="solution dropdown admonition"><p>Done.</p><img></div></section>
<section id="check-yourself"><h2>Check</h2>
<div class="choice check"><p>What?</p></div></section></section></article></body></html>
"""


def test_what_stands_open_is_counted_and_folds_and_exercises_are_not():
    length = length_of(PAGE)
    assert length == Length(
        *(5 + 5 + 1 + 3, 3 + 1), equations=1, predictions=1, figures=2, exercises=1, questions=1
    )


@pytest.mark.parametrize("kind", reading_time.READING)
def test_minutes_grow_with_everything_that_takes_time(kind):
    one = dict.fromkeys(Length.__dataclass_fields__, 3)
    more = Length(**one | {kind: 1_000})
    assert more.minutes > Length(**one).minutes


def test_a_chapter_at_every_limit_is_read_in_the_time_of_the_road():
    limits = {k: v for k, v in budgets.ROAD.items() if k in Length.__dataclass_fields__}
    at_limit = Length(**limits, equations=6, predictions=3, exercises=9, questions=6)
    assert at_limit.minutes <= budgets.ROAD["minutes"]


def test_what_is_more_than_a_page_may_have_is_named():
    road, study = (
        dict.fromkeys(budgets.COLUMNS, 1) | {"page": p} for p in ("gates/x", "studies/x")
    )
    assert budgets.over(road) == budgets.over(study) == []
    assert budgets.over(road | {"words": 1_701, "figures": 9}) == ["words", "figures"]
    assert budgets.over(study | {"words": 4_001, "lines": 999}) == ["words"]


def test_the_table_of_lengths_comes_back_as_it_was_measured(tmp_path):
    row = budgets.row_of("gates/x", PAGE, 900)
    budgets.write([row], tmp_path / "lengths.csv")
    with (tmp_path / "lengths.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{key: str(value) for key, value in row.items()}]


def test_a_page_without_an_article_is_refused():
    with pytest.raises(ValueError, match="no <article>"):
        length_of("<html><body><p>words</p></body></html>")
