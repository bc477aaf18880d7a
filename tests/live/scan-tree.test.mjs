import assert from "node:assert/strict";
import test from "node:test";

import {
  INPUTS, LENGTHS, brief, combine, cost, equation, finished, first, initial, loop, plain, rounds, scan, tree, within, words,
} from "../../book/_static/live/scan-tree.mjs";
import { near } from "./near.mjs";

const gates = (steps) => initial.gates.slice(0, steps);
const inputs = (steps) => INPUTS.slice(0, steps);

test("in both ways the scan ends with the states of the loop, at lengths of all kinds", () => {
  for (const way of ["doubling", "pairs"])
    for (let steps = 1; steps <= 16; steps++) {
      const states = loop(gates(steps), inputs(steps), 0.7);
      const last = scan(gates(steps), inputs(steps), 0.7, way).at(-1);
      last.forEach(([, b], t) => near(b, states[t]));
    }
});

test("the order of two steps matters, the place of the brackets does not", () => {
  const [one, two, three] = [[0.5, 3], [0.25, 1], [0.5, -2]];
  assert.deepEqual(combine(one, two), [0.125, 1.75]);
  assert.notDeepEqual(combine(two, one), combine(one, two));
  assert.deepEqual(combine(combine(one, two), three), combine(one, combine(two, three)));
});

test("no box is written twice in a round, and doubling needs as many rounds as T has doublings", () => {
  for (const steps of [1, 2, 3, 4, 7, 8, 16, 33])
    for (const way of ["doubling", "pairs"])
      for (const pairs of rounds(steps, way)) assert.equal(new Set(pairs.map(([, right]) => right)).size, pairs.length);
  assert.deepEqual(LENGTHS.map((steps) => rounds(steps).length), [2, 3, 4]);
  assert.deepEqual(rounds(4), [[[0, 1], [1, 2], [2, 3]], [[0, 2], [1, 3]]]);
});

test("few rounds are paid for with multiplications", () => {
  assert.deepEqual(cost(8), { loop: { waits: 8, products: 8 }, doubling: { waits: 3, products: 34 }, pairs: { waits: 5, products: 22 } });
  for (const steps of LENGTHS) {
    const { doubling, pairs, loop: one } = cost(steps);
    assert.ok(doubling.waits <= pairs.waits && pairs.waits <= one.waits);
    assert.ok(doubling.products >= pairs.products && pairs.products >= one.products);
  }
});

test("what a state is made of are all steps up to its own, each once", () => {
  for (const steps of LENGTHS)
    for (let t = 1; t <= steps; t++) {
      const leaves = tree(steps, t).filter(([round]) => round === 0).map(([, step]) => step);
      assert.deepEqual(leaves.sort((a, b) => a - b), Array.from({ length: t }, (_, k) => k + 1));
    }
});

test("a box holds the last 1, 2, 4, ... steps, and is finished when these are all", () => {
  const steps = 16;
  const marked = (s) => scan(Array(steps).fill(1), Array.from({ length: steps }, (_, t) => (t === s ? 1 : 0)));
  for (let s = 0; s < steps; s++)
    marked(s).forEach((row, round) =>
      row.forEach(([, b], t) => assert.equal(b === 1, s <= t && s + 1 >= first(t + 1, round), `step ${s + 1} in box ${t + 1} after round ${round}`)),
    );
  assert.deepEqual([1, 2, 3, 4, 5, 8, 9, 16].map(finished), [0, 1, 2, 2, 3, 3, 4, 4]);
});

test("what was chosen beyond the last step is the last", () => {
  assert.deepEqual(within({ steps: "4", moment: 8, chosen: 6, gates: [] }), { steps: 4, moment: 4, chosen: 4, gates: [] });
  assert.deepEqual(within({ steps: 16, moment: 3, chosen: 6 }), { steps: 16, moment: 3, chosen: 6 });
});

test("numbers have as many digits as they need", () => {
  assert.deepEqual([0, 1, 10, 0.5, 0.054, 1 / 3, 0.00004, -2].map(plain), ["0", "1", "10", "0.5", "0.054", "0.333", "4 · 10^−5", "−2"]);
  assert.deepEqual([0, 1, 0.004, 0.005, 1.925].map(brief), ["0.00", "1.00", "<.01", "0.01", "1.93"]);
});

test("the words say what is drawn", () => {
  const rows = (steps) => scan(gates(steps), inputs(steps));
  const said = (state) => equation({ ...initial, ...state }, rows(state.steps ?? initial.steps));
  assert.equal(said({ moment: 0, chosen: 4 }), "Step 4 is the pair (a_4, b_4) = (0.8, 1): it keeps 0.8 of a state and adds 1.");
  assert.equal(
    said({ moment: 1, chosen: 6 }),
    "Box 6, round 1: step 5, (0.6, 0), and then step 6, (0.5, 0.5), in one: 0.5 · 0.6 = 0.3, and 0.5 · 0 + 0.5 = 0.5.",
  );
  assert.match(said({ moment: 2, chosen: 4 }), /round 2: steps 1 and 2, .* steps 3 and 4, .* = 1\.76, which is h_4\.$/);
  assert.match(said({ moment: 8, chosen: 8 }), /^Box 8, round 3: steps 1 to 4, .* steps 5 to 8, .* which is h_8\.$/);
  assert.equal(said({ moment: 3, chosen: 2 }), "h_2 = 0.9 stands since round 1.");
  assert.equal(said({ moment: 2, chosen: 1 }), "h_1 = 1 stands since the beginning.");
  assert.match(words({ steps: 8, moment: 0 }), /^Neither has begun\./);
  assert.equal(words({ steps: 8, moment: 1 }), "After 1 of 3 rounds the scan has h_1 and h_2; the loop has h_1.");
  assert.equal(words({ steps: 16, moment: 3 }), "After 3 of 4 rounds the scan has h_1 to h_8; the loop has h_1 to h_3.");
  assert.equal(
    words({ steps: 8, moment: 5 }),
    "The scan has all 8 states after 3 rounds and 34 multiplications. The loop has h_1 to h_5: 8 steps, 8 multiplications in all. " +
      "(Combined in pairs up a tree and down again: 5 rounds, 22.)",
  );
  assert.match(words({ steps: 4, moment: 4 }), /The loop has the same: 4 steps, 4 multiplications in all\./);
});
