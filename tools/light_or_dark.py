"""Light or dark, from a page's first paint on, as its reader wants it.

The theme's script chooses from what was stored, on a first visit nothing: a page in neither. Ours
looks at what the reader's system prefers, before a style sheet is read. It also tells the browser,
which then draws its empty page, its scroll bars and the bar of its window in the same shade.
"""

from __future__ import annotations

import json
import re

GROUNDS = {"light": "#ffffff", "dark": "#121212"}  # of a page, in the theme's style sheet
THEMES_OWN = re.compile(r'<script data-cfasync="false">.*?</script>', re.DOTALL)
HEAD = f"""<meta name="color-scheme" content="light dark">
  <meta name="theme-color" media="(prefers-color-scheme: light)" content="{GROUNDS["light"]}">
  <meta name="theme-color" media="(prefers-color-scheme: dark)" content="{GROUNDS["dark"]}">
  <script>
    {{
      const page = document.documentElement;
      const grounds = {json.dumps(GROUNDS)};
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      let mode = "auto";
      try {{
        mode = localStorage.getItem("mode") || mode;
      }} catch {{
        // storage is switched off: as the system prefers
      }}
      page.dataset.mode = mode;
      page.dataset.theme = mode === "auto" ? (dark ? "dark" : "light") : mode;
      const tell = () => {{
        const theme = page.dataset.theme;
        const told = {{ "color-scheme": theme, "theme-color": grounds[theme] }};
        for (const meta of document.head.querySelectorAll("meta[name]")) {{
          if (told[meta.name]) meta.content = told[meta.name];
        }}
      }};
      tell();
      new MutationObserver(tell).observe(page, {{ attributeFilter: ["data-theme"] }});
    }}
  </script>"""


def in_its_light(page: str) -> str:
    """Return a page of HTML that is light or dark from its first paint, as its reader is."""
    page = re.sub(r'(<html [^>]*?) data-theme="auto"', r"\1", page)
    return THEMES_OWN.sub(lambda _: HEAD, page)
