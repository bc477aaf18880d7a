// A language model that writes: type a beginning, and it goes on, one character at a time.
import { html, newId, open, room, svg } from "./kit.mjs";
import { loading } from "./model-loading.mjs";
import { readWriter } from "./writer-model.mjs";
import { about, heat, percent, told, top } from "./writer-says.mjs";
import { MOST, begin, beginningText, full, rows, set, write, writer, written, writtenText } from "./writer-state.mjs";
import { STYLE } from "./writer-style.mjs";
import { named } from "./writer-text.mjs";

const NAME = "writer";
const PACE = 33; // ms from one character to the next, so that one can read along
const BARS = 8;

export const initial = { "text": "ROMEO.\nThe night is ", "temperature": 0.8, "topP": 1, "seed": 1 };

const ROW = 24;
const quiet = { "data-lm-suppress-shortcuts": "true" }; // JupyterLab keeps the keys else

/** Return a row of the picture: a name, the model's own share as a frame, the share that it is drawn with as a bar. */
function bar({ name, own, drawn }, y, width) {
  const [from, to] = [82, width - 58];
  const long = (share) => Math.max(0, share * (to - from)).toFixed(1);
  const cut = own > 0 && drawn === 0;
  return svg(
    "g",
    { transform: `translate(0 ${y})` },
    svg("text", { x: from - 8, y: 16, "text-anchor": "end", class: cut ? "soft" : "ink" }, name),
    svg("rect", { x: from, y: 4, width: long(drawn), height: 15, fill: "currentColor", class: "o" }),
    svg("rect", { x: from, y: 4, width: long(own), height: 15, class: "live-writer-own" }),
    svg("text", { x: to + 8, y: 16, class: cut ? "soft" : "ink" }, cut ? "cut" : percent(drawn)),
  );
}

/** Draw what can come next. */
function drawNext(picture, state, width) {
  const { top, others } = rows(state, BARS);
  const all = [...top.map((row) => ({ ...row, name: named(row.character) })), { ...others, name: `${others.count} others` }];
  const height = all.length * ROW + 2;
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.replaceChildren(...all.map((row, k) => bar(row, k * ROW, width)));
}

/** Return the field of the seed: a whole number. */
function seedField({ follow, put }, model) {
  const id = newId(NAME);
  const take = () => {
    const seed = Number(input.value);
    if (input.value !== "" && Number.isInteger(seed) && seed >= 0 && seed <= 9999) put("seed", seed);
  };
  const input = html("input", { type: "number", id, min: 0, max: 9999, step: 1, inputmode: "numeric", ...quiet, input: take });
  input.addEventListener("change", () => (input.value = model.get("seed")));
  follow(["seed"], () => {
    if (Number(input.value) !== model.get("seed") || input.value === "") input.value = model.get("seed");
  });
  return html("div", { class: "live-control live-writer-seed" }, html("label", { for: id }, "Seed"), input);
}

/** Put the figure's elements into `figure`; return those that are drawn into. */
function build(figure, controls, model, act, said) {
  const area = html("textarea", { id: newId(NAME), rows: 2, maxlength: MOST.beginning, spellcheck: "false", ...quiet, input: () => controls.put("text", area.value) });
  const [before, after] = [html("span", { class: "live-writer-before" }), html("span")];
  const box = { class: "live-writer-page", tabindex: 0, role: "group", "aria-label": "The text so far" };
  const page = html("div", box, before, after, html("span", { class: "live-writer-caret", "aria-hidden": "true" }));
  const [go, one, back] = [controls.button("Write", act.toggle), controls.button("One character", act.one), controls.button("Take it back", act.back)];
  const status = html("p", { class: "live-status live-writer-status", role: "status" });
  const picture = svg("svg", { role: "img", "aria-label": "The most likely next characters and their probabilities; the status says the first in words" });
  const sliders = [
    controls.slider("temperature", { label: "Temperature", min: 0, max: 2, step: 0.05, say: heat }),
    controls.slider("topP", { label: "Top-p", min: 0.05, max: 1, step: 0.05, say: top }),
  ];
  figure.append(
    html("label", { class: "live-text-label", for: area.id }, "Your beginning"),
    area,
    html("div", { class: "live-controls live-writer-buttons" }, go, one, back, seedField(controls, model)),
    page,
    html("div", { class: "live-controls" }, ...sliders),
    status,
    html("p", { class: "live-writer-title" }, "The next character ", html("span", {}, "bar: after temperature and top-p; frame: before")),
    picture,
    ...(said ? [html("p", { class: "live-writer-about" }, said)] : []),
  );
  return { area, before, after, page, go, one, back, status, picture };
}

/** Set a text where it is another: what stays is not read out again. Say whether it was. */
function put(node, text) {
  if (node.textContent === text) return false;
  node.textContent = text;
  return true;
}

/** Build the figure of a network that is there; return how to take it down. */
function show(network, { model, el, figure, controls }) {
  const settings = () => Object.fromEntries(Object.keys(initial).map((key) => [key, model.get(key)]));
  const state = writer(network, settings());
  const width = room(el);
  let timer = 0; // of the next character; 0 while it does not write

  function draw() {
    if (put(view.after, writtenText(state))) view.page.scrollTop = view.page.scrollHeight;
    put(view.status, told(state, timer !== 0));
    drawNext(view.picture, state, width);
    put(view.go, timer ? "Stop" : "Write");
    view.one.setAttribute("aria-disabled", timer !== 0 || full(state));
    view.back.setAttribute("aria-disabled", !written(state));
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
  }

  /** Begin anew: with another text, another seed, or with neither. */
  function anew() {
    stop();
    begin(state, settings());
    if (view.area.value !== state.settings.text) view.area.value = state.settings.text;
    view.before.textContent = beginningText(state);
    draw();
  }

  /** Write one character, and later the next. */
  function goOn() {
    write(state);
    if (full(state)) stop();
    else timer = setTimeout(goOn, PACE);
    draw();
  }

  const act = {
    toggle() {
      if (timer) return stop(), draw();
      if (full(state)) anew();
      goOn();
    },
    one: () => timer || full(state) || (write(state), draw()),
    back: () => written(state) && anew(),
  };
  const view = build(figure, controls, model, act, about(network));
  const escape = (event) => {
    if (event.key !== "Escape" || !timer) return;
    event.preventDefault();
    stop();
    draw();
  };
  document.addEventListener("keydown", escape); // Safari gives no focus to a button that is clicked
  controls.follow(["text", "seed"], anew);
  controls.follow(["temperature", "topP"], () => (set(state, settings()), draw()));
  return () => (stop(), document.removeEventListener("keydown", escape));
}

const PROMISE =
  "An LSTM with 256 units, trained by this course on the characters of Shakespeare’s plays. It goes on with what you " +
  "type, here in your browser; nothing that you write leaves this page.";

function render({ model, el }) {
  const controls = open(model, NAME);
  const figure = html("div", { class: "live-figure live-writer" });
  el.append(html("style", {}, STYLE), figure);
  const start = (network) => show(network, { model, el, figure, controls });
  const stop = loading(figure, controls, { file: "writer.bin", megabytes: 0.3, promise: PROMISE, read: readWriter, begin: start });
  return () => (stop(), controls.close());
}

export default { render };
