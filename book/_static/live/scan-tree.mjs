// In how many rounds is a linear recurrence computed, if two steps may be combined before the state is known?
import { drawnText, html, open, pageText, room, signed, svg } from "./kit.mjs";
import { STYLE } from "./scan-tree-style.mjs";

const NAME = "scan-tree";

export const initial = {
  "steps": 8,
  "moment": 3,
  "chosen": 8,
  "gates": [0.5, 0.9, 0.5, 0.8, 0.6, 0.5, 0.9, 0.7, 1, 0.9, 0.5, 0.8, 1, 0.6, 0.9, 0.5]
};

/** What each step adds to the state. */
export const INPUTS = [1, 0, 0.5, 1, 0, 0.5, 1, 0.5, 0, 0, 1, 0.5, 0, 1, 0, 0.5];

/** How many steps there can be. */
export const LENGTHS = [4, 8, 16];

/** Return the one step that does what two steps [a, b] do, the earlier one first. */
export const combine = ([a1, b1], [a2, b2]) => [a1 * a2, a2 * b1 + b2];

/** Return the states of h_t = a_t h_{t-1} + b_t, one step after the other. */
export function loop(gates, inputs, start = 0) {
  const states = [];
  for (let t = 0; t < gates.length; t++) states.push(gates[t] * (t ? states[t - 1] : start) + inputs[t]);
  return states;
}

/**
 * Return by round which steps, counted from 0, are combined: pairs [left, right]; `right` becomes both in one.
 * "doubling" takes each step with that 1, 2, 4, ... before it; "pairs" goes up a tree of neighbours and down again.
 */
export function rounds(steps, way = "doubling") {
  const gaps = [];
  for (let gap = 1; gap < steps; gap *= 2) gaps.push(gap);
  const apart = (gap, first, every) => {
    const pairs = [];
    for (let right = first; right < steps; right += every) pairs.push([right - gap, right]);
    return pairs;
  };
  if (way === "doubling") return gaps.map((gap) => apart(gap, gap, 1));
  const up = gaps.map((gap) => apart(gap, 2 * gap - 1, 2 * gap));
  const down = [...gaps].reverse().map((gap) => apart(gap, 3 * gap - 1, 2 * gap));
  return [...up, ...down].filter((pairs) => pairs.length);
}

/** Return all steps [a, b] as they are given and after each round, (R + 1, T, 2); the first takes the start in. */
export function scan(gates, inputs, start = 0, way = "doubling") {
  const rows = [gates.map((a, t) => [a, t ? inputs[t] : a * start + inputs[t]])];
  for (const pairs of rounds(gates.length, way)) {
    const [before, after] = [rows.at(-1), [...rows.at(-1)]];
    for (const [left, right] of pairs) after[right] = combine(before[left], before[right]);
    rows.push(after);
  }
  return rows;
}

/** Return what each way costs: how often one must wait for the other, and how many numbers are multiplied. */
export function cost(steps) {
  const of = (way) => {
    const found = rounds(steps, way);
    return { waits: found.length, products: 2 * found.flat().length };
  };
  return { loop: { waits: steps, products: steps }, doubling: of("doubling"), pairs: of("pairs") };
}

/** Return after how many rounds a step, counted from 1, holds all before it. */
export const finished = (step) => Math.ceil(Math.log2(step));

/** Return the first of the steps, counted from 1, that a step holds after a round. */
export const first = (step, round) => Math.max(1, step - 2 ** round + 1);

/** Return what a state is made of: the boxes [round, step] of its tree, from the last round to the steps themselves. */
export function tree(steps, step) {
  const found = rounds(steps);
  const boxes = [];
  const visit = (round, t) => {
    boxes.push([round, t]);
    if (!round) return;
    const pair = found[round - 1].find(([, right]) => right === t - 1);
    visit(round - 1, t);
    if (pair) visit(round - 1, pair[0] + 1);
  };
  visit(found.length, step);
  return boxes;
}

/** Return a state as it can be drawn: with as many steps, what was chosen beyond the last is the last. */
export function within(state) {
  const steps = Number(state.steps);
  return { ...state, steps, moment: Math.min(state.moment, steps), chosen: Math.min(state.chosen, steps) };
}

/** Return a number that can be told apart from nothing: at most three digits after the point, or a power of ten. */
export function plain(x) {
  if (x !== 0 && Math.abs(x) < 0.0005) {
    const [digits, power] = x.toExponential(0).split("e").map(Number);
    return `${signed(digits, 0)} · 10^${signed(power, 0)}`;
  }
  return signed(Number(x.toFixed(3)), 3).replace(/\.?0+$/, "");
}

/** Return a number for a box, where there is room for four signs. */
export const brief = (x) => (x > 0 && x < 0.005 ? "<.01" : signed(x, 2));

const pair = ([a, b]) => `(${plain(a)}, ${plain(b)})`;
const span = (from, to) => (from === to ? `step ${from}` : `steps ${from} ${to - from === 1 ? "and" : "to"} ${to}`);
const states = (count, of) => (count === of ? `all ${of} states` : count === 1 ? "h_1" : `h_1 ${count === 2 ? "and" : "to"} h_${count}`);

/** Return in words how the chosen step's box came about in the last round; _ sets what follows lower. */
export function equation({ steps, moment, chosen }, rows) {
  const round = Math.min(moment, rounds(steps).length);
  const t = chosen;
  const [a, b] = rows[round][t - 1];
  if (!round) return `Step ${t} is the pair (a_${t}, b_${t}) = ${pair([a, b])}: it keeps ${plain(a)} of a state and adds ${plain(b)}.`;
  if (finished(t) < round) return `h_${t} = ${plain(b)} stands since ${finished(t) ? `round ${finished(t)}` : "the beginning"}.`;
  const left = t - 2 ** (round - 1);
  const [earlier, later] = [rows[round - 1][left - 1], rows[round - 1][t - 1]];
  const made = finished(t) === round ? `, which is h_${t}` : "";
  return (
    `Box ${t}, round ${round}: ${span(first(left, round - 1), left)}, ${pair(earlier)}, and then ${span(left + 1, t)}, ${pair(later)}, in one: ` +
    `${plain(later[0])} · ${plain(earlier[0])} = ${plain(a)}, and ${plain(later[0])} · ${plain(earlier[1])} + ${plain(later[1])} = ${plain(b)}${made}.`
  );
}

/** Return in words how far the scan and the loop are. */
export function words({ steps, moment }) {
  const { loop: one, doubling, pairs } = cost(steps);
  if (!moment) return `Neither has begun. The loop will need ${one.waits} steps, each of which waits for the one before it.`;
  const round = Math.min(moment, doubling.waits);
  const scanned = states(2 ** round, steps);
  if (round < doubling.waits) return `After ${round} of ${doubling.waits} rounds the scan has ${scanned}; the loop has ${states(moment, steps)}.`;
  const stands = `The scan has ${scanned} after ${doubling.waits} rounds and ${doubling.products} multiplications.`;
  const looped = `${moment < steps ? `The loop has ${states(moment, steps)}` : "The loop has the same"}: ${one.waits} steps, ${one.products} multiplications in all.`;
  return `${stands} ${looped} (Combined in pairs up a tree and down again: ${pairs.waits} rounds, ${pairs.products}.)`;
}

const HEIGHT = 420;
const BARS = { top: 22, bottom: 60 };
const FIRST = 85; // the middle of the boxes of the steps themselves, from top to bottom
const LAST = 319; // that of the last round
const LOOP = 374;
const HALF = 18; // of a box's height

/** Return where the parts of the drawing stand. */
function plan(width, steps) {
  const left = width < 500 ? 54 : 70;
  const wide = (width - left - 2) / steps;
  const count = rounds(steps).length;
  const middle = (step) => left + (step - 0.5) * wide;
  const down = (round) => FIRST + (round / count) * (LAST - FIRST);
  return { width, steps, left, wide, half: Math.min(30, wide * 0.44), count, middle, down, numbers: wide > 30, tight: wide < 37 };
}

const middled = (x, y, text, more = {}) => svg("text", { x, y, "text-anchor": "middle", ...more }, text);

/** Return a number of a box, in smaller letters where many stand in a row. */
const inBox = ({ tight }, x, y, value, ink, bold) =>
  middled(x, y, brief(value), { class: `${ink}${tight ? " live-scan-tree-tight" : ""}`, "font-weight": bold && !tight ? 700 : 400 });

function labels({ left, count, down }) {
  const label = (y, text, more = {}) => svg("text", { x: left - 8, y: y + 4, "text-anchor": "end", class: "soft", ...more }, ...drawnText(text));
  return [
    label(8, "step t"),
    label((BARS.top + BARS.bottom) / 2, "gate a_t", { class: "f" }),
    label(FIRST - 8, "a_t", { class: "f" }),
    label(FIRST + 8, "b_t", { class: "i" }),
    ...Array.from({ length: count }, (_, k) => label(down(k + 1), `round ${k + 1}`)),
    label(LOOP, "loop"),
  ];
}

function bars({ steps, wide, middle, width, left }, gates, chosen) {
  const lines = [BARS.top, BARS.bottom].map((y) => svg("path", { class: "line", d: `M${left} ${y}H${width}` }));
  const drawn = gates.slice(0, steps).map((a, k) => {
    const high = (BARS.bottom - BARS.top) * a;
    return svg("g", {},
      svg("rect", { class: "f", x: middle(k + 1) - wide * 0.26, y: BARS.bottom - high, width: wide * 0.52, height: Math.max(1, high), fill: "currentColor" }),
      middled(middle(k + 1), 12, k + 1, { class: k + 1 === chosen ? "ink" : "soft", "font-weight": k + 1 === chosen ? 700 : 400 }),
    );
  });
  return [...lines, ...drawn];
}

/** Return the lines into a box of a round from the boxes that are one in it. */
function links(at, round, own, done) {
  const { steps, middle, down } = at;
  const partner = new Map(rounds(steps)[round - 1].map(([left, right]) => [right + 1, left + 1]));
  const [from, to] = [down(round - 1) + HALF, down(round) - HALF];
  const line = (start, step, inked) =>
    svg("path", {
      class: inked ? "ink" : "line", d: `M${middle(start)} ${from}L${middle(step)} ${to}`, fill: "none",
      stroke: inked ? "currentColor" : undefined, "stroke-width": inked ? 2.2 : 1.2, "stroke-dasharray": done ? undefined : "2 4",
    });
  const all = Array.from({ length: steps }, (_, k) => k + 1).flatMap((step) =>
    [step, partner.get(step)].filter(Boolean).map((start) => [start, step, own.has(`${round},${step}`)]),
  );
  return all.sort((one, other) => one[2] - other[2]).map(([start, step, inked]) => line(start, step, inked));
}

function box(at, round, step, [a, b], { done, inked, chosen }) {
  const { middle, down, half, numbers } = at;
  const [x, y] = [middle(step), down(round)];
  const whole = done && finished(step) <= round;
  const frame = svg("rect", {
    class: `live-scan-tree-box${whole ? " whole" : ""}${inked ? " inked" : ""}${chosen ? " chosen" : ""}`,
    x: x - half, y: y - HALF, width: 2 * half, height: 2 * HALF, rx: 5, "stroke-dasharray": done ? undefined : "2 4",
  });
  if (!done) return [frame];
  if (!numbers) return [frame, svg("circle", { class: whole ? "h" : "soft", cx: x, cy: y, r: 3.2, fill: "currentColor" })];
  return [frame, inBox(at, x, y - 3, a, whole && round ? "soft" : "f"), inBox(at, x, y + 13, b, whole ? "h" : "i", whole)];
}

function loopRow(at, found, moment) {
  const { middle, half, numbers, left, width } = at;
  const line = svg("path", { class: "line", d: `M${left} ${(LAST + HALF + LOOP - 12) / 2}H${width}` });
  return [line, ...found.flatMap((h, k) => {
    const [x, done] = [middle(k + 1), k < moment];
    const arrow = k && svg("path", { class: done ? "h" : "line", d: `M${middle(k) + half} ${LOOP}H${x - half}`, stroke: done ? "currentColor" : undefined, "stroke-width": 2 });
    const frame = svg("rect", {
      class: `live-scan-tree-box${done ? " whole" : ""}`, x: x - half, y: LOOP - 12, width: 2 * half, height: 24, rx: 5,
      "stroke-dasharray": done ? undefined : "2 4",
    });
    const number = done && (numbers ? inBox(at, x, LOOP + 5, h, "h", true) : svg("circle", { class: "h", cx: x, cy: LOOP, r: 3.2, fill: "currentColor" }));
    return [arrow, frame, number].filter(Boolean);
  })];
}

function key(at, chosen) {
  const narrow = at.width < 500;
  const y = HEIGHT - 7;
  const sign = (x) => svg("rect", { class: "live-scan-tree-box whole", x, y: y - 11, width: 18, height: 13, rx: 3 });
  const x = narrow ? 176 : 250;
  return [
    sign(1),
    svg("text", { x: 26, y }, narrow ? "holds all steps so far" : "holds all steps up to its own"),
    svg("path", { class: "ink", d: `M${x} ${y - 4.5}h20`, stroke: "currentColor", "stroke-width": 2.2 }),
    svg("text", { x: x + 27, y }, ...drawnText(`what h_${chosen} is made of`)),
  ];
}

/** Return all that the picture shows of a state. */
function drawing({ steps, moment, chosen, gates }, width) {
  const at = plan(width, steps);
  const [a, b] = [gates.slice(0, steps), INPUTS.slice(0, steps)];
  const rows = scan(a, b);
  const own = new Set(tree(steps, chosen).map(String));
  const drawn = [...labels(at), ...bars(at, gates, chosen)];
  for (let round = 1; round <= at.count; round++) drawn.push(...links(at, round, own, round <= moment));
  rows.forEach((row, round) => row.forEach((step, k) => {
    const now = round === Math.min(moment, at.count) && k + 1 === chosen;
    drawn.push(...box(at, round, k + 1, step, { done: round <= moment, inked: own.has(`${round},${k + 1}`), chosen: now }));
  }));
  return [...drawn, ...loopRow(at, loop(a, b), moment), ...key(at, chosen)];
}

/** Return a rectangle over the drawing in which a pointer chooses a step and, among the bars, its gate. */
function touched(picture, model, put, width) {
  const steps = () => Number(model.get("steps"));
  const move = (event) => {
    const box = picture.getBoundingClientRect();
    const scale = width / box.width;
    const { left, wide } = plan(width, steps());
    const step = Math.min(steps(), Math.max(1, Math.ceil(((event.clientX - box.left) * scale - left) / wide)));
    const y = (event.clientY - box.top) * scale;
    put("chosen", step);
    if (event.currentTarget.dataset.part !== "gates") return;
    const share = Math.min(1, Math.max(0, (BARS.bottom - y) / (BARS.bottom - BARS.top)));
    put("gates", model.get("gates").map((a, k) => (k + 1 === step ? Math.round(20 * share) / 20 : a)));
  };
  const begin = (event) => (event.currentTarget.setPointerCapture(event.pointerId), move(event));
  const go = (event) => event.currentTarget.hasPointerCapture(event.pointerId) && move(event);
  const pad = (part, top, bottom, acts) =>
    svg("rect", { class: `live-scan-tree-pad ${part}`, "data-part": part, x: 0, y: top, width, height: bottom - top, ...acts });
  return [
    pad("gates", BARS.top - 6, BARS.bottom + 4, { pointerdown: begin, pointermove: go }),
    pad("boxes", BARS.bottom + 4, LOOP + 16, { click: move }),
  ];
}

/** Return a model whose only number is the gate of the chosen step. */
function gateOf(model) {
  const at = () => model.get("chosen") - 1;
  const each = (act) => ["change:gates", "change:chosen"].forEach(act);
  return {
    get: () => model.get("gates")[at()],
    set: (_, a) => model.set("gates", model.get("gates").map((old, k) => (k === at() ? a : old))),
    on: (_, act) => each((event) => model.on(event, act)),
    off: (_, act) => each((event) => model.off(event, act)),
    save_changes: () => model.save_changes(),
  };
}

const PACE = 1100; // milliseconds for a round, while it plays

/** Return two buttons, one moment on and all from the beginning, and how to stop. */
function playing(model, put, button) {
  let timer = 0;
  const stop = () => (clearTimeout(timer), (timer = 0), (play.textContent = "Play from the start"));
  const last = () => Number(model.get("steps"));
  const on = () => {
    put("moment", model.get("moment") + 1);
    if (model.get("moment") < last()) timer = setTimeout(on, PACE);
    else stop();
  };
  const next = button("Next", () => (stop(), put("moment", model.get("moment") < last() ? model.get("moment") + 1 : 0)));
  const play = button("Play from the start", () => {
    if (timer) return stop();
    put("moment", 0);
    play.textContent = "Stop";
    timer = setTimeout(on, PACE);
  });
  return { next, play, stop };
}

function render({ model, el }) {
  const { put, follow, slider, choice, button, close } = open(model, NAME);
  const width = room(el);
  const moving = svg("g");
  const label = "The steps of a linear recurrence, combined in rounds, above the same recurrence as a loop";
  const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label }, moving);
  picture.append(...touched(picture, model, put, width));
  const steps = choice("steps", { label: "Steps T", options: Object.fromEntries(LENGTHS.map((length) => [length, String(length)])) });
  const moment = slider("moment", { label: "Moment", min: 0, max: LENGTHS.at(-1), step: 1, ink: "h" });
  const chosen = slider("chosen", { label: "Step t", min: 1, max: LENGTHS.at(-1), step: 1 });
  const single = open(gateOf(model), NAME);
  const gate = single.slider("gate", { label: "Its gate a", min: 0, max: 1, step: 0.05, ink: "f", say: (a) => a.toFixed(2) });
  const { next, play, stop } = playing(model, put, button);
  const status = html("p", { class: "live-status live-scan-tree-status", role: "status" });
  const shown = () => within(Object.fromEntries(Object.keys(initial).map((key) => [key, model.get(key)])));
  follow(["steps"], () => {
    const state = shown();
    for (const [key, part] of [["moment", moment], ["chosen", chosen]]) {
      part.querySelector("input").max = state.steps;
      put(key, state[key]);
    }
  });
  follow(Object.keys(initial), () => {
    const state = shown();
    const rows = scan(state.gates.slice(0, state.steps), INPUTS.slice(0, state.steps));
    moving.replaceChildren(...drawing(state, width));
    const told = [equation(state, rows), words(state)].map((text) => html("span", {}, ...pageText(text)));
    status.replaceChildren(...told);
  });
  const buttons = html("div", { class: "live-control live-scan-tree-buttons" }, next, play);
  el.append(html("style", {}, STYLE), html("div", { class: "live-figure" }, picture, html("div", { class: "live-controls live-scan-tree-controls" }, steps, buttons, moment, chosen, gate), status));
  return () => (stop(), single.close(), close());
}

export default { render };
