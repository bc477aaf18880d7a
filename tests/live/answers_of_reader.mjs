// Writes the probability that the page answers to each of some texts, as JSON.
// Arguments: model file, JSON file of texts (lists of token numbers).
import { readFileSync } from "node:fs";

import { memory, readModel, run } from "../../book/_static/live/reader-model.mjs";
import { probability } from "../../book/_static/live/reader-says.mjs";

const [modelFile, textsFile] = process.argv.slice(2);
const bytes = readFileSync(modelFile);
const model = readModel(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const texts = JSON.parse(readFileSync(textsFile, "utf8"));
console.log(JSON.stringify(texts.map((ids) => probability(run(model, ids, memory(model, ids.length))))));
