"""Set the repository's address, or remove it: `make repository URL=https://github.com/you/name`.

The address lives in _config.yml. Where it is set, pages get launch, edit and issue buttons; where
it is not, none is drawn, so no dead link ships. The hidden first cell of each chapter installs
the package from the same address on a fresh machine: it is written there too, in source and
stored notebook alike, so that nothing has to be executed again.

The site's own address follows from the repository's where its host is known (`addresses.site_of`);
for another host, or a domain of your own, say it: `SITE_URL=https://learning.example.org/`.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from addresses import site_of, whole
from chapters import (
    ADDRESS,
    BOOK,
    ROOT,
    find_chapters,
    read_stored,
    read_text,
    run_tool,
    set_cell_ids,
    was_edited,
    write_stored,
)

CONFIG = ROOT / "_config.yml"
BUTTONS = ["use_repository_button", "use_issues_button", "use_edit_page_button"]
LAUNCHERS = {
    "colab_url": "https://colab.research.google.com",
    "binderhub_url": "https://mybinder.org",
}


def set_line(text: str, key: str, value: str) -> str:
    """Return YAML with the one line `key: ...` set; comments and order stay."""
    pattern = re.compile(rf"^(\s*{key}:)[^#\n]*?([ \t]*#.*)?$", re.MULTILINE)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"_config.yml should hold one line `{key}: ...`; mend that first.")
    return pattern.sub(lambda match: f"{match[1]} {value}{match[2] or ''}", text)


def configure(text: str, address: str, site: str = "") -> str:
    """Return _config.yml with both addresses set and the buttons that need one on or off."""
    text = set_line(text, "url", f'"{address}"')
    text = set_line(text, "baseurl", f'"{site}"')
    for key in BUTTONS:
        text = set_line(text, key, "true" if address else "false")
    for key, host in LAUNCHERS.items():
        text = set_line(text, key, f'"{host if address else ""}"')
    return text


def address_in(config: str) -> str:
    """Return the repository's address as _config.yml says it."""
    found = re.search(r'^\s*url: "([^"\n]*)"', config, re.MULTILINE)
    if not found:
        raise ValueError('_config.yml has no line `url: "..."`.')
    return found[1]


def set_in_chapter(chapter: Path, address: str) -> None:
    """Write the address into the first cell of a chapter and of its stored notebook."""
    text = read_text(chapter)
    text = ADDRESS.sub(rf"\g<1>{address}\g<2>", text, count=1)
    chapter.write_text(text, encoding="utf-8", newline="\n")
    stored = read_stored(chapter)
    if stored is not None:
        edited = was_edited(stored)
        for cell in stored.cells:
            if cell.cell_type == "code":
                cell.source = ADDRESS.sub(rf"\g<1>{address}\g<2>", cell.source, count=1)
                break
        set_cell_ids(stored)
        write_stored(chapter, stored, edited=edited)


def checked(address: str) -> str:
    """Return the address without trailing slash or .git; exit with a sentence if it is none."""
    address = address.strip().removesuffix("/").removesuffix(".git")
    if address and not re.fullmatch(r"https://\w[\w.-]*(:\d+)?/\w[\w.-]*/\w[\w.-]*", address):
        sys.exit(
            f"'{address}' is no address like https://github.com/you/learning-to-remember: "
            "a host, an owner and a repository, and nothing after it (no branch, no folder)."
        )
    return address


def checked_site(site: str) -> str:
    """Return the site's address with a slash at its end; exit with a sentence if it is none."""
    try:
        return whole(site)
    except ValueError as error:
        sys.exit(str(error))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="https://...; empty removes it")
    parser.add_argument("--site", default="", help="of the published pages, if not the host's own")
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--book", type=Path, default=BOOK)
    arguments = parser.parse_args()
    address = checked(arguments.address)
    site = checked_site(arguments.site) or site_of(address)
    configured = configure(arguments.config.read_text(encoding="utf-8"), address, site)
    chapters = find_chapters(arguments.book)
    for chapter in chapters:
        set_in_chapter(chapter, address)
    arguments.config.write_text(configured, encoding="utf-8", newline="\n")
    done = f"set to {address}" if address else "removed"
    print(f"Repository address {done}, in {arguments.config.name} and {len(chapters)} chapters.")
    if site:
        print(f"The site's own address: {site}")
    elif address:
        print(
            "Where this host publishes pages is not known, so no page names its own address. "
            f"Say it: make repository URL={address} SITE_URL=https://..."
        )


if __name__ == "__main__":
    run_tool(main)
