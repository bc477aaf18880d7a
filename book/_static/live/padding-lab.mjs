// Which answers move with the padding, and which with the words? Eight read-outs of small LSTMs.
import { html, open, room, sigmoid, svg } from "./kit.mjs";

const NAME = "padding-lab";

export const initial = { "padding": 12, "word": "none" };

export const REVIEW = ["terrible", "acting", "and", "a", "story", "without", "an", "end", "."];

/** Changes of one word: the place where it stands, counted from 0, and what then stands there. */
export const CHANGES = {
  first: { place: 0, word: "wonderful" },
  middle: { place: 5, word: "with" },
  last: { place: 8, word: "!" },
};

export const MOST = 40;

/** Return the review's words with the change of that name, or as they are. */
export const wordsWith = (change) => REVIEW.map((word, k) => (k === CHANGES[change]?.place ? CHANGES[change].word : word));

/** Return a function that draws numbers from -1 to 1: always the same ones for a seed. */
export function drawing(seed) {
  let state = seed;
  return () => (state = (1664525 * state + 1013904223) % 2 ** 32) / 2 ** 31 - 1;
}

/**
 * Return an untrained LSTM: rows of the weights in the order i, f, g, o, what reads the answer, and the
 * embedding; and a second one beside it, `backward` and `v_backward`, for the read-outs that read both ways.
 */
export function untrained(seed, { inputSize = 3, hiddenSize = 4 } = {}) {
  const draw = drawing(seed);
  for (let k = 0; k < 8; k++) draw(); // the first ones hang on the seed too plainly
  const matrix = (rows, columns, scale) => Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * draw()));
  const rows = 4 * hiddenSize;
  const isForget = (row) => row >= hiddenSize && row < 2 * hiddenSize;
  const layer = () => ({
    weight_ih: matrix(rows, inputSize, 1),
    weight_hh: matrix(rows, hiddenSize, 0.8),
    bias: matrix(rows, 1, 0.3).map(([b], row) => b + (isForget(row) ? 1.2 : 0)),
  });
  const reader = (scale) => matrix(hiddenSize, 1, scale).map(([v]) => v);
  return {
    ...layer(),
    v: reader(2),
    embedding: Object.fromEntries([...REVIEW, "wonderful", "with", "!"].map((word) => [word, matrix(1, inputSize, 1.5)[0]])),
    backward: layer(),
    v_backward: reader(3),
  };
}

/** The network of the figure. Of many seeds one at which every change can be seen; the laws hold for all. */
export const NETWORK = untrained(1860);

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

/** Return the LSTM's states (T, H) for inputs (T, I), from states of zero. */
export function outputs(x, { weight_ih, weight_hh, bias }) {
  const H = weight_hh[0].length;
  let h = Array(H).fill(0);
  let c = Array(H).fill(0);
  return x.map((x_t) => {
    const a = bias.map((b, row) => b + dot(weight_ih[row], x_t) + dot(weight_hh[row], h));
    const [i, f, g, o] = [0, 1, 2, 3].map((gate) => a.slice(gate * H, (gate + 1) * H));
    c = c.map((c_prev, j) => sigmoid(f[j]) * c_prev + sigmoid(i[j]) * Math.tanh(g[j]));
    h = c.map((c_t, j) => sigmoid(o[j]) * Math.tanh(c_t));
    return h;
  });
}

/** Return inputs padded at the end with the padding moved to the front; n is the number of real steps. */
const paddingFirst = (x, n) => [...x.slice(n), ...x.slice(0, n)];

/** Return inputs with the real steps in reverse order; the padding stays at the end. */
const turnRound = (x, n) => [...x.slice(0, n).reverse(), ...x.slice(n)];

/** Return the states (T, 2H) of two LSTMs over inputs (T, I): one reads forwards, the other from the end of the array. */
export function bothWays(x, net) {
  const backwards = outputs([...x].reverse(), net.backward).reverse();
  return outputs(x, net).map((h, t) => [...h, ...backwards[t]]);
}

const columns = (states) => states[0].map((_, j) => states.map((h) => h[j]));

const mean = (states) => columns(states).map((unit) => unit.reduce((a, b) => a + b) / states.length);

/** Inputs (T, I) padded at the end, real steps n and a network -> the state that is read, (H,), or (2H,) both ways. */
const READOUTS = {
  "pre-pad, last step": (x, n, net) => outputs(paddingFirst(x, n), net).at(-1),
  "post-pad, last step": (x, n, net) => outputs(x, net).at(-1),
  packed: (x, n, net) => outputs(x.slice(0, n), net).at(-1),
  "masked mean": (x, n, net) => mean(outputs(x, net).slice(0, n)),
  "masked max": (x, n, net) => columns(outputs(x, net).slice(0, n)).map((unit) => Math.max(...unit)),
  "backward, last token": (x, n, net) => outputs(turnRound(x, n), net)[0],
  "both ways, masked": (x, n, net) => mean(bothWays(x, net).slice(0, n)),
  "both ways, packed": (x, n, net) => mean(bothWays(x.slice(0, n), net)),
};

export const NAMES = Object.keys(READOUTS);

/** Return a read-out's answer, a logit: inputs (T, I) padded at the end, n real steps, a network as `untrained` gives. */
export const answer = (name, x, n, net) => dot(READOUTS[name](x, n, net), [...net.v, ...net.v_backward]);

/** Return the inputs (T, I) of words with so many steps of padding, which are zero, at the end. */
export function padded(words, padding, net = NETWORK) {
  const nothing = Array(net.weight_ih[0].length).fill(0);
  return [...words.map((word) => net.embedding[word]), ...Array(padding).fill(nothing)];
}

/** Return for each step of the array, in the order of the text: is it a word, and has the answer heard it? */
export function tape(name, words, padding) {
  const word = Array.from({ length: words }, (_, k) => ({ word: true, heard: name !== "backward, last token" || k === words - 1 }));
  const hearsPadding = name.includes("-pad") || name === "both ways, masked";
  const rest = Array.from({ length: padding }, () => ({ word: false, heard: hearsPadding }));
  return name.startsWith("pre-pad") ? [...rest, ...word] : [...word, ...rest];
}

/**
 * Return for each read-out its answer now, the answer without padding, the answer with the old word
 * (and the padding), and how far padding and word have moved it.
 */
export function readAll(change, padding) {
  const n = REVIEW.length;
  return NAMES.map((name) => {
    const read = (words, steps) => answer(name, padded(words, steps), n, NETWORK);
    const [now, bare, before] = [read(wordsWith(change), padding), read(wordsWith(change), 0), read(REVIEW, padding)];
    return { name, now, bare, before, byPadding: now - bare, byWord: now - before };
  });
}

/** Say whether padding has moved an answer at all: more than the last digits of a sum. */
export const moves = (distance) => Math.abs(distance) > 1e-9;

/** Say whether a word has moved an answer clearly, so that one sees it. */
export const hears = (distance) => Math.abs(distance) >= 0.05;

/** Return a number with two digits and a real minus sign; nought has none. */
export const number = (x) => x.toFixed(2).replace(/^-(0\.00)$/, "$1").replace("-", "−");

/** Return how far something moved, with its sign. */
export function distance(x) {
  if (!moves(x)) return "0";
  if (Math.abs(x) < 0.005) return "< 0.01";
  return `${x > 0 ? "+" : ""}${number(x)}`;
}

const steps = (count) => `${count} ${count === 1 ? "step" : "steps"} of padding`;

/** Return in words what the figure shows. */
export function sentence(change, padding) {
  const rows = readAll(change, padding);
  const moved = rows.filter(({ byPadding }) => moves(byPadding));
  const worst = rows.reduce((a, b) => (Math.abs(b.byPadding) > Math.abs(a.byPadding) ? b : a));
  const first = padding
    ? `${steps(padding)} ${padding === 1 ? "moves" : "move"} ${moved.length} of ${rows.length} read-outs, ` +
      `“${worst.name}” most: from ${number(worst.bare)} to ${number(worst.now)}.`
    : "Without padding every dot stands in its ring.";
  if (!(change in CHANGES)) return first;
  const deaf = rows.filter(({ byWord }) => !hears(byWord)).map(({ name }) => `“${name}”`);
  const { place, word } = CHANGES[change];
  return `${first} “${word}” for “${REVIEW[place]}” clearly moves ${deaf.length ? `all but ${deaf.join(" and ")}` : `all ${rows.length}`}.`;
}

const ANSWERS = [-1.05, 1.25];
const PALE = { class: "soft", "fill-opacity": 0.3 };

/** Return the places of everything: a table of a line for each read-out, or on a phone of a pair of lines. */
function plan(width) {
  const narrow = width < 480;
  return narrow
    ? { narrow, room: 6, words: 3, step: 8, top: 106, row: 45, tape: 0, cells: [4.4, 1.9], scale: [160, 348], numbers: [292, 352], below: 21 }
    : { narrow, room: 10, words: 4, step: 6, top: 92, row: 29, tape: 146, cells: [5.4, 2.8], scale: [330, 520], numbers: [582, 640], below: 0 };
}

/** Return where an answer stands from left to right. */
const across = (value, { scale: [from, to] }) => from + ((value - ANSWERS[0]) / (ANSWERS[1] - ANSWERS[0])) * (to - from);

const text = (x, y, words, attributes = {}) => svg("text", { x, y, ...attributes }, words);

/** Return the review as the network gets it: words, then padding. */
function review(change, padding, at) {
  const words = wordsWith(change);
  let x = 0;
  const chips = words.map((word, k) => {
    const wide = 7 * word.length + at.room;
    const isNew = word !== REVIEW[k];
    const chip = svg(
      "g",
      { class: isNew ? "o" : "ink" },
      svg("rect", { x: x + 0.5, y: 0.5, width: wide, height: 25, rx: 4, fill: isNew ? "currentColor" : "none", "fill-opacity": 0.14, stroke: "currentColor", "stroke-opacity": isNew ? 1 : 0.35 }),
      text(x + wide / 2 + 0.5, 17.5, word, { "text-anchor": "middle", "font-weight": isNew ? 600 : 400 }),
    );
    x += wide + at.words;
    return chip;
  });
  const [left, top] = at.narrow ? [0, 34] : [x + 3, 7];
  const cells = Array.from({ length: padding }, (_, k) =>
    svg("rect", { x: left + k * at.step, y: top, width: at.step - 1.8, height: 12, rx: 1, fill: "currentColor", ...PALE }),
  );
  return [...chips, ...cells];
}

/** Return what stands around the lines: headings, and a scale for the answers. */
function frame(at) {
  const end = at.top + NAMES.length * at.row;
  const rules = NAMES.map((_, k) => (at.narrow ? `M0 ${at.top + k * at.row + 24}v${at.row - 26}` : `M0 ${at.top + k * at.row}v${at.row}`)).join("");
  const lines = [-1, 0, 1].flatMap((value) => [
    svg("path", { class: "line", d: rules, transform: `translate(${across(value, at)} 0)` }),
    text(across(value, at), end + 16, number(value).replace(".00", ""), { class: "soft", "text-anchor": "middle" }),
  ]);
  const [padding, word] = at.numbers;
  const [y, above, left] = [at.top - 10, at.top - 31, padding - 48];
  const right = { class: "soft", "text-anchor": "end" };
  const middle = { class: "soft", "text-anchor": "middle" };
  return [
    ...lines,
    text(at.tape, y, "steps", { class: "soft" }),
    text((at.scale[0] + at.scale[1]) / 2, at.narrow ? end + 32 : y, "answer (logit)", middle),
    text((left + word) / 2, above, "moved by", middle),
    svg("path", { class: "line", d: `M${left} ${above + 6}H${word}` }),
    text(padding, y, "padding", right),
    text(word, y, "word", right),
  ];
}

/** Return one read-out: its name, the steps that it hears, its marks, and how far they moved. */
function line({ name, now, bare, before, byPadding, byWord }, k, state, at) {
  const top = at.top + k * at.row;
  const base = top + (at.narrow ? 13 : 18);
  const middle = base - 4.5 + at.below;
  const tone = moves(byPadding) ? "f" : "o";
  const changed = state.word in CHANGES;
  let x = at.tape;
  const cells = tape(name, REVIEW.length, state.padding).map(({ word, heard }) => {
    const pitch = at.cells[word ? 0 : 1];
    const high = word ? 14 : 8;
    const look = heard ? { class: word ? "ink" : "f" } : PALE;
    const cell = svg("rect", { x, y: middle - high / 2, width: pitch - (word ? 1.2 : 0.7), height: high, fill: "currentColor", ...look });
    x += pitch;
    return cell;
  });
  const [from, to, old] = [bare, now, before].map((value) => across(value, at));
  const edge = from + Math.sign(to - from) * Math.min(7, Math.abs(to - from)); // the ring stays empty
  const [padding, word] = at.numbers;
  return svg(
    "g",
    {},
    svg("path", { class: "line", d: `M0 ${top}H${at.numbers[1]}`, "stroke-opacity": 0.6 }),
    text(0, base, name),
    ...cells,
    svg("path", { class: tone, d: `M${edge} ${middle}H${to}`, stroke: "currentColor", "stroke-width": 2 }),
    svg("circle", { class: "ink", cx: from, cy: middle, r: 7, fill: "none", stroke: "currentColor", "stroke-width": 1.5 }),
    ...(changed ? [svg("path", { class: "ink", d: `M${old} ${middle - 10}v20`, stroke: "currentColor", "stroke-width": 1.5 })] : []),
    svg("circle", { class: tone, cx: to, cy: middle, r: 4.5, fill: "currentColor" }),
    text(padding, base, distance(byPadding), { class: moves(byPadding) ? "f" : "soft", "text-anchor": "end" }),
    text(word, base, changed ? distance(byWord) : "–", { class: changed ? (hears(byWord) ? "o" : "f") : "soft", "text-anchor": "end" }),
  );
}

/** Return what the signs mean, beneath the lines. */
function key(at) {
  const y = at.top + NAMES.length * at.row + (at.narrow ? 60 : 46);
  const cell = (x, high, look) => svg("rect", { x, y: -4.5 - high / 2, width: 4.5, height: high, fill: "currentColor", ...look });
  const dot = (cx, tone) => svg("circle", { class: tone, cx, cy: -4.5, r: 4.5, fill: "currentColor" });
  const signs = [
    [[cell(0, 14, { class: "ink" })], 10, "word heard", 94],
    [[cell(0, 8, { class: "f" })], 10, "padding heard", 112],
    [[cell(0, 14, PALE), cell(6, 8, PALE)], 16, "not heard", 96],
    [[svg("circle", { class: "ink", cx: 6.5, cy: -4.5, r: 6, fill: "none", stroke: "currentColor", "stroke-width": 1.5 })], 18, "without padding", 130],
    [[dot(5, "o"), dot(16, "f")], 25, "now", 67],
    [[svg("path", { class: "ink", d: "M3 -13v17", stroke: "currentColor", "stroke-width": 1.5 })], 10, "with the old word", 0],
  ];
  let x = 0;
  return signs.map(([drawn, indent, words, wide], k) => {
    if (at.narrow && k === 3) x = 0;
    const placed = svg("g", { transform: `translate(${x} ${y + (at.narrow && k > 2 ? 22 : 0)})` }, ...drawn, text(indent, 0, words));
    x += wide;
    return placed;
  });
}

function render({ model, el }) {
  const { follow, slider, choice, close } = open(model, NAME);
  const width = room(el);
  const at = plan(width);
  const height = at.top + NAMES.length * at.row + (at.narrow ? 88 : 52);
  const [words, lines] = [svg("g"), svg("g")];
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "A review with padding, and the answers of eight read-outs with and without the padding" },
    words,
    ...frame(at),
    lines,
    ...key(at),
  );
  const status = html("p", { class: "live-status", role: "status" });
  const padding = slider("padding", { label: "Padding", min: 0, max: MOST, step: 1, ink: "f", say: (k) => `${k} ${k === 1 ? "step" : "steps"}` });
  const changes = Object.entries(CHANGES).map(([name, { place, word }]) => [name, `${REVIEW[place]} → ${word}`]);
  const word = choice("word", { label: "Change a word", options: { none: "none", ...Object.fromEntries(changes) } });
  follow(["padding", "word"], () => {
    const state = { padding: model.get("padding"), word: model.get("word") };
    words.replaceChildren(...review(state.word, state.padding, at));
    lines.replaceChildren(...readAll(state.word, state.padding).map((row, k) => line(row, k, state, at)));
    status.textContent = sentence(state.word, state.padding);
  });
  el.append(html("div", { class: "live-figure" }, picture, html("div", { class: "live-controls" }, padding, word), status));
  return close;
}

export default { render };
