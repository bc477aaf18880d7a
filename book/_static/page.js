// What the theme leaves undone for readers with a keyboard, on every page.

// A box that scrolls sideways (a long equation, a wide table, a line of code) can be reached.
{
  const boxes = ".drawing > span, div.highlight pre, div.math, div.math mjx-container, .table-wrapper, .pst-scrollable-table-container, div.output";
  const scrolls = (box) =>
    box.scrollWidth > box.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(box).overflowX);

  const reach = () => {
    for (const box of document.querySelectorAll(boxes)) {
      if (scrolls(box)) box.tabIndex = 0;
      else if (box.getAttribute("tabindex") === "0") box.removeAttribute("tabindex");
    }
  };

  addEventListener("load", reach);
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true); // an opened fold shows boxes that had no size before
}

// A menu that lies over the page, as on a phone: the focus goes into it, stays, and comes back.
for (const side of ["primary", "secondary"]) {
  const box = document.getElementById(`pst-${side}-sidebar-checkbox`);
  const bar = document.querySelector(`.bd-sidebar-${side}`);
  const toggle = document.querySelector(`.${side}-toggle`);
  if (!box || !bar || !toggle) continue;
  let behind = []; // what cannot be reached while the menu lies over it

  const narrow = () => getComputedStyle(bar).position === "fixed";
  const over = () => box.checked && narrow();
  const seen = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility === "visible";

  const cover = () => {
    for (let node = bar; node !== document.body; node = node.parentElement) {
      behind.push(...[...node.parentElement.children].filter((other) => other !== node && !other.matches(".overlay, :has(.overlay)")));
    }
    behind = behind.filter((node) => !node.inert);
    for (const node of behind) node.inert = true;
    [...bar.querySelectorAll("a[href], button")].find(seen)?.focus();
  };
  const uncover = () => {
    for (const node of behind.splice(0)) node.inert = false;
  };
  const update = () => {
    toggle.setAttribute("aria-expanded", box.checked === narrow()); // where there is room, a checked box hides it
    if (over() === behind.length > 0) return;
    if (over()) cover();
    else uncover();
  };
  const close = () => {
    box.checked = false;
    update();
  };

  update();
  toggle.addEventListener("click", () => setTimeout(update)); // once the theme has opened it
  box.addEventListener("change", () => (update(), toggle.focus()));
  addEventListener("resize", update);
  // The theme moves the focus in a tenth of a second after a menu was opened, also if it is shut again by then.
  bar.addEventListener("focusin", () => narrow() && !box.checked && toggle.focus());
  bar.addEventListener("click", ({ target }) => over() && target.closest("a")?.hash && close());
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !over()) return;
      event.stopPropagation();
      close();
      toggle.focus();
    },
    true,
  );
}
