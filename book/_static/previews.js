// A link to a term, an equation, a figure, a reference or an exercise shows what it leads to: under
// a mouse after a moment, with the keyboard's focus, and at the first tap. The second tap follows it.
// The build marks such links, and keeps what stands on other pages in `_static/previews`.
if ("showPopover" in HTMLElement.prototype && document.querySelector("a[data-preview]")) {
  const WAIT = 300; // ms before a box comes, and before it goes: time to reach it
  const GAP = 6; // px between link and box
  const EDGE = 8; // px between box and window
  const PLACES = {
    term: "Go to the glossary",
    symbol: "Go to its entry",
    equation: "Go to the equation",
    reference: "Go to the bibliography",
    exercise: "Go to the exercise",
    figure: "Go to the figure",
  };
  const article = document.querySelector("article");
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const pageOf = (address) => address.href.split(/[?#]/)[0];
  const linkAt = (node) => node.closest?.("article a[data-preview]");

  const box = document.createElement("div");
  box.className = "preview";
  box.popover = "auto";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Preview");
  box.innerHTML = '<div id="preview-shown"></div><p class="preview-go" hidden><a></a></p>';
  const [shown, go] = box.children;
  article.append(box);

  let current = null; // the link whose preview is open
  let asked = null; // the link whose preview is on its way
  let dismissed = null; // closed by Escape: it stays closed until the pointer has left the link
  let timer = 0;

  // What is shown

  const loads = {};
  const load = (name) =>
    (loads[name] ??= new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = new URL(`_static/previews/${name.replaceAll("/", "-")}.js`, root);
      script.onload = script.onerror = () => resolve(globalThis.coursePreviews?.[name] ?? {});
      document.head.append(script);
    }));

  // The pages have formulas set, and a style sheet for them where they have some of their own.
  const sheet = () => {
    if (document.querySelector('style[data-sheets*="mathematics.css"], link[href$="mathematics.css"]')) return null;
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet" });
    link.href = new URL("_static/mathematics.css", root);
    return new Promise((resolve) => {
      link.onload = link.onerror = resolve;
      document.head.append(link);
    });
  };

  const copied = (target) => {
    if (target.localName !== "dt") return target.cloneNode(true);
    const list = target.parentElement.cloneNode();
    const meaning = target.nextElementSibling.cloneNode();
    const symbol = target.matches(".sig");
    meaning.append(...[...target.nextElementSibling.children].slice(0, symbol ? 1 : undefined).map((node) => node.cloneNode(true)));
    list.append(target.cloneNode(true), meaning);
    return list;
  };

  const fromAfar = (html) => {
    const held = document.createElement("template");
    held.innerHTML = html;
    for (const attribute of ["href", "src"]) {
      for (const node of held.content.querySelectorAll(`[${attribute}]`)) {
        node.setAttribute(attribute, new URL(node.getAttribute(attribute), root));
      }
    }
    return held.content.firstElementChild;
  };

  const contentOf = async (link) => {
    const id = decodeURIComponent(link.hash.slice(1));
    const page = pageOf(link);
    if (page === pageOf(location)) return copied(document.getElementById(id));
    const html = (await load(page.slice(root.href.length).replace(/\.html$/, "")))[id];
    return html && fromAfar(html);
  };

  const prepared = (content) => {
    for (const node of content.querySelectorAll(".headerlink, button, script")) node.remove();
    for (const node of [content, ...content.querySelectorAll("[id], [for], [tabindex], img")]) {
      for (const name of ["id", "for", "tabindex", "loading"]) node.removeAttribute(name);
    }
    for (const node of content.querySelectorAll("[data-preview]")) delete node.dataset.preview;
    return content;
  };

  // Where it stands: under the link, or over it where there is more room

  const place = (link, y) => {
    const lines = [...link.getClientRects()];
    const line = lines.find(({ top, bottom }) => top <= y && y <= bottom) ?? lines[0];
    const top = document.querySelector(".bd-header-article")?.getBoundingClientRect().bottom ?? 0;
    const above = line.top - Math.max(top, 0) - GAP - EDGE;
    const below = innerHeight - line.bottom - GAP - EDGE;
    box.style.maxHeight = "";
    box.style.removeProperty("--room");
    const under = box.offsetHeight <= below || below >= above;
    box.style.maxHeight = `${Math.min(under ? below : above, innerHeight * 0.7)}px`;
    box.style.setProperty("--room", box.style.maxHeight);
    const end = Math.min(document.documentElement.clientWidth, article.getBoundingClientRect().right) - EDGE;
    box.style.left = `${Math.max(EDGE, Math.min(line.left - EDGE, end - box.offsetWidth)) + scrollX}px`;
    box.style.top = `${(under ? line.bottom + GAP : line.top - GAP - box.offsetHeight) + scrollY}px`;
  };

  const hide = () => {
    clearTimeout(timer);
    asked = null;
    if (box.matches(":popover-open")) box.hidePopover();
  };

  const show = async (link, { y = -1, tapped = false } = {}) => {
    asked = link;
    const content = await contentOf(link);
    if (content?.querySelector("mjx-container")) await sheet();
    if (asked !== link) return; // the reader has gone on
    if (!content) return void (tapped && location.assign(link.href));
    hide();
    asked = link;
    shown.replaceChildren(prepared(content));
    go.hidden = !tapped;
    Object.assign(go.firstElementChild, { href: link.href, textContent: PLACES[link.dataset.preview] });
    // Words alone are the link's description; anything else keeps its structure, as its details.
    const words = !content.querySelector("mjx-container, img, pre, ul, ol, table") && !content.matches("mjx-container, img");
    link.setAttribute(words ? "aria-describedby" : "aria-details", shown.id);
    link.removeAttribute("title"); // the browser's own preview
    box.showPopover({ source: link });
    current = link;
    place(link, y);
    if (box.scrollHeight > box.clientHeight) box.tabIndex = 0;
  };

  box.addEventListener("beforetoggle", ({ newState }) => {
    if (newState !== "closed" || !current) return;
    for (const name of ["aria-describedby", "aria-details"]) current.removeAttribute(name);
    box.removeAttribute("tabindex");
    current = asked = null;
  });

  // When it comes and goes

  const inView = (link) => {
    if (pageOf(link) !== pageOf(location)) return false;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const { top, bottom, height } = target.getBoundingClientRect();
    return height > 0 && top >= 0 && bottom <= innerHeight;
  };
  const after = (wait, act) => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
  const focused = (link) => link !== null && link.matches(":focus-visible");

  let scrolled = -Infinity; // what scrolls under a resting mouse is not pointed at
  addEventListener("scroll", () => (scrolled = performance.now()), { passive: true, capture: true });

  document.addEventListener("pointerover", ({ target, pointerType, clientY }) => {
    if (pointerType === "touch") return;
    const link = linkAt(target);
    if (link !== dismissed) dismissed = null;
    if (box.contains(target) || (link && link === current)) return clearTimeout(timer);
    if (link && link !== dismissed && performance.now() - scrolled > WAIT) {
      after(WAIT, () => inView(link) || show(link, { y: clientY }));
    } else if (!focused(current)) after(WAIT, hide);
  });

  document.addEventListener("focusin", ({ target }) => {
    const link = linkAt(target);
    if (link && link !== current && focused(link)) after(WAIT, () => inView(link) || show(link));
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if ((linkAt(target) || box.contains(target)) && !box.contains(relatedTarget)) hide();
  });

  // The theme keeps Escape from the browser, which would close the box by itself.
  const escape = ({ key }) => {
    if (key !== "Escape") return;
    dismissed = asked;
    hide();
  };
  document.addEventListener("keydown", escape, true);

  let touched = null; // the link under the finger that is about to tap, and whether it shows already
  document.addEventListener(
    "pointerdown",
    ({ target, pointerType }) => {
      const link = pointerType === "touch" && linkAt(target);
      touched = link ? { link, again: link === asked } : null;
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const link = linkAt(event.target);
    if (!link || touched?.link !== link) return;
    if (touched.again || inView(link)) return hide();
    event.preventDefault();
    show(link, { y: event.clientY, tapped: true });
  });
  addEventListener("pagehide", hide);
}
