"""Guesses are counted, answers open, and the browser remembers until it is told to forget."""

import re

from built_site import Visit, with_choice
from playwright.sync_api import expect


def test_a_guess_opens_the_answer_is_counted_and_remembered_until_it_is_forgotten(site, browser):
    with Visit(browser, site, with_choice("predict"), opened=False) as visit:
        box = visit.page.locator(".choice.predict").first
        answer = visit.page.locator(".choice.predict + details.answer").first
        is_open = "node => node.open"
        assert not answer.evaluate(is_open)
        option = box.locator("details.right > summary")
        option.focus()
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_function("document.querySelector('details.answer').open")
        score = visit.page.locator("#score-predict")
        assert "1 of 1 right" in score.inner_text()
        box.locator("details:not(.right) > summary").first.click()
        visit.page.wait_for_timeout(50)
        assert "1 of 1 right" in score.inner_text(), "only the first guess counts"
        visit.page.reload()
        assert "1 of 1 right" in score.inner_text()
        score.get_by_role("button").click()
        assert score.is_hidden()
        visit.page.reload()
        assert score.is_hidden()
        assert visit.complaints == []


def test_a_wrong_guess_counts_as_wrong_and_its_reason_is_shown(site, browser):
    with Visit(browser, site, with_choice("check"), opened=False) as visit:
        option = visit.page.locator(".choice.check details:not(.right)").first
        assert not option.locator("p").first.is_visible()
        option.locator("summary").click()
        assert option.locator("p").first.is_visible()
        assert "0 of 1 right" in visit.page.locator("#score-check").inner_text()


def test_the_site_remembers_where_its_reader_was_until_it_is_told_to_forget(site, browser):
    with Visit(browser, site, "gates/gru.html", opened=False) as visit:
        visit.page.locator("section#summary h2").scroll_into_view_if_needed()
        visit.page.wait_for_function("localStorage.getItem('course')?.includes('gates/gru')")
        visit.page.goto(f"{site}/recurrence/rnn.html")
        second = visit.page.locator("article h2").nth(1)
        second.evaluate("title => title.scrollIntoView()")
        title = second.inner_text()
        visit.page.goto(f"{site}/index.html")
        told = visit.page.locator("#continue")
        expect(told).to_contain_text("1 page read to the end")
        expect(told.get_by_role("link")).to_contain_text(re.sub(r"^[\d.]+\s*|\W$", "", title))
        assert "recurrence/rnn.html#" in told.get_by_role("link").get_attribute("href")
        visit.page.goto(f"{site}/map.html")
        expect(visit.page.locator(".course-map .read-mark")).to_have_count(1)
        visit.page.locator("#continue").get_by_role("button").click()
        expect(visit.page.locator("#continue")).to_be_hidden()
        expect(visit.page.locator(".course-map .read-mark")).to_have_count(0)
        assert visit.page.evaluate("localStorage.getItem('course')") is None


def test_without_scripts_guesses_and_answers_are_folds(site, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{with_choice('predict')}")
    answer = page.locator("details.answer").first
    answer.locator("summary").first.click()
    assert answer.locator("div.cell").first.is_visible()
    assert page.locator(".score").count() == 0
    context.close()
