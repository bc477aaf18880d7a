"""Every module of the package has a source page, and no other module has one."""

from types import SimpleNamespace

import source_pages

HTML = SimpleNamespace(builder=SimpleNamespace(format="html"))


def test_the_modules_of_the_package_have_a_page_and_no_other():
    documented = ("code", {"Cell": ("class", 1, 2)}, {"Cell": "api"}, "unrolled.byhand.cells")
    known = {"unrolled.byhand.cells": documented, "re": ("code", {}, {}, "re"), "numpy": False}
    source_pages.choose_modules(HTML, SimpleNamespace(_viewcode_modules=known))
    assert known["unrolled.byhand.cells"] is documented
    assert {name for name, entry in known.items() if entry} == set(source_pages.package().modules)


def test_no_source_is_read_for_another_format_than_html():
    env = SimpleNamespace()
    source_pages.choose_modules(SimpleNamespace(builder=SimpleNamespace(format="latex")), env)
    assert vars(env) == {}
