"""A page is light or dark from its first paint, and tells the browser which."""

from light_or_dark import GROUNDS, in_its_light


def test_a_page_chooses_light_or_dark_by_itself_and_says_neither_without_scripts():
    built = (
        '<html lang="en" data-content_root="./" data-theme="auto"><script data-cfasync="false">\n'
        'document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";\n'
        "</script><p>auto</p>"
    )
    page = in_its_light(built)
    assert page.startswith('<html lang="en" data-content_root="./"><meta name="color-scheme"')
    assert "prefers-color-scheme: dark" in page
    assert all(page.count(f'content="{ground}"') == 1 for ground in GROUNDS.values())
    assert "cfasync" not in page
    assert page.endswith("<p>auto</p>")
    assert in_its_light(page) == page
