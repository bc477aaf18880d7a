import assert from "node:assert/strict";
import test from "node:test";

import { embedded, heard, HEARD, initial, ink, loud, LOUD, MOST, NETWORK, networks, norm, product, reached, relative, seedOf, share, spectralRadius, told, withRadius, words } from "../../book/_static/live/front.mjs";
import { withForgetBias } from "../../book/_static/live/network.mjs";
import { near } from "./near.mjs";

const made = networks(NETWORK);
const texts = words(initial.sentence);
const at = (moved) => reached(texts, made, { ...initial, ...moved });

test("words stand between spaces, and no more than are read", () => {
  assert.deepEqual(words("  It \t was\ngood,   good. "), ["It", "was", "good,", "good."]);
  assert.deepEqual(words("   "), []);
  assert.equal(words("word ".repeat(MOST + 5)).length, MOST);
  assert.ok(texts.length < MOST);
});

test("a word always has the same vector, another word another", () => {
  assert.equal(seedOf(""), 0x811c9dc5);
  assert.equal(seedOf("a"), 0xe40c292c); // as FNV-1a is published
  assert.deepEqual(embedded("film", 8), embedded("film", 8));
  assert.notDeepEqual(embedded("film", 8), embedded("Film", 8));
  const many = Array.from({ length: 400 }, (_, k) => embedded(`word ${k}`, 8)).flat();
  near(many.reduce((a, b) => a + b) / many.length, 0, 0.05);
  near(many.reduce((a, b) => a + b * b) / many.length, 1, 0.06);
});

test("weights begin as PyTorch's do; the forget bias is a sum", () => {
  const { units } = NETWORK;
  assert.ok([made.lstm, made.rnn].every((p) => [...p.weight_hh.flat(), ...p.weight_ih.flat(), ...p.bias_hh].every((w) => Math.abs(w) <= 1 / Math.sqrt(units))));
  const { bias_ih, bias_hh } = withForgetBias(made.lstm, 3);
  for (let k = 0; k < 4 * units; k++) {
    const forget = k >= units && k < 2 * units;
    assert.equal(bias_ih[k] + bias_hh[k], forget ? 3 : made.lstm.bias_ih[k] + made.lstm.bias_hh[k]);
  }
});

test("the spectral radius is the largest absolute eigenvalue, also of a rotation, and can be set", () => {
  near(spectralRadius([[3, 1], [0, -4]]), 4);
  near(spectralRadius([[0.6, -0.8], [0.8, 0.6]]), 1);
  near(spectralRadius(withRadius(made.rnn, 0.7).weight_hh), 0.7);
});

test("products and norms", () => {
  assert.deepEqual(product([[1, 2]], [[3, 4, 5], [6, 7, 8]]), [[15, 18, 21]]);
  assert.equal(norm([[3, 0], [0, -4]]), 5);
  assert.deepEqual(relative([1, 8, 4]), [0.25, 2, 1]);
});

test("the last word has full ink, no word more, and a tenth is heard", () => {
  const { rnn, lstm } = at({});
  assert.equal(rnn.length, texts.length);
  assert.equal(rnn.at(-1), 1);
  assert.equal(lstm.at(-1), 1);
  assert.deepEqual([0.2, 1, 7].map(ink), [0.2, 1, 1]);
  assert.equal(heard([7, HEARD, 0.099, 1]), 3);
});

test("as the figure begins, the RNN hears the last few words only, the LSTM the second half", () => {
  const { rnn, lstm } = at({});
  assert.ok(heard(rnn) <= 4 && rnn.slice(0, -4).every((part) => part < HEARD));
  assert.ok(lstm.slice(texts.length / 2).every((part) => part >= HEARD));
  assert.ok(lstm[0] < HEARD && lstm[0] > 1000 * rnn[0]);
});

test("an open forget gate brings the beginning back, a shut one is as deaf as the RNN", () => {
  let before = 0;
  for (let bias = -2; bias <= 6; bias += 0.5) {
    const first = at({ bias }).lstm[0];
    assert.ok(first > before, `bias ${bias}`);
    before = first;
  }
  assert.equal(heard(at({ bias: 3 }).lstm), texts.length);
  assert.ok(heard(at({ bias: -1 }).lstm) <= heard(at({}).rnn));
});

test("larger weights let the RNN hear further, until its first words drown the last", () => {
  assert.ok(heard(at({ radius: 1.2 }).rnn) > 2 * heard(at({}).rnn));
  assert.ok(at({ radius: 2 }).rnn[0] > 5);
  const still = at({ radius: 0 }).rnn;
  assert.ok(still.slice(0, -1).every((part) => part === 0), "without recurrent weights nothing of the past arrives");
});

test("exploding is told as exploding, and never as hearing all", () => {
  assert.equal(LOUD, 2);
  assert.equal(loud([2, 2.1, 7, 1]), 2);
  assert.equal(loud(at({}).rnn) + loud(at({}).lstm), 0);
  const much = at({ radius: 2 });
  assert.ok(loud(much.rnn) > texts.length / 2);
  const said = told(much);
  assert.match(said, /^The plain RNN explodes: \d+ of 26 words get over twice what the last word gets, up to 12 times as much\./);
  assert.doesNotMatch(said, /RNN still hears|Both networks/);
  assert.match(said, /The LSTM still hears 14 of 26 words; the first gets 3\.6\u00a0% of what the last gets\.$/);
  for (let bias = -2; bias <= 6; bias += 0.5) assert.equal(loud(at({ bias }).lstm), 0, `bias ${bias}`);
});

test("in words: an LSTM that explodes is told so too", () => {
  assert.equal(
    told({ rnn: [0.3, 1], lstm: [3000, 1] }),
    "The plain RNN still hears all 2 words; the first gets 30\u00a0% of what the last gets. The LSTM explodes: 1 of 2 words get over twice what the last word gets, up to over a thousand times as much.",
  );
});

test("the words say how many are heard and what the first gets", () => {
  const nbsp = "\u00a0";
  assert.equal(
    told({ rnn: [2e-7, 0.05, 0.3, 1], lstm: [0.162, 0.3, 0.8, 1] }),
    `The plain RNN still hears 2 of 4 words, the LSTM all 4. In the RNN the first word gets less than a millionth of what the last word gets, in the LSTM 16${nbsp}%.`,
  );
  assert.equal(
    told({ rnn: [1.4, 2, 1], lstm: [1.001, 0.05, 1] }),
    "The plain RNN still hears all 3 words, the LSTM 2. In the RNN the first word gets 1.4 times what the last word gets, in the LSTM just as much.",
  );
  assert.match(told({ rnn: [0.1, 1], lstm: [0.3, 1] }), /^Both networks still hear all 2 words\. In the RNN/);
  assert.match(told({ rnn: [], lstm: [] }), /no word/);
  assert.match(told({ rnn: [1], lstm: [1] }), /^One word/);
});

test("shares are written as people write them", () => {
  const nbsp = "\u00a0";
  const parts = [0, 5e-8, 5e-5, 0.0012, 0.0361, 0.5, 1, 1.26, 5000];
  assert.deepEqual(
    parts.map((part) => share(part)),
    ["less than a billionth", "less than a millionth", "less than a thousandth", `0.1${nbsp}%`, `3.6${nbsp}%`, `50${nbsp}%`, "just as much", "1.3 times as much", "over a thousand times as much"],
  );
});
