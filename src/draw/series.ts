/** @file What line charts draw. */
import { rangeOf, type Scale, scaleFor } from "./scale.js";

/** One line of a chart. Points that are not finite leave a gap. */
export interface Series {
  name: string;
  /** Heights, at x = 1, 2, 3, ... unless `x` says otherwise. */
  values: readonly number[];
  x?: readonly number[];
}

export interface ChartOptions {
  title?: string;
  /** What the horizontal axis counts. */
  xLabel?: string;
  /** Whether the horizontal axis has marks at whole numbers only; by default where all points are at such. */
  wholeX?: boolean;
  /** Ends of the vertical axis; by default those of the values. */
  yMin?: number;
  yMax?: number;
}

export interface Point {
  x: number;
  y: number;
}

export const pointsOf = ({ values, x }: Series): Point[] => values.map((y, i) => ({ x: x?.[i] ?? i + 1, y }));

export interface Axes {
  x: Scale;
  y: Scale;
}

/** Scales that hold every finite point; null when there is none. */
export function axesFor(series: readonly Series[], { yMin, yMax, wholeX }: ChartOptions, xTicks: number, yTicks: number): Axes | null {
  const points = series.flatMap(pointsOf).filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const xs = rangeOf(points.map(({ x }) => x));
  const ys = rangeOf(points.map(({ y }) => y));
  if (xs === null || ys === null) return null;
  const low = yMin ?? Math.min(ys.min, yMax ?? Number.POSITIVE_INFINITY);
  const y = scaleFor({ min: low, max: Math.max(yMax ?? ys.max, low) }, yTicks, true);
  const x = scaleFor(xs, xTicks, false);
  // Epochs are whole: no marks between them.
  if ((wholeX ?? points.every((point) => Number.isInteger(point.x))) && x.decimals > 0) {
    x.ticks = x.ticks.filter(Number.isInteger);
    x.decimals = 0;
  }
  return { x, y };
}

/** Points as unbroken runs between gaps. */
export function runsOf(series: Series): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of pointsOf(series)) {
    if (Number.isFinite(point.x) && Number.isFinite(point.y)) (runs.at(-1) as Point[]).push(point);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}
