// What a page of one model does: it reads the model that stands in it, and answers while one types.
import { html } from "./kit.mjs";
import { answer, readClassifier } from "./classifier.mjs";

const NOTHING = "Write a text: the answer comes while you type.";
const UNKNOWN = "The model cannot say: it knows no word of this text.";
const percent = (share) => (share > 0.9995 && share < 1 ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`);

/** Return the sentence for an answer. */
export function said(model, text, found) {
  if (!text.trim()) return NOTHING;
  if (!found) return UNKNOWN;
  const best = found.indexOf(Math.max(...found));
  return `${model.classes[best]}: ${percent(found[best])}`;
}

/** Begin: read the model, and answer whatever is written. */
export function begin(document) {
  const [says, field, list] = ["says", "text", "answer"].map((id) => document.getElementById(id));
  let model;
  try {
    const bytes = Uint8Array.from(atob(document.getElementById("model").textContent), (letter) => letter.charCodeAt(0));
    model = readClassifier(bytes.buffer);
  } catch (error) {
    says.textContent = `The model in this page cannot be read. ${error.message}`;
    return;
  }
  const show = () => {
    const found = field.value.trim() ? answer(model, field.value) : null;
    says.textContent = said(model, field.value, found);
    const rows = (found ?? []).map((share, k) => [
      html("dt", {}, model.classes[k]),
      html("dd", { class: "rail" }, html("i", { style: `width: ${100 * share}%` })),
      html("dd", {}, percent(share)),
    ]);
    list.replaceChildren(...rows.flat());
  };
  field.addEventListener("input", show);
  show();
}
