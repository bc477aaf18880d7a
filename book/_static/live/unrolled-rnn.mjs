// Does the spectral radius tell how much of a gradient arrives at an early step? A small recurrent network, unrolled.
import { drawnText, html, open, pageText, room, rounded, signed, svg } from "./kit.mjs";

const NAME = "unrolled-rnn";

export const initial = { "step": 12, "radius": 0.9, "squash": "tanh" };

/** What comes in, one sign a step. */
export const INPUTS = [1, -1, -1, 1, -1, 1, 1, -1, -1, -1, 1, 1];

/** From the input into the two units (H, I). There are no biases. */
export const WEIGHT_IH = [[0.4], [0.3]];

/** By how much one step turns the state, in degrees. */
export const TURN = 35;

/** Return the recurrent matrix: a rotation, which changes no length, times the spectral radius. */
export function recurrent(radius) {
  const [cos, sin] = [radius * Math.cos((TURN * Math.PI) / 180), radius * Math.sin((TURN * Math.PI) / 180)];
  return [[cos, -sin], [sin, cos]];
}

/** Return a matrix times a vector. */
export const apply = (matrix, vector) => matrix.map((row) => row.reduce((sum, w, k) => sum + w * vector[k], 0));

/** Return a matrix times a matrix. */
export const times = (left, right) => left.map((row) => right[0].map((_, k) => row.reduce((sum, w, j) => sum + w * right[j][k], 0)));

/** Return the states h_0 = 0 to h_T of inputs (T, I): h_t = tanh(W_ih x_t + W_hh h_{t-1}), or without the tanh. */
export function forward(inputs, weightIh, weightHh, squash) {
  const states = [weightHh.map(() => 0)];
  for (const x of inputs) {
    const [fromInput, fromState] = [apply(weightIh, x), apply(weightHh, states.at(-1))];
    states.push(fromInput.map((a, k) => (squash === "tanh" ? Math.tanh(a + fromState[k]) : a + fromState[k])));
  }
  return states;
}

/** Return dh_t/dh_{t-1} = diag(1 - h_t^2) W_hh from h_t; without the tanh, W_hh itself. */
export const jacobian = (h, weightHh, squash) =>
  weightHh.map((row, k) => row.map((w) => (squash === "tanh" ? (1 - h[k] ** 2) * w : w)));

/** Return dh_T/dh_{T-k} for k = 0 to T, by the chain rule; the states are h_0 to h_T. */
export function products(states, weightHh, squash) {
  const found = [weightHh.map((_, j) => weightHh.map((_, k) => (j === k ? 1 : 0)))];
  for (const h of states.slice(1).reverse()) found.push(times(found.at(-1), jacobian(h, weightHh, squash)));
  return found;
}

/** Return the norm of a matrix of two rows and columns: the most that it stretches any vector. */
export const norm = ([[a, b], [c, d]]) => (Math.hypot(a + d, b - c) + Math.hypot(a - d, b + c)) / 2;

/** Return all that the picture shows: the states, and the norm of dh_step/dh_s for s = 1 to step. */
export function run({ step, radius, squash }) {
  const weightHh = recurrent(radius);
  const states = forward(INPUTS.map((x) => [x]), WEIGHT_IH, weightHh, squash);
  const back = products(states.slice(0, step + 1), weightHh, squash);
  return { states, norms: back.slice(0, step).map(norm).reverse() };
}

/** Return what the radius alone forecasts for the same norms. */
export const forecast = (radius, step) => Array.from({ length: step }, (_, k) => radius ** (step - 1 - k));

/** Return the smallest of 1, 2, 5, 10, 20, 50, ... that no state exceeds. */
export function ceiling(states) {
  const most = Math.max(...states.flat().map(Math.abs));
  let top = 1;
  while (top < most) top *= String(top)[0] === "2" ? 2.5 : 2;
  return top;
}

/** Return a positive number as people write it: two digits or all whole ones, and tiny ones with a power of ten (^ sets what follows higher). */
export function plain(x) {
  const [digits, power] = x.toExponential(1).split("e").map(Number);
  if (power < -3) return `${digits.toFixed(1)} × 10^${signed(power, 0)}`;
  return power > 0 ? String(Math.round(x)) : rounded(x, 1 - power);
}

const pair = (h) => `(${h.map((value) => signed(value, 2)).join(", ")})`;

/** Return the equation of a step with its numbers; _ sets what follows lower. */
export function equation({ step, radius, squash }, states) {
  const [from, into] = [apply(WEIGHT_IH, [INPUTS[step - 1]]), apply(recurrent(radius), states[step - 1])];
  const sums = [`W_ih x_${step} + W_hh h_${step - 1}`, `${pair(from)} + ${pair(into)}`];
  const [letters, numbers] = squash === "tanh" ? [`tanh(${sums[0]})`, `tanh[${sums[1]}]`] : sums;
  return `h_${step} = ${letters} = ${numbers} = ${pair(states[step])}`;
}

/** Return in words what the picture shows. */
export function words({ step, radius, squash }, norms) {
  if (step === 1) return "This is the first step: there is no earlier state to look back to. Move on to a later one.";
  const [kept, alone] = [plain(norms[0]), plain(radius ** (step - 1))];
  const told = `${radius}^${step - 1} = ${radius === 1 ? 1 : alone}`;
  const why = kept === alone ? "The slopes of the tanh are still close to 1." : "The slopes of the tanh make the difference.";
  const way = `On the way back from step ${step} to step 1, a gradient is multiplied by`;
  return squash === "tanh"
    ? `${way} ${kept} at most; the radius alone says ${told}. ${why}`
    : `${way} ${told}: a rotation changes no length, so without squashing the radius alone decides.`;
}

const HEIGHT = 396;
const MIDDLE = 56; // of the cells, from top to bottom
const HALF = 29; // of a cell's height
const CHART = { top: 206, bottom: 390, powers: [2.4, -5] };

/** Return the columns of a drawing: how wide one is, and the middle of each step. */
function columns(width) {
  const left = width < 500 ? 36 : 50;
  const wide = (width - left - 4) / INPUTS.length;
  return { left, wide, middle: (step) => left + (step - 0.5) * wide };
}

/** Return where a norm stands from top to bottom; what is off the scale stands at its edge. */
function down(value) {
  const [high, low] = CHART.powers;
  const share = (high - Math.log10(value)) / (high - low);
  return CHART.top + Math.min(1, Math.max(0, share)) * (CHART.bottom - CHART.top);
}

function frame(width) {
  const { left, middle } = columns(width);
  const drawn = [svg("text", { class: "soft", x: left - 7, y: 119, "text-anchor": "end" }, ...drawnText("x_t"))];
  drawn.push(svg("text", { class: "soft", x: left - 7, y: 143, "text-anchor": "end" }, width < 500 ? "t" : "step t"));
  for (const power of [2, 0, -2, -4]) {
    const y = down(10 ** power);
    const edge = power ? { class: "line" } : { class: "soft", stroke: "currentColor" };
    drawn.push(svg("path", { ...edge, d: `M${left} ${y}H${width}` }));
    drawn.push(svg("text", { class: power ? "soft" : "ink", x: left - 7, y: y + 4, "text-anchor": "end" }, ...drawnText(power ? `10^${signed(power, 0)}` : "1")));
  }
  INPUTS.forEach((x, k) => {
    drawn.push(svg("path", { class: "soft", d: `M${middle(k + 1)} 105V${MIDDLE + HALF + 3}m-3.5 5l3.5 -5l3.5 5`, stroke: "currentColor", fill: "none" }));
    drawn.push(svg("text", { class: "soft", x: middle(k + 1), y: 119, "text-anchor": "middle" }, x > 0 ? "+1" : "−1"));
  });
  return drawn;
}

function legend(width, step) {
  const [x, y] = width < 500 ? [0, 192] : [344, 178];
  return [
    svg("circle", { class: "h", cx: 11, cy: y === 178 ? 174 : 167, r: 4.5, fill: "currentColor" }),
    svg("text", { x: 28, y: y === 178 ? 178 : 171 }, ...drawnText(`norm of the gradient of h_${step} by earlier states`)),
    svg("path", { class: "o", d: `M${x} ${y - 4}h22`, stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": "5 3" }),
    svg("text", { x: x + 28, y }, ...drawnText("ρ^k at lag k, from the radius alone")),
  ];
}

/** Return one step of the chain: a cell, its two units as bars, and the arrow to the next. */
function cell(t, h, top, width, step) {
  const { wide, middle } = columns(width);
  const half = wide * 0.36;
  const x = middle(t);
  const bars = h.map((value, unit) => {
    const length = (value / top) * (HALF - 4);
    const thick = half * 0.6;
    const from = x + (unit - 0.5) * half * 0.86 - thick / 2;
    return svg("rect", { x: from, y: MIDDLE - Math.max(0, length), width: thick, height: Math.max(1, Math.abs(length)), fill: "currentColor" });
  });
  const gap = wide - 2 * half;
  const arrow = `M${x + half} ${MIDDLE}h${gap}` + (gap > 10 ? "m-5 -3.5l5 3.5l-5 3.5" : "");
  return svg(
    "g",
    { class: "h", opacity: t > step ? 0.3 : 1 },
    svg("rect", {
      class: `live-unrolled-rnn-cell${t === step ? " chosen" : ""}`,
      x: x - half, y: MIDDLE - HALF, width: 2 * half, height: 2 * HALF, rx: 5, "stroke-width": t === step ? 2 : 1,
    }),
    svg("path", { class: "line", d: `M${x - half + 2} ${MIDDLE}h${2 * half - 4}` }),
    ...bars,
    ...(t < INPUTS.length ? [svg("path", { d: arrow, stroke: "currentColor", fill: "none", "stroke-width": 1.5, opacity: t === step ? 0.3 : 1 })] : []),
  );
}

function chain({ step }, states, width) {
  const { left, middle, wide } = columns(width);
  const top = ceiling(states);
  const labels = [[top, MIDDLE - HALF + 4], [0, MIDDLE], [-top, MIDDLE + HALF - 4]].map(([value, y]) =>
    svg("text", { class: "soft", x: left - 7, y: y + 4, "text-anchor": "end" }, String(value).replace("-", "−")),
  );
  const numbers = INPUTS.map((_, k) =>
    svg("text", { class: k + 1 === step ? "ink" : "soft", x: middle(k + 1), y: 143, "text-anchor": "middle", "font-weight": k + 1 === step ? 700 : 400 }, k + 1),
  );
  const band = svg("rect", { class: "live-unrolled-rnn-band", x: middle(step) - wide / 2, y: 20, width: wide, height: 131, rx: 6, opacity: 0.45 });
  return [band, ...labels, ...numbers, ...states.slice(1).map((h, k) => cell(k + 1, h, top, width, step))];
}

function gradients({ step, radius }, norms, width) {
  const { middle } = columns(width);
  const told = forecast(radius, step).map((value, k) => `${k ? "L" : "M"}${middle(k + 1)} ${down(value).toFixed(1)}`);
  const measured = norms.map((value, k) => {
    const [x, y] = [middle(k + 1), down(value)];
    return [
      svg("path", { d: `M${x} ${down(1)}V${y}`, stroke: "currentColor", "stroke-width": 2 }),
      svg("circle", { cx: x, cy: y, r: 4.5, fill: "currentColor" }),
    ];
  });
  return [
    svg("path", { class: "o", d: told.join(""), stroke: "currentColor", fill: "none", "stroke-width": 2, "stroke-dasharray": "5 3" }),
    svg("g", { class: "h" }, ...measured.flat()),
  ];
}

function render({ model, el }) {
  const { put, follow, slider, choice, close } = open(model, NAME);
  const width = room(el);
  const { middle, wide } = columns(width);
  const moving = svg("g");
  const label = "Twelve steps of a small recurrent network; below each, how much of a gradient arrives there from the chosen step";
  const touch = INPUTS.map((_, k) =>
    svg("rect", {
      class: "live-unrolled-rnn-touch", x: middle(k + 1) - wide / 2, y: 20, width: wide, height: 131, opacity: 0, click: () => put("step", k + 1),
    }),
  );
  const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label }, moving, ...touch);
  const step = slider("step", { label: "Step t", min: 1, max: INPUTS.length, step: 1, ink: "h" });
  const radius = slider("radius", { label: "Spectral radius ρ", min: 0.4, max: 1.6, step: 0.05, ink: "o", say: (r) => r.toFixed(2) });
  radius.append(html("span", { class: "live-unrolled-rnn-edge", "aria-hidden": "true" }, "1"));
  const squash = choice("squash", { label: "Squashing", options: { tanh: "tanh", none: "none" } });
  const sum = html("span", { class: "live-unrolled-rnn-sum" });
  const seen = html("span");
  const status = html("p", { class: "live-status live-unrolled-rnn-status", role: "status" }, sum, seen);
  follow(Object.keys(initial), () => {
    const state = { step: model.get("step"), radius: model.get("radius"), squash: model.get("squash") };
    const { states, norms } = run(state);
    const what = `Turn h by ${TURN}°, scale it by ρ, add the input${state.squash === "tanh" ? ", squash." : "."}`;
    moving.replaceChildren(
      svg("text", { x: 0, y: 11 }, what),
      ...chain(state, states, width),
      ...frame(width),
      ...legend(width, state.step),
      ...gradients(state, norms, width),
    );
    sum.replaceChildren(...pageText(equation(state, states)));
    seen.replaceChildren(...pageText(words(state, norms)));
  });
  el.append(html("div", { class: "live-figure" }, picture, html("div", { class: "live-controls live-unrolled-rnn-controls" }, step, radius, squash), status));
  return close;
}

export default { render };
