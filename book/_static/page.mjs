// A box that scrolls sideways (a long equation, a wide table, a line of code) can be reached by keyboard.
const boxes = "div.highlight pre, .math.notranslate, .table-wrapper, .pst-scrollable-table-container, div.output";

function reach() {
  for (const box of document.querySelectorAll(boxes)) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else if (box.getAttribute("tabindex") === "0") box.removeAttribute("tabindex");
  }
}

addEventListener("load", reach);
addEventListener("resize", reach);
document.addEventListener("toggle", reach, true); // an opened fold shows boxes that had no size before
window.MathJax?.startup?.promise?.then(reach);
