"""On paper a page is light and whole, nothing is wider than it, and answers stand at its end."""

import io
import re
import unicodedata
from collections import Counter

import pytest
from built_site import LIVE, PAGES, Visit, live_figure, soup
from pypdf import PdfReader

CHAPTER = "gates/lstm-gradients.html"  # has all that is treated in its own way
END = "Answers and solutions"
PAPER = 627  # pixels of an A4 page between its margins
BEGIN, DONE = (f"() => dispatchEvent(new Event('{name}print'))" for name in ("before", "after"))


def words_of(pdf):
    """Return the text of a printed page, without what stands at the head and foot of each sheet."""
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"^Learning to Remember .*\n\d+\n", "", text + "\n", flags=re.MULTILINE)


def letters(text):
    """Return the letters and digits of a text alone, however they are spaced and joined."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


def runs(node):
    """Return the stretches of text of a piece of a page, between its formulas and code."""
    for part in node.find_all(string=True):
        if not part.find_parent(["mjx-container", "pre"]) and len(letters(part)) > 15:
            yield letters(part)


@pytest.fixture(scope="module")
def chapter(site, chromium):
    """Return the text of a chapter, printed from a dark screen, its first figure moved."""
    with Visit(chromium, site, CHAPTER, scheme="dark", opened=False) as visit:
        _, name = next(live for live in LIVE if live[0] == CHAPTER)
        figure = live_figure(visit, name)
        figure.get_by_role("slider").first.press("End")
        status = figure.locator("[role=status]").inner_text()
        words = words_of(visit.page.pdf())
        assert visit.complaints == []
    return words, status


def test_reasons_answers_and_solutions_stand_only_at_the_end(chapter):
    before, end = (letters(half) for half in chapter[0].split(f"\n{END}\n"))
    article = soup(CHAPTER).article
    answers = article.select(
        ".choice > details > :not(summary), details.answer > p, .solution > section > p"
    )
    answers += [
        part
        for fold in article.select("details.fold")
        if fold.summary.get_text() == "Answer"
        for part in fold.select("p")
    ]
    found = [run for part in answers for run in runs(part)]
    assert len(found) > 20
    assert [run for run in found if run in before] == []
    assert [run for run in found if run not in end] == []
    for option in article.select(".choice summary"):
        for run in runs(option):
            assert run in before, "what one may choose"


def test_all_code_of_a_page_is_printed(chapter):
    code = Counter(
        token for block in soup(CHAPTER).article.select("pre") for token in words(block.get_text())
    )
    assert code.total() > 500
    assert code - Counter(words(chapter[0])) == Counter()


def words(text):
    """Return the words and numbers of code."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text))


def test_folds_are_named_and_nothing_is_offered_to_press(chapter):
    lines = chapter[0].split("\n")
    assert "The imports" in lines
    assert "The code" in lines
    assert any(line.startswith("Checked: ") for line in lines)
    assert not re.search("Show the|Hide the|Forget my|Guess first|as a notebook", chapter[0])


def test_a_live_figure_is_printed_as_it_begins_also_after_it_was_moved(chapter, site):
    words, status = chapter
    assert letters(status) not in letters(words)
    for name in [name for page, name in LIVE if page == CHAPTER]:
        assert [label for label in labels(name) if label not in letters(words)] == []
    assert words.count("On the site this figure moves") == sum(page == CHAPTER for page, _ in LIVE)


def labels(name):
    """Return the longer words of a live figure's still picture."""
    from chapters import BOOK

    picture = (BOOK / "_static" / "live" / f"{name}.svg").read_text(encoding="utf-8")
    told = " ".join(re.findall(r"<text[^>]*>([^<]*)<", picture))
    return set(re.findall(r"[a-z]{4,}", told))


def test_without_scripts_everything_is_printed_in_its_place(site, chromium):
    with chromium.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(f"{site}/{CHAPTER}")
        text = words_of(tab.pdf())
    article = soup(CHAPTER).article
    for part in article.select(".choice details > p, details.answer > p, .solution p"):
        assert [run for run in runs(part) if run not in letters(text)] == []
    code = Counter(token for block in article.select("pre") for token in words(block.get_text()))
    assert code - Counter(words(text)) == Counter()


@pytest.fixture(scope="module")
def paper(chromium):
    """Return a tab as wide as paper, on a dark screen."""
    with chromium.new_context(
        viewport={"width": PAPER, "height": 900}, color_scheme="dark"
    ) as context:
        yield context.new_page()


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_paper_and_nothing_but_the_article_is_printed(page, paper, site):
    paper.emulate_media(media="screen")
    paper.goto(f"{site}/{page}")
    paper.emulate_media(media="print")
    paper.evaluate(BEGIN)
    found = paper.evaluate(
        f"""() => {{ const text = (node) => node.outerHTML.slice(0, 150);
          const shown = [...document.querySelectorAll("body *")].filter(node =>
            node.checkVisibility({{ visibilityProperty: true }}));
          const article = document.querySelector("article");
          const wide = shown.filter(node => node.getBoundingClientRect().right > {PAPER} + 1
            && !node.closest("mjx-assistive-mml, .visually-hidden"));
          const cut = shown.filter(node => node.closest("article")
            && node.scrollWidth > node.clientWidth + 1
            && getComputedStyle(node).overflowX !== "visible" && !node.closest("mjx-container"));
          const other = shown.filter(node => !node.closest("article") && node.innerText?.trim()
            && node.getBoundingClientRect().height > 0 && !node.contains(article));
          const pale = (node) => {{
            const [r, g, b] = getComputedStyle(node).color.match(/[\\d.]+/g);
            return 0.3 * r + 0.6 * g + 0.1 * b > 140; }};
          const written = "p, li, td, pre, pre span, a, summary";
          const light = shown.filter(node => node.closest("article") && node.matches(written)
            && node.textContent.trim() && pale(node));
          return {{ wide: wide.map(text), cut: cut.map(text), other: other.map(text),
            light: light.map(text) }}; }}"""
    )
    assert found == {"wide": [], "cut": [], "other": [], "light": []}


def test_a_page_is_as_before_once_it_is_printed(site, chromium):
    with Visit(chromium, site, CHAPTER, scheme="dark", opened=False) as visit:
        visit.page.wait_for_timeout(700)  # the theme's scripts mark where one is
        state = """() => [document.querySelector("article").outerHTML,
          document.body.className, JSON.stringify(localStorage)]"""
        before = visit.page.evaluate(state)
        visit.page.evaluate(BEGIN)
        during = visit.page.evaluate(state)
        visit.page.evaluate(DONE)
        visit.page.wait_for_timeout(100)  # what follows the toggling of folds
        assert during != before
        assert visit.page.evaluate(state) == before
        assert visit.complaints == []
