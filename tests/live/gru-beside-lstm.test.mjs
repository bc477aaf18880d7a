import assert from "node:assert/strict";
import test from "node:test";

import {
  PULSES,
  SECOND,
  STEPS,
  both,
  flipped,
  gru,
  gruStep,
  initial,
  input,
  lstmStep,
  percent,
  runGru,
  told,
  trace,
  without,
  written,
} from "../../book/_static/live/gru-beside-lstm.mjs";
import { sigmoid } from "../../book/_static/live/kit.mjs";
import { close as near } from "./near.mjs";

const states = () =>
  [-4, -0.7, 0, 2, 4].flatMap((forget) =>
    [-4, 0, 1.3, 4].flatMap((update) => Object.keys(SECOND).map((second) => ({ ...initial, forget, update, second }))),
  );

test("the input has two pulses, and without the first only one", () => {
  const xs = input("opposite");
  assert.equal(xs.length, STEPS);
  assert.deepEqual([xs[PULSES[0] - 1], xs[PULSES[1] - 1]], [1, -1]);
  assert.equal(xs.filter(Boolean).length, 2);
  assert.deepEqual(without(xs).filter(Boolean), [-1]);
});

test("an LSTM with f = 1 and i = 0 keeps c; with both at 1 it counts", () => {
  const [open, shut] = [[0, 0, 50], [0, 0, -50]];
  near(lstmStep(0.3, { h: 0.2, c: 0.7 }, { i: shut, f: open, g: [1, 1, 0], o: open }).c, 0.7);
  near(lstmStep(1, { h: 0.2, c: 5 }, { i: open, f: open, g: [50, 0, 0], o: open }).c, 6);
});

test("the GRU's step by hand, as in the chapter", () => {
  const p = { r: [-2, 2, 0], z: [0.5, 1, 0], n: [-1, 1, 0, 0.25] };
  const { r, z, n, h } = gruStep(1, 0.5, p);
  assert.deepEqual([r, z, n, h].map((value) => value.toFixed(4)), ["0.2689", "0.7311", "-0.6631", "0.1872"]);
  near(gruStep(1, 0.5, p, "renews").h, (1 - z) * 0.5 + z * n); // the same weights read the other way round
  assert.ok(gruStep(1, 0.5, p, "renews").h < 0);
});

test("the switch turns z into 1 − z and the bias into its opposite, and leaves every h", () => {
  for (const state of states()) {
    const [keeps, renews] = [both(state).gru, both({ ...state, meaning: "renews" }).gru];
    keeps.steps.forEach(({ r, z, n, h }, k) => {
      const other = renews.steps[k];
      near(other.z, 1 - z);
      for (const [one, two] of [[r, other.r], [n, other.n], [h, other.h]]) near(one, two);
    });
    near(renews.left, keeps.left, 1e-10);
  }
  assert.equal(written(1.3, "renews"), -1.3);
  assert.equal(written(1.3, "keeps"), 1.3);
  assert.ok(Object.is(written(0, "renews"), 0), "no minus zero on the slider");
  assert.deepEqual(flipped(flipped(gru(1.3))), { ...gru(1.3), z: [-2, 0, 1.3] });
});

test("what is left of the first pulse: in c the product of the forget gates after it", () => {
  for (const state of states()) {
    const { lstm: l, gru: g } = both(state);
    near(l.left, l.steps.slice(PULSES[0]).reduce((product, { f }) => product * f, 1));
    for (const { left, wrote } of [l, g]) assert.ok(left > 0 && left < 1 && wrote > 0);
  }
});

test("what is left in the GRU's h is the difference between two runs", () => {
  const { wrote, left } = both(initial).gru;
  const [there, gone] = [input("smaller"), without(input("smaller"))].map((xs) => runGru(xs, gru(2)).map(({ h }) => h));
  near(wrote, there[2] - gone[2]);
  near(left, (there[11] - gone[11]) / wrote);
  near(wrote, (1 - sigmoid(0)) * Math.tanh(2));
  const apart = [0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 3];
  assert.deepEqual(trace(apart, apart.map(() => 1)), { wrote: 3, left: 2 / 3 });
});

test("equal pulses add up above 1 in the LSTM's c, never in the GRU's h", () => {
  for (const state of states().filter(({ second }) => second === "same")) {
    const { lstm: l, gru: g } = both(state);
    if (state.forget >= 2) assert.ok(Math.max(...l.memory) > 1);
    assert.ok(g.memory.every((h) => Math.abs(h) < 1));
  }
});

test("no drawn memory leaves the axis, from −0.9 to 1.7", () => {
  for (const state of states())
    for (const { memory, other } of Object.values(both(state)).slice(1))
      for (const value of [...memory, ...other]) assert.ok(value > -0.9 && value < 1.7, value);
});

test("the status says which meaning, its z, and what is left", () => {
  const { lstm: l, gru: g } = both(initial);
  const last = `At step 12, ${percent(l.left)} of that is left in c (shaded), ${percent(g.left)} in h.`;
  const [keeps, renews] = [told(initial), told({ ...initial, meaning: "renews" })];
  assert.match(keeps, /keeps, as in PyTorch, Keras and Cho et al\. \(2014\); between the pulses z\u00a0=\u00a00\.88\./);
  assert.match(renews, /renews, as in Chung et al\. \(2014\).* z\u00a0=\u00a00\.12 between the pulses\. Each h is what it was\./);
  assert.ok(keeps.endsWith(last) && renews.endsWith(last), keeps);
  assert.deepEqual([percent(0.004), percent(0.455)], ["less than 1 %", "46 %"]);
});
