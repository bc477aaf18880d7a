"""Where the site is published, every page says so, whole; where it is not, none says anything."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup

import addresses
import repository
from chapters import ROOT

CONF = """
import sys
from pathlib import Path
sys.path.insert(0, {tools!r})
import addresses, course_sphinx, markup
extensions, html_theme, html_baseurl = ["myst_parser", "sphinxext.opengraph"], "basic", {address!r}
ogp_image, ogp_social_cards = "_static/social-card.png", {{"enable": False}}
def setup(app):
    app.connect("config-inited", course_sphinx.set_address)
    app.connect("html-page-context", markup.mend_markup)
    app.connect("build-finished", lambda app, _:
        addresses.write_map(Path(app.outdir), app.config.html_baseurl))
"""
SITE = "https://someone.github.io/learning-to-remember/"


@pytest.mark.parametrize(
    ("repository", "site"),
    [
        ("https://github.com/Someone/Learning", "https://someone.github.io/Learning/"),
        ("https://github.com/a/a.github.io", "https://a.github.io/"),
        ("https://gitlab.com/a/b.c", "https://a.gitlab.io/b.c/"),
        ("https://codeberg.org/a/b", "https://a.codeberg.page/b/"),
        ("https://git.example.org:8443/a/b", ""),
        ("", ""),
    ],
)
def test_the_sites_address_follows_from_the_repositorys(repository, site):
    assert addresses.site_of(repository) == site


@pytest.mark.parametrize("given", ["https://a.b/c", "https://a.b/c/", " https://a.b/c// "])
def test_a_sites_address_ends_with_one_slash(given):
    assert addresses.whole(given) == "https://a.b/c/"


@pytest.mark.parametrize(
    "given", ["a.b/c", "ftp://a.b", "https://", "https://a.b/?q", "https://a b"]
)
def test_what_is_no_address_of_a_site_is_refused(given):
    with pytest.raises(ValueError, match="is no address of a site such as https://"):
        addresses.whole(given)


def set_address(tmp_path, *arguments):
    """Run `make repository`'s tool on a copy of the settings; return them, and what it said."""
    config, book = tmp_path / "_config.yml", tmp_path / "book"
    config.write_bytes(repository.CONFIG.read_bytes())
    book.mkdir()
    tool = [sys.executable, ROOT / "tools" / "repository.py", *arguments]
    options = ["--config", config, "--book", book]
    done = subprocess.run([*tool, *options], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    return yaml.safe_load(config.read_text(encoding="utf-8"))["html"]["baseurl"], said


@pytest.mark.parametrize(
    ("arguments", "site", "words"),
    [
        (["https://github.com/someone/learning-to-remember"], SITE, f"own address: {SITE}"),
        (["https://git.example.org/a/b"], "", "SITE_URL=https://"),
        (["https://git.example.org/a/b", "--site", "https://b.org"], "https://b.org/", "b.org"),
        (["https://github.com/a/b", "--site", "b.org"], "", "is no address of a site"),
        ([""], "", "removed"),
    ],
)
def test_setting_the_repositorys_address_sets_the_sites(tmp_path, arguments, site, words):
    config, said = set_address(tmp_path, *arguments)
    assert config == site
    assert words in said


def built(folder, address, **environment):
    """Build a book of two pages in a folder; return the built site, and what was said."""
    conf = CONF.format(tools=str(ROOT / "tools"), address=address)
    (folder / "conf.py").write_text(conf, encoding="utf-8")
    (folder / "index.md").write_text("# A book\n\n```{toctree}\nin/b\n```\n", encoding="utf-8")
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "b.md").write_text("# A page\n\nText.\n", encoding="utf-8")
    site = folder / "_build"
    own = {name: value for name, value in os.environ.items() if name != "SITE_URL"} | environment
    tool = [sys.executable, "-m", "sphinx", "-q", folder, site]
    done = subprocess.run(tool, env=own, capture_output=True, text=True, check=False)
    return site, done.stderr


def named(page):
    """Return the addresses by which a page names itself and its picture."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    tags = [soup.find("link", rel="canonical")]
    tags += [soup.find("meta", property=f"og:{name}") for name in ("url", "image")]
    return [tag and (tag.get("href") or tag.get("content")) for tag in tags]


@pytest.mark.parametrize(
    ("address", "environment"),
    [(SITE, {}), ("", {"SITE_URL": SITE[:-1]}), ("https://else.org/", {"SITE_URL": SITE})],
)
def test_where_there_is_an_address_every_page_names_its_own(tmp_path, address, environment):
    site, said = built(tmp_path, address, **environment)
    assert said == ""
    for page in ("index.html", "in/b.html"):
        assert named(site / page) == [SITE + page, SITE + page, f"{SITE}_static/social-card.png"]
    listed = ElementTree.parse(site / "sitemap.xml").getroot()
    assert [entry[0].text for entry in listed] == [f"{SITE}in/b.html", f"{SITE}index.html"]
    assert f"Sitemap: {SITE}sitemap.xml\n" in (site / "robots.txt").read_text(encoding="utf-8")


def test_where_there_is_none_no_page_claims_one_and_a_false_one_is_told(tmp_path):
    site, _ = built(tmp_path, SITE)
    again, said = built(tmp_path, "")
    assert again == site
    assert said == ""
    assert named(site / "in" / "b.html") == [None, None, None]
    assert not (site / "sitemap.xml").exists()
    assert not (site / "robots.txt").exists()
    _, said = built(tmp_path, "", SITE_URL="here")
    assert "'here' is no address of a site" in said


def test_the_workflow_that_publishes_passes_the_address_of_the_pages():
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    steps = yaml.safe_load(text)["jobs"]["publish"]["steps"]
    (build,) = [step for step in steps if step.get("run") == "make book"]
    (pages,) = [step for step in steps if "configure-pages" in step.get("uses", "")]
    assert build["env"]["SITE_URL"] == f"${{{{ steps.{pages['id']}.outputs.base_url }}}}/"
