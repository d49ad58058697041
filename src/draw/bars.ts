/** @file Bars of text: the probability of each class. */
import { type ColorDepth, paint } from "./ansi.js";

export interface BarsOptions {
  /** Length of the longest possible bar in characters. */
  columns?: number;
  /** The value of a full bar; 1 by default. */
  max?: number;
  /** Bar to stand out; by default the largest. */
  highlight?: number;
  colorDepth?: ColorDepth;
}

/** Eighths of a character, for lengths between two. */
const PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/**
 * One line for each value: label, bar, per cent.
 * @example
 * ```ts
 * import { barsText } from "engram/draw";
 * assert.equal(barsText(["cat", "dog"], [0.25, 0.75], { columns: 4 }), "cat █     25.0 %\ndog ███   75.0 %");
 * ```
 */
export function barsText(
  labels: readonly (string | number)[],
  values: ArrayLike<number>,
  { columns = 40, max = 1, highlight, colorDepth = 0 }: BarsOptions = {},
): string {
  const width = Math.max(0, ...labels.map((label) => String(label).length));
  const list = Array.from(labels, (_, i) => values[i] ?? Number.NaN);
  const strongest = highlight ?? list.indexOf(Math.max(...list));
  return labels
    .map((label, i) => {
      const share = Math.min(1, Math.max(0, (list[i] as number) / max || 0));
      const eighths = Math.round(share * columns * 8);
      const bar = ("█".repeat(eighths >> 3) + PARTS[(eighths & 7) as 0]).padEnd(columns);
      const line = `${String(label).padStart(width)} ${bar} ${(share * 100).toFixed(1).padStart(5)} %`;
      return i === strongest ? paint(line, "green", colorDepth) : line;
    })
    .join("\n");
}
