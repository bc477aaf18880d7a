"""The address of the published site: what it is, and what is written only where there is one."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

# Hosts of repositories that publish pages, and where: of an owner, and of one repository of theirs.
PAGES = {
    "github.com": "github.io",
    "gitlab.com": "gitlab.io",
    "codeberg.org": "codeberg.page",
}
# What leads to other pages and says nothing itself.
UNLISTED = {"search.html", "genindex.html", "py-modindex.html"}


def site_of(repository: str) -> str:
    """Return where a repository's host publishes its pages, or nothing if that is not known.

    ``https://github.com/You/name`` has its pages at ``https://you.github.io/name/``.
    """
    found = re.fullmatch(r"https://([\w.-]+)/([\w-]+)/([\w.-]+)", repository)
    if not found or found[1] not in PAGES:
        return ""
    host = f"{found[2].lower()}.{PAGES[found[1]]}"
    return f"https://{host}/" if found[3].lower() == host else f"https://{host}/{found[3]}/"


def whole(address: str) -> str:
    """Return a site's address with one slash at its end, or nothing for none.

    Raises
    ------
    ValueError
        If it is no address of a site.
    """
    address = address.strip()
    if not address:
        return ""
    if not re.fullmatch(r"https?://\w[\w.-]*(:\d+)?(/[\w.~-]+)*/*", address):
        raise ValueError(
            f"'{address}' is no address of a site such as https://you.github.io/learning/. "
            "Give one that begins with https://, and nothing after its folder."
        )
    return f"{address.rstrip('/')}/"


def write_map(site: Path, address: str) -> None:
    """Write ``sitemap.xml`` and ``robots.txt`` of a built site, or take both away without address.

    ``address`` ends with a slash. Search engines read ``robots.txt`` at the root of a host only; in
    a folder it does no harm.
    """
    files = {"sitemap.xml": site_map(site, address), "robots.txt": robots(address)}
    for name, text in files.items():
        if address:
            (site / name).write_text(text, encoding="utf-8")
        else:
            (site / name).unlink(missing_ok=True)


def site_map(site: Path, address: str) -> str:
    """Return the list of all pages of a site, as search engines read it."""
    pages = [path.relative_to(site) for path in sorted(site.rglob("*.html"))]
    entries = [
        f"  <url><loc>{escape(address + quote(page.as_posix()))}</loc></url>\n"
        for page in pages
        if page.as_posix() not in UNLISTED and page.parts[0] != "_static"
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{''.join(entries)}</urlset>\n"
    )


def robots(address: str) -> str:
    """Return what lets search engines in, and names the list of pages."""
    return f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n"
