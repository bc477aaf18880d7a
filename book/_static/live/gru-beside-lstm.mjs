// A GRU beside an LSTM, one unit each, on the same input; and one GRU under both readings of z.
import { html, open, room, rounded, sigmoid, signed, svg } from "./kit.mjs";

const NAME = "gru-beside-lstm";

export const initial = { "forget": 2, "update": 2, "second": "smaller", "meaning": "keeps" };

export const STEPS = 12;

/** Steps at which the two pulses come, counted from 1. */
export const PULSES = [3, 8];

/** What the second pulse may be; the first is 1. */
export const SECOND = { smaller: 0.5, opposite: -1, same: 1 };

/** Return the input: zeros, a pulse of 1 at step 3 and the second one at step 8. */
export const input = (second) =>
  Array.from({ length: STEPS }, (_, k) => (k + 1 === PULSES[0] ? 1 : k + 1 === PULSES[1] ? SECOND[second] : 0));

/** Return an LSTM of one unit as its four blocks, each [weight of x, weight of h, bias]. */
export const lstm = (forget) => ({ i: [1, 0, 1], f: [1, 0, forget], g: [2, 0, 0], o: [-3, 0, 1] });

/** Return a GRU of one unit whose open z keeps; n has its second bias, which r multiplies, as the fourth number. */
export const gru = (update) => ({ r: [-2, 0, 0], z: [-2, 0, update], n: [2, 1, 0, 0] });

/** Return the same GRU for the other meaning of z: each number of the z block with its sign changed. */
export const flipped = (p) => ({ ...p, z: p.z.map((number) => 0 - number) });

/** Return the bias of z as this meaning writes it; applied twice, it gives back what it was given. */
export const written = (bias, meaning) => (meaning === "renews" ? 0 - bias : bias);

/** Return the gates and the next (h, c) of one LSTM unit, in PyTorch's form. */
export function lstmStep(x, { h, c }, p) {
  const inside = ([w, u, b]) => w * x + u * h + b;
  const [i, f, g, o] = [sigmoid(inside(p.i)), sigmoid(inside(p.f)), Math.tanh(inside(p.g)), sigmoid(inside(p.o))];
  const next = f * c + i * g;
  return { i, f, g, o, c: next, h: o * Math.tanh(next) };
}

/** Return the gates and the next h of one GRU unit, in PyTorch's form; an open z "keeps" the old state or "renews" it. */
export function gruStep(x, h, p, meaning = "keeps") {
  const inside = ([w, u, b]) => w * x + u * h + b;
  const [r, z] = [sigmoid(inside(p.r)), sigmoid(inside(p.z))];
  const [w, u, b, bh] = p.n;
  const n = Math.tanh(w * x + b + r * (u * h + bh));
  return { r, z, n, h: meaning === "keeps" ? (1 - z) * n + z * h : (1 - z) * h + z * n };
}

/** Return what an LSTM unit does at each step, from a state of zeros. */
export function runLstm(xs, p) {
  let state = { h: 0, c: 0 };
  return xs.map((x) => (state = lstmStep(x, state, p)));
}

/** Return what a GRU unit does at each step, from a state of zeros. */
export function runGru(xs, p, meaning = "keeps") {
  let state = { h: 0 };
  return xs.map((x) => (state = gruStep(x, state.h, p, meaning)));
}

/** Return the same input without its first pulse. */
export const without = (xs) => xs.map((x, k) => (k + 1 === PULSES[0] ? 0 : x));

/** Return what the first pulse wrote, and the share of it that is left at the last step, given a memory with and without it. */
export function trace(memory, other) {
  const apart = memory.map((value, k) => value - other[k]);
  const wrote = apart[PULSES[0] - 1];
  return { wrote, left: apart.at(-1) / wrote };
}

/** Return both memories of both cells, with and without the first pulse, the GRU written as `meaning` has it. */
export function both({ forget, update, second, meaning }) {
  const xs = input(second);
  const weights = meaning === "renews" ? flipped(gru(update)) : gru(update);
  const [l, g] = [runLstm(xs, lstm(forget)), runGru(xs, weights, meaning)];
  const cs = l.map(({ c }) => c);
  const hs = g.map(({ h }) => h);
  const cWithout = runLstm(without(xs), lstm(forget)).map(({ c }) => c);
  const hWithout = runGru(without(xs), weights, meaning).map(({ h }) => h);
  return {
    xs,
    lstm: { steps: l, memory: cs, other: cWithout, ...trace(cs, cWithout) },
    gru: { steps: g, memory: hs, other: hWithout, ...trace(hs, hWithout) },
  };
}

/** Return a share in per cent; what is almost nothing, or almost all, is said so. */
export const percent = (share) =>
  share < 0.005 ? "less than 1 %" : share >= 0.995 && share < 1 ? "more than 99 %" : `${Math.round(100 * share)} %`;

/** Return what the picture shows, in words. */
export function told(state) {
  const { lstm: l, gru: g } = both(state);
  const z = rounded(g.steps[0].z);
  const name =
    state.meaning === "keeps"
      ? `An open z keeps, as in PyTorch, Keras and Cho et al. (2014); between the pulses z\u00a0=\u00a0${z}. `
      : "An open z renews, as in Chung et al. (2014): the same network, its z block with the other sign, " +
        `so z\u00a0=\u00a0${z} between the pulses. Each h is what it was. `;
  return (
    `${name}The first pulse wrote ${rounded(l.wrote)} into the LSTM’s c and ${rounded(g.wrote)} into the GRU’s h. ` +
    `At step ${STEPS}, ${percent(l.left)} of that is left in c (shaded), ${percent(g.left)} in h.`
  );
}

const HEIGHT = 424;
const BAND = { top: 82, bottom: 400 }; // from the input to the memory
const INPUT = { zero: 107, unit: 16 };
const ROWS = [142, 186, 230]; // baselines of the gates' captions
const BAR = 20;
const MEMORY = { caption: 278, top: 286, bottom: 400, from: -0.9, to: 1.7 };

/** Return where the panels stand: two side by side, narrower on a phone. */
function panels(width) {
  const [margin, gap] = [18, width < 480 ? 26 : 34];
  const wide = (width - margin - gap - 4) / 2;
  return [margin, margin + wide + gap].map((left) => ({
    left,
    wide,
    narrow: width < 480,
    right: left + wide,
    at: (step) => left + ((step - 0.5) / STEPS) * wide,
  }));
}

const down = (value) => MEMORY.bottom - ((value - MEMORY.from) / (MEMORY.to - MEMORY.from)) * (MEMORY.bottom - MEMORY.top);

/** Return a line of mathematics: "h_{t−1}" has a subscript, and a gate or state its colour. */
function formula(x, y, source, attributes = {}) {
  const text = svg("text", { x, y, ...attributes });
  let raised = 0;
  for (const [, letter, , long, short, rest] of source.matchAll(/([fiogzrcnh]|b|x)(_(?:\{([^}]*)\}|(.)))|([^]?)/g)) {
    if (letter) {
      const ink = "fiogzrcnh".includes(letter) ? letter : undefined;
      text.append(svg("tspan", { class: ink, dy: -raised || undefined, fill: "currentColor", "font-weight": ink && 600 }, letter));
      text.append(svg("tspan", { class: ink, dy: 3, fill: "currentColor", "font-size": "11.5px" }, long ?? short));
      raised = 3;
    } else if (rest) {
      text.append(svg("tspan", { dy: -raised || undefined }, rest));
      raised = 0;
    }
  }
  return text;
}

const aside = (panel, y, text) => svg("text", { class: "soft", x: panel.right, y, "text-anchor": "end" }, text);

/** Return a row of twelve bars between 0 (empty) and 1 (full), with its caption. */
function gates(panel, y, { source, role, values, ink, faint }) {
  const bar = (panel.wide / STEPS) * 0.8;
  const top = y + 7;
  const columns = values.map((value, k) => {
    const x = panel.at(k + 1) - bar / 2;
    return [
      svg("rect", { class: "soft", x, y: top, width: bar, height: BAR, fill: "currentColor", opacity: 0.14 }),
      svg("rect", { x, y: top + BAR * (1 - value), width: bar, height: BAR * value, fill: "currentColor", opacity: faint ? 0.45 : 1 }),
    ];
  });
  return [formula(panel.left, y, source), aside(panel, y, role), svg("g", { class: ink }, ...columns.flat())];
}

function inputBars(panel, xs) {
  const bar = (panel.wide / STEPS) * 0.8;
  return [
    svg("path", { class: "line", d: `M${panel.left} ${INPUT.zero}H${panel.right}` }),
    ...xs.map((x, k) =>
      svg("rect", {
        class: "ink",
        x: panel.at(k + 1) - bar / 2,
        y: INPUT.zero - Math.max(x, 0) * INPUT.unit,
        width: bar,
        height: Math.abs(x) * INPUT.unit,
        fill: "currentColor",
      }),
    ),
  ];
}

const course = (panel, values) => values.map((value, k) => `${k ? "L" : "M"}${panel.at(k + 1).toFixed(1)} ${down(value).toFixed(1)}`).join("");

/** Return the ground between a memory and the same one without the first pulse. */
function area(panel, { memory, other }, ink) {
  const from = PULSES[0] - 2;
  const point = (values) => (_, k) => `${panel.at(from + k + 1).toFixed(1)} ${down(values[from + k]).toFixed(1)}`;
  const there = memory.slice(from).map(point(memory));
  const back = other.slice(from).map(point(other)).reverse();
  return svg("path", { class: ink, d: `M${[...there, ...back].join("L")}Z`, fill: "currentColor", opacity: 0.2 });
}

const line = (panel, values, ink, thick) =>
  svg("path", { class: ink, d: course(panel, values), fill: "none", stroke: "currentColor", "stroke-width": thick, "stroke-linejoin": "round" });

const dots = (panel, values, ink) =>
  svg("g", { class: ink }, ...values.map((value, k) => svg("circle", { cx: panel.at(k + 1), cy: down(value), r: 2.6, fill: "currentColor" })));

/** Return what never changes in a panel: the grid, the steps, the bands of the two pulses. */
function frame(panel) {
  const bar = panel.wide / STEPS;
  return [
    ...PULSES.map((step) =>
      svg("rect", {
        class: "soft",
        x: panel.at(step) - bar / 2,
        y: BAND.top,
        width: bar,
        height: BAND.bottom - BAND.top,
        fill: "currentColor",
        opacity: 0.07,
      }),
    ),
    ...[-0.5, 0, 0.5, 1, 1.5].map((value) =>
      svg("path", {
        class: "line",
        d: `M${panel.left} ${down(value)}H${panel.right}`,
        "stroke-dasharray": value === 1 ? "4 3" : undefined,
        opacity: value % 1 ? 0.45 : 1,
      }),
    ),
    ...[0, 1].map((value) => svg("text", { class: "soft", x: panel.left - 6, y: down(value) + 4, "text-anchor": "end" }, signed(value, 0))),
    ...[1, ...PULSES, STEPS].map((step) => svg("text", { class: "soft", x: panel.at(step), y: HEIGHT - 8, "text-anchor": "middle" }, step)),
    svg("text", { class: "soft", x: panel.at(5.5), y: HEIGHT - 8, "text-anchor": "middle" }, "step t"),
    formula(panel.left, 76, "x_t"),
    aside(panel, 76, "the input"),
  ];
}

function heading(panel, name, ...formulas) {
  return [
    svg("text", { x: panel.left, y: 13, "font-weight": 700, style: "font-size: 15px" }, name),
    ...formulas.map((source, k) => formula(panel.left, 34 + 20 * k, source)),
  ];
}

const leftOver = (panel, share) =>
  aside(
    panel,
    MEMORY.caption,
    panel.narrow ? `${percent(share).replace("less than", "under").replace("more than", "over")} left` : `shaded: ${percent(share)} of the first pulse left`,
  );

function drawLstm(panel, { xs, lstm: found }) {
  const { steps, memory, left } = found;
  const row = (gate) => steps.map((step) => step[gate]);
  const words = panel.narrow ? ["keeps", "writes", "shows"] : ["keeps the old", "writes the new", "shows it"];
  const equations = ["c_t = f_t c_{t−1} + i_t g_t", "h_t = o_t tanh(c_t)", "g_t = tanh(2x_t)"];
  const shown = panel.narrow ? equations.slice(0, 2) : [`${equations[0]},   ${equations[1]}`, equations[2]];
  const beside = panel.narrow ? [formula(panel.right, 13, equations[2], { "text-anchor": "end" })] : [];
  return [
    ...heading(panel, "LSTM", ...shown),
    ...beside,
    ...inputBars(panel, xs),
    ...gates(panel, ROWS[0], { source: "f_t = σ(b_f + x_t)", role: words[0], values: row("f"), ink: "f" }),
    ...gates(panel, ROWS[1], { source: "i_t = σ(1 + x_t)", role: words[1], values: row("i"), ink: "i" }),
    ...gates(panel, ROWS[2], { source: "o_t = σ(1 − 3x_t)", role: words[2], values: row("o"), ink: "o" }),
    formula(panel.left, MEMORY.caption, panel.narrow ? "c_t, h_t" : "c_t and h_t"),
    leftOver(panel, left),
    area(panel, found, "c"),
    line(panel, memory, "c", 2.5),
    line(panel, row("h"), "h", 1.5),
    dots(panel, row("h"), "h"),
  ];
}

function drawGru(panel, { xs, gru: found }, meaning) {
  const { steps, memory, left } = found;
  const row = (gate) => steps.map((step) => step[gate]);
  const words = panel.narrow ? ["keeps", "writes", "n sees h"] : ["keeps the old", "writes the new", "lets n see h"];
  const keeps = meaning === "keeps";
  const mean = keeps ? "h_t = z_t h_{t−1} + (1 − z_t) n_t" : "h_t = (1 − z_t) h_{t−1} + z_t n_t";
  const z = { source: keeps ? "z_t = σ(b_z − 2x_t)" : "z_t = σ(b_z + 2x_t)", values: row("z"), ink: "z" };
  const rest = { source: "1 − z_t", values: row("z").map((value) => 1 - value), ink: "z", faint: true };
  const [keeping, writing] = keeps ? [z, rest] : [rest, z];
  return [
    ...heading(panel, "GRU", mean, "n_t = tanh(2x_t + r_t h_{t−1})"),
    ...inputBars(panel, xs),
    ...gates(panel, ROWS[0], { ...keeping, role: words[0] }),
    ...gates(panel, ROWS[1], { ...writing, role: words[1] }),
    ...gates(panel, ROWS[2], { source: "r_t = σ(−2x_t)", role: words[2], values: row("r"), ink: "r" }),
    formula(panel.left, MEMORY.caption, "h_t"),
    leftOver(panel, left),
    area(panel, found, "h"),
    line(panel, memory, "h", 2.5),
    dots(panel, memory, "h"),
  ];
}

/** Return the model as the chosen meaning of z reads it: the update bias with its sign. */
function asWritten(model) {
  const turned = (bias) => written(bias, model.get("meaning"));
  const events = ["change:update", "change:meaning"];
  return {
    get: (key) => turned(model.get(key)),
    set: (key, bias) => model.set(key, turned(bias)),
    save_changes: () => model.save_changes(),
    on: (_, act) => events.forEach((event) => model.on(event, act)),
    off: (_, act) => events.forEach((event) => model.off(event, act)),
  };
}

function render({ model, el }) {
  const { follow, slider, choice, close } = open(model, NAME);
  const meant = open(asWritten(model), NAME);
  const [left, right] = panels(room(el));
  const parts = [svg("g"), svg("g")];
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${room(el)} ${HEIGHT}`,
      role: "img",
      "aria-label": "One unit of an LSTM and one of a GRU on the same input over twelve steps: the gates as bars, the memory as a line",
    },
    ...frame(left),
    ...frame(right),
    ...parts,
  );
  const status = html("p", { class: "live-status", role: "status" });
  const keys = Object.keys(initial);
  follow(keys, () => {
    const state = Object.fromEntries(keys.map((key) => [key, model.get(key)]));
    const found = both(state);
    parts[0].replaceChildren(...drawLstm(left, found));
    parts[1].replaceChildren(...drawGru(right, found, state.meaning));
    status.textContent = told(state);
  });
  const bias = { min: -4, max: 4, step: 0.1, say: (b) => signed(b, 1) };
  const controls = html(
    "div",
    { class: "live-controls" },
    slider("forget", { label: "LSTM: forget bias", ink: "f", ...bias }),
    meant.slider("update", { label: "GRU: update bias", ink: "z", ...bias }),
    choice("meaning", {
      label: "An open z",
      options: { keeps: "keeps (PyTorch, Keras, Cho et al. 2014)", renews: "renews (Chung et al. 2014)" },
    }),
    choice("second", { label: "Step 8 brings", options: { smaller: "a smaller pulse", opposite: "the opposite", same: "the same again" } }),
  );
  el.append(html("div", { class: "live-figure" }, picture, controls, status));
  return () => (close(), meant.close());
}

export default { render };
