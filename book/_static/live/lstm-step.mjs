// What does each gate do to a memory? One memory cell on a conveyor belt: set the gates of twelve steps.
import { html, open, room, rounded, signed, svg } from "./kit.mjs";

const NAME = "lstm-step";

export const initial = {
  "step": 3,
  "c0": 0,
  "f": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  "i": [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  "g": [0.3, -0.2, 0.9, 0.5, 0.7, -0.6, 0.1, -0.4, 0.8, -0.6, 0.2, 0.5],
  "o": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
  "clamp": "none"
};

const STEPS = initial.f.length;

/** What may be held at all steps: the gate, at which value. */
export const CLAMPS = {
  "none": undefined,
  "f=1": { gate: "f", at: 1 },
  "f=0": { gate: "f", at: 0 },
  "i=0": { gate: "i", at: 0 },
  "o=1": { gate: "o", at: 1 },
};

const once = (step, value, others) => Array.from({ length: STEPS }, (_, k) => (k + 1 === step ? value : others));

/** Stories to start from: what they are called and where they differ from the first. */
export const PRESETS = {
  keep: { label: "Write once, keep", differs: {} },
  erase: { label: "Erase at 7", differs: { step: 7, f: once(7, 0, 1) } },
  slow: { label: "Forget slowly (f = 0.9)", differs: { step: 11, f: once(0, 1, 0.9) } },
};

/** Return the whole state in which a story begins. */
export const preset = (name) => structuredClone({ ...initial, ...PRESETS[name].differs });

/** Return one step of the LSTM for one unit: from its gates and the last c, the next c and h. */
export function step({ i, f, g, o }, before) {
  const c = f * before + i * g;
  return { c, h: o * Math.tanh(c) };
}

/** Return the gates of all steps with the held one overridden; what was given stays as it is. */
export function clamped({ i, f, g, o }, clamp) {
  const held = CLAMPS[clamp];
  return held ? { i, f, g, o, [held.gate]: f.map(() => held.at) } : { i, f, g, o };
}

/** Return the gates that count, what f leaves of each last c, and c and h after every step. */
export function run({ c0, clamp, ...own }) {
  const gates = clamped(own, clamp);
  const [carried, c, h] = [[], [], []];
  for (let k = 0; k < gates.f.length; k++) {
    const before = k ? c[k - 1] : c0;
    const after = step({ i: gates.i[k], f: gates.f[k], g: gates.g[k], o: gates.o[k] }, before);
    carried.push(gates.f[k] * before);
    c.push(after.c);
    h.push(after.h);
  }
  return { gates, carried, c, h };
}

/** Return whether a number is more than nothing in two digits. */
const seen = (x) => Math.abs(x) >= 0.005;

/** Return the steps at which a series is not nothing, counted from 1. */
export const speaks = (series) => series.flatMap((x, k) => (seen(x) ? [k + 1] : []));

/** Return steps in words: "no step", "step 11", "steps 3 to 5 and 11". */
export function spans(steps) {
  if (!steps.length) return "no step";
  const runs = [];
  for (const t of steps) {
    if (t - 1 === runs.at(-1)?.at(-1)) runs.at(-1).push(t);
    else runs.push([t]);
  }
  const said = runs.flatMap((r) => (r.length > 2 ? [`${r[0]} to ${r.at(-1)}`] : r.map(String)));
  const last = said.pop();
  return `${steps.length > 1 ? "steps" : "step"} ${said.length ? `${said.join(", ")} and ${last}` : last}`;
}

/** Return a number in small low digits, as in c₁₁. */
export const low = (t) => String(t).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

/** Return a step's two equations with their numbers: pieces of text, each with its ink. */
export function equations(state) {
  const { gates, c, h } = run(state);
  const [t, k] = [state.step, state.step - 1];
  const before = k ? c[k - 1] : state.c0;
  const factor = (x) => (rounded(x).startsWith("−") ? `(${rounded(x)})` : rounded(x));
  return [
    ["c", `c${low(t)}`], ["", " = "], ["f", "f"], ["", ` c${low(t - 1)} + `], ["i", "i"], ["", " "], ["g", "g"], ["", " = "],
    ["f", signed(gates.f[k])], ["", ` × ${factor(before)} + `], ["i", signed(gates.i[k])], ["", " × "], ["g", factor(gates.g[k])],
    ["", " = "], ["c", signed(c[k])], ["", ", and "],
    ["h", `h${low(t)}`], ["", " = "], ["o", "o"], ["", ` tanh(c${low(t)}) = `],
    ["o", signed(gates.o[k])], ["", ` × ${factor(Math.tanh(c[k]))} = `], ["h", rounded(h[k])], ["", "."],
  ];
}

/** Return what is seen along the whole belt, in words. */
export function summary(state) {
  const { c, h } = run(state);
  const held = CLAMPS[state.clamp];
  const clamp = held ? `${held.gate} is held at ${held.at} at all steps. ` : "";
  return `${clamp}Something lies on the belt at ${spans(speaks(c))}; h speaks at ${spans(speaks(h))}.`;
}

/**
 * Return what is written at the bars of a series, from before its first step on.
 * A narrow drawing has no room to repeat a number, nor for two long ones side by side; the chosen step has its own.
 */
export function captions(series, chosen, wide) {
  const said = (x) => (seen(x) ? signed(x, wide ? 2 : Math.abs(x) < 9.95 ? 1 : 0) : "");
  const texts = series.map(said);
  if (wide) return texts;
  const long = (text) => text.length > 3;
  const written = [];
  texts.forEach((text, t) => {
    const repeats = t > 0 && text === texts[t - 1];
    const crowded = long(text) && (long(written[t - 1] ?? "") || (t + 1 === chosen && long(texts[chosen])));
    written.push(t === chosen || !(repeats || crowded) ? text : "");
  });
  return written;
}

/** Return how far the belt's axis reaches: the first of 1, 1.5, 2, 3, 4, 6, 8, ... that holds all the numbers. */
export function reach(numbers) {
  const most = Math.max(...numbers.map(Math.abs)) - 1e-9;
  for (let whole = 1; ; whole *= 2) for (const far of [whole, 1.5 * whole]) if (far >= most) return far;
}

const TOP = { f: 10, i: 38, g: 66, o: 236 }; // where each row begins
const GAUGE = 20;
const BELT = { zero: 162, half: 44, thick: 5 };
const VOICE = { zero: 296, half: 22 };
const HEIGHT = 352;
const ROWS = { f: "f  keep", i: "i  write", g: "g  candidate", c: "c  cell", o: "o  say", h: "h" };

/** Return where columns stand: column 0 is the start, then one a step. */
function columns(width) {
  const wide = width > 500;
  const left = wide ? 92 : 27;
  const pitch = (width - left) / (STEPS + 1);
  return { wide, left, pitch, bar: wide ? 22 : 13, aside: wide ? 6 : 3.5, at: (t) => left + (t + 0.5) * pitch };
}

const round = (x) => x.toFixed(1);

/** Return a gauge that is filled as far as its gate is open; a line marks the reader's own value under a clamp. */
function gauge(name, x, value, own, bar) {
  const top = TOP[name];
  const size = { x: x - bar / 2, width: bar, rx: 3 };
  const drawn = [
    svg("rect", { ...size, y: top, height: GAUGE, fill: "currentColor", "fill-opacity": 0.1 }),
    svg("rect", { ...size, y: top + GAUGE * (1 - value), height: GAUGE * value, fill: "currentColor" }),
    svg("rect", { ...size, y: top, height: GAUGE, fill: "none", stroke: "currentColor", "stroke-width": 1.2 }),
  ];
  const level = round(top + GAUGE * (1 - own));
  const mark = { class: "ink", stroke: "currentColor", "stroke-width": 2, d: `M${x - bar / 2 - 3} ${level}h${bar + 6}` };
  if (own !== value) drawn.push(svg("path", mark));
  return svg("g", { class: name }, ...drawn);
}

/** Return a bar from a zero line to a signed value, and the value in digits beyond its end. */
function bar({ x, value, zero, unit, gap = 0, width, ink, text = "", hollow, bold }) {
  if (!seen(value)) return svg("g");
  const up = value > 0;
  const tall = Math.max(1, Math.abs(value) * unit);
  const y = up ? zero - gap - tall : zero + gap;
  const paint = hollow ? { fill: "none", stroke: "currentColor", "stroke-width": 1.5 } : { fill: "currentColor" };
  const style = { class: `live-lstm-step-value${bold ? " chosen" : ""}`, "font-weight": bold && 700 };
  const halo = { "paint-order": "stroke", "stroke-width": 3, "stroke-linejoin": "round" };
  const words = svg("text", { x, y: up ? y - 5 : y + tall + 13, "text-anchor": "middle", ...style, ...halo }, text);
  return svg("g", { class: ink }, svg("rect", { x: x - width / 2, y, width, height: tall, rx: 2, ...paint }), words);
}

/** Return the belt itself: a flat loop with a roller below each column. */
function conveyor({ left, pitch }, width) {
  const { zero, thick } = BELT;
  const shape = { x: left + 2, y: zero - thick, width: width - left - 4, height: 2 * thick, rx: thick };
  const rollers = Array.from({ length: STEPS + 1 }, (_, t) =>
    svg("circle", { cx: left + (t + 0.5) * pitch, cy: zero, r: 2, fill: "currentColor", stroke: "none" }),
  );
  return svg("g", { class: "soft" }, svg("rect", { ...shape, fill: "none", stroke: "currentColor", "stroke-width": 1.5 }), ...rollers);
}

/** Return the height of a value on the belt; nothing lies on the side that is asked for. */
const heights = (unit) => (value, side) => BELT.zero - value * unit - (Math.sign(value) || Math.sign(side)) * BELT.thick;

/** Return how the old content comes over the gap: level where f keeps it, falling where f lets it go. */
function link({ at, bar: width, aside }, t, from, to, after, level) {
  if (!seen(from)) return svg("g");
  const [left, right] = [at(t - 1) + width / 2, at(t) - width / 2 - (seen(after - to) ? aside : 0)];
  const d = `M${round(left)} ${round(level(from))}L${round(right)} ${round(level(to, from))}`;
  return svg("path", { class: "f", d, stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", fill: "none" });
}

/** Return an arrow beside the bar from what was left to what the write made of it. */
function writing({ at, bar: width, wide, aside }, t, from, to, level) {
  if (!seen(to - from)) return svg("g");
  const x = at(t) - width / 2 - aside;
  const [start, end] = [level(from, to), level(to, from)];
  const head = Math.min(6, Math.abs(end - start)) * Math.sign(end - start);
  const half = wide ? 4 : 3;
  return svg(
    "g",
    { class: "i", fill: "currentColor" },
    svg("path", { d: `M${round(x)} ${round(start)}V${round(end - head)}`, stroke: "currentColor", "stroke-width": wide ? 3 : 2 }),
    svg("path", { d: `M${round(x - half)} ${round(end - head)}h${2 * half}L${round(x)} ${round(end)}Z` }),
  );
}

/** Return what a drawing has whatever its state: names of the rows, axes, numbers of the steps. */
function frame(place, width) {
  const { wide, left, at } = place;
  const middle = { f: TOP.f + 10, i: TOP.i + 10, g: TOP.g + 13, c: BELT.zero, o: TOP.o + 10, h: VOICE.zero };
  const rows = Object.entries(ROWS).map(([name, words]) => {
    const [letter, word] = words.split("  ");
    const text = svg("text", { class: name, x: 0, y: middle[name] + 4 }, svg("tspan", { "font-weight": 700 }, letter));
    if (wide && word) text.append(svg("tspan", { dx: 7 }, word));
    return text;
  });
  const steps = Array.from({ length: STEPS + 1 }, (_, t) =>
    svg("text", { class: "soft", x: at(t), y: HEIGHT - 8, "text-anchor": "middle" }, t || (wide ? "start" : "0")),
  );
  const line = svg("path", { class: "line", d: `M${left + 2} ${VOICE.zero}H${width - 2}`, "stroke-width": 1.5 });
  return [...rows, ...steps, line, svg("text", { class: "soft", x: 0, y: HEIGHT - 8 }, wide ? "step t" : "t")];
}

/** Return all that depends on the state. */
function scene(state, width) {
  const place = columns(width);
  const { wide, left, pitch, at, bar: broad } = place;
  const { gates, carried, c, h } = run(state);
  const most = reach([state.c0, ...c]);
  const unit = BELT.half / most;
  const level = heights(unit);
  const beside = captions([state.c0, ...c], state.step, wide);
  const below = captions([0, ...h], state.step, wide);
  const drawn = [
    svg("rect", { class: "live-lstm-step-chosen", x: left + state.step * pitch, y: 1, width: pitch, height: HEIGHT - 1, rx: 6 }),
    conveyor(place, width),
  ];
  for (const sign of [1, -1]) {
    const y = level(sign * most);
    drawn.push(svg("path", { class: "line", d: `M${left + 2} ${y}H${width - 2}`, "stroke-dasharray": "2 4" }));
    drawn.push(svg("text", { class: "soft", x: left - 4, y: y + 4, "text-anchor": "end" }, signed(sign * most, Number.isInteger(most) ? 0 : 1)));
  }
  drawn.push(bar({ x: at(0), value: state.c0, text: beside[0], zero: BELT.zero, unit, gap: BELT.thick, width: broad, ink: "c", hollow: true }));
  for (let t = 1; t <= STEPS; t++) {
    const k = t - 1;
    const [x, bold] = [at(t), t === state.step];
    for (const name of ["f", "i", "o"]) drawn.push(gauge(name, x, gates[name][k], state[name][k], broad));
    const note = bar({ x, value: gates.g[k], zero: TOP.g + 13, unit: 12, width: broad, ink: "g" });
    note.setAttribute("opacity", 0.3 + 0.7 * gates.i[k]);
    drawn.push(note);
    drawn.push(link(place, t, k ? c[k - 1] : state.c0, carried[k], c[k], level));
    drawn.push(bar({ x, value: c[k], text: beside[t], zero: BELT.zero, unit, gap: BELT.thick, width: broad, ink: "c", bold }));
    drawn.push(writing(place, t, carried[k], c[k], level));
    drawn.push(bar({ x, value: h[k], text: below[t], zero: VOICE.zero, unit: VOICE.half, width: broad, ink: "h", bold }));
  }
  return drawn;
}

/** Return the model as seen at the chosen step: each gate is one number of it. */
function atStep(model) {
  const at = () => model.get("step") - 1;
  const events = (event) => [event, "change:step", "change:clamp"];
  return {
    get: (key) => model.get(key)[at()],
    set: (key, value) => model.set(key, model.get(key).map((old, k) => (k === at() ? value : old))),
    on: (event, act) => events(event).forEach((one) => model.on(one, act)),
    off: (event, act) => events(event).forEach((one) => model.off(one, act)),
    save_changes: () => model.save_changes(),
  };
}

function render({ model, el }) {
  const { put, follow, slider, choice, button, close } = open(model, NAME);
  const here = open(atStep(model), NAME);
  const width = room(el);
  const { left, pitch } = columns(width);
  const moved = svg("g");
  const pads = Array.from({ length: STEPS }, (_, k) =>
    svg("rect", {
      class: "live-lstm-step-pad",
      ...{ x: left + (k + 1) * pitch, y: 1, width: pitch, height: HEIGHT - 1, rx: 6 },
      click: () => put("step", k + 1),
    }),
  );
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": "One memory cell over twelve steps: its gates, what lies on the belt, and what it says" },
    ...[moved, ...frame(columns(width), width), ...pads],
  );
  const status = html("p", { class: "live-status live-lstm-step-status", role: "status" });
  const stories = Object.keys(PRESETS).map((name) =>
    button(PRESETS[name].label, () => {
      for (const [key, value] of Object.entries(preset(name))) model.set(key, value);
      model.save_changes();
    }),
  );
  const gate = (key, label, min) => {
    const say = (x) => (CLAMPS[model.get("clamp")]?.gate === key ? `held at ${CLAMPS[model.get("clamp")].at}` : signed(x));
    return here.slider(key, { label, min, max: 1, step: 0.05, ink: key, say });
  };
  const controls = [
    slider("step", { label: "Step t", min: 1, max: STEPS, step: 1 }),
    slider("c0", { label: "Start value c₀", min: -1, max: 1, step: 0.05, ink: "c", say: (x) => signed(x) }),
  ];
  const gates = [gate("f", "Forget f", 0), gate("i", "Input i", 0), gate("g", "Candidate g", -1), gate("o", "Output o", 0)];
  const options = { "none": "none", "f=1": "f = 1", "f=0": "f = 0", "i=0": "i = 0", "o=1": "o = 1" };
  follow(Object.keys(initial), () => {
    const state = Object.fromEntries(Object.keys(initial).map((key) => [key, model.get(key)]));
    moved.replaceChildren(...scene(state, width));
    const pieces = equations(state).map(([ink, text]) => (ink ? html("b", { class: ink }, text) : text));
    status.replaceChildren(html("span", {}, ...pieces), " ", html("span", {}, summary(state)));
  });
  el.append(
    html(
      "div",
      { class: "live-figure" },
      picture,
      html("div", { class: "live-controls live-lstm-step-stories" }, ...stories),
      html("div", { class: "live-controls live-lstm-step-sliders" }, ...controls),
      html("div", { class: "live-controls live-lstm-step-sliders", role: "group", "aria-label": "Gates at the chosen step" }, ...gates),
      html("div", { class: "live-controls" }, choice("clamp", { label: "Hold a gate", options })),
      status,
    ),
  );
  return () => (close(), here.close());
}

export default { render };
