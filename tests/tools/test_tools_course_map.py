"""The map: what the pages say of themselves, in order, and the hours of a way through them."""

import pytest

from course_map import branches, drawn, hours, stations

HEADER = "---\nkernelspec:\n  name: python3\n---\n\n```{code-cell} ipython3\n# No title\n```\n\n"
PAGES = {
    "a/one": f"{HEADER}(chapter-one)=\n\n# One: *first*?\n\n**You need:** patience\n\nText.",
    "a/two": f"{HEADER}(old)=\n(chapter-two)=\n# Two: second?\n\n"
    "**You need:** {ref}`chapter-one`\n",
    "studies/s": f"{HEADER}(study-s)=\n# Is it?\n\n**You need:** {{ref}}`this <old>`, "
    "{ref}`that <chapter-one>`\n\n{ref}`study-s`",
    "beyond/u": f"{HEADER}(use-u)=\n# A use?\n\n**You need:** {{ref}}`chapter-one`\n",
    "notes": "# No code\n",
}
LENGTHS = "page,minutes,practice\na/one,20,30\na/two,25,40\nstudies/s,90,0\nbeyond/u,31,10\n"


@pytest.fixture
def pages(tmp_path):
    """Return the stations of a small book."""
    for name, text in PAGES.items():
        path = tmp_path / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "lengths.csv").write_text(LENGTHS, encoding="utf-8")
    return stations(tmp_path, list(PAGES))


def test_stations_are_the_pages_with_code_and_know_what_they_need(pages):
    assert [page.name for page in pages] == ["a/one", "a/two", "studies/s", "beyond/u"]
    assert [page.needs for page in pages] == [(), ("a/one",), ("a/two", "a/one"), ("a/one",)]
    assert [page.minutes for page in pages] == [20, 25, 90, 31]


def test_a_study_branches_off_the_last_chapter_that_it_needs(pages):
    assert [(road.name, [s.name for s in beside]) for road, beside in branches(pages)] == [
        ("a/one", []),
        ("a/two", ["studies/s"]),
        ("beyond/u", []),
    ]


def test_the_map_links_every_page_and_adds_its_minutes(pages):
    html = drawn(pages)
    assert '<a href="a/one.html">One: first?</a>' in html
    assert "25 min, exercises 40 min · after 1<" in html
    assert "2 chapters, 45 min to read, 1 h 10 min of exercises" in html
    assert "The studies: 1, 1 h 30 min to read" in html


def test_a_use_stands_after_the_road_and_is_counted_apart(pages):
    html = drawn(pages)
    assert '<li class=map-use><a href="beyond/u.html">A use?</a>' in html
    assert "The uses beyond it: 1, 31 min to read, 10 min of exercises" in html
    assert "uses" not in drawn([page for page in pages if not page.use])


@pytest.mark.parametrize(
    ("minutes", "said"), [(5, "5 min"), (60, "1 h"), (61, "1 h 1 min"), (135, "2 h 15 min")]
)
def test_minutes_are_said_as_people_say_them(minutes, said):
    assert hours(minutes) == said
