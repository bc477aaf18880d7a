import assert from "node:assert/strict";
import test from "node:test";

import { CURVES, curves, halfLife, initial, lstmJacobian, NETWORK, network, norm, peak, plain, told } from "../../book/_static/live/highway.mjs";
import { lstmForward, source, withForgetBias } from "../../book/_static/live/network.mjs";
import { near } from "./near.mjs";

const made = network(NETWORK);
const fading = (factor, steps = 40) => Array.from({ length: steps + 1 }, (_, k) => factor ** k);

test("the same seed gives the same numbers, another seed others", () => {
  const three = (seed) => Array.from({ length: 3 }, source(seed));
  assert.deepEqual(three(7), three(7));
  assert.notDeepEqual(three(7), three(8));
  assert.ok(three(7).every((x) => x >= 0 && x < 1));
});

test("weights begin as PyTorch's do, and the forget bias is a sum", () => {
  const { units, inputs, steps } = NETWORK;
  assert.deepEqual([made.xs.length, made.xs[0].length, made.lstm.weight_hh.length, made.rnn.weight_hh.length], [steps, inputs, 4 * units, units]);
  assert.ok([made.lstm, made.rnn].every((p) => [...p.weight_hh.flat(), ...p.bias_ih].every((w) => Math.abs(w) <= 1 / Math.sqrt(units))));
  const { bias_ih, bias_hh } = withForgetBias(made.lstm, 3);
  for (let k = 0; k < 4 * units; k++) {
    const forget = k >= units && k < 2 * units;
    assert.equal(bias_ih[k] + bias_hh[k], forget ? 3 : made.lstm.bias_ih[k] + made.lstm.bias_hh[k]);
  }
});

test("the Jacobian mixes no unit with another from c to c", () => {
  const p = withForgetBias(made.lstm, 1);
  const jacobian = lstmJacobian(lstmForward(made.xs.slice(0, 1), p)[0], p);
  const units = NETWORK.units;
  assert.equal(jacobian.length, 2 * units);
  for (let k = 0; k < units; k++) for (let j = 0; j < units; j++) if (j !== k) assert.equal(jacobian[units + k][units + j], 0);
});

test("after one half-life, half is left, whatever the norm at lag 0", () => {
  for (const factor of [0.3, 0.9, 0.98]) near(halfLife(fading(factor).map((x) => 7 * x)), Math.LN2 / -Math.log(factor), 1e-10);
  assert.equal(halfLife(fading(0.99)), Infinity);
});

test("with the path through h cut, all that arrives is along c", () => {
  const norms = curves(made, 2, 0);
  norms.all.forEach((size, lag) => near(size / norms["along c"][lag], 1));
  assert.ok(norms["along h"].slice(1).every((size) => size === 0));
});

test("every curve begins at 1 and has a name", () => {
  const norms = curves(made, initial.bias, initial.scale);
  assert.deepEqual(Object.keys(norms).sort(), CURVES.map(({ key }) => key).sort());
  for (const { key } of CURVES) near(norms[key][0], 1);
});

test("along c, a more open gate holds longer; all paths may grow, along c nothing does", () => {
  let before = 0;
  for (let bias = -2; bias <= 6; bias += 0.5) {
    const life = curves(made, bias, 1)["along c"].at(-1);
    assert.ok(life > before, `bias ${bias}`);
    before = life;
  }
  assert.ok(peak(curves(made, 6, 3).all).largest > 10);
  assert.equal(peak(curves(made, 6, 3)["along c"]).largest, curves(made, 6, 3)["along c"][0]);
});

test("the words say which path holds, which fades and which grows", () => {
  const norms = { all: fading(1.1), "along c": fading(0.99), "along h": fading(0.2), RNN: fading(0.5) };
  assert.equal(
    told(norms),
    "Half is left after 0.4 steps along h and 1.0 in the RNN. More than half is left even after 40 steps along c and by all paths. " +
      "By all paths the gradient grows: to 45 times at lag 40. From lag 40 all paths together bring 68 times what comes straight along c.",
  );
  const cut = told({ all: fading(0.5), "along c": fading(0.5), "along h": fading(0), RNN: fading(0) });
  assert.equal(
    cut,
    "Half is left after 1.0 steps along c and 1.0 by all paths. Nothing is left after one step along h and in the RNN. " +
      "Nothing grows. All that arrives comes straight along c.",
  );
});

test("numbers are written as people write them", () => {
  assert.deepEqual([1, 2.21, 55.3, 1234, 1e7].map(plain), ["1.0", "2.2", "55", "1,200", "over a million"]);
  assert.equal(norm([3, -4]), 5);
});
