// The search on a page: results below its field as one types, in the dialog and on search.html.

courseSearch.begin = (pages, css) => {
  const root = new URL("../../", document.currentScript.src);
  const { fill, search } = courseSearch.engine(courseSearch.unpacked(pages));
  const SLICE = 20; // milliseconds of indexing at a time, so that the page goes on answering
  const shown = [];
  const IN_DIALOG = 8;
  const ON_PAGE = 50;
  const wrapper = document.querySelector(".search-button__wrapper");
  const onPage = document.getElementById("search-results");

  const element = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  document.head.append(element("style", {}, css));
  const marked = (pieces) => pieces.map(([text, found]) => (found ? element("mark", {}, text) : text));
  const addressOf = ({ path, anchor }) => new URL(anchor ? `${path}#${anchor}` : path, root).href;
  const allOf = (query) => new URL(`search.html?q=${encodeURIComponent(query)}`, root).href;

  const item = (one) => {
    const number = one.number ? [element("span", { class: "search-number" }, one.number), " "] : [];
    const link = element("a", { href: addressOf(one) }, ...number, one.title);
    const where = one.anchor ? [element("p", { class: "search-where" }, one.page)] : [];
    const text = one.text ? [element("p", { class: "search-excerpt" }, ...marked(courseSearch.excerpt(one.text, one.terms)))] : [];
    return element("li", {}, link, ...where, ...text);
  };
  const isReady = () => document.documentElement.dataset.search === "ready";
  const inWords = (count, shown) => {
    if (count === 0) return isReady() ? "No section has these words. Try fewer words, or others." : "Searching …";
    const found = count === 1 ? "1 section found" : `${count} sections found`;
    return shown < count ? `${found}; the best ${shown}:` : `${found}:`;
  };

  for (const form of document.querySelectorAll("form.bd-search")) {
    const input = form.querySelector("input");
    const isDialog = wrapper.contains(form);
    const status = element("p", { class: "search-status", role: "status" });
    const list = element("ol", { class: "search-list" });
    const more = element("p", { class: "search-more" });
    const place = isDialog ? element("div", { class: "search-results" }) : onPage;
    place.append(status, list, more);
    if (isDialog) form.after(place);
    const links = () => [...place.querySelectorAll("a")];

    const show = () => {
      const query = input.value.trim();
      const found = query ? search(query) : [];
      const best = found.slice(0, isDialog ? IN_DIALOG : ON_PAGE);
      list.replaceChildren(...best.map(item));
      more.replaceChildren();
      if (isDialog && best.length < found.length) {
        more.append(element("a", { href: allOf(query) }, `More of the ${found.length} sections`));
      }
      status.textContent = query ? inWords(found.length, best.length) : "";
      if (!isDialog) history.replaceState(null, "", query ? allOf(query) : allOf("").split("?")[0]);
    };
    input.addEventListener("input", show);
    shown.push({ show, isWaiting: () => input.value.trim() && !list.hasChildNodes() });

    form.addEventListener("submit", (event) => {
      const [first] = links();
      if (!input.value.trim()) return event.preventDefault();
      if (!first) return isDialog || event.preventDefault();
      event.preventDefault();
      if (isDialog) first.click();
      else first.focus();
    });
    place.parentElement.addEventListener("keydown", (event) => {
      const stops = [input, ...links()];
      const at = stops.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
      if (at >= 0 && to !== undefined) {
        event.preventDefault();
        stops[Math.min(Math.max(to, 0), stops.length - 1)].focus();
      } else if (at > 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ") {
        input.focus(); // what is typed goes into the field
      }
    });
    if (!isDialog) input.value = new URLSearchParams(location.search).get("q") ?? "";
    if (!isDialog) input.focus();
  }

  // Whoever is typing already sees what is found so far, and at the end all.
  const index = () => {
    const isFull = fill(SLICE);
    if (isFull) document.documentElement.dataset.search = "ready";
    else setTimeout(index);
    for (const { show, isWaiting } of shown) if (isFull || isWaiting()) show();
  };
  index();

  // The dialog: the page behind it waits, and gets the focus back.
  const isOpen = () => wrapper.classList.contains("show");
  let behind = [];
  const update = () => {
    if (isOpen() === behind.length > 0) return;
    if (isOpen()) {
      behind = [...document.body.children].filter((node) => node !== wrapper && !node.inert && node.tagName !== "SCRIPT");
      for (const node of behind) node.inert = true;
    } else {
      for (const node of behind.splice(0)) node.inert = false;
      document.courseOpener?.focus();
    }
  };
  const close = () => wrapper.classList.remove("show");
  new MutationObserver(update).observe(wrapper, { attributes: true, attributeFilter: ["class"] });
  wrapper.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.tagName === "A") close();
  });
  wrapper.addEventListener("click", ({ target }) => target.closest(".search-results a") && close());
  update();
};
