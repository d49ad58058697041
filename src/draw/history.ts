/** @file The curves of a training run: one chart for the loss and one for each metric, training beside validation. */
import { lineChartSvg } from "./lineChartSvg.js";
import type { Series } from "./series.js";
import { arrangeSvg } from "./svg.js";

/** What fit returns, as far as it is drawn. */
export interface HistoryValues {
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly number[]>>;
}

export interface HistoryPictureOptions {
  title?: string;
  /** Names of what is drawn, such as ["loss", "acc"]; everything by default. */
  metrics?: readonly string[];
  /** Charts in a row. */
  columns?: number;
  /** Size of one chart. */
  width?: number;
  height?: number;
}

/** A chart of one value: its curve in training, and in validation where there was one. */
export interface Panel {
  name: string;
  series: Series[];
}

/**
 * The charts of a history in the order of its values; val_loss goes with loss.
 * @param finished epochs that have ended; values of a later one belong to it
 */
export function panelsOf({ epoch, history }: HistoryValues, metrics?: readonly string[], finished = epoch.length): Panel[] {
  const names = Object.keys(history).map((name) => name.replace(/^val_/, ""));
  const wanted = metrics?.map((name) => (name in history ? name : name.replace(/accuracy$/, "acc"))) ?? [...new Set(names)];
  const numbers = epoch.map((number) => number + 1);
  return wanted.map((name) => {
    const curves = { training: history[name], validation: history[`val_${name}`] };
    const series = Object.entries(curves).flatMap(([curve, values]) => {
      if (values === undefined) return [];
      // A value that joined later than the first epoch belongs to the last ones.
      const end = values.length > finished ? numbers.length : finished;
      return [{ name: curve, values, x: numbers.slice(end - values.length, end) }];
    });
    return { name, series };
  });
}

/**
 * The curves of a training run as SVG; `history.toSVG()` is the same, as a promise.
 * @example
 * ```ts
 * import { historySvg } from "engram/draw";
 * const svg = historySvg({ epoch: [0, 1, 2], history: { loss: [0.9, 0.4, 0.3], val_loss: [1, 0.5, 0.45] } });
 * assert.match(svg, /^<svg .*loss.*training.*validation/s);
 * ```
 */
export function historySvg(history: HistoryValues, { title, metrics, columns = 2, width = 395, height = 270 }: HistoryPictureOptions = {}): string {
  const panels = panelsOf(history, metrics);
  const charts = panels.map(({ name, series }) => lineChartSvg(series, { title: name, width, height, xLabel: "epoch" }));
  if (charts.length === 0) charts.push(lineChartSvg([], { width, height }));
  return arrangeSvg(charts, { ...(title === undefined ? {} : { title }), columns: Math.min(columns, charts.length), gap: 12 });
}
