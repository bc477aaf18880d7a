// How long does a forget gate remember? Half-life against the forget bias, on a logarithmic axis.
const NAME = "half-life";

export const initial = { "bias": 1 };

/** Lengths that tasks of this course ask to bridge, in steps. */
export const TASKS = [
  { steps: 8, name: "verb and subject" },
  { steps: 40, name: "adding, T = 40" },
  { steps: 202, name: "a film review (median)" },
  { steps: 1000, name: "adding, T = 1,000" },
];

/** Return after how many steps half is left of a memory that the gate multiplies by sigmoid(bias). */
export const halfLife = (bias) => Math.LN2 / Math.log1p(Math.exp(-bias));

/** Return the forget bias whose half-life is so many steps. */
export const biasFor = (steps) => -Math.log(Math.expm1(Math.LN2 / steps));

/** Return the share of a memory that is left after so many steps. */
export const left = (bias, steps) => Math.exp(-steps * Math.log1p(Math.exp(-bias)));

/** Return a number as people write it: two digits, then whole thousands with commas. */
export const plain = (x) => (x < 9.95 ? x.toFixed(1) : Math.round(Number(x.toPrecision(2))).toLocaleString("en-GB"));

/** Return a share in per cent; what is almost nothing, or almost all, is said so. */
export const percent = (share) =>
  share < 0.005 ? "less than 1 %" : share >= 0.995 && share < 1 ? "more than 99 %" : `${Math.round(100 * share)} %`;

// <kit> Shared; edit tools/live_kit.mjs, then run tools/live_kit.py.
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
const html = (tag, attributes = {}, ...children) => furnish(document.createElement(tag), attributes, children);

/** Return an element of a drawing. */
const svg = (tag, attributes = {}, ...children) => furnish(document.createElementNS(SVG, tag), attributes, children);

/** Return how wide to draw, in units of the drawing: narrower on a phone, so that words stay readable. */
const room = (el) => (el.clientWidth > 0 && el.clientWidth < 560 ? 360 : 640);

let controls = 0;

/** Return what a figure is built with: controls that set the model's state, and listeners that `close` removes. */
function open(model, name) {
  const followed = [];
  const put = (key, value) => (model.set(key, value), model.save_changes());
  /** Call `act` now and whenever one of the keys changes. */
  const follow = (keys, act) => {
    for (const key of keys) model.on(`change:${key}`, act), followed.push([key, act]);
    act();
  };
  /** Return a slider for a number; `say` turns it into what is shown and read aloud. */
  const slider = (key, { label, min, max, step, say = String, ink = "ink" }) => {
    const id = `live-${name}-${++controls}`;
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
    const id = `live-${name}-${++controls}`;
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
// </kit>

const HEIGHT = 250;
const EDGE = { left: 44, right: 12, top: 14, bottom: 40 };
const BIASES = [-2, 8];
const STEPS = [0.3, 3000];

/** Return where a forget bias stands from left to right. */
const across = (bias, width) => EDGE.left + ((bias - BIASES[0]) / (BIASES[1] - BIASES[0])) * (width - EDGE.left - EDGE.right);

/** Return where a number of steps stands from top to bottom. */
function down(steps) {
  const share = Math.log(steps / STEPS[0]) / Math.log(STEPS[1] / STEPS[0]);
  return HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom);
}

function axes(width) {
  const drawn = [];
  for (const steps of [1, 10, 100, 1000]) {
    const y = down(steps);
    drawn.push(svg("path", { class: "line", d: `M${EDGE.left} ${y}H${width - EDGE.right}` }));
    drawn.push(svg("text", { class: "soft", x: EDGE.left - 6, y: y + 4, "text-anchor": "end" }, steps.toLocaleString("en-GB")));
  }
  for (let bias = BIASES[0]; bias <= BIASES[1]; bias += 2)
    drawn.push(svg("text", { class: "soft", x: across(bias, width), y: HEIGHT - 22, "text-anchor": "middle" }, signed(bias, 0)));
  drawn.push(svg("text", { x: width / 2, y: HEIGHT - 3, "text-anchor": "middle" }, "forget bias b"));
  drawn.push(svg("text", { x: 4, y: EDGE.top - 1 }, "half-life in steps"));
  return drawn;
}

function curve(width) {
  const points = Array.from({ length: 101 }, (_, k) => BIASES[0] + (k / 100) * (BIASES[1] - BIASES[0]));
  return points.map((bias, k) => `${k ? "L" : "M"}${across(bias, width).toFixed(1)} ${down(halfLife(bias)).toFixed(1)}`).join("");
}

function tasks(width) {
  return TASKS.map(({ steps, name }) => {
    const x = across(biasFor(steps), width);
    const y = down(steps);
    return svg(
      "g",
      {},
      svg("circle", { cx: x, cy: y, r: 4, fill: "currentColor", class: "o" }),
      svg("text", { x: x - 9, y: y - 5, "text-anchor": "end" }, name),
    );
  });
}

function render({ model, el }) {
  const { follow, slider, close } = open(model, NAME);
  const width = room(el);
  const mark = svg("g", { class: "f" });
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": "Half-life of a memory against the forget bias" },
    ...axes(width),
    svg("path", { class: "ink", d: curve(width), fill: "none", stroke: "currentColor", "stroke-width": 2 }),
    ...tasks(width),
    mark,
  );
  const status = html("p", { class: "live-status", role: "status" });
  const bias = slider("bias", { label: "Forget bias b", min: BIASES[0], max: BIASES[1], step: 0.1, ink: "f", say: (b) => signed(b, 1) });
  follow(["bias"], () => {
    const b = model.get("bias");
    const [x, y, life] = [across(b, width), down(halfLife(b)), halfLife(b)];
    mark.replaceChildren(
      svg("path", { d: `M${x} ${HEIGHT - EDGE.bottom}V${y}H${EDGE.left}`, stroke: "currentColor", fill: "none", "stroke-dasharray": "4 3" }),
      svg("circle", { cx: x, cy: y, r: 7, fill: "currentColor" }),
    );
    const review = TASKS[2].steps;
    status.textContent =
      `The gate stands at ${rounded(sigmoid(b), 3)}. Half of a memory is left after ${plain(life)} steps; ` +
      `after a median review of ${review} tokens, ${percent(left(b, review))}.`;
  });
  el.append(html("div", { class: "live-figure" }, picture, html("div", { class: "live-controls" }, bias), status));
  return close;
}

export default { render };
