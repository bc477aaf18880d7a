// The course's own sentiment model, read from one file and run here: every gate of every word.
import { html, open, room } from "./kit.mjs";
import { inSlices, leaveEachOut } from "./reader-leaving.mjs";
import { loading } from "./model-loading.mjs";
import { readModel } from "./reader-model.mjs";
import { begin, derive, nearest } from "./reader-state.mjs";
import { places } from "./reader-text.mjs";
import { build, draw } from "./reader-view.mjs";

const NAME = "reader";
const SEEN = 40; // readings that are remembered, to find one of the same words in another order
const TYPING = 1500; // ms without a key until the next key begins a new edit

export const initial = { "text": "This film was terrible, but the special effects were good.", "clamp": "none", "word": 3, "unit": 8, "sort": "verdict" };

/** Build the figure of a network that is there; return how to take it down. */
function read(network, { model, el, figure, controls, card }) {
  const keys = Object.keys(initial);
  const state = begin(network, room(el), Object.fromEntries(keys.map((key) => [key, model.get(key)])));
  const waiting = { key: 0, search: () => {} }; // how to end what is to come: a pause in typing, a search
  let derived = derive(state);

  /** Change the state, and show what follows. */
  function update(change) {
    Object.assign(state, change);
    derived = derive(state, derived);
    draw(view, state, derived);
  }

  const set = (text) => {
    clearTimeout(waiting.key);
    if (text !== state.text) controls.put("text", text);
  };
  const act = {
    put: controls.put,
    choose: (at) => derived.ids.length && controls.put("word", nearest(at, derived.ids.length)),
    /** Take over a text, whole. */
    write(text) {
      view.area.value = text;
      update({ fresh: true });
      set(text);
    },
    /** Take over what is typed, once the keys pause. */
    type(text) {
      const now = performance.now();
      update({ fresh: state.fresh || now - state.typed > TYPING, typed: now });
      clearTimeout(waiting.key);
      waiting.key = setTimeout(set, 150, text);
    },
  };
  const view = build(figure, controls, () => [state, derived], act, card);

  /** Read the text that is there now, and search for the word that moves the answer most. */
  function readAnew() {
    const [before, word] = [derived, state.word];
    const earlier = state.fresh && before.ids.length ? before.reading : state.earlier;
    waiting.search();
    const seen = [before.reading, ...state.seen].slice(0, SEEN);
    update({ text: model.get("text"), earlier, seen, fresh: false, found: null, searched: null });
    const found = new Float64Array(derived.ids.length);
    const done = () => {
      update({ found, searched: null });
      // Another text altogether: show the word that moves it most, if the reader has not chosen one.
      const another = before.ids.length && !places(before.tokens, derived.tokens);
      if (another && state.word === word) act.choose(derived.most);
    };
    const work = leaveEachOut(network, derived.ids, derived.into, found);
    waiting.search = inSlices(work, { pause: (k) => update({ searched: k }), done });
  }

  controls.follow(["text"], readAnew);
  for (const key of keys.filter((key) => key !== "text")) controls.follow([key], () => update({ [key]: model.get(key) }));
  return () => (waiting.search(), clearTimeout(waiting.key));
}

const PROMISE =
  "An LSTM, trained by this course on film reviews. It reads what you type, here in your browser; " +
  "nothing that you write leaves this page.";

function render({ model, el }) {
  const controls = open(model, NAME);
  const figure = html("div", { class: "live-figure live-reader" });
  el.append(figure);
  const begin = (network) => {
    const card = el.closest("[data-card]")?.dataset.card ?? new URL("../../sentiment/shipping.html#a-model-card", import.meta.url).href;
    return read(network, { model, el, figure, controls, card });
  };
  const stop = loading(figure, controls, { file: "reader.bin", megabytes: 1, promise: PROMISE, read: readModel, begin });
  return () => (stop(), controls.close());
}

export default { render };
