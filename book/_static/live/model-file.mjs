// The file of a model: half of it, or one that was damaged, is never taken for all.

/** What goes wrong with a file, in a sentence for the reader. */
export class FileError extends Error {}

const MAGIC = 0x31524e55; // "UNR1", little end first
const START = 16;

/** Return the checksum of bytes as zlib computes it. */
export function crc32(bytes) {
  let sum = -1;
  for (let k = 0; k < bytes.length; k++) {
    sum ^= bytes[k];
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ -1) >>> 0;
}

/** Return the number that 16 bits stand for (IEEE half precision). */
export function half(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024);
}

function tensor(buffer, base, { kind, shape, at }) {
  const size = shape.reduce((a, b) => a * b, 1);
  if (kind === "int8") return new Int8Array(buffer, base + at, size);
  if (kind === "float32") return new Float32Array(buffer, base + at, size);
  if (kind === "float16") return Float64Array.from(new Uint16Array(buffer, base + at, size), half);
  throw new FileError(`The model's file holds numbers of the kind ${kind}, which this page cannot read.`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileError(`The model's file describes itself in no JSON (${error.message}). Export the model anew.`);
  }
}

/**
 * Return what a file holds: its header, its numbers by name, and its tokens.
 *
 * Throws a FileError if the file is no model, is not whole, was damaged, or holds a weight that is not finite.
 */
export function readFile(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < START || view.getUint32(0, true) !== MAGIC) throw new FileError("This file is no model of this course.");
  const [bytes, headerBytes, sum] = [4, 8, 12].map((at) => view.getUint32(at, true));
  if (buffer.byteLength !== bytes)
    throw new FileError(`The model's file is not whole: ${buffer.byteLength} bytes of ${bytes} arrived. Load it again.`);
  if (crc32(new Uint8Array(buffer, START)) !== sum) throw new FileError("The model's file was damaged on its way. Load it again.");
  const decode = (at, length) => new TextDecoder().decode(new Uint8Array(buffer, at, length));
  const header = parsed(decode(START, headerBytes));
  const base = START + headerBytes;
  const found = Object.fromEntries(Object.entries(header.tensors).map(([name, told]) => [name, tensor(buffer, base, told)]));
  const vocabulary = header.vocabulary; // or, where a line break is a token, an alphabet in the header
  const tokens = vocabulary ? decode(base + vocabulary.at, vocabulary.bytes).split("\n") : Array.from(header.alphabet);
  if (tokens.length !== header.tensors["embedding.weight"].shape[0])
    throw new FileError(`The model's file has ${header.tensors["embedding.weight"].shape[0]} embeddings for ${tokens.length} tokens.`);
  for (const [name, numbers] of Object.entries(found))
    if (!numbers.every(Number.isFinite)) throw new FileError(`The model's file holds weights that are no numbers (in ${name}). Export the model anew.`);
  return { header, found, tokens };
}

/** Fetch a model and `read` it, telling `say` how many bytes have come; throws a FileError or the network's error. */
export async function fetchModel(address, read, say = () => {}, signal = undefined) {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new FileError(`The model's file is not where it should be (the server says ${answer.status}).`);
  const [parts, reader] = [[], answer.body.getReader()];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    say((bytes += value.length));
  }
  return read(await new Blob(parts).arrayBuffer());
}
