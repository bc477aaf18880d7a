"""Colours: code can be read in light and dark, and in the dark nothing white is shown."""

import base64
import io

import pytest
from built_site import Visit
from PIL import Image, ImageStat
from pygments.token import STANDARD_TYPES

import site_browser
from light_or_dark import GROUNDS
from site_browser import HTML

CONTRAST = 4.5  # WCAG AA, of words
CODE = "sentiment/classifier.html"
COMMENTS = ["c", "c1", "cm", "ch"]


def luminance(colour):
    """Return the relative luminance of red, green and blue, each 0 to 255, as WCAG defines it."""
    parts = [part / 255 for part in colour]
    red, green, blue = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast of two colours, 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def drawn(visit, scheme):
    """Return the colour of each kind of token, and the ground of code, as the page draws them."""
    for sheet in ("pygments.css", "code.css"):  # whole: a page keeps what it uses
        visit.page.add_style_tag(path=HTML / "_static" / sheet)
    return visit.page.evaluate(
        """([scheme, kinds]) => {
          document.documentElement.dataset.theme = scheme;
          const numbers = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
          const code = document.querySelector("div.cell_input div.highlight pre");
          const colours = Object.fromEntries(kinds.map((kind) => {
            const token = code.appendChild(document.createElement("span"));
            token.className = kind;
            return [kind, numbers(getComputedStyle(token).color)];
          }));
          return [colours, numbers(getComputedStyle(code).backgroundColor)]; }""",
        [scheme, sorted(filter(None, STANDARD_TYPES.values()))],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_code_can_be_read_and_comments_are_quieter(scheme, site, chromium):
    with Visit(chromium, site, CODE) as visit:
        colours, ground = drawn(visit, scheme)
    contrasts = {kind: contrast(colour, ground) for kind, colour in colours.items()}
    assert {kind: found for kind, found in contrasts.items() if found < CONTRAST} == {}
    quiet = max(contrasts[kind] for kind in COMMENTS)
    assert quiet < min(contrasts[kind] for kind in ("n", "p")), "comments are quieter than code"
    assert all(max(colours[kind]) - min(colours[kind]) < 40 for kind in COMMENTS), "and grey"


def film(chromium, site, *, system, chosen, slow):
    """Return how light each frame is, 0 to 255, while a reader goes from one page to another."""
    with chromium.new_context(
        color_scheme=system, viewport={"width": 800, "height": 600}
    ) as context:
        page = context.new_page()
        page.goto(f"{site}/map.html")
        page.evaluate("chosen => localStorage.setItem('mode', chosen)", chosen)
        page.reload()
        site_browser.settled(page)
        session, frames = context.new_cdp_session(page), []

        def keep(event):
            frames.append(base64.b64decode(event["data"]))
            session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

        session.on("Page.screencastFrame", keep)
        if slow:
            session.send("Network.enable")
            session.send("Network.setCacheDisabled", {"cacheDisabled": True})
            line = {"latency": 200, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
            session.send("Network.emulateNetworkConditions", {"offline": False, **line})
        session.send("Page.startScreencast", {"format": "jpeg", "everyNthFrame": 1})
        page.goto(f"{site}/notation.html")
        page.wait_for_timeout(500)
        session.send("Page.stopScreencast")
    return [ImageStat.Stat(Image.open(io.BytesIO(one)).convert("L")).mean[0] for one in frames]


@pytest.mark.parametrize("where", ["slow", "disk"])
@pytest.mark.parametrize(("system", "chosen"), [("dark", "auto"), ("light", "dark")])
def test_between_two_pages_in_the_dark_nothing_white_is_shown(
    system, chosen, where, site, disk, chromium
):
    address = {"slow": site, "disk": disk}[where]
    shades = film(chromium, address, system=system, chosen=chosen, slow=where == "slow")
    assert len(shades) >= 2, "frames of the way"
    assert max(shades) < 80


@pytest.mark.parametrize(("system", "chosen"), [("light", "dark"), ("dark", "light")])
def test_what_a_reader_chose_is_told_to_the_browser(system, chosen, site, chromium):
    with Visit(chromium, site, "map.html", scheme=system) as visit:
        metas = """() => Object.fromEntries([...document.querySelectorAll("meta[name]")]
            .map(meta => [meta.name, meta.content]))"""
        assert visit.page.evaluate(metas)["theme-color"] == GROUNDS[system]
        visit.page.evaluate("chosen => localStorage.setItem('mode', chosen)", chosen)
        visit.page.reload()
        told = visit.page.evaluate(metas)
        assert (told["theme-color"], told["color-scheme"]) == (GROUNDS[chosen], chosen)
        root = "getComputedStyle(document.documentElement)"
        assert visit.page.evaluate(f"{root}.colorScheme") == chosen, "scroll bars, form controls"
        ground = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        wanted = tuple(int(GROUNDS[chosen][at : at + 2], 16) for at in (1, 3, 5))
        assert ground == f"rgb{wanted}"
        visit.page.evaluate("other => { document.documentElement.dataset.theme = other; }", system)
        visit.page.wait_for_timeout(50)
        assert visit.page.evaluate(metas)["theme-color"] == GROUNDS[system]
