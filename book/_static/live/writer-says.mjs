// What the writer's figure says: each sentence follows from what it holds.
import { choice, full, MOST, rows, written } from "./writer-state.mjs";
import { quoted } from "./writer-text.mjs";

/** Return a share in per cent, for a drawing and a sentence; none that is drawn is called 0, none that is not sure 100. */
export function percent(share) {
  if (share === 0 || share === 1) return `${100 * share}\u00a0%`;
  if (share < 0.005) return "<1\u00a0%";
  return share > 0.995 ? ">99\u00a0%" : `${Math.round(100 * share)}\u00a0%`;
}

/** Return a temperature for its slider. */
export function heat(temperature) {
  return temperature === 0 ? "0: always the likeliest" : temperature === 1 ? "1.00: as the model has it" : temperature.toFixed(2);
}

/** Return a top-p for its slider. */
export const top = (share) => (share === 1 ? "1.00: nothing cut" : share.toFixed(2));

const listed = (parts) => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);

/** Return what comes next, in words. */
export function next(state) {
  const { top } = rows(state, 3);
  const { possible, open } = choice(state);
  const likely = top.filter(({ drawn }) => drawn > 0).map(({ character, drawn }) => `${quoted(character)} ${percent(drawn)}`);
  if (possible === 1) return `Next comes ${quoted(top[0].character)}: nothing else is left to draw.`;
  return `Next: ${likely.join(", ")}. It is as undecided as among ${open.toFixed(1)} equally likely characters; ${possible} can come.`;
}

/** Return what was written, in words; nothing where nothing was. */
export function wrote(state) {
  const many = written(state);
  if (!many) return "";
  const again = state.steady ? ` Seed ${state.settings.seed} and these settings write the same again.` : " The settings have been moved since its first character.";
  const end = full(state) ? ` The page holds no more than ${MOST.written}.` : "";
  return `${many} ${many === 1 ? "character" : "characters"} written.${end}${again}`;
}

/** Return what of the beginning is not read, in words. */
export function unread({ unknown, left }) {
  const strange = unknown.length ? `It knows no ${listed(unknown.slice(0, 4).map((one) => `“${one}”`))} and reads on without. ` : "";
  return `${strange}${left ? `Of the beginning it reads ${MOST.beginning} characters.` : ""}`.trim();
}

/** Return all that is said: while it writes, only that, so that a screen reader has peace. */
export function told(state, writing) {
  if (writing) return "It writes. Escape, or the button, stops it.";
  return [unread(state), wrote(state), next(state)].filter(Boolean).join(" ");
}

/** Return what the model is and how well it does, if its file says so. */
export function about({ header: { trained } }) {
  if (!trained) return "";
  const read = (trained.characters / 1e6).toFixed(1);
  return `It has read ${read} million characters of Shakespeare. Of a play that it never saw, a character costs it ${trained.bits.toFixed(2)} bits.`;
}
