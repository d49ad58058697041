/** @file Ranges of values, round tick marks, and numbers as short text. */

/** Where an axis starts and ends, its marks, and the decimals that tell them apart. */
export interface Scale {
  min: number;
  max: number;
  ticks: number[];
  decimals: number;
}

/** The finite values' smallest and largest; null when there is none. */
export function rangeOf(values: Iterable<number>): { min: number; max: number } | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : null;
}

/** A step of 1, 2 or 5 times a power of ten, so that about `count` fit into a span. */
function roundStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  return factor * power;
}

/**
 * A scale over a range with about `count` steps. A range without width is widened, so that a constant is drawn in the middle.
 * @param whole ends the scale at tick marks; otherwise it ends at the range
 */
export function scaleFor(range: { min: number; max: number }, count: number, whole: boolean): Scale {
  // The span of larger numbers than these is not a number any more.
  let min = Math.max(range.min, -8e307);
  let max = Math.min(range.max, 8e307);
  if (max - min <= Math.abs(max) * 1e-9) {
    const margin = max === 0 ? 1 : Math.abs(max) * 0.1;
    min -= margin;
    max += margin;
  }
  const step = roundStep(max - min, count);
  // Small slack: 0.30000000000000004 is the third tick of 0.1.
  const first = whole ? Math.floor(min / step + 1e-9) : Math.ceil(min / step - 1e-9);
  const last = whole ? Math.ceil(max / step - 1e-9) : Math.floor(max / step + 1e-9);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const tickAt = (index: number): number => Number((index * step).toPrecision(12));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => tickAt(first + i));
  return whole ? { min: tickAt(first), max: tickAt(last), ticks, decimals } : { min, max, ticks, decimals };
}

/** A tick's value with the scale's decimals; large and tiny ones in powers of ten. */
export function tickText(value: number, { decimals }: Scale): string {
  if (decimals > 6 || Math.abs(value) >= 1e7) return value.toExponential(1);
  return value.toFixed(decimals);
}

/** A value for a legend: four significant digits. */
export function valueText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}
