"""What axe is asked of a page, and when."""

import accessibility

PAGE = """<!doctype html><html lang="en"><title>A page</title><style>
body {{ background: white; }} p {{ color: {colour}; animation: {name} 3s {times}; }}
@keyframes comes {{ from {{ opacity: 0; }} }}
@keyframes blinks {{ from {{ color: black; }} }}
</style><main><h1>A page</h1><p>Some text.</p></main>"""


def found(chromium, **how):
    """Return what is found on a page whose text is animated."""
    page = chromium.new_page()
    page.set_content(PAGE.format(**how))
    try:
        return accessibility.findings(page)
    finally:
        page.close()


def test_what_fades_in_is_judged_once_it_is_there(chromium):
    assert found(chromium, colour="black", name="comes", times=1) == []


def test_pale_text_is_found_however_it_comes(chromium):
    (line,) = found(chromium, colour="#aaa", name="comes", times=1)
    assert line.startswith("color-contrast")


def test_what_moves_for_ever_is_not_waited_for(chromium):
    assert found(chromium, colour="#111", name="blinks", times="infinite") == []
