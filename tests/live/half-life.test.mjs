import assert from "node:assert/strict";
import test from "node:test";

import { biasFor, halfLife, left, percent, plain } from "../../book/_static/live/half-life.mjs";
import { rounded, sigmoid } from "../../book/_static/live/kit.mjs";
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
  assert.deepEqual([0.5, 0.004, 0.996, 1].map(percent), ["50 %", "less than 1 %", "more than 99 %", "100 %"]);
});

test("no gate is rounded to a 1 or a 0 that it is not", () => {
  assert.deepEqual([0, 6.9, 7, 8].map((b) => rounded(sigmoid(b), 3)), ["0.500", "0.999", "0.999", "0.9997"]);
  for (let b = -2; b <= 8; b += 0.1) assert.notEqual(Number(rounded(sigmoid(b), 3)), 1, `bias ${b}`);
});
