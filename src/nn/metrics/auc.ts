/** @file The area under a curve of counts at thresholds. */
import { type Counts, recallOf } from "./confusion.js";
import { ratio } from "./metric.js";

/** True against false positive rate (ROC), or precision against recall (PR). */
export type Curve = "ROC" | "PR";

/** The area under the ROC curve between two thresholds, by the trapezoidal rule. */
function trapezoid(low: Counts, high: Counts): number {
  const x = ({ fp, tn }: Counts): number => ratio(fp, fp + tn);
  return ((x(low) - x(high)) * (recallOf(low) + recallOf(high))) / 2;
}

/** The area under the precision-recall curve between two thresholds, true positives interpolated linearly (Davis and Goadrich 2006, Keras). */
function interpolated(low: Counts, high: Counts): number {
  const [before, after] = [low.tp + low.fp, high.tp + high.fp];
  const gained = low.tp - high.tp;
  const slope = ratio(gained, before - after);
  const change = after > 0 ? Math.log(before / after) : 0;
  return ratio(slope * (gained + (high.tp - slope * after) * change), high.tp + high.fn);
}

/** The area under the curve through the counts at ascending thresholds. */
export function areaUnder(counts: readonly Counts[], curve: Curve): number {
  const between = curve === "PR" ? interpolated : trapezoid;
  return counts.slice(1).reduce((area, high, i) => area + between(counts[i] as Counts, high), 0);
}
