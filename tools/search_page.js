// The search on a page: results below its field as one types, in the dialog and on search.html.

courseSearch.begin = (pages) => {
  const root = new URL("../../", document.currentScript.src);
  const { search } = courseSearch.engine(pages);
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
  const inWords = (count, shown) => {
    if (count === 0) return "No section has these words. Try fewer words, or others.";
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
      const shown = found.slice(0, isDialog ? IN_DIALOG : ON_PAGE);
      list.replaceChildren(...shown.map(item));
      more.replaceChildren();
      if (isDialog && shown.length < found.length) {
        more.append(element("a", { href: allOf(query) }, `More of the ${found.length} sections`));
      }
      status.textContent = query ? inWords(found.length, shown.length) : "";
      if (!isDialog) history.replaceState(null, "", query ? allOf(query) : allOf("").split("?")[0]);
    };
    input.addEventListener("input", show);

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
    if (input.value) show();
    if (!isDialog) input.focus();
  }

  // The dialog: the page behind it waits, and gets the focus back.
  const isOpen = () => wrapper.classList.contains("show");
  let opener = null;
  let behind = [];
  const update = () => {
    if (isOpen() === behind.length > 0) return;
    if (isOpen()) {
      behind = [...document.body.children].filter((node) => node !== wrapper && !node.inert && node.tagName !== "SCRIPT");
      for (const node of behind) node.inert = true;
    } else {
      for (const node of behind.splice(0)) node.inert = false;
      (opener?.isConnected ? opener : document.getElementById("main-content"))?.focus();
    }
  };
  const close = () => wrapper.classList.remove("show");
  new MutationObserver(update).observe(wrapper, { attributes: true, attributeFilter: ["class"] });
  wrapper.addEventListener("focusin", ({ relatedTarget }) => {
    if (relatedTarget && !wrapper.contains(relatedTarget)) opener = relatedTarget;
  });
  wrapper.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.tagName === "A") close();
  });
  wrapper.addEventListener("click", ({ target }) => target.closest(".search-results a") && close());
  update();
};
