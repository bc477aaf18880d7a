import assert from "node:assert/strict";
import test from "node:test";

import * as figure from "../../book/_static/live/lstm-step.mjs";
import { close as near } from "./near.mjs";

const { CLAMPS, PRESETS, captions, clamped, equations, initial, low, preset, reach, run, spans, speaks, step, summary } = figure;
const all = (value) => Array(12).fill(value);
const text = (state) => equations(state).map(([, piece]) => piece).join("");
const drawn = () => Array.from({ length: 12 }, () => Math.random());
const random = () => ({ step: 5, c0: 2 * Math.random() - 1, f: drawn(), i: drawn(), g: drawn().map((x) => 2 * x - 1), o: drawn(), clamp: "none" });

test("one step keeps, writes and says by its own gates", () => {
  const { c, h } = step({ i: 0.5, f: 0.25, g: -0.8, o: 0.75 }, 2);
  near(c, 0.25 * 2 - 0.5 * 0.8);
  near(h, 0.75 * Math.tanh(c));
});

test("f = 1 and i = 0 keep the start value, whatever the candidates say", () => {
  const { c } = run({ ...random(), c0: -0.35, f: all(1), i: all(0) });
  assert.deepEqual(c, all(-0.35));
});

test("a shut forget gate leaves nothing of what was before", () => {
  const [one, other] = [random(), random()];
  const f = one.f.with(6, 0);
  const later = { i: one.i.slice(6), g: one.g.slice(6) };
  const mixed = { ...one, f, c0: other.c0, i: [...other.i.slice(0, 6), ...later.i], g: [...other.g.slice(0, 6), ...later.g] };
  assert.deepEqual(run(mixed).c.slice(6), run({ ...one, f }).c.slice(6));
  assert.notEqual(run(mixed).c[5], run({ ...one, f }).c[5]);
});

test("what a note leaves is the product of the later forget gates", () => {
  const told = { ...random(), c0: 0, i: all(0).with(2, 1) };
  near(run(told).c[11], told.f.slice(3).reduce((product, f) => product * f, told.g[2]));
});

test("a series of steps is one step after the other", () => {
  const told = random();
  let c = told.c0;
  const { c: cells, h, carried } = run(told);
  for (let k = 0; k < 12; k++) {
    near(carried[k], told.f[k] * c);
    const after = step({ i: told.i[k], f: told.f[k], g: told.g[k], o: told.o[k] }, c);
    assert.deepEqual([cells[k], h[k]], [after.c, after.h]);
    c = after.c;
  }
});

test("a clamp overrides its gate at all steps, no other, and leaves the reader's own values", () => {
  const own = random();
  const before = structuredClone(own);
  for (const [name, held] of Object.entries(CLAMPS)) {
    const gates = clamped(own, name);
    for (const key of ["i", "f", "g", "o"]) assert.deepEqual(gates[key], held?.gate === key ? all(held.at) : own[key]);
    assert.deepEqual(run({ ...own, clamp: name }).gates, gates);
  }
  assert.deepEqual(own, before);
});

test("the stories tell what their names say", () => {
  assert.deepEqual(preset("keep"), initial);
  const ends = Object.fromEntries(Object.keys(PRESETS).map((name) => [name, run(preset(name))]));
  assert.deepEqual(speaks(ends.keep.c), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual(speaks(ends.keep.h), [11]);
  assert.deepEqual(speaks(ends.erase.c), [3, 4, 5, 6]);
  assert.deepEqual(speaks(ends.erase.h), []);
  assert.deepEqual(preset("slow").f, all(0.9));
  near(ends.slow.c[10], 0.9 * 0.9 ** 8);
  near(ends.slow.h[10], Math.tanh(0.9 ** 9));
});

test("a story is a copy: moving it changes no other", () => {
  preset("keep").f[0] = 0.5;
  assert.equal(preset("keep").f[0], 1);
  assert.equal(preset("erase").f[6], 0);
  assert.equal(initial.f[6], 1);
});

test("eleven single gates silence the reading, and only o at 11 leaves the note to the end", () => {
  const silent = [];
  for (const gate of ["f", "i", "g", "o"]) {
    for (let k = 0; k < 12; k++) {
      const { c, h } = run({ ...initial, [gate]: initial[gate].with(k, 0) });
      if (h[10] === 0) silent.push([gate + (k + 1), c[11] === 0.9]);
    }
  }
  assert.deepEqual(silent.map(([name]) => name), ["f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "i3", "g3", "o11"]);
  assert.deepEqual(silent.filter(([, kept]) => kept), [["o11", true]]);
});

test("the status names the step's equation with its numbers", () => {
  assert.equal(text(initial), "c₃ = f c₂ + i g = 1.00 × 0.00 + 1.00 × 0.90 = 0.90, and h₃ = o tanh(c₃) = 0.00 × 0.72 = 0.00.");
  const told = { ...initial, step: 1, c0: -0.5, i: initial.i.with(0, 0.2), g: initial.g.with(0, -1), o: all(1) };
  assert.equal(text(told), "c₁ = f c₀ + i g = 1.00 × (−0.50) + 0.20 × (−1.00) = −0.70, and h₁ = o tanh(c₁) = 1.00 × (−0.60) = −0.60.");
  assert.match(text({ ...initial, step: 12 }), /^c₁₂ = f c₁₁ \+ .*, and h₁₂ = o tanh\(c₁₂\)/);
  assert.match(text({ ...initial, clamp: "f=0" }), /= 0\.00 × 0\.00 \+/);
});

test("the summary says what is seen", () => {
  assert.equal(summary(initial), "Something lies on the belt at steps 3 to 12; h speaks at step 11.");
  assert.equal(summary({ ...initial, clamp: "i=0" }), "i is held at 0 at all steps. Something lies on the belt at no step; h speaks at no step.");
});

test("steps are written as people write them", () => {
  assert.deepEqual([[], [11], [3, 4], [3, 4, 5, 11], [1, 3, 5]].map(spans), ["no step", "step 11", "steps 3 and 4", "steps 3 to 5 and 11", "steps 1, 3 and 5"]);
  assert.equal(low(10), "₁₀");
});

test("the axis reaches as far as it must and no further", () => {
  assert.deepEqual([0, 1, 1.01, -1.6, 3.5, 13].map((x) => reach([0, x])), [1, 1, 1.5, 2, 4, 16]);
});

test("a wide drawing writes every number, a narrow one neither repeats nor crowds", () => {
  assert.deepEqual(captions([0, 0.9, 0.9, -0.25], 2, true), ["", "0.90", "0.90", "−0.25"]);
  assert.deepEqual(captions([0, 0.9, 0.9, 0.9, 0.5], 3, false), ["", "0.9", "", "0.9", "0.5"]);
  assert.deepEqual(captions([-1, -2, -3, -4, -5, -6, -11], 4, false), ["−1.0", "", "−3.0", "", "−5.0", "", "−11"]);
  assert.deepEqual(captions([0, -2, -3], 2, false), ["", "", "−3.0"]);
});
