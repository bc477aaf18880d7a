// What the tests of live figures compare numbers with.
import assert from "node:assert/strict";

/** Assert that two numbers agree, relative to the second where that is above 1. */
export const near = (a, b, tolerance = 1e-12) =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

/** Assert that two numbers agree to the tolerance, whatever their size. */
export const close = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
