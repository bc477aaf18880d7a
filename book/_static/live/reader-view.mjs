// The reader's figure on the page: its elements, and what is drawn into them.
import { html, newId, signed, svg } from "./kit.mjs";
import { CLAMPS } from "./reader-model.mjs";
import { cellAt, drawCursor, drawLines, drawUnits, wordAt } from "./reader-pictures.mjs";
import { aboutWord, answer, bagAnswer, grouped, judgedOn, place, searching } from "./reader-says.mjs";
import { nearest, shading } from "./reader-state.mjs";
import { sharedEnds } from "./reader-text.mjs";
import { SORTS } from "./reader-units.mjs";

const EXAMPLES = {
  "terrible, but good": "This film was terrible, but the special effects were good.",
  "good, but terrible": "The special effects were good, but this film was terrible.",
  "not good": "This is not a good film.",
  "not terrible": "This film was not terrible.",
  "fails at nothing": "It fails at nothing.",
  "irony": "Two hours of my life that I will never get back.",
  "others said": "Everyone told me this was wonderful. It is not.",
  "expected to hate": "I expected to hate it. I loved it.",
  "bad guys": "I loved the bad guys.",
  "a longer one":
    "I wanted to like this film. The first hour is dull: a grey town, a grey police officer, a case that nobody seems to care " +
    "about, and long silences that the director must have mistaken for depth. My neighbour fell asleep, and I was close to " +
    "leaving. I am glad that I did not. When the sister comes home the story finally wakes up, and every one of those silences " +
    "turns out to have had a reason. The last scene, with no music and hardly a word, is the best thing I have seen this year. " +
    "It could have been shorter, and the accents are a mess. But I walked home slowly, and I have thought of it every day since.",
};

const quiet = { "data-lm-suppress-shortcuts": "true" }; // JupyterLab keeps the arrow keys else

/** Return a list to choose from, with its label. */
function chooser(label, options, choose) {
  const id = newId("reader");
  const select = html("select", { id, change: () => choose(select.value) }, ...options);
  return { select, node: html("div", { class: "live-control live-reader-select" }, html("label", { for: id }, label), select) };
}

/** Put options into a list, [value, text] each, where it has others, and choose one. */
function fill(select, options, chosen) {
  if (options.some(([value, text], k) => select.options[k]?.value !== String(value) || select.options[k].text !== String(text)))
    select.replaceChildren(...options.map(([value, text]) => html("option", { value }, text)));
  select.value = chosen;
}

/** Return the list of real texts that the model judges wrong. */
function mistakes({ hardest, judged }, { write }) {
  const options = hardest.map(({ text, label }, k) => {
    const begins = text.split(/\s+/).slice(0, 6).join(" ");
    return html("option", { value: k }, `labelled ${label ? "praise" : "blame"}: ${begins} …`);
  });
  options.unshift(html("option", { value: "" }, "choose one …"));
  return chooser(`Its worst mistakes among the test ${judged[0]?.on ?? "texts"}`, options, (k) => k && write(hardest[+k].text));
}

/** Return the picture of the answer, in which a click chooses a word. */
function answerPicture(told, { choose }) {
  const [cursor, lines] = [svg("g"), svg("g")];
  const name = "The probability that the text is positive, after each of its words";
  const click = (event) => choose(wordAt(...told(), within(picture, told()[0].width, event).x));
  const picture = svg("svg", { role: "img", "aria-label": name, click }, cursor, lines);
  return { picture, cursor, lines };
}

/** Return the picture of the units, in which a click chooses a word and a unit. */
function unitsPicture(told, { choose, put }) {
  const name = "Above, the gates and the cell state of the chosen unit over the words; below, what each unit adds to the verdict";
  const click = (event) => {
    const { x, y } = within(units, told()[0].width, event);
    const found = cellAt(...told(), x, y);
    if (found?.unit !== undefined) put("unit", found.unit);
    if (found) choose(found.word);
  };
  const units = svg("svg", { role: "img", "aria-label": name, click });
  return { units };
}

/** Return where in a drawing so many units wide something happened. */
function within(drawing, width, { clientX, clientY }) {
  const box = drawing.getBoundingClientRect();
  return { x: ((clientX - box.left) / box.width) * width, y: ((clientY - box.top) / box.width) * width };
}

/** Return the line of words, in which a click or an arrow key chooses one. */
function lineOfWords(told, { choose }) {
  const named = { tabindex: 0, role: "group", "aria-label": "The words, shaded. Arrow keys choose one." };
  const words = html("p", { class: "live-reader-words", ...named });
  const spans = words.getElementsByTagName("span"); // one a token; the gap of a long text is none
  words.addEventListener("click", ({ target }) => target.matches("span") && choose([].indexOf.call(spans, target)));
  words.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(told()[1].at + by);
  });
  return { words, spans, gap: html("em", { class: "live-reader-gap" }) };
}

/** Return what stands under the figure: how good the model is, and where its larger sister is described. */
function aboutModel({ H, tokens }, card) {
  const judged = html("span", {});
  const sister = ["Its larger sister's ", html("a", { href: card }, "model card"), " says where such models fail, and what they must not be used for."];
  const size = `The network has ${H} units and knows ${grouped(tokens.length - 2)} tokens. `; // two stand for none and for unknown ones
  return { judged, node: html("p", { class: "live-reader-card" }, judged, " ", size, ...sister) };
}

function legend() {
  const inks = Object.entries({ praise: "it speaks for praise", blame: "for blame", unknown: "unknown word" });
  const named = inks.flatMap(([kind, text]) => [html("span", { class: kind }, text), " "]);
  return html("p", { class: "live-reader-legend" }, "Shaded by what leaving a word out would move, on one scale for all texts: ", ...named);
}

/**
 * Put the figure's elements into `figure`; return those that are drawn into.
 *
 * `controls` are the kit's, `told()` returns the state and what is derived of it now, and `act` holds what a
 * reader does: `type` and `write` a text, `choose` a word, `put` another part of the state.
 */
export function build(figure, { slider, choice, button }, told, act, card) {
  const [{ network }] = told();
  const area = html("textarea", { id: newId("reader"), rows: 3, spellcheck: "false", ...quiet, input: () => act.type(area.value) });
  const examples = Object.entries(EXAMPLES).map(([name, text]) => button(name, () => act.write(text)));
  const real = mistakes(network, act);
  const word = slider("word", { label: "Word", min: 0, max: 0, step: 1, say: (at) => place(told()[1], nearest(at, told()[1].ids.length)) });
  const sort = chooser("Sort the units by", Object.entries(SORTS).map(([value, { name }]) => html("option", { value }, name)), (by) => act.put("sort", by));
  const unit = chooser("Unit", [], (chosen) => act.put("unit", +chosen));
  const line = lineOfWords(told, act);
  const answers = answerPicture(told, act);
  const inside = unitsPicture(told, act);
  const status = html("p", { class: "live-status live-reader-status", role: "status" });
  const bag = html("p", { class: "live-reader-bag", role: "status" });
  const progress = html("p", { class: "live-reader-progress" });
  const about = html("p", { class: "live-reader-word", role: "status" });
  const { judged, node: cardNode } = aboutModel(network, card);
  figure.append(
    html("label", { class: "live-text-label", for: area.id }, "Your review"),
    area,
    html("div", { class: "live-reader-examples", role: "group", "aria-label": "Examples" }, ...examples),
    ...(network.hardest.length ? [real.node] : []),
    status,
    bag,
    line.words,
    progress,
    legend(),
    answers.picture,
    word,
    choice("clamp", { label: "Hold a gate in all units", options: Object.fromEntries(Object.keys(CLAMPS).map((name) => [name, name])) }),
    html("p", { class: "live-reader-title" }, "Inside: one unit at every word"),
    html("div", { class: "live-controls" }, sort.node, unit.node),
    inside.units,
    about,
    cardNode,
  );
  return { area, real: real.select, word, sort: sort.select, unit: unit.select, ...line, ...answers, ...inside, status, bag, judged, progress, about, drawn: new Map() };
}

function drawField({ area, real }, { text }, derived) {
  if (area.value !== text) area.value = text;
  real.value = derived.real < 0 ? "" : derived.real;
}

/** Draw the words; spans of words that stay are kept, so that a long text is not set anew at every key. */
function drawWords({ words, spans, gap }, { network }, { written, total }) {
  gap.remove();
  const before = Array.from(spans, (span) => span.textContent);
  const { head, tail } = sharedEnds(before, written);
  const next = spans[before.length - tail] ?? null;
  [...spans].slice(head, before.length - tail).forEach((span) => span.remove());
  const all = document.createDocumentFragment();
  for (const token of written.slice(head, written.length - tail)) {
    const unknown = !network.index.has(token);
    all.append(html("span", { class: unknown ? "unknown" : false, title: unknown && "This word is unknown to the model." }, token));
  }
  words.insertBefore(all, next);
  gap.textContent = ` … ${grouped(total - written.length)} tokens that it does not read … `;
  if (total > written.length) words.insertBefore(gap, spans[written.length >> 1]);
}

function drawShades({ spans }, state, { moved }) {
  [...spans].forEach((span, t) => {
    const ink = moved ? shading(moved[t]) : 0;
    span.classList.toggle("praise", ink > 1 && moved[t] > 0);
    span.classList.toggle("blame", ink > 1 && moved[t] < 0);
    span.style.setProperty("--shade", ink);
  });
}

/** Draw which word is looked at, and bring it into view. */
function drawChosen({ words, spans }, state, { ids, at }) {
  words.querySelector(".chosen")?.classList.remove("chosen");
  const span = ids.length ? spans[at] : null;
  span?.classList.add("chosen");
  if (!span || words.scrollHeight <= words.clientHeight) return;
  const [top, bottom] = [span.offsetTop - 8, span.offsetTop + span.offsetHeight + 8];
  if (top < words.scrollTop) words.scrollTop = top;
  if (bottom > words.scrollTop + words.clientHeight) words.scrollTop = bottom - words.clientHeight;
}

function drawSlider({ word }, state, { reading, ids, at }) {
  const [input, output] = [word.querySelector("input"), word.querySelector("output")];
  input.max = Math.max(0, ids.length - 1);
  input.value = at;
  output.textContent = place(reading, at);
  input.setAttribute("aria-valuetext", output.textContent);
}

function drawLists({ sort, unit }, state, { order }) {
  sort.value = state.sort;
  const named = ({ unit, value }) => [unit, state.sort === "number" ? unit : `${unit} (${signed(value)})`];
  fill(unit, order.map(named), state.unit);
}

function drawAnswer({ status }, state, derived) {
  const { word, ink, told } = answer(state, derived);
  status.replaceChildren(...(word ? [html("strong", { class: ink }, word)] : []), told);
}

function drawBag({ bag }, state, derived) {
  const { apart, lead, told } = bagAnswer(state, derived);
  bag.classList.toggle("apart", apart);
  bag.replaceChildren(...(lead ? [html("strong", {}, lead)] : []), told);
}

const drawJudged = ({ judged }, { network }, { total }) => (judged.textContent = judgedOn(network, total));
const drawAbout = ({ about }, state, derived) => (about.textContent = aboutWord(state, derived));
const drawProgress = ({ progress }, state, derived) => (progress.textContent = searching(state, derived));

// What is drawn, each with what it hangs on: it is drawn again only where one of these has changed.
const DRAWINGS = [
  [drawField, ({ text }) => [text]],
  [drawWords, (state, { reading }) => [reading]],
  [drawShades, (state, { reading, moved }) => [reading, moved]],
  [drawChosen, (state, { reading, at }) => [reading, at]],
  [drawSlider, (state, { reading, at }) => [reading, at]],
  [drawLines, (state, { reading, held, where }) => [reading, held, where]],
  [drawBag, (state, { reading, twin }) => [reading, twin]],
  [drawJudged, (state, { total }) => [total]],
  [drawCursor, (state, { reading, at }) => [reading, at]],
  [drawLists, ({ sort, unit }, { order }) => [sort, unit, order]],
  [drawUnits, ({ unit }, { shown, at, order }) => [unit, shown, at, order]],
  [drawAbout, ({ unit }, { shown, at, rest }) => [unit, shown, at, rest]],
  [drawAnswer, (state, { reading, held, where, rest }) => [reading, held, where, rest]],
  [drawProgress, ({ searched }) => [searched]],
];

/** Draw what has changed. */
export function draw(view, state, derived) {
  for (const [drawing, needs] of DRAWINGS) {
    const [now, before] = [needs(state, derived), view.drawn.get(drawing)];
    if (before?.every((need, k) => Object.is(need, now[k]))) continue;
    drawing(view, state, derived);
    view.drawn.set(drawing, now);
  }
}
