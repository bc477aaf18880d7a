// How long does a forget gate remember? Half-life against the forget bias, on a logarithmic axis.
import { html, open, room, rounded, sigmoid, signed, svg } from "./kit.mjs";

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
