// What only the writer looks like: it comes with its figure, so that no other page carries it.
export const STYLE = `
.live-writer :where(p) { margin: 0; }
.live-writer textarea { min-height: 3.6rem; }
.live-writer [aria-disabled="true"] { opacity: 0.5; cursor: default; }
.live-writer-buttons { align-items: center; gap: 0.5rem 0.8rem; }
.live-writer-buttons .live-button:first-child { min-width: 5rem; border-color: var(--live-o); color: var(--live-o); font-weight: 600; }
.live-writer-seed { display: flex; align-items: baseline; gap: 0.5rem; margin-left: auto; }
.live-writer-seed label { font-weight: 600; }
.live-writer-seed input {
  box-sizing: border-box;
  width: 5rem;
  min-height: 2rem;
  padding: 0.1rem 0.4rem;
  border: 1px solid var(--live-soft);
  border-radius: 0.35rem;
  background: transparent;
  color: var(--live-ink);
  font: inherit;
}
.live-writer-page {
  height: 12.6rem;
  margin-top: 0.8rem;
  padding: 0.5rem 0.65rem;
  border: 1px solid var(--live-line);
  border-radius: 0.35rem;
  overflow-y: auto;
  line-height: 1.5;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}
.live-writer-before { color: var(--live-soft); }
.live-writer-caret { display: inline-block; width: 0.5em; border-bottom: 2px solid var(--live-o); }
.live-figure .live-writer-status { min-height: 4.2em; }
.live-figure .live-writer-title { display: flex; flex-wrap: wrap; gap: 0 0.8rem; margin: 0.6rem 0 0.3rem; font-weight: 600; }
.live-writer-title span { color: var(--live-soft); font-weight: 400; }
.live-writer-own { fill: none; stroke: var(--live-soft); }
.live-figure .live-writer-about { margin-top: 0.7rem; color: var(--live-soft); font-size: 0.9em; }
@media (max-width: 600px) {
  .live-figure .live-writer-status { min-height: 7em; }
}
`;
