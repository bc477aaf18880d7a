import assert from "node:assert/strict";
import test from "node:test";

import { initial } from "../../book/_static/live/reader.mjs";
import { leaveEachOut } from "../../book/_static/live/reader-leaving.mjs";
import { CLAMPS, memory, run, runBag } from "../../book/_static/live/reader-model.mjs";
import { aboutWord, answer, bagAnswer, searching } from "../../book/_static/live/reader-says.mjs";
import { begin, derive } from "../../book/_static/live/reader-state.mjs";
import { SORTS } from "../../book/_static/live/reader-units.mjs";
import { dice, network, real } from "./reader-network.mjs";

const FILM = "The film was terrible, but the acting was good!";
const TEXTS = [FILM, "the film was wonderful, but the acting was good!", "good zxcv", "zxcv asdf", "...", "", "It is not so bad. ".repeat(20)];
const MODEL = network();

const state = (change = {}) => ({ ...begin(MODEL, 640, { ...initial, text: FILM, unit: 3 }), ...change });

/** Return what is shown, without the memory of how it was made. */
const shown = ({ made, ...derived }) => derived;

/** Return the logit without each of the words of a state. */
function found(of) {
  const { ids, into } = derive(of);
  const rest = new Float64Array(ids.length);
  for (const _ of leaveEachOut(of.network, ids, into, rest));
  return rest;
}

/** Return states as a reader might walk through them: one thing changes at a time. */
function walk(steps) {
  const roll = dice(7);
  const pick = (list) => list[Math.floor(((roll() + 1) / 2) * list.length)];
  const changes = [
    (now) => ({ text: pick(TEXTS), found: null, searched: null, earlier: pick([null, derive(now).reading]), seen: pick([[], [derive(now).reading]]) }),
    () => ({ word: pick([0, 1, 4, 11, 80]) }),
    () => ({ unit: pick([0, 3, 6]) }),
    () => ({ clamp: pick(Object.keys(CLAMPS)) }),
    () => ({ sort: pick(Object.keys(SORTS)) }),
    (now) => ({ found: found(now), searched: null }),
    () => ({ searched: pick([null, 2]) }),
  ];
  const states = [state()];
  while (states.length < steps) states.push({ ...states.at(-1), ...pick(changes)(states.at(-1)) });
  return states;
}

test("the same state gives the same, and deriving changes nothing in it", () => {
  for (const now of walk(40)) {
    const { network, ...rest } = now;
    const before = structuredClone(rest);
    assert.deepEqual(shown(derive(Object.freeze(now))), shown(derive({ ...now })));
    assert.deepEqual(rest, before);
  }
});

test("what was derived before only saves time, wherever the reader came from", () => {
  let before = null;
  for (const now of walk(300)) {
    const derived = derive(now, before);
    assert.deepEqual(shown(derived), shown(derive(now)));
    before = derived;
  }
});

test("another word, unit, order or gate is no reason to read the text again", () => {
  const before = derive(state());
  for (const change of [{ word: 7 }, { unit: 5 }, { sort: "number" }, { clamp: "f = 1" }, { searched: 3 }])
    assert.equal(derive(state(change), before).reading, before.reading);
  assert.notEqual(derive(state({ text: "good" }), before).reading, before.reading);
});

test("units sorted by the whole text keep their order from word to word, others do not", () => {
  const order = (sort) => {
    const before = derive(state({ sort, word: 1 }));
    return [before.order, derive(state({ sort, word: 7 }), before).order];
  };
  const [one, other] = order("verdict");
  assert.equal(one, other);
  const [here, there] = order("change");
  assert.notDeepEqual(here, there);
});

test("the word looked at is one of the text, as near as can be to the one asked for", () => {
  const at = (text, word) => derive(state({ text, word })).at;
  assert.deepEqual([-1, 0, 3, 8, 10, 99].map((word) => at(FILM, word)), [0, 0, 3, 8, 10, 10]);
  assert.equal(at("", 5), 0);
});

test("the gates are shown of the run with the gate held, where one is held", () => {
  const { ids, held, shown, into } = derive(state({ clamp: "f = 0" }));
  const other = memory(MODEL, ids.length);
  run(MODEL, ids, other, CLAMPS["f = 0"]);
  assert.deepEqual(shown, other);
  assert.equal(shown, held);
  const free = derive(state());
  assert.equal(free.shown, free.into);
  assert.notDeepEqual(shown, into);
});

test("a text without a known word has words and no answer", () => {
  for (const text of ["zxcv asdf", "...", ""]) {
    const none = state({ text, clamp: "f = 1", found: new Float64Array(0) });
    const derived = derive(none);
    assert.deepEqual([derived.tokens, derived.held, derived.moved, derived.most], [[], null, null, null]);
    assert.ok(derived.order.every(({ value }) => !Number.isNaN(value)));
    assert.equal(aboutWord(none, derived), "");
    assert.equal(answer(none, derived).word, undefined);
  }
  assert.deepEqual(derive(state({ text: "zxcv asdf" })).written, ["zxcv", "asdf"]);
});

test("a word moves the answer by what the text without it would have less", () => {
  const now = state();
  const rest = found(now);
  const { moved, most, into, tokens } = derive({ ...now, found: rest });
  const whole = into.logit[tokens.length - 1];
  moved.forEach((move, t) => assert.equal(move, whole - rest[t]));
  assert.equal(Math.abs(moved[most]), Math.max(...moved.map(Math.abs)));
  assert.equal(derive(now).moved, null, "before it is found");
});

test("without its only known word a text has no answer, and this word is the one that moves most", () => {
  const now = state({ text: "zxcv good !" });
  const { rest, moved, most, tokens } = derive({ ...now, found: found(now) });
  assert.equal(tokens[most], "good");
  assert.ok(Number.isNaN(rest[most]));
  assert.equal(moved[most], 0);
  const twice = state({ text: "zxcv good good" });
  assert.ok(derive({ ...twice, found: found(twice) }).rest.every(Number.isFinite), "the other one is left");
});

test("the words of before an edit have their places in the text of now", () => {
  const earlier = derive(state()).reading;
  const edited = state({ text: FILM.replace("terrible", "so very terrible"), earlier });
  assert.deepEqual(derive(edited).where.slice(0, 5), [0, 1, 2, 5, 6]);
  assert.equal(derive(state({ text: "good", earlier })).where, null);
  assert.equal(derive(state()).where, null);
});

test("each thing that happens has its sentence in the answer", () => {
  const model = real();
  const base = begin(model, 640, initial);
  const told = (change) => {
    const now = { ...base, ...change };
    const { word, told } = answer(now, derive(now));
    return (word ?? "") + told;
  };
  const [, first] = told({}).match(/^Negative: the probability that it is positive is (0\.\d\d), after 12 tokens\.$/);
  assert.match(told({ found: found(base) }), /“terrible” moves it most: without it, 0\.\d\d\.$/);
  const edited = told({ earlier: derive(base).reading, text: initial.text.replace("terrible", "wonderful") });
  assert.match(edited, new RegExp(`^Positive.*Before this edit: ${first}\\.$`));
  assert.match(told({ clamp: "f = 1" }), /With f = 1 in all units it would be (less than |more than )?\d\.\d\d\.$/);
  assert.match(told({ text: "Zxcv, Qwer, yxcvb, and hjkl: wonderful" }), /Unknown to it: “zxcv”, “qwer”, “yxcvb” and 1 more\.$/);
  assert.match(told({ text: "wonderful" }), /after 1 token\. It has only 1 word to go by/);
  assert.match(told({ text: "good ".repeat(9) }), /It has only 1 word to go by: give/);
  assert.match(told({ text: "good film ".repeat(300) }), /Of 600 tokens it reads the first 200 and the last 200\.$/);
  assert.match(told({ text: model.hardest[0].text }), /The label of this review says: (praise|blame)\./);
  assert.match(told({ text: " " }), /^Type a few words/);
  assert.match(told({ text: "zxcv" }), /^No answer/);
});

/** Return what is said of a bag that answers `q` where the network answers `p`, of two words, one of which tells it something. */
function beside(p, q, { twin = null, ids = [2, 3] } = {}) {
  const logit = (one) => Math.log(one / (1 - one));
  const reading = (answer) => ({ ids, tokens: [...ids], into: { logit: ids.map(() => logit(answer)) } });
  const network = { bag: { weights: [0, 0, 9, 120, -11], scale: 0.01, bias: 0.4 } };
  return bagAnswer({ network }, { ...reading(p), bag: ids.map(() => logit(q)), twin: twin && reading(twin) });
}

test("the bag's answer stands beside the network's, and leads with it where the two disagree", () => {
  const calm = { apart: false, lead: "", told: "A bag of the same words says 0.81: it does not know their order." };
  assert.deepEqual(beside(0.97, 0.81), calm);
  assert.deepEqual(beside(0.02, 0.81), { ...calm, apart: true, lead: "The two disagree. " });
  assert.ok(beside(0.7, 0.2).apart);
  assert.ok(!beside(0.45, 0.7).apart && !beside(0.7, 0.45).apart && !beside(0.45, 0.55).apart, "one is undecided");
  assert.ok(!beside(0.65, 0.7).apart, "on one side");
  const { told } = beside(0.02, 0.81, { twin: 0.9 });
  assert.equal(told, "A bag of the same words says 0.81, as it did when they stood in another order. The network said 0.90 then.");
  assert.equal(beside(0.3, 0.81, { ids: [3] }).told, "A bag of the same word says 0.81.");
  assert.equal(beside(0.3, 0.6, { ids: [2, 2] }).told, "A bag of the same words says 0.60, as of no word at all: none of these tells it anything.");
  assert.match(beside(0.3, 0.6, { ids: [2, 4] }).told, /it does not know their order/);
  const none = state({ text: "zxcv" });
  assert.deepEqual(bagAnswer(none, derive(none)), { apart: false, lead: "", told: "" });
});

test("the bag reads the words of the text, and the same words are found again in another order", () => {
  const TURNED = "But the acting was good, the film was terrible!";
  const now = state({ text: TURNED, seen: [derive(state({ text: TURNED })).reading, derive(state({ text: "good" })).reading] });
  assert.equal(derive(now).twin, null);
  const seen = [...now.seen, derive(state()).reading];
  const { ids, bag, twin } = derive({ ...now, seen });
  assert.equal(twin, seen[2]);
  assert.deepEqual(bag, runBag(MODEL, ids));
  assert.ok(Math.abs(bag.at(-1) - derive(state()).bag.at(-1)) < 1e-12);
  assert.equal(derive(state({ text: "", seen })).twin, null);
});

test("how far the search has come is said in per cent, and only while it lasts", () => {
  const told = (searched) => searching({ searched }, { ids: { length: 400 } });
  assert.match(told(100), /: 25 % …$/);
  assert.equal(told(null), "");
});
