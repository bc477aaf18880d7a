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


def test_source_pages_of_one_folder_share_the_menu_and_other_pages_make_their_own():
    app, made = SimpleNamespace(builder=SimpleNamespace()), []

    def menu_of(page, **how):
        context = {"generate_toctree_html": lambda **how: made.append(page) or f"{page}: {how}"}
        source_pages.reuse_menu(app, page, "page.html", context, None)
        return context["generate_toctree_html"](**how)

    first = menu_of("_modules/unrolled/nets/a", kind="sidebar", depth=1)
    assert menu_of("_modules/unrolled/nets/b", kind="sidebar", depth=1) == first
    assert menu_of("_modules/unrolled/nets/b", kind="sidebar", depth=2) != first
    assert menu_of("_modules/unrolled/c", kind="sidebar", depth=1) != first, "another way to a page"
    assert menu_of("gates/lstm", kind="sidebar", depth=1) == menu_of(
        "gates/lstm", kind="sidebar", depth=1
    )
    assert made.count("gates/lstm") == 2, "its menu marks where one is"
    assert len(made) == 5
