import assert from "node:assert/strict";
import test from "node:test";

import { biasFor, halfLife, left, percent, plain, sigmoid } from "../../book/_static/live/half-life.mjs";
import { near } from "./near.mjs";

test("after one half-life, half is left", () => {
  for (const bias of [-2, -0.3, 0, 1, 5.5, 30]) near(left(bias, halfLife(bias)), 0.5);
});

test("the half-life is ln 2 / -ln sigmoid(b)", () => {
  for (const bias of [-2, 0, 1, 4]) near(halfLife(bias), Math.LN2 / -Math.log(sigmoid(bias)), 1e-10);
});

test("a bias for a half-life has that half-life", () => {
  for (const steps of [0.4, 1, 40, 1e3, 1e6]) near(halfLife(biasFor(steps)), steps, 1e-9);
});

test("numbers are written as people write them", () => {
  assert.deepEqual([1, 2.21, 55.3, 1234].map(plain), ["1.0", "2.2", "55", "1,200"]);
  assert.deepEqual([0.5, 0.004].map(percent), ["50 %", "less than 1 %"]);
});
