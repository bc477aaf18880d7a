// The reader's two drawings: the answer as it grows word by word, and the units inside.
import { signed, svg } from "./kit.mjs";
import { beside, brief, grouped, probability, shortened } from "./reader-says.mjs";
import { share } from "./reader-units.mjs";

/** Return the first of so many neighbouring words to show, with the chosen one near the middle. */
export const firstShown = (words, word, columns) => Math.max(0, Math.min(word - (columns >> 1), words - columns));

/** Return heights at least `gap` apart, in their order, each near where it was asked for, none below `end`. */
export function apart(heights, gap, end) {
  const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b]);
  const found = [...heights];
  for (let k = 1; k < order.length; k++) found[order[k]] = Math.max(found[order[k]], found[order[k - 1]] + gap);
  for (let k = order.length - 1, low = end; k >= 0; k--, low -= gap) found[order[k]] = Math.min(found[order[k]], low);
  return found;
}

const INKS = { "f = 1": "f", "f = 0": "f", "i = 1": "i", "o = 1": "o" };
const ROWS = ["i", "f", "g", "o", "c"];

/** Return where things stand from left to right: `x(t)` of a word among those shown. */
function across(width, shown) {
  const [left, right] = width < 480 ? [26, 40] : [40, 50];
  const slot = Math.min((width - left - right) / Math.max(shown, 1), 64);
  return { left, right: width - right, slot, x: (t) => left + (t + 0.5) * slot };
}

function wordBelow(token, x, y, chosen) {
  const at = { x, y, transform: `rotate(-42 ${x} ${y})`, "text-anchor": "end" };
  return svg("text", { ...at, class: chosen ? "live-reader-chosen" : "soft" }, shortened(token));
}

const LINE = { height: 140, top: 24 }; // the running prediction
const BAR = { height: 22, gap: 7, top: 6 }; // the gates of one unit
const CELL = 6; // a unit in the map of all

/** Return how much room words on the slant need below a drawing. */
const slant = (tokens) => 22 + 4.8 * tokens.reduce((most, token) => Math.max(most, shortened(token).length), 0);

const level = (p) => LINE.top + (1 - p) * LINE.height;

function lineOf(logits, words, x) {
  let d = "";
  for (let t = 0; t < words; t++) d += `${t ? "L" : "M"}${x(t).toFixed(1)} ${level(probability(logits[t])).toFixed(1)}`;
  return d;
}

const dot = (cx, logit, r) => svg("circle", { class: "ink", cx, cy: level(probability(logit)), r, fill: "currentColor" });

/** Return the bars of one row: a gate or the cell state of one unit over the words shown. */
function bars(values, y, { x, slot }, most) {
  let d = "";
  values.forEach((value, k) => {
    const both = most > 0; // above and below a middle line
    const height = both ? (value / most) * (BAR.height / 2) : value * BAR.height;
    const base = both ? y + BAR.height / 2 : y + BAR.height;
    d += `M${(x(k) - slot * 0.38).toFixed(1)} ${base}h${(slot * 0.76).toFixed(1)}v${(-height).toFixed(2)}h${(-slot * 0.76).toFixed(1)}z`;
  });
  return d;
}

const columns = ({ width }) => (width < 480 ? 12 : 24); // words that have room beside each other

/** Say whether all words of a text have room, each with its name. */
const few = (state, { ids }) => ids.length <= columns(state);

/** Return where all words stand in the line of the answer. */
function placing(state, derived) {
  const words = derived.ids.length;
  const all = across(state.width, Math.min(words, columns(state)));
  if (few(state, derived)) return all;
  const slot = (all.right - all.left) / words;
  return { ...all, slot, x: (t) => all.left + (t + 0.5) * slot };
}

/** Return where the words shown of the units stand, from the `first` one on, and how far down the map of all units. */
function layout(state, { ids, tokens, at }) {
  const shown = Math.min(ids.length, columns(state));
  const strip = BAR.top + ROWS.length * (BAR.height + BAR.gap);
  const first = firstShown(ids.length, at, shown);
  return { ...across(state.width, shown), shown, first, strip, map: strip + slant(tokens.slice(first, first + shown)) + 22 };
}

/** Return which word of the line stands at `x`. */
export function wordAt(state, derived, x) {
  const { left, slot } = placing(state, derived);
  return Math.floor((x - left) / slot);
}

/** Return which word stands at a point of the picture of the units, and which unit, if one does; null beside them. */
export function cellAt(state, derived, x, y) {
  if (!derived.ids.length) return null;
  const { left, slot, first, shown, map } = layout(state, derived);
  const [column, row] = [Math.floor((x - left) / slot), Math.floor((y - map) / CELL)];
  return column < 0 || column >= shown ? null : { word: first + column, unit: derived.order[row]?.unit };
}

const soft = (x, y, text, anchor) => svg("text", { class: "soft", x, y, "text-anchor": anchor }, text);

/** Return the scale of probabilities. */
function scale(left, right) {
  const drawn = [soft(left, 11, "probability that it is positive")];
  for (const p of [0, 0.5, 1]) {
    drawn.push(svg("path", { class: "line", d: `M${left} ${level(p)}H${right}`, "stroke-dasharray": p === 0.5 ? "2 4" : undefined }));
    drawn.push(soft(left - 7, level(p) + 4, String(p), "end"));
  }
  return drawn;
}

/** Return the answers after each word, as lines with the last number beside them: before this edit, the bag's, now, and with a gate held. */
function answers(state, derived, { x }, right) {
  const { earlier, clamp } = state;
  const { ids, into, held, where, bag } = derived;
  const n = ids.length;
  const [drawn, ends] = [[], []];
  const draw = (logits, count, place, kind, attributes) => {
    const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linejoin": "round", ...attributes };
    drawn.push(svg("path", { class: kind, d: lineOf(logits, count, place), ...stroke }));
    ends.push({ kind, p: probability(logits[count - 1]) });
  };
  if (where) draw(earlier.into.logit, where.length, (t) => x(where[t]), "soft live-reader-earlier", { "stroke-width": 1.5 });
  draw(bag, n, x, "ink", { "stroke-width": 2.2, "stroke-dasharray": "0 5", "stroke-linecap": "round" });
  draw(into.logit, n, x, "ink", {});
  if (few(state, derived)) drawn.push(...Array.from(ids, (_, t) => dot(x(t), into.logit[t], 2.5)));
  if (held) draw(held.logit, n, x, INKS[clamp] ?? "ink", { "stroke-dasharray": "6 3" });
  const heights = apart(ends.map(({ p }) => level(p) + 4), 14, level(0) + 6);
  return [...drawn, ...ends.map(({ kind, p }, k) => svg("text", { class: kind, x: right + 6, y: heights[k] }, brief(p)))];
}

/** Return what stands below the line of a long text, whose words have no room: its ends, and its gap if it has one. */
function ends({ ids, total }, { left, x }, right) {
  const n = ids.length;
  const below = level(0) + 18;
  const middle = x((n >> 1) - 0.5);
  const gap = [svg("path", { class: "line", d: `M${middle} ${LINE.top}V${level(0)}` }), soft(middle, below, "gap", "middle")];
  return [soft(left, below, "word 1"), ...(total > n ? gap : []), soft(right, below, grouped(n), "end")];
}

/** Draw the answer after each of the words. */
export function drawLines({ picture, lines }, state, derived) {
  const { tokens, ids } = derived;
  const all = placing(state, derived);
  const right = all.left + (ids.length || 1) * all.slot;
  const below = few(state, derived) ? slant(tokens) : 26;
  picture.setAttribute("viewBox", `0 0 ${state.width} ${LINE.top + LINE.height + below}`);
  const drawn = scale(all.left, right);
  if (ids.length) drawn.push(soft(all.right, 11, state.width < 480 ? "dotted: the bag" : "dotted: a bag of the same words", "end"));
  if (ids.length) drawn.push(...answers(state, derived, all, right));
  if (few(state, derived)) drawn.push(...tokens.map((token, t) => wordBelow(token, all.x(t) + 3, level(0) + 16, false)));
  else drawn.push(...ends(derived, all, right));
  lines.replaceChildren(...drawn);
}

/** Draw where in the line the word is that is looked at, and which of many words are shown below. */
export function drawCursor({ cursor }, state, derived) {
  const { ids, into, at } = derived;
  if (!ids.length) return cursor.replaceChildren();
  const { left, slot, x } = placing(state, derived);
  const { first, shown } = layout(state, derived);
  const place = { x: left + first * slot, y: LINE.top, width: shown * slot, height: LINE.height };
  const band = few(state, derived) ? [] : [svg("rect", { class: "live-reader-here", ...place })];
  const mark = svg("path", { d: `M${x(at)} ${LINE.top}V${level(0)}`, class: "live-reader-cursor" });
  cursor.replaceChildren(...band, mark, dot(x(at), into.logit[at], 5));
}

/** Return one row of bars with its name and its number at the word looked at: a gate of the unit, or its cell state. */
function row(name, number, { network: { H }, unit }, { ids, shown: run, at }, place) {
  const { left, slot, x, first, shown } = place;
  const edge = left + shown * slot;
  const y = BAR.top + number * (BAR.height + BAR.gap);
  const of = (word) => (name === "c" ? run.c[(word + 1) * H + unit] : run.gates[word * 4 * H + number * H + unit]);
  let most = { g: 1, c: 1 }[name] ?? 0;
  if (name === "c") for (let k = 0; k < ids.length; k++) most = Math.max(most, Math.abs(of(k)));
  const values = Array.from({ length: shown }, (_, k) => of(first + k));
  const base = most ? y + BAR.height / 2 : y + BAR.height;
  return [
    svg("path", { class: "line", d: `M${left} ${base}H${edge}` }),
    svg("text", { class: `${name} live-reader-row`, x: left - 9, y: y + BAR.height / 2 + 5, "text-anchor": "end" }, name),
    svg("path", { class: name, d: bars(values, y, { x, slot }, most), fill: "currentColor" }),
    svg("text", { class: name, x: edge + 8, y: y + BAR.height / 2 + 5 }, name === "c" ? signed(of(at)) : beside(of(at))),
  ];
}

/** Return the map of what each unit adds to the verdict at each word shown: one path a shade, so fewer things to draw. */
function cells({ network }, { shown: run, order }, { left, slot, first, shown, map }) {
  let most = 0.5;
  for (let k = 0; k < shown; k++) for (let u = 0; u < network.H; u++) most = Math.max(most, Math.abs(share(network, run, first + k, u)));
  const shades = Array.from({ length: 20 }, () => "");
  order.forEach(({ unit }, line) => {
    for (let k = 0; k < shown; k++) {
      const added = share(network, run, first + k, unit);
      const ink = Math.round((10 * Math.abs(added)) / most);
      const cell = `M${(left + k * slot).toFixed(1)} ${map + line * CELL}h${slot.toFixed(1)}v${CELL}h${(-slot).toFixed(1)}z`;
      if (ink) shades[(added > 0 ? 10 : 0) + ink - 1] += cell;
    }
  });
  return shades.flatMap((d, k) => {
    const colour = { class: k < 10 ? "f" : "o", fill: "currentColor", "fill-opacity": ((k % 10) + 1) / 10 };
    return d ? [svg("path", { d, ...colour, "shape-rendering": "crispEdges" })] : [];
  });
}

/** Return the frames around the map, the word looked at and the chosen unit, with what they are called. */
function frames({ network: { H }, width, unit }, { order, at }, { left, slot, first, shown, map }) {
  const [wide, here] = [shown * slot, left + (at - first) * slot];
  const line = order.findIndex((one) => one.unit === unit);
  const heading = `what each unit adds to the verdict${width < 480 ? "" : ": blue for praise, orange for blame"}`;
  return [
    soft(left, map - 9, heading),
    svg("rect", { class: "live-reader-frame", x: left, y: map - 0.5, width: wide, height: H * CELL + 1 }),
    svg("rect", { class: "live-reader-column", x: here, y: map - 0.5, width: slot, height: H * CELL + 1 }),
    svg("rect", { class: "live-reader-unit", x: left - 1, y: map + line * CELL - 1, width: wide + 2, height: CELL + 2 }),
    svg("text", { class: "ink live-reader-row", x: left - 7, y: map + (line + 0.5) * CELL + 4, "text-anchor": "end" }, String(unit)),
  ];
}

/** Draw the gates of one unit, and what each unit adds to the verdict; nothing, without a gap, where there is no answer. */
export function drawUnits({ units }, state, derived) {
  const { tokens, ids, at } = derived;
  const place = layout(state, derived);
  const { left, slot, x, first, shown, strip, map } = place;
  units.setAttribute("viewBox", `0 0 ${state.width} ${ids.length ? map + state.network.H * CELL + 6 : 1}`);
  if (!ids.length) return units.replaceChildren();
  const here = { x: left + (at - first) * slot, y: 0, width: slot, height: strip };
  units.replaceChildren(
    svg("rect", { class: "live-reader-here", ...here }),
    ...ROWS.flatMap((name, number) => row(name, number, state, derived, place)),
    ...tokens.slice(first, first + shown).map((token, k) => wordBelow(token, x(k) + 3, strip + 10, first + k === at)),
    ...cells(state, derived, place),
    ...frames(state, derived, place),
  );
}
