// Says what the page says of a model's file, the one argument: "read", or why not.
import { readFileSync } from "node:fs";

import { FileError } from "../../book/_static/live/model-file.mjs";
import { readModel } from "../../book/_static/live/reader-model.mjs";

const bytes = readFileSync(process.argv[2]);
try {
  readModel(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  console.log("read");
} catch (error) {
  if (!(error instanceof FileError)) throw error;
  console.log(error.message);
}
