// Reads a model's file and PyTorch's results; writes the largest difference of each quantity as JSON.
// Arguments: model file, JSON file of reviews (lists of word numbers), binary file of doubles with, for
// each review, gates (T, 4H), h (T, H), c (T, H), and the logits so far (T) of the network and of the bag.
import { readFileSync } from "node:fs";

import { memory, readModel, run, runBag } from "../../book/_static/live/reader-model.mjs";

const [modelFile, reviewsFile, wantedFile] = process.argv.slice(2);
const whole = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const model = readModel(whole(readFileSync(modelFile)));
const wanted = new Float64Array(whole(readFileSync(wantedFile)));
const worst = { gates: 0, h: 0, c: 0, logit: 0, bag: 0 };
let at = 0;

function compare(name, got) {
  for (const value of got) {
    const off = Math.abs(value - wanted[at++]);
    if (!(off <= worst[name])) worst[name] = off;
  }
}

for (const ids of JSON.parse(readFileSync(reviewsFile, "utf8"))) {
  const into = memory(model, ids.length + 3); // a memory may be longer than the review
  run(model, ids, into);
  const T = ids.length;
  compare("gates", into.gates.subarray(0, T * 4 * model.H));
  compare("h", into.h.subarray(model.H, (T + 1) * model.H));
  compare("c", into.c.subarray(model.H, (T + 1) * model.H));
  compare("logit", into.logit.subarray(0, T));
  compare("bag", runBag(model, ids));
}
console.log(JSON.stringify({ ...worst, numbers: at, all: wanted.length }));
