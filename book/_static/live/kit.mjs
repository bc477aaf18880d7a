// What live figures are built with: elements, controls, and numbers as people write them.
const SVG = "http://www.w3.org/2000/svg";

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Return an element of the page; a function among the attributes listens to that event. */
export const html = (tag, attributes = {}, ...children) => furnish(document.createElement(tag), attributes, children);

/** Return an element of a drawing. */
export const svg = (tag, attributes = {}, ...children) => furnish(document.createElementNS(SVG, tag), attributes, children);

/** Return how wide to draw, in units of the drawing: narrower on a phone, so that words stay readable. */
export const room = (el) => (el.clientWidth > 0 && el.clientWidth < 560 ? 360 : 640);

let controls = 0;

/** Return an id that no control of the page has yet. */
export const newId = (name) => `live-${name}-${++controls}`;

/** Return what a figure is built with: controls that set the model's state, and listeners that `close` removes. */
export function open(model, name) {
  const followed = [];
  const put = (key, value) => (model.set(key, value), model.save_changes());
  /** Call `act` now and whenever one of the keys changes. */
  const follow = (keys, act) => {
    for (const key of keys) model.on(`change:${key}`, act), followed.push([key, act]);
    act();
  };
  /** Return a slider for a number; `say` turns it into what is shown and read aloud. */
  const slider = (key, { label, min, max, step, say = String, ink = "ink" }) => {
    const id = newId(name);
    const quiet = { "data-lm-suppress-shortcuts": "true" }; // JupyterLab keeps the arrow keys else
    const input = html("input", { type: "range", id, min, max, step, ...quiet, input: () => put(key, +input.value) });
    const output = html("output", { for: id });
    follow([key], () => {
      input.value = model.get(key);
      output.textContent = say(model.get(key));
      input.setAttribute("aria-valuetext", output.textContent);
    });
    return html("div", { class: `live-control live-slider ${ink}` }, html("label", { for: id }, label), output, input);
  };
  /** Return a row of radio buttons; `options` are values of the model's key and what they are called. */
  const choice = (key, { label, options }) => {
    const id = newId(name);
    const inputs = Object.entries(options).map(([value, text]) => {
      const input = html("input", { type: "radio", name: id, value, change: () => put(key, value) });
      follow([key], () => (input.checked = String(model.get(key)) === value));
      return html("label", {}, input, text);
    });
    return html("fieldset", { class: "live-control live-choice" }, html("legend", {}, label), ...inputs);
  };
  const button = (label, act) => html("button", { type: "button", class: "live-button", click: act }, label);
  const close = () => followed.splice(0).forEach(([key, act]) => model.off(`change:${key}`, act));
  return { put, follow, slider, choice, button, close };
}

/** Return the logistic function of a number. */
export function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}

/** Return a number with a real minus sign; what is rounded to nothing has none. */
export function signed(x, digits = 2) {
  const written = x.toFixed(digits);
  return Number(written) === 0 ? written.replace("-", "") : written.replace("-", "−");
}

/** Return a number like `signed`, with more digits where rounding would make 0, 1 or −1 of what is none of them. */
export function rounded(x, digits = 2) {
  const whole = (n) => [0, 1].includes(Math.abs(Number(x.toFixed(n))));
  if ([0, 1].includes(Math.abs(x)) || !whole(digits)) return signed(x, digits);
  for (let n = digits + 1; n <= 6; n++) if (!whole(n)) return signed(x, n);
  return `nearly ${signed(x, 0)}`;
}

/** Return the pieces of a text: what follows _ is an index, what follows ^ a power. */
export const pieces = (text) => text.split(/([_^][a-z0-9−]+)/).filter(Boolean);

/** Return a text for a drawing, indices lower and powers higher. */
export function drawnText(text) {
  let level = 0;
  return pieces(text).map((piece) => {
    const next = { _: 3, "^": -5 }[piece[0]] ?? 0;
    const dy = next - level;
    level = next;
    return svg("tspan", next ? { dy, "font-size": 11 } : { dy }, next ? piece.slice(1) : piece);
  });
}

/** Return a text for the page, indices lower and powers higher. */
export const pageText = (text) =>
  pieces(text).map((piece) => (piece[0] === "_" ? html("sub", {}, piece.slice(1)) : piece[0] === "^" ? html("sup", {}, piece.slice(1)) : piece));
