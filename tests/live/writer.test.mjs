import assert from "node:assert/strict";
import test from "node:test";

import { source } from "../../book/_static/live/network.mjs";
import { initial } from "../../book/_static/live/writer.mjs";
import { chosen, logits, openness, ranked, readAll, readOn, reading, shares } from "../../book/_static/live/writer-model.mjs";
import { about, heat, next, percent, told, top, unread, wrote } from "../../book/_static/live/writer-says.mjs";
import { MOST, begin, beginningText, choice, full, rows, set, write, writer, written, writtenText } from "../../book/_static/live/writer-state.mjs";
import { decoded, encoded, named, quoted } from "../../book/_static/live/writer-text.mjs";
import { close, near } from "./near.mjs";
import { ALPHABET, network } from "./writer-network.mjs";

const SETTINGS = { text: "Tab ", temperature: 0.9, topP: 0.9, seed: 3 };
const settled = (moved = {}) => writer(network(), { ...SETTINGS, ...moved });

function go(state, characters) {
  for (let k = 0; k < characters; k++) write(state);
  return writtenText(state);
}

test("a text that changes is read as if it were read anew", () => {
  const model = network();
  const read = reading(model, 30);
  const texts = ["abcde abcde", "abcde abcda", "abc", "", "eabc", "a".repeat(40)];
  for (const text of texts) {
    const { ids } = encoded(model, text);
    readAll(model, read, ids);
    const fresh = reading(model, 30);
    for (const id of ids.slice(0, 30)) readOn(model, fresh, id);
    assert.equal(read.length, Math.min(ids.length, 30));
    assert.deepEqual(logits(model, read), logits(model, fresh));
  }
});

test("shares: the softmax, its power by the temperature, the fewest that reach top-p", () => {
  const p = [0.1, 0.4, 0.15, 0.05, 0.3];
  const scores = p.map((share) => Math.log(share) + 3);
  shares(scores).forEach((share, k) => close(share, p[k]));
  const powers = p.map((share) => share ** (1 / 0.4));
  const sum = powers.reduce((a, b) => a + b);
  shares(scores, 0.4).forEach((share, k) => close(share, powers[k] / sum));
  assert.deepEqual([...shares(scores, 0)], [0, 1, 0, 0, 0]);
  shares(scores, 1, 0.7).forEach((share, k) => close(share, [0, 4 / 7, 0, 0, 3 / 7][k]));
  const kept = [0.01, 0.41, 0.71, 0.86, 1].map((topP) => shares(scores, 1, topP).filter((share) => share > 0).length);
  assert.deepEqual(kept, [1, 2, 3, 4, 5]);
  assert.equal(shares([0, ...Array(60).fill(-45)]).filter((share) => share > 0).length, 61, "at 1 nothing is cut");
  assert.deepEqual([...shares([1e4, -1e4, 1e4])], [0.5, 0, 0.5], "nothing overflows");
});

test("a draw takes each as often as its share says, and never what has none", () => {
  const found = Float64Array.from([0, 0.2, 0.5, 0, 0.3]);
  assert.deepEqual([0, 0.19, 0.21, 0.69, 0.71, 1 - 2 ** -53].map((number) => chosen(found, number)), [1, 1, 2, 2, 4, 4]);
  assert.equal(chosen([0.4, 0.6, 0], 1), 1);
  assert.deepEqual(ranked([1, 3, 3, 2]), [1, 2, 3, 0]);
  const [draw, times] = [source(5), [0, 0, 0, 0, 0]];
  for (let k = 0; k < 20_000; k++) times[chosen(found, draw())]++;
  times.forEach((many, k) => close(many / 20_000, found[k], 0.012));
});

test("openness counts equally probable ones", () => {
  near(openness([0.25, 0.25, 0, 0.25, 0.25]), 4);
  near(openness([1, 0]), 1);
  assert.ok(openness([0.9, 0.1]) < 2);
});

test("the same beginning, seed and settings write the same; another seed does not", () => {
  const text = go(settled(), 80);
  assert.equal(text.length, 80);
  assert.equal(go(settled(), 80), text);
  assert.notEqual(go(settled({ seed: 4 }), 80), text);
  assert.notDeepEqual(settled({ text: "bade" }).drawn, settled().drawn);
  const state = settled();
  assert.equal(go(state, 30) && go(state, 50), text, "a pause changes nothing");
  begin(state, SETTINGS);
  assert.equal(written(state), 0);
  assert.equal(go(state, 80), text, "nor does another try");
});

test("at a temperature of 0 every seed writes the likeliest", () => {
  assert.equal(go(settled({ temperature: 0 }), 40), go(settled({ temperature: 0, seed: 9 }), 40));
  const state = settled({ temperature: 0 });
  for (let k = 0; k < 10; k++) {
    const { top } = rows(state, 1);
    assert.equal(state.model.tokens[write(state)], top[0].character);
  }
});

test("another temperature keeps what is written, and says that a seed alone does not repeat it", () => {
  const state = settled();
  const text = go(state, 20);
  assert.match(wrote(state), /^20 characters written\. Seed 3 and these settings write the same again\.$/);
  set(state, { ...SETTINGS, seed: 3 });
  assert.equal(state.steady, true, "nothing has moved");
  set(state, { ...SETTINGS, temperature: 0.1 });
  assert.equal(writtenText(state), text);
  assert.match(wrote(state), /have been moved/);
  begin(state, { ...SETTINGS, temperature: 0.1 });
  set(state, { ...SETTINGS, temperature: 0.2 });
  write(state);
  assert.match(wrote(state), /^1 character written\. Seed 3/);
});

test("a page is full at last, and a beginning has an end", () => {
  const state = settled({ text: "a".repeat(MOST.beginning + 3) });
  assert.equal(beginningText(state), "a".repeat(MOST.beginning));
  assert.match(unread(state), /^Of the beginning it reads 1000 characters\.$/);
  go(state, MOST.written - 1);
  assert.equal(full(state), false);
  write(state);
  assert.equal(full(state), true);
  assert.match(wrote(state), /holds no more than 600/);
  assert.equal(written(state), MOST.written);
});

test("the rows are the model's most probable, with both shares, and the others' sum", () => {
  const state = settled({ temperature: 0.6, topP: 0.7 });
  const { top, others } = rows(state, 5);
  assert.deepEqual(top.map(({ own }) => own), [...state.own].sort((a, b) => b - a).slice(0, 5));
  for (const { character, own, drawn } of top) {
    const k = ALPHABET.indexOf(character);
    assert.deepEqual([own, drawn], [state.own[k], state.drawn[k]]);
  }
  assert.equal(others.count, ALPHABET.length - 5);
  near(others.own + top.reduce((sum, { own }) => sum + own, 0), 1);
  near(others.drawn + top.reduce((sum, { drawn }) => sum + drawn, 0), 1);
});

test("less temperature and a smaller top-p leave less open", () => {
  const open = (moved) => choice(settled({ temperature: 1, topP: 1, ...moved }));
  assert.equal(open({}).possible, ALPHABET.length);
  assert.ok(open({ temperature: 0.3 }).open < open({}).open);
  assert.ok(open({ temperature: 2 }).open > open({}).open);
  assert.ok(open({ topP: 0.6 }).possible < ALPHABET.length);
  assert.deepEqual(open({ temperature: 0 }), { possible: 1, open: 1 });
});

test("a text is read in the alphabet's letters; what it lacks is left out and named", () => {
  const model = network();
  const read = (text) => decoded(model, encoded(model, text).ids);
  assert.equal(read("‘Tab’ — “abé”\r\nc\rd\te…"), "'Tab' -- \"abe\"\nc\nd e...");
  assert.equal(read("a\u0301\u00a0ÂB"), "a ", "no capital A, no B");
  assert.deepEqual(encoded(model, "aZ👍🏽Zbz").unknown, ["Z", "👍", "🏽", "z"]);
  assert.equal(read("aZ👍b"), "ab");
  assert.deepEqual(encoded(model, "").ids, []);
  assert.equal(encoded(network({ alphabet: ["\n", "a", "á", "’"] }), "á’a").ids.join(), "2,3,1", "what it has, it keeps");
});

test("characters that cannot be seen have names", () => {
  assert.deepEqual(["\n", " ", "a"].map(named), ["new line", "space", "a"]);
  assert.deepEqual(["\n", " ", "a"].map(quoted), ["a new line", "a space", "“a”"]);
});

test("what is said follows from what is there", () => {
  const state = settled({ temperature: 1, topP: 1 });
  assert.match(next(state), /^Next: .+ \d+\u00a0%, .+ \d+\u00a0%, .+ \d+\u00a0%\. It is as undecided as among \d+\.\d equally likely characters; 14 can come\.$/);
  assert.match(next(settled({ temperature: 0 })), /^Next comes .+: nothing else is left to draw\.$/);
  assert.equal(told(state, true), "It writes. Escape, or the button, stops it.");
  assert.equal(told(state, false), next(state));
  assert.match(told(settled({ text: "aZ👍b" }), false), /^It knows no “Z” and “👍” and reads on without\. Next: /);
  assert.deepEqual([0, 1, 0.004, 0.996, 0.005, 0.437].map(percent), ["0", "100", "<1", ">99", "1", "44"].map((number) => `${number}\u00a0%`));
  assert.deepEqual([0, 0.8, 1].map(heat), ["0: always the likeliest", "0.80", "1.00: as the model has it"]);
  assert.deepEqual([0.5, 1].map(top), ["0.50", "1.00: nothing cut"]);
  assert.equal(about({ header: {} }), "");
  assert.match(about({ header: { trained: { characters: 4_665_105, bits: 2.123 } } }), /4\.7 million .* 2\.12 bits/);
});

test("it begins with settings that a slider can have", () => {
  assert.deepEqual(Object.keys(initial), ["text", "temperature", "topP", "seed"]);
  for (const share of [initial.temperature, initial.topP]) close(20 * share, Math.round(20 * share));
});
