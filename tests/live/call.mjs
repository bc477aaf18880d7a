// Reads calls from standard input as JSON, [{"module": path, "name": export, "arguments": [...]}, ...];
// writes what they return. What is not a function is returned as it is; typed arrays become lists.
import { readFileSync } from "node:fs";

const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
const answers = [];
for (const { module, name, arguments: given } of JSON.parse(readFileSync(0, "utf8"))) {
  const all = await import(module);
  if (!(name in all)) throw new Error(`${module} exports no ${name}`);
  const exported = all[name];
  answers.push(typeof exported === "function" ? exported(...given) : exported);
}
process.stdout.write(JSON.stringify(answers, plain));
