// The beginning of a figure that needs a model's file: nothing is loaded before a reader asks for it.
import { html } from "./kit.mjs";
import { FileError, fetchModel } from "./model-file.mjs";

const SITE = "The model loads on the course's site only: its file does not travel with a notebook.";
const STEP = 2e5; // bytes between two words on how far it is

/** Return the button that loads the model; what is told of it; and the box that holds both. */
function beginning({ button }, label, promise, act) {
  const told = html("p", { class: "live-loading-told", role: "status" });
  const begin = button(label, act);
  begin.dataset.liveBegin = "";
  return { told, begin, box: html("div", { class: "live-loading" }, html("p", {}, promise), begin, told) };
}

/**
 * Put into `figure` what loads a model: a `promise` of what it is, and a button; return how to end it.
 *
 * `controls` are the kit's. `file` stands in this folder and has so many `megabytes`; `read` makes a model of
 * its bytes. Then `begin` puts the figure of that model in the place of the button, and returns how to end it.
 */
export function loading(figure, controls, { file, megabytes, promise, read, begin }) {
  if (/^(blob|data):/.test(import.meta.url)) {
    figure.append(html("p", { class: "live-status", role: "status" }, SITE));
    return () => {};
  }
  const ending = new AbortController();
  const ends = [() => ending.abort()];
  let shown = 0;
  const say = (bytes) => {
    if (bytes - shown > STEP) told.textContent = `Loading: ${((shown = bytes) / 1e6).toFixed(1)} of ${megabytes} MB …`;
  };
  const { told, begin: button, box } = beginning(controls, `Load the model (${megabytes} MB)`, promise, async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    told.textContent = "Loading …";
    shown = 0;
    try {
      const model = await fetchModel(new URL(`./${file}`, import.meta.url), read, say, ending.signal);
      const focused = document.activeElement === button;
      figure.replaceChildren();
      ends.push(begin(model));
      if (focused) figure.querySelector("textarea").focus();
    } catch (error) {
      if (ending.signal.aborted) return;
      figure.replaceChildren(box);
      told.textContent = error instanceof FileError ? error.message : `The model could not be loaded (${error.message}).`;
      button.textContent = "Try again";
      button.removeAttribute("aria-disabled");
    }
  });
  figure.append(box);
  return () => ends.splice(0).forEach((end) => end());
}
