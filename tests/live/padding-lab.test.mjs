import assert from "node:assert/strict";
import test from "node:test";

import {
  answer, CHANGES, distance, drawing, hears, MOST, moves, NAMES, NETWORK, number, outputs, padded, readAll, REVIEW, sentence, tape, untrained, wordsWith,
} from "../../book/_static/live/padding-lab.mjs";

const HEARS_PADDING = ["pre-pad, last step", "post-pad, last step", "both ways, masked"];
const AMOUNTS = [1, 3, 12, MOST];

test("a changed word stands in its place and the others stay", () => {
  for (const [name, { place, word }] of Object.entries(CHANGES)) {
    const words = wordsWith(name);
    assert.deepEqual(words.filter((w, k) => w !== REVIEW[k]), [word]);
    assert.equal(words[place], word);
  }
  assert.deepEqual(wordsWith("none"), REVIEW);
});

test("padding moves three read-outs, whatever the words and the network", () => {
  for (const seed of [1860, 5, 77])
    for (const change of ["none", ...Object.keys(CHANGES)])
      for (const k of AMOUNTS) {
        const net = untrained(seed);
        const read = (name, steps) => answer(name, padded(wordsWith(change), steps, net), REVIEW.length, net);
        assert.deepEqual(NAMES.filter((name) => moves(read(name, k) - read(name, 0))), HEARS_PADDING);
      }
});

test("in the figure's network a right read-out clearly hears each changed word", () => {
  const right = ["packed", "masked mean", "masked max", "both ways, packed"];
  for (const change of Object.keys(CHANGES))
    for (const k of [0, ...AMOUNTS])
      for (const row of readAll(change, k)) if (right.includes(row.name)) assert.ok(hears(row.byWord), `${change}, ${row.name}`);
});

test("much padding drowns the words, and the backward half hears only the last one", () => {
  const at = (change, name) => readAll(change, MOST).find((row) => row.name === name).byWord;
  for (const change of Object.keys(CHANGES)) assert.ok(Math.abs(at(change, "post-pad, last step")) < 0.01, change);
  assert.deepEqual(["first", "middle", "last"].map((change) => moves(at(change, "backward, last token"))), [false, false, true]);
});

test("an answer moves with a step of its tape if and only if it hears that step", () => {
  const draw = drawing(3);
  const net = untrained(11);
  for (const name of NAMES)
    for (const [words, padding] of [[5, 4], [3, 0], [1, 6]]) {
      const x = Array.from({ length: words + padding }, () => [draw(), draw(), draw()]);
      const base = answer(name, x, words, net);
      const told = tape(name, words, padding);
      const front = name.startsWith("pre-pad") ? padding : 0; // there the padding stands in front of the words
      x.forEach((_, k) => {
        const place = k < words ? front + k : front ? k - words : k;
        const other = Array.from({ length: 20 }, () => x.map((x_t, t) => (t === k ? [9 * draw(), 9 * draw(), 9 * draw()] : x_t)));
        const heard = other.some((y) => answer(name, y, words, net) !== base);
        assert.deepEqual(told[place], { word: k < words, heard }, `${name}, step ${k}`);
      });
    }
});

test("states read step by step are those of the whole, and inputs are not changed", () => {
  const x = padded(REVIEW, 2);
  const copy = structuredClone(x);
  const whole = outputs(x, NETWORK);
  assert.deepEqual(outputs(x.slice(0, 4), NETWORK), whole.slice(0, 4));
  for (const name of NAMES) answer(name, x, REVIEW.length, NETWORK);
  assert.deepEqual(x, copy);
});

test("every answer stays on the scale that is drawn", () => {
  for (const change of ["none", ...Object.keys(CHANGES)])
    for (let k = 0; k <= MOST; k++)
      for (const { now, bare, before } of readAll(change, k)) assert.ok(Math.min(now, bare, before) > -1.05 && Math.max(now, bare, before) < 1.25);
});

test("numbers and sentences are written as people write them", () => {
  assert.deepEqual([-0.5, -0.001, 1.234].map(number), ["−0.50", "0.00", "1.23"]);
  assert.deepEqual([0, 0.004, -0.004, 0.3, -0.3].map(distance), ["0", "< 0.01", "< 0.01", "+0.30", "−0.30"]);
  assert.equal(sentence("none", 0), "Without padding every dot stands in its ring.");
  assert.match(sentence("none", 1), /^1 step of padding moves 3 of 8 read-outs, “post-pad, last step” most: from −0\.52 to −0\.11\.$/);
  assert.match(sentence("first", MOST), /“wonderful” for “terrible” clearly moves all but “post-pad, last step” and “backward, last token”\.$/);
  assert.match(sentence("last", 0), /“!” for “\.” clearly moves all 8\.$/);
});
