// What only the scan's tree looks like: it comes with its figure, so that no other page carries it.
export const STYLE = `
.live-figure .live-scan-tree-box { fill: var(--live-ground); stroke: var(--live-line); }
.live-figure .live-scan-tree-box.whole { fill: color-mix(in srgb, var(--live-h) 14%, transparent); stroke: var(--live-h); }
.live-figure .live-scan-tree-box.inked { stroke: var(--live-ink); }
.live-figure .live-scan-tree-box.chosen { stroke: var(--live-ink); stroke-width: 2.5; }
.live-figure svg .live-scan-tree-tight { font-size: 12px; }
.live-scan-tree-pad { fill: transparent; cursor: pointer; }
.live-scan-tree-pad.gates { cursor: ns-resize; touch-action: none; }
.live-scan-tree-controls .live-slider { flex-basis: 11rem; }
.live-scan-tree-controls { align-items: center; }
.live-scan-tree-buttons { display: flex; gap: 0.5rem; }
.live-scan-tree-status span { display: block; }
.live-scan-tree-status :is(sub, sup) { font-size: 0.75em; line-height: 0; }
.live-figure .live-scan-tree-status { min-height: 5.6em; }
@media (max-width: 600px) {
  .live-figure .live-scan-tree-status { min-height: 12.6em; }
}
`;
