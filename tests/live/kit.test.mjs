import assert from "node:assert/strict";
import test from "node:test";

import { newId, pieces, rounded, sigmoid, signed } from "../../book/_static/live/kit.mjs";
import { near } from "./near.mjs";

test("a number has a real minus sign, and what is rounded to nothing has none", () => {
  assert.deepEqual([0.9, -0.6, -0.001, 0, -1.5, 2].map((x) => signed(x)), ["0.90", "−0.60", "0.00", "0.00", "−1.50", "2.00"]);
  assert.deepEqual([signed(-2, 1), signed(-0, 1), signed(-0.346, 2)], ["−2.0", "0.0", "−0.35"]);
});

test("nothing is rounded to a 1 or a 0 that it is not", () => {
  assert.deepEqual([1, 0, -1].map((x) => rounded(x)), ["1.00", "0.00", "−1.00"]);
  assert.deepEqual([0.998, -0.9996, 0.0004, 1.002].map((x) => rounded(x)), ["0.998", "−0.9996", "0.0004", "1.002"]);
  assert.deepEqual([1 - 1e-9, 1e-9, -1 + 1e-9].map((x) => rounded(x)), ["nearly 1", "nearly 0", "nearly −1"]);
});

test("the logistic function is a half at 0, and 1 less itself on the other side", () => {
  assert.equal(sigmoid(0), 0.5);
  for (const x of [0.3, 2, 30]) near(sigmoid(-x), 1 - sigmoid(x));
});

test("no two controls of a figure share an id", () => {
  const ids = Array.from({ length: 5 }, () => newId("reader"));
  assert.equal(new Set(ids).size, 5);
  assert.ok(ids.every((id) => id.startsWith("live-reader-")));
});

test("a text falls into words, indices and powers", () => {
  assert.deepEqual(pieces("W_hh h_1 = 2^−3"), ["W", "_hh", " h", "_1", " = 2", "^−3"]);
});
