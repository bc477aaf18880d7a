// Along which path does an LSTM's gradient survive? Norms by lag: all paths, straight along c, straight along h.
import { html, open, room, rounded, svg } from "./kit.mjs";
import { lstmForward, matrix, normal, preactivations, source, weights, withForgetBias } from "./network.mjs";

const NAME = "highway";

export const initial = { "bias": 2, "scale": 1 };

/** The network of the figure: units, numbers in one input, steps, and where its random numbers begin. */
export const NETWORK = { units: 5, inputs: 2, steps: 40, seed: 3 };

/** The curves: key, name in words, how the line is drawn. */
export const CURVES = [
  { key: "all", name: "by all paths", ink: "f", dash: "", wide: 2.6 },
  { key: "along c", name: "straight along c", ink: "c", dash: "7 4", wide: 2 },
  { key: "along h", name: "straight along h", ink: "h", dash: "2 3", wide: 2.2 },
  { key: "RNN", name: "a plain RNN", ink: "soft", dash: "9 3 2 3", wide: 1.4 },
];

/** Return an LSTM, an RNN of as many units, and an input for both, (T, I), from a normal distribution. */
export function network({ units, inputs, steps, seed }) {
  const draw = source(seed);
  const xs = matrix(steps, inputs, () => normal(draw));
  return { xs, lstm: weights(4, units, inputs, draw), rnn: weights(1, units, inputs, draw) };
}

/** Return the weights with W_hh times `scale`. */
export const scaled = (p, scale) => ({ ...p, weight_hh: p.weight_hh.map((row) => row.map((w) => scale * w)) });

/** Return the Jacobian of one LSTM step, (2H, 2H): the four blocks of d(h_t, c_t) / d(h_{t-1}, c_{t-1}). */
export function lstmJacobian({ cPrev, i, f, g, o, tanhC }, { weight_hh: w }) {
  const units = f.length;
  const s = o.map((show, k) => show * (1 - tanhC[k] ** 2));
  const P = f.map((_, k) => {
    const into = [g[k] * i[k] * (1 - i[k]), cPrev[k] * f[k] * (1 - f[k]), i[k] * (1 - g[k] ** 2)];
    return f.map((_, j) => into[0] * w[k][j] + into[1] * w[units + k][j] + into[2] * w[2 * units + k][j]);
  });
  const Q = f.map((_, k) => f.map((_, j) => tanhC[k] * o[k] * (1 - o[k]) * w[3 * units + k][j]));
  const diagonal = (values) => values.map((value, k) => values.map((_, j) => (j === k ? value : 0)));
  const [cToH, cToC] = [diagonal(s.map((value, k) => value * f[k])), diagonal(f)];
  const toH = f.map((_, k) => [...P[k].map((value, j) => s[k] * value + Q[k][j]), ...cToH[k]]);
  return [...toH, ...f.map((_, k) => [...P[k], ...cToC[k]])];
}

/** Return the Jacobians of all steps of a plain RNN from zeros: diag(1 - h_t ** 2) W_hh. */
export function rnnJacobians(xs, p) {
  let h = p.weight_hh.map(() => 0);
  return xs.map((x) => {
    h = preactivations(x, h, p).map(Math.tanh);
    return h.map((value, k) => p.weight_hh[k].map((w) => (1 - value ** 2) * w));
  });
}

const times = (row, jacobian) => jacobian[0].map((_, j) => row.reduce((sum, value, k) => sum + value * jacobian[k][j], 0));

/** Return a gradient, (S,), at every lag: sent back through J_T, then J_{T-1}, ...; lag 0 is `gradient` itself. */
export function gradientByLag(jacobians, gradient) {
  const gradients = [gradient];
  for (const jacobian of [...jacobians].reverse()) gradients.push(times(gradients.at(-1), jacobian));
  return gradients;
}

/** Return one of the four blocks of Jacobians: rows and columns 0 for h, 1 for c. */
export function blocks(jacobians, rows, columns) {
  const units = jacobians[0].length / 2;
  const part = (values, which) => values.slice(which * units, (which + 1) * units);
  return jacobians.map((jacobian) => part(jacobian, rows).map((row) => part(row, columns)));
}

/** Return the Euclidean norm of a vector. */
export const norm = (values) => Math.hypot(...values);

/**
 * Return how an LSTM's gradient (H,) arrives at every lag. "all": sent into c_T, by the state (h, c), over all paths.
 * "along c": sent into c_T, through the blocks diag(f_t) only. "along h": sent into h_T, through the blocks h to h only.
 */
export function lstmPaths(xs, p, gradient) {
  const jacobians = lstmForward(xs, p).map((step) => lstmJacobian(step, p));
  return {
    all: gradientByLag(jacobians, [...gradient.map(() => 0), ...gradient]),
    "along c": gradientByLag(blocks(jacobians, 1, 1), gradient),
    "along h": gradientByLag(blocks(jacobians, 0, 0), gradient),
  };
}

/** Return the lag at which half is left, between two steps on the logarithm; infinite if it never is. */
export function halfLife(norms) {
  const half = norms[0] / 2;
  const k = norms.findIndex((value) => value <= half);
  if (k < 0) return Infinity;
  return k - 1 + Math.log(norms[k - 1] / half) / Math.log(norms[k - 1] / norms[k]);
}

/** Return the largest norm and its lag. */
export function peak(norms) {
  const largest = Math.max(...norms);
  return { largest, lag: norms.indexOf(largest) };
}

/**
 * Return the norms by lag of the figure's LSTM and RNN, (T + 1) each, with a forget bias and W_hh times `scale`.
 * The gradient sent in has the norm 1 and is the same for each unit.
 */
export function curves({ xs, lstm, rnn }, bias, scale) {
  const units = rnn.weight_hh.length;
  const gradient = rnn.weight_hh.map(() => 1 / Math.sqrt(units));
  const found = lstmPaths(xs, withForgetBias(scaled(lstm, scale), bias), gradient);
  found.RNN = gradientByLag(rnnJacobians(xs, scaled(rnn, scale)), gradient);
  return Object.fromEntries(Object.entries(found).map(([key, gradients]) => [key, gradients.map(norm)]));
}

/** Return a number as people write it: two digits, then whole numbers with commas, then a bound. */
export function plain(x) {
  if (x >= 1e6) return "over a million";
  return x < 9.95 ? x.toFixed(1) : Math.round(Number(x.toPrecision(2))).toLocaleString("en-GB");
}

const listed = (parts) => parts.join(", ").replace(/, ([^,]*)$/, " and $1");

/** Return in words after how many steps half is left on each path, and whether anything grows. */
export function told(norms) {
  const steps = norms.all.length - 1;
  const names = { "along c": "along c", all: "by all paths", "along h": "along h", RNN: "in the RNN" };
  const keys = Object.keys(names);
  const gone = keys.filter((key) => norms[key][1] === 0);
  const never = keys.filter((key) => halfLife(norms[key]) === Infinity);
  const lives = keys
    .filter((key) => !gone.includes(key) && !never.includes(key))
    .map((key, k) => `${plain(halfLife(norms[key]))}${k ? "" : " steps"} ${names[key]}`);
  const said = (chosen) => listed(chosen.map((key) => names[key]));
  const sentences = [];
  if (lives.length) sentences.push(`Half is left after ${listed(lives)}.`);
  if (never.length) sentences.push(`More than half is left even after ${steps} steps ${said(never)}.`);
  if (gone.length) sentences.push(`Nothing is left after one step ${said(gone)}.`);
  const growing = keys.filter((key) => peak(norms[key]).largest > 1 + 1e-9);
  for (const key of growing) {
    const { largest, lag } = peak(norms[key]);
    const begin = names[key][0].toUpperCase() + names[key].slice(1);
    sentences.push(`${begin} the gradient grows: to ${largest < 1.95 ? rounded(largest) : plain(largest)} times at lag ${lag}.`);
  }
  if (!growing.length) sentences.push("Nothing grows.");
  const ratio = norms.all.at(-1) / norms["along c"].at(-1);
  const beside = Math.abs(ratio - 1) < 0.05 ? "about" : `${plain(ratio)} times`;
  const all = Math.abs(ratio - 1) < 1e-9 ? "All that arrives comes straight along c." : "";
  sentences.push(all || `From lag ${steps} all paths together bring ${beside} what comes straight along c.`);
  return sentences.join(" ");
}

const EDGE = { left: 48, right: 14, bottom: 42 };
const POWERS = [-6, 2];
const PLOT = 264;

/** Return where the parts of the drawing stand; on a phone the legend takes two rows. */
function layout(width, steps) {
  const columns = width < 480 ? 2 : 4;
  const top = 22 * (CURVES.length / columns) + 32;
  const bottom = top + PLOT;
  const right = width - EDGE.right;
  const across = (lag) => EDGE.left + (lag / steps) * (right - EDGE.left);
  const down = (size) => bottom - ((Math.log10(Math.max(size, 1e-30)) - POWERS[0]) / (POWERS[1] - POWERS[0])) * PLOT;
  return { width, columns, top, bottom, right, across, down, height: bottom + EDGE.bottom, steps };
}

function legend({ width, columns }) {
  return CURVES.map(({ name, ink, dash, wide }, k) => {
    const x = 4 + (k % columns) * ((width - 4) / columns);
    const y = 12 + 22 * Math.floor(k / columns);
    const line = { d: `M${x} ${y}h26`, stroke: "currentColor", fill: "none", "stroke-width": wide, "stroke-dasharray": dash };
    return svg("g", { class: ink }, svg("path", line), svg("text", { x: x + 33, y: y + 4 }, name));
  });
}

const raised = (power) => (power ? `10${[...String(power)].map((sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻").join("")}` : "1");

function axes({ top, bottom, right, across, down, steps }) {
  const band = { x: EDGE.left, y: top, width: right - EDGE.left, height: down(1) - top };
  const drawn = [svg("rect", { ...band, fill: "currentColor", "fill-opacity": 0.045 })];
  for (let power = POWERS[0]; power <= POWERS[1]; power += 2) {
    const y = down(10 ** power);
    drawn.push(svg("path", { class: "line", d: `M${EDGE.left} ${y}H${right}` }));
    drawn.push(svg("text", { class: "soft", x: EDGE.left - 8, y: y + 4, "text-anchor": "end" }, raised(power)));
  }
  for (let lag = 0; lag <= steps; lag += 10)
    drawn.push(svg("text", { class: "soft", x: across(lag), y: bottom + 18, "text-anchor": "middle" }, String(lag)));
  drawn.push(svg("text", { x: (EDGE.left + right) / 2, y: bottom + 37, "text-anchor": "middle" }, "lag k (steps)"));
  drawn.push(svg("text", { x: 4, y: top - 12 }, "norm of the gradient"));
  drawn.push(svg("text", { class: "soft", x: right, y: top - 12, "text-anchor": "end" }, "● half is left"));
  drawn.push(svg("text", { class: "soft", x: EDGE.left + 8, y: top + 18 }, "grows"));
  return drawn;
}

function drawnCurve({ ink, dash, wide }, norms, { across, down }) {
  const d = norms.map((size, lag) => `${lag ? "L" : "M"}${across(lag).toFixed(1)} ${down(size).toFixed(1)}`).join("");
  const line = { d, stroke: "currentColor", fill: "none", "stroke-width": wide, "stroke-dasharray": dash, "stroke-linejoin": "round" };
  return svg("path", { class: ink, ...line });
}

/** Draw where half is left: a dot on the curve, and a line down to the axis. */
function mark({ ink }, norms, { across, down, bottom }) {
  const life = halfLife(norms);
  if (life === Infinity || norms[1] === 0) return svg("g");
  const [x, y] = [across(life), down(0.5)];
  const fall = svg("path", { d: `M${x} ${y}V${bottom}`, stroke: "currentColor", fill: "none", "stroke-width": 1, "stroke-opacity": 0.7 });
  return svg("g", { class: ink }, fall, svg("circle", { cx: x, cy: y, r: 4.5, fill: "currentColor" }));
}

function render({ model, el }) {
  const { follow, slider, close } = open(model, NAME);
  const made = network(NETWORK);
  const place = layout(room(el), NETWORK.steps);
  const { width, height, top, right } = place;
  const clip = `live-${NAME}-clip-${width}`; // as wide, as high: two such figures on one page may share it
  const window = svg("rect", { x: EDGE.left - 1, y: top, width: right - EDGE.left + 2, height: PLOT });
  const lines = svg("g", { "clip-path": `url(#${clip})` });
  const marks = svg("g");
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Norm of the gradient against the lag, by path, logarithmic" },
    svg("clipPath", { id: clip }, window),
    ...legend(place),
    ...axes(place),
    lines,
    marks,
  );
  const status = html("p", { class: "live-status live-highway-status", role: "status" });
  const bias = slider("bias", { label: "Forget bias b", min: -2, max: 6, step: 0.1, ink: "f", say: (b) => b.toFixed(1).replace("-", "−") });
  const scale = slider("scale", { label: "Scale of the recurrent weights", min: 0, max: 3, step: 0.1, say: (s) => s.toFixed(1) });
  follow(["bias", "scale"], () => {
    const norms = curves(made, model.get("bias"), model.get("scale"));
    const drawn = (draw, chosen) => chosen.map((curve) => draw(curve, norms[curve.key], place));
    lines.replaceChildren(...drawn(drawnCurve, CURVES));
    marks.replaceChildren(...drawn(mark, CURVES.filter(({ key }) => key !== "RNN")));
    status.textContent = told(norms);
  });
  el.append(html("div", { class: "live-figure" }, picture, html("div", { class: "live-controls" }, bias, scale), status));
  return close;
}

export default { render };
