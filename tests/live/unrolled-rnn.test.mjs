import assert from "node:assert/strict";
import test from "node:test";

import {
  INPUTS, apply, ceiling, equation, forecast, forward, initial, norm, plain, products, recurrent, run, words,
} from "../../book/_static/live/unrolled-rnn.mjs";
import { near } from "./near.mjs";

const RADII = [0.4, 0.65, 0.9, 1, 1.25, 1.6];
const STEPS = INPUTS.map((_, k) => k + 1);

test("without squashing the radius alone decides", () => {
  for (const radius of RADII)
    for (const step of STEPS) {
      const { norms } = run({ step, radius, squash: "none" });
      const told = forecast(radius, step);
      assert.equal(norms.length, step);
      norms.forEach((value, k) => near(value / told[k], 1));
    }
});

test("tanh never lets more through than the radius says, and less from far away", () => {
  for (const radius of RADII)
    for (const step of STEPS) {
      const { norms } = run({ step, radius, squash: "tanh" });
      const told = forecast(radius, step);
      norms.forEach((value, k) => assert.ok(value <= told[k] * (1 + 1e-12)));
      if (step > 1) assert.ok(norms[0] < told[0]);
      near(norms[step - 1], 1);
    }
});

test("of an early input's gradient, little is left below radius 1, and more than all of it at the largest", () => {
  const first = (radius) => run({ ...initial, radius }).norms[0];
  assert.ok(first(0.4) < 1e-4 && first(0.9) < 0.1 && first(1) < 0.2 && first(1.6) > 5);
});

test("an early input moves the last state as the product of the Jacobians says", () => {
  const [weightIh, weightHh] = [[[0.5], [-0.8]], recurrent(1.1)];
  const at = (x) => forward([[x], [1.2], [-0.7], [0.4]], weightIh, weightHh, "tanh");
  const states = at(0.3);
  const intoFirst = weightIh.map(([w], k) => (1 - states[1][k] ** 2) * w);
  const told = apply(products(states, weightHh, "tanh")[3], intoFirst);
  const [up, low] = [at(0.3 + 1e-5)[4], at(0.3 - 1e-5)[4]];
  told.forEach((slope, k) => near((up[k] - low[k]) / 2e-5, slope, 1e-9));
});

test("the norm of a matrix is its largest stretch", () => {
  near(norm([[3, 0], [0, -4]]), 4);
  near(norm([[0, 0], [0, 0]]), 0);
  near(norm([[1, 1], [1, 1]]), 2);
});

test("the scale of the cells is round and holds every state", () => {
  assert.deepEqual([0.2, 1, 1.01, 2.5, 9, 43.7, 180].map((most) => ceiling([[0, -most]])), [1, 1, 2, 5, 10, 50, 200]);
});

test("numbers are written as people write them", () => {
  assert.deepEqual([1, 0.0532, 0.997, 9.56, 175.9, 0.00041, 0.0000112].map(plain), ["1.0", "0.053", "0.997", "9.6", "176", "4.1 × 10^−4", "1.1 × 10^−5"]);
});

test("the words say what is drawn", () => {
  const said = (state) => words(state, run(state).norms);
  assert.match(said(initial), /from step 12 to step 1, a gradient is multiplied by 0\.053 at most; the radius alone says 0\.9\^11 = 0\.31/);
  assert.match(said({ step: 12, radius: 1.6, squash: "none" }), /multiplied by 1\.6\^11 = 176: a rotation/);
  assert.match(said({ step: 2, radius: 0.4, squash: "tanh" }), /0\.4\^1 = 0\.40/);
  assert.match(said({ step: 2, radius: 1, squash: "none" }), /1\^1 = 1:/);
  assert.match(said({ step: 1, radius: 1, squash: "tanh" }), /no earlier state/);
  const state = { step: 2, radius: 1, squash: "none" };
  assert.match(equation(state, run(state).states).replaceAll("\u00a0", " "), /^h_2 = W_ih x_2 \+ W_hh h_1 = \(−0\.40, −0\.30\) \+ \(0\.16, 0\.48\) = \(−0\.24, 0\.18\)$/);
});
