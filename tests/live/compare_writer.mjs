// Reads a writer's file; writes as JSON what it makes of it, or why it refuses it.
// Arguments: the model's file, and JSON: { texts: numbers of texts, settings: those of texts to write }.
import { readFileSync } from "node:fs";

import { FileError } from "../../book/_static/live/model-file.mjs";
import { logits, readOn, readWriter, reading } from "../../book/_static/live/writer-model.mjs";
import { write, writer, writtenText } from "../../book/_static/live/writer-state.mjs";

const bytes = readFileSync(process.argv[2]);
const { texts = [], settings = [] } = JSON.parse(process.argv[3] ?? "{}");

/** Return the scores after each character, the start among them. */
function scores(model, ids) {
  const read = reading(model, ids.length);
  return [logits(model, read), ...ids.map((id) => (readOn(model, read, id), logits(model, read)))].map((found) => Array.from(found));
}

/** Return a text of so many characters. */
function text(model, { characters, ...given }) {
  const state = writer(model, given);
  for (let k = 0; k < characters; k++) write(state);
  return writtenText(state);
}

/** Return how many ms a character takes, reading and drawing it: the best of some turns. */
function pace(model, { turns = 5, characters = 200 } = {}) {
  const times = Array.from({ length: turns }, () => {
    const begun = performance.now();
    text(model, { text: "", temperature: 0.8, topP: 0.9, seed: 1, characters });
    return (performance.now() - begun) / characters;
  });
  return Math.min(...times);
}

try {
  const model = readWriter(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const answer = { scores: texts.map((ids) => scores(model, ids)), written: settings.map((given) => text(model, given)), pace: pace(model) };
  console.log(JSON.stringify(answer));
} catch (error) {
  if (!(error instanceof FileError)) throw error;
  console.log(JSON.stringify({ refused: error.message }));
}
